//! Who is tested, and what they declare.

use std::path::Path;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::place::line_at;
use crate::report::model::{Capability, SubjectInfo};

/// The capabilities of the contract with the values that each may have, in the contract's order.
const CAPABILITIES: [(&str, Values); 15] = [
    ("carrier", Values::OneOf(&["provisioning", "exchange", "graph"])),
    ("objects", Values::ListOf(&["user", "inetOrgPerson", "contact", "group", "device"])),
    ("delta", Values::OneOf(&["dirsync", "usn", "none"])),
    ("dry_run", Values::OneOf(&["cmd", "none"])),
    ("confirm", Values::OneOf(&["readback", "none"])),
    ("cert.over_limit", Values::OneOf(&["drop_all", "trim", "error"])),
    ("cert.expired", Values::OneOf(&["pass", "filter"])),
    ("cert.malformed", Values::OneOf(&["pass", "drop_value", "error"])),
    ("cert.private_key", Values::OneOf(&["pass", "refuse"])),
    ("mailnickname_gate", Values::Bool),
    ("cert.empty_value", Values::OneOf(&["drop", "error"])),
    ("source_anchor", Values::Text),
    ("consistency_guid_writeback", Values::Bool),
    ("delete_guard", Values::Guard),
    ("delete_guard.scope", Values::OneOf(&["deletes", "all"])),
];

/// The profile that fixes every choice to what Entra Connect does out of the box.
pub const COMPAT_PROFILE: &str = "entra-connect-compat";

/// What Entra Connect does where a choice is legal.
const COMPAT: [(&str, &str); 8] = [
    ("cert.over_limit", "drop_all"),
    ("cert.expired", "pass"),
    ("cert.malformed", "pass"),
    ("cert.private_key", "pass"),
    ("mailnickname_gate", "true"),
    ("cert.empty_value", "drop"),
    ("delete_guard", "abs:500"),
    ("delete_guard.scope", "all"),
];

/// What a capability's value may be.
#[derive(Debug, Clone, Copy)]
enum Values {
    Bool,
    Guard,
    ListOf(&'static [&'static str]),
    OneOf(&'static [&'static str]),
    Text,
}

/// Whether the contract knows this capability.
#[must_use]
pub fn is_capability(name: &str) -> bool {
    CAPABILITIES.iter().any(|(n, _)| *n == name)
}

/// How the subject is started for one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A program with its arguments.
    Program(Vec<String>),
    /// A line for `sh -c`.
    Shell(String),
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Program(argv) => f.write_str(&argv.join(" ")),
            Self::Shell(line) => f.write_str(line),
        }
    }
}

/// What a subject declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    declared: IndexMap<String, Vec<String>>,
    adjustable: IndexMap<String, Vec<String>>,
}

impl Capabilities {
    /// The declared value, if it is declared; of a list, all its members joined by `, `.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.declared.get(name).map(|v| v.join(", "))
    }

    /// Whether it is declared, with this value (or this member) if one is asked for.
    #[must_use]
    pub fn has(&self, name: &str, value: Option<&str>) -> bool {
        let declared = self.declared.get(name);
        declared.is_some_and(|have| value.is_none_or(|wanted| have.iter().any(|h| h == wanted)))
    }

    /// These capabilities with some set to other values for one case; `None` if the subject can't do one of them.
    #[must_use]
    pub fn adjusted(&self, wanted: &IndexMap<String, String>) -> Option<Self> {
        let mut adjusted = self.clone();
        for (name, value) in wanted {
            let offers = |offer: &String| match offer.strip_suffix('*') {
                Some(head) => value.starts_with(head),
                None => offer == value,
            };
            let offered = self.adjustable.get(name).is_some_and(|list| list.iter().any(offers));
            if !offered && !self.has(name, Some(value)) {
                return None;
            }
            adjusted.declared.insert(name.clone(), vec![value.clone()]);
        }
        Some(adjusted)
    }

    /// These capabilities with every choice fixed to what Entra Connect does, whatever is declared.
    #[must_use]
    pub fn compat(&self) -> Self {
        let mut fixed = self.clone();
        fixed.declared.extend(COMPAT.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])));
        fixed
    }

    /// Every capability of the contract with what is declared, for the report.
    #[must_use]
    pub fn list(&self) -> Vec<Capability> {
        CAPABILITIES
            .iter()
            .map(|(name, _)| Capability { name: (*name).to_owned(), value: self.value(name) })
            .collect()
    }
}

/// Who is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Name, version, addresses.
    pub info: SubjectInfo,
    /// How one cycle is started.
    pub command: Command,
    /// What it declares.
    pub capabilities: Capabilities,
    /// Profiles it claims to conform to.
    pub claim: Vec<String>,
    /// After this much real time a cycle is ended and counts as hung.
    pub timeout: Duration,
}

/// A subject's file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct SubjectError {
    /// File.
    pub file: String,
    /// Line, from 1 (0: the file as a whole).
    pub line: usize,
    /// What is wrong, and what was expected.
    pub problem: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubjectFile {
    subject: Head,
    #[serde(default)]
    capabilities: IndexMap<String, toml::Value>,
    #[serde(default)]
    adjustable: IndexMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    #[serde(default)]
    version: String,
    url: Option<String>,
    issues: Option<String>,
    #[serde(default = "exec")]
    driver: String,
    cmd: Option<String>,
    #[serde(default = "one")]
    contract: u32,
    #[serde(default)]
    claim: Vec<String>,
    #[serde(default = "a_minute")]
    timeout_s: u64,
}

fn exec() -> String {
    "exec".to_owned()
}

fn one() -> u32 {
    1
}

fn a_minute() -> u64 {
    60
}

/// The bundled syncer's file.
const BUNDLED: &str = include_str!("../subjects/bundled.toml");

impl Subject {
    /// The bundled syncer, started as a hidden subcommand of this very program.
    ///
    /// # Errors
    /// The built-in file is wrong.
    pub fn bundled(program: &Path) -> Result<Self, SubjectError> {
        let program = program.display().to_string();
        let command = Command::Program(vec![program, crate::bundled::SUBCOMMAND.to_owned()]);
        Self::parse("subjects/bundled.toml", BUNDLED, Some(command))
    }

    /// A bare command: nothing is declared, so nothing that depends on a choice is scored.
    #[must_use]
    pub fn undeclared(line: &str) -> Self {
        let info = SubjectInfo {
            kind: "syncer".into(),
            name: line.to_owned(),
            version: String::new(),
            url: None,
            issues: None,
            driver: exec(),
            command: line.to_owned(),
        };
        let command = Command::Shell(line.to_owned());
        Self {
            info,
            command,
            capabilities: Capabilities::default(),
            claim: Vec::new(),
            timeout: Duration::from_secs(a_minute()),
        }
    }

    /// Reads a subject's file.
    ///
    /// # Errors
    /// Unreadable, no TOML, an unknown key, capability or value, a driver that this version doesn't have.
    pub fn load(path: &Path, command: Option<Command>) -> Result<Self, SubjectError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| SubjectError {
            file: file.clone(),
            line: 0,
            problem: format!("can't be read: {e}"),
        })?;
        Self::parse(&file, &text, command)
    }

    /// Reads the text of a subject's file; `command` replaces its `cmd`.
    ///
    /// # Errors
    /// As [`Subject::load`].
    pub fn parse(file: &str, text: &str, command: Option<Command>) -> Result<Self, SubjectError> {
        let error = |line, problem| SubjectError { file: file.to_owned(), line, problem };
        let parsed: SubjectFile = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(0, |s| line_at(text, s.start));
            error(line, e.message().to_owned())
        })?;
        let problem_at = |(key, problem): (String, String)| error(line_of(text, &key), problem);
        let head = parsed.subject;
        if head.contract != 1 {
            return Err(problem_at((
                "contract".into(),
                format!("contract {}: this suite speaks contract 1", head.contract),
            )));
        }
        if head.driver != "exec" {
            let problem = format!("driver \"{}\": this version has only \"exec\"", head.driver);
            return Err(problem_at(("driver".into(), problem)));
        }
        let command = command.or_else(|| head.cmd.clone().map(Command::Shell));
        let command = command.ok_or_else(|| error(1, "no `cmd`, and no --cmd either".to_owned()))?;
        let capabilities = capabilities(parsed.capabilities, parsed.adjustable).map_err(problem_at)?;
        let info = SubjectInfo {
            kind: "syncer".into(),
            name: head.name,
            version: head.version,
            url: head.url,
            issues: head.issues,
            driver: head.driver,
            command: command.to_string(),
        };
        Ok(Self {
            info,
            command,
            capabilities,
            claim: head.claim,
            timeout: Duration::from_secs(head.timeout_s),
        })
    }
}

/// First line that begins with this key.
fn line_of(text: &str, key: &str) -> usize {
    let named = |line: &str| line.trim_start().trim_start_matches('"').starts_with(key);
    text.lines().position(named).map_or(1, |i| i + 1)
}

/// The key that is wrong, and why.
type KeyProblem = (String, String);

fn capabilities(
    given: IndexMap<String, toml::Value>,
    adjustable: IndexMap<String, Vec<String>>,
) -> Result<Capabilities, KeyProblem> {
    let mut declared = IndexMap::new();
    for (name, value) in given {
        let texts = texts(&name, &value)?;
        declared.insert(name, texts);
    }
    for (name, values) in &adjustable {
        let allowed = allowed(name)?;
        for value in values {
            let example = value.replace('*', "1");
            accepts(allowed, &example).map_err(|expected| {
                (name.clone(), format!("adjustable {name} = \"{value}\": expected {expected}"))
            })?;
        }
    }
    Ok(Capabilities { declared, adjustable })
}

fn allowed(name: &str) -> Result<Values, KeyProblem> {
    let known = CAPABILITIES.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    known.ok_or_else(|| {
        let names: Vec<_> = CAPABILITIES.iter().map(|(n, _)| *n).collect();
        (name.to_owned(), format!("unknown capability `{name}`; there are {}", names.join(", ")))
    })
}

fn texts(name: &str, value: &toml::Value) -> Result<Vec<String>, KeyProblem> {
    let allowed = allowed(name)?;
    let one = |v: &toml::Value| match v {
        toml::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let texts: Vec<String> = match (allowed, value) {
        (Values::ListOf(_), toml::Value::Array(list)) => list.iter().map(one).collect(),
        (_, scalar) => vec![one(scalar)],
    };
    for text in &texts {
        accepts(allowed, text)
            .map_err(|expected| (name.to_owned(), format!("{name} = {text}: expected {expected}")))?;
    }
    Ok(texts)
}

/// `Err`: what would be accepted.
fn accepts(allowed: Values, text: &str) -> Result<(), String> {
    let number = |rest: Option<&str>| rest.is_some_and(|n| n.parse::<u32>().is_ok());
    let (good, expected) = match allowed {
        Values::Bool => (matches!(text, "true" | "false"), "true or false".to_owned()),
        Values::Text => (!text.is_empty(), "a text".to_owned()),
        Values::OneOf(list) | Values::ListOf(list) => (list.contains(&text), list.join(" or ")),
        Values::Guard => {
            let good =
                text == "none" || number(text.strip_prefix("abs:")) || number(text.strip_prefix("pct:"));
            (good, "abs:NUMBER, pct:NUMBER or none".to_owned())
        }
    };
    if good { Ok(()) } else { Err(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[subject]\nname = \"x\"\ncmd = \"./x\"\n[capabilities]\n\"cert.over_limit\" = \"trim\"\nobjects = [\"user\", \"contact\"]\nmailnickname_gate = true\n[adjustable]\n\"cert.over_limit\" = [\"drop_all\"]\n";

    fn problem(text: &str) -> SubjectError {
        Subject::parse("s.toml", text, None).unwrap_err()
    }

    #[test]
    fn declared_values_are_found() {
        let subject = Subject::parse("s.toml", GOOD, None).unwrap();
        assert!(subject.capabilities.has("cert.over_limit", Some("trim")));
        assert!(subject.capabilities.has("objects", Some("contact")));
        assert!(!subject.capabilities.has("objects", Some("group")));
        assert!(!subject.capabilities.has("delta", None));
        assert_eq!(subject.capabilities.value("mailnickname_gate").as_deref(), Some("true"));
        assert_eq!(subject.capabilities.list().len(), CAPABILITIES.len());
    }

    #[test]
    fn only_adjustable_values_can_be_set() {
        let subject = Subject::parse("s.toml", GOOD, None).unwrap();
        let want = |v: &str| IndexMap::from([("cert.over_limit".to_owned(), v.to_owned())]);
        assert!(
            subject
                .capabilities
                .adjusted(&want("drop_all"))
                .unwrap()
                .has("cert.over_limit", Some("drop_all"))
        );
        assert!(subject.capabilities.adjusted(&want("trim")).is_some());
        assert!(subject.capabilities.adjusted(&want("error")).is_none());
    }

    #[test]
    fn wrong_values_are_named_with_their_line() {
        let error = problem(&GOOD.replace("\"trim\"", "\"shrug\""));
        assert_eq!((error.line, error.problem.contains("drop_all or trim or error")), (5, true), "{error}");
        let error = problem(&GOOD.replace("mailnickname_gate", "nickname_gate"));
        assert!(error.problem.contains("unknown capability `nickname_gate`") && error.line == 7, "{error}");
        let error = problem(&GOOD.replace("cmd = \"./x\"\n", "driver = \"http\"\n"));
        assert!(error.problem.contains("only \"exec\""), "{error}");
        assert!(problem("[subject]\nname = 7\n").to_string().starts_with("s.toml:2: "));
        assert!(problem("[subject]\nname = \"x\"\n").problem.contains("no `cmd`"));
    }

    #[test]
    fn guards_are_numbers() {
        assert!(accepts(Values::Guard, "abs:500").is_ok());
        assert!(accepts(Values::Guard, "none").is_ok());
        assert!(accepts(Values::Guard, "abs:many").is_err());
    }

    #[test]
    fn the_bundled_subject_is_well_formed() {
        let subject = Subject::bundled(Path::new("conformance")).unwrap();
        assert!(subject.capabilities.list().iter().all(|c| c.value.is_some()), "everything is declared");
    }
}
