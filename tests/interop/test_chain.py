"""The whole chain with three programs: the dump in the directory, the syncer, the tenant."""
import base64
import hashlib
import subprocess
import urllib.parse
import urllib.request

import corp_ad
from conftest import PASSWORD


def provisioning_writes(entries):
    return [entry for entry in entries if entry["op"] in ("provisioning.set", "provisioning.add", "provisioning.delete")]


def digests(values):
    return sorted(hashlib.sha256(base64.b64decode(value)).hexdigest() for value in values)


def test_1_every_object_comes_over_or_stays_as_its_label_demands(directory, tenant, sync):
    done = sync()
    assert done.returncode in (0, 10), done.stderr + done.stdout
    state = tenant.state()
    found = {one["sourceAnchor"]: one for kind in ("users", "contacts") for one in state[kind] if one.get("deletedDateTime") is None}
    wrong, present = [], 0
    for row, entry in corp_ad.people():
        here = found.get(corp_ad.source_anchor(entry))
        if row["case"] in corp_ad.ABSENT:
            if here:
                wrong.append(f"{row['dn']}: must be absent ({corp_ad.ABSENT[row['case']]})")
            continue
        if not here:
            wrong.append(f"{row['dn']} ({row['case']}): is missing")
            continue
        present += 1
        for attribute in ("userCertificate", "userSMIMECertificate"):
            if digests(here[attribute]) != corp_ad.values_due(row, entry, attribute):
                wrong.append(f"{row['dn']} ({row['case']}): {attribute} differs")
    assert not wrong, "\n".join(wrong)
    assert present > 350
    assert len(found) == present, "nothing else is in the tenant"


def test_2_a_second_run_writes_nothing(tenant, sync):
    before = tenant.journal()
    assert sync().returncode in (0, 10)
    assert provisioning_writes(tenant.journal(before[-1]["seq"])) == []


def test_3_one_certificate_added_is_exactly_one_write(directory, tenant, sync):
    row, entry = next((row, entry) for row, entry in corp_ad.people() if row["case"] == "staff, 1 certificate(s)" and entry.get("mailNickname"))
    _, other = next((row, entry) for row, entry in corp_ad.people() if row["sAMAccountName"] != entry["dn"] and row["case"] == "staff, 2 certificate(s)")
    value = base64.b64encode(other["userCertificate"][0]).decode()
    dn = base64.b64encode(entry["dn"].encode()).decode()
    ldif = f"dn:: {dn}\nchangetype: modify\nadd: userCertificate\nuserCertificate:: {value}\n"
    command = ["ldapmodify", "-x", "-H", directory.ldap_url, "-D", directory.bind_dn, "-w", PASSWORD]
    subprocess.run(command, input=ldif, text=True, check=True, capture_output=True)
    before = tenant.journal()
    assert sync().returncode in (0, 10)
    writes = provisioning_writes(tenant.journal(before[-1]["seq"]))
    assert [(write["op"], write["target"]) for write in writes] == [("provisioning.set", corp_ad.source_anchor(entry))]


def token(tenant, resource):
    form = {"grant_type": "client_credentials", "client_id": tenant.client_id, "client_secret": tenant.client_secret, "scope": f"{resource}/.default"}
    import json
    import ssl

    context = ssl.create_default_context(cafile=tenant.ca_file)
    request = urllib.request.Request(tenant.authority_url + "/oauth2/v2.0/token", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, context=context, timeout=30) as reply:
        return json.load(reply)["access_token"]


RESOLVE = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<s:Header><t:RequestServerVersion Version="Exchange2016"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>{0}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body>
<m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory" ContactDataShape="AllProperties"><m:UnresolvedEntry>{0}</m:UnresolvedEntry></m:ResolveNames>
</s:Body></s:Envelope>"""


def look_up(tenant, folder, address):
    """userCertificate values of one recipient, by curl over EWS, as a mail client gets them."""
    import xml.etree.ElementTree as ET

    body = folder / "request.xml"
    body.write_text(RESOLVE.format(address))
    command = ["curl", "-sS", "--fail", "--cacert", tenant.ca_file, "-H", "Content-Type: text/xml; charset=utf-8",
               "-H", "Authorization: Bearer " + token(tenant, "https://outlook.office365.com"), "--data-binary", f"@{body}", tenant.ews_url]
    answer = subprocess.run(command, check=True, capture_output=True).stdout
    types = "{http://schemas.microsoft.com/exchange/services/2006/types}"
    path = f".//{types}MSExchangeCertificate/{types}Base64Binary"
    return [base64.b64decode(element.text) for element in ET.fromstring(answer).iterfind(path)]


def test_4_the_certificate_of_the_answer_encrypts_to_the_key_of_the_dump(directory, tenant, sync, tmp_path):
    proven = []
    for name in ("keyed1", "keyed2", "keyed3", "keyed4", "keyed5"):
        key = corp_ad.FOLDER / "keys" / f"{name}.key.pem"
        row = next(row for row, _ in corp_ad.people() if f"keys/{name}.key.pem" in row["case"])
        public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], check=True, capture_output=True).stdout
        for index, der in enumerate(look_up(tenant, tmp_path, row["mail"])):
            certificate = tmp_path / f"{name}-{index}.pem"
            (tmp_path / "c.der").write_bytes(der)
            subprocess.run(["openssl", "x509", "-inform", "DER", "-in", tmp_path / "c.der", "-out", certificate], check=True)
            own = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True).stdout
            if own != public:
                continue
            secret = f"A secret for {name}, ünïcode included.\n"
            encrypt = ["openssl", "cms", "-encrypt", "-binary", "-aes256", "-outform", "PEM", "-out", tmp_path / "m.pem", certificate]
            subprocess.run(encrypt, input=secret.encode(), check=True)
            decrypt = ["openssl", "cms", "-decrypt", "-binary", "-inform", "PEM", "-in", tmp_path / "m.pem", "-inkey", key, "-recip", certificate]
            plain = subprocess.run(decrypt, check=True, capture_output=True).stdout
            assert plain.decode() == secret
            proven.append(name)
    assert proven == ["keyed1", "keyed2", "keyed3", "keyed4", "keyed5"]
