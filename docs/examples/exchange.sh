#!/bin/sh
# From a token to a certificate that a cmdlet sets and a mail client finds, with curl and openssl alone.
#
#   mock-tenant --ready-file tenant.json &
#   docs/examples/exchange.sh tenant.json
#
# Prints the SHA-256 of the certificate that went in and of the one that came out; ends with 0 if they are the same.
set -eu

ready=$(cat "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A member of the ready line, or of an answer, whose value is a text.
member() { printf '%s' "$2" | tr ',{}' '\n\n\n' | sed -n "s/^ *\"$1\" *: *\"\\(.*\\)\"\$/\\1/p" | head -n 1; }

ca=$(member ca_file "$ready")
http() { curl -sS --fail-with-body --cacert "$ca" "$@"; }

# 1. A token for Exchange, by client id and secret.
answer=$(http "$(member authority_url "$ready")/oauth2/v2.0/token" \
    -d grant_type=client_credentials -d "client_id=$(member client_id "$ready")" \
    --data-urlencode "client_secret=$(member client_secret "$ready")" \
    --data-urlencode scope=https://outlook.office365.com/.default)
token=$(member access_token "$answer")

# 2. A certificate for somebody whose mail goes elsewhere.
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=Ed Meadows" -addext "subjectAltName=email:ed@tailspin.test" \
    -addext "extendedKeyUsage=emailProtection" -keyout "$work/key.pem" -outform DER -out "$work/in.der" 2>/dev/null
certificate=$(base64 <"$work/in.der" | tr -d '\n')

# 3. New-MailUser and Set-MailUser; a mailbox on whose behalf to look is made by Graph.
invoke() {
    http "$(member exchange_url "$ready")/InvokeCommand" -H "Authorization: Bearer $token" -H "Content-Type: application/json" \
        -d "{\"CmdletInput\":{\"CmdletName\":\"$1\",\"Parameters\":$2}}" >/dev/null
}
invoke New-MailUser '{"Name":"Ed Meadows","MicrosoftOnlineServicesID":"ed@corp.example.test","ExternalEmailAddress":"ed@tailspin.test","Password":"x"}'
invoke Set-MailUser "{\"Identity\":\"Ed Meadows\",\"UserCertificate\":[\"$certificate\"]}"
answer=$(http "$(member authority_url "$ready")/oauth2/v2.0/token" \
    -d grant_type=client_credentials -d "client_id=$(member client_id "$ready")" \
    --data-urlencode "client_secret=$(member client_secret "$ready")" \
    --data-urlencode scope=https://graph.microsoft.com/.default)
http "$(member graph_url "$ready")/users" -H "Authorization: Bearer $(member access_token "$answer")" -H "Content-Type: application/json" \
    -d '{"accountEnabled":true,"displayName":"Reader","mailNickname":"reader","userPrincipalName":"reader@corp.example.test","mail":"reader@corp.example.test","passwordProfile":{"password":"Passw0rd!x"}}' >/dev/null

# 4. What a mail client is told over EWS.
cat >"$work/request.xml" <<'XML'
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<s:Header><t:RequestServerVersion Version="Exchange2016"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>reader@corp.example.test</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header>
<s:Body><m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory" ContactDataShape="AllProperties"><m:UnresolvedEntry>Ed Mea</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>
XML
http "$(member ews_url "$ready")" -H "Authorization: Bearer $token" -H "Content-Type: text/xml; charset=utf-8" \
    --data-binary "@$work/request.xml" >"$work/answer.xml"
sed -n 's/.*<t:MSExchangeCertificate><t:Base64Binary>\([^<]*\)<.*/\1/p' "$work/answer.xml" | base64 -d >"$work/out.der"

openssl dgst -sha256 -r "$work/in.der" | cut -d' ' -f1
openssl dgst -sha256 -r "$work/out.der" | cut -d' ' -f1
cmp "$work/in.der" "$work/out.der"
