"""Microsoft's own Python clients and exchangelib (PyPI), unmodified, against mock-tenant."""
import asyncio
import base64
import ssl
import urllib.parse

import exchangelib
import httpx
import msal
import pytest
import requests
from azure.identity import ClientSecretCredential
from conftest import Program
from exchangelib.protocol import Protocol
from exchangelib.services import ResolveNames
from exchangelib.version import Build, Version
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory

CERTIFICATE = base64.b64encode(b"\x30\x03\x02\x01\x07").decode()
USERS = 230
SCOPE = ["https://graph.microsoft.com/.default"]
TYPES = "{http://schemas.microsoft.com/exchange/services/2006/types}"


def world():
    crowd = [{"userPrincipalName": f"user{n:03}@corp.example.test", "displayName": f"User {n:03}"} for n in range(USERS)]
    ana = {
        "userPrincipalName": "ana@corp.example.test", "displayName": "Ana", "mail": "ana@corp.example.test",
        "proxyAddresses": ["SMTP:ana@corp.example.test"], "sourceAnchor": "AAAAAAAAAAAAAAAAAAAAAA==",
        "onPremisesSyncEnabled": True, "userCertificate": [CERTIFICATE], "userSMIMECertificate": [CERTIFICATE],
    }
    return {"users": [*crowd, ana]}


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    # lenient: exchangelib's simplest way in is Basic authentication
    program = Program("mock-tenant", "--http", "127.0.0.1:0", "--strictness", "lenient", "--ca-dir", tmp_path_factory.mktemp("tenant"))
    program.control("PUT", "/state", world())
    yield program
    program.stop()


def application(tenant, secret=None):
    return msal.ConfidentialClientApplication(
        tenant.client_id, client_credential=secret or tenant.client_secret, authority=tenant.authority_url,
        instance_discovery=False, verify=tenant.ca_file,
    )


def credential(tenant):
    authority = urllib.parse.urlsplit(tenant.authority_url)
    return ClientSecretCredential(
        tenant.tenant_id, tenant.client_id, tenant.client_secret, authority=f"https://{authority.netloc}",
        disable_instance_discovery=True, connection_verify=tenant.ca_file,
    )


@pytest.fixture(scope="module")
def graph(tenant):
    """A function that runs one coroutine with a fresh client of msgraph-sdk."""

    def run(work):
        async def with_client():
            http = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(verify=ssl.create_default_context(cafile=tenant.ca_file)))
            adapter = GraphRequestAdapter(AzureIdentityAuthenticationProvider(credential(tenant)), client=http)
            adapter.base_url = tenant.graph_url
            return await work(GraphServiceClient(request_adapter=adapter))

        return asyncio.run(with_client())

    return run


def options(**parameters):
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(**parameters)
    return RequestConfiguration(query_parameters=query)


def test_msal_signs_in_and_caches(tenant):
    app = application(tenant)
    before = len(tenant.journal())
    first = app.acquire_token_for_client(SCOPE)
    assert first["token_type"] == "Bearer" and 3590 <= first["expires_in"] <= 3599, first
    again = app.acquire_token_for_client(SCOPE)
    assert again["access_token"] == first["access_token"]
    asked = [line for line in tenant.journal()[before:] if line["op"] == "oauth.token"]
    assert len(asked) == 1 and asked[0]["principal"] == tenant.client_id
    users = requests.get(tenant.graph_url + "/users", headers={"Authorization": "Bearer " + first["access_token"]}, verify=tenant.ca_file)
    assert users.status_code == 200 and len(users.json()["value"]) == 100


def test_msal_is_told_what_is_wrong(tenant):
    refused = application(tenant, secret="wrong").acquire_token_for_client(SCOPE)
    assert refused["error"] == "invalid_client" and refused["error_codes"] == [7000215], refused
    with pytest.raises(ValueError):
        msal.ConfidentialClientApplication(
            tenant.client_id, client_credential="x", authority=tenant.authority_url.rsplit("/", 1)[0] + "/elsewhere.test",
            instance_discovery=False, verify=tenant.ca_file,
        ).acquire_token_for_client(SCOPE)


def test_azure_identity_signs_in(tenant):
    token = credential(tenant).get_token(*SCOPE)
    assert token.token.count(".") == 2
    with pytest.raises(Exception, match="AADSTS1002012"):
        credential(tenant).get_token("https://graph.microsoft.com/User.Read")


def test_msgraph_sdk_pages_through_everybody(graph):
    async def everybody(client):
        page, names = await client.users.get(), []
        while page:
            names += [user.user_principal_name for user in page.value]
            page = await client.users.with_url(page.odata_next_link).get() if page.odata_next_link else None
        return names

    names = graph(everybody)
    assert len(names) == len(set(names)) == USERS + 1


def test_msgraph_sdk_filters_and_selects(graph):
    async def by_anchor(client):
        return await client.users.get(options(
            filter="onPremisesImmutableId eq 'AAAAAAAAAAAAAAAAAAAAAA=='",
            select=["id", "userPrincipalName", "onPremisesSyncEnabled", "proxyAddresses"],
        ))

    (ana,) = graph(by_anchor).value
    assert ana.user_principal_name == "ana@corp.example.test" and ana.on_premises_sync_enabled is True
    assert ana.proxy_addresses == ["SMTP:ana@corp.example.test"] and ana.display_name is None

    async def by_id(client):
        return await client.users.by_user_id(ana.id).get()

    assert graph(by_id).display_name == "Ana"


def test_msgraph_sdk_reads_the_errors(graph):
    async def missing(client):
        await client.users.by_user_id("nobody@corp.example.test").get()

    with pytest.raises(ODataError) as failure:
        graph(missing)
    assert failure.value.response_status_code == 404
    assert failure.value.error.code == "Request_ResourceNotFound"

    async def certificates(client):
        await client.users.get(options(select=["userCertificate"]))

    with pytest.raises(ODataError) as failure:
        graph(certificates)
    assert "Could not find a property named 'userCertificate'" in failure.value.error.message


def test_msgraph_sdk_waits_out_a_throttle(tenant, graph):
    plan = {"rules": [{"when": {"op": "graph.users.list"}, "then": [{"throttle": {"retry_after_s": 1}}], "times": 1}]}
    tenant.control("PUT", "/faults", plan)
    seq = tenant.journal()[-1]["seq"]

    async def first_page(client):
        return await client.users.get(options(top=5))

    assert len(graph(first_page).value) == 5
    lines = [line for line in tenant.journal(seq) if line["op"] == "graph.users.list"]
    assert [line["fault"] for line in lines] == ["throttle", None]
    assert lines[1]["elapsed_ms"] - lines[0]["elapsed_ms"] >= 900
    tenant.control("DELETE", "/faults")


@pytest.fixture(scope="module")
def protocol(tenant):
    configuration = exchangelib.Configuration(
        service_endpoint=tenant.http_url + "/EWS/Exchange.asmx", auth_type=exchangelib.BASIC,
        credentials=exchangelib.Credentials("reader@corp.example.test", "unused"), version=Version(build=Build(15, 20)),
    )
    return Protocol(config=configuration)


LOOK_UP = {"return_full_contact_data": True, "search_scope": "ActiveDirectory"}


def test_exchangelib_resolves_names(protocol):
    ((mailbox, contact),) = protocol.resolve_names(["ana@corp.example.test"], shape="AllProperties", **LOOK_UP)
    assert mailbox.email_address == "ana@corp.example.test" and contact.display_name == "Ana"
    (nobody,) = protocol.resolve_names(["nobody@corp.example.test"], shape="AllProperties", **LOOK_UP)
    assert isinstance(nobody, exchangelib.errors.ErrorNameResolutionNoResults)


class Elements(ResolveNames):
    """exchangelib 5.6 reads the two certificate elements as text and so misses their members; this keeps the XML."""

    def _elem_to_obj(self, elem):
        return elem


def test_the_certificates_are_in_the_answer_that_exchangelib_gets(protocol):
    (found,) = Elements(protocol=protocol).call(["ana@corp.example.test"], contact_data_shape="AllProperties", **LOOK_UP)
    for element in ("UserSMIMECertificate", "MSExchangeCertificate"):
        values = [value.text for value in found.iterfind(f".//{TYPES}{element}/{TYPES}Base64Binary")]
        assert values == [CERTIFICATE], (element, values)


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
