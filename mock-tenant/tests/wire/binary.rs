//! The provisioning service as Entra Connect speaks to it: .NET binary XML over HTTP.

use kit::faults::FaultPlan;
use mock_tenant::MockTenant;
use mock_tenant::xml::{Element, nbfx, text};
use reqwest::Response;
use serde_json::json;

use crate::client::{https, last, tenant, token};

const BINARY: &str = "application/soap+msbin1";

/// The message of a fixture with that token, in binary.
fn message(fixture: &str, token: &str) -> Vec<u8> {
    let text_form = fixture.replace("eyJ0eXAiOiJKV1QifQ.e30.sig", token);
    nbfx::encode(&text::parse(text_form.as_bytes()).unwrap())
}

async fn post(tenant: &MockTenant, media: &str, body: Vec<u8>) -> Response {
    https(tenant)
        .post(tenant.provisioning_url())
        .header("content-type", media)
        .body(body)
        .send()
        .await
        .unwrap()
}

async fn read(answer: Response) -> Element {
    assert_eq!(answer.headers()["content-type"], BINARY);
    nbfx::decode(&answer.bytes().await.unwrap()).unwrap()
}

fn told(element: &Element, name: &str) -> Option<String> {
    element.find(name).map(Element::content)
}

const PROVISION: &str = include_str!("../../../tests/fixtures/nbfx-vectors/provision-request.xml");
const CAPABILITIES: &str = include_str!("../../../tests/fixtures/nbfx-vectors/capabilities-request.xml");

#[tokio::test]
async fn a_binary_batch_is_taken_and_answered_in_binary() {
    let tenant = tenant("{}").start().await.unwrap();
    let token = token(&tenant, "https://graph.windows.net").await;
    let answer = post(&tenant, BINARY, message(PROVISION, &token)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(told(&read(answer).await, "ResultCode").as_deref(), Some("Success"));
    assert_eq!(tenant.state()["users"][0]["userCertificate"], json!(["MIIBAAEC", "AAECAwQF"]));
    assert_eq!(last(&tenant, "provisioning.set")["target"], "tyUN0RlTb0W+XrJHCzWpBw==");
}

#[tokio::test]
async fn faults_are_binary_too() {
    let tenant = tenant("{}").start().await.unwrap();
    let bad = post(&tenant, BINARY, message(CAPABILITIES, "a.b.c")).await;
    assert_eq!(bad.status(), 500);
    assert_eq!(told(&read(bad).await, "ErrorCode").as_deref(), Some("AuthenticationFailed"));
    let token = token(&tenant, "https://graph.windows.net").await;
    let mut cut = message(CAPABILITIES, &token);
    cut.truncate(cut.len() - 3);
    let cut = post(&tenant, BINARY, cut).await;
    assert_eq!(
        (cut.status().as_u16(), told(&read(cut).await, "ErrorCode").as_deref()),
        (500, Some("DeserializationFailed"))
    );
}

#[tokio::test]
async fn a_company_may_be_served_elsewhere() {
    let tenant = tenant("{}").start().await.unwrap();
    let plan = json!({"rules": [{"when": {"op": "provisioning.capabilities"}, "then": [{"referral": {"urls": ["https://other.test/provisioningservice.svc"]}}], "times": 1}]});
    tenant.faults().set(FaultPlan::from_json(&plan.to_string()).unwrap()).unwrap();
    let token = token(&tenant, "https://graph.windows.net").await;
    let answer = post(&tenant, BINARY, message(CAPABILITIES, &token)).await;
    assert_eq!(answer.status(), 500);
    let fault = read(answer).await;
    let url = fault.find("BindingRedirectionFault").and_then(|fault| fault.content_of("Url"));
    assert_eq!(url.as_deref(), Some("https://other.test/provisioningservice.svc"));
    let again = post(&tenant, BINARY, message(CAPABILITIES, &token)).await;
    assert!(told(&read(again).await, "CapabilitiesResult").unwrap().starts_with("<ServiceCapability>"));
}

#[tokio::test]
async fn json_is_no_soap() {
    let tenant = tenant("{}").start().await.unwrap();
    assert_eq!(post(&tenant, "application/json", b"{}".to_vec()).await.status(), 415);
    let bearer = token(&tenant, "https://outlook.office365.com").await;
    let request =
        https(&tenant).post(tenant.ews_url()).bearer_auth(bearer).header("content-type", "application/json");
    assert_eq!(request.body("{}").send().await.unwrap().status(), 415);
}
