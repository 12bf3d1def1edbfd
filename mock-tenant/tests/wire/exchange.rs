//! From the provisioning service to a mail client's look-up.

use mock_tenant::MockTenant;
use reqwest::Response;
use serde_json::{Value as Json, json};

use crate::client::{https, last, tenant, token};

fn set(token: &str, certificate: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action>http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/ProvisionAzureADSyncObjects</a:Action><SyncToken xmlns="urn:microsoft.online.administrativeservice"><BearerToken>{token}</BearerToken></SyncToken></s:Header><s:Body><ProvisionAzureADSyncObjects xmlns="http://schemas.microsoft.com/online/aws/change/2010/01"><syncRequest xmlns:b="http://schemas.microsoft.com/online/aws/change/2014/06" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b:SyncObjects><b:AzureADSyncObject><b:PropertyValues xmlns:c="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><c:KeyValueOfstringanyType><c:Key>SourceAnchor</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">AAAAAAAAAAAAAAAAAAAAAA==</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>userPrincipalName</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">ana@corp.example.test</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>displayName</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">Ana</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>mail</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">ana@corp.example.test</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>proxyAddresses</c:Key><c:Value i:type="c:ArrayOfstring"><c:string>SMTP:ana@corp.example.test</c:string></c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>userCertificate</c:Key><c:Value i:type="c:ArrayOfbase64Binary"><c:base64Binary>{certificate}</c:base64Binary></c:Value></c:KeyValueOfstringanyType></b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Set</b:SyncOperation></b:AzureADSyncObject></b:SyncObjects></syncRequest></ProvisionAzureADSyncObjects></s:Body></s:Envelope>"#
    )
}

const RESOLVE: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header><t:RequestServerVersion Version="Exchange2016"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>ana@corp.example.test</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body><m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory" ContactDataShape="AllProperties"><m:UnresolvedEntry>ana@corp.example.test</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>"#;

async fn provision(tenant: &MockTenant, token: &str) -> Response {
    let request =
        https(tenant).post(tenant.provisioning_url()).header("content-type", "application/soap+xml");
    request.body(set(token, "MAMCAQc=")).send().await.unwrap()
}

async fn resolve(tenant: &MockTenant, authorization: &str) -> Response {
    let request = https(tenant).post(tenant.ews_url()).header("content-type", "text/xml");
    request.header("authorization", authorization).body(RESOLVE).send().await.unwrap()
}

#[tokio::test]
async fn a_certificate_goes_in_by_provisioning_and_comes_out_by_ews() {
    let tenant = tenant("{}").start().await.unwrap();
    let answer = provision(&tenant, &token(&tenant, "https://graph.windows.net").await).await;
    assert_eq!(answer.status(), 200);
    let body = answer.text().await.unwrap();
    assert!(body.contains("<b:ResultCode>Success</b:ResultCode>"), "{body}");
    let line = last(&tenant, "provisioning.set");
    assert_eq!(line["target"], "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(line["principal"], tenant.client_id().to_string());
    let bearer = format!("Bearer {}", token(&tenant, "https://outlook.office365.com").await);
    let found = resolve(&tenant, &bearer).await.text().await.unwrap();
    assert!(found.contains("<t:Base64Binary>MAMCAQc=</t:Base64Binary>"), "{found}");
    assert_eq!(last(&tenant, "ews.resolve_names")["target"], "ana@corp.example.test");
}

#[tokio::test]
async fn tokens_for_other_services_are_refused_by_both() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = token(&tenant, "https://graph.microsoft.com").await;
    let answer = provision(&tenant, &graph).await;
    assert_eq!(answer.status(), 500);
    assert!(answer.text().await.unwrap().contains("AuthenticationFailed"));
    let answer = resolve(&tenant, &format!("Bearer {graph}")).await;
    assert_eq!(answer.status(), 401);
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer client_id="));
    assert_eq!(tenant.state()["users"], json!([]));
}

#[tokio::test]
async fn basic_is_taken_by_a_lenient_tenant_only() {
    let strict = tenant("{}").start().await.unwrap();
    assert_eq!(resolve(&strict, "Basic dTpw").await.status(), 401);
    let lenient = tenant(MAIL_USER).lenient(true).start().await.unwrap();
    assert_eq!(resolve(&lenient, "Basic dTpw").await.status(), 200);
}

#[tokio::test]
async fn provisioned_objects_run_against_the_write_budget() {
    let tenant = tenant("{}").throttle("1/60s".parse().unwrap()).start().await.unwrap();
    let token = token(&tenant, "https://graph.windows.net").await;
    assert_eq!(provision(&tenant, &token).await.status(), 200);
    let answer = provision(&tenant, &token).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "60"));
}

/// Runs a cmdlet; gives back status and body.
async fn invoke(tenant: &MockTenant, token: &str, query: &str, input: &Json) -> (u16, Json) {
    let url = format!("{}/InvokeCommand{query}", tenant.exchange_url());
    let answer = https(tenant)
        .post(url)
        .bearer_auth(token)
        .json(&json!({ "CmdletInput": input }))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

const MAIL_USER: &str = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, mail: ana@corp.example.test}, \
    {userPrincipalName: bea@corp.example.test, displayName: Bea, mailNickname: bea, targetAddress: 'SMTP:bea@other.test', proxyAddresses: ['SMTP:bea@other.test']}]";

#[tokio::test]
async fn a_certificate_set_by_a_cmdlet_is_found_over_ews() {
    let tenant = tenant(MAIL_USER).start().await.unwrap();
    let token = token(&tenant, "https://outlook.office365.com").await;
    let set = json!({"CmdletName": "Set-MailUser", "Parameters": {"Identity": "bea", "UserCertificate": ["MAMCAQc="]}});
    let (status, body) = invoke(&tenant, &token, "", &set).await;
    assert_eq!((status, &body["value"]), (200, &json!([])), "{body}");
    let line = last(&tenant, "exchange.set_mailuser");
    assert_eq!((&line["target"], &line["outcome"]), (&json!("bea"), &json!("ok")));
    let asked = RESOLVE.replace("Entry>ana@corp.example.test<", "Entry>bea@other.test<");
    let request =
        https(&tenant).post(tenant.ews_url()).header("content-type", "text/xml").bearer_auth(&token);
    let found = request.body(asked).send().await.unwrap().text().await.unwrap();
    assert!(found.contains("<t:MSExchangeCertificate><t:Base64Binary>MAMCAQc=</t:Base64Binary>"), "{found}");
}

#[tokio::test]
async fn pages_and_selections_are_told_by_url() {
    let tenant = tenant(MAIL_USER).start().await.unwrap();
    let token = token(&tenant, "https://outlook.office365.com").await;
    let get = json!({"CmdletName": "Get-Recipient", "Parameters": {}});
    let url = format!("{}/InvokeCommand?$select=DisplayName", tenant.exchange_url());
    let page = async |url: &str| -> Json {
        let request = https(&tenant).post(url).bearer_auth(&token).header("prefer", "odata.maxpagesize=1");
        request.json(&json!({ "CmdletInput": get })).send().await.unwrap().json().await.unwrap()
    };
    let first = page(&url).await;
    assert_eq!(first["value"], json!([{"DisplayName": "Ana"}]), "{first}");
    let second = page(first["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(
        (&second["value"], &second["@odata.nextLink"]),
        (&json!([{"DisplayName": "Bea"}]), &Json::Null)
    );
    let other = json!({"CmdletName": "Get-Mailbox", "Parameters": {}});
    let link = first["@odata.nextLink"].as_str().unwrap();
    let (status, _) = invoke(&tenant, &token, &format!("?{}", link.split_once('?').unwrap().1), &other).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn the_admin_api_refuses_by_token_role_place_and_form() {
    let tenant = tenant(MAIL_USER).roles(["full_access_as_app"]).start().await.unwrap();
    let (graph, exchange) = (
        token(&tenant, "https://graph.microsoft.com").await,
        token(&tenant, "https://outlook.office365.com").await,
    );
    let get = json!({"CmdletName": "Get-Mailbox", "Parameters": {}});
    assert_eq!(invoke(&tenant, &graph, "", &get).await.0, 401);
    assert_eq!(invoke(&tenant, &exchange, "", &get).await.0, 403);
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let tenant = tenant(MAIL_USER).start().await.unwrap();
    let token = token(&tenant, "https://outlook.office365.com").await;
    let rule = json!({"CmdletName": "Get-TransportRule", "Parameters": {}});
    let (status, body) = invoke(&tenant, &token, "", &rule).await;
    assert_eq!((status, &body["error"]["code"]), (501, &json!("NotSupportedByDouble")));
    let url = format!("{}/Mailbox('ana')", tenant.exchange_url());
    assert_eq!(https(&tenant).get(url).bearer_auth(&token).send().await.unwrap().status(), 501);
    let (status, body) = invoke(
        &tenant,
        &token,
        "",
        &json!({"CmdletName": "Get-Mailbox", "Parameters": {"Identity": "nobody"}}),
    )
    .await;
    assert_eq!((status, &body["error"]["code"]), (404, &json!("NotFound")));
    let v2 = tenant.exchange_url().replace("beta", "v2.0");
    let call = json!({"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"Identity": "ana"}}});
    let answer =
        https(&tenant).post(format!("{v2}/Mailbox")).bearer_auth(&token).json(&call).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer = https(&tenant)
        .post(format!("{v2}/AcceptedDomain"))
        .bearer_auth(&token)
        .json(&call)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn autodiscover_tells_where_protocols_are() {
    let tenant = tenant(MAIL_USER).start().await.unwrap();
    let origin = tenant.ews_url().replace("/EWS/Exchange.asmx", "");
    let ask = async |path: &str| {
        let answer = https(&tenant).get(format!("{origin}/autodiscover/{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Json>().await.unwrap_or_default())
    };
    let ana = "autodiscover.json/v1.0/ana@corp.example.test";
    let (status, body) = ask(&format!("{ana}?Protocol=ews")).await;
    assert_eq!((status, &body), (200, &json!({"Protocol": "Ews", "Url": tenant.ews_url()})));
    for (path, status, code) in [
        (ana.to_owned(), 400, "MandatoryParameterMissing"),
        (format!("{ana}?Protocol=Fax"), 400, "InvalidProtocol"),
        ("autodiscover.json?Protocol=Ews".to_owned(), 400, "MandatoryParameterMissing"),
        ("autodiscover.svc".to_owned(), 501, "NotSupportedByDouble"),
    ] {
        let (found, body) = ask(&path).await;
        assert_eq!((found, &body["ErrorCode"]), (status, &json!(code)), "{path}");
    }
    assert_eq!(last(&tenant, "exchange.autodiscover")["outcome"], "NotSupportedByDouble");
}

#[tokio::test]
async fn ews_tells_why_it_is_off() {
    let tenant = tenant(MAIL_USER).start().await.unwrap();
    let token = token(&tenant, "https://outlook.office365.com").await;
    let off = json!({"CmdletName": "Set-OrganizationConfig", "Parameters": {"EwsEnabled": false}});
    assert_eq!(invoke(&tenant, &token, "", &off).await.0, 200);
    let answer = resolve(&tenant, &format!("Bearer {token}")).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["x-ews-policy-reason"], "EWS is disabled for this user or tenant");
}

#[tokio::test]
async fn the_address_book_is_told_by_the_control_api() {
    let tenant = tenant(
        "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, mail: ana@corp.example.test, userCertificate: [MAA=]}]",
    );
    let tenant = tenant.start().await.unwrap();
    let url = |path: &str| format!("{}/address-book/{path}", tenant.control_url().unwrap());
    let told: Json = reqwest::get(url("ana@corp.example.test")).await.unwrap().json().await.unwrap();
    assert_eq!((&told["chosen"], &told["client"]), (&Json::Null, &json!("web")));
    assert_eq!(told["certificates"][0]["reasons"][0]["code"], "notReadable");
    assert_eq!(reqwest::get(url("nobody@corp.example.test")).await.unwrap().status(), 404);
    assert_eq!(reqwest::get(url("ana@corp.example.test?client=mutt")).await.unwrap().status(), 400);
}
