//! The specification's examples, the vectors, and what no message may do.

use proptest::prelude::*;
use uuid::Uuid;

use super::content::{Content, item_length};
use super::record::{Name, Prefix, Record};
use super::{decode, encode, records};
use crate::xml::{Atom, DEPTH_MAX, Element, Place, text};

/// Octets of a document, and the document: [MC-NBFX] 3. Names of the dictionary are those of [MC-NBFS]; the examples with
/// a comment alone or several roots are in an element here.
const EXAMPLES: &[(&str, &str)] = &[
    ("40 03 64 6F 63 01", "<doc/>"),
    ("40 03 64 6F 63 02 07 63 6F 6D 6D 65 6E 74 01", "<doc/>"),
    (
        "40 01 72 03 40 03 61 72 72 01 8B 03 33 33 88 88 DD DD 01",
        "<r><arr>13107</arr><arr>-30584</arr><arr>-8739</arr></r>",
    ),
    ("40 03 64 6F 63 04 04 61 74 74 72 84 01", "<doc attr='false'/>"),
    (
        "40 03 64 6F 63 09 03 70 72 65 0A 68 74 74 70 3A 2F 2F 61 62 63 05 03 70 72 65 04 61 74 74 72 84 01",
        "<doc xmlns:pre='http://abc' pre:attr='false'/>",
    ),
    ("40 03 64 6F 63 06 08 86 01", "<doc Header='true'/>"),
    (
        "40 03 64 6F 63 09 03 70 72 65 0A 68 74 74 70 3A 2F 2F 61 62 63 07 03 70 72 65 00 86 01",
        "<doc xmlns:pre='http://abc' pre:mustUnderstand='true'/>",
    ),
    ("40 03 64 6F 63 08 0A 68 74 74 70 3A 2F 2F 61 62 63 01", "<doc xmlns='http://abc'/>"),
    ("40 03 64 6F 63 09 01 70 0A 68 74 74 70 3A 2F 2F 61 62 63 01", "<doc xmlns:p='http://abc'/>"),
    ("40 03 64 6F 63 0A 04 01", "<doc xmlns='http://www.w3.org/2003/05/soap-envelope'/>"),
    ("40 03 64 6F 63 0B 01 70 04 01", "<doc xmlns:p='http://www.w3.org/2003/05/soap-envelope'/>"),
    (
        "40 03 64 6F 63 09 01 66 0A 68 74 74 70 3A 2F 2F 61 62 63 11 0A 98 05 68 65 6C 6C 6F 01",
        "<doc xmlns:f='http://abc' f:Action='hello'/>",
    ),
    (
        "40 03 64 6F 63 09 01 6B 0A 68 74 74 70 3A 2F 2F 61 62 63 30 04 61 74 74 72 86 01",
        "<doc xmlns:k='http://abc' k:attr='true'/>",
    ),
    (
        "40 03 64 6F 63 09 01 7A 0A 68 74 74 70 3A 2F 2F 61 62 63 3F 03 61 62 63 98 03 78 79 7A 01",
        "<doc xmlns:z='http://abc' z:abc='xyz'/>",
    ),
    (
        "41 03 70 72 65 03 64 6F 63 09 03 70 72 65 0A 68 74 74 70 3A 2F 2F 61 62 63 01",
        "<pre:doc xmlns:pre='http://abc'/>",
    ),
    ("42 0E 01", "<Body/>"),
    (
        "43 03 70 72 65 0E 09 03 70 72 65 0A 68 74 74 70 3A 2F 2F 61 62 63 01",
        "<pre:Body xmlns:pre='http://abc'/>",
    ),
    ("44 0A 09 01 61 0A 68 74 74 70 3A 2F 2F 61 62 63 01", "<a:Action xmlns:a='http://abc'/>"),
    ("56 26 09 01 73 0A 68 74 74 70 3A 2F 2F 61 62 63 01", "<s:DigestMethod xmlns:s='http://abc'/>"),
    ("5E 05 68 65 6C 6C 6F 09 01 61 0A 68 74 74 70 3A 2F 2F 61 62 63 01", "<a:hello xmlns:a='http://abc'/>"),
    (
        "70 09 4D 79 4D 65 73 73 61 67 65 09 01 73 0A 68 74 74 70 3A 2F 2F 61 62 63 01",
        "<s:MyMessage xmlns:s='http://abc'/>",
    ),
    ("40 03 61 62 63 81", "<abc>0</abc>"),
    ("40 03 64 6F 63 06 00 82 01", "<doc mustUnderstand='1'/>"),
    ("40 03 61 62 63 83", "<abc>1</abc>"),
    ("40 03 61 62 63 85", "<abc>false</abc>"),
    ("40 03 61 62 63 87", "<abc>true</abc>"),
    ("40 03 64 6F 63 88 DE 01", "<doc>-34</doc>"),
    ("42 9A 01 89 7F", "<Value>127</Value>"),
    ("40 03 64 6F 63 8A 00 80 01", "<doc>-32768</doc>"),
    ("42 9A 01 8B FF 7F", "<Value>32767</Value>"),
    ("40 03 64 6F 63 8C 15 CD 5B 07 01", "<doc>123456789</doc>"),
    ("42 9A 01 8D FF FF FF 7F", "<Value>2147483647</Value>"),
    ("40 03 64 6F 63 8E 00 00 00 80 00 00 00 00 01", "<doc>2147483648</doc>"),
    ("42 9A 01 8F 00 00 00 00 00 01 00 00", "<Value>1099511627776</Value>"),
    ("40 03 64 6F 63 04 01 61 90 CD CC 8C 3F 01", "<doc a='1.1'/>"),
    ("40 05 50 72 69 63 65 91 CD CC 01 42", "<Price>32.45</Price>"),
    ("40 03 64 6F 63 04 01 61 92 74 57 14 8B 0A BF 05 40 01", "<doc a='2.71828182845905'/>"),
    ("40 02 50 49 93 11 2D 44 54 FB 21 09 40", "<PI>3.14159265358979</PI>"),
    (
        "40 03 64 6F 63 04 03 69 6E 74 94 00 00 06 00 00 00 00 00 80 2D 4E 00 00 00 00 00 01",
        "<doc int='5.123456'/>",
    ),
    (
        "40 08 4D 61 78 56 61 6C 75 65 95 00 00 00 00 FF FF FF FF FF FF FF FF FF FF FF FF",
        "<MaxValue>79228162514264337593543950335</MaxValue>",
    ),
    ("40 03 64 6F 63 06 6E 96 FF 3F 37 F4 75 28 CA 2B 01", "<doc Expires='9999-12-31T23:59:59.9999999'/>"),
    // the text of the specification says that midnight is the date alone, its example says otherwise
    ("42 6C 97 00 40 8E F9 5B 47 C8 08", "<Created>2006-05-17</Created>"),
    ("40 03 64 6F 63 98 05 68 65 6C 6C 6F 01", "<doc>hello</doc>"),
    ("40 01 61 99 05 68 65 6C 6C 6F", "<a>hello</a>"),
    ("40 03 64 6F 63 9A 05 00 68 65 6C 6C 6F 01", "<doc>hello</doc>"),
    ("40 01 61 9B 05 00 68 65 6C 6C 6F", "<a>hello</a>"),
    ("40 03 64 6F 63 9C 05 00 00 00 68 65 6C 6C 6F 01", "<doc>hello</doc>"),
    ("40 01 61 9D 05 00 00 00 68 65 6C 6C 6F", "<a>hello</a>"),
    ("40 03 64 6F 63 9E 08 00 01 02 03 04 05 06 07 01", "<doc>AAECAwQFBgc=</doc>"),
    ("40 06 42 61 73 65 36 34 9F 08 00 01 02 03 04 05 06 07", "<Base64>AAECAwQFBgc=</Base64>"),
    ("40 03 64 6F 63 A0 08 00 00 01 02 03 04 05 06 07 01", "<doc>AAECAwQFBgc=</doc>"),
    ("40 06 42 61 73 65 36 34 A1 08 00 00 01 02 03 04 05 06 07", "<Base64>AAECAwQFBgc=</Base64>"),
    ("40 03 64 6F 63 A2 08 00 00 00 00 01 02 03 04 05 06 07 01", "<doc>AAECAwQFBgc=</doc>"),
    ("40 06 42 61 73 65 36 34 A3 08 00 00 00 00 01 02 03 04 05 06 07", "<Base64>AAECAwQFBgc=</Base64>"),
    ("40 03 64 6F 63 04 01 61 A4 88 7B 98 05 68 65 6C 6C 6F 86 A6 01", "<doc a='123 hello true'/>"),
    ("40 03 64 6F 63 A4 86 84 80 82 A7", "<doc>true false 0 1</doc>"),
    ("40 03 64 6F 63 04 01 61 A8 01", "<doc a=''/>"),
    ("40 03 64 6F 63 A9", "<doc></doc>"),
    ("40 03 64 6F 63 04 02 6E 73 AA 38 01", "<doc ns='http://schemas.microsoft.com/ws/2006/05/rm'/>"),
    ("40 04 54 79 70 65 AB C4 01", "<Type>X509v3Certificate</Type>"),
    (
        "40 03 64 6F 63 AC 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 01",
        "<doc>urn:uuid:33221100-5544-7766-8899-aabbccddeeff</doc>",
    ),
    (
        "42 1A AD 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF",
        "<MessageID>urn:uuid:33221100-5544-7766-8899-aabbccddeeff</MessageID>",
    ),
    ("40 03 64 6F 63 AE 00 C4 F5 32 FF FF FF FF 01", "<doc>-PT5M44S</doc>"),
    ("42 94 07 AF 00 B0 8E F0 1B 00 00 00", "<dateTime>PT3H20M</dateTime>"),
    (
        "40 03 64 6F 63 B0 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 01",
        "<doc>03020100-0504-0706-0809-0a0b0c0d0e0f</doc>",
    ),
    (
        "40 02 49 44 B1 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
        "<ID>03020100-0504-0706-0809-0a0b0c0d0e0f</ID>",
    ),
    ("40 03 64 6F 63 B2 FF FF FF FF FF FF FF FF 01", "<doc>18446744073709551615</doc>"),
    ("42 9A 01 B3 FE FF FF FF FF FF FF FF", "<Value>18446744073709551614</Value>"),
    ("40 03 64 6F 63 B4 01 01", "<doc>true</doc>"),
    (
        "40 01 72 03 40 03 61 72 72 01 B5 05 01 00 01 00 01 01",
        "<r><arr>true</arr><arr>false</arr><arr>true</arr><arr>false</arr><arr>true</arr></r>",
    ),
    ("40 03 64 6F 63 04 01 75 B6 06 75 00 6E 00 69 00 01", "<doc u='uni'/>"),
    ("40 01 55 B7 06 75 00 6E 00 69 00", "<U>uni</U>"),
    ("40 03 64 6F 63 04 03 75 31 36 B8 08 00 75 00 6E 00 69 00 32 00 01", "<doc u16='uni2'/>"),
    ("40 03 55 31 36 B9 08 00 75 00 6E 00 69 00 32 00", "<U16>uni2</U16>"),
    ("40 03 64 6F 63 04 03 75 33 32 BA 04 00 00 00 33 00 32 00 01", "<doc u32='32'/>"),
    ("40 03 55 33 32 BB 04 00 00 00 33 00 32 00", "<U32>32</U32>"),
    ("40 03 64 6F 63 06 F6 06 BC 08 8E 07 01", "<doc nil='i:float'/>"),
    ("40 04 54 79 70 65 BD 12 90 07", "<Type>s:double</Type>"),
    ("40 07 65 6C 65 6D 65 6E 74 8C D2 04 00 00 84 01", "<element>1234false</element>"),
];

const VECTORS: [(&str, &str); 4] = [
    (
        include_str!("../../../../tests/fixtures/nbfx-vectors/minimal.hex"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/minimal.xml"),
    ),
    (
        include_str!("../../../../tests/fixtures/nbfx-vectors/capabilities-request.hex"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/capabilities-request.xml"),
    ),
    (
        include_str!("../../../../tests/fixtures/nbfx-vectors/provision-request.hex"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/provision-request.xml"),
    ),
    (
        include_str!("../../../../tests/fixtures/nbfx-vectors/readback-request.hex"),
        include_str!("../../../../tests/fixtures/nbfx-vectors/readback-request.xml"),
    ),
];

fn octets(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal.split_whitespace().collect::<String>()).unwrap()
}

fn written(records: &[Record<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    records.iter().for_each(|record| record.write(&mut out));
    out
}

/// The same infoset, whatever the kinds of content: as canonical text.
fn shown(root: &Element) -> String {
    text::write(&text::parse(text::write(root).as_bytes()).unwrap())
}

#[test]
fn the_examples_of_the_specification_are_read_and_come_back() {
    for (example, document) in EXAMPLES {
        let message = octets(example);
        let element = decode(&message).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!(shown(&element), shown(&text::parse(document.as_bytes()).unwrap()), "{example}");
        assert_eq!(written(&records(&message).unwrap()), message, "{example}");
    }
}

#[test]
fn the_vectors_are_read_and_come_back() {
    for (hexadecimal, document) in VECTORS {
        let message = octets(hexadecimal);
        let document = text::parse(document.as_bytes()).unwrap();
        let element = decode(&message).unwrap();
        // the encoder of the vectors wrote "True" as a boolean
        assert_eq!(shown(&element), shown(&document).replace(">True<", ">true<"));
        assert_eq!(written(&records(&message).unwrap()), message, "octet for octet");
        assert_eq!(shown(&decode(&encode(&document)).unwrap()), shown(&document));
    }
}

#[test]
fn every_type_of_text_is_in_the_examples() {
    let messages: Vec<Vec<u8>> = EXAMPLES.iter().map(|(example, _)| octets(example)).collect();
    let records = messages.iter().flat_map(|message| records(message).unwrap());
    let kinds = records.flat_map(|record| match record {
        Record::Text { content, .. } => vec![content.kind()],
        Record::Attribute { value, .. } => value.iter().map(Content::kind).collect(),
        _ => Vec::new(),
    });
    let kinds: std::collections::BTreeSet<u8> = kinds.collect();
    assert!(kinds.into_iter().eq((0x80..=0xbc).step_by(2)));
}

#[test]
fn values_have_the_characters_of_dotnet() {
    let date_time = |ticks: u64, zone: u64| (0x96, (ticks | zone << 62).to_le_bytes().to_vec());
    let duration = |ticks: i64| (0xae, ticks.to_le_bytes().to_vec());
    let double = |value: f64| (0x92, value.to_le_bytes().to_vec());
    let float = |value: f32| (0x90, value.to_le_bytes().to_vec());
    let decimal = |scale: u8, sign: u8, low: u64| {
        let head = [0, 0, scale, sign, 0, 0, 0, 0];
        (0x94, head.into_iter().chain(low.to_le_bytes()).collect::<Vec<u8>>())
    };
    for ((kind, payload), characters) in [
        (date_time(0, 0), "0001-01-01"),
        (date_time(635_000_000_000_000_000, 1), "2013-03-27T16:53:20Z"),
        (date_time(637_200_864_000_000_000, 2), "2020-03-18+00:00"),
        (date_time(630_822_816_000_000_001, 1), "2000-01-01T00:00:00.0000001Z"),
        (date_time(630_874_656_000_000_000, 0), "2000-03-01"),
        (date_time(630_873_792_000_000_000, 0), "2000-02-29"),
        (duration(0), "PT0S"),
        (duration(-1), "-PT0.0000001S"),
        (duration(864_000_000_000), "P1D"),
        (duration(864_005_000_000), "P1DT0.5S"),
        (duration(18_000_000_000), "PT30M"),
        (duration(i64::MIN), "-P10675199DT2H48M5.4775808S"),
        (double(0.0), "0"),
        (double(-0.0), "-0"),
        (double(1e15), "1E+15"),
        (double(123_456_789_012_345.0), "123456789012345"),
        (double(0.000_01), "1E-05"),
        (double(0.000_1), "0.0001"),
        (double(-1.5e-300), "-1.5E-300"),
        (double(f64::NEG_INFINITY), "-INF"),
        (double(f64::NAN), "NaN"),
        (float(1e7), "1E+07"),
        (float(100.0), "100"),
        (float(f32::INFINITY), "INF"),
        (decimal(2, 0x80, 110), "-1.10"),
        (decimal(3, 0, 5), "0.005"),
        (decimal(0, 0, 7), "7"),
    ] {
        let value = Content::new(kind, payload).unwrap().value().unwrap();
        assert_eq!(value.into_chars(), characters);
    }
}

#[test]
fn the_writer_chooses_as_dotnet_does() {
    let id = Uuid::from_bytes_le([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    let doc = || Element::new("doc");
    let rows = [
        (doc(), "40 03 64 6F 63 01"),
        (doc().text(""), "40 03 64 6F 63 A9"),
        (doc().text("0"), "40 03 64 6F 63 81"),
        (doc().text("1"), "40 03 64 6F 63 83"),
        (doc().text("é"), "40 03 64 6F 63 99 02 C3 A9"),
        (doc().text("日"), "40 03 64 6F 63 99 03 E6 97 A5"),
        (doc().text("日本"), "40 03 64 6F 63 B7 04 E5 65 2C 67"),
        (doc().atom(Atom::Bool(true)), "40 03 64 6F 63 87"),
        (doc().atom(Atom::Integer(1)), "40 03 64 6F 63 83"),
        (doc().atom(Atom::Integer(-2)), "40 03 64 6F 63 89 FE"),
        (doc().atom(Atom::Integer(300)), "40 03 64 6F 63 8B 2C 01"),
        (doc().atom(Atom::Integer(70_000)), "40 03 64 6F 63 8D 70 11 01 00"),
        (doc().atom(Atom::Integer(1 << 40)), "40 03 64 6F 63 8F 00 00 00 00 00 01 00 00"),
        (doc().atom(Atom::Uuid(id)), "40 03 64 6F 63 B1 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F"),
        (doc().atom(Atom::UniqueId(id)), "40 03 64 6F 63 AD 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F"),
        (doc().octets(vec![].into()), "40 03 64 6F 63 A9"),
        (doc().octets(vec![1, 2].into()), "40 03 64 6F 63 9F 02 01 02"),
        (doc().octets(vec![1, 2, 3].into()), "40 03 64 6F 63 9F 03 01 02 03"),
        (doc().octets(vec![1, 2, 3, 4].into()), "40 03 64 6F 63 9E 03 01 02 03 9F 01 04"),
        (
            Element::new("b:doc").declare("b", "u:x").with("b:type", "t"),
            "5F 03 64 6F 63 0D F8 06 98 01 74 09 01 62 03 75 3A 78 01",
        ),
        (
            Element::new("long:Body").declare("long", "u:x"),
            "43 04 6C 6F 6E 67 0E 09 04 6C 6F 6E 67 03 75 3A 78 01",
        ),
        (doc().text("a").child(Element::new("Body")), "40 03 64 6F 63 98 01 61 42 0E 01 01"),
    ];
    for (element, expected) in rows {
        assert_eq!(hex::encode_upper(encode(&element)), expected.replace(' ', ""), "{element:?}");
    }
    let long = encode(&doc().text("x".repeat(300)));
    assert_eq!(hex::encode(&long[5..8]), "9b2c01");
    let longest = encode(&doc().octets(vec![0; 65_538].into()));
    assert_eq!(hex::encode(&longest[5..10]), "a302000100");
}

#[test]
fn bad_messages_are_refused_with_their_place() {
    let deep = "40 01 61 ".repeat(DEPTH_MAX + 1);
    for (message, at, problem) in [
        ("", 0, "no element"),
        ("40", 0, "ends inside"),
        ("40 05 61", 0, "5 octets are told"),
        ("40 01 61", 0, "inside of <a>"),
        ("40 01 61 01 01", 4, "end without a start"),
        ("40 01 61 01 40 01 62 01", 4, "second root"),
        ("40 01 61 BE", 3, "0xBE"),
        ("40 01 61 78", 3, "0x78"),
        ("40 01 61 A5", 3, "lists begin"),
        ("40 01 61 A6", 3, "lists begin"),
        ("40 01 61 A4 A4", 4, "lists begin"),
        ("40 01 61 B4 02 01", 3, "0 or 1"),
        ("40 01 61 99 01 FF", 3, "not UTF-8"),
        ("40 01 61 B7 01 41", 3, "odd number"),
        ("40 01 61 B7 02 00 D8", 3, "not UTF-16"),
        ("40 01 61 AB 01", 3, "session"),
        ("40 01 61 AB CE 07", 3, "not in the static"),
        ("40 01 61 BD 1A 02", 3, "no letter"),
        ("40 01 61 9D FF FF FF FF", 3, "negative"),
        ("40 01 61 9D FF FF FF 7F", 3, "2147483647 octets are told"),
        ("40 FF FF FF FF 08", 0, "31 bits"),
        ("40 01 61 97 00 00 00 00 00 00 00 C0", 3, "no zone"),
        ("40 01 61 97 FF FF FF FF FF FF FF 3F", 3, "9999"),
        ("40 01 61 95 00 00 1D 00 00 00 00 00 00 00 00 00 00 00 00 00", 3, "scale"),
        ("40 01 61 04 01 62 99 01 41 01", 3, "value of an attribute"),
        ("40 01 61 99 01 41 04 01 62 82", 6, "belongs to no start"),
        ("40 01 61 04 01 62 82 04 01 62 82 01", 0, "twice"),
        ("40 01 20 01", 0, "no name"),
        ("5F 01 61 01", 0, "not declared"),
        ("40 01 61 03 40 01 62 01 99 01 41", 3, "can't have values"),
        ("40 01 61 03 40 01 62 01 B5 00", 3, "no values"),
        ("40 01 61 03 40 01 62 01 B5 05 01", 3, "5 octets are told"),
        ("40 01 61 03 03 03", 3, "an array is"),
        ("99 01 41", 0, "outside"),
        (deep.as_str(), DEPTH_MAX * 3, "nested"),
    ] {
        let error = decode(&octets(message)).unwrap_err();
        assert_eq!(error.place, Place::Octet(at), "{message}: {error}");
        assert!(error.problem.contains(problem), "{message}: {error}");
    }
}

#[test]
fn an_array_is_not_larger_than_its_limit_allows() {
    let count = 3_000_000u32;
    let mut message = octets("40 01 72 03 40 01 61 01 B5");
    super::cursor::push_multi_byte(count, &mut message);
    message.extend(std::iter::repeat_n(1u8, usize::try_from(count).unwrap()));
    assert!(decode(&message).unwrap_err().problem.contains("more than"));
}

fn name() -> impl Strategy<Value = Name<'static>> {
    prop_oneof![
        "[a-z]{1,5}".prop_map(|text| Name::Inline(text.into())),
        (0u32..487).prop_map(|index| Name::Key(index * 2)),
    ]
}

fn prefix() -> impl Strategy<Value = Prefix<'static>> {
    prop_oneof![
        Just(Prefix::None),
        "[a-z]{1,3}".prop_map(|text| Prefix::Inline(text.into())),
        (0u8..26).prop_map(Prefix::Letter),
    ]
}

fn content() -> impl Strategy<Value = Content<'static>> {
    let octets = proptest::collection::vec(any::<u8>(), 0..20);
    (0x80u8..=0xbc, octets).prop_filter_map("no list, a payload that fits", |(kind, octets)| {
        let content = Content::new(kind & !1, octets)?;
        (!matches!(content.kind(), Content::START_LIST | Content::END_LIST)).then_some(content)
    })
}

fn record() -> impl Strategy<Value = Record<'static>> {
    prop_oneof![
        Just(Record::End),
        "[ -~]{0,10}".prop_map(|text| Record::Comment(text.into())),
        (prefix(), name()).prop_map(|(prefix, name)| Record::Element { prefix, name }),
        (prefix(), name(), content()).prop_map(|(prefix, name, value)| Record::Attribute {
            prefix,
            name,
            value: vec![value]
        }),
        (proptest::option::of("[a-z]{1,3}"), name())
            .prop_map(|(prefix, namespace)| Record::Namespace { prefix: prefix.map(Into::into), namespace }),
        (content(), any::<bool>()).prop_map(|(content, ends)| Record::Text { content, ends }),
        (prefix(), name(), 1usize..5, proptest::sample::select(vec![0xb4u8, 0x8a, 0x8e, 0x94])).prop_map(
            |(prefix, name, count, kind)| {
                let items = vec![1; count * item_length(kind).unwrap_or_default()];
                Record::Array { element: vec![Record::Element { prefix, name }], kind, items: items.into() }
            }
        ),
    ]
}

fn element() -> impl Strategy<Value = Element> {
    let leaf = prop_oneof![
        "[\\PC]{0,12}".prop_map(|text| Element::new("leaf").text(text)),
        proptest::collection::vec(any::<u8>(), 0..9)
            .prop_map(|octets| Element::new("b:leaf").octets(octets.into())),
        any::<i64>().prop_map(|number| Element::new("Value").atom(Atom::Integer(number))),
        any::<bool>().prop_map(|flag| Element::new("b:Key").with("b:type", "b:x").atom(Atom::Bool(flag))),
        any::<u128>().prop_map(|id| Element::new("Id").atom(Atom::UniqueId(Uuid::from_u128(id)))),
    ];
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(|inner| Element::new("b:Body").children(inner))
    });
    tree.prop_map(|inner| Element::new("root").declare("b", "urn:b").child(inner))
}

proptest! {
    #[test]
    fn records_survive_a_round(row in proptest::collection::vec(record(), 0..8)) {
        let message = written(&row);
        prop_assert_eq!(records(&message).unwrap(), row);
    }

    #[test]
    fn a_tree_means_the_same_in_both_encodings(root in element()) {
        prop_assert_eq!(shown(&decode(&encode(&root)).unwrap()), shown(&root));
    }

    #[test]
    fn no_octets_panic(message in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&message);
    }

    #[test]
    fn no_row_of_records_panics(row in proptest::collection::vec(record(), 0..12)) {
        let _ = decode(&written(&row));
    }

    #[test]
    fn no_damaged_vector_panics(at in 0usize..1700, octet in any::<u8>()) {
        let mut message = octets(VECTORS[2].0);
        if let Some(octet_there) = message.get_mut(at) {
            *octet_there = octet;
        }
        let _ = decode(&message);
    }
}
