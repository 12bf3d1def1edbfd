//! Paths of Graph: parts of an object, the model as a document, and what a path that leads nowhere is told.

use http::Method;

use crate::client::{Graph, refusal, tenant};

const ANA: &str = r#"
users:
  - {userPrincipalName: ana@corp.example.test, displayName: Ana, mail: ana@corp.example.test}
"#;

#[tokio::test]
async fn a_property_is_read_in_its_envelope_and_raw() {
    let tenant = tenant(ANA).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let user = "/users/ana@corp.example.test";
    let name = graph.read(&format!("{user}/displayName")).await;
    assert_eq!(name["value"], "Ana");
    let context = format!("{}/$metadata#users('ana@corp.example.test')/displayName", tenant.graph_url());
    assert_eq!(name["@odata.context"], context);
    let raw = graph.get(&format!("{user}/MAIL/$value")).send().await.unwrap();
    assert_eq!(raw.headers()["content-type"], "text/plain");
    assert_eq!(raw.text().await.unwrap(), "ana@corp.example.test");
    for nothing in ["jobTitle", "jobTitle/$value"] {
        assert_eq!(graph.get(&format!("{user}/{nothing}")).send().await.unwrap().status(), 204, "{nothing}");
    }
    assert_eq!(graph.refused("/users/nobody@corp.example.test/displayName").await.0, 404);
}

#[tokio::test]
async fn the_service_document_names_sets_that_can_be_read() {
    let tenant = tenant(ANA).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    let document = graph.read("/").await;
    let entries = document["value"].as_array().unwrap();
    let sets = entries.iter().filter(|entry| entry["kind"] == "EntitySet");
    let urls: Vec<&str> = sets.map(|entry| entry["url"].as_str().unwrap()).collect();
    assert!(urls.contains(&"users") && urls.contains(&"organization"), "{urls:?}");
    for url in urls {
        let status = graph.get(&format!("/{url}")).send().await.unwrap().status();
        // objects of all types are there by their ids only
        assert_eq!(status, if url == "directoryObjects" { 405 } else { 200 }, "{url}");
    }
}

#[tokio::test]
async fn the_metadata_is_xml_and_tells_what_is_served() {
    let strict = tenant(ANA).start().await.unwrap();
    let answer = Graph::of(&strict).await.get("/$metadata").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/xml");
    let text = answer.text().await.unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    assert!(text.contains(r#"<EntitySet Name="users" EntityType="microsoft.graph.user""#), "{text}");
    assert!(text.contains(r#"<Property Name="onPremisesImmutableId" Type="Edm.String"/>"#), "{text}");
    assert!(text.contains(r#"<Function Name="delta" IsBound="true">"#), "{text}");
    assert!(!text.contains("userSMIMECertificate"));
    let named = text.split("Type=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for name in named.filter_map(|name| Some(name.rsplit_once("microsoft.graph.")?.1.trim_end_matches(')'))) {
        assert!(text.contains(&format!(" Name=\"{name}\"")), "{name} is not declared");
    }
    let extended = tenant(ANA).graph_certificates(true).start().await.unwrap();
    let text = Graph::of(&extended).await.get("/$metadata").send().await.unwrap().text().await.unwrap();
    assert!(text.contains("userSMIMECertificate"));
}

#[tokio::test]
async fn a_path_that_leads_nowhere_says_why() {
    let tenant = tenant(ANA).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (method, path, status, message) in [
        (Method::GET, "/partner", 400, "Resource not found for the segment 'partner'."),
        (Method::GET, "/users/1/nonsense", 400, "Resource not found for the segment 'nonsense'."),
        (
            Method::GET,
            "/users/1/calendar",
            501,
            "mock-tenant does not serve GET /users/{id}/calendar; the real service does.",
        ),
        (Method::PUT, "/users/1", 405, "Specified HTTP method is not allowed for the request target."),
        (
            Method::DELETE,
            "/organization",
            405,
            "Specified HTTP method is not allowed for the request target.",
        ),
    ] {
        let url = format!("{}{path}", graph.base);
        let answer =
            graph.client.request(method.clone(), url).bearer_auth(&graph.token).send().await.unwrap();
        let (got, _, text) = refusal(answer).await;
        assert_eq!((got, text.as_str()), (status, message), "{method} {path}");
    }
}

#[tokio::test]
async fn nobody_has_a_photo() {
    let tenant = tenant(ANA).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for (path, code) in [
        ("/users/ana@corp.example.test/photo", "ImageNotFound"),
        ("/users/ana@corp.example.test/photo/$value", "ImageNotFound"),
        ("/users/nobody@corp.example.test/photo", "Request_ResourceNotFound"),
    ] {
        let (status, got, _) = graph.refused(path).await;
        assert_eq!((status, got.as_str()), (404, code), "{path}");
    }
}

#[tokio::test]
async fn an_application_is_not_me() {
    let tenant = tenant(ANA).start().await.unwrap();
    let graph = Graph::of(&tenant).await;
    for path in ["/me", "/me/displayName"] {
        let (status, code, message) = graph.refused(path).await;
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{path}");
        assert_eq!(message, "/me request is only valid with delegated authentication flow.");
    }
}
