//! Writing through Graph.

use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::client::{Graph, last, refusal, tenant};

fn eve() -> Json {
    json!({"accountEnabled": true, "displayName": "Eve", "mailNickname": "eve",
        "userPrincipalName": "eve@corp.example.test", "passwordProfile": {"password": "pass-Phrase-77"}})
}

#[tokio::test]
async fn a_cloud_user_is_made_changed_deleted_and_restored() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let made = graph.post("/users", &eve()).send().await.unwrap();
    assert_eq!(made.status(), 201);
    assert!(made.headers().contains_key("location"));
    let id = made.json::<Json>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let (status, code, message) = refusal(graph.post("/users", &eve()).send().await.unwrap()).await;
    assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
    assert_eq!(message, "Another object with the same value for property userPrincipalName already exists.");
    let path = format!("/users/{id}");
    let change = json!({"jobTitle": "Owner", "onPremisesExtensionAttributes": {"extensionAttribute3": "x"}});
    assert_eq!(graph.patch(&path, &change).send().await.unwrap().status(), 204);
    let user = graph.read(&format!("{path}?$select=jobTitle,onPremisesExtensionAttributes")).await;
    assert_eq!(
        (&user["jobTitle"], &user["onPremisesExtensionAttributes"]["extensionAttribute3"]),
        (&json!("Owner"), &json!("x"))
    );
    assert_eq!(graph.delete(&path).send().await.unwrap().status(), 204);
    assert_eq!(graph.refused(&path).await.0, 404);
    let bin = graph.read("/directory/deletedItems/microsoft.graph.user").await;
    let name = bin["value"][0]["userPrincipalName"].as_str().unwrap();
    assert_eq!(name, format!("{}eve@corp.example.test", id.replace('-', "")));
    let restore = format!("/directory/deletedItems/{id}/restore");
    assert_eq!(graph.post(&restore, &json!({})).send().await.unwrap().status(), 200);
    assert_eq!(graph.read(&path).await["jobTitle"], "Owner");
    assert!(!serde_json::to_string(&tenant.journal().since(0)).unwrap().contains("pass-Phrase-77"));
    assert!(!tenant.state().to_string().contains("pass-Phrase-77"));
}

#[tokio::test]
async fn what_the_directory_masters_is_not_changed_here() {
    let world = r#"{"users": [{"userPrincipalName": "ana@corp.example.test", "displayName": "Ana", "sourceAnchor": "AAAAAAAAAAAAAAAAAAAAAA==", "onPremisesSyncEnabled": true}]}"#;
    let tenant = tenant(world).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let patch = async |body: Json| {
        let answer = graph.patch("/users/ana@corp.example.test", &body).send().await.unwrap();
        if answer.status() == 204 { (204, String::new(), String::new()) } else { refusal(answer).await }
    };
    assert_eq!(
        patch(json!({"displayName": "Anna"})).await.2,
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
    );
    assert_eq!(
        patch(json!({"onPremisesSyncEnabled": false})).await.2,
        "Property 'onPremisesSyncEnabled' is read-only and cannot be set."
    );
    assert_eq!(patch(json!({"usageLocation": "DE"})).await.0, 204);
    assert_eq!(patch(json!({"userCertificate": ["MAA="]})).await.0, 400);
    assert_eq!(last(&tenant, "graph.users.patch")["outcome"], "Request_BadRequest");
}

#[tokio::test]
async fn bad_bodies_get_graphs_error() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let send = async |body: &str| {
        let request = graph.client.post(format!("{}/users", graph.base)).bearer_auth(&graph.token);
        refusal(
            request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap(),
        )
        .await
    };
    assert!(send("{").await.2.starts_with("Unable to read JSON request payload."));
    assert!(send("[]").await.2.starts_with("Unable to read JSON request payload."));
    assert_eq!(send("{}").await.2, "A value is required for property 'accountEnabled' of resource 'User'.");
    assert_eq!(send(&" ".repeat(5 * 1024 * 1024)).await.0, 413);
}

#[tokio::test]
async fn the_write_budget_refills_on_the_clock() {
    let tenant = tenant("{}").throttle("2/10s".parse().unwrap()).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let create = async |name: &str| {
        let mut user = eve();
        user["userPrincipalName"] = format!("{name}@corp.example.test").into();
        graph.post("/users", &user).send().await.unwrap()
    };
    assert_eq!(create("a").await.status(), 201);
    assert_eq!(create("b").await.status(), 201);
    let throttled = create("c").await;
    assert_eq!(
        (throttled.status().as_u16(), throttled.headers()["retry-after"].to_str().unwrap()),
        (429, "5")
    );
    assert_eq!(throttled.headers()["x-ms-throttle-information"], "WriteLimitExceeded");
    assert_eq!(refusal(throttled).await.1, "TooManyRequests");
    graph.read("/users").await;
    tenant.clock().advance(SignedDuration::from_secs(5)).unwrap();
    assert_eq!(create("c").await.status(), 201);
}

#[tokio::test]
async fn reads_lag_behind_writes_if_asked_to() {
    let tenant = tenant("{}").replication_lag(SignedDuration::from_secs(30)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    assert_eq!(graph.post("/users", &eve()).send().await.unwrap().status(), 201);
    assert_eq!(graph.refused("/users/eve@corp.example.test").await.0, 404);
    tenant.clock().advance(SignedDuration::from_secs(30)).unwrap();
    assert_eq!(graph.read("/users/eve@corp.example.test").await["displayName"], "Eve");
}

/// The way out of the hard-match hardening: the mapping is cleared, on beta only, and nothing else can be set there.
#[tokio::test]
async fn the_mapping_to_an_object_of_the_directory_can_be_cleared() {
    let world = r#"{"users": [{"userPrincipalName": "ana@corp.example.test", "displayName": "Ana", "sourceAnchor": "A", "onPremisesObjectIdentifier": "11111111-1111-1111-1111-111111111111"}]}"#;
    let tenant = tenant(world).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let beta = Graph { base: graph.base.replace("/v1.0", "/beta"), ..Graph::of(&tenant).await };
    let mapped = || !tenant.state()["users"][0]["onPremisesObjectIdentifier"].is_null();
    for (graph, value, status) in [
        (&graph, Json::Null, 400),
        (&beta, json!("22222222-2222-2222-2222-222222222222"), 400),
        (&beta, Json::Null, 204),
    ] {
        let body = json!({"onPremisesObjectIdentifier": value});
        let answer = graph.patch("/users/ana@corp.example.test", &body).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), mapped()), (status, status != 204), "{} {value}", graph.base);
    }
    let sync = graph.read("/directory/onPremisesSynchronization").await;
    let features = &sync["value"][0]["features"];
    assert_eq!(features["allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled"], false);
}
