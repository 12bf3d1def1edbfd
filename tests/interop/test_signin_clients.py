"""Every way in, by Microsoft's own libraries (PyPI), unmodified: msal and azure-identity."""
import json
import re
import subprocess
import threading
import time
import urllib.parse

import msal
import pytest
import requests
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    DeviceCodeCredential,
    ManagedIdentityCredential,
    UsernamePasswordCredential,
    WorkloadIdentityCredential,
)
from conftest import Program

APP = "5b6b1d5e-0000-4000-8000-000000000001"
WORKLOAD = "5b6b1d5e-0000-4000-8000-000000000002"
PUBLIC = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
SCOPE = "https://graph.microsoft.com/.default"
NAME, PASSWORD = "ana@corp.example.test", "Ana's passw0rd"
ISSUER, SUBJECT = "https://issuer.example.test", "system:serviceaccount:sync:engine"


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


def b64url(octets):
    import base64

    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apps")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
            "-days", "30", "-subj", "/CN=sync")
    both = (folder / "key.pem").read_text() + (folder / "cert.pem").read_text()
    (folder / "both.pem").write_text(both)
    modulus = openssl("x509", "-in", folder / "cert.pem", "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    key = {"kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig", "n": b64url(bytes.fromhex(modulus)), "e": "AQAB"}
    apps = {"apps": [
        {"clientId": APP, "displayName": "by certificate", "certificates": ["file:cert.pem"]},
        {"clientId": WORKLOAD, "displayName": "a workload",
         "federated": [{"issuer": ISSUER, "subject": SUBJECT, "jwks": {"keys": [key]}}]},
    ]}
    (folder / "apps.json").write_text(json.dumps(apps))
    world = {"users": [{"userPrincipalName": NAME, "displayName": "Ana", "password": PASSWORD, "roles": ["Global Administrator"]}]}
    (folder / "world.yaml").write_text(json.dumps(world))
    return folder


@pytest.fixture(scope="module")
def tenant(folder):
    program = Program(
        "mock-tenant", "--app", folder / "apps.json", "--world", folder / "world.yaml", "--ca-dir", folder,
        "--managed-identity", "127.0.0.1:0", "--connect-proxy", "127.0.0.1:0",
    )
    yield program
    program.stop()


def host(tenant):
    return urllib.parse.urlsplit(tenant.authority_url).netloc


def identity(tenant):
    return {"authority": f"https://{host(tenant)}", "disable_instance_discovery": True, "connection_verify": tenant.ca_file}


def reads_users(tenant, token):
    users = requests.get(tenant.graph_url + "/users", headers={"Authorization": "Bearer " + token}, verify=tenant.ca_file, timeout=30)
    assert users.status_code == 200, users.text
    return users.json()["value"]


def signed_in(folder, client, tenant):
    certificate = {"private_key": (folder / "key.pem").read_text(), "public_certificate": (folder / "cert.pem").read_text()}
    return msal.ConfidentialClientApplication(
        client, client_credential=certificate, authority=tenant.authority_url, instance_discovery=False, verify=tenant.ca_file)


def test_msal_signs_in_by_certificate(tenant, folder):
    answer = signed_in(folder, APP, tenant).acquire_token_for_client([SCOPE])
    assert "access_token" in answer, answer
    reads_users(tenant, answer["access_token"])


def test_msal_is_told_that_a_certificate_is_not_registered(tenant, folder):
    answer = signed_in(folder, tenant.client_id, tenant).acquire_token_for_client([SCOPE])
    assert answer["error"] == "invalid_client" and answer["error_codes"] == [700027], answer


def test_azure_identity_signs_in_by_certificate(tenant, folder):
    credential = CertificateCredential(tenant.tenant_id, APP, certificate_path=folder / "both.pem", **identity(tenant))
    reads_users(tenant, credential.get_token(SCOPE).token)


def federated_token(folder, **changes):
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "exp": int(time.time()) + 300, **changes}
    head = b64url(json.dumps({"alg": "RS256", "typ": "JWT", "kid": "k1"}).encode())
    body = b64url(json.dumps(claims).encode())
    (folder / "signed").write_text(f"{head}.{body}")
    signature = openssl("dgst", "-sha256", "-sign", folder / "key.pem", folder / "signed")
    return f"{head}.{body}.{b64url(signature)}"


def test_azure_identity_signs_in_as_a_workload(tenant, folder):
    (folder / "token").write_text(federated_token(folder))
    credential = WorkloadIdentityCredential(
        tenant_id=tenant.tenant_id, client_id=WORKLOAD, token_file_path=folder / "token", **identity(tenant))
    reads_users(tenant, credential.get_token(SCOPE).token)
    other = ClientAssertionCredential(
        tenant.tenant_id, WORKLOAD, lambda: federated_token(folder, sub="somebody else"), **identity(tenant))
    with pytest.raises(Exception, match="AADSTS700213"):
        other.get_token(SCOPE)


def real_hosts(tenant):
    """MSAL asks for a name's realm at the authority's host without its port: a password goes by the real host's name."""
    return {"https": tenant.connect_proxy_url}


def test_azure_identity_signs_in_by_name_and_password(tenant):
    credential = UsernamePasswordCredential(
        PUBLIC, NAME, PASSWORD, tenant_id=tenant.tenant_id, connection_verify=tenant.ca_file, proxies=real_hosts(tenant))
    assert [user["displayName"] for user in reads_users(tenant, credential.get_token(SCOPE).token)] == ["Ana"]


def public(tenant):
    return msal.PublicClientApplication(PUBLIC, authority=tenant.authority_url, instance_discovery=False, verify=tenant.ca_file)


def test_msal_keeps_an_account_and_refreshes_it(tenant):
    app = msal.PublicClientApplication(
        PUBLIC, authority=f"https://login.microsoftonline.com/{tenant.tenant_id}", verify=tenant.ca_file, proxies=real_hosts(tenant))
    first = app.acquire_token_by_username_password(NAME, PASSWORD, ["https://graph.microsoft.com/User.Read.All"])
    assert "access_token" in first, first
    (account,) = app.get_accounts()
    assert account["username"] == NAME
    again = app.acquire_token_silent(["https://graph.microsoft.com/User.Read.All"], account, force_refresh=True)
    assert again["access_token"] != first["access_token"], again
    refused = app.acquire_token_by_username_password(NAME, "wrong", ["https://graph.microsoft.com/User.Read.All"])
    assert refused["error_codes"] == [50126]


def type_code(tenant, page, code):
    form = {"otc": code, "login": NAME, "passwd": PASSWORD}
    answer = requests.post(page, data=form, verify=tenant.ca_file, timeout=30)
    assert "Done" in answer.text, answer.text


def test_azure_identity_signs_in_by_device_code(tenant):
    def prompt(page, code, _expires):
        type_code(tenant, page, code)

    credential = DeviceCodeCredential(
        PUBLIC, tenant_id=tenant.tenant_id, prompt_callback=prompt, timeout=60, **identity(tenant))
    reads_users(tenant, credential.get_token(SCOPE).token)


def test_msal_polls_until_the_code_is_typed(tenant):
    app = public(tenant)
    flow = app.initiate_device_flow(["https://graph.microsoft.com/User.Read.All"])
    assert re.search(flow["user_code"], flow["message"])
    flow["interval"] = 1
    typed = threading.Timer(1.5, type_code, (tenant, flow["verification_uri"], flow["user_code"]))
    typed.start()
    answer = app.acquire_token_by_device_flow(flow)
    typed.join()
    assert "access_token" in answer, answer
    polls = [line["outcome"] for line in tenant.journal() if line["op"] == "oauth.token"]
    assert "AADSTS70016" in polls and polls[-1] == "ok"


def test_msal_signs_in_through_a_browser_with_pkce(tenant):
    app = public(tenant)
    flow = app.initiate_auth_code_flow(["https://graph.microsoft.com/User.Read.All"], redirect_uri="http://localhost:5000")
    with requests.Session() as browser:
        browser.verify = tenant.ca_file
        page = browser.get(flow["auth_uri"], timeout=30).text
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page))
        action = re.search(r'action="([^"]*)"', page).group(1)
        answer = browser.post(f"https://{host(tenant)}{action}", data={**fields, "login": NAME, "passwd": PASSWORD},
                              allow_redirects=False, timeout=30)
    given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["location"]).query))
    tokens = app.acquire_token_by_auth_code_flow(flow, given)
    assert tokens.get("id_token_claims", {}).get("preferred_username") == NAME, tokens
    reads_users(tenant, tokens["access_token"])


def test_azure_identity_asks_the_machine(tenant, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", tenant.managed_identity_url + "/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", tenant.identity_header)
    reads_users(tenant, ManagedIdentityCredential().get_token(SCOPE).token)
    monkeypatch.delenv("IDENTITY_ENDPOINT")
    monkeypatch.delenv("IDENTITY_HEADER")
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", tenant.managed_identity_url)
    reads_users(tenant, ManagedIdentityCredential(client_id=APP).get_token(SCOPE).token)


def test_a_client_with_hard_wired_hosts_goes_through_the_proxy(tenant):
    app = msal.ConfidentialClientApplication(
        tenant.client_id, client_credential=tenant.client_secret, verify=tenant.ca_file,
        authority=f"https://login.microsoftonline.com/{tenant.tenant_id}", proxies=real_hosts(tenant))
    token = app.acquire_token_for_client([SCOPE])
    assert "access_token" in token, token
    users = requests.get("https://graph.microsoft.com/v1.0/users", verify=tenant.ca_file, timeout=30,
                         headers={"Authorization": "Bearer " + token["access_token"]}, proxies={"https": tenant.connect_proxy_url})
    assert users.status_code == 200 and len(users.json()["value"]) == 1
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://example.com/", proxies={"https": tenant.connect_proxy_url}, timeout=30)


def test_azure_identity_for_node(tenant, folder):
    from test_node import node

    node("identity.test.mjs", {
        "GRAPH_URL": tenant.graph_url, "AUTHORITY_URL": tenant.authority_url, "TENANT_ID": tenant.tenant_id,
        "CLIENT_ID": tenant.client_id, "CLIENT_SECRET": tenant.client_secret, "APP_ID": APP,
        "CERTIFICATE": str(folder / "both.pem"), "NODE_EXTRA_CA_CERTS": tenant.ca_file,
    })
