//! The whole chain in one process on a real dump: directory → syncer → tenant, object by object as Entra Connect's default
//! rules demand, then nothing to do, then one certificate and one write.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use e2e::{
    chain::Chain,
    corp_ad::{Expected, expected, file},
};
use serde_json::Value;

/// Labels of objects that must not reach the tenant, and the default rule that keeps each out.
const ABSENT: &[(&str, &str)] = &[
    ("AAD_ sync account", "sAMAccountName begins with AAD_"),
    ("MSOL_ sync account", "sAMAccountName begins with MSOL_"),
    ("CAS_ account with brace", "sAMAccountName begins with CAS_ and holds }"),
    ("SystemMailbox account", "mailNickname begins with SystemMailbox{"),
    ("well-known account excluded by sync", "sAMAccountName is SUPPORT_388945a0"),
    ("built-in account", "isCriticalSystemObject"),
    ("CNF conflict-looking name", "the RDN holds \\0ACNF:"),
    (
        "linked mailbox (msExchRecipientTypeDetails=2, disabled, master account SID)",
        "no anchor without the account forest",
    ),
    ("bulk member", "a contact without an address is not mail-enabled"),
    ("computer", "devices are no part of the user and contact flow"),
    ("computer hybrid join", "devices are no part of the user and contact flow"),
];

const LIMIT: usize = 15;

fn live<'a>(state: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
    let all = state[kind].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|one| one["deletedDateTime"].is_null())
}

fn by_anchor(state: &Value) -> BTreeMap<String, &Value> {
    let both = live(state, "users").chain(live(state, "contacts"));
    both.filter_map(|one| Some((one["sourceAnchor"].as_str()?.to_owned(), one))).collect()
}

fn values(object: &Value, attribute: &str) -> BTreeSet<Vec<u8>> {
    let all = object[attribute].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|value| STANDARD.decode(value.as_str()?).ok()).collect()
}

/// What the tenant must hold of one attribute of one person of the dump.
fn due(row: &Expected, chain: &Chain, attribute: &str) -> BTreeSet<Vec<u8>> {
    let values = chain.directory_values(&row.dn, attribute);
    let gated = row.class != "contact" && chain.directory_values(&row.dn, "mailNickname").is_empty();
    if gated || values.len() > LIMIT { BTreeSet::new() } else { values.into_iter().collect() }
}

fn wrong(row: &Expected, chain: &Chain, found: &BTreeMap<String, &Value>) -> Option<String> {
    let anchor = chain.source_anchor(&row.dn);
    let absent = ABSENT.iter().find(|(label, _)| *label == row.case);
    match (absent, found.get(&anchor)) {
        (Some(_), None) => None,
        (Some((_, rule)), Some(_)) => Some(format!("{} must be absent: {rule}", row.dn)),
        (None, None) => Some(format!("{} ({}) is missing", row.dn, row.case)),
        (None, Some(object)) => ["userCertificate", "userSMIMECertificate"]
            .into_iter()
            .find(|attribute| values(object, attribute) != due(row, chain, attribute))
            .map(|attribute| format!("{} ({}): {attribute} differs", row.dn, row.case)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dump_comes_over_as_its_labels_demand() {
    let chain = Chain::with_ldif(&[file("domain.ldif"), file("deleted-objects.ldif")]).await;
    let first = chain.sync(&[]).await;
    assert!(first.code == 0 || first.code == 10, "{}\n{}", first.out, first.err);

    let state = chain.tenant.state();
    let found = by_anchor(&state);
    let rows = expected();
    let faults: Vec<String> = rows.iter().filter_map(|row| wrong(row, &chain, &found)).collect();
    assert!(
        faults.is_empty(),
        "{} of {} objects are wrong:\n{}",
        faults.len(),
        rows.len(),
        faults.join("\n")
    );
    let due = rows.iter().filter(|row| ABSENT.iter().all(|(label, _)| *label != row.case)).count();
    assert_eq!(found.len(), due, "nothing else is in the tenant");
    let certificates: usize = found.values().map(|object| values(object, "userCertificate").len()).sum();
    assert!(certificates > 250, "{certificates} certificates came over");

    let before = chain.writes();
    let second = chain.sync(&[]).await;
    assert_eq!(chain.writes() - before, 0, "a second run writes nothing: {}", second.out);

    let row = rows.iter().find(|row| {
        row.case == "staff, 1 certificate(s)" && !chain.directory_values(&row.dn, "mailNickname").is_empty()
    });
    let row = row.expect("the dump has such a person");
    let certificate = STANDARD.encode(std::fs::read(file("ca/root.pem")).expect("a fixture"));
    let dn = STANDARD.encode(&row.dn);
    let change =
        format!("dn:: {dn}\nchangetype: modify\nadd: userCertificate\nuserCertificate:: {certificate}\n");
    chain.change(&change);
    let before = chain.writes();
    let third = chain.sync(&[]).await;
    assert_eq!(chain.writes() - before, 1, "one certificate is one write: {}", third.out);
    let state = chain.tenant.state();
    let after = by_anchor(&state);
    assert_eq!(values(after[&chain.source_anchor(&row.dn)], "userCertificate").len(), 2);
}
