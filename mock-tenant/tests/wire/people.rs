//! People who sign in: password, device code, authorisation code, refresh token.

use jiff::SignedDuration;
use mock_tenant::MockTenant;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde_json::Value as Json;

use crate::client::{Graph, https, tenant};

const WORLD: &str = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, password: Pass-1, roles: [Global Administrator]}, \
    {userPrincipalName: off@corp.example.test, displayName: Gone, password: Pass-2, accountEnabled: false}]";
/// Microsoft Graph Command Line Tools: a public client that every tenant knows.
const PUBLIC: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
const SCOPE: &str = "openid offline_access https://graph.microsoft.com/User.Read.All";

async fn post(tenant: &MockTenant, path: &str, form: &[(&str, &str)]) -> Json {
    let url = format!("{}/oauth2/v2.0/{path}", tenant.authority_url());
    https(tenant).post(url).form(form).send().await.unwrap().json().await.unwrap()
}

async fn by_password(tenant: &MockTenant, name: &str, password: &str) -> Json {
    let form = [
        ("grant_type", "password"),
        ("client_id", PUBLIC),
        ("scope", SCOPE),
        ("username", name),
        ("password", password),
        ("client_info", "1"),
    ];
    post(tenant, "token", &form).await
}

async fn reads_users(tenant: &MockTenant, token: &Json) -> u16 {
    let token = token.as_str().unwrap().to_owned();
    let graph = Graph { client: https(tenant), base: tenant.graph_url(), token };
    graph.get("/users").send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_password_gives_tokens_in_the_persons_name() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let answer = by_password(&tenant, "ana@corp.example.test", "Pass-1").await;
    assert_eq!(answer["scope"], "https://graph.microsoft.com/User.Read.All", "{answer}");
    for member in ["refresh_token", "id_token", "client_info"] {
        assert!(answer[member].is_string(), "{member}: {answer}");
    }
    assert_eq!(reads_users(&tenant, &answer["access_token"]).await, 200);
    for (name, password, code) in [
        ("ana@corp.example.test", "wrong", 50126),
        ("nobody@corp.example.test", "Pass-1", 50034),
        ("off@corp.example.test", "Pass-2", 50057),
    ] {
        let answer = by_password(&tenant, name, password).await;
        assert_eq!((&answer["error"], &answer["error_codes"][0]), (&"invalid_grant".into(), &code.into()));
    }
    let journal = serde_json::to_string(&tenant.journal().since(0)).unwrap();
    assert!(!journal.contains("Pass-1") && !tenant.state().to_string().contains("Pass-1"));
}

#[tokio::test]
async fn a_refresh_token_gives_tokens_until_it_was_idle_for_ninety_days() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let first = by_password(&tenant, "ana@corp.example.test", "Pass-1").await;
    let refresh = first["refresh_token"].as_str().unwrap().to_owned();
    let form = |token: &str| {
        vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", PUBLIC.to_owned()),
            ("refresh_token", token.to_owned()),
        ]
    };
    let ask = async |token: &str| {
        let form = form(token);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        post(&tenant, "token", &form).await
    };
    let second = ask(&refresh).await;
    assert_eq!(reads_users(&tenant, &second["access_token"]).await, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(ask("1.nonsense").await["error_codes"][0], 70000);
    tenant.clock().advance(SignedDuration::from_hours(90 * 24)).unwrap();
    assert_eq!(ask(&refresh).await["error_codes"][0], 700_082);
}

#[tokio::test]
async fn what_was_given_out_before_a_reset_means_nobody_after_it() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let before = by_password(&tenant, "ana@corp.example.test", "Pass-1").await;
    tenant.reset();
    let after = by_password(&tenant, "ana@corp.example.test", "Pass-1").await;
    assert_ne!(before["refresh_token"], after["refresh_token"]);
    let old = before["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("client_id", PUBLIC), ("refresh_token", old)];
    assert_eq!(post(&tenant, "token", &form).await["error_codes"][0], 70000);
}

#[tokio::test]
async fn a_device_waits_until_the_person_typed_its_code() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let begun = post(&tenant, "devicecode", &[("client_id", PUBLIC), ("scope", SCOPE)]).await;
    let poll = async || {
        let code = begun["device_code"].as_str().unwrap();
        let kind = "urn:ietf:params:oauth:grant-type:device_code";
        post(&tenant, "token", &[("grant_type", kind), ("client_id", PUBLIC), ("device_code", code)]).await
    };
    assert_eq!(poll().await["error"], "authorization_pending");
    let page = begun["verification_uri"].as_str().unwrap();
    let typed = async |code: &str| {
        let form = [("otc", code), ("login", "ana@corp.example.test"), ("passwd", "Pass-1")];
        https(&tenant).post(page).form(&form).send().await.unwrap().text().await.unwrap()
    };
    assert!(typed("AAAAAAAAA").await.contains("Bad verification code"));
    assert!(typed(begun["user_code"].as_str().unwrap()).await.contains("Done"));
    assert_eq!(reads_users(&tenant, &poll().await["access_token"]).await, 200);
    assert_eq!(poll().await["error_codes"][0], 54005, "a code gives tokens once");
}

#[tokio::test]
async fn a_device_code_ends_after_fifteen_minutes() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let begun = post(&tenant, "devicecode", &[("client_id", PUBLIC), ("scope", SCOPE)]).await;
    tenant.clock().advance(SignedDuration::from_mins(15)).unwrap();
    let code = begun["device_code"].as_str().unwrap();
    let form = [("grant_type", "device_code"), ("client_id", PUBLIC), ("device_code", code)];
    assert_eq!(post(&tenant, "token", &form).await["error"], "expired_token");
}

#[tokio::test]
async fn a_browser_brings_a_code_that_pkce_protects() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let ca = Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
    let browser = Client::builder().tls_certs_only([ca]).redirect(Policy::none()).build().unwrap();
    let url = format!("{}/oauth2/v2.0/authorize", tenant.authority_url());
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let fields = [
        ("client_id", PUBLIC),
        ("response_type", "code"),
        ("redirect_uri", "http://localhost:5000"),
        ("scope", SCOPE),
        ("state", "x\"><b>"),
        ("nonce", "n-1"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    let page = browser.get(&url).query(&fields).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Sign in to") && !page.contains("\"><b>"), "{page}");
    let login = [("login", "ana@corp.example.test"), ("passwd", "Pass-1")];
    let form: Vec<_> = fields.into_iter().chain(login).collect();
    let answer = browser.post(&url).form(&form).send().await.unwrap();
    let location = reqwest::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let field = |name: &str| location.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(field("state"), "x\"><b>");
    let code = field("code");
    let redeem = async |verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", PUBLIC),
            ("code", code.as_str()),
            ("redirect_uri", "http://localhost:5000"),
            ("code_verifier", verifier),
        ];
        post(&tenant, "token", &form).await
    };
    let stolen = [
        ("grant_type", "authorization_code"),
        ("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
        ("code", code.as_str()),
        ("redirect_uri", "http://localhost:5000"),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ];
    assert_eq!(
        post(&tenant, "token", &stolen).await["error_codes"][0],
        70000,
        "a code is its client's alone"
    );
    assert_eq!(redeem("wrong").await["error_codes"][0], 501_481);
    let tokens = redeem("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").await;
    assert_eq!(reads_users(&tenant, &tokens["access_token"]).await, 200);
    assert_eq!(redeem("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").await["error_codes"][0], 54005);
}

#[tokio::test]
async fn errors_go_to_the_application_only_where_its_address_is_known() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let ca = Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
    let browser = Client::builder().tls_certs_only([ca]).redirect(Policy::none()).build().unwrap();
    let url = format!("{}/oauth2/v2.0/authorize", tenant.authority_url());
    let ask = async |redirect: &str| {
        let fields = [
            ("client_id", PUBLIC),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("prompt", "none"),
            ("redirect_uri", redirect),
        ];
        browser.get(&url).query(&fields).send().await.unwrap()
    };
    let silent = ask("http://localhost").await;
    assert!(silent.headers()["location"].to_str().unwrap().contains("error=login_required"));
    let elsewhere = ask("https://evil.example.test").await;
    assert_eq!(elsewhere.status(), 400);
    assert!(elsewhere.text().await.unwrap().contains("AADSTS50011"));
}

#[tokio::test]
async fn a_person_reads_themselves() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let answer = by_password(&tenant, "ana@corp.example.test", "Pass-1").await;
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let graph = Graph { client: https(&tenant), base: tenant.graph_url(), token };
    let me = graph.read("/me").await;
    assert_eq!(me["userPrincipalName"], "ana@corp.example.test");
    assert_eq!(graph.read("/me/displayName").await["value"], "Ana");
    assert_eq!(me["@odata.context"], format!("{}/$metadata#users/$entity", tenant.graph_url()));
}
