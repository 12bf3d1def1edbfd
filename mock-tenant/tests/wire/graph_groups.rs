//! Groups, memberships and other relationships through Graph.

use http::Method;
use reqwest::Response;
use serde_json::{Value as Json, json};

use crate::client::{Graph, refusal, tenant};

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

fn reference(id: &str) -> Json {
    json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")})
}

#[tokio::test]
async fn a_group_lives_from_post_to_delete() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let ana = graph.id_of("users", "Ana").await;
    let body = json!({
        "displayName": "Outer", "mailEnabled": false, "mailNickname": "outer", "securityEnabled": true,
        "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{ana}")],
    });
    let made = graph.send(Method::POST, "/groups", Some(body)).await;
    assert_eq!(made.status(), 201);
    assert!(made.headers()["location"].to_str().unwrap().ends_with("/Microsoft.DirectoryServices.Group"));
    let made: Json = made.json().await.unwrap();
    let group = format!("/groups/{}", made["id"].as_str().unwrap());
    assert_eq!(graph.display_names(&format!("{group}/members")).await, "Ana");
    let patched = graph.send(Method::PATCH, &group, Some(json!({"description": "everybody"}))).await;
    assert_eq!(patched.status(), 204);
    assert_eq!(graph.read(&group).await["description"], "everybody");
    assert_eq!(graph.send(Method::DELETE, &group, None).await.status(), 204);
    assert_eq!(graph.refused(&group).await.0, 404);
}

#[tokio::test]
async fn members_are_added_and_removed_by_reference() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (inner, bob) = (graph.id_of("groups", "Inner").await, graph.id_of("users", "Bob").await);
    let members = format!("/groups/{inner}/members");
    let added = graph.send(Method::POST, &format!("{members}/$ref"), Some(reference(&bob))).await;
    assert_eq!(added.status(), 204);
    assert_eq!(graph.display_names(&members).await, "Ana Bob");
    let (status, code, message) =
        refusal(graph.send(Method::POST, &format!("{members}/$ref"), Some(reference(&bob))).await).await;
    assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
    assert_eq!(
        message,
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    let nobody = "00000000-0000-0000-0000-00000000beef";
    let absent = graph.send(Method::POST, &format!("{members}/$ref"), Some(reference(nobody))).await;
    assert_eq!(absent.status(), 404);
    let removed = graph.send(Method::DELETE, &format!("{members}/{bob}/$ref"), None).await;
    assert_eq!(removed.status(), 204);
    assert_eq!(graph.display_names(&members).await, "Ana");
    let again = graph.send(Method::DELETE, &format!("{members}/{bob}/$ref"), None).await;
    assert_eq!(again.status(), 404);
}

#[tokio::test]
async fn twenty_members_at_once_and_no_more_and_all_or_nothing() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (inner, bob) = (graph.id_of("groups", "Inner").await, graph.id_of("users", "Bob").await);
    let url = |id: &str| format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}");
    let group = format!("/groups/{inner}");
    let many = json!({"members@odata.bind": vec![url(&bob); 21]});
    assert_eq!(graph.send(Method::PATCH, &group, Some(many)).await.status(), 400);
    let ana = graph.id_of("users", "Ana").await;
    let half = json!({"members@odata.bind": [url(&bob), url(&ana)]});
    assert_eq!(graph.send(Method::PATCH, &group, Some(half)).await.status(), 400);
    assert_eq!(graph.display_names(&format!("{group}/members")).await, "Ana");
    let one = json!({"members@odata.bind": [url(&bob)]});
    assert_eq!(graph.send(Method::PATCH, &group, Some(one)).await.status(), 204);
    assert_eq!(graph.display_names(&format!("{group}/members")).await, "Ana Bob");
}

#[tokio::test]
async fn a_synced_group_is_left_to_the_directory() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (synced, bob) = (graph.id_of("groups", "Synced").await, graph.id_of("users", "Bob").await);
    let path = format!("/groups/{synced}/members/$ref");
    let (status, _, message) = refusal(graph.send(Method::POST, &path, Some(reference(&bob))).await).await;
    assert_eq!(status, 400);
    assert!(message.contains("on-premises mastered"), "{message}");
}

#[tokio::test]
async fn membership_is_told_from_both_ends_and_through_groups() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (inner, ana) = (graph.id_of("groups", "Inner").await, graph.id_of("users", "Ana").await);
    let outer = json!({
        "displayName": "Outer", "mailEnabled": false, "mailNickname": "outer", "securityEnabled": true,
        "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/groups/{inner}")],
    });
    let outer: Json = graph.send(Method::POST, "/groups", Some(outer)).await.json().await.unwrap();
    let outer = outer["id"].as_str().unwrap();
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
async fn a_manager_is_set_told_expanded_and_cleared() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (ana, bob) = (graph.id_of("users", "Ana").await, graph.id_of("users", "Bob").await);
    let manager = format!("/users/{ana}/manager");
    let (status, _, message) = graph.refused(&manager).await;
    assert_eq!((status, message.starts_with("Resource 'manager' does not exist")), (404, true));
    let set = graph.send(Method::PUT, &format!("{manager}/$ref"), Some(reference(&bob))).await;
    assert_eq!(set.status(), 204);
    assert_eq!(graph.read(&manager).await["displayName"], "Bob");
    assert_eq!(graph.display_names(&format!("/users/{bob}/directReports")).await, "Ana");
    let expanded = graph.read(&format!("/users/{ana}?$select=id&$expand=manager($select=displayName)")).await;
    assert_eq!(expanded["manager"]["displayName"], "Bob");
    assert!(expanded["@odata.context"].as_str().unwrap().contains("manager()"), "{expanded}");
    let cleared = graph.send(Method::DELETE, &format!("{manager}/$ref"), None).await;
    assert_eq!(cleared.status(), 204);
    assert_eq!(graph.refused(&manager).await.0, 404);
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

#[tokio::test]
async fn the_source_of_authority_is_switched_and_decides_who_writes() {
    let tenant = tenant(STAFF).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let group = format!("/groups/{}", graph.id_of("groups", "Synced").await);
    let behavior = format!("{group}/onPremisesSyncBehavior");
    assert_eq!(graph.read(&format!("{behavior}?$select=isCloudManaged")).await["isCloudManaged"], false);
    let named = || Some(json!({"displayName": "Ours"}));
    assert_eq!(graph.send(Method::PATCH, &group, named()).await.status(), 400);
    let switched = graph.send(Method::PATCH, &behavior, Some(json!({"isCloudManaged": true}))).await;
    assert_eq!(switched.status(), 204);
    assert_eq!(graph.read(&behavior).await["isCloudManaged"], true);
    assert_eq!(graph.send(Method::PATCH, &group, named()).await.status(), 204);
    assert_eq!(graph.send(Method::PATCH, &behavior, Some(json!({"isCloudManaged": 1}))).await.status(), 400);
}
