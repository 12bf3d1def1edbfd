"""The published JSON schemas: real worlds and plans fit them, and what they name is what the programs take."""
import json
import re
import urllib.error

import jsonschema
import pytest
import yaml
from conftest import ROOT, Program

DOCS = ROOT / "docs"
SCHEMAS = {path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in sorted((DOCS / "schema").glob("*.json"))}
CASES = sorted((ROOT / "conformance" / "cases").glob("*/*.yaml"))
USER = {"userPrincipalName": "zoe@corp.example.test", "displayName": "Zoe"}


def validator(name):
    return jsonschema.Draft202012Validator(SCHEMAS[name])


def fits(name, document):
    """What is wrong with a document, as lines."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(document)]


def as_given(value):
    """A case names its certificates and repeats its objects; a program gets octets and objects."""
    if isinstance(value, dict) and len(value) == 1 and set(value) < {"cert", "certs", "smime", "hex", "text"}:
        return {"b64": "MAA="}
    if isinstance(value, dict) and set(value) == {"repeat", "as"}:
        return as_given(value["as"])
    if isinstance(value, dict):
        return {key: as_given(inner) for key, inner in value.items()}
    return [as_given(inner) for inner in value] if isinstance(value, list) else value


def found(value, key):
    """Everything that a document has under a key, however deep."""
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == key)
        yield from (hit for inner in value.values() for hit in found(inner, key))
    elif isinstance(value, list):
        yield from (hit for inner in value for hit in found(inner, key))


def examples(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.S)


def is_for(example, double):
    """A world says in its first line for whom it is; a plan, by its operations."""
    if example.startswith("#"):
        return example.startswith(f"# mock-{double}\n")
    return ('"ldap.' in example) == (double == "directory")


@pytest.fixture(scope="module")
def doubles(tmp_path_factory):
    """Both doubles, with nothing in them."""
    folder = tmp_path_factory.mktemp("doubles")
    running = {name: Program(f"mock-{name}", "--ca-dir", folder / name) for name in ("directory", "tenant")}
    yield running
    for program in running.values():
        program.stop()


@pytest.fixture
def empty(doubles):
    for program in doubles.values():
        program.control("POST", "/reset")
        program.control("DELETE", "/faults")
    return doubles


def refusal(program, method, path, body):
    """The message with which the control API refuses a body; `None` if it takes it."""
    try:
        program.control(method, path, body)
    except urllib.error.HTTPError as error:
        assert error.code == 400, error
        return json.loads(error.read())["error"]["message"]
    return None


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_worlds_and_plans_of_a_case_fit(path):
    case = yaml.safe_load(path.read_text())
    given = as_given(case.get("given") or {})
    assert fits("directory-world", given.get("directory") or {}) == []
    assert fits("tenant-world", given.get("tenant")) == []
    plans = [plan for faults in found(case, "faults") if isinstance(faults, dict) for plan in faults.values()]
    assert [wrong for plan in plans for wrong in fits("faults", plan)] == []


def test_cases_have_worlds_of_both_and_plans():
    cases = [yaml.safe_load(path.read_text()) for path in CASES]
    assert sum("directory" in (case.get("given") or {}) for case in cases) > 50
    assert sum("tenant" in (case.get("given") or {}) for case in cases) >= 5
    assert sum(bool(faults) for case in cases for faults in found(case, "faults")) > 10


def sample(schema):
    """A value that fits the schema of a property."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in ("texts", "certificates"):
        return ["MAA="]
    if "anyOf" in schema:
        return "MAA="
    kind = schema["type"][0]
    return {"string": "GB", "boolean": True, "integer": 1}[kind]


PROPERTIES = SCHEMAS["tenant-world"]["$defs"]["properties"]["properties"]


def test_the_tenant_takes_every_property(empty):
    world = {"users": [{**{name: sample(schema) for name, schema in PROPERTIES.items()}, **USER}]}
    assert fits("tenant-world", world) == []
    assert refusal(empty["tenant"], "POST", "/world", world) is None
    state = empty["tenant"].state()["users"][0]
    kept = {**state["properties"], **state}
    assert {name for name in PROPERTIES if kept.get(name) is None} == set()


WHOLE = {
    "domains": ["second.example.test"],
    "company": {
        "displayName": "Corp", "verifiedDomains": ["corp.example.test", "corp.onmicrosoft.test"], "dirSyncEnabled": True,
        "features": {name: True for name in SCHEMAS["tenant-world"]["properties"]["company"]["properties"]["features"]["properties"]},
        "deletionPrevention": {"mode": "disabled", "threshold": 0}, "lastSync": "2026-09-01T00:00:00Z", "profile": "2026-07",
        "allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled": True, "tenantId": "x", "initialDomain": "x",
    },
    "users": [
        {
            **USER, "id": "00000000-0000-0000-0000-000000000001", "password": "Passw0rd!x", "roles": ["Global Reader"],
            "eligibleRoles": ["User Administrator"], "exchangeLicense": True, "manager": "mia@corp.example.test",
            "sourceAnchor": "AAAA", "onPremisesSyncEnabled": True, "createdDateTime": "2026-01-01T00:00:00Z", "deletedDateTime": None,
            "userCertificate": ["MAA=", {"b64": "MAEA"}], "userSMIMECertificate": ["MAA="],
            "exchange": {"userCertificate": ["MAA="], "userSMIMECertificate": []}, "shadow": None,
            "provisioningErrors": [{"category": "PropertyConflict", "occurredDateTime": "2026-01-01T00:00:00Z",
                                    "propertyCausingError": "ProxyAddresses", "value": "smtp:a@b"}],
            "isCloudManaged": False, "onPremisesObjectIdentifier": "00000000-0000-0000-0000-000000000009",
            "properties": {"title": "Head"}, "extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_badge": "7",
        },
        {"userPrincipalName": "mia@corp.example.test"},
    ],
    "contacts": [{"displayName": "Outside", "manager": "mia@corp.example.test"}],
    "groups": [{"displayName": "Staff", "members": ["AAAA"], "owners": ["mia@corp.example.test"], "groupTypes": ["Unified"]}],
    "devices": [{"displayName": "Laptop"}],
}


def test_the_tenant_takes_every_other_key_of_the_schema(empty):
    schema = SCHEMAS["tenant-world"]
    for key, kind in (("users", "user"), ("groups", "group")):
        told = {name for object in WHOLE[key] for name in object} | {name for object in WHOLE["users"] for name in object}
        assert set(schema["$defs"][kind]["properties"]) - told == set(), kind
    assert set(schema["properties"]["company"]["properties"]) == set(WHOLE["company"])
    assert fits("tenant-world", WHOLE) == []
    assert refusal(empty["tenant"], "POST", "/world", WHOLE) is None


@pytest.mark.parametrize(("world", "path"), [
    ({"user": []}, "user"),
    ({"company": {"dirsync": True}}, "company.dirsync"),
    ({"company": {"features": {"BlockEverything": True}}}, "company.features"),
    ({"users": [{**USER, "userCertifcate": []}]}, "users[0].userCertifcate"),
    ({"users": [{"displayName": "Zoe"}]}, "users[0].userPrincipalName"),
    ({"users": [{**USER, "accountEnabled": 3}]}, "users[0].accountEnabled"),
    ({"contacts": [{"displayName": "C", "roles": ["X"]}]}, "contacts[0].roles"),
])
def test_schema_and_tenant_refuse_the_same(empty, world, path):
    assert fits("tenant-world", world) != []
    assert path in refusal(empty["tenant"], "POST", "/world", world)


def test_a_state_is_a_world(empty):
    tenant = empty["tenant"]
    tenant.control("POST", "/world", WHOLE)
    state = tenant.state()
    assert fits("tenant-world", state) == []
    tenant.control("PUT", "/state", state)
    assert tenant.state() == state


OBJECT = {"sam": "zoe", "cn": "Zoe Z", "ou": "OU=A", "password": "Passw0rd!x", "disabled": True, "critical": True,
          "attributes": {"mail": "zoe@corp.example.test", "employeeNumber": 7, "userPrincipalName": None, "userCertificate": [{"b64": "MAA="}]}}
DIRECTORY = {
    "ous": ["OU=A"], "users": [OBJECT], "contacts": [{"cn": "Outside", "attributes": {"mail": "o@out.test"}}],
    "inetOrgPersons": [{"sam": "ida"}], "computers": [{"sam": "PC1"}],
    "groups": [{"sam": "staff", "attributes": {"member": ["CN=Zoe Z,OU=A"]}}],
    "entries": [{"dn": "CN=Box,OU=A", "attributes": {"objectClass": ["top", "container"]}}], "config": {"recycleBin": True},
}


def test_the_directory_takes_every_key_of_the_schema(empty):
    schema = SCHEMAS["directory-world"]
    assert set(schema["properties"]) - {"inetorgpersons"} == set(DIRECTORY)
    assert set(schema["$defs"]["object"]["properties"]) == set(OBJECT)
    assert fits("directory-world", DIRECTORY) == []
    assert refusal(empty["directory"], "POST", "/world", DIRECTORY) is None


@pytest.mark.parametrize(("world", "word"), [
    ({"user": []}, "user"),
    ({"users": [{"sam": "zoe", "attribute": {}}]}, "attribute"),
    ({"config": {"recyclebin": True}}, "recyclebin"),
    ({"users": [{}]}, "users[0]"),
    ({"entries": [{"dn": "CN=Box,CN=Users", "attributes": {}}]}, "objectClass"),
])
def test_schema_and_directory_refuse_the_same(empty, world, word):
    assert fits("directory-world", world) != []
    assert word in refusal(empty["directory"], "POST", "/world", world)


EFFECTS = {name: effect for option in SCHEMAS["faults"]["$defs"]["rule"]["properties"]["then"]["items"]["oneOf"]
           for name, effect in option["properties"].items()}


def plan(effect, **when):
    return {"rules": [{"when": {"op": "*", **when}, "then": [effect]}]}


def test_the_effects_are_those_of_the_programs(empty):
    message = refusal(empty["tenant"], "PUT", "/faults", plan({"bussy": {}}))
    assert set(re.findall("`([a-z_]+)`", message)) - {"bussy"} == set(EFFECTS)


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_is_taken_with_each_of_its_fields(empty, effect):
    values = {"array": ["https://elsewhere.test/"], "integer": 1, "string": "mail"}
    fields = {name: values[schema["type"]] for name, schema in EFFECTS[effect]["properties"].items()}
    for double in empty.values():
        assert fits("faults", plan({effect: fields})) == []
        assert refusal(double, "PUT", "/faults", plan({effect: fields})) is None
        assert fits("faults", plan({effect: {**fields, "odd": 1}})) != []
        assert "odd" in refusal(double, "PUT", "/faults", plan({effect: {**fields, "odd": 1}}))


@pytest.mark.parametrize("when", [{"nth": 0}, {"every": 0}, {"probability": 2}, {"nth": 1, "every": 2}, {"nht": 1}, {"op": ""}])
def test_schema_and_programs_refuse_the_same_conditions(empty, when):
    body = plan({"busy": {}}, **when)
    assert fits("faults", body) != []
    assert refusal(empty["tenant"], "PUT", "/faults", body)


def test_lines_of_the_journal_fit(empty):
    tenant = empty["tenant"]
    body = f"grant_type=client_credentials&client_id={tenant.client_id}&client_secret=no"
    import requests
    requests.post(f"{tenant.authority_url}/oauth2/v2.0/token", body, headers={"Content-Type": "application/x-www-form-urlencoded"},
                  verify=tenant.ca_file, timeout=60)
    lines = tenant.journal()
    assert lines
    assert [wrong for line in lines for wrong in fits("journal", line)] == []


@pytest.mark.parametrize(("page", "language", "double", "schema", "method", "path"), [
    ("worlds.md", "yaml", "tenant", "tenant-world", "POST", "/world"),
    ("worlds.md", "yaml", "directory", "directory-world", "POST", "/world"),
    ("faults.md", "json", "tenant", "faults", "PUT", "/faults"),
    ("faults.md", "json", "directory", "faults", "PUT", "/faults"),
])
def test_what_a_page_shows_is_taken(empty, page, language, double, schema, method, path):
    documents = [yaml.safe_load(text) for text in examples(page, language) if is_for(text, double)]
    assert documents
    for document in documents:
        assert fits(schema, document) == []
        assert refusal(empty[double], method, path, document) is None


def test_the_page_of_the_provisioning_service_names_the_properties_of_the_schema():
    types = {"string": "string", "boolean": "boolean", "integer": "long", "texts": "ArrayOfstring", "octets": "base64Binary"}

    def kind(schema):
        reference = schema.get("$ref") or schema.get("anyOf", [{}])[0].get("$ref")
        return types[reference.rpartition("/")[2] if reference else schema["type"][0]]

    _, _, page = (DOCS / "provisioning.md").read_text().partition("### Property names and types")
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \|", page, re.M)
    own = {"cloudAnchor", "sourceAnchor", "userPrincipalName", "userCertificate", "userSMIMECertificate",
           "onPremisesObjectIdentifier", "manager", "member"}
    assert {name: kind for name, kind in rows if name not in own} == {name: kind(schema) for name, schema in PROPERTIES.items()}
