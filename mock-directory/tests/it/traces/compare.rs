//! Whether an answer is the recorded one, but for what is volatile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use bytes::Bytes;
use mock_directory::wire::ber;
use mock_directory::wire::message::Control;
use mock_directory::wire::oid;
use serde_json::Value;

use super::replay::elements;
use super::trace::{Trace, base64, octets};
use crate::support::client::{Answer, Entry, Outcome};

/// Never compared: times and counters of the server itself, and what changes with a bind.
const VOLATILE: &[&str] = &[
    "currenttime",
    "highestcommittedusn",
    "replpropertymetadata",
    "msds-replattributemetadata",
    "pwdlastset",
    "lastlogon",
    "logoncount",
    "badpwdcount",
    "badpasswordtime",
    // the dump has no security descriptors, so only their presence can be compared
    "ntsecuritydescriptor",
];

/// Not compared in a scenario: numbers and times of what was written in it.
const WRITTEN: &[&str] =
    &["usnchanged", "usncreated", "whenchanged", "whencreated", "createtimestamp", "modifytimestamp"];

/// Given by the server to objects that are created.
const GIVEN: &[&str] = &["objectguid", "objectsid", "parentguid"];

/// What differs, in words; `None` if nothing does.
pub(super) fn difference(trace: &Trace, answer: &Answer) -> Option<String> {
    let recorded = &trace.response;
    if recorded["connection_closed"] == true {
        return answer
            .outcome
            .as_ref()
            .map(|outcome| format!("answered with {} instead of closing", outcome.code));
    }
    let Some(outcome) = &answer.outcome else { return Some("closed the connection".to_owned()) };
    result(&recorded["result"], outcome)
        .or_else(|| references(&recorded["references"], &answer.references))
        .or_else(|| entries(trace, &answer.entries))
        .or_else(|| controls(&recorded["controls"], &outcome.controls))
}

fn tag_name(tag: u8) -> &'static str {
    match tag {
        0x61 => "bindResponse",
        0x65 => "searchResultDone",
        0x67 => "modifyResponse",
        0x69 => "addResponse",
        0x6b => "delResponse",
        0x6d => "modDNResponse",
        0x6f => "compareResponse",
        0x78 => "extendedResponse",
        _ => "unknown",
    }
}

fn result(recorded: &Value, outcome: &Outcome) -> Option<String> {
    if recorded["code"] != outcome.code {
        let message = outcome.message.trim_end();
        return Some(format!(
            "result {} ({message}), recorded {} ({})",
            outcome.code, recorded["code"], recorded["diagnosticMessage"]
        ));
    }
    if recorded["tag"] != tag_name(outcome.tag) {
        return Some(format!("{}, recorded {}", tag_name(outcome.tag), recorded["tag"]));
    }
    let name = recorded["responseName"].as_str();
    if name != outcome.name.as_deref() {
        return Some(format!("responseName {:?}, recorded {name:?}", outcome.name));
    }
    let referral: Vec<&str> =
        recorded["referral"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    (referral != outcome.referral).then(|| format!("referral {:?}, recorded {referral:?}", outcome.referral))
}

fn references(recorded: &Value, ours: &[Vec<String>]) -> Option<String> {
    let text = |url: &Value| url.as_str().unwrap().to_owned();
    let list = recorded.as_array().unwrap().iter();
    let recorded: BTreeSet<Vec<String>> =
        list.map(|urls| urls.as_array().unwrap().iter().map(text).collect()).collect();
    let ours: BTreeSet<Vec<String>> = ours.iter().cloned().collect();
    (recorded != ours).then(|| format!("references {ours:?}, recorded {recorded:?}"))
}

/// An attribute list with names in lower case and values in order.
type Attributes = BTreeMap<String, Vec<Bytes>>;

fn recorded_entries(trace: &Trace) -> Vec<(String, Attributes)> {
    let entry = |entry: &Value| {
        let attributes = entry["attrs"].as_object().unwrap().iter();
        let attributes = attributes.map(|(name, values)| {
            let mut values: Vec<Bytes> = values.as_array().unwrap().iter().map(octets).collect();
            values.sort();
            (name.to_lowercase(), values)
        });
        (stable(entry["dn"].as_str().unwrap()), attributes.collect())
    };
    trace.response["entries"].as_array().unwrap().iter().map(entry).collect()
}

fn our_entries(entries: &[Entry]) -> Vec<(String, Attributes)> {
    let entry = |entry: &Entry| {
        let attributes = entry.attributes.iter().map(|(name, values)| {
            let mut values = values.clone();
            values.sort();
            (name.to_lowercase(), values)
        });
        (stable(&entry.dn), attributes.collect())
    };
    entries.iter().map(entry).collect()
}

fn entries(trace: &Trace, ours: &[Entry]) -> Option<String> {
    let (mut recorded, mut ours) = (recorded_entries(trace), our_entries(ours));
    if !is_ordered(trace) {
        recorded.sort_by(|a, b| a.0.cmp(&b.0));
        ours.sort_by(|a, b| a.0.cmp(&b.0));
    }
    let names =
        |entries: &[(String, Attributes)]| entries.iter().map(|entry| entry.0.clone()).collect::<Vec<_>>();
    let (theirs, mine) = (names(&recorded), names(&ours));
    let free_choice = is_page(trace) && !is_ordered(trace) && theirs.len() == mine.len();
    if theirs != mine && !free_choice {
        return Some(name_difference(&theirs, &mine));
    }
    ours.iter().find_map(|(dn, ours)| {
        let recorded = recorded.iter().find(|recorded| recorded.0 == *dn)?;
        attributes(trace, &recorded.1, ours).map(|difference| format!("{dn}: {difference}"))
    })
}

/// Which entries of an unsorted result come on which page is the server's choice.
fn is_page(trace: &Trace) -> bool {
    let mut controls = trace.request["controls"].as_array().unwrap().iter();
    controls.any(|control| control["oid"] == oid::PAGED)
}

fn name_difference(recorded: &[String], ours: &[String]) -> String {
    let (theirs, mine): (BTreeSet<_>, BTreeSet<_>) = (recorded.iter().collect(), ours.iter().collect());
    let missing: Vec<_> = theirs.difference(&mine).take(3).collect();
    let extra: Vec<_> = mine.difference(&theirs).take(3).collect();
    format!("{} entries, recorded {}; missing {missing:?}, extra {extra:?}", ours.len(), recorded.len())
}

/// Order means something only behind a sort or VLV control.
fn is_ordered(trace: &Trace) -> bool {
    let controls = trace.request["controls"].as_array().unwrap();
    controls.iter().any(|control| control["oid"] == oid::SORT_REQUEST || control["oid"] == oid::VLV_REQUEST)
}

fn attributes(trace: &Trace, recorded: &Attributes, ours: &Attributes) -> Option<String> {
    let names: BTreeSet<&String> = recorded.keys().chain(ours.keys()).collect();
    names.into_iter().find_map(|name| match (recorded.get(name), ours.get(name)) {
        (Some(_), None) => Some(format!("{name} is missing")),
        (None, _) => Some(format!("{name} is extra")),
        (Some(recorded), Some(ours)) if same(trace, name, recorded, ours) => None,
        (Some(recorded), Some(ours)) => {
            Some(format!("{name} is {}, recorded {}", shown(ours), shown(recorded)))
        }
    })
}

fn shown(values: &[Bytes]) -> String {
    let value = |value: &Bytes| match std::str::from_utf8(value) {
        Ok(text) => text.chars().take(100).collect(),
        Err(_) => hex::encode(&value[..value.len().min(40)]),
    };
    let list: Vec<String> = values.iter().take(5).map(value).collect();
    format!("{} {list:?}", values.len())
}

fn same(trace: &Trace, name: &str, recorded: &[Bytes], ours: &[Bytes]) -> bool {
    let scenario = trace.scenario.is_some();
    let base = name.split(';').next().unwrap_or(name);
    if VOLATILE.contains(&base) || (scenario && WRITTEN.contains(&base)) {
        return recorded.is_empty() == ours.is_empty();
    }
    if scenario && GIVEN.contains(&base) && recorded.len() == 1 && !known(&recorded[0]) {
        return ours.len() == 1 && ours[0].len() == recorded[0].len();
    }
    if name.contains(";range=") && !name.ends_with("=0-*") {
        // values have no order, so which of them are in a range is the server's choice
        return recorded.len() == ours.len();
    }
    let stable = |values: &[Bytes]| values.iter().map(stable_octets).collect::<BTreeSet<_>>();
    recorded.len() == ours.len() && stable(recorded) == stable(ours)
}

/// A GUID or SID of the dump.
fn known(octets: &Bytes) -> bool {
    static KNOWN: OnceLock<BTreeSet<String>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let files =
            ["domain.ldif", "deleted-objects.ldif"].map(|file| format!("../tests/fixtures/corp-ad/{file}"));
        let text = files.map(|file| std::fs::read_to_string(file).unwrap()).join("\n").replace("\n ", "");
        let ids = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(":: ")?;
            GIVEN.contains(&name.to_lowercase().as_str()).then(|| hex::encode(base64(value)))
        });
        ids.collect()
    });
    known.contains(&hex::encode(octets))
}

fn stable_octets(value: &Bytes) -> Vec<u8> {
    match std::str::from_utf8(value) {
        Ok(text) => stable(text).into_bytes(),
        Err(_) => value.to_vec(),
    }
}

/// Takes the GUID out of the name of a deleted object that the dump does not know.
fn stable(text: &str) -> String {
    let Some(at) = text.find("DEL:") else { return text.to_owned() };
    let (head, tail) = text.split_at(at + 4);
    let Some((guid, rest)) = tail.split_at_checked(36) else { return text.to_owned() };
    let Ok(guid) = uuid::Uuid::parse_str(guid) else { return text.to_owned() };
    if known(&Bytes::copy_from_slice(&guid.to_bytes_le())) {
        return text.to_owned();
    }
    format!("{head}NEW{rest}")
}

/// Response controls: the same ones, and what of their values is not opaque. Our sort response comes on top, as on
/// Windows.
fn controls(recorded: &Value, ours: &[Control]) -> Option<String> {
    let ours: Vec<&Control> = ours.iter().filter(|control| control.oid != oid::SORT_RESPONSE).collect();
    let list = recorded.as_array().unwrap();
    let theirs: BTreeSet<&str> = list.iter().filter_map(|control| control["oid"].as_str()).collect();
    let mine: BTreeSet<&str> = ours.iter().map(|control| control.oid.as_str()).collect();
    if theirs != mine {
        return Some(format!("response controls {mine:?}, recorded {theirs:?}"));
    }
    ours.iter().find_map(|control| {
        let recorded = list.iter().find(|recorded| recorded["oid"] == control.oid.as_str())?;
        if (recorded["critical"] == true) != control.critical {
            return Some(format!("criticality of control {} is {}", control.oid, control.critical));
        }
        let (theirs, mine) = (base64(recorded["value_b64"].as_str()?), control.value.clone()?);
        let (theirs, mine) = (without_cookies(&control.oid, &theirs), without_cookies(&control.oid, &mine));
        (theirs != mine).then(|| format!("control {} is {mine:02x?}, recorded {theirs:02x?}", control.oid))
    })
}

/// The fields of a control value; of a cookie only whether it is empty, of a paged result's size nothing.
fn without_cookies(oid: &str, value: &Bytes) -> Vec<Vec<u8>> {
    let opaque = |(tag, content): (u8, Bytes)| match tag {
        ber::OCTETS => vec![u8::from(content.is_empty())],
        ber::INTEGER if oid == oid::PAGED => Vec::new(),
        _ => content.to_vec(),
    };
    elements(value).into_iter().map(opaque).collect()
}
