//! The dump of a real domain under `tests/fixtures/corp-ad`, as rows.

use std::path::PathBuf;

use crate::workspace::root;

/// A file of the dump.
pub fn file(name: &str) -> PathBuf {
    root().join("tests/fixtures/corp-ad").join(name)
}

/// One row of `expected.tsv`: an object and which edge it is.
#[derive(Debug, Clone)]
pub struct Expected {
    /// DN as the server wrote it.
    pub dn: String,
    /// sAMAccountName; empty for contacts.
    pub sam: String,
    /// objectGUID in Base64: the source anchor of an object without mS-DS-ConsistencyGuid.
    pub guid: String,
    /// Most specific object class.
    pub class: String,
    /// How many userCertificate values it has.
    pub certificates: usize,
    /// How many userSMIMECertificate values it has.
    pub smime: usize,
    /// The mail attribute; empty if absent.
    pub mail: String,
    /// The edge that this object is.
    pub case: String,
}

/// All rows of `expected.tsv`.
///
/// # Panics
/// If the file isn't there or a row is not of the form that its README tells: the fixture itself is broken.
pub fn expected() -> Vec<Expected> {
    let text = std::fs::read_to_string(file("expected.tsv")).expect("the fixture is part of the repository");
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [dn, sam, guid, class, certificates, smime, mail, case] = cells[..] else {
            panic!("not 8 cells: {line}")
        };
        let number = |cell: &str| cell.parse().unwrap_or_else(|_| panic!("no number: {line}"));
        Expected {
            dn: dn.into(),
            sam: sam.into(),
            guid: guid.into(),
            class: class.into(),
            certificates: number(certificates),
            smime: number(smime),
            mail: mail.into(),
            case: case.into(),
        }
    })
    .collect()
}
