//! A predicate, held against a history.

use std::collections::BTreeSet;

use serde_json::Value;

use super::describe;
use super::find::printed;
use crate::case::{
    Attribute, CertificatesAre, Count, Exists, ExitIs, JournalCount, LiveCount, ObjectError, OneWrite,
    OutputLacks, Place, Predicate, PropertyIs, ProvisioningError, SameObject, Secret, Selector, Waited,
    WriteCount,
};
use crate::oracle::{History, Observation, TenantObject, Write, writes};
use crate::report::model::WireEntry;

/// What a predicate came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// It holds; `None`: it can't be judged on this history.
    pub holds: Option<bool>,
    /// What was expected, for people.
    pub expected: String,
    /// What was found, for people.
    pub actual: String,
}

impl Judgement {
    fn of(holds: bool, actual: impl Into<String>) -> Self {
        Self { holds: Some(holds), expected: String::new(), actual: actual.into() }
    }

    fn unjudged(actual: impl Into<String>) -> Self {
        Self { holds: None, expected: String::new(), actual: actual.into() }
    }
}

/// Judges a predicate on the state after a cycle (absent: at the end).
#[must_use]
pub fn evaluate(predicate: &Predicate, history: &History, after_cycle: Option<usize>) -> Judgement {
    let Some(at) = history.at(after_cycle) else {
        return Judgement {
            expected: describe::predicate(predicate),
            ..Judgement::unjudged("the cycle did not run")
        };
    };
    let judgement = Judge { history, at }.predicate(predicate);
    Judgement { expected: describe::predicate(predicate), ..judgement }
}

struct Judge<'a> {
    history: &'a History,
    at: &'a Observation,
}

impl Judge<'_> {
    fn predicate(&self, predicate: &Predicate) -> Judgement {
        match predicate {
            Predicate::Absent(s) => self.absent(s),
            Predicate::All(list) => self.all(list),
            Predicate::Any(list) => self.any(list),
            Predicate::Certificates(c) => self.certificates(c),
            Predicate::Exists(e) => self.exists(e),
            Predicate::Exit(e) => self.exit(e),
            Predicate::Journal(j) => self.journal(j),
            Predicate::Live(l) => self.live(*l),
            Predicate::MatchesDirectory(s) => self.matches_directory(s),
            Predicate::Not(inner) => self.negated(inner),
            Predicate::ObjectError(e) => self.object_error(e),
            Predicate::OneWrite(w) => self.one_write(w),
            Predicate::OutputLacks(o) => self.output_lacks(o),
            Predicate::Property(p) => self.property(p),
            Predicate::ProvisioningError(p) => self.provisioning_error(p),
            Predicate::SameObject(s) => self.same_object(s),
            Predicate::SoftDeleted(s) => self.soft_deleted(s),
            Predicate::StatePersisted(k) => self.state_persisted(k.cycle),
            Predicate::Untouched(s) => self.untouched(s),
            Predicate::Waited(w) => self.waited(w),
            Predicate::Writes(w) => self.writes(w),
        }
    }

    fn all(&self, list: &[Predicate]) -> Judgement {
        let judged: Vec<_> = list.iter().map(|p| self.predicate(p)).collect();
        let first_bad = judged.iter().find(|j| j.holds != Some(true)).cloned();
        first_bad.unwrap_or_else(|| Judgement::of(true, join(&judged)))
    }

    fn any(&self, list: &[Predicate]) -> Judgement {
        let judged: Vec<_> = list.iter().map(|p| self.predicate(p)).collect();
        let good = judged.iter().find(|j| j.holds == Some(true)).cloned();
        good.unwrap_or_else(|| {
            let holds = if judged.iter().all(|j| j.holds.is_none()) { None } else { Some(false) };
            Judgement { holds, expected: String::new(), actual: join(&judged) }
        })
    }

    fn negated(&self, inner: &Predicate) -> Judgement {
        let judged = self.predicate(inner);
        Judgement { holds: judged.holds.map(|h| !h), ..judged }
    }

    fn object(&self, selector: &Selector) -> Result<&TenantObject, Judgement> {
        let found = self.history.object(selector, self.at);
        found.ok_or_else(|| Judgement::of(false, format!("{selector} is not in the tenant")))
    }

    fn exists(&self, e: &Exists) -> Judgement {
        match self.object(&e.object) {
            Err(missing) => missing,
            Ok(object) => {
                let holds = e.kind.is_none_or(|k| k == object.kind);
                Judgement::of(holds, format!("{} is there as {}", e.object, describe::kind(object.kind)))
            }
        }
    }

    fn absent(&self, selector: &Selector) -> Judgement {
        match self.history.object(selector, self.at) {
            Some(object) => Judgement::of(false, format!("{selector} is in the tenant ({})", object.label())),
            None => Judgement::of(true, format!("{selector} is not in the tenant")),
        }
    }

    fn soft_deleted(&self, selector: &Selector) -> Judgement {
        let live = self.history.object(selector, self.at).is_some();
        let deleted = self.history.find(selector, self.at, TenantObject::is_deleted);
        match (live, deleted) {
            (false, Some(object)) => {
                Judgement::of(true, format!("{selector} was deleted at {}", object.text("deletedDateTime")))
            }
            (true, _) => Judgement::of(false, format!("{selector} is there and not deleted")),
            (false, None) => {
                Judgement::of(false, format!("{selector} is not among the deleted objects either"))
            }
        }
    }

    fn property(&self, p: &PropertyIs) -> Judgement {
        match self.object(&p.of) {
            Err(missing) => missing,
            Ok(object) => {
                let value = object.get(&p.name);
                Judgement::of(compare(p, value), describe::value(value))
            }
        }
    }

    fn certificates(&self, c: &CertificatesAre) -> Judgement {
        let list = match self.certificate_list(c) {
            Ok(list) => list,
            Err(missing) => return missing,
        };
        match self.compare_certificates(c, &list) {
            Ok(holds) => Judgement::of(holds, self.describe_values(&list)),
            Err(problem) => Judgement::unjudged(problem),
        }
    }

    fn certificate_list(&self, c: &CertificatesAre) -> Result<Vec<Vec<u8>>, Judgement> {
        if c.place == Place::Directory {
            let Selector::Directory(name) = &c.of else {
                return Err(Judgement::unjudged(format!("{} does not name a directory object", c.of)));
            };
            let found = self.at.directory.find(name);
            let missing = || Judgement::of(false, format!("{name} is not in the directory"));
            return found.map(|o| o.certificates(c.attribute).into_iter().collect()).ok_or_else(missing);
        }
        let object = self.object(&c.of)?;
        Ok(match c.place {
            Place::Exchange => object.exchange_list(c.attribute),
            _ => object.certificate_list(c.attribute),
        })
    }

    fn compare_certificates(&self, c: &CertificatesAre, list: &[Vec<u8>]) -> Result<bool, String> {
        let set: BTreeSet<&Vec<u8>> = list.iter().collect();
        let named = |names: &[String]| self.history.values.all(names).map_err(|e| e.to_string());
        if set.len() != list.len() {
            return Ok(false);
        }
        if let Some(names) = &c.equal {
            let wanted = named(names)?;
            let wanted: BTreeSet<&Vec<u8>> = wanted.iter().map(|(_, v)| v).collect();
            if wanted != set {
                return Ok(false);
            }
        }
        let included = named(&c.include)?.iter().all(|(_, v)| set.contains(v));
        let excluded = named(&c.exclude)?.iter().all(|(_, v)| !set.contains(v));
        Ok(included && excluded && c.count.is_none_or(|n| within(n, list.len())))
    }

    /// Values by the names that the case gives them, else by size.
    fn describe_values(&self, list: &[Vec<u8>]) -> String {
        let mut names: Vec<String> = list
            .iter()
            .map(|v| {
                self.history.values.name_of(v).map_or_else(|| format!("({} octets)", v.len()), str::to_owned)
            })
            .collect();
        names.sort();
        describe::names(&names)
    }

    fn matches_directory(&self, selector: &Selector) -> Judgement {
        let Selector::Directory(name) = selector else {
            return Judgement::unjudged(format!("{selector} does not name a directory object"));
        };
        let Some(source) = self.at.directory.find(name) else {
            return Judgement::unjudged(format!("{name} is not in the directory"));
        };
        let object = match self.object(selector) {
            Ok(object) => object,
            Err(missing) => return missing,
        };
        for attribute in Attribute::BOTH {
            let list = object.certificate_list(attribute);
            let there: BTreeSet<_> = list.iter().cloned().collect();
            let wanted = source.certificates(attribute);
            if there != wanted || there.len() != list.len() {
                let wanted: Vec<_> = wanted.into_iter().collect();
                let (w, t) = (self.describe_values(&wanted), self.describe_values(&list));
                return Judgement::of(false, format!("{}: directory {w}, tenant {t}", attribute.name()));
            }
        }
        Judgement::of(true, "the same sets of octets")
    }

    fn same_object(&self, s: &SameObject) -> Judgement {
        let Some(then) = self.history.at(Some(s.since_cycle)) else {
            return Judgement::unjudged(format!("cycle {} did not run", s.since_cycle));
        };
        let Some(before) = self.history.object(&s.object, then) else {
            return Judgement::of(
                false,
                format!("{} was not in the tenant after cycle {}", s.object, s.since_cycle),
            );
        };
        match self.object(&s.object) {
            Err(missing) => missing,
            Ok(now) => {
                Judgement::of(now.id() == before.id(), format!("id {} then, {} now", before.id(), now.id()))
            }
        }
    }

    fn untouched(&self, selector: &Selector) -> Judgement {
        let Some(before) = self.history.object(selector, &self.history.given) else {
            return Judgement::unjudged(format!("{selector} was not there at the beginning"));
        };
        let Some(now) = self.at.tenant.by_id(before.id()) else {
            return Judgement::of(false, format!("{selector} is gone"));
        };
        let differing: Vec<_> = before
            .properties
            .keys()
            .chain(now.properties.keys())
            .filter(|k| k.as_str() != "exchange" && before.properties.get(*k) != now.properties.get(*k))
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        Judgement::of(
            differing.is_empty(),
            if differing.is_empty() {
                "unchanged".into()
            } else {
                format!("changed: {}", differing.join(", "))
            },
        )
    }

    fn live(&self, l: LiveCount) -> Judgement {
        let count =
            self.at.tenant.live().filter(|o| o.kind == l.kind && (!l.synced || o.is_synced())).count();
        Judgement::of(within(l.count, count), format!("{count} live"))
    }

    fn provisioning_error(&self, p: &ProvisioningError) -> Judgement {
        let object = match self.object(&p.of) {
            Ok(object) => object,
            Err(missing) => return missing,
        };
        let errors = object.get("provisioningErrors").and_then(Value::as_array).cloned().unwrap_or_default();
        let fits = |e: &Value| {
            p.with
                .iter()
                .all(|(k, v)| e.get(k).and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case(v)))
        };
        Judgement::of(errors.iter().any(fits), describe::value(Some(&Value::Array(errors))))
    }

    fn exit(&self, e: &ExitIs) -> Judgement {
        let Some(step) = self.history.cycle(e.cycle) else {
            return Judgement::unjudged(format!("cycle {} did not run", e.cycle));
        };
        match step.exit {
            None => Judgement::of(false, "it did not end by itself"),
            Some(code) => {
                let holds =
                    if e.one_of.is_empty() { !e.not_in.contains(&code) } else { e.one_of.contains(&code) };
                Judgement::of(holds, format!("exit code {code}"))
            }
        }
    }

    fn state_persisted(&self, cycle: usize) -> Judgement {
        match self.history.cycle(cycle) {
            None => Judgement::unjudged(format!("cycle {cycle} did not run")),
            Some(step) => Judgement::of(step.state_files > 0, format!("{} files", step.state_files)),
        }
    }

    fn output_lacks(&self, o: &OutputLacks) -> Judgement {
        let mut wanted: Vec<(String, Vec<u8>)> = match self.history.values.all(&o.values) {
            Ok(values) => values,
            Err(e) => return Judgement::unjudged(e.to_string()),
        };
        wanted.extend(o.secrets.iter().map(|s| match s {
            Secret::BindPassword => {
                ("the bind password".to_owned(), self.history.secrets.bind_password.clone().into_bytes())
            }
            Secret::ClientSecret => {
                ("the client secret".to_owned(), self.history.secrets.client_secret.clone().into_bytes())
            }
        }));
        for step in self.history.cycles() {
            for (name, octets) in &wanted {
                if let Some(form) = printed(&step.output, octets) {
                    return Judgement::of(
                        false,
                        format!("{name} is in the output of step {} ({form})", step.number),
                    );
                }
            }
        }
        Judgement::of(true, "not printed")
    }

    /// Writes to an object are addressed by its source anchor, id or UPN, depending on the carrier.
    fn targets(&self, selector: &Selector) -> BTreeSet<String> {
        let mut targets: BTreeSet<String> = self.history.anchors(selector, self.at).into_iter().collect();
        if let Selector::Directory(name) = selector {
            targets.extend(self.history.roster.anchors(name).iter().cloned());
        }
        let seen = [&self.history.given, self.at, self.history.end()];
        for object in seen.iter().filter_map(|at| self.history.find(selector, at, |_| true)) {
            targets.extend([object.id(), object.text("userPrincipalName")].map(str::to_owned));
        }
        targets.remove("");
        targets
    }

    fn journal(&self, j: &JournalCount) -> Judgement {
        let targets = j.object.as_ref().map(|s| self.targets(s));
        let fits = |e: &&&WireEntry| {
            pattern(&j.op, &e.op)
                && targets.as_ref().is_none_or(|t| t.contains(&e.target))
                && j.outcome.as_ref().is_none_or(|o| pattern(o, &e.outcome))
                && j.fault
                    .as_ref()
                    .is_none_or(|f| e.fault.as_deref().is_some_and(|x| x.split(',').any(|x| pattern(f, x))))
        };
        let entries = self.history.entries(j.cycle);
        let count = entries.iter().filter(fits).count();
        Judgement::of(within(j.count, count), format!("{count} times"))
    }

    fn writes_of(&self, object: Option<&Selector>, cycle: Option<usize>) -> Vec<(usize, Write<'_>)> {
        let targets = object.map(|s| self.targets(s));
        let cycles = self.history.cycles().enumerate().filter(|(n, _)| cycle.is_none_or(|c| c == n + 1));
        cycles
            .flat_map(|(n, step)| writes(&step.entries).into_iter().map(move |w| (n + 1, w)))
            .filter(|(_, w)| targets.as_ref().is_none_or(|t| t.contains(&w.entry.target)))
            .collect()
    }

    fn writes(&self, w: &WriteCount) -> Judgement {
        let carries = |write: &Write<'_>| {
            w.property.is_empty()
                || w.property.iter().any(|p| write.properties.iter().any(|q| q.eq_ignore_ascii_case(p)))
        };
        let found: Vec<_> = self
            .writes_of(w.object.as_ref(), w.cycle)
            .into_iter()
            .filter(|(_, write)| w.kind.is_none_or(|k| k == write.kind) && carries(write))
            .collect();
        Judgement::of(within(w.count, found.len()), describe::writes(&found))
    }

    fn one_write(&self, w: &OneWrite) -> Judgement {
        let found = self.writes_of(Some(&w.object), Some(w.cycle));
        let carries = |write: &Write<'_>| {
            w.carries.iter().all(|p| write.properties.iter().any(|q| q.eq_ignore_ascii_case(p)))
        };
        let holds = found.iter().any(|(_, write)| write.done && carries(write));
        Judgement::of(holds, describe::writes(&found))
    }

    fn object_error(&self, e: &ObjectError) -> Judgement {
        let found = self.writes_of(Some(&e.object), e.cycle);
        let outcomes: Vec<String> = found.iter().map(|(_, w)| w.entry.outcome.clone()).collect();
        Judgement::of(outcomes.iter().any(|o| o.eq_ignore_ascii_case(&e.code)), describe::names(&outcomes))
    }

    fn waited(&self, w: &Waited) -> Judgement {
        let entries = self.history.entries(None);
        let mut waits = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let throttled =
                pattern(&w.op, &entry.op) && entry.fault.as_deref().is_some_and(|f| f.contains("throttle"));
            // the same object again: what else was in the refused batch is told a moment later and is no retry
            let later =
                |e: &&&WireEntry| pattern(&w.op, &e.op) && e.side == entry.side && e.target == entry.target;
            if throttled && let Some(next) = entries[index + 1..].iter().find(later) {
                waits.push(next.elapsed_ms.saturating_sub(entry.elapsed_ms));
            }
        }
        match waits.iter().min() {
            None => Judgement::of(false, "no throttled operation that was tried again"),
            Some(least) => Judgement::of(*least >= w.at_least_ms, format!("came back after {least} ms")),
        }
    }
}

fn join(judged: &[Judgement]) -> String {
    judged.iter().map(|j| j.actual.as_str()).collect::<Vec<_>>().join("; ")
}

/// Whether a number is within bounds.
fn within(count: Count, n: usize) -> bool {
    count.exactly.is_none_or(|x| n == x)
        && count.at_least.is_none_or(|x| n >= x)
        && count.at_most.is_none_or(|x| n <= x)
}

/// Equality without case; `*` at the end stands for any rest.
fn pattern(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => text.get(..prefix.len()).is_some_and(|t| t.eq_ignore_ascii_case(prefix)),
        None => pattern.eq_ignore_ascii_case(text),
    }
}

fn compare(p: &PropertyIs, value: Option<&Value>) -> bool {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let list = || value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    if let Some(wanted) = &p.equals {
        return equal(wanted, value.unwrap_or(&Value::Null));
    }
    if let Some(start) = &p.starts_with {
        return text.starts_with(start);
    }
    if let Some(end) = &p.ends_with {
        return text.ends_with(end);
    }
    if let Some(element) = &p.has {
        return list().any(|t| t.eq_ignore_ascii_case(element));
    }
    if let Some(element) = &p.lacks {
        return !list().any(|t| t.eq_ignore_ascii_case(element));
    }
    p.empty == Some(is_empty(value))
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(s)) => s.is_empty(),
        Some(Value::Array(a)) => a.is_empty(),
        Some(_) => false,
    }
}

/// Equality; lists are sets.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let sorted = |v: &[Value]| {
                let mut texts: Vec<String> = v.iter().map(Value::to_string).collect();
                texts.sort();
                texts
            };
            sorted(a) == sorted(b)
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;
    use crate::case::Values;
    use crate::oracle::{DirectoryView, Roster, Secrets, StepKind, StepRecord, TenantView};
    use crate::report::model::Side;

    /// objectGUID `01` is `AQ==`.
    const LDIF: &str = "dn: CN=Alice,DC=x\ncn: Alice\nsAMAccountName: alice\nobjectGUID:: AQ==\nuserCertificate:: Yw==\n\n\
                        dn: CN=Bob,DC=x\ncn: Bob\nsAMAccountName: bob\nobjectGUID:: Ag==\n";

    fn entry(seq: u64, op: &str, target: &str, outcome: &str) -> WireEntry {
        WireEntry {
            step: 1,
            side: if op.starts_with("ldap.") { Side::Directory } else { Side::Tenant },
            seq,
            time: "2026-09-01T00:00:00Z".parse().unwrap(),
            elapsed_ms: seq * 1000,
            op: op.to_owned(),
            target: target.to_owned(),
            principal: String::new(),
            attempt: 1,
            outcome: outcome.to_owned(),
            fault: (outcome == "429").then(|| "throttle".to_owned()),
            detail: json!({"properties": ["userCertificate", "userSMIMECertificate"]}),
        }
    }

    /// One cycle that created alice, was refused bob, and printed something.
    fn history() -> History {
        let directory = Arc::new(DirectoryView::from_ldif(LDIF).unwrap());
        let given = json!({"users": [{"id": "9", "userPrincipalName": "cloud@x", "sourceAnchor": null, "displayName": "C"}]});
        let after = json!({"users": [
            {"id": "9", "userPrincipalName": "cloud@x", "sourceAnchor": null, "displayName": "C"},
            {"id": "1", "userPrincipalName": "alice@x", "sourceAnchor": "AQ==", "onPremisesSyncEnabled": true,
             "displayName": "Alice", "proxyAddresses": ["SMTP:a@x"], "userCertificate": ["Yw=="],
             "properties": {"usageLocation": "DE"}, "provisioningErrors": [{"propertyCausingError": "ProxyAddress"}],
             "exchange": {"userCertificate": []}},
            {"id": "5", "userPrincipalName": "gone@x", "sourceAnchor": "BQ==", "deletedDateTime": "2026-09-01T00:00:00Z"},
        ]});
        let see = |state| Observation {
            directory: Arc::clone(&directory),
            tenant: Arc::new(TenantView::from_state(&state)),
        };
        let mut roster = Roster::default();
        roster.see(&directory);
        let entries = vec![
            entry(1, "ldap.bind", "", "ok"),
            entry(2, "provisioning.set", "AQ==", "429"),
            entry(4, "provisioning.set", "AQ==", "ok"),
            entry(5, "provisioning.add", "Ag==", "LargeObject"),
        ];
        let step = StepRecord {
            number: 1,
            kind: StepKind::Cycle { ordinal: 1, dry_run: false, killed: false },
            exit: Some(10),
            output: b"hello s3cret".to_vec(),
            entries,
            state_files: 1,
            after: see(after),
        };
        let named = IndexMap::from([("c".to_owned(), b"c".to_vec()), ("d".to_owned(), b"d".to_vec())]);
        let secrets = Secrets { bind_password: "s3cret".into(), client_secret: "other".into() };
        History { given: see(given), steps: vec![step], roster, values: Values::from_named(named), secrets }
    }

    /// Reads a predicate as a case would write it, and judges it at the end.
    fn holds(yaml: &str) -> Option<bool> {
        let predicate: Predicate = serde_saphyr::from_str(yaml).unwrap_or_else(|e| panic!("{yaml}: {e}"));
        evaluate(&predicate, &history(), None).holds
    }

    #[test]
    fn every_predicate_can_hold_and_fail() {
        for (good, bad) in [
            ("absent: bob", "absent: alice"),
            ("exists: { object: alice, kind: user }", "exists: { object: alice, kind: contact }"),
            ("soft_deleted: 'upn:gone@x'", "soft_deleted: alice"),
            (
                "all: [ { absent: bob }, { exists: { object: alice } } ]",
                "all: [ { absent: bob }, { absent: alice } ]",
            ),
            ("any: [ { absent: bob }, { absent: alice } ]", "any: [ { exists: { object: bob } } ]"),
            ("not: { absent: alice }", "not: { absent: bob }"),
            ("certificates: { of: alice, equal: [c] }", "certificates: { of: alice, equal: [c, d] }"),
            ("certificates: { of: alice, include: [c] }", "certificates: { of: alice, include: [d] }"),
            ("certificates: { of: alice, exclude: [d] }", "certificates: { of: alice, exclude: [c] }"),
            (
                "certificates: { of: alice, count: { exactly: 1 } }",
                "certificates: { of: alice, count: { at_least: 2 } }",
            ),
            (
                "certificates: { of: alice, place: exchange, equal: [] }",
                "certificates: { of: alice, place: exchange, equal: [c] }",
            ),
            (
                "certificates: { of: bob, place: directory, equal: [] }",
                "certificates: { of: bob, equal: [] }",
            ),
            ("matches_directory: alice", "matches_directory: bob"),
            ("exit: { cycle: 1, in: [0, 10] }", "exit: { cycle: 1, in: [0] }"),
            ("exit: { cycle: 1, not_in: [0] }", "exit: { cycle: 1, not_in: [10] }"),
            (
                "journal: { op: 'provisioning.*', count: { exactly: 3 } }",
                "journal: { op: ldap.bind, count: { at_least: 2 } }",
            ),
            (
                "journal: { op: 'provisioning.*', fault: throttle, count: { exactly: 1 } }",
                "journal: { op: 'provisioning.*', outcome: ok, count: { exactly: 2 } }",
            ),
            (
                "journal: { op: provisioning.set, object: alice, count: { exactly: 2 } }",
                "journal: { op: provisioning.set, object: bob, count: { exactly: 2 } }",
            ),
            (
                "writes: { object: alice, count: { exactly: 2 } }",
                "writes: { kind: delete, count: { at_least: 1 } }",
            ),
            (
                "writes: { property: [USERCERTIFICATE], count: { exactly: 3 } }",
                "writes: { property: [mail], count: { at_least: 1 } }",
            ),
            (
                "one_write: { object: alice, cycle: 1, carries: [userCertificate, userSMIMECertificate] }",
                "one_write: { object: bob, cycle: 1, carries: [userCertificate] }",
            ),
            (
                "object_error: { object: bob, code: LargeObject }",
                "object_error: { object: alice, code: LargeObject }",
            ),
            (
                "live: { kind: user, count: { exactly: 2 } }",
                "live: { kind: user, synced: true, count: { exactly: 2 } }",
            ),
            (
                "provisioning_error: { of: alice, with: { propertyCausingError: ProxyAddress } }",
                "provisioning_error: { of: alice, with: { propertyCausingError: Mail } }",
            ),
            (
                "same_object: { object: 'upn:cloud@x', since_cycle: 0 }",
                "same_object: { object: alice, since_cycle: 0 }",
            ),
            ("untouched: 'upn:cloud@x'", "not: { untouched: 'upn:cloud@x' }"),
            ("state_persisted: { cycle: 1 }", "not: { state_persisted: { cycle: 1 } }"),
            ("output_lacks: { secrets: [client_secret] }", "output_lacks: { secrets: [bind_password] }"),
            (
                "waited: { op: 'provisioning.*', at_least_ms: 2000 }",
                "waited: { op: 'provisioning.*', at_least_ms: 2001 }",
            ),
        ] {
            assert_eq!(holds(good), Some(true), "{good}");
            assert_eq!(holds(bad), Some(false), "{bad}");
        }
    }

    #[test]
    fn every_comparison_of_a_property_can_hold_and_fail() {
        for (good, bad) in [
            ("name: displayName, equals: Alice", "name: displayName, equals: Bob"),
            ("name: proxyAddresses, equals: ['SMTP:a@x']", "name: proxyAddresses, equals: []"),
            ("name: usageLocation, equals: DE", "name: usageLocation, equals: AT"),
            ("name: displayName, starts_with: Al", "name: displayName, starts_with: li"),
            ("name: displayName, ends_with: ce", "name: displayName, ends_with: Al"),
            ("name: proxyAddresses, has: 'smtp:a@x'", "name: proxyAddresses, has: 'smtp:b@x'"),
            ("name: proxyAddresses, lacks: 'smtp:b@x'", "name: proxyAddresses, lacks: 'SMTP:A@x'"),
            ("name: mail, empty: true", "name: displayName, empty: true"),
        ] {
            assert_eq!(holds(&format!("property: {{ of: alice, {good} }}")), Some(true), "{good}");
            assert_eq!(holds(&format!("property: {{ of: alice, {bad} }}")), Some(false), "{bad}");
        }
    }

    #[test]
    fn what_can_not_be_seen_is_not_judged() {
        let absent: Predicate = serde_saphyr::from_str("absent: alice").unwrap();
        assert_eq!(evaluate(&absent, &history(), Some(2)).holds, None);
        assert_eq!(holds("exit: { cycle: 2, in: [0] }"), None);
        assert_eq!(holds("certificates: { of: alice, equal: [nobody] }"), None);
        assert_eq!(holds("matches_directory: 'upn:alice@x'"), None);
    }

    #[test]
    fn a_value_that_is_there_twice_is_no_set() {
        let mut history = history();
        let state =
            json!({"users": [{"id": "1", "sourceAnchor": "AQ==", "userCertificate": ["Yw==", "Yw=="]}]});
        history.steps[0].after.tenant = Arc::new(TenantView::from_state(&state));
        let predicate: Predicate = serde_saphyr::from_str("certificates: { of: alice, equal: [c] }").unwrap();
        assert_eq!(evaluate(&predicate, &history, None).holds, Some(false));
    }
}
