//! ActiveSync over HTTP: a phone that looks recipients up.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mock_tenant::MockTenant;
use mock_tenant::exchange::sst;
use mock_tenant::xml::{Element, wbxml};
use pki::Pki;
use reqwest::{RequestBuilder, Response};
use serde_json::json;

use crate::client::{https, last, tenant, token};

const WORLD: &str = "
users:
- {userPrincipalName: ana@corp.example.test, displayName: Ana, mail: ana@corp.example.test, password: Pass-1, userCertificate: [MAMCAQc=]}
- {userPrincipalName: anton@corp.example.test, displayName: Anton, mail: anton@corp.example.test}
";
const PUBLIC: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
const MEDIA: &str = "application/vnd.ms-sync.wbxml";

async fn persons_token(tenant: &MockTenant, scope: &str) -> String {
    let form = [
        ("grant_type", "password"),
        ("client_id", PUBLIC),
        ("scope", scope),
        ("username", "ana@corp.example.test"),
        ("password", "Pass-1"),
    ];
    let url = format!("{}/oauth2/v2.0/token", tenant.authority_url());
    let answer = https(tenant).post(url).form(&form).send().await.unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

fn post(tenant: &MockTenant, query: &str) -> RequestBuilder {
    post_as(tenant, query, MEDIA)
}

fn asked(name: &str) -> Vec<u8> {
    let options = Element::new("Options").child(Element::new("CertificateRetrieval").text("2"));
    let root = Element::new("ResolveRecipients").declare("", "ResolveRecipients");
    wbxml::encode(&root.child(Element::new("To").text(name)).child(options)).unwrap()
}

async fn read(answer: Response) -> Element {
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, MEDIA));
    wbxml::decode(&answer.bytes().await.unwrap()).unwrap()
}

const QUERY: &str = "Cmd=ResolveRecipients&User=ana%40corp.example.test&DeviceId=d1&DeviceType=phone";

#[tokio::test]
async fn a_phone_looks_recipients_up() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let token = persons_token(&tenant, "https://outlook.office.com/EAS.AccessAsUser.All").await;
    let answer = post(&tenant, QUERY).bearer_auth(&token).body(asked("ana@corp.example.test")).send().await;
    let answer = read(answer.unwrap()).await;
    let response = answer.get("Response").unwrap();
    assert_eq!(response.content_of("Status").as_deref(), Some("1"));
    assert_eq!(response.find("EmailAddress").map(Element::content).as_deref(), Some("ana@corp.example.test"));
    // the value is no certificate, so a server does not give it to a phone
    assert_eq!(
        response
            .get("Recipient")
            .and_then(|found| found.get("Certificates")?.content_of("Status"))
            .as_deref(),
        Some("7")
    );
    let answer = read(post(&tenant, QUERY).bearer_auth(&token).body(asked("An")).send().await.unwrap()).await;
    let response = answer.get("Response").unwrap();
    assert_eq!(
        (response.content_of("Status").as_deref(), response.content_of("RecipientCount").as_deref()),
        (Some("2"), Some("2"))
    );
    let line = last(&tenant, "eas.resolve_recipients");
    assert_eq!((&line["target"], &line["outcome"]), (&"An".into(), &"ok".into()));
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let strict = tenant(WORLD).start().await.unwrap();
    let unknown = post(&strict, QUERY).body(asked("ana")).send().await.unwrap();
    assert_eq!(unknown.status(), 401);
    assert!(unknown.headers().contains_key("www-authenticate"));
    let app = token(&strict, "https://outlook.office365.com").await;
    assert_eq!(post(&strict, QUERY).bearer_auth(app).body(asked("ana")).send().await.unwrap().status(), 403);
    let lenient = tenant(WORLD).lenient(true).start().await.unwrap();
    let basic = post(&lenient, QUERY).basic_auth("u", Some("p")).body(asked("ana")).send().await.unwrap();
    assert_eq!(basic.status(), 200);
}

#[tokio::test]
async fn what_is_not_served_and_what_is_not_understood() {
    let tenant = tenant(WORLD).lenient(true).start().await.unwrap();
    let mini = Element::new("Options").child(Element::new("CertificateRetrieval").text("3"));
    let mini = Element::new("ResolveRecipients")
        .declare("", "ResolveRecipients")
        .child(Element::new("To").text("a"))
        .child(mini);
    let empty = Element::new("ResolveRecipients").declare("", "ResolveRecipients");
    for (query, media, body, status) in [
        ("Cmd=Sync", MEDIA, asked("a"), 501),
        ("Cmd=Nothing", MEDIA, asked("a"), 400),
        (QUERY, "text/xml", asked("a"), 415),
        (QUERY, MEDIA, b"<To/>".to_vec(), 400),
        (QUERY, MEDIA, wbxml::encode(&mini).unwrap(), 501),
        (QUERY, MEDIA, wbxml::encode(&empty).unwrap(), 200),
    ] {
        let answer =
            post_as(&tenant, query, media).basic_auth("u", Some("p")).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{query} {media}");
    }
}

fn post_as(tenant: &MockTenant, query: &str, media: &str) -> RequestBuilder {
    let url =
        tenant.ews_url().replace("/EWS/Exchange.asmx", &format!("/Microsoft-Server-ActiveSync?{query}"));
    https(tenant).post(url).header("content-type", media)
}

#[tokio::test]
async fn a_client_learns_what_is_served() {
    let tenant = tenant(WORLD).lenient(true).start().await.unwrap();
    let url = tenant.ews_url().replace("/EWS/Exchange.asmx", "/Microsoft-Server-ActiveSync");
    let request = https(&tenant).request(reqwest::Method::OPTIONS, url).basic_auth("u", Some("p"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["ms-asprotocolversions"], "14.0,14.1,16.0,16.1");
    assert_eq!(answer.headers()["ms-asprotocolcommands"], "ResolveRecipients");
}

const RECIPES: &str = r#"{
    "root": {"ca": true, "issuer": "self"},
    "good": {"issuer": "root", "email": "ana@corp.example.test"},
    "expired": {"issuer": "root", "email": "ana@corp.example.test", "not_after": "2026-02-01"}
}"#;

/// The certificates that a phone is given for Ana.
async fn given(tenant: &MockTenant) -> Vec<String> {
    let token = persons_token(tenant, "https://outlook.office.com/EAS.AccessAsUser.All").await;
    let answer = post(tenant, QUERY).bearer_auth(token).body(asked("ana@corp.example.test")).send().await;
    let answer = read(answer.unwrap()).await;
    let certificates = answer.find("Certificates").unwrap();
    certificates.elements().filter(|found| found.name == "Certificate").map(Element::content).collect()
}

#[tokio::test]
async fn a_phone_is_given_the_certificates_that_are_valid_by_the_trust_store() {
    let pki = Pki::build(7, &serde_json::from_str(RECIPES).unwrap()).unwrap();
    let encoded = |octets: &[u8]| STANDARD.encode(octets);
    let (good, expired) = (encoded(pki.get("good").unwrap()), encoded(pki.get("expired").unwrap()));
    let world = WORLD.replace("[MAMCAQc=]", &format!("[{expired}, {good}]"));
    let tenant = tenant(&world).start().await.unwrap();
    assert_eq!(given(&tenant).await, Vec::<String>::new(), "nothing is trusted yet");
    let store = encoded(&sst::write([pki.get("root").unwrap()]));
    let input = json!({"CmdletName": "Set-SmimeConfig", "Parameters": {"SMIMECertificateIssuingCA": store}});
    let request = https(&tenant).post(format!("{}/InvokeCommand", tenant.exchange_url()));
    let request = request.bearer_auth(token(&tenant, "https://outlook.office365.com").await);
    let answer = request.json(&json!({"CmdletInput": input})).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    assert_eq!(given(&tenant).await, [good]);
}
