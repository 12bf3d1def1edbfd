//! What a connection does: pipelining, noise, limits, faults, and the end of the double.

use bytes::Bytes;
use kit::faults::FaultPlan;
use mock_directory::MockDirectory;
use mock_directory::wire::message::*;
use mock_directory::wire::oid;
use tokio::net::{TcpListener, TcpStream};

use crate::support::client::RawClient;
use crate::support::people;
use crate::support::request::encode;

const BASE: &str = "DC=corp,DC=example,DC=test";

async fn directory() -> MockDirectory {
    MockDirectory::builder().ldif(people(3)).start().await.unwrap()
}

async fn bound(directory: &MockDirectory) -> RawClient {
    let mut client = RawClient::connect(directory.ldap_url()).await;
    assert_eq!(client.bind(&directory.bind_dn(), directory.admin_password()).await.code, 0);
    client
}

fn search(filter: &str) -> Op {
    Op::Search(SearchRequest {
        base: BASE.to_owned(),
        scope: Scope::Subtree,
        deref: 0,
        size_limit: 0,
        time_limit: 0,
        types_only: false,
        filter: filter.parse().unwrap(),
        attrs: vec!["cn".to_owned()],
    })
}

fn rename_mail(number: usize) -> Op {
    let attribute = Attribute { name: "mail".into(), values: vec![Bytes::from(format!("m{number}@x.test"))] };
    let changes = vec![Change { kind: ChangeKind::Replace, attribute }];
    Op::Modify(ModifyRequest { dn: format!("CN=Person 1,OU=People,{BASE}"), changes })
}

fn faults(directory: &MockDirectory, plan: &str) {
    directory.faults().set(FaultPlan::from_json(plan).unwrap()).unwrap();
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let directory = directory().await;
    let mut client = bound(&directory).await;
    let mut ids = Vec::new();
    let mut octets = Vec::new();
    for number in 0..300 {
        let id = client.id();
        let op = if number % 3 == 0 { rename_mail(number) } else { search("(sAMAccountName=person2)") };
        octets.extend(encode(&Request { id, op, controls: vec![] }));
        ids.push(id);
    }
    client.send(&octets).await;
    for (number, id) in ids.into_iter().enumerate() {
        let answer = client.answer(id).await;
        assert_eq!(answer.outcome.unwrap().code, 0);
        assert_eq!(answer.entries.len(), usize::from(number % 3 != 0));
    }
}

#[tokio::test]
async fn what_is_wrong_in_one_operation_leaves_the_connection_alone() {
    let directory = directory().await;
    let mut client = bound(&directory).await;
    // a search that ends after its base, a filter choice that does not exist, an add whose name is no text
    let cut_off = client.call_raw(&[0x63, 2, 4, 0], &[]).await.outcome.unwrap();
    assert_eq!((cut_off.code, cut_off.tag), (2, 0x65), "{}", cut_off.message);
    let bad_name = client.call_raw(&[0x68, 5, 4, 1, 0xff, 0x30, 0], &[]).await.outcome.unwrap();
    assert_eq!((bad_name.code, bad_name.tag), (34, 0x69));
    let bad_control =
        Control { oid: oid::PAGED.into(), critical: true, value: Some(Bytes::from_static(b"junk")) };
    let refused = client.call(search("(cn=*)"), vec![bad_control]).await.outcome.unwrap();
    assert_eq!((refused.code, refused.tag), (12, 0x65));
    assert_eq!(client.call(search("(sAMAccountName=person1)"), vec![]).await.entries.len(), 1);
}

#[tokio::test]
async fn noise_ends_with_a_notice_of_disconnection() {
    let directory = directory().await;
    for noise in [
        &b"GET / HTTP/1.1\r\n"[..],
        &[0x30, 0x80],
        &[0x30, 5, 2, 1, 0, 0x42, 0],
        &[0x30, 0x84, 0x7f, 0, 0, 0],
    ] {
        let mut client = RawClient::connect(directory.ldap_url()).await;
        client.send(noise).await;
        let notice = client.answer(0).await.outcome.unwrap();
        assert_eq!(
            (notice.code, notice.tag, notice.name.as_deref()),
            (2, 0x78, Some(oid::NOTICE_OF_DISCONNECTION))
        );
        assert_eq!(client.pdu().await, None, "the connection is closed");
    }
}

#[tokio::test]
async fn what_follows_start_tls_in_clear_is_not_heard() {
    let directory = directory().await;
    let mut client = RawClient::connect(directory.ldap_url()).await;
    let start = Op::Extended(ExtendedRequest { name: oid::START_TLS.into(), value: None });
    let mut octets = encode(&Request { id: 2, op: start, controls: vec![] }).to_vec();
    octets.extend(encode(&Request { id: 3, op: search("(cn=*)"), controls: vec![] }));
    client.send(&octets).await;
    assert_eq!(client.answer(2).await.outcome.unwrap().code, 0);
    assert_eq!(client.pdu().await, None);
}

#[tokio::test]
async fn policies_limit_messages_and_connections() {
    let start = MockDirectory::builder().policy("MaxReceiveBuffer", 2048).policy("MaxConnections", 1).start();
    let directory = start.await.unwrap();
    let mut first = bound(&directory).await;
    let mut second = RawClient::connect(directory.ldap_url()).await;
    assert_eq!(second.pdu().await, None, "one connection too many");
    first.send(&encode(&Request { id: 9, op: Op::Delete("x".repeat(3000)), controls: vec![] })).await;
    let notice = first.answer(0).await.outcome.unwrap();
    assert_eq!(notice.name.as_deref(), Some(oid::NOTICE_OF_DISCONNECTION), "{}", notice.message);
}

#[tokio::test]
async fn a_lost_answer_is_an_operation_that_was_carried_out() {
    let directory = directory().await;
    let mut client = bound(&directory).await;
    faults(&directory, r#"{"rules":[{"when":{"op":"ldap.modify"},"then":[{"lost_ack":{}}],"times":1}]}"#);
    assert_eq!(client.call(rename_mail(9), vec![]).await.outcome, None);
    let entry = directory.entry(&format!("CN=Person 1,OU=People,{BASE}")).unwrap();
    assert_eq!(entry.text("mail"), Some("m9@x.test"));
    let journal = directory.journal().since(0);
    assert_eq!(journal.last().unwrap().fault.as_deref(), Some("lost_ack"));
}

#[tokio::test]
async fn faults_answer_for_the_directory() {
    let directory = directory().await;
    let mut client = bound(&directory).await;
    faults(
        &directory,
        r#"{"rules":[{"when":{"op":"ldap.modify"},"then":[{"busy":{}}],"times":1},
                     {"when":{"op":"ldap.search"},"then":[{"stale_read":{}},{"duplicate_page":{}}],"times":1},
                     {"when":{"op":"ldap.search","nth":2},"then":[{"close_before":{}}]}]}"#,
    );
    assert_eq!(client.call(rename_mail(1), vec![]).await.outcome.unwrap().code, 51);
    assert_eq!(client.call(rename_mail(2), vec![]).await.outcome.unwrap().code, 0);
    let stale = client.call(search("(mail=m2@x.test)"), vec![]).await;
    assert_eq!((stale.entries.len(), stale.outcome.unwrap().code), (0, 0), "the state before the write");
    assert_eq!(client.call(search("(cn=*)"), vec![]).await.outcome, None);
}

#[tokio::test]
async fn a_dropped_double_frees_its_ports() {
    let directory = directory().await;
    let urls = [directory.ldap_url(), directory.ldaps_url().unwrap(), directory.control_url().unwrap()];
    let addresses = urls.map(|url| url.split("://").nth(1).unwrap().to_owned());
    let mut client = bound(&directory).await;
    drop(directory);
    for address in &addresses {
        TcpListener::bind(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        assert!(TcpStream::connect(address).await.is_err(), "{address}");
    }
    assert_eq!(client.pdu().await, None);
}

#[tokio::test]
async fn snapshots_and_ldif_over_the_control_api() {
    let directory = directory().await;
    let control = directory.control_url().unwrap();
    let http = reqwest::Client::new();
    let snapshot: serde_json::Value =
        http.post(format!("{control}/snapshots")).send().await.unwrap().json().await.unwrap();
    let change = format!("dn: CN=Person 1,OU=People,{BASE}\nchangetype: delete\n");
    let applied = http.post(format!("{control}/ldif")).body(change).send().await.unwrap();
    assert!(applied.status().is_success(), "{}", applied.text().await.unwrap());
    let ldif = || async { http.get(format!("{control}/ldif")).send().await.unwrap().text().await.unwrap() };
    assert!(!ldif().await.contains("dn: CN=Person 1,"));
    let id = snapshot["id"].as_str().unwrap();
    let restored = http.post(format!("{control}/snapshots/{id}/restore")).send().await.unwrap();
    assert!(restored.status().is_success());
    assert!(ldif().await.contains("dn: CN=Person 1,"));
    let refused = http.post(format!("{control}/ldif")).body("dn CN=x\n").send().await.unwrap();
    assert_eq!(refused.status(), 400);
}
