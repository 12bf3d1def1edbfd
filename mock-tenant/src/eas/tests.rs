//! Look-ups as a phone does them.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{AddressBook, Card, Query, ResolveRecipients};
use crate::xml::{Element, wbxml};

/// A book of few people; an address says how many certificates there are.
struct Book(BTreeMap<&'static str, Vec<Card>>);

impl AddressBook for Book {
    fn find(&self, name: &str) -> Vec<Card> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn certificates(&self, card: &Card) -> Vec<Bytes> {
        let count: u8 = card.address.parse().unwrap();
        (0..count).map(|n| Bytes::from(vec![n])).collect()
    }
}

fn card(name: &str, certificates: u8) -> Card {
    Card { display_name: name.to_owned(), address: certificates.to_string(), recipients: 1 }
}

fn book() -> Book {
    let people = [card("ana", 2), card("ben", 1), card("cem", 0)];
    let mut book: BTreeMap<_, _> =
        ["ana", "ben", "cem"].into_iter().zip(people.iter().cloned().map(|card| vec![card])).collect();
    book.insert("all", people.to_vec());
    book.insert("list", vec![Card { recipients: 3, ..card("list", 2) }]);
    Book(book)
}

fn request(names: &[&str], options: &[(&'static str, &str)]) -> Element {
    let options = options.iter().map(|(name, value)| Element::new(name).text(*value));
    let names = names.iter().map(|name| Element::new("To").text(*name));
    let root = Element::new("ResolveRecipients").declare("", "ResolveRecipients").children(names);
    let root = root.child(Element::new("Options").children(options));
    wbxml::decode(&wbxml::encode(&root).unwrap()).unwrap()
}

/// The answer in short, by way of its octets: status of each name, then of its certificates with their number told and sent.
fn told(names: &[&str], options: &[(&'static str, &str)]) -> Option<Vec<String>> {
    let answer = ResolveRecipients::read(&request(names, options))?.answer(&book());
    let answer = wbxml::decode(&wbxml::encode(&answer).unwrap()).unwrap();
    assert_eq!(answer.content_of("Status").as_deref(), Some("1"));
    let responses = answer.elements().filter(|element| element.name == "Response");
    Some(responses.map(response).collect())
}

fn response(response: &Element) -> String {
    let recipients: Vec<String> =
        response.elements().filter(|element| element.name == "Recipient").map(recipient).collect();
    let status = response.content_of("Status").unwrap();
    let count = response.content_of("RecipientCount").unwrap_or_default();
    format!("{status}/{count} {}", recipients.join(" "))
}

fn recipient(recipient: &Element) -> String {
    let name = recipient.content_of("DisplayName").unwrap();
    let Some(certificates) = recipient.get("Certificates") else { return name };
    let sent = certificates.elements().filter(|element| element.name == "Certificate").count();
    let told = |name| certificates.content_of(name).unwrap();
    format!("{name}:{}/{}/{sent}/{}", told("Status"), told("CertificateCount"), told("RecipientCount"))
}

#[test]
fn names_are_resolved_with_as_many_certificates_as_are_asked_for() {
    let full = ("CertificateRetrieval", "2");
    for (names, options, expected) in [
        (vec!["ana"], vec![], vec!["1/1 ana"]),
        (vec!["ana"], vec![("CertificateRetrieval", "1")], vec!["1/1 ana"]),
        (vec!["ana"], vec![full], vec!["1/1 ana:1/2/2/1"]),
        (vec!["cem"], vec![full], vec!["1/1 cem:7/0/0/1"]),
        (vec!["list"], vec![full], vec!["1/1 list:1/2/2/3"]),
        (vec!["nobody"], vec![full], vec!["4/ "]),
        (vec!["all"], vec![full], vec!["2/3 ana ben cem"]),
        (vec!["all"], vec![full, ("MaxAmbiguousRecipients", "2")], vec!["3/3 ana ben"]),
        (vec!["all"], vec![full, ("MaxAmbiguousRecipients", "3")], vec!["2/3 ana ben cem"]),
        // the limit is for the whole answer: who does not fit gets none, who comes later may
        (
            vec!["ben", "ana", "ben"],
            vec![full, ("MaxCertificates", "2")],
            vec!["1/1 ben:1/1/1/1", "1/1 ana:8/2/0/1", "1/1 ben:1/1/1/1"],
        ),
        (vec!["ana"], vec![full, ("MaxCertificates", "0")], vec!["1/1 ana:8/2/0/1"]),
    ] {
        assert_eq!(told(&names, &options).unwrap(), expected, "{names:?} {options:?}");
    }
}

#[test]
fn free_time_and_pictures_are_refused_one_by_one() {
    let asked = request(&["ana"], &[("Availability", ""), ("Picture", "")]);
    let answer = ResolveRecipients::read(&asked).unwrap().answer(&book());
    let status = |name: &str| answer.find(name).and_then(|element| element.content_of("Status"));
    assert_eq!((status("Availability").as_deref(), status("Picture").as_deref()), (Some("163"), Some("173")));
}

#[test]
fn what_is_beyond_the_limits_is_a_protocol_error() {
    let (long, longest) = ("x".repeat(257), "é".repeat(256));
    for (names, options, good) in [
        (vec![], vec![], false),
        (vec![" "], vec![], false),
        (vec![long.as_str()], vec![], false),
        (vec![longest.as_str()], vec![], true),
        (vec!["a"; 1001], vec![], false),
        (vec!["a"; 1000], vec![], true),
        (vec!["a"], vec![("CertificateRetrieval", "0")], false),
        (vec!["a"], vec![("CertificateRetrieval", "4")], false),
        (vec!["a"], vec![("MaxCertificates", "9999")], true),
        (vec!["a"], vec![("MaxCertificates", "10000")], false),
        (vec!["a"], vec![("MaxAmbiguousRecipients", "-1")], false),
    ] {
        assert_eq!(told(&names, &options).is_some(), good, "{} names, {options:?}", names.len());
    }
    let other = Element::new("Options").declare("", "ResolveRecipients").child(Element::new("To").text("a"));
    let other = wbxml::decode(&wbxml::encode(&other).unwrap()).unwrap();
    assert!(ResolveRecipients::read(&other).is_none());
    assert_eq!(ResolveRecipients::protocol_error().content_of("Status").as_deref(), Some("5"));
    assert!(
        ResolveRecipients::read(&request(&["a"], &[("CertificateRetrieval", "3")]))
            .unwrap()
            .wants_mini_certificates()
    );
}

#[test]
fn queries_are_read_in_both_forms() {
    let plain = Query::read("Cmd=ResolveRecipients&User=ana%40x.test&DeviceId=d1&DeviceType=phone").unwrap();
    assert_eq!(plain.command, "ResolveRecipients");
    assert_eq!((plain.user.as_deref(), plain.device_id.as_deref()), (Some("ana@x.test"), Some("d1")));
    // version 14.1, command 21, locale, device id, policy key, device type, user
    let octets = [&[141, 21, 9, 4, 2, 0xd1, 0xd2, 4, 1, 2, 3, 4, 2][..], b"PH", &[8, 3], b"ana"].concat();
    let encode = |octets: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, octets);
    let binary = Query::read(&encode(&octets)).unwrap();
    assert_eq!((binary.command, binary.user.as_deref()), ("ResolveRecipients", Some("ana")));
    assert_eq!(binary.device_id.as_deref(), Some("d1d2"));
    assert_eq!(Query::read("Cmd=Sync").unwrap().command, "Sync");
    for bad in [
        "",
        "Cmd=Nothing",
        "!!",
        "AAAA",
        &encode(&[141, 99, 0, 0, 0, 0, 0]),
        &encode(octets.get(..9).unwrap()),
    ] {
        assert!(Query::read(bad).is_err(), "{bad}");
    }
}
