//! Reading through Graph.

use serde_json::json;

use crate::client::{Graph, https, many_users, names, tenant};

const TWO: &str = r#"
users:
  - {userPrincipalName: ana@corp.example.test, displayName: Ana, sourceAnchor: "AAAAAAAAAAAAAAAAAAAAAA==", onPremisesSyncEnabled: true, mail: ana@corp.example.test, proxyAddresses: ["SMTP:ana@corp.example.test", "smtp:a@corp.example.test"]}
  - {userPrincipalName: bob@corp.example.test, displayName: Bob, accountEnabled: false}
contacts:
  - {displayName: Carla, mail: carla@partner.test, proxyAddresses: ["SMTP:carla@partner.test"]}
"#;

#[tokio::test]
async fn a_page_link_means_nothing_in_another_state() {
    let tenant = tenant(&many_users(3)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let snapshot = tenant.snapshot();
    let next = graph.read("/users?$top=1").await["@odata.nextLink"].as_str().unwrap().to_owned();
    graph.read(&next).await;
    tenant.restore(snapshot);
    assert_eq!(graph.refused(&next).await.0, 400);
}

#[tokio::test]
async fn pages_lead_to_the_end_and_hold_everybody_once() {
    let tenant = tenant(&many_users(250)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (start, pages) in
        [("/users", 3), ("/users?$top=999", 1), ("/users?$top=7&$select=userPrincipalName", 36)]
    {
        let (mut seen, mut count, mut next) = (Vec::new(), 0, Some(start.to_owned()));
        while let Some(url) = next {
            let page = graph.read(&url).await;
            seen.extend(names(&page));
            count += 1;
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
            assert!(next.as_ref().is_none_or(|url| url.starts_with(&tenant.graph_url())), "{next:?}");
        }
        let expected: Vec<String> = (0..250).map(|n| format!("user{n:04}@corp.example.test")).collect();
        assert_eq!((seen == expected, count), (true, pages), "{start}");
    }
}

#[tokio::test]
async fn a_page_token_belongs_to_its_query_and_can_not_be_altered() {
    let tenant = tenant(&many_users(5)).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let page = graph.read("/users?$top=2").await;
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert_eq!(graph.names(next).await, ["user0002@corp.example.test", "user0003@corp.example.test"]);
    let moved = next.replace("$top=2", "$top=3");
    assert_eq!(graph.refused(&moved).await.0, 400);
    let altered = format!("{next}A");
    assert_eq!(graph.refused(&altered).await.0, 400);
}

#[tokio::test]
async fn filters_find_by_index_and_by_scan() {
    let tenant = tenant(TWO).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let found = async |filter: &str| graph.names(&format!("/users?$filter={filter}")).await.join(" ");
    let ana = "ana@corp.example.test";
    assert_eq!(found("onPremisesImmutableId eq 'AAAAAAAAAAAAAAAAAAAAAA%3D%3D'").await, ana);
    assert_eq!(found("onPremisesImmutableId eq 'BAAAAAAAAAAAAAAAAAAAAA%3D%3D'").await, "");
    assert_eq!(found("userPrincipalName eq 'ANA@corp.example.test'").await, ana);
    assert_eq!(found("proxyAddresses/any(p:p eq 'smtp:A@corp.example.test')").await, ana);
    assert_eq!(found("onPremisesSyncEnabled eq true").await, ana);
    assert_eq!(found("accountEnabled eq false").await, "bob@corp.example.test");
}

#[tokio::test]
async fn one_user_by_id_by_name_and_in_parentheses() {
    let tenant = tenant(TWO).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let by_name = graph.read("/users/ana@corp.example.test").await;
    let id = by_name["id"].as_str().unwrap();
    assert_eq!(by_name["@odata.context"], format!("{}/$metadata#users/$entity", tenant.graph_url()));
    assert_eq!(graph.read(&format!("/users/{id}")).await, by_name);
    assert_eq!(graph.read(&format!("/USERS('{id}')")).await, by_name);
    let keys: Vec<&String> = by_name.as_object().unwrap().keys().collect();
    assert!(!keys.iter().any(|key| key.contains("onPremises") || key.contains("ertificate")), "{keys:?}");
    let chosen = graph.read(&format!("/users/{id}?$select=id,onPremisesImmutableId,proxyAddresses")).await;
    assert_eq!(chosen["onPremisesImmutableId"], "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(chosen.as_object().unwrap().len(), 4);
    let beta = graph.base.replace("/v1.0", "/beta");
    assert_eq!(graph.read(&format!("{beta}/users/{id}")).await["onPremisesSyncEnabled"], true);
    let (status, code, message) = graph.refused("/users/nobody@corp.example.test").await;
    assert_eq!((status, code.as_str()), (404, "Request_ResourceNotFound"));
    assert_eq!(
        message,
        "Resource 'nobody@corp.example.test' does not exist or one of its queried reference-property objects are not present."
    );
}

#[tokio::test]
async fn certificates_are_no_properties_unless_the_extension_is_on() {
    let world = r#"{"users": [{"userPrincipalName": "ana@corp.example.test", "displayName": "Ana", "userCertificate": ["MAA="]}]}"#;
    let strict = tenant(world).start().await.unwrap();
    let (status, _, message) = Graph::of(&strict).await.refused("/users?$select=userCertificate").await;
    assert_eq!(status, 400);
    let told = "Could not find a property named 'userCertificate' on type 'microsoft.graph.user'.";
    assert!(message.ends_with(told), "{message}");
    let extended = tenant(world).graph_certificates(true).start().await.unwrap();
    let graph = Graph::of(&extended).await;
    let answer = graph.get("/users?$select=userCertificate").send().await.unwrap();
    assert!(answer.headers().contains_key("x-mock-tenant-extension"));
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["value"][0]["userCertificate"], json!(["MAA="]));
}

#[tokio::test]
async fn advanced_queries_need_their_header() {
    let tenant = tenant(TWO).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let filter = "/users?$filter=displayName ne 'Ana'&$count=true";
    assert_eq!(graph.refused(filter).await.1, "Request_UnsupportedQuery");
    let eventual = |path: &str| graph.get(path).header("ConsistencyLevel", "eventual");
    let page: serde_json::Value = eventual(filter).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (names(&page).join(""), &page["@odata.count"]),
        ("bob@corp.example.test".to_owned(), &json!(1))
    );
    let nothing = "/users?$filter=mail eq null&$count=true";
    assert_eq!(graph.refused(nothing).await.1, "Request_UnsupportedQuery");
    let page: serde_json::Value = eventual(nothing).send().await.unwrap().json().await.unwrap();
    assert_eq!(names(&page), ["bob@corp.example.test"]);
    // without the header $count=true is ignored, and /$count refused
    assert!(graph.read("/users?$count=true").await.get("@odata.count").is_none());
    assert_eq!(graph.refused("/users/$count").await.2, "$count is not currently supported.");
    assert_eq!(eventual("/users/$count").send().await.unwrap().text().await.unwrap(), "2");
}

#[tokio::test]
async fn order_select_and_size_are_checked() {
    let tenant = tenant(TWO).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    assert_eq!(graph.names("/users?$orderby=displayName desc&$top=1").await, ["bob@corp.example.test"]);
    for (query, code, text) in [
        (
            "$top=0",
            "Request_BadRequest",
            "Invalid page size specified: '0'. Must be between 1 and 999 inclusive.",
        ),
        (
            "$top=1000",
            "Request_BadRequest",
            "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.",
        ),
        ("select=id", "Request_BadRequest", "Unrecognized query argument specified: 'select'."),
        ("$orderby=mail", "Request_UnsupportedQuery", "Sorting not supported for current query."),
        ("$skip=1", "Request_BadRequest", "'$skip' is not supported by the service."),
    ] {
        let (_, got, message) = graph.refused(&format!("/users?{query}")).await;
        assert_eq!((got.as_str(), message.as_str()), (code, text), "{query}");
    }
}

#[tokio::test]
async fn every_answer_has_graphs_headers() {
    let tenant = tenant("{}").start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for path in ["/users", "/nonsense", "/groups"] {
        let answer = graph.get(path).header("client-request-id", "my-own-id").send().await.unwrap();
        let headers = answer.headers().clone();
        assert_eq!(headers["client-request-id"], "my-own-id");
        assert_eq!(headers["date"], "Tue, 01 Sep 2026 12:00:00 GMT");
        assert!(headers.contains_key("x-ms-ags-diagnostic") && headers["odata-version"] == "4.0");
        let body: serde_json::Value = answer.json().await.unwrap();
        if let Some(error) = body.get("error") {
            assert_eq!(error["innerError"]["request-id"], headers["request-id"].to_str().unwrap());
            assert_eq!(error["innerError"]["client-request-id"], "my-own-id");
        }
    }
}

#[tokio::test]
async fn contacts_organization_and_sync_configuration_are_read() {
    let tenant = tenant(TWO).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let contacts = graph.read("/contacts").await;
    assert_eq!(contacts["value"][0]["proxyAddresses"], json!(["SMTP:carla@partner.test"]));
    let organization = graph.read("/organization").await;
    assert_eq!(organization["value"][0]["id"], tenant.tenant_id().to_string());
    let sync = graph.read("/directory/onPremisesSynchronization").await;
    let prevention = &sync["value"][0]["configuration"]["accidentalDeletionPrevention"];
    assert_eq!(
        prevention,
        &json!({"synchronizationPreventionType": "enabledForCount", "alertThreshold": 500})
    );
    assert_eq!(sync["value"][0]["features"].as_object().unwrap().len(), 20);
}

#[tokio::test]
async fn real_host_names_and_plain_http_lead_to_the_same_faces() {
    let tenant =
        tenant(TWO).http("127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap()).start().await.unwrap();
    let mut graph = Graph::of(&tenant).await;
    let port = url::Url::parse(&tenant.graph_url()).unwrap().port().unwrap();
    let ca = reqwest::Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
    let addr = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let builder = reqwest::Client::builder().tls_certs_only([ca]);
    graph.client = builder.resolve("graph.microsoft.com", addr).build().unwrap();
    let real = format!("https://graph.microsoft.com:{port}");
    assert_eq!(graph.names(&format!("{real}/v1.0/users")).await.len(), 2);
    assert_eq!(graph.refused(&format!("{real}/users")).await.2, "Invalid version: users");
    graph.client = https(&tenant);
    let plain = tenant.http_url().unwrap();
    let page = graph.read(&format!("{plain}/v1.0/users?$top=1")).await;
    assert!(page["@odata.nextLink"].as_str().unwrap().starts_with(&plain));
}

#[tokio::test]
async fn a_dropped_tenant_frees_its_ports() {
    let tenant = tenant("{}").start().await.unwrap();
    let port = url::Url::parse(&tenant.graph_url()).unwrap().port().unwrap();
    let control = url::Url::parse(&tenant.control_url().unwrap()).unwrap().port().unwrap();
    drop(tenant);
    for port in [port, control] {
        std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}
