//! The default rules on every person of the dump, judged by the case labels that came with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use syncer::engine::config::CycleKind;
use syncer::engine::report::{ExitClass, Outcome};
use syncer::model::{Guid, TenantValue};

use crate::world::{Held, World};

type Entry = Vec<(String, Vec<Vec<u8>>)>;

fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corp-ad").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The entries of the dump; a reader for this one file, not for LDIF at large.
fn entries() -> Vec<(Guid, String, Entry)> {
    let text = fixture("domain.ldif").replace("\n ", "");
    text.split("\n\n").filter_map(entry).collect()
}

fn entry(block: &str) -> Option<(Guid, String, Entry)> {
    let mut attributes: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for line in block.lines().filter(|l| !l.starts_with('#')) {
        let (name, value) = line.split_once(':')?;
        let value = match value.strip_prefix(':') {
            Some(base64) => STANDARD.decode(base64.trim()).ok()?,
            None => value.trim_start().as_bytes().to_vec(),
        };
        attributes.entry(name.to_ascii_lowercase()).or_default().push(value);
    }
    let guid = attributes.get("objectguid")?.first()?.as_slice().try_into().ok()?;
    let dn = String::from_utf8(attributes.remove("dn")?.pop()?).ok()?;
    Some((guid, dn, attributes.into_iter().collect()))
}

struct Row {
    dn: String,
    anchor: String,
    class: String,
    certificates: usize,
    smime: usize,
    mail: String,
    case: String,
}

fn rows() -> Vec<Row> {
    let text = fixture("expected.tsv");
    let lines = text.lines().filter(|l| !l.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let f: Vec<&str> = line.split('\t').collect();
            Row {
                dn: f[0].into(),
                anchor: f[2].into(),
                class: f[3].into(),
                certificates: f[4].parse().unwrap(),
                smime: f[5].parse().unwrap(),
                mail: f[6].into(),
                case: f[7].into(),
            }
        })
        .collect()
}

pub(crate) fn world() -> World {
    let mut world = World::new();
    world.config.export_batch = 30;
    for (guid, dn, attributes) in entries() {
        world.directory.put_raw(guid, &dn, attributes);
    }
    world
}

/// Cases that Entra Connect's default rules leave out, by label. HealthMailbox accounts are not among them: no default
/// rule names them.
const ABSENT: [&str; 9] = [
    "AAD_ sync account",
    "CAS_ account with brace",
    "CNF conflict-looking name",
    "MSOL_ sync account",
    "SystemMailbox account",
    "built-in account",
    "bulk member",
    "linked mailbox",
    "well-known account excluded by sync",
];

fn absent(row: &Row) -> bool {
    let contact_without_address = row.class == "contact" && row.mail.is_empty();
    row.class == "computer"
        || contact_without_address
        || ABSENT.iter().any(|label| row.case.starts_with(label))
}

fn list(held: &Held, name: &str) -> Vec<Vec<u8>> {
    match held.properties.get(name) {
        None => Vec::new(),
        Some(TenantValue::BinaryList(list)) => list.clone(),
        Some(other) => panic!("{name} is {other:?}"),
    }
}

fn sorted(entry: &Entry, name: &str) -> Vec<Vec<u8>> {
    let mut values = entry.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    values.sort();
    values.dedup();
    values
}

#[test]
fn every_person_of_the_dump_is_brought_over_or_left_out_as_the_label_demands() {
    let mut world = world();
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!(outcome.exit, ExitClass::Done, "{:#?}", outcome.errors);
    let entries: BTreeMap<String, Entry> = entries().into_iter().map(|(_, dn, e)| (dn, e)).collect();
    let rows = rows();
    assert!(rows.iter().filter(|r| r.class != "contact").count() >= 350);
    let (mut present, mut values) = (0, 0);
    for row in &rows {
        let entry = &entries[&row.dn];
        let preset = sorted(entry, "ms-ds-consistencyguid").pop().map(|guid| STANDARD.encode(guid));
        let held = world.tenant.live().get(preset.as_ref().unwrap_or(&row.anchor)).copied().cloned();
        if absent(row) {
            assert!(held.is_none(), "{} ({}) must be absent", row.dn, row.case);
            continue;
        }
        let held = held.unwrap_or_else(|| panic!("{} ({}) must be present", row.dn, row.case));
        present += 1;
        let gated = row.class != "contact" && sorted(entry, "mailnickname").is_empty();
        for (name, lower, count) in [
            ("userCertificate", "usercertificate", row.certificates),
            ("userSMIMECertificate", "usersmimecertificate", row.smime),
        ] {
            let wanted = if gated || count > 15 { Vec::new() } else { sorted(entry, lower) };
            assert_eq!(list(&held, name), wanted, "{} ({}) {name}", row.dn, row.case);
            values += wanted.len();
        }
    }
    assert_eq!(world.tenant.live().len(), present, "nobody else");
    assert_eq!((present, values), (381, 383), "objects and certificate values of the dump");
}

#[test]
fn a_second_cycle_writes_nothing_and_one_certificate_is_one_write() {
    let mut world = world();
    world.settle();
    assert_eq!(world.settle(), 0);
    assert_eq!(world.cycle(CycleKind::Full).exit, ExitClass::Done);
    assert!(world.writes.is_empty(), "{:?}", world.writes);
    let row = rows().into_iter().find(|r| r.case == "staff, 0 certificate(s)").unwrap();
    let guid: Guid = STANDARD.decode(&row.anchor).unwrap().try_into().unwrap();
    world.directory.set(guid, "usercertificate", &[b"one more"]);
    assert_eq!(world.settle(), 1);
}

#[test]
fn managers_are_anchors() {
    let mut world = world();
    world.settle();
    let anchors: Vec<String> = world.tenant.live().keys().map(ToString::to_string).collect();
    let managers: Vec<String> = world
        .tenant
        .live()
        .values()
        .filter_map(|h| match h.properties.get("manager") {
            Some(TenantValue::Text(anchor)) => Some(anchor.clone()),
            _ => None,
        })
        .collect();
    assert!(managers.len() > 50, "{}", managers.len());
    assert!(managers.iter().all(|m| anchors.contains(m)));
}

fn codes(outcome: &Outcome, case: &str) -> Vec<String> {
    let row =
        rows().into_iter().find(|r| r.case.starts_with(case)).unwrap_or_else(|| panic!("no case {case:?}"));
    outcome.oddities.iter().filter(|o| o.object == row.dn).map(|o| o.code.clone()).collect()
}

#[test]
fn the_oddities_of_the_dump_are_named() {
    let outcome = world().cycle(CycleKind::Auto);
    for (case, code) in [
        ("expired", "expired"),
        ("not yet valid", "not-yet-valid"),
        ("random bytes in userCertificate", "not-a-certificate"),
        ("truncated DER", "not-parseable"),
        ("base64 text of DER", "base64-text"),
        ("one octet value", "not-a-certificate"),
        ("raw DER certificate in userSMIMECertificate", "certificate-in-smime-attribute"),
        ("garbage userSMIMECertificate", "not-pkcs7"),
        ("stale S/MIME blob", "stale-smime-masks-certificate"),
        ("keyUsage sign-only alone", "sign-only"),
        ("keyUsage encrypt-only alone", "encrypt-only"),
        ("self-signed CA certificate", "ca-certificate"),
        ("SAN rfc822Name mismatching mail", "address-mismatch"),
        ("no e-mail anywhere in certificate", "no-address"),
        ("mailNickname absent", "no-mail-nickname"),
    ] {
        assert!(codes(&outcome, case).iter().any(|c| c == code), "{case}: {:?}", codes(&outcome, case));
    }
    for case in [
        "SAN rfc822Name differs in case",
        "SAN matches a secondary proxyAddress only",
        "notAfter 99991231235959Z",
    ] {
        assert!(codes(&outcome, case).is_empty(), "{case}: {:?}", codes(&outcome, case));
    }
}
