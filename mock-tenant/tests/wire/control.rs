//! The control API.

use reqwest::Client;
use serde_json::{Value as Json, json};

use crate::client::{Graph, many_users, tenant};

#[tokio::test]
async fn state_worlds_snapshots_and_reset() {
    let tenant = tenant(&many_users(2)).start().await.unwrap();
    let (client, base) = (Client::new(), tenant.control_url().unwrap());
    let users = async || {
        let state: Json = client.get(format!("{base}/state")).send().await.unwrap().json().await.unwrap();
        state["users"].as_array().unwrap().len()
    };
    assert_eq!(users().await, 2);
    let snapshot: Json = client.post(format!("{base}/snapshots")).send().await.unwrap().json().await.unwrap();
    let world = "users: [{userPrincipalName: zoe@corp.example.test, displayName: Zoe}]";
    let added = client.post(format!("{base}/world")).header("content-type", "application/yaml").body(world);
    assert!(added.send().await.unwrap().status().is_success());
    assert_eq!(users().await, 3);
    let replaced = client.put(format!("{base}/state")).json(&json!({"users": []}));
    assert!(replaced.send().await.unwrap().status().is_success());
    assert_eq!(users().await, 0);
    let id = &snapshot["id"];
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    client.post(format!("{base}/snapshots/{id}/restore")).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(users().await, 2);
    client.put(format!("{base}/state")).json(&json!({"users": []})).send().await.unwrap();
    client.post(format!("{base}/reset")).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(users().await, 2);
}

#[tokio::test]
async fn a_bad_world_is_named_and_changes_nothing() {
    let tenant = tenant(&many_users(1)).start().await.unwrap();
    let url = format!("{}/world", tenant.control_url().unwrap());
    let world = "users: [{displayName: Nameless}]";
    let answer =
        Client::new().post(url).header("content-type", "application/yaml").body(world).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let message = answer.json::<Json>().await.unwrap()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("users[0]"), "{message}");
    assert_eq!(tenant.state()["users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn clock_faults_and_journal_over_the_api() {
    let tenant = tenant("{}").start().await.unwrap();
    let (client, base) = (Client::new(), tenant.control_url().unwrap());
    let graph = Graph::of(&tenant).await;
    let plan = json!({"rules": [{"when": {"op": "graph.users.list"}, "then": [{"busy": {}}]}]});
    client.put(format!("{base}/faults")).json(&plan).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(graph.refused("/users").await.0, 503);
    let journal = client.get(format!("{base}/journal")).send().await.unwrap().text().await.unwrap();
    assert!(journal.lines().last().unwrap().contains(r#""fault":"busy""#), "{journal}");
    let wrong = json!({"rules": [{"when": {"op": "graph.user.list"}, "then": [{"busy": {}}]}]});
    assert_eq!(client.put(format!("{base}/faults")).json(&wrong).send().await.unwrap().status(), 400);
    client.delete(format!("{base}/faults")).send().await.unwrap().error_for_status().unwrap();
    let advance = json!({"advance": "PT2H"});
    client.post(format!("{base}/clock")).json(&advance).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(graph.refused("/users").await.0, 401);
}
