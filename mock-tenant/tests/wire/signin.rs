//! Sign-in.

use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value as Json, json};

use crate::client::{Graph, https, last, tenant, token, token_response};

#[tokio::test]
async fn discovery_leads_to_keys_that_verify_a_token() {
    let tenant = tenant("{}").start().await.unwrap();
    let client = https(&tenant);
    let by_domain = tenant.authority_url().replace(&tenant.tenant_id().to_string(), "corp.example.test");
    let url = format!("{by_domain}/v2.0/.well-known/openid-configuration");
    let document: Json = client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], format!("{}/v2.0", tenant.authority_url()));
    assert_eq!(document["token_endpoint"], format!("{}/oauth2/v2.0/token", tenant.authority_url()));
    let keys: Json =
        client.get(document["jwks_uri"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    let key = &keys["keys"][0];
    let decoding =
        DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let token = token(&tenant, "https://graph.microsoft.com").await;
    assert_eq!(jsonwebtoken::decode_header(&token).unwrap().kid.as_deref(), key["kid"].as_str());
    let mut validation = Validation::new(Algorithm::RS256);
    // the token's times are those of the virtual clock
    validation.validate_exp = false;
    validation.set_audience(&["https://graph.microsoft.com"]);
    let claims = jsonwebtoken::decode::<Json>(&token, &decoding, &validation).unwrap().claims;
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{}/", tenant.tenant_id()));
    assert_eq!(claims["appid"], tenant.client_id().to_string());
    assert_eq!(claims["exp"], crate::client::noon().as_second() + 3599);
    assert!(claims["roles"].as_array().unwrap().contains(&json!("User.Read.All")));
}

/// The status of a token request whose form comes in chunks, as clients send it that do not know its length.
async fn in_chunks(form: &[u8]) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let tenant =
        tenant("{}").http("127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap()).start().await.unwrap();
    let host = tenant.http_url().unwrap().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        tenant.tenant_id()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for chunk in form.chunks(50_000) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await.unwrap();
        stream.write_all(chunk).await.unwrap();
        stream.write_all(b"\r\n").await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_body_in_chunks_is_read_up_to_the_limit_and_not_beyond() {
    const LIMIT: usize = 256 * 1024;
    assert_eq!(in_chunks(b"grant_type=magic").await, "400");
    assert_eq!(in_chunks(&vec![b'a'; LIMIT]).await, "400");
    assert_eq!(in_chunks(&vec![b'a'; LIMIT + 1]).await, "413");
}

#[tokio::test]
async fn instance_discovery_names_our_own_host() {
    let tenant = tenant("{}").start().await.unwrap();
    let origin = tenant.graph_url().replace("/v1.0", "");
    let endpoint = format!("{}/oauth2/v2.0/authorize", tenant.authority_url());
    let url = format!("{origin}/common/discovery/instance?api-version=1.1&authorization_endpoint={endpoint}");
    let document: Json = https(&tenant).get(url).send().await.unwrap().json().await.unwrap();
    let expected = format!("{}/v2.0/.well-known/openid-configuration", tenant.authority_url());
    assert_eq!(document["tenant_discovery_endpoint"], expected);
    assert_eq!(document["metadata"][0]["aliases"][0], origin.trim_start_matches("https://"));
}

#[tokio::test]
async fn a_wrong_secret_is_refused_as_entra_does_and_told_nowhere() {
    let tenant = tenant("{}").client_secret("r1ght-secret").start().await.unwrap();
    let answer = token_response(&tenant, "wr0ng-secret", "https://graph.microsoft.com/.default").await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["cache-control"], "no-store, no-cache");
    let body: Json = answer.json().await.unwrap();
    assert_eq!((&body["error"], &body["error_codes"]), (&json!("invalid_client"), &json!([7_000_215])));
    let line = last(&tenant, "oauth.token");
    assert_eq!(line["outcome"], "AADSTS7000215");
    assert_eq!(line["principal"], tenant.client_id().to_string());
    token(&tenant, "https://graph.microsoft.com").await;
    let journal = serde_json::to_string(&tenant.journal().since(0)).unwrap();
    for secret in ["wr0ng-secret", "r1ght-secret", "eyJ"] {
        assert!(!journal.contains(secret) && !format!("{tenant:?}").contains(secret), "{secret} leaks");
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_on_the_virtual_clock() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    graph.read("/users").await;
    tenant.clock().advance(SignedDuration::from_secs(3599)).unwrap();
    let (status, code, message) = graph.refused("/users").await;
    assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"));
    assert_eq!(message, "Access token has expired or is not yet valid.");
    assert_eq!(last(&tenant, "graph.users.list")["outcome"], "InvalidAuthenticationToken");
    Graph::of(&tenant).await.read("/users").await;
}

#[tokio::test]
async fn each_face_takes_only_tokens_for_itself() {
    let tenant = tenant("{}").start().await.unwrap();
    let mut graph = Graph::of(&tenant).await;
    graph.token = token(&tenant, "https://graph.windows.net").await;
    assert_eq!(graph.refused("/users").await.2, "Access token validation failure. Invalid audience.");
    // kiota asks for a scope of the host that it calls
    graph.token = token(&tenant, "https://localhost").await;
    graph.read("/users").await;
    graph.token = String::new();
    let answer = graph.get("/users").send().await.unwrap();
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer realm="));
    assert_eq!(crate::client::refusal(answer).await.2, "Access token is empty.");
}

#[tokio::test]
async fn tokens_of_another_tenant_are_foreign() {
    let (ours, theirs) = (tenant("{}").start().await.unwrap(), tenant("{}").seed(8).start().await.unwrap());
    let mut graph = Graph::of(&ours).await;
    graph.token = token(&theirs, "https://graph.microsoft.com").await;
    assert_eq!(graph.refused("/users").await.2, "Access token validation failure. Invalid issuer.");
}

#[tokio::test]
async fn roles_open_operations() {
    let tenant = tenant("{}").roles(["User.Read.All"]).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    graph.read("/users").await;
    let (status, code, _) = graph.refused("/organization").await;
    assert_eq!((status, code.as_str()), (403, "Authorization_RequestDenied"));
}

#[tokio::test]
async fn what_entra_has_and_the_double_has_not_is_named() {
    let tenant = tenant("{}").start().await.unwrap();
    let url = format!("{}/oauth2/v2.0/logout", tenant.authority_url());
    let answer = https(&tenant).get(url).send().await.unwrap();
    assert_eq!(answer.status(), 501);
    let body: Json = answer.json().await.unwrap();
    assert_eq!(body["error"], "NotSupportedByDouble");
}
