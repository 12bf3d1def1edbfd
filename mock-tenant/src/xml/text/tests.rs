//! What is read and written, and what is refused.

use proptest::prelude::*;

use crate::xml::Element;
use crate::xml::build::DEPTH_MAX;
use crate::xml::text::{parse, write};

#[test]
fn the_vectors_come_back_as_they_were() {
    for text in [
        include_str!("../../../../tests/fixtures/nbfx-vectors/minimal.xml"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/capabilities-request.xml"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/provision-request.xml"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/readback-request.xml"),
    ] {
        let element = parse(text.as_bytes()).unwrap();
        assert_eq!(parse(write(&element).as_bytes()).unwrap(), element);
    }
}

#[test]
fn references_and_cdata_are_text() {
    let element = parse(b"<a b='&lt;&#65;'>x&amp;<![CDATA[<y>]]>&#xE9;</a>").unwrap();
    assert_eq!((element.content().as_str(), element.attributes[0].value.as_str()), ("x&<y>\u{e9}", "<A"));
}

#[test]
fn bad_text_is_refused_with_its_place() {
    let deep = "<a>".repeat(DEPTH_MAX + 1);
    for (text, place, problem) in [
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", (1, 1), "document type"),
        ("<a>\n <b>&x;</b></a>", (2, 5), "none is declared"),
        ("<a>\n<b></a>", (2, 4), "b"),
        ("<a><b:c/></a>", (1, 4), "not declared"),
        ("<a/><b/>", (1, 5), "second root"),
        ("<a>&#0;</a>", (1, 4), ""),
        ("<a>&#x1;</a>", (1, 4), "U+0001"),
        ("", (1, 1), "no element"),
        ("<a>", (1, 4), "ends inside"),
        ("x", (1, 1), "outside"),
        (deep.as_str(), (1, DEPTH_MAX * 3 + 1), "nested"),
    ] {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.line_column(), place, "{text}: {error}");
        assert!(error.problem.contains(problem), "{text}: {error}");
    }
    assert_eq!(parse(b"<a>\n\xff</a>").unwrap_err().line_column().0, 2);
}

proptest! {
    #[test]
    fn no_text_panics(text in "[<>/&;#x!\\[\\]CDATA'\"=: a-c\\PC]{0,200}") {
        let _ = parse(text.as_bytes());
    }

    #[test]
    fn no_octets_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&octets);
    }

    #[test]
    fn text_survives_a_round(text in "[ -~\u{a0}-\u{fff}\r\n\t]{0,60}") {
        let element = Element::new("a").text(text.clone());
        let back = parse(write(&element).as_bytes()).unwrap();
        prop_assert_eq!(back.content(), text);
    }

    #[test]
    fn a_tree_is_no_larger_than_its_text_allows(count in 0usize..200) {
        let text = format!("<a>{}</a>", "<b c='d'/>".repeat(count));
        let element = parse(text.as_bytes()).unwrap();
        prop_assert_eq!(element.elements().count(), count);
    }
}
