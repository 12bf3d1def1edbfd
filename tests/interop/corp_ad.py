"""The dump of a real domain, read by a reader of its own, and what Entra Connect's default rules make of each object."""
import base64
import hashlib
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "corp-ad"
BASE = "DC=corp,DC=example,DC=test"

# The labels of expected.tsv whose objects must not reach the tenant, and the default rule that keeps them out
# (reference: "In from AD - User Join" cloudFiltered, sourceAnchor of linked mailboxes, "Out to AAD - Contact Join").
ABSENT = {
    "AAD_ sync account": "sAMAccountName begins with AAD_",
    "MSOL_ sync account": "sAMAccountName begins with MSOL_",
    "CAS_ account with brace": "sAMAccountName begins with CAS_ and holds }",
    "SystemMailbox account": "mailNickname begins with SystemMailbox{",
    "well-known account excluded by sync": "sAMAccountName is SUPPORT_388945a0",
    "built-in account": "isCriticalSystemObject",
    "CNF conflict-looking name": "the RDN holds \\0ACNF:",
    "linked mailbox (msExchRecipientTypeDetails=2, disabled, master account SID)": "no source anchor without its account forest",
    "bulk member": "a contact without an address is not mail-enabled",
    "computer": "devices are not part of the user and contact flow",
    "computer hybrid join": "devices are not part of the user and contact flow",
}
LIMIT = 15


def read_ldif(path):
    """Entries of an LDIF file as dicts: attribute -> list of bytes; 'dn' -> text."""
    lines = []
    for raw in Path(path).read_text(encoding="utf-8").split("\n"):
        if raw.startswith(" ") and lines:
            lines[-1] += raw[1:]
        else:
            lines.append(raw)
    entries, entry = [], None
    for line in lines + [""]:
        if line.startswith("#"):
            continue
        if not line:
            if entry:
                entries.append(entry)
            entry = None
            continue
        name, _, value = line.partition(":")
        value = base64.b64decode(value[1:].strip()) if value.startswith(":") else value.strip().encode()
        if name == "dn":
            entry = defaultdict(list, {"dn": value.decode()})
        elif name != "version":
            entry[name].append(value)
    return entries


def people():
    """(row of expected.tsv as a dict, its entry in the dump), for every row."""
    entries = {entry["dn"]: entry for entry in read_ldif(FOLDER / "domain.ldif")}
    lines = [line for line in (FOLDER / "expected.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names = lines[0].split("\t")
    rows = [dict(zip(names, line.split("\t"))) for line in lines[1:]]
    return [(row, entries[row["dn"]]) for row in rows]


def source_anchor(entry):
    octets = entry.get("mS-DS-ConsistencyGuid") or entry["objectGUID"]
    return base64.b64encode(octets[0]).decode()


def values_due(row, entry, attribute):
    """The values of a certificate attribute that the tenant must hold, as a sorted list of SHA-256."""
    values = [value for value in entry.get(attribute, []) if value]
    gated = row["objectClass"] != "contact" and not entry.get("mailNickname")
    if gated or len(values) > LIMIT:
        return []
    return sorted(hashlib.sha256(value).hexdigest() for value in values)
