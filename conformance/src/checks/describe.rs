//! Predicates and findings in words.

use serde_json::Value;

use crate::case::{
    CertificatesAre, Count, JournalCount, ObjectKind, Place, Predicate, PropertyIs, Secret, WriteCount,
    WriteKind,
};
use crate::oracle::Write;

/// Longest text of a value in a report.
const LONGEST: usize = 160;

/// What a predicate expects.
pub(super) fn predicate(p: &Predicate) -> String {
    match p {
        Predicate::Absent(s) => format!("{s} is not in the tenant"),
        Predicate::All(list) => list.iter().map(predicate).collect::<Vec<_>>().join(", and "),
        Predicate::Any(list) => list.iter().map(predicate).collect::<Vec<_>>().join(", or "),
        Predicate::Certificates(c) => certificates(c),
        Predicate::Exists(e) => e.kind.map_or_else(
            || format!("{} is in the tenant", e.object),
            |k| format!("{} is in the tenant as {}", e.object, kind(k)),
        ),
        Predicate::Exit(e) if e.one_of.is_empty() => {
            format!("cycle {} does not exit with {:?}", e.cycle, e.not_in)
        }
        Predicate::Exit(e) => format!("cycle {} exits with one of {:?}", e.cycle, e.one_of),
        Predicate::Journal(j) => journal(j),
        Predicate::Live(l) => {
            format!("{} live {}{}s", count(l.count), if l.synced { "synced " } else { "" }, kind(l.kind))
        }
        Predicate::MatchesDirectory(s) => {
            format!("both certificate attributes of {s} are what the directory has")
        }
        Predicate::Not(inner) => format!("not: {}", predicate(inner)),
        Predicate::ObjectError(e) => format!("the tenant refuses {} with {}", e.object, e.code),
        Predicate::OneWrite(w) => {
            format!("one write to {} in cycle {} carries {}", w.object, w.cycle, w.carries.join(" and "))
        }
        Predicate::OutputLacks(o) => format!("not printed: {}", lacks(&o.secrets, &o.values)),
        Predicate::Property(p) => property(p),
        Predicate::ProvisioningError(p) => format!("{} has a provisioning error {:?}", p.of, p.with),
        Predicate::SameObject(s) => {
            format!("{} has the tenant id it had after cycle {}", s.object, s.since_cycle)
        }
        Predicate::SoftDeleted(s) => format!("{s} is soft-deleted"),
        Predicate::StatePersisted(k) => format!("the state folder is not empty after cycle {}", k.cycle),
        Predicate::Untouched(s) => format!("{s} is as it was given"),
        Predicate::Waited(w) => {
            format!("{} is tried again {} ms after it was throttled, or later", w.op, w.at_least_ms)
        }
        Predicate::Writes(w) => written(w),
    }
}

fn certificates(c: &CertificatesAre) -> String {
    let place = match c.place {
        Place::Directory => "in the directory",
        Place::Exchange => "in the address book",
        Place::Tenant => "in the tenant",
    };
    let mut parts = Vec::new();
    if let Some(equal) = &c.equal {
        parts.push(format!("exactly {}", names(equal)));
    }
    if !c.include.is_empty() {
        parts.push(format!("includes {}", names(&c.include)));
    }
    if !c.exclude.is_empty() {
        parts.push(format!("lacks {}", names(&c.exclude)));
    }
    if let Some(n) = c.count {
        parts.push(format!("{} values", count(n)));
    }
    format!("{} of {} {place}: {}", c.attribute.name(), c.of, parts.join(", "))
}

fn journal(j: &JournalCount) -> String {
    let mut text = format!("{} × {}", count(j.count), j.op);
    if let Some(object) = &j.object {
        text += &format!(" on {object}");
    }
    if let Some(cycle) = j.cycle {
        text += &format!(" in cycle {cycle}");
    }
    if let Some(outcome) = &j.outcome {
        text += &format!(" with outcome {outcome}");
    }
    if let Some(fault) = &j.fault {
        text += &format!(" where {fault} was played");
    }
    text
}

fn written(w: &WriteCount) -> String {
    let what = match w.kind {
        None => "writes",
        Some(WriteKind::Set) => "creations or changes",
        Some(WriteKind::Delete) => "deletions",
    };
    let mut text = format!("{} {what}", count(w.count));
    if let Some(object) = &w.object {
        text += &format!(" of {object}");
    }
    if !w.property.is_empty() {
        text += &format!(" that carry {}", w.property.join(" or "));
    }
    if let Some(cycle) = w.cycle {
        text += &format!(" in cycle {cycle}");
    }
    text
}

fn property(p: &PropertyIs) -> String {
    let what = if let Some(v) = &p.equals {
        format!("is {}", value(Some(v)))
    } else if let Some(t) = &p.starts_with {
        format!("begins with {t:?}")
    } else if let Some(t) = &p.ends_with {
        format!("ends with {t:?}")
    } else if let Some(t) = &p.has {
        format!("has {t:?}")
    } else if let Some(t) = &p.lacks {
        format!("lacks {t:?}")
    } else if p.empty == Some(true) {
        "is empty".to_owned()
    } else {
        "is not empty".to_owned()
    };
    format!("{} of {} {what}", p.name, p.of)
}

fn lacks(secrets: &[Secret], values: &[String]) -> String {
    let secrets = secrets.iter().map(|s| match s {
        Secret::BindPassword => "the bind password",
        Secret::ClientSecret => "the client secret",
    });
    secrets.chain(values.iter().map(String::as_str)).collect::<Vec<_>>().join(", ")
}

/// Kind of an object.
pub(super) fn kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Contact => "contact",
        ObjectKind::Device => "device",
        ObjectKind::Group => "group",
        ObjectKind::User => "user",
    }
}

fn count(c: Count) -> String {
    match (c.exactly, c.at_least, c.at_most) {
        (Some(n), _, _) => n.to_string(),
        (None, Some(a), Some(b)) => format!("{a} to {b}"),
        (None, Some(a), None) => format!("at least {a}"),
        (None, None, Some(b)) => format!("at most {b}"),
        (None, None, None) => "any number of".to_owned(),
    }
}

/// A list of names; none of them is `none`, many are shortened.
pub(super) fn names(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        many if many.len() > 20 => format!("{} and {} more", many[..20].join(", "), many.len() - 20),
        few => few.join(", "),
    }
}

/// A value of the tenant's state, shortened.
pub(super) fn value(value: Option<&Value>) -> String {
    let text = value.unwrap_or(&Value::Null).to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let short: String = text.chars().take(LONGEST).collect();
    format!("{short}… ({} characters)", text.chars().count())
}

/// Writes: how many, and which.
pub(super) fn writes(found: &[(usize, Write<'_>)]) -> String {
    if found.is_empty() {
        return "no such write".to_owned();
    }
    let shown = found.iter().take(5).map(|(cycle, w)| {
        format!(
            "cycle {cycle} seq {} {} [{}] {}",
            w.entry.seq,
            w.entry.op,
            w.properties.join(" "),
            w.entry.outcome
        )
    });
    format!(
        "{}: {}{}",
        found.len(),
        shown.collect::<Vec<_>>().join("; "),
        if found.len() > 5 { "; …" } else { "" }
    )
}
