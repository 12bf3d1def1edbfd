//! Groups, memberships and other relationships through Graph.

use http::Method;
use reqwest::Response;
use serde_json::{Value as Json, json};

use crate::client::{Graph, tenant};

const STAFF: &str = r#"
users:
  - {userPrincipalName: ana@corp.example.test, displayName: Ana}
  - {userPrincipalName: bob@corp.example.test, displayName: Bob}
contacts:
  - {displayName: Carla, mail: carla@partner.test}
devices:
  - {displayName: Laptop, deviceId: 6fa60d52-01e7-4b18-8055-4759461fc16b}
groups:
  - {displayName: Inner, securityEnabled: true, members: [ana@corp.example.test]}
  - {displayName: Synced, securityEnabled: true, sourceAnchor: "AAAAAAAAAAAAAAAAAAAAAA=="}
"#;

impl Graph {
    async fn send(&self, method: Method, path: &str, body: Option<Json>) -> Response {
        let url = format!("{}{path}", self.base);
        let request = self.client.request(method, url).bearer_auth(&self.token);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        request.send().await.unwrap()
    }

    async fn id_of(&self, set: &str, name: &str) -> String {
        let page = self.read(&format!("/{set}?$filter=displayName eq '{name}'&$select=id")).await;
        page["value"][0]["id"].as_str().unwrap_or_else(|| panic!("no {name}: {page}")).to_owned()
    }

    async fn display_names(&self, path: &str) -> String {
        let page = self.read(path).await;
        let mut names: Vec<&str> = page["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["displayName"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        names.join(" ")
    }
}

#[tokio::test]
async fn a_group_lives_from_post_to_delete() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let body = json!({
        "displayName": "Outer", "mailEnabled": false, "mailNickname": "outer", "securityEnabled": true,
    });
    let made = graph.send(Method::POST, "/groups", Some(body)).await;
    assert_eq!(made.status(), 201);
    assert!(made.headers()["location"].to_str().unwrap().ends_with("/Microsoft.DirectoryServices.Group"));
    let made: Json = made.json().await.unwrap();
    let group = format!("/groups/{}", made["id"].as_str().unwrap());
    assert_eq!(graph.display_names(&format!("{group}/members")).await, "");
    let patched = graph.send(Method::PATCH, &group, Some(json!({"description": "everybody"}))).await;
    assert_eq!(patched.status(), 204);
    assert_eq!(graph.read(&group).await["description"], "everybody");
    assert_eq!(graph.send(Method::DELETE, &group, None).await.status(), 204);
    assert_eq!(graph.refused(&group).await.0, 404);
}

#[tokio::test]
async fn membership_is_told_from_both_ends_and_through_groups() {
    let nested = STAFF
        .replace("{displayName: Inner,", "{id: 00000000-0000-0000-0000-00000000000a, displayName: Inner,")
        + "  - {displayName: Outer, securityEnabled: true, members: [00000000-0000-0000-0000-00000000000a]}\n";
    let tenant = tenant(&nested).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (inner, ana) = (graph.id_of("groups", "Inner").await, graph.id_of("users", "Ana").await);
    let outer = graph.id_of("groups", "Outer").await;
    for (path, names) in [
        (format!("/groups/{outer}/members"), "Inner"),
        (format!("/groups/{outer}/transitiveMembers"), "Ana Inner"),
        (format!("/groups/{outer}/transitiveMembers/microsoft.graph.user"), "Ana"),
        (format!("/users/{ana}/memberOf"), "Inner"),
        (format!("/users/{ana}/transitiveMemberOf"), "Inner Outer"),
        (format!("/groups/{inner}/memberOf/microsoft.graph.group"), "Outer"),
    ] {
        assert_eq!(graph.display_names(&path).await, names, "{path}");
    }
    let member = graph.read(&format!("/groups/{outer}/members")).await["value"][0].clone();
    assert_eq!(member["@odata.type"], "#microsoft.graph.group");
    let asked = json!({"groupIds": [outer, inner, ana]});
    let checked = graph.send(Method::POST, &format!("/users/{ana}/checkMemberGroups"), Some(asked)).await;
    let checked: Json = checked.json().await.unwrap();
    assert_eq!(checked["value"].as_array().unwrap().len(), 2);
    let all = graph
        .send(
            Method::POST,
            &format!("/users/{ana}/getMemberGroups"),
            Some(json!({"securityEnabledOnly": true})),
        )
        .await;
    assert_eq!(all.json::<Json>().await.unwrap()["value"].as_array().unwrap().len(), 2);
    let count = graph
        .get(&format!("/groups/{outer}/transitiveMembers/$count"))
        .header("ConsistencyLevel", "eventual");
    assert_eq!(count.send().await.unwrap().text().await.unwrap(), "2");
}

#[tokio::test]
async fn twenty_objects_of_a_relationship_are_expanded() {
    let users: String = (0..25)
        .map(|n| format!("  - {{userPrincipalName: u{n}@corp.example.test, displayName: U{n}}}\n"))
        .collect();
    let members: Vec<String> = (0..25).map(|n| format!("u{n}@corp.example.test")).collect();
    let world =
        format!("users:\n{users}groups:\n  - {{displayName: Many, members: [{}]}}\n", members.join(", "));
    let tenant = tenant(&world).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let page = graph.read("/groups?$expand=members($select=id)").await;
    assert_eq!(page["value"][0]["members"].as_array().unwrap().len(), 20);
    for (query, status, told) in [
        ("$expand=members,owners", 400, "at least 2 items, but the maximum allowed is 1"),
        (
            "$expand=nonsense",
            400,
            "Could not find a property named 'nonsense' on type 'microsoft.graph.group'",
        ),
        ("$expand=sites", 501, "$expand=sites"),
    ] {
        let (got, _, message) = graph.refused(&format!("/groups?{query}")).await;
        assert_eq!((got, message.contains(told)), (status, true), "{query}: {message}");
    }
}

#[tokio::test]
async fn objects_of_every_type_are_found_by_their_ids() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let mut ids = Vec::new();
    for (set, name) in [("users", "Ana"), ("groups", "Inner"), ("contacts", "Carla"), ("devices", "Laptop")] {
        ids.push(graph.id_of(set, name).await);
    }
    let ask = async |types: Json| {
        let body = json!({"ids": ids, "types": types});
        let answer = graph.send(Method::POST, "/directoryObjects/getByIds", Some(body)).await;
        let answer: Json = answer.json().await.unwrap();
        let value = answer["value"].as_array().unwrap().iter();
        value.map(|object| object["@odata.type"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        ask(json!([])).await,
        "#microsoft.graph.user #microsoft.graph.group #microsoft.graph.orgContact #microsoft.graph.device"
    );
    assert_eq!(ask(json!(["device"])).await, "#microsoft.graph.device");
    let one = graph.read(&format!("/directoryObjects/{}", ids[0])).await;
    assert_eq!(one["@odata.type"], "#microsoft.graph.user");
    let device = graph.read("/devices(deviceId='6FA60D52-01e7-4b18-8055-4759461fc16b')").await;
    assert_eq!(device["displayName"], "Laptop");
    assert_eq!(graph.refused("/devices(serial='1')").await.0, 400);
    let domains = graph.read("/domains?$select=id,isInitial").await;
    assert!(domains["value"].as_array().unwrap().len() >= 2, "{domains}");
}

#[tokio::test]
async fn an_object_that_has_not_arrived_yet_can_not_be_changed() {
    let lag = jiff::SignedDuration::from_secs(30);
    let tenant = tenant(STAFF).replication_lag(lag).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let body = json!({
        "accountEnabled": true, "displayName": "Dora", "mailNickname": "dora",
        "userPrincipalName": "dora@corp.example.test", "passwordProfile": {"password": "x"},
    });
    let made: Json = graph.send(Method::POST, "/users", Some(body)).await.json().await.unwrap();
    let path = format!("/users/{}", made["id"].as_str().unwrap());
    let title = || Some(json!({"jobTitle": "Clerk"}));
    assert_eq!(graph.send(Method::GET, &path, None).await.status(), 404);
    assert_eq!(graph.send(Method::PATCH, &path, title()).await.status(), 404);
    tenant.clock().advance(lag).unwrap();
    assert_eq!(graph.send(Method::PATCH, &path, title()).await.status(), 204);
}

#[tokio::test]
async fn applications_are_found_by_either_key() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let client = tenant.client_id();
    let by_client = graph.read(&format!("/servicePrincipals(appId='{client}')")).await;
    let id = by_client["id"].as_str().unwrap();
    assert_eq!(graph.read(&format!("/servicePrincipals/{id}")).await["appId"], client.to_string());
    let found = graph.read(&format!("/servicePrincipals?$filter=appId eq '{client}'&$select=id")).await;
    assert_eq!(found["value"], json!([{"id": id}]));
    assert_eq!(graph.refused("/servicePrincipals(appId='1')").await.0, 404);
}
