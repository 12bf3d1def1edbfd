"""The provisioning service in .NET binary XML, as Entra Connect and AADInternals speak to it.

Messages are encoded and answers read by an independent codec (pynettcp, PyPI). Names and texts are written as .NET's
XmlBinaryWriter writes an XmlDocument: names in full, texts as UTF-8, white space between elements kept.
"""
import base64
import os
import uuid
import xml.dom.minidom

import msal
import pytest
import requests
from conftest import Program
from pynettcp.nbfx import BinaryXmlReader, BinaryXmlWriter
from pynettcp.xmltree import events_to_element

SERVICE = "http://schemas.microsoft.com/online/aws/change/2010/01"
CONTRACTS = "http://schemas.microsoft.com/online/aws/change/2014/06"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
BINARY = "application/soap+msbin1"
# requests lets these win over the CA that a client was given
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(name, None)

# 200 octets: not a multiple of three
CERTIFICATE = b"\x30\x81\xc5" + bytes(range(197))


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    program = Program("mock-tenant", "--ca-dir", tmp_path_factory.mktemp("tenant"))
    yield program
    program.stop()


@pytest.fixture(scope="module")
def token(tenant):
    application = msal.ConfidentialClientApplication(
        tenant.client_id, client_credential=tenant.client_secret, authority=tenant.authority_url,
        instance_discovery=False, verify=tenant.ca_file,
    )
    return application.acquire_token_for_client(["https://graph.windows.net/.default"])["access_token"]


def encode(text):
    """The document as records, in the order in which XmlDocument.WriteContentTo gives it to the writer."""
    writer = BinaryXmlWriter()

    def write(node):
        writer.start_element(node.prefix or "", node.localName)
        attributes = [node.attributes.item(at) for at in range(node.attributes.length)]
        for attribute in attributes:
            if attribute.prefix != "xmlns" and attribute.name != "xmlns":
                writer.attribute(attribute.prefix or "", attribute.localName, attribute.value)
        for attribute in attributes:
            if attribute.prefix == "xmlns" or attribute.name == "xmlns":
                writer.xmlns(attribute.localName if attribute.prefix else "", attribute.value)
        for child in node.childNodes:
            if child.nodeType == child.ELEMENT_NODE:
                write(child)
            else:
                writer.write_string(child.data)
        writer.end_element()

    write(xml.dom.minidom.parseString(text).documentElement)
    return writer.getvalue()


def envelope(command, token, body, message_id):
    member = lambda name, value: f'<{name} xmlns="{SERVICE}">{value}</{name}>'
    members = "\n\t\t\t".join([
        member("ApplicationId", "1651564e-7ce4-4d99-88be-0a65050d8dc3"), member("BearerToken", token),
        member("ClientVersion", "8.0"), member("DirSyncBuildNumber", "2.4.21.0"), member("FIMBuildNumber", "2.4.21.0"),
        member("IsInstalledOnDC", "True"), member("IssueDateTime", "0001-01-01T00:00:00"),
        member("LanguageId", "en-US"), f'<LiveToken xmlns="{SERVICE}"/>', member("ProtocolVersion", "2.0"),
        member("RichCoexistenceEnabled", "False"), member("TrackingId", message_id),
    ])
    return f"""<s:Envelope xmlns:s="{ENVELOPE}" xmlns:a="http://www.w3.org/2005/08/addressing">
    <s:Header>
        <a:Action s:mustUnderstand="1">{SERVICE}/IProvisioningWebService/{command}</a:Action>
        <SyncToken s:role="urn:microsoft.online.administrativeservice" xmlns="urn:microsoft.online.administrativeservice" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
            {members}
        </SyncToken>
        <a:MessageID>urn:uuid:{message_id}</a:MessageID>
        <a:ReplyTo>
            <a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address>
        </a:ReplyTo>
        <a:To s:mustUnderstand="1">https://adminwebservice.microsoftonline.com/provisioningservice.svc</a:To>
    </s:Header>
    <s:Body>
        {body}
    </s:Body>
</s:Envelope>"""


def call(tenant, command, token, body):
    """Status, and the body's first element."""
    message_id = str(uuid.uuid4())
    headers = {
        "Content-Type": BINARY, "x-ms-aadmsods-appid": "1651564e-7ce4-4d99-88be-0a65050d8dc3",
        "x-ms-aadmsods-apiaction": command, "client-request-id": message_id, "x-ms-aadmsods-clientversion": "8.0",
    }
    message = encode(envelope(command, token, body, message_id))
    answer = requests.post(tenant.provisioning_url, message, headers=headers, verify=tenant.ca_file, timeout=60)
    assert answer.headers["Content-Type"] == BINARY
    root = events_to_element(BinaryXmlReader(answer.content).read())
    assert root.tag == f"{{{ENVELOPE}}}Envelope"
    return answer.status_code, root.find(f"{{{ENVELOPE}}}Body")[0]


def property_value(key, kind, value):
    typed = f'i:type="d:{kind}" xmlns:d="http://www.w3.org/2001/XMLSchema"'
    return f"<c:KeyValueOfstringanyType><c:Key>{key}</c:Key><c:Value {typed}>{value}</c:Value></c:KeyValueOfstringanyType>"


def array_value(key, kind, values):
    items = "".join(f"<c:{kind}>{value}</c:{kind}>" for value in values)
    return f'<c:KeyValueOfstringanyType><c:Key>{key}</c:Key><c:Value i:type="c:ArrayOf{kind}">{items}</c:Value></c:KeyValueOfstringanyType>'


def batch(properties, operation):
    return f"""<ProvisionAzureADSyncObjects xmlns="{SERVICE}">
            <syncRequest xmlns:b="{CONTRACTS}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
                <b:SyncObjects>
                    <b:AzureADSyncObject>
                        <b:PropertyValues xmlns:c="{ARRAYS}">{properties}</b:PropertyValues>
                        <b:SyncObjectType>User</b:SyncObjectType>
                        <b:SyncOperation>{operation}</b:SyncOperation>
                    </b:AzureADSyncObject>
                </b:SyncObjects>
            </syncRequest>
        </ProvisionAzureADSyncObjects>"""


def texts(element, name):
    return [found.text for found in element.iter() if found.tag.endswith(f"}}{name}")]


def test_the_configuration_is_read_as_aadinternals_reads_it(tenant, token):
    body = f'<GetCompanyConfiguration xmlns="{SERVICE}">\n<includeLicenseInformation>false</includeLicenseInformation>\n</GetCompanyConfiguration>'
    status, answer = call(tenant, "GetCompanyConfiguration", token, body)
    result = answer.find(f"{{{SERVICE}}}GetCompanyConfigurationResult")
    member = lambda *path: result.findtext("/".join(f"{{{CONTRACTS}}}{name}" for name in path))
    assert (status, member("DirSyncFeatures"), member("TenantId")) == (200, "41016", tenant.tenant_id)
    assert member("MaxLinksSupportedAcrossBatchInProvision2") == "15000"
    assert member("DirSyncConfiguration", "PreventAccidentalDeletion", "ThresholdCount") == "500"


def test_capabilities_are_a_document_in_a_text(tenant, token):
    status, answer = call(tenant, "Capabilities", token, f'<Capabilities xmlns="{SERVICE}" />')
    document = xml.dom.minidom.parseString(texts(answer, "CapabilitiesResult")[0])
    assert status == 200
    assert document.getElementsByTagName("MinimumProductVersion")[0].firstChild.data


def test_a_certificate_goes_there_and_comes_back(tenant, token):
    properties = (
        property_value("SourceAnchor", "string", "tyUN0RlTb0W+XrJHCzWpBw==")
        + property_value("accountEnabled", "boolean", "True")
        + property_value("displayName", "string", "Ana García")
        + property_value("userPrincipalName", "string", "ana@corp.example.test")
        + array_value("proxyAddresses", "string", ["SMTP:ana@corp.example.test"])
        + array_value("userCertificate", "base64Binary", [base64.b64encode(CERTIFICATE).decode()])
    )
    status, answer = call(tenant, "ProvisionAzureADSyncObjects", token, batch(properties, "Set"))
    assert (status, texts(answer, "ResultCode")) == (200, ["Success"])
    anchor = texts(answer, "CloudAnchor")[0]
    assert anchor.startswith("User_")
    read_back = f'<ReadBackAzureADSyncObjects2 xmlns="{SERVICE}">\n<includeLicenseInformation>true</includeLicenseInformation>\n<inputCookie i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"></inputCookie>\n<isFullSync>true</isFullSync>\n</ReadBackAzureADSyncObjects2>'
    status, answer = call(tenant, "ReadBackAzureADSyncObjects2", token, read_back)
    pairs = [(pair[0].text, pair[1]) for pair in answer.iter(f"{{{ARRAYS}}}KeyValueOfstringanyType")]
    found = dict(pairs)
    assert (status, found["CloudAnchor"].text, found["displayName"].text) == (200, anchor, "Ana García")
    assert base64.b64decode(texts(found["userCertificate"], "base64Binary")[0]) == CERTIFICATE
    removed = batch(property_value("SourceAnchor", "string", "tyUN0RlTb0W+XrJHCzWpBw=="), "Delete")
    status, answer = call(tenant, "ProvisionAzureADSyncObjects", token, removed)
    assert (status, texts(answer, "ResultCode")) == (200, ["Success"])


def test_a_fault_is_read_as_aadinternals_reads_it(tenant):
    status, fault = call(tenant, "Capabilities", "a.b.c", f'<Capabilities xmlns="{SERVICE}" />')
    assert (status, fault.tag) == (500, f"{{{ENVELOPE}}}Fault")
    assert texts(fault, "ErrorDescription")


def test_a_redirection_names_the_other_host(tenant, token):
    url = "https://other.test/provisioningservice.svc"
    plan = {"rules": [{"when": {"op": "provisioning.finalize_export"}, "then": [{"referral": {"urls": [url]}}], "times": 1}]}
    tenant.control("PUT", "/faults", plan)
    body = f'<FinalizeExport xmlns="{SERVICE}">\n<totalExported>1</totalExported>\n<successfulExportCount>1</successfulExportCount>\n</FinalizeExport>'
    status, fault = call(tenant, "FinalizeExport", token, body)
    assert (status, texts(fault, "Url")) == (500, [url])
    assert call(tenant, "FinalizeExport", token, body)[0] == 200
