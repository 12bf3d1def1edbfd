"""python-ldap and ldap3 (PyPI), unmodified, against mock-directory with the dump."""
import ssl

import corp_ad
import ldap
import ldap3
import pytest
from conftest import PASSWORD
from ldap.controls import SimplePagedResultsControl
from ldap3.utils.conv import escape_bytes

LIVE = "(objectClass=*)"


@pytest.fixture(scope="module")
def python_ldap(directory):
    connection = ldap.initialize(directory.ldap_url)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, directory.ca_file)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    connection.set_option(ldap.OPT_REFERRALS, 0)
    connection.start_tls_s()
    connection.simple_bind_s(directory.bind_dn, PASSWORD)
    return connection


@pytest.fixture(scope="module")
def connection(directory):
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=directory.ca_file)
    server = ldap3.Server(directory.ldaps_url.replace("127.0.0.1", "localhost"), tls=tls, get_info=ldap3.ALL)
    return ldap3.Connection(server, directory.bind_dn, PASSWORD, auto_bind=True)


def test_python_ldap_pages_through_everything(python_ldap):
    control, found = SimplePagedResultsControl(True, size=250, cookie=""), set()
    while True:
        message = python_ldap.search_ext(corp_ad.BASE, ldap.SCOPE_SUBTREE, LIVE, ["1.1"], serverctrls=[control])
        _, data, _, controls = python_ldap.result3(message)
        found |= {dn for dn, _ in data if dn}
        control.cookie = next(c for c in controls if c.controlType == SimplePagedResultsControl.controlType).cookie
        if not control.cookie:
            break
    assert len(found) >= 2200


def test_python_ldap_gets_every_certificate_octet(python_ldap):
    for row, entry in [pair for pair in corp_ad.people() if int(pair[0]["userCertificate_count"])][::9]:
        guid = "".join(f"\\{octet:02x}" for octet in entry["objectGUID"][0])
        answer = python_ldap.search_s(corp_ad.BASE, ldap.SCOPE_SUBTREE, f"(objectGUID={guid})", ["userCertificate"])
        (dn, attributes), = [pair for pair in answer if pair[0]]
        assert dn == row["dn"]
        assert sorted(attributes["userCertificate"]) == sorted(entry["userCertificate"])


def test_python_ldap_meets_the_errors_of_ad(directory, python_ldap):
    fresh = ldap.initialize(directory.ldap_url)
    with pytest.raises(ldap.INVALID_CREDENTIALS, match="data 52e"):
        fresh.simple_bind_s(directory.bind_dn, "wrong")
    with pytest.raises(ldap.OPERATIONS_ERROR, match="000004DC"):
        ldap.initialize(directory.ldap_url).search_s(corp_ad.BASE, ldap.SCOPE_BASE)
    with pytest.raises(ldap.NO_SUCH_OBJECT):
        python_ldap.search_s("CN=Nobody," + corp_ad.BASE, ldap.SCOPE_BASE)


def test_ldap3_reads_the_schema_and_the_root_dse(connection):
    assert connection.server.info.other["defaultNamingContext"] == [corp_ad.BASE]
    assert "1.2.840.113556.1.4.841" in [control[0] for control in connection.server.info.supported_controls]
    attributes = connection.server.schema.attribute_types
    assert attributes["userCertificate"].oid == "2.5.4.36"
    assert attributes["userSMIMECertificate"].single_value is False
    assert attributes["objectGUID"].single_value is True
    assert "user" in connection.server.schema.object_classes


def test_ldap3_pages_and_filters_by_octets(connection):
    pages = connection.extend.standard.paged_search(corp_ad.BASE, "(objectClass=user)", attributes=["objectGUID"], paged_size=100)
    assert len([entry for entry in pages if entry["type"] == "searchResEntry"]) >= 350
    row, entry = corp_ad.people()[5]
    connection.search(corp_ad.BASE, f"(objectGUID={escape_bytes(entry['objectGUID'][0])})", attributes=["objectGUID"])
    assert [found["dn"] for found in connection.response if found["type"] == "searchResEntry"] == [row["dn"]]


def test_ldap3_dirsync_tells_only_what_changed(connection):
    sync = connection.extend.microsoft.dir_sync(corp_ad.BASE, "(objectClass=user)", attributes=["userCertificate", "description"], incremental_values=False)
    while True:
        sync.loop()
        if not sync.more_results:
            break
    row, entry = next(pair for pair in corp_ad.people() if pair[0]["case"] == "staff, 2 certificate(s)")
    assert connection.modify(row["dn"], {"description": [(ldap3.MODIFY_REPLACE, ["changed"])]}), connection.result
    changed = [entry for entry in sync.loop() if entry["type"] == "searchResEntry"]
    # ldap3 asks for extended DNs too: <GUID=…>;<SID=…>;DN
    assert [entry["dn"].split(";", 2)[-1] for entry in changed] == [row["dn"]]
    assert changed[0]["attributes"]["description"] == ["changed"]
    assert "userCertificate" not in changed[0]["attributes"] or not changed[0]["attributes"]["userCertificate"]


def test_ldap3_writes_and_deletes(connection):
    dn = "CN=Interop Person,OU=Corp," + corp_ad.BASE
    assert connection.add(dn, ["user"], {"sAMAccountName": "interop", "userPrincipalName": "interop@corp.example.test", "mail": "i@corp.example.test"}), connection.result
    connection.search(dn, LIVE, ldap3.BASE, attributes=["objectGUID", "objectSid", "uSNCreated", "userAccountControl", "objectCategory"])
    attributes = connection.response[0]["attributes"]
    assert attributes["objectSid"].startswith("S-1-5-21-1004336348-1177238915-682003330-")
    assert attributes["objectCategory"].startswith("CN=Person,CN=Schema,")
    assert not connection.add(dn, ["user"], {"sAMAccountName": "interop2"})
    assert connection.result["description"] == "entryAlreadyExists"
    assert connection.modify_dn(dn, "CN=Interop Renamed"), connection.result
    assert connection.delete("CN=Interop Renamed,OU=Corp," + corp_ad.BASE), connection.result
    connection.search(corp_ad.BASE, "(sAMAccountName=interop)", attributes=["isDeleted"], controls=[("1.2.840.113556.1.4.417", True, None)])
    gone = [entry for entry in connection.response if entry["type"] == "searchResEntry"]
    assert len(gone) == 1 and "\\0ADEL:" in gone[0]["dn"]
