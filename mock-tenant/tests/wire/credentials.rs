//! Applications that sign in without a secret, and clients that know only the real hosts.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use mock_tenant::MockTenant;
use mock_tenant::signin::{AppRegistration, Credential, FederatedCredential, RegisteredCertificate};
use reqwest::{Certificate, Client, Proxy};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::client::{https, noon, tenant};

/// A key pair that is in the sources already.
const KEY: &str = include_str!("../../src/signin/test-only-signing-key.pem");
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A certificate of the key, valid for some years.
fn certificate_until(year: i32) -> RegisteredCertificate {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = rcgen::KeyPair::from_pem_and_sign_algo(KEY, &rcgen::PKCS_RSA_SHA256).unwrap();
    RegisteredCertificate::from_pem(&params.self_signed(&key).unwrap().pem()).unwrap()
}

fn certificate() -> RegisteredCertificate {
    certificate_until(2040)
}

async fn started() -> MockTenant {
    tenant("{}").credential(Credential::Certificate(certificate())).start().await.unwrap()
}

fn claims(tenant: &MockTenant) -> Json {
    let (now, client) = (noon().as_second(), tenant.client_id().to_string());
    json!({
        "aud": format!("{}/oauth2/v2.0/token", tenant.authority_url()), "iss": client, "sub": client,
        "jti": "1", "nbf": now, "exp": now + 600,
    })
}

fn by_x5t(algorithm: Algorithm) -> Header {
    Header { x5t: Some(certificate().x5t), ..Header::new(algorithm) }
}

fn signed(header: &Header, claims: &Json) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_rsa_pem(KEY.as_bytes()).unwrap()).unwrap()
}

async fn ask(tenant: &MockTenant, client: &str, scope: &str, assertion: &str) -> Json {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", scope),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    let url = format!("{}/oauth2/v2.0/token", tenant.authority_url());
    https(tenant).post(url).form(&form).send().await.unwrap().json().await.unwrap()
}

async fn asserted(tenant: &MockTenant, header: &Header, claims: &Json) -> Json {
    let scope = "https://graph.microsoft.com/.default";
    ask(tenant, &tenant.client_id().to_string(), scope, &signed(header, claims)).await
}

#[tokio::test]
async fn a_certificate_signs_in_by_either_thumbprint_and_either_algorithm() {
    let tenant = started().await;
    let sha256 = |algorithm| Header { x5t_s256: Some(certificate().x5t_s256), ..Header::new(algorithm) };
    for algorithm in [Algorithm::RS256, Algorithm::PS256] {
        for header in [by_x5t(algorithm), sha256(algorithm)] {
            let answer = asserted(&tenant, &header, &claims(&tenant)).await;
            assert!(answer["access_token"].is_string(), "{header:?}: {answer}");
        }
    }
}

#[tokio::test]
async fn each_wrong_assertion_is_refused_by_its_code() {
    let tenant = started().await;
    let good = claims(&tenant);
    let with = |name: &str, value: Json| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let rs256 = by_x5t(Algorithm::RS256);
    let other = Header { x5t: Some("b3RoZXI".to_owned()), ..Header::new(Algorithm::RS256) };
    let past = json!(noon().as_second() - 301);
    for (header, claims, code) in [
        (&other, good.clone(), 700_027),
        (&rs256, with("aud", json!("https://login.example.test/x")), 700_023),
        (&rs256, with("exp", past), 700_024),
        (&rs256, with("iss", json!("somebody")), 700_021),
    ] {
        let answer = asserted(&tenant, header, &claims).await;
        assert_eq!(
            (&answer["error"], &answer["error_codes"][0]),
            (&"invalid_client".into(), &code.into()),
            "{answer}"
        );
    }
    let (head, _) =
        signed(&rs256, &good).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let scope = "https://graph.microsoft.com/.default";
    let forged = ask(&tenant, &tenant.client_id().to_string(), scope, &format!("{head}.AAAA")).await;
    assert_eq!(forged["error_codes"][0], 700_027);
}

#[tokio::test]
async fn a_certificate_whose_time_is_over_signs_nothing_in() {
    let old = certificate_until(2026);
    let tenant = tenant("{}").credential(Credential::Certificate(old.clone())).start().await.unwrap();
    let header = Header { x5t: Some(old.x5t), ..Header::new(Algorithm::RS256) };
    let answer = asserted(&tenant, &header, &claims(&tenant)).await;
    assert!(answer["error_description"].as_str().unwrap().contains("The key used is expired"), "{answer}");
}

#[tokio::test]
async fn the_connector_of_entra_connect_signs_in_for_the_synchronization_service() {
    let tenant = started().await;
    let header = Header { x5t_s256: Some(certificate().x5t_s256), ..Header::new(Algorithm::PS256) };
    let scope = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016/.default";
    let answer =
        ask(&tenant, &tenant.client_id().to_string(), scope, &signed(&header, &claims(&tenant))).await;
    let payload = answer["access_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let claims: Json = serde_json::from_slice(
        &base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, payload).unwrap(),
    )
    .unwrap();
    assert_eq!(claims["roles"], json!(["ADSynchronization.ReadWrite.All"]));
    assert_eq!(claims["appidacr"], "2");
}

fn workload() -> AppRegistration {
    let mut key = jsonwebtoken::jwk::Jwk::from_encoding_key(
        &EncodingKey::from_rsa_pem(KEY.as_bytes()).unwrap(),
        Algorithm::RS256,
    )
    .unwrap();
    key.common.key_id = Some("k1".to_owned());
    let federated = FederatedCredential {
        issuer: "https://issuer.example.test".to_owned(),
        subject: "system:serviceaccount:sync".to_owned(),
        audiences: vec![FederatedCredential::AUDIENCE.to_owned()],
        keys: jsonwebtoken::jwk::JwkSet { keys: vec![key] },
    };
    AppRegistration {
        client_id: Uuid::from_u128(5),
        credentials: vec![Credential::Federated(federated)],
        ..AppRegistration::default()
    }
}

#[tokio::test]
async fn a_token_of_a_federated_issuer_stands_for_the_application() {
    let tenant = tenant("{}").app(workload()).start().await.unwrap();
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::RS256) };
    let claims = |iss: &str, sub: &str, aud: &str| json!({"iss": iss, "sub": sub, "aud": aud, "exp": noon().as_second() + 60});
    let (iss, sub, aud) =
        ("https://issuer.example.test", "system:serviceaccount:sync", FederatedCredential::AUDIENCE);
    let client = Uuid::from_u128(5).to_string();
    let scope = "https://graph.microsoft.com/.default";
    let good = ask(&tenant, &client, scope, &signed(&header, &claims(iss, sub, aud))).await;
    assert!(good["access_token"].is_string(), "{good}");
    for (claims, code) in [
        (claims("https://other.example.test", sub, aud), 700_211),
        (claims(iss, sub, "api://other"), 700_212),
        (claims(iss, "other", aud), 700_213),
    ] {
        let answer = ask(&tenant, &client, scope, &signed(&header, &claims)).await;
        assert_eq!(answer["error_codes"][0], code, "{answer}");
    }
}

#[tokio::test]
async fn a_machine_gives_its_programs_tokens() {
    let any = "127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap();
    let tenant = tenant("{}").managed_identity(any).start().await.unwrap();
    let base = tenant.managed_identity_url().unwrap();
    let resource = "resource=https://graph.microsoft.com";
    let imds = format!("{base}/metadata/identity/oauth2/token?api-version=2018-02-01&{resource}");
    let app_service = format!("{base}/msi/token?api-version=2019-08-01&{resource}");
    let header = tenant.identity_header();
    for (url, name, value, status) in [
        (&imds, "metadata", "true", 200),
        (&imds, "x-nothing", "true", 400),
        (&app_service, "x-identity-header", header.as_str(), 200),
        (&app_service, "x-identity-header", "wrong", 403),
    ] {
        let answer = Client::new().get(url).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{url} {name}");
        let body: Json = answer.json().await.unwrap();
        assert_eq!(body["access_token"].is_string(), status == 200, "{body}");
    }
}

#[tokio::test]
async fn a_client_with_hard_wired_hosts_needs_the_proxy_and_the_ca_only() {
    let any = "127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap();
    let tenant = tenant("{}").connect_proxy(any).start().await.unwrap();
    let ca = Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
    let proxy = Proxy::https(tenant.connect_proxy_url().unwrap()).unwrap();
    let client = Client::builder().tls_certs_only([ca]).proxy(proxy).build().unwrap();
    let url = "https://login.microsoftonline.com/common/discovery/keys";
    let keys: Json = client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(keys["keys"][0]["kty"], "RSA");
    let graph = client.get("https://graph.microsoft.com/v1.0/users").send().await.unwrap();
    assert_eq!(graph.status(), 401);
    assert!(client.get("https://elsewhere.example.test/").send().await.is_err());
}
