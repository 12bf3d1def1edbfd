//! Delta queries.

use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::client::{Graph, many_users, tenant};

const WORLD: &str = r#"
users:
  - {userPrincipalName: ana@corp.example.test, displayName: Ana}
  - {userPrincipalName: bob@corp.example.test, displayName: Bob}
groups:
  - {displayName: Staff, securityEnabled: true, members: [ana@corp.example.test]}
"#;

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Graph {
    /// Follows the pages to their end: all entries, and the delta link.
    async fn round(&self, start: &str) -> (Vec<Json>, String) {
        let (mut entries, mut url) = (Vec::new(), start.to_owned());
        loop {
            let page = self.read(&url).await;
            entries.extend(page["value"].as_array().unwrap().iter().cloned());
            if let Some(delta) = page["@odata.deltaLink"].as_str() {
                return (entries, delta.to_owned());
            }
            url = page["@odata.nextLink"].as_str().unwrap().to_owned();
        }
    }

    async fn change(&self, path: &str, body: Json) {
        assert_eq!(self.patch(path, &body).send().await.unwrap().status(), 204, "{path}");
    }
}

#[tokio::test]
async fn all_first_then_what_changed() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (all, link) = graph.round("/users/delta").await;
    assert_eq!(all.len(), 2);
    assert!(all[0].get("jobTitle").is_none(), "what never had a value is left out: {}", all[0]);
    assert!(link.contains("/users/delta?$deltatoken="), "{link}");
    assert_eq!(graph.round(&link).await.0, Vec::<Json>::new());
    graph.change("/users/ana@corp.example.test", json!({"jobTitle": "Clerk"})).await;
    let (changed, next) = graph.round(&link).await;
    assert_eq!(
        (changed.len(), &changed[0]["displayName"], &changed[0]["jobTitle"]),
        (1, &json!("Ana"), &json!("Clerk"))
    );
    // a token may be used again and tells the same
    assert_eq!(graph.round(&link).await.0, changed);
    assert_eq!(graph.round(&next).await.0, Vec::<Json>::new());
    let minimal = graph.get(&link).header("Prefer", "return=minimal").send().await.unwrap();
    let minimal: Json = minimal.json().await.unwrap();
    assert_eq!(minimal["value"], json!([{"jobTitle": "Clerk", "id": changed[0]["id"]}]));
    graph.change("/users/ana@corp.example.test", json!({"jobTitle": null})).await;
    let (cleared, _) = graph.round(&next).await;
    assert_eq!(cleared[0]["jobTitle"], Json::Null, "{cleared:?}");
    assert!(cleared[0].as_object().unwrap().contains_key("jobTitle"));
}

#[tokio::test]
async fn pages_hold_everybody_once_in_every_form_of_the_call() {
    let tenant = tenant(&many_users(450)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for start in ["/users/delta", "/users/delta()", "/users/microsoft.graph.delta()", "/users/delta?$top=5"] {
        let (all, _) = graph.round(start).await;
        assert_eq!(all.len(), 450, "{start}");
    }
}

#[tokio::test]
async fn only_changes_of_what_was_selected_are_told() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (all, link) = graph.round("/users/delta?$select=displayName,mobilePhone").await;
    assert_eq!(all[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["displayName", "id"]);
    graph.change("/users/ana@corp.example.test", json!({"jobTitle": "Clerk"})).await;
    graph.change("/users/bob@corp.example.test", json!({"displayName": "Robert"})).await;
    let (changed, _) = graph.round(&link).await;
    assert_eq!((changed.len(), &changed[0]["displayName"]), (1, &json!("Robert")));
}

#[tokio::test]
async fn deletion_restoring_and_purging_are_told_apart() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (all, link) = graph.round("/users/delta?$select=displayName").await;
    let id = all[0]["id"].as_str().unwrap().to_owned();
    graph.delete(&format!("/users/{id}")).send().await.unwrap();
    let (told, after_delete) = graph.round(&link).await;
    assert_eq!(told, [json!({"id": id, "@removed": {"reason": "changed"}})]);
    graph.post(&format!("/directory/deletedItems/{id}/restore"), &json!({})).send().await.unwrap();
    let (told, after_restore) = graph.round(&after_delete).await;
    assert_eq!((told.len(), &told[0]["displayName"]), (1, &json!("Ana")));
    graph.delete(&format!("/users/{id}")).send().await.unwrap();
    graph.delete(&format!("/directory/deletedItems/{id}")).send().await.unwrap();
    let (told, _) = graph.round(&after_restore).await;
    assert_eq!(told, [json!({"id": id, "@removed": {"reason": "deleted"}})]);
}

#[tokio::test]
async fn members_come_and_go() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let users = graph.read("/users?$select=id").await;
    let id = |at: usize| users["value"][at]["id"].clone();
    let (all, link) = graph.round("/groups/delta").await;
    assert_eq!(all[0]["members@delta"], json!([{"@odata.type": "#microsoft.graph.user", "id": id(0)}]));
    let members = format!("/groups/{}/members", all[0]["id"].as_str().unwrap());
    let bob =
        json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/users/{}", id(1).as_str().unwrap())});
    assert_eq!(graph.post(&format!("{members}/$ref"), &bob).send().await.unwrap().status(), 204);
    let remove = format!("{members}/{}/$ref", id(0).as_str().unwrap());
    assert_eq!(graph.delete(&remove).send().await.unwrap().status(), 204);
    let (told, _) = graph.round(&link).await;
    let mut ends = told[0]["members@delta"].as_array().unwrap().clone();
    ends.sort_by_key(|end| end.get("@removed").is_some());
    assert_eq!(
        ends,
        [
            json!({"@odata.type": "#microsoft.graph.user", "id": id(1)}),
            json!({"@odata.type": "#microsoft.graph.user", "id": id(0), "@removed": {"reason": "deleted"}}),
        ]
    );
    let (unselected, _) = graph.round("/groups/delta?$select=displayName").await;
    assert!(unselected[0].get("members@delta").is_none());
}

#[tokio::test]
async fn from_now_on_and_only_some() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (nothing, link) = graph.round("/users/delta?$deltatoken=latest").await;
    assert_eq!(nothing, Vec::<Json>::new());
    let bob = graph.read("/users/bob@corp.example.test").await["id"].as_str().unwrap().to_owned();
    let (some, of_bob) =
        graph.round(&format!("/users/delta?$filter=id eq '{bob}'&$select=displayName")).await;
    assert_eq!(some, [json!({"displayName": "Bob", "id": bob})]);
    graph.change("/users/ana@corp.example.test", json!({"displayName": "Anna"})).await;
    assert_eq!(graph.round(&of_bob).await.0, Vec::<Json>::new());
    assert_eq!(graph.round(&link).await.0.len(), 1);
}

#[tokio::test]
async fn a_token_that_is_old_foreign_or_altered_is_refused() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let (_, link) = graph.round("/users/delta").await;
    assert_eq!(graph.refused(&format!("{link}A")).await.0, 400);
    assert_eq!(graph.refused(&link.replace("/users/", "/groups/")).await.0, 400);
    tenant.clock().advance(WEEK).unwrap();
    let graph = Graph::of(&tenant).await;
    graph.read(&link).await;
    tenant.clock().advance(SignedDuration::from_secs(1)).unwrap();
    let graph = Graph::of(&tenant).await;
    let gone = graph.get(&link).send().await.unwrap();
    assert_eq!(gone.status(), 410);
    let anew = gone.headers()["location"].to_str().unwrap().to_owned();
    assert!(anew.ends_with("/users/delta?$deltatoken="), "{anew}");
    assert_eq!(gone.json::<Json>().await.unwrap()["error"]["code"], "syncStateNotFound");
    assert_eq!(graph.round(&anew).await.0.len(), 2);
}

#[tokio::test]
async fn changes_are_told_when_they_have_arrived() {
    let lag = SignedDuration::from_secs(60);
    let tenant = tenant(WORLD).replication_lag(lag).start().await.unwrap();
    tenant.clock().advance(lag).unwrap();
    let graph = Graph::of(&tenant).await;
    let (_, link) = graph.round("/users/delta").await;
    graph.change("/users/ana@corp.example.test", json!({"jobTitle": "Clerk"})).await;
    let (told, link) = graph.round(&link).await;
    assert_eq!(told, Vec::<Json>::new());
    tenant.clock().advance(lag).unwrap();
    assert_eq!(graph.round(&link).await.0.len(), 1);
}
