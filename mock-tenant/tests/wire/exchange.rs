//! From the provisioning service to a mail client's look-up.

use mock_tenant::MockTenant;
use reqwest::Response;
use serde_json::json;

use crate::client::{https, last, tenant, token, token_response};

fn set(token: &str, certificate: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action>http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/ProvisionAzureADSyncObjects</a:Action><SyncToken xmlns="urn:microsoft.online.administrativeservice"><BearerToken>{token}</BearerToken></SyncToken></s:Header><s:Body><ProvisionAzureADSyncObjects xmlns="http://schemas.microsoft.com/online/aws/change/2010/01"><syncRequest xmlns:b="http://schemas.microsoft.com/online/aws/change/2014/06" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b:SyncObjects><b:AzureADSyncObject><b:PropertyValues xmlns:c="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><c:KeyValueOfstringanyType><c:Key>SourceAnchor</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">AAAAAAAAAAAAAAAAAAAAAA==</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>userPrincipalName</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">ana@corp.example.test</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>displayName</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">Ana</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>mail</c:Key><c:Value i:type="d:string" xmlns:d="http://www.w3.org/2001/XMLSchema">ana@corp.example.test</c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>proxyAddresses</c:Key><c:Value i:type="c:ArrayOfstring"><c:string>SMTP:ana@corp.example.test</c:string></c:Value></c:KeyValueOfstringanyType><c:KeyValueOfstringanyType><c:Key>userCertificate</c:Key><c:Value i:type="c:ArrayOfbase64Binary"><c:base64Binary>{certificate}</c:base64Binary></c:Value></c:KeyValueOfstringanyType></b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Set</b:SyncOperation></b:AzureADSyncObject></b:SyncObjects></syncRequest></ProvisionAzureADSyncObjects></s:Body></s:Envelope>"#
    )
}

const RESOLVE: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header><t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body><m:ResolveNames ReturnFullContactData="true" SearchScope="ActiveDirectory" ContactDataShape="AllProperties"><m:UnresolvedEntry>ana@corp.example.test</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>"#;

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
    let lenient = tenant("{}").lenient(true).start().await.unwrap();
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

#[tokio::test]
async fn the_admin_api_says_that_it_is_not_served() {
    let tenant = tenant("{}").start().await.unwrap();
    let url = format!("{}/InvokeCommand", tenant.exchange_url());
    let answer = https(&tenant).post(url).send().await.unwrap();
    assert_eq!(answer.status(), 501);
    assert!(answer.text().await.unwrap().contains("NotSupportedByDouble"));
    assert_eq!(
        token_response(&tenant, tenant.client_secret(), "https://outlook.office365.com/.default")
            .await
            .status(),
        200
    );
}
