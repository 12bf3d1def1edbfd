#!/bin/sh
# From a token to a user with a certificate, and to what the tenant reads back, with curl alone.
#
#   mock-tenant --ready-file tenant.json &
#   docs/examples/provision.sh tenant.json
#
# Prints each answer's body. Ends with 0 if the user was taken and the read-back after it tells of it.
set -eu

ready=$(cat "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A member of the ready line, or of an answer, whose value is a text.
member() { printf '%s' "$2" | tr ',{}' '\n\n\n' | sed -n "s/^ *\"$1\" *: *\"\\(.*\\)\"\$/\\1/p" | head -n 1; }

ca=$(member ca_file "$ready")
url=$(member provisioning_url "$ready")
http() { curl -sS --fail-with-body --cacert "$ca" "$@"; }

# 1. A token of an application, by client id and secret.
answer=$(http "$(member authority_url "$ready")/oauth2/v2.0/token" \
    -d grant_type=client_credentials -d "client_id=$(member client_id "$ready")" \
    --data-urlencode "client_secret=$(member client_secret "$ready")" \
    --data-urlencode scope=6bf85cfa-ac8a-4be5-b5de-425a0d0dc016/.default)
token=$(member access_token "$answer")

# call COMMAND BODY: one message; prints the answer's body, and keeps it in $work/answer.
call() {
    cat >"$work/request" <<XML
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">
 <s:Header>
  <a:Action s:mustUnderstand="1">http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/$1</a:Action>
  <SyncToken xmlns="urn:microsoft.online.administrativeservice">
   <ApplicationId xmlns="http://schemas.microsoft.com/online/aws/change/2010/01">1651564e-7ce4-4d99-88be-0a65050d8dc3</ApplicationId>
   <BearerToken xmlns="http://schemas.microsoft.com/online/aws/change/2010/01">$token</BearerToken>
   <ClientVersion xmlns="http://schemas.microsoft.com/online/aws/change/2010/01">8.0</ClientVersion>
  </SyncToken>
  <a:MessageID>urn:uuid:0f4a1c52-6a3f-4f0c-9f5c-7a7d4f2f6e11</a:MessageID>
  <a:To s:mustUnderstand="1">$url</a:To>
 </s:Header>
 <s:Body>$2</s:Body>
</s:Envelope>
XML
    http "$url" -H "Content-Type: application/soap+xml; charset=utf-8" --data-binary "@$work/request" >"$work/answer"
    cat "$work/answer"
    echo
}
# told NAME: the text of the answer's first element of that name.
told() { tr '<' '\n' <"$work/answer" | sed -n "s/^\\([a-z]*:\\)\\{0,1\\}$1\\( [^>]*\\)\\{0,1\\}>//p" | head -n 1; }
# read_back COOKIE FULL
read_back() {
    call ReadBackAzureADSyncObjects2 "<ReadBackAzureADSyncObjects2 xmlns=\"http://schemas.microsoft.com/online/aws/change/2010/01\">
<includeLicenseInformation>false</includeLicenseInformation><inputCookie>$1</inputCookie><isFullSync>$2</isFullSync></ReadBackAzureADSyncObjects2>"
}

# 2. Where reading begins: everything that is there now, and a cookie.
read_back "" true
cookie=$(told OutputCookie)

# 3. A user with one certificate (any octets will do for the service).
call ProvisionAzureADSyncObjects2 '<ProvisionAzureADSyncObjects2 xmlns="http://schemas.microsoft.com/online/aws/change/2010/01">
<syncRequest xmlns:b="http://schemas.microsoft.com/online/aws/change/2014/06" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
<b:SyncObjects><b:AzureADSyncObject>
<b:PropertyValues xmlns:c="http://schemas.microsoft.com/2003/10/Serialization/Arrays" xmlns:d="http://www.w3.org/2001/XMLSchema">
<c:KeyValueOfstringanyType><c:Key>SourceAnchor</c:Key><c:Value i:type="d:string">tyUN0RlTb0W+XrJHCzWpBw==</c:Value></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>accountEnabled</c:Key><c:Value i:type="d:boolean">true</c:Value></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>displayName</c:Key><c:Value i:type="d:string">Ana García</c:Value></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>userPrincipalName</c:Key><c:Value i:type="d:string">ana@corp.example.test</c:Value></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>department</c:Key><c:Value i:nil="true"/></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>proxyAddresses</c:Key><c:Value i:type="c:ArrayOfstring"><c:string>SMTP:ana@corp.example.test</c:string></c:Value></c:KeyValueOfstringanyType>
<c:KeyValueOfstringanyType><c:Key>userCertificate</c:Key><c:Value i:type="c:ArrayOfbase64Binary"><c:base64Binary>MIIBCg==</c:base64Binary></c:Value></c:KeyValueOfstringanyType>
</b:PropertyValues>
<b:SyncObjectType>User</b:SyncObjectType>
<b:SyncOperation>Set</b:SyncOperation>
</b:AzureADSyncObject></b:SyncObjects></syncRequest></ProvisionAzureADSyncObjects2>'
test "$(told ResultCode)" = Success

# 4. The end of the export, and what changed since the cookie.
call FinalizeExport '<FinalizeExport xmlns="http://schemas.microsoft.com/online/aws/change/2010/01">
<totalExported>1</totalExported><successfulExportCount>1</successfulExportCount></FinalizeExport>'
read_back "$cookie" false
grep -q 'tyUN0RlTb0W+XrJHCzWpBw==' "$work/answer"
