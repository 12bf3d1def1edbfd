//! Query options of lists: search, pages of advanced queries, what is refused.

use serde_json::{Value as Json, json};

use crate::client::{Graph, names, refusal, tenant};

const PEOPLE: &str = r#"
users:
  - {userPrincipalName: ana@corp.example.test, displayName: "Ana-Maria Lopez", mail: ana@corp.example.test}
  - {userPrincipalName: bob@corp.example.test, displayName: "Bob Lopez", department: Sales}
  - {userPrincipalName: cyn@corp.example.test, displayName: CynthiaLopes, mail: cynthia@corp.example.test, department: Sales}
"#;

async fn eventual(graph: &Graph, path: &str) -> Json {
    let answer = graph.get(path).header("ConsistencyLevel", "eventual").send().await.unwrap();
    let status = answer.status();
    let body: Json = answer.json().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {body}");
    body
}

#[tokio::test]
async fn a_search_finds_words_and_beginnings() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (query, expected) in [
        (r#"$search="displayName:lop""#, "ana bob cyn"),
        (r#"$search="displayName:lopez ana""#, "ana"),
        (r#"$search="displayName:anamaria""#, "ana"),
        (r#"$search="displayName:opez""#, ""),
        (r#"$search="mail:cyn" OR "displayName:bob""#, "bob cyn"),
        (r#"$search="displayName:lopez" AND ("mail:cyn" OR "department:sal")"#, "bob"),
        (r#"$search="displayName:lop"&$filter=department eq 'Sales'"#, "bob cyn"),
        (r#"$search="displayName:lop"&$count=true&$orderby=displayName desc&$top=1"#, "cyn"),
    ] {
        let page = eventual(&graph, &format!("/users?{query}")).await;
        let found: Vec<String> = names(&page).iter().map(|name| name.chars().take(3).collect()).collect();
        assert_eq!(found.join(" "), expected, "{query}");
    }
}

#[tokio::test]
async fn a_search_that_can_not_be_is_refused() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let plain = graph.refused(r#"/users?$search="displayName:ana""#).await;
    let no_header = "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";
    assert_eq!(plain, (400, "Request_UnsupportedQuery".to_owned(), no_header.to_owned()));
    for (query, code, text) in [
        (
            "$search=displayName:ana",
            "BadRequest",
            "Syntax error: character ':' is not valid at position 11 in 'displayName:ana'.",
        ),
        (
            r#"$search="colour:red""#,
            "BadRequest",
            "Could not find a property named 'colour' on type 'microsoft.graph.user'.",
        ),
        (
            r#"$search="accountEnabled:true""#,
            "Request_UnsupportedQuery",
            "Property 'accountEnabled' of resource 'User' is not searchable.",
        ),
    ] {
        let answer = graph.get(&format!("/users?{query}")).header("ConsistencyLevel", "eventual");
        let (_, got, message) = refusal(answer.send().await.unwrap()).await;
        assert_eq!((got.as_str(), message.as_str()), (code, text), "{query}");
    }
}

#[tokio::test]
async fn pages_of_an_advanced_query_need_the_header_too_and_the_first_one_tells_the_count() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let first = eventual(&graph, "/users?$count=true&$top=2").await;
    assert_eq!(first["@odata.count"], 3);
    let next = first["@odata.nextLink"].as_str().unwrap();
    let (status, code, message) = graph.refused(next).await;
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (400, "Request_UnsupportedQuery", "Unsupported Query.")
    );
    let second = eventual(&graph, next).await;
    assert_eq!((names(&second).len(), second.get("@odata.count")), (1, None));
}

#[tokio::test]
async fn json_is_the_only_format() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    assert_eq!(graph.names("/users?$format=json").await.len(), 3);
    assert_eq!(graph.names("/users?$format=application/json;odata.metadata=minimal").await.len(), 3);
    assert_eq!(graph.refused("/users?$format=xml").await.0, 400);
}

/// The same with a look-up table and without: page by page, in the order of creation.
#[tokio::test]
async fn filters_answered_by_an_index_and_by_a_scan_give_the_same_pages() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (filter, expected) in [
        ("startsWith(displayName,'ana')", "ana"),
        ("startsWith(userPrincipalName,'')", "ana bob cyn"),
        ("userPrincipalName in ('CYN@corp.example.test','ana@corp.example.test')", "ana cyn"),
        ("department eq 'sales'", "bob cyn"),
        ("department eq 'Sales' and startsWith(displayName,'B')", "bob"),
        ("mail eq 'cynthia@corp.example.test' or mail eq 'ana@corp.example.test'", "ana cyn"),
        ("startsWith(mail,'CYN')", "cyn"),
        ("accountEnabled eq true and department eq 'Sales'", "bob cyn"),
        ("accountEnabled eq true", "ana bob cyn"),
        ("department eq 'Purchasing'", ""),
    ] {
        let (mut found, mut next) = (Vec::new(), Some(format!("/users?$top=1&$filter={filter}")));
        while let Some(url) = next {
            let page = graph.read(&url).await;
            found.extend(names(&page).iter().map(|name| name.chars().take(3).collect::<String>()));
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(found.join(" "), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_user_is_found_by_id_through_a_filter() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let id = graph.read("/users/bob@corp.example.test").await["id"].as_str().unwrap().to_owned();
    assert_eq!(graph.names(&format!("/users?$filter=id eq '{id}'")).await, ["bob@corp.example.test"]);
    let (_, code, message) = graph.refused(&format!("/users?$filter=id ge '{id}'")).await;
    assert_eq!(code, "Request_UnsupportedQuery", "{message}");
    let advanced = graph.get(&format!("/users?$filter=id ge '{id}'&$count=true"));
    let answer = advanced.header("ConsistencyLevel", "eventual").send().await.unwrap();
    // the text of the documentation's own example
    assert_eq!(refusal(answer).await.2, "The request uses a filter property that is not indexed");
}

#[tokio::test]
async fn members_of_complex_properties_are_written_read_and_filtered_by() {
    let tenant = tenant(PEOPLE).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let change = json!({
        "employeeOrgData": {"division": "North", "costCenter": "7"},
        "onPremisesExtensionAttributes": {"extensionAttribute3": "x"},
    });
    let answer = graph.patch("/users/bob@corp.example.test", &change).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    for filter in [
        "employeeOrgData/division eq 'north'",
        "startsWith(employeeOrgData/costCenter,'7')",
        "onPremisesExtensionAttributes/extensionAttribute3 eq 'x'",
    ] {
        let page = eventual(&graph, &format!("/users?$count=true&$filter={filter}")).await;
        assert_eq!(names(&page), ["bob@corp.example.test"], "{filter}");
    }
    let bob = graph.read("/users/bob@corp.example.test?$select=employeeOrgData").await;
    assert_eq!(bob["employeeOrgData"], change["employeeOrgData"]);
}
