//! The chain of a sync over real HTTPS: a token, writes to the provisioning service, the confirming read, and the look-up
//! of a mail client once Exchange has caught up.

#![expect(clippy::unwrap_used, reason = "a failure here is the test's verdict, and the panic says where")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use mock_tenant::soap::infoset::Element;
use mock_tenant::soap::text;
use mock_tenant::{MockTenant, World};
use serde_json::{Value, json};

/// Source anchor of the user whom the chain is about.
const ANA: &str = "QUFBQUFBQUFBQUFBQUFBQQ==";

/// Somebody with a mailbox, on whose behalf the application looks people up.
const READER: &str = "users: [{userPrincipalName: reader@corp.example.test, displayName: Reader, mail: reader@corp.example.test}]";

/// One tenant on a virtual clock, and a client that trusts its CA.
struct Bench {
    tenant: MockTenant,
    client: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        let now: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
        let builder =
            MockTenant::builder().world(World::parse(READER).unwrap()).clock(Clock::virtual_at(now));
        let tenant = builder.exchange_lag(SignedDuration::from_mins(30)).start().await.unwrap();
        let ca = reqwest::Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([ca]).build().unwrap();
        Self { tenant, client }
    }

    async fn token(&self, resource: &str) -> String {
        let client_id = self.tenant.client_id().to_string();
        let scope = format!("{resource}/.default");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("client_secret", self.tenant.client_secret()),
            ("scope", &scope),
        ];
        let url = format!("{}/oauth2/v2.0/token", self.tenant.authority_url());
        let answer: Value = self.client.post(url).form(&form).send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn call(&self, command: &str, arguments: &str) -> (u16, Element) {
        let token = self.token("https://graph.windows.net").await;
        let body = envelope(&token, command, arguments);
        let request = self.client.post(self.tenant.provisioning_url());
        answer(request.header("content-type", "application/soap+xml; charset=utf-8").body(body)).await
    }

    /// Result codes of a batch, in its order.
    async fn provision(&self, objects: &[String]) -> Vec<String> {
        let (status, answer) = self.call("ProvisionAzureADSyncObjects", &batch(objects)).await;
        assert_eq!(status, 200, "{answer:?}");
        let results = answer.find("SyncObjectResults").unwrap().elements();
        let code = |result: &Element| {
            result.content_of("ResultErrorCode").or_else(|| result.content_of("ResultCode")).unwrap()
        };
        results.map(code).collect()
    }

    /// userSMIMECertificate and userCertificate of a recipient, as a mail client is told them.
    async fn look_up(&self, address: &str) -> Vec<String> {
        let token = self.token("https://outlook.office365.com").await;
        let body = format!(
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages' \
             xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types'><s:Header><t:ExchangeImpersonation><t:ConnectingSID>\
             <t:SmtpAddress>reader@corp.example.test</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body><m:ResolveNames ReturnFullContactData='true' SearchScope='ActiveDirectory' ContactDataShape='AllProperties'>\
             <m:UnresolvedEntry>{address}</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>"
        );
        let request = self.client.post(self.tenant.ews_url()).bearer_auth(token);
        let (status, answer) =
            answer(request.header("content-type", "text/xml; charset=utf-8").body(body)).await;
        assert_eq!(status, 200, "{answer:?}");
        let lists = ["UserSMIMECertificate", "MSExchangeCertificate"].map(|name| answer.find(name));
        lists.into_iter().flatten().flat_map(Element::elements).map(Element::content).collect()
    }

    /// Anchor, userCertificate and userSMIMECertificate of each object of a full read-back.
    async fn read_back(&self) -> Vec<(String, Vec<String>, Vec<String>)> {
        let arguments = "<inputCookie i:nil='true'/><isFullSync>True</isFullSync>";
        let (status, answer) = self.call("ReadBackAzureADSyncObjects2", arguments).await;
        assert_eq!((status, answer.find("MoreData").map(Element::content).as_deref()), (200, Some("false")));
        let objects = answer.find("ResultObjects").unwrap().elements();
        objects
            .map(|object| {
                (
                    property(object, "SourceAnchor").concat(),
                    property(object, "userCertificate"),
                    property(object, "userSMIMECertificate"),
                )
            })
            .collect()
    }
}

/// Values of a property in a read-back.
fn property(object: &Element, name: &str) -> Vec<String> {
    let mut pairs = object.get("PropertyValues").unwrap().elements();
    let value =
        pairs.find(|pair| pair.content_of("Key").as_deref() == Some(name)).and_then(|pair| pair.get("Value"));
    let Some(value) = value else { return Vec::new() };
    let items: Vec<String> = value.elements().map(Element::content).collect();
    if items.is_empty() { vec![value.content()] } else { items }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Element) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, text::parse(&response.bytes().await.unwrap()).unwrap())
}

fn envelope(token: &str, command: &str, arguments: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:a='http://www.w3.org/2005/08/addressing'>\
         <s:Header><a:Action>http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/{command}</a:Action>\
         <SyncToken xmlns='urn:microsoft.online.administrativeservice'><BearerToken>{token}</BearerToken></SyncToken></s:Header>\
         <s:Body><{command} xmlns='http://schemas.microsoft.com/online/aws/change/2010/01' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>\
         {arguments}</{command}></s:Body></s:Envelope>"
    )
}

fn batch(objects: &[String]) -> String {
    format!(
        "<syncRequest xmlns:b='http://schemas.microsoft.com/online/aws/change/2014/06' xmlns:c='http://schemas.microsoft.com/2003/10/Serialization/Arrays' \
         xmlns:d='http://www.w3.org/2001/XMLSchema'><b:SyncObjects>{}</b:SyncObjects></syncRequest>",
        objects.concat()
    )
}

fn object(operation: &str, anchor: &str, properties: &[String]) -> String {
    format!(
        "<b:AzureADSyncObject><b:PropertyValues>{}{}</b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType>\
         <b:SyncOperation>{operation}</b:SyncOperation></b:AzureADSyncObject>",
        string("SourceAnchor", anchor),
        properties.concat()
    )
}

fn string(name: &str, value: &str) -> String {
    format!(
        "<c:KeyValueOfstringanyType><c:Key>{name}</c:Key><c:Value i:type='d:string'>{value}</c:Value></c:KeyValueOfstringanyType>"
    )
}

fn certificates(name: &str, values: &[Vec<u8>]) -> String {
    let items = encoded(values).into_iter().map(|value| format!("<c:base64Binary>{value}</c:base64Binary>"));
    format!(
        "<c:KeyValueOfstringanyType><c:Key>{name}</c:Key><c:Value i:type='c:ArrayOfbase64Binary'>{}</c:Value></c:KeyValueOfstringanyType>",
        items.collect::<String>()
    )
}

/// Octets that are no certificates: the service doesn't look inside.
fn values(seed: u8, count: u8) -> Vec<Vec<u8>> {
    (0..count).map(|n| (0..=255u8).map(|octet| octet ^ seed ^ n.rotate_left(3)).collect()).collect()
}

fn encoded(values: &[Vec<u8>]) -> Vec<String> {
    values.iter().map(|value| STANDARD.encode(value)).collect()
}

fn ana(operation: &str, own: &[Vec<u8>], smime: &[Vec<u8>]) -> String {
    let properties = [
        string("userPrincipalName", "ana@corp.example.test"),
        string("displayName", "Ana García"),
        string("mail", "ana@corp.example.test"),
        certificates("userCertificate", own),
        certificates("userSMIMECertificate", smime),
    ];
    object(operation, ANA, &properties)
}

fn ben() -> String {
    let own = certificates("userCertificate", &values(9, 1));
    object("Add", "QkJCQkJCQkJCQkJCQkJCQg==", &[string("userPrincipalName", "ben@corp.example.test"), own])
}

#[tokio::test]
async fn certificates_go_from_a_batch_to_a_mail_client() {
    let bench = Bench::start().await;
    let nothing: Vec<String> = Vec::new();
    let (own, smime) = (values(1, 3), values(2, 2));
    assert_eq!(bench.provision(&[ana("Add", &own, &smime), ben()]).await, ["Success", "Success"]);

    let read = bench.read_back().await;
    assert_eq!(read[0], (ANA.to_owned(), encoded(&own), encoded(&smime)));
    assert_eq!((read.len(), &read[1].1), (2, &encoded(&values(9, 1))));

    assert_eq!(bench.look_up("ana@corp.example.test").await, nothing, "Exchange has not caught up");
    bench.tenant.clock().advance(SignedDuration::from_mins(30)).unwrap();
    let both: Vec<String> = encoded(&smime).into_iter().chain(encoded(&own)).collect();
    assert_eq!(bench.look_up("ana@corp.example.test").await, both);

    assert_eq!(
        bench.provision(&[ana("Set", &values(1, 16), &smime), ben()]).await,
        ["LargeObject", "Success"]
    );
    assert_eq!(bench.read_back().await[0].1, encoded(&own), "a refused object keeps what it had");

    assert_eq!(bench.provision(&[object("Delete", ANA, &[])]).await, ["Success"]);
    let state = bench.tenant.state();
    assert_eq!(state["users"][1]["deletedDateTime"], json!("2026-09-01T00:30:00Z"));
    assert_eq!(state["users"][1]["userCertificate"], json!(encoded(&own)));
    bench.tenant.clock().advance(SignedDuration::from_hours(24 * 29)).unwrap();
    assert_eq!(bench.look_up("ana@corp.example.test").await, nothing);

    let back = object("Add", ANA, &[string("userPrincipalName", "ana@corp.example.test")]);
    assert_eq!(bench.provision(&[back]).await, ["Success"]);
    bench.tenant.clock().advance(SignedDuration::from_mins(30)).unwrap();
    assert_eq!(bench.look_up("ana@corp.example.test").await, both, "restored with its certificates");
    assert_eq!(bench.tenant.state()["users"][1]["id"], state["users"][1]["id"]);

    let journal = serde_json::to_value(bench.tenant.journal().since(0)).unwrap();
    let entries = journal.as_array().unwrap().iter().map(|entry| {
        (entry["op"].as_str().unwrap().to_owned(), entry["outcome"].as_str().unwrap().to_owned())
    });
    let seen: Vec<_> = entries.filter(|(op, _)| op.starts_with("provisioning.")).collect();
    let wanted = [
        ("provisioning.add", "ok"),
        ("provisioning.add", "ok"),
        ("provisioning.read_back", "ok"),
        ("provisioning.set", "LargeObject"),
        ("provisioning.add", "ok"),
        ("provisioning.read_back", "ok"),
        ("provisioning.delete", "ok"),
        ("provisioning.add", "ok"),
    ];
    assert_eq!(seen, wanted.map(|(op, outcome)| (op.to_owned(), outcome.to_owned())));
}

#[tokio::test]
async fn a_throttled_batch_is_429_and_a_lost_answer_is_applied() {
    let bench = Bench::start().await;
    let plan = json!({"rules": [
        {"when": {"op": "provisioning.add", "nth": 1}, "then": [{"throttle": {"retry_after_s": 7}}]},
        {"when": {"op": "provisioning.add", "nth": 2}, "then": [{"lost_ack": {}}]},
    ]});
    bench.tenant.faults().set(serde_json::from_value(plan).unwrap()).unwrap();
    let send = async |token: &str| {
        let body = envelope(token, "ProvisionAzureADSyncObjects", &batch(&[ben()]));
        let request = bench.client.post(bench.tenant.provisioning_url());
        request.header("content-type", "application/soap+xml").body(body).send().await
    };
    let token = bench.token("https://graph.windows.net").await;
    let throttled = send(&token).await.unwrap();
    assert_eq!(
        (throttled.status().as_u16(), &throttled.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(bench.tenant.state()["users"].as_array().map(Vec::len), Some(1));
    assert!(send(&token).await.is_err(), "the answer is lost");
    assert_eq!(bench.tenant.state()["users"][1]["userPrincipalName"], "ben@corp.example.test");
    let refused = send("not a token").await.unwrap();
    assert_eq!(refused.status().as_u16(), 500);
    assert!(refused.text().await.unwrap().contains("AuthenticationFailed"));
}

#[tokio::test]
async fn a_token_for_another_service_is_refused() {
    let bench = Bench::start().await;
    let graph = bench.token("https://graph.microsoft.com").await;
    let request =
        bench.client.post(bench.tenant.provisioning_url()).header("content-type", "application/soap+xml");
    let (status, fault) = answer(request.body(envelope(&graph, "Capabilities", ""))).await;
    assert_eq!(
        (status, fault.find("ErrorCode").map(Element::content).as_deref()),
        (500, Some("AuthenticationFailed"))
    );
}
