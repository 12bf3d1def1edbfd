//! What is read and written, and what is refused.

use proptest::prelude::*;

use super::{decode, encode};
use crate::xml::{Atom, Element, Place, text};

fn octets(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal.replace(' ', "")).unwrap()
}

fn request() -> Element {
    let options = Element::new("Options").child(Element::new("CertificateRetrieval").text("2"));
    Element::new("ResolveRecipients")
        .declare("", "ResolveRecipients")
        .child(Element::new("To").text("é"))
        .child(options)
        .child(Element::new("Picture"))
}

const REQUEST: &str = "03 01 6A 00 00 0A 45 50 03 C3 A9 00 01 4F 51 03 32 00 01 01 1A 01";

#[test]
fn a_message_is_written_and_read() {
    assert_eq!(hex::encode_upper(encode(&request()).unwrap()), REQUEST.replace(' ', ""));
    let read = decode(&octets(REQUEST)).unwrap();
    assert!(read.is("ResolveRecipients", "ResolveRecipients"));
    assert_eq!(read.get("To").map(Element::content).as_deref(), Some("é"));
    assert_eq!(read.find("CertificateRetrieval").map(Element::content).as_deref(), Some("2"));
    assert!(read.get("Picture").is_some_and(|picture| picture.children.is_empty()));
}

#[test]
fn pages_are_switched_and_octets_are_opaque() {
    let certificate = Element::new("Certificate").declare("", "ValidateCert").octets(vec![7; 200].into());
    let root = Element::new("ResolveRecipients")
        .declare("", "ResolveRecipients")
        .child(certificate)
        .child(Element::new("Status").atom(Atom::Integer(1)));
    let message = encode(&root).unwrap();
    assert_eq!(hex::encode(&message[..12]), "03016a00000a45000b47c381");
    assert_eq!(message[12], 0x48, "200 in seven bits an octet");
    let read = decode(&message).unwrap();
    assert_eq!(
        text::write(&read),
        text::write(&text::parse(text::write(&root).as_bytes()).unwrap())
            .replace("<Status>", "<Status xmlns=\"ResolveRecipients\">")
    );
}

#[test]
fn bad_messages_are_refused_with_their_place() {
    for (message, at, problem) in [
        ("", 0, "ends inside"),
        ("02 01 6A 00", 0, "1.3"),
        ("03 01 04 00", 0, "UTF-8"),
        ("03 01 6A 01 00", 0, "string table"),
        ("03 01 6A 00", 0, "no element"),
        ("03 01 6A 00 45", 4, "code page 0"),
        ("03 01 6A 00 00 0A 7F", 6, "no tag 0x3F"),
        ("03 01 6A 00 00 0A 44", 6, "no tag 0x04"),
        ("03 01 6A 00 00 0A C5", 6, "0xC5"),
        ("03 01 6A 00 00 0A 45 50 03 41", 8, "without an end"),
        ("03 01 6A 00 00 0A 45 50 03 FF 00", 8, "not UTF-8"),
        ("03 01 6A 00 00 0A 45 50 C3 05 41", 8, "5 octets"),
        ("03 01 6A 00 00 0A 45 50 C3 FF FF FF FF FF", 8, "32 bits"),
        ("03 01 6A 00 00 0A 45", 6, "inside of <ResolveRecipients>"),
        ("03 01 6A 00 00 0A 05 01", 7, "end without a start"),
        ("03 01 6A 00 00 0A 05 05", 7, "second root"),
    ] {
        let error = decode(&octets(message)).unwrap_err();
        assert!(error.problem.contains(problem), "{message}: {error}");
        assert_eq!(error.place, Place::Octet(at), "{message}: {error}");
    }
    assert!(encode(&Element::new("To")).is_err(), "no namespace");
    assert!(encode(&Element::new("Nothing").declare("", "ValidateCert")).is_err());
}

proptest! {
    #[test]
    fn no_octets_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&[&[3, 1, 0x6a, 0, 0, 10], body.as_slice()].concat());
        let _ = decode(&body);
    }

    #[test]
    fn text_survives_a_round(text in "[^\0]{1,30}", octets in proptest::collection::vec(any::<u8>(), 1..300)) {
        let root = request().child(Element::new("To").text(text.clone())).child(Element::new("Data").octets(octets.into()));
        let read = decode(&encode(&root).unwrap()).unwrap();
        let content = |element: &Element, name: &str| element.elements().filter(|inner| inner.name == name).last().map(Element::content);
        prop_assert_eq!(content(&read, "To"), Some(text));
        prop_assert_eq!(content(&read, "Data"), content(&root, "Data"));
    }
}
