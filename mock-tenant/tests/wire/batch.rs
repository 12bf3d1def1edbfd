//! `$batch`, as a client meets it.

use kit::faults::FaultPlan;
use serde_json::{Value as Json, json};

use crate::client::{Graph, last, many_users, refusal, tenant};

async fn send(graph: &Graph, requests: Json) -> Json {
    let answer = graph.post("/$batch", &json!({ "requests": requests })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn statuses(answer: &Json) -> Vec<(&str, u64)> {
    let parts = answer["responses"].as_array().unwrap();
    parts.iter().map(|part| (part["id"].as_str().unwrap(), part["status"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn each_part_has_its_own_status_headers_and_body() {
    let tenant = tenant(&many_users(3)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let answer = send(
        &graph,
        json!([
            {"id": "1", "method": "GET", "url": "/users?$select=id, displayName&$filter=displayName eq 'User 0001'"},
            {"id": "2", "method": "GET", "url": "users/nobody@corp.example.test"},
            {"id": "3", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
            {"id": "4", "method": "PATCH", "url": "/users/user0002@corp.example.test",
                "headers": {"Content-Type": "application/json"}, "body": {"jobTitle": "Baker"}},
            {"id": "5", "method": "GET", "url": "/$batch"},
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), [("1", 200), ("2", 404), ("3", 200), ("4", 204), ("5", 400)]);
    let parts = &answer["responses"];
    assert_eq!(parts[0]["body"]["value"][0]["displayName"], "User 0001");
    assert_eq!(parts[0]["headers"]["x-ms-resource-unit"], "1");
    assert!(parts[0]["headers"]["Content-Type"].as_str().unwrap().starts_with("application/json"));
    assert_eq!(parts[1]["body"]["error"]["code"], "Request_ResourceNotFound");
    assert_eq!(parts[2]["body"], "Mw==", "what is no JSON comes in base64");
    assert_eq!(parts[3].get("body"), None);
    assert_eq!(graph.read("/users/user0002@corp.example.test?$select=jobTitle").await["jobTitle"], "Baker");
    let line = last(&tenant, "graph.batch");
    assert_eq!(
        (&line["outcome"], &line["detail"]["parts"][3]),
        (&json!("ok"), &json!({"id": "4", "status": 204}))
    );
    assert_eq!(last(&tenant, "graph.users.patch")["target"], "user0002@corp.example.test");
}

#[tokio::test]
async fn what_depends_on_a_failure_is_not_carried_out() {
    let tenant = tenant(&many_users(2)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let answer = send(
        &graph,
        json!([
            {"id": "a", "method": "GET", "url": "/users/nobody@corp.example.test"},
            {"id": "b", "method": "DELETE", "url": "/users/user0000@corp.example.test", "dependsOn": ["A"]},
            {"id": "c", "method": "DELETE", "url": "/users/user0000@corp.example.test", "dependsOn": ["b"]},
            {"id": "d", "method": "DELETE", "url": "/users/user0001@corp.example.test"},
            {"id": "e", "method": "GET", "url": "/users", "dependsOn": ["d"]},
        ]),
    )
    .await;
    assert_eq!(statuses(&answer), [("a", 404), ("b", 424), ("c", 424), ("d", 204), ("e", 200)]);
    assert_eq!(graph.names("/users").await, ["user0000@corp.example.test"]);
    assert_eq!(
        tenant.journal().count("graph.users.delete", 0),
        1,
        "a part that was not tried leaves no line"
    );
}

#[tokio::test]
async fn parts_are_throttled_one_by_one() {
    let tenant = tenant(&many_users(3)).throttle("2/60s".parse().unwrap()).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let delete = |n: usize| json!({"id": n.to_string(), "method": "DELETE", "url": format!("/users/user000{n}@corp.example.test")});
    let read = json!({"id": "r", "method": "GET", "url": "/users?$select=id"});
    let answer = send(&graph, json!([delete(0), delete(1), delete(2), read])).await;
    assert_eq!(statuses(&answer), [("0", 204), ("1", 204), ("2", 429), ("r", 200)]);
    let headers = &answer["responses"][2]["headers"];
    assert_eq!(headers["Retry-After"], "30");
    assert_eq!(headers["x-ms-throttle-information"], "WriteLimitExceeded");
    let scope = format!("Tenant_Application/Write/{}/{}", tenant.client_id(), tenant.tenant_id());
    assert_eq!(headers["x-ms-throttle-scope"], scope.as_str());
    assert_eq!(last(&tenant, "graph.users.delete")["outcome"], "TooManyRequests");
}

#[tokio::test]
async fn a_malformed_batch_is_refused_whole() {
    let tenant = tenant(&many_users(1)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let delete = json!({"id": "1", "method": "DELETE", "url": "/users/user0000@corp.example.test"});
    let answer = graph.post("/$batch", &json!({"requests": [delete, delete]})).send().await.unwrap();
    let message = "Request Id 1 has to be unique in a batch.".to_owned();
    assert_eq!(refusal(answer).await, (400, "BadRequest".to_owned(), message));
    assert_eq!(graph.names("/users").await.len(), 1);
    assert_eq!(last(&tenant, "graph.batch")["outcome"], "BadRequest");
    assert_eq!(graph.refused("/$batch").await.0, 405);
    let stranger = Graph { token: "nonsense".to_owned(), ..Graph::of(&tenant).await };
    assert_eq!(stranger.post("/$batch", &json!({})).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_part_may_lose_the_connection() {
    let tenant = tenant(&many_users(2)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let plan = r#"{"rules":[{"when":{"op":"graph.users.delete","nth":2},"then":[{"close_before":{}}]}]}"#;
    tenant.faults().set(FaultPlan::from_json(plan).unwrap()).unwrap();
    let delete = |n: usize| json!({"id": n.to_string(), "method": "DELETE", "url": format!("/users/user000{n}@corp.example.test")});
    let requests = json!({"requests": [delete(0), delete(1)]});
    assert!(graph.post("/$batch", &requests).send().await.is_err());
    assert_eq!(graph.names("/users").await, ["user0001@corp.example.test"]);
}
