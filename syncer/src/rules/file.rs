//! Rule files: YAML text → [`RuleSet`], or every mistake in it with file, line and column.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};
use sha2::{Digest as _, Sha256};

use super::check;
use super::lang::{Expr, Value};
use super::model::{Flow, FlowSource, LinkType, MergeType, Rule, RuleSet};
use super::scope::Clause;

/// The built-in rule set `entra-connect`: what Entra Connect does out of the box.
const ENTRA_CONNECT: &str = include_str!("../../rules/entra-connect.yaml");

/// Mistakes in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RuleFileError(pub Vec<Mistake>);

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Mistake {
    /// The file's name, as it was given.
    pub file: String,
    /// Line, 1-based; 0 if unknown.
    pub line: u64,
    /// Column, 1-based; 0 if unknown.
    pub column: u64,
    /// What is wrong and what was expected.
    pub message: String,
}

impl RuleSet {
    /// The built-in rule set that does what Entra Connect does out of the box.
    ///
    /// # Errors
    /// Never, as a test holds; the signature is that of [`RuleSet::parse`].
    pub fn entra_connect() -> Result<Self, RuleFileError> {
        Self::parse("entra-connect.yaml", ENTRA_CONNECT)
    }

    /// Reads and checks a rule file; `file` is its name in messages.
    ///
    /// # Errors
    /// [`RuleFileError`] with every mistake that was found.
    pub fn parse(file: &str, text: &str) -> Result<Self, RuleFileError> {
        let read: FileText =
            serde_saphyr::from_str(text).map_err(|e| RuleFileError(vec![yaml_mistake(file, &e)]))?;
        let mut notes = Notes { file: file.to_owned(), mistakes: Vec::new() };
        let mut set = Self {
            name: read.name.clone(),
            fingerprint: hex::encode(Sha256::digest(text.as_bytes())),
            inbound: Vec::new(),
            outbound: Vec::new(),
            multi_valued: read.multi_valued.iter().cloned().collect(),
            directory_attributes: Vec::new(),
            reference_attributes: Vec::new(),
            managed: std::collections::BTreeMap::new(),
        };
        for rule in read.rules.iter().filter(|r| !r.disabled) {
            let built = rule.build(&mut notes);
            match rule.direction {
                Direction::Inbound => set.inbound.push(built),
                Direction::Outbound => set.outbound.push(built),
            }
        }
        set.inbound.sort_by_key(|r| r.precedence);
        set.outbound.sort_by_key(|r| r.precedence);
        check::check(&read, &mut set, &mut notes);
        if notes.mistakes.is_empty() { Ok(set) } else { Err(RuleFileError(notes.mistakes)) }
    }
}

fn yaml_mistake(file: &str, error: &serde_saphyr::Error) -> Mistake {
    let at = error.location();
    let text = error.to_string();
    let message = text.lines().next().unwrap_or_default().to_owned();
    Mistake {
        file: file.to_owned(),
        line: at.map_or(0, |l| l.line()),
        column: at.map_or(0, |l| l.column()),
        message,
    }
}

/// Collects mistakes.
pub(super) struct Notes {
    file: String,
    mistakes: Vec<Mistake>,
}

impl Notes {
    /// Notes a mistake at a place of the file.
    pub(super) fn add(&mut self, at: &Location, message: String) {
        self.mistakes.push(Mistake {
            file: self.file.clone(),
            line: at.line(),
            column: at.column(),
            message,
        });
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    pub(super) name: String,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    pub(super) multi_valued: Vec<String>,
    #[serde(default)]
    pub(super) metaverse: Vec<String>,
    pub(super) rules: Vec<RuleText>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Inbound,
    Outbound,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleText {
    pub(super) name: Spanned<String>,
    #[serde(default, rename = "note")]
    _note: Option<String>,
    pub(super) direction: Direction,
    pub(super) source: Vec<Spanned<String>>,
    pub(super) target: Spanned<String>,
    pub(super) link: LinkType,
    pub(super) precedence: u32,
    #[serde(default)]
    pub(super) disabled: bool,
    #[serde(default)]
    pub(super) scope: Vec<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) join: Vec<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) flows: Vec<FlowText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowText {
    pub(super) to: Option<Spanned<String>>,
    pub(super) from: Option<Spanned<String>>,
    pub(super) value: Option<Constant>,
    pub(super) expression: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) same: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) trim: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) merge: MergeType,
    #[serde(default)]
    pub(super) once: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Constant {
    Bool(bool),
    Num(i64),
    Text(String),
}

impl RuleText {
    fn build(&self, notes: &mut Notes) -> Rule {
        let names = |group: &Vec<Spanned<String>>, notes: &mut Notes| {
            group.iter().filter_map(|c| clause(c, notes)).collect()
        };
        let scope = self.scope.iter().map(|group| names(group, notes)).collect();
        let join = self.join.iter().map(|g| g.iter().filter_map(|c| condition(c, notes)).collect()).collect();
        Rule {
            name: self.name.value.clone(),
            source: self.source.iter().map(|s| s.value.clone()).collect(),
            target: self.target.value.clone(),
            link: self.link,
            precedence: self.precedence,
            scope,
            join,
            flows: self.flows.iter().flat_map(|f| f.build(&self.name.referenced, notes)).collect(),
        }
    }
}

fn clause(text: &Spanned<String>, notes: &mut Notes) -> Option<Clause> {
    Clause::parse(&text.value).map_err(|m| notes.add(&text.referenced, m)).ok()
}

fn condition(text: &Spanned<String>, notes: &mut Notes) -> Option<(String, String)> {
    let pair = text.value.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
    if pair.is_none() {
        notes.add(&text.referenced, format!("expected \"source = target\", found \"{}\"", text.value));
    }
    pair
}

impl FlowText {
    fn build(&self, rule: &Location, notes: &mut Notes) -> Vec<Flow> {
        let flow = |to: &str, source| Flow { to: to.to_owned(), source, merge: self.merge, once: self.once };
        let mut flows: Vec<Flow> =
            self.same.iter().map(|n| flow(&n.value, FlowSource::Direct(n.value.clone()))).collect();
        for name in &self.trim {
            if let Some(source) = expression(&format!("Trim([{}])", name.value), &name.referenced, notes) {
                flows.push(flow(&name.value, source));
            }
        }
        match (&self.to, self.source(rule, notes)) {
            (Some(to), Some(source)) => flows.push(flow(&to.value, source)),
            (None, None) if !flows.is_empty() => {}
            (Some(to), None) => notes.add(&to.referenced, self.sources_wanted()),
            (None, _) => notes.add(rule, "a flow of this rule has no `to`".to_owned()),
        }
        flows
    }

    fn sources_wanted(&self) -> String {
        let count = [self.from.is_some(), self.value.is_some(), self.expression.is_some()]
            .iter()
            .filter(|x| **x)
            .count();
        match count {
            0 => "the flow needs one of `from`, `value`, `expression`".to_owned(),
            1 => "the flow's source can't be read".to_owned(),
            _ => "the flow has more than one of `from`, `value`, `expression`".to_owned(),
        }
    }

    fn source(&self, rule: &Location, notes: &mut Notes) -> Option<FlowSource> {
        match (&self.from, &self.value, &self.expression) {
            (Some(from), None, None) => Some(FlowSource::Direct(from.value.clone())),
            (None, Some(value), None) => Some(FlowSource::Constant(value.value())),
            (None, None, Some(text)) => expression(&text.value, &text.referenced, notes),
            (None, None, None) => None,
            _ => {
                if self.to.is_none() {
                    notes.add(rule, self.sources_wanted());
                }
                None
            }
        }
    }
}

fn expression(text: &str, at: &Location, notes: &mut Notes) -> Option<FlowSource> {
    let parsed = Expr::parse(text).map_err(|e| notes.add(at, format!("in the expression, {e}"))).ok()?;
    let reads = parsed.attributes();
    Some(FlowSource::Expression(parsed, reads))
}

impl Constant {
    fn value(&self) -> Value {
        match self {
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Num(number) => Value::Num(*number),
            Self::Text(text) => Value::str(text),
        }
    }
}
