"""OpenLDAP's tools against mock-directory with the dump."""
import base64
import os
import subprocess

import pytest

import corp_ad
from conftest import PASSWORD


def ldapsearch(directory, url, *arguments, starttls=False):
    command = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", url, "-D", directory.bind_dn, "-w", PASSWORD, *(["-ZZ"] if starttls else []), *arguments]
    environment = {**os.environ, "LDAPTLS_CACERT": directory.ca_file}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def dns(output):
    found = set()
    for line in output.splitlines():
        if line.startswith("dn:: "):
            found.add(base64.b64decode(line[5:]).decode())
        elif line.startswith("dn: "):
            found.add(line[4:])
    return found


@pytest.mark.parametrize("way", ["ldap", "starttls", "ldaps"])
def test_every_entry_is_found(directory, way):
    # by address: libldap puts the machine's own name in the place of "localhost" before it compares it with the certificate
    url = directory.ldaps_url if way == "ldaps" else directory.ldap_url
    done = ldapsearch(directory, url, "-E", "pr=500/noprompt", "-b", corp_ad.BASE, "(objectClass=*)", "1.1", starttls=way == "starttls")
    assert done.returncode == 0, done.stderr
    live = {e["dn"] for e in corp_ad.read_ldif(corp_ad.FOLDER / "domain.ldif") if b"TRUE" not in e.get("isDeleted", [])}
    missing = live - dns(done.stdout)
    assert not missing, sorted(missing)[:10]


def test_object_guid_filters_with_arbitrary_octets(directory):
    for row, entry in corp_ad.people()[::37]:
        value = "".join(f"\\{octet:02x}" for octet in entry["objectGUID"][0])
        done = ldapsearch(directory, directory.ldap_url, "-b", corp_ad.BASE, f"(objectGUID={value})", "1.1")
        assert dns(done.stdout) == {row["dn"]}, done.stderr


def test_without_paging_the_server_stops_at_its_page_size(directory):
    done = ldapsearch(directory, directory.ldap_url, "-b", corp_ad.BASE, "(objectClass=*)", "1.1")
    assert done.returncode == 4 and len(dns(done.stdout)) == 1000


def test_a_delta_by_dirsync_tells_the_one_changed_object_whole(directory):
    row, entry = next((row, entry) for row, entry in corp_ad.people() if row["case"] == "staff, 3 certificate(s)")
    first = ldapsearch(directory, directory.ldap_url, "-E", "!dirSync=0/0", "-b", corp_ad.BASE, "(objectClass=user)", "userCertificate")
    assert first.returncode == 0, first.stderr
    cookie = dirsync_cookie(first.stdout)
    gone = base64.b64encode(entry["userCertificate"][0]).decode()
    dn = base64.b64encode(entry["dn"].encode()).decode()
    ldif = f"dn:: {dn}\nchangetype: modify\ndelete: userCertificate\nuserCertificate:: {gone}\n"
    command = ["ldapmodify", "-x", "-H", directory.ldap_url, "-D", directory.bind_dn, "-w", PASSWORD]
    subprocess.run(command, input=ldif, text=True, check=True, capture_output=True)
    second = ldapsearch(directory, directory.ldap_url, "-E", f"!dirSync=0/0/{cookie}", "-b", corp_ad.BASE, "(objectClass=user)", "userCertificate")
    assert second.returncode == 0, second.stderr
    assert dns(second.stdout) == {row["dn"]}
    values = {base64.b64decode(line.split(":: ", 1)[1]) for line in second.stdout.splitlines() if line.startswith("userCertificate:: ")}
    assert values == set(entry["userCertificate"][1:]), "a value that is not linked comes as the whole remaining set"


def dirsync_cookie(output):
    lines = [line for line in output.splitlines() if "dirsync" in line.lower() or line.startswith("# cookie")]
    for line in output.splitlines():
        if line.lower().startswith(("# dirsync: cookie", "# cookie:", "dirsync: cookie:")):
            return line.split(":", 2)[-1].strip()
    raise AssertionError(f"no cookie in the answer: {lines or output[-500:]}")
