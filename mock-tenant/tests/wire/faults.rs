//! Faults, as a client meets them.

use kit::faults::FaultPlan;
use mock_tenant::MockTenant;
use serde_json::json;

use crate::client::{Graph, last, many_users, names, refusal, tenant, token_response};

fn play(tenant: &MockTenant, op: &str, effect: &str) {
    let plan = format!(r#"{{"rules":[{{"when":{{"op":"{op}"}},"then":[{effect}],"times":1}}]}}"#);
    tenant.faults().set(FaultPlan::from_json(&plan).unwrap()).unwrap();
}

#[tokio::test]
async fn refusals_have_graphs_status_and_code() {
    let tenant = tenant(&many_users(1)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (effect, name, status, code) in [
        (r#"{"throttle":{"retry_after_s":7}}"#, "throttle", 429, "TooManyRequests"),
        (r#"{"busy":{}}"#, "busy", 503, "serviceNotAvailable"),
        (r#"{"unavailable":{}}"#, "unavailable", 503, "ServiceUnavailable"),
        (r#"{"auth_expired":{}}"#, "auth_expired", 401, "InvalidAuthenticationToken"),
        (r#"{"forbidden":{}}"#, "forbidden", 403, "Authorization_RequestDenied"),
    ] {
        play(&tenant, "graph.users.list", effect);
        let answer = graph.get("/users").send().await.unwrap();
        if status == 429 {
            assert_eq!(answer.headers()["retry-after"], "7");
        }
        let (got, got_code, _) = refusal(answer).await;
        assert_eq!((got, got_code.as_str()), (status, code));
        let line = last(&tenant, "graph.users.list");
        assert_eq!((&line["fault"], &line["outcome"]), (&json!(name), &json!(code)));
        graph.read("/users").await;
    }
    assert_eq!(last(&tenant, "graph.users.list")["attempt"], 10);
}

#[tokio::test]
async fn a_lost_acknowledgement_leaves_the_object_and_no_answer() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let user = json!({"accountEnabled": true, "displayName": "Eve", "mailNickname": "eve",
        "userPrincipalName": "eve@corp.example.test", "passwordProfile": {}});
    play(&tenant, "graph.users.create", r#"{"close_before":{}}"#);
    assert!(graph.post("/users", &user).send().await.is_err());
    assert_eq!(graph.names("/users").await.len(), 0);
    play(&tenant, "graph.users.create", r#"{"lost_ack":{}}"#);
    assert!(graph.post("/users", &user).send().await.is_err());
    assert_eq!(graph.names("/users").await, ["eve@corp.example.test"]);
    assert_eq!(last(&tenant, "graph.users.create")["fault"], "lost_ack");
}

#[tokio::test]
async fn pages_can_end_early_or_come_twice() {
    let tenant = tenant(&many_users(4)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    play(&tenant, "graph.users.list", r#"{"partial_page":{}}"#);
    let page = graph.read("/users").await;
    assert_eq!(names(&page).len(), 2);
    assert_eq!(graph.names(page["@odata.nextLink"].as_str().unwrap()).await.len(), 2);
    play(&tenant, "graph.users.list", r#"{"duplicate_page":{}}"#);
    let page = graph.read("/users?$top=2").await;
    assert_eq!(graph.names(page["@odata.nextLink"].as_str().unwrap()).await, names(&page));
    let next = graph.read("/users?$top=2").await["@odata.nextLink"].as_str().unwrap().to_owned();
    play(&tenant, "graph.users.list", r#"{"cursor_expired":{}}"#);
    assert_eq!(graph.refused(&next).await.1, "Directory_ExpiredPageToken");
}

#[tokio::test]
async fn sign_in_is_throttled_in_its_own_terms() {
    let tenant = tenant("{}").start().await.unwrap();
    play(&tenant, "oauth.token", r#"{"throttle":{"retry_after_s":3}}"#);
    let answer =
        token_response(&tenant, tenant.client_secret(), "https://graph.microsoft.com/.default").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["error_codes"], json!([90_055]));
}
