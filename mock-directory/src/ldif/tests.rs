//! What is read, what is refused and where, and that what is written is read back.

use bytes::Bytes;
use proptest::prelude::*;

use super::{RecordKind, read, write_entry, write_header};
use crate::wire::message::{Attribute, ChangeKind};

fn records(text: &str) -> Vec<super::Record> {
    read("t.ldif", text.as_bytes()).collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str) -> String {
    read("t.ldif", text.as_bytes()).collect::<Result<Vec<_>, _>>().expect_err("a refusal").to_string()
}

#[test]
fn entries_with_folds_comments_and_base64() {
    let text = "version: 1\n# a comment\n#  that is\n  folded\ndn:: REM9w6TDtg==\nobjectClass: top\nobjectclass: do\n mainDNS\nx:: /wA=\nempty:\n\n\n\ndn: DC=y\r\na: b\r\n";
    let found = records(text);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].dn.as_str(), found[0].line), ("DC=äö", 5));
    let RecordKind::Add(attributes) = &found[0].kind else { panic!("an entry") };
    let shown: Vec<_> = attributes.iter().map(|a| (a.name.as_str(), a.values.len())).collect();
    assert_eq!(shown, [("objectClass", 2), ("x", 1), ("empty", 1)]);
    assert_eq!(attributes[0].values[1], Bytes::from_static(b"domainDNS"));
    assert_eq!(attributes[1].values[0], Bytes::from_static(&[0xff, 0]));
    assert_eq!(attributes[2].values[0], Bytes::new());
}

#[test]
fn change_records() {
    let found = records(
        "dn: CN=a\nchangetype: modify\nadd: m\nm: 1\nm: 2\n-\ndelete: n\n-\nreplace: o\n\ndn: CN=b\nchangetype: delete\n\ndn: CN=c\nchangetype: moddn\nnewrdn: CN=d\ndeleteoldrdn: 1\nnewsuperior: OU=e\n",
    );
    let RecordKind::Modify(changes) = &found[0].kind else { panic!("a modify") };
    let shown: Vec<_> =
        changes.iter().map(|c| (c.kind, c.attribute.name.as_str(), c.attribute.values.len())).collect();
    assert_eq!(
        shown,
        [(ChangeKind::Add, "m", 2), (ChangeKind::Delete, "n", 0), (ChangeKind::Replace, "o", 0)]
    );
    assert_eq!(found[1].kind, RecordKind::Delete);
    let expected = RecordKind::ModifyDn {
        new_rdn: "CN=d".into(),
        delete_old_rdn: true,
        new_superior: Some("OU=e".into()),
    };
    assert_eq!(found[2].kind, expected);
}

#[test]
fn refusals_name_file_and_line() {
    let table = [
        ("dn: x\nno colon here\n", "t.ldif:2: expected `attribute: value`, found `no colon here`"),
        ("dn: x\n\ncn: y\n", "t.ldif:3: a record begins with `dn:`, found `cn`"),
        ("dn: x\na:: !!\n", "t.ldif:2: the value of a is no Base64: Invalid symbol 33, offset 0."),
        (
            "dn: x\nphoto:< file:///etc/passwd\n",
            "t.ldif:2: photo names a URL; values from outside are not read",
        ),
        (
            "dn: x\nchangetype: erase\n",
            "t.ldif:2: `erase` is no changetype; expected add, delete, modify, modrdn or moddn",
        ),
        ("dn: x\nchangetype: modify\nadd: m\nn: 1\n", "t.ldif:4: a value of n stands in the change of m"),
        ("dn: x\nchangetype: modrdn\nnewrdn: CN=y\n", "t.ldif:2: a modrdn needs newrdn and deleteoldrdn"),
        ("version: 2\n\ndn: x\n", "t.ldif:1: version 2 is not version 1"),
        ("dn: x\nä: y\n", "t.ldif:2: `ä` is no attribute description"),
        ("dn:: /w==\n", "t.ldif:1: the value of dn is no UTF-8"),
        (
            "dn: x\ncontrol: 1.2.3 true\nchangetype: delete\n",
            "t.ldif:2: a control on an LDIF change is not supported",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn a_real_dump_is_read_whole() {
    let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/corp-ad/domain.ldif"));
    let found: Vec<_> = read("domain.ldif", text).collect::<Result<_, _>>().expect("the dump is legal");
    assert_eq!(found.len(), 2210);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        dn in "\\PC{0,120}",
        values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..5),
    ) {
        let attributes = [Attribute { name: "userCertificate".into(), values: values.into_iter().map(Bytes::from).collect() }];
        let mut text = String::new();
        write_header(&mut text);
        write_entry(&mut text, &dn, &attributes);
        let found = records(&text);
        prop_assert_eq!(&found[0].dn, &dn);
        prop_assert_eq!(&found[0].kind, &RecordKind::Add(attributes.to_vec()));
        prop_assert!(text.lines().all(|line| line.len() <= 76));
    }

    #[test]
    fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read("t.ldif", &text).count();
    }
}
