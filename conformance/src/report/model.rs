//! What a run tells: a stream of [`Event`]s while it goes on, and a [`RunReport`] at its end.
//!
//! Every sink (terminal, JSON, JUnit, HTML) reads these types and nothing else. The order of everything in here is
//! deterministic: cases by id, checks in the order of their case file, wire entries by step, side and sequence number.
//! Only durations and `elapsed_ms` differ between two runs with the same seed.

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the report's JSON shape.
pub const REPORT_VERSION: u32 = 1;

/// One thing that happened during a run, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// First event: what is going to be run, and on what.
    RunStarted(Box<RunHeader>),
    /// A case began (several may be under way at a time).
    CaseStarted {
        /// Case id.
        id: String,
        /// What the case is about.
        summary: String,
    },
    /// A case ended; comes once for every `CaseStarted`.
    CaseFinished(Box<CaseReport>),
    /// Last event: the whole report, cases sorted by id.
    RunFinished(Box<RunReport>),
}

/// A sink for events: one of the report formats, or a test.
pub trait Sink: Send {
    /// Takes the next event.
    ///
    /// # Errors
    /// Whatever keeps the sink from writing; the run goes on and ends with the suite's own exit code 104.
    fn event(&mut self, event: &Event) -> std::io::Result<()>;
}

/// What is known before the first case runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    /// [`REPORT_VERSION`].
    pub report_version: u32,
    /// Version of the suite's program.
    pub suite_version: String,
    /// Version of the subject contract.
    pub contract: u32,
    /// SHA-256 (hex) over all cases and requirements: two reports with the same value asked the same questions.
    pub revision: String,
    /// Who was tested.
    pub subject: SubjectInfo,
    /// What the subject declares, in the order of the contract; undeclared ones are listed too.
    pub capabilities: Vec<Capability>,
    /// Seed of all ids and of the order of the cases.
    pub seed: u64,
    /// Cases that ran at the same time at most.
    pub jobs: usize,
    /// Which cases were asked for.
    pub selection: Selection,
    /// Wall-clock start of the run.
    pub started: Timestamp,
}

/// Who was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectInfo {
    /// `syncer`, `directory` or `tenant`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Version as the subject's file tells it.
    pub version: String,
    /// Home page.
    pub url: Option<String>,
    /// Where to report what the suite finds.
    pub issues: Option<String>,
    /// `exec` in this version.
    pub driver: String,
    /// The command, as typed.
    pub command: String,
}

/// One capability and what the subject says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Name (`cert.over_limit`).
    pub name: String,
    /// Declared value as text (`drop_all`; lists joined by `, `); `None`: not declared, thus not scored.
    pub value: Option<String>,
}

/// Which part of the suite a run covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Cases that were selected.
    pub cases: usize,
    /// Cases that the suite has for this kind of subject.
    pub of: usize,
    /// The filters, as typed; empty: nothing was filtered out.
    pub filters: Vec<String>,
    /// Profiles that the subject claims.
    pub claim: Vec<String>,
    /// Lowest level whose failures fail the run.
    pub level: Level,
    /// A filtered run is never a conformance claim.
    pub is_claim: bool,
}

/// How binding a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Optional; not holding is information.
    May,
    /// Recommended; not holding is a warning.
    Should,
    /// Required; not holding is a failure.
    Must,
}

/// What one check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It doesn't hold, and its level was asked for.
    Fail,
    /// A `should` doesn't hold (and only `must` was asked for).
    Warn,
    /// A `may` doesn't hold (and was not asked for).
    Info,
    /// The capability it judges is not declared: not scored.
    NotApplicable,
    /// Declared, but it could not be tested: counts as a failure of its level.
    Untestable,
    /// It doesn't hold, as the baseline says.
    Xfail,
    /// It holds although the baseline says that it doesn't: the baseline is stale.
    Xpass,
    /// The suite itself failed; says nothing about the subject.
    HarnessError,
}

/// The three numbers of the last line, and the finer ones behind them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Checks that hold.
    pub passed: usize,
    /// Fail, untestable at an asked level, xpass, harness error.
    pub failed: usize,
    /// Everything else: not applicable, expected failures, warnings, information.
    pub skipped: usize,
    /// Number of checks by verdict, every verdict that occurred.
    pub by_verdict: IndexMap<Verdict, usize>,
}

/// The whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// What was known at the start.
    pub header: RunHeader,
    /// Cases, sorted by id.
    pub cases: Vec<CaseReport>,
    /// Sums over all checks.
    pub totals: Totals,
    /// Baseline entries that no longer apply (check passes, or doesn't exist any more).
    pub stale_baseline: Vec<String>,
    /// Why the subject could not be started at all, if so.
    pub subject_error: Option<String>,
    /// Wall-clock length.
    pub duration_ms: u64,
    /// Exit code of the run.
    pub exit_code: u8,
}

/// One case, with everything that is needed to understand its verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    /// Id (`VAL-05`).
    pub id: String,
    /// Area: the folder of the case file (`val`).
    pub area: String,
    /// Profiles that the case belongs to.
    pub profiles: Vec<String>,
    /// What the case is about, one sentence.
    pub summary: String,
    /// Worst verdict of its checks ([`CaseReport::worst`]).
    pub verdict: Verdict,
    /// Checks in the order of the case file, then those of the oracle.
    pub checks: Vec<CheckReport>,
    /// What was done.
    pub steps: Vec<StepReport>,
    /// What both doubles saw, in order.
    pub timeline: Vec<WireEntry>,
    /// Every certificate value that was in the directory, the tenant or the address book at the end, or was given.
    pub certificates: Vec<CertificateView>,
    /// What differs in the tenant between the beginning and the end.
    pub changes: Vec<PropertyChange>,
    /// Files under the output folder.
    pub evidence: Vec<Evidence>,
    /// What went wrong in the suite itself, if so.
    pub harness_error: Option<String>,
    /// Command line that runs just this case again.
    pub rerun: String,
    /// Wall-clock length.
    pub duration_ms: u64,
}

/// One check of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Id inside the case (`certs-dropped`).
    pub id: String,
    /// `CASE:check`, unique in the suite; what a baseline lists.
    pub full_id: String,
    /// What has to hold, in one sentence.
    pub summary: String,
    /// The requirement behind it.
    pub requirement: RequirementView,
    /// Verdict.
    pub verdict: Verdict,
    /// What was expected, for people.
    pub expected: String,
    /// What was found, for people.
    pub actual: String,
    /// Reason beside the verdict: of the baseline, of not being applicable or testable.
    pub reason: Option<String>,
    /// Names of entries of [`CaseReport::evidence`] that show it.
    pub evidence: Vec<String>,
}

/// A requirement as far as a reader of the report needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementView {
    /// Id (`CERT-LIMIT`).
    pub id: String,
    /// How binding.
    pub level: Level,
    /// What is required, one sentence.
    pub text: String,
    /// Where it comes from: a URL, a section of a standard, or `observed: …`.
    pub source: String,
    /// Quoted words of the source, if it has some.
    pub quote: Option<String>,
    /// What was observed, where there is nothing to quote.
    pub observation: Option<String>,
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Position, from 1.
    pub number: usize,
    /// What was done (`cycle: delta`, `directory: 2 changes`).
    pub what: String,
    /// The case's clock when it began.
    pub time: Timestamp,
    /// Exit code of the subject, if the step ran it and it ended by itself.
    pub exit: Option<i32>,
    /// Anything unusual: killed, timed out, output cut off.
    pub note: Option<String>,
    /// Wall-clock length.
    pub duration_ms: u64,
}

/// Which double saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The directory.
    Directory,
    /// The tenant.
    Tenant,
}

/// One line of a double's journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WireEntry {
    /// Step during which it happened, from 1.
    pub step: usize,
    /// Who saw it.
    pub side: Side,
    /// Sequence number in that double's journal.
    pub seq: u64,
    /// The double's clock.
    pub time: Timestamp,
    /// Real milliseconds since the double started.
    pub elapsed_ms: u64,
    /// Operation (`provisioning.set`).
    pub op: String,
    /// What it was about (a DN, a source anchor).
    pub target: String,
    /// Who asked.
    pub principal: String,
    /// Which attempt at the same thing, from 1.
    pub attempt: u64,
    /// How it ended (`success`, a result code).
    pub outcome: String,
    /// Fault that was played, if any.
    pub fault: Option<String>,
    /// Operation's own details.
    pub detail: serde_json::Value,
}

/// A certificate value, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// Name of the recipe in the case file, if the value comes from one.
    pub name: Option<String>,
    /// Object that carries it (sAMAccountName, mail or UPN).
    pub object: String,
    /// `userCertificate` or `userSMIMECertificate`.
    pub attribute: String,
    /// SHA-256 of the value, hex.
    pub sha256: String,
    /// Octets.
    pub size: usize,
    /// `X.509`, `PKCS#7`, `PKCS#12`, `empty` or `unreadable`.
    pub kind: String,
    /// Subject, if it could be read.
    pub subject: Option<String>,
    /// Issuer, if it could be read.
    pub issuer: Option<String>,
    /// Serial number, hex.
    pub serial: Option<String>,
    /// Begin of validity.
    pub not_before: Option<String>,
    /// End of validity.
    pub not_after: Option<String>,
    /// Mail addresses it names.
    pub emails: Vec<String>,
    /// Key usages and extended key usages.
    pub usages: Vec<String>,
    /// In the directory when the case ended.
    pub in_directory: bool,
    /// In the tenant when the case ended.
    pub in_tenant: bool,
    /// In the tenant's address book when the case ended.
    pub in_exchange: bool,
}

/// A property of a tenant object that is not what it was when the case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// Object (UPN or mail).
    pub object: String,
    /// Property; `""`: the object itself came or went.
    pub property: String,
    /// Before, as short text; `None`: not there.
    pub before: Option<String>,
    /// After, as short text; `None`: not there.
    pub after: Option<String>,
}

/// A file that shows what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Name (`tenant-after`).
    pub name: String,
    /// Path relative to the output folder (`evidence/VAL-05/tenant-after.json`).
    pub path: String,
}

impl Verdict {
    /// The name as used in reports (`not-applicable`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::NotApplicable => "not-applicable",
            Self::Untestable => "untestable",
            Self::Xfail => "xfail",
            Self::Xpass => "xpass",
            Self::HarnessError => "harness-error",
        }
    }

    /// How bad, for sorting and for the verdict of a case: higher is worse.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Self::NotApplicable => 0,
            Self::Pass => 1,
            Self::Info => 2,
            Self::Xfail => 3,
            Self::Warn => 4,
            Self::Xpass => 5,
            Self::Untestable => 6,
            Self::Fail => 7,
            Self::HarnessError => 8,
        }
    }
}

impl Level {
    /// The word of the standards (`MUST`).
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }
}

impl CaseReport {
    /// The worst verdict of some checks; `NotApplicable` if there is none.
    #[must_use]
    pub fn worst(checks: &[CheckReport]) -> Verdict {
        checks.iter().map(|c| c.verdict).max_by_key(|v| v.severity()).unwrap_or(Verdict::NotApplicable)
    }
}

impl CheckReport {
    /// Whether this check fails a run in which failures down to `level` count.
    #[must_use]
    pub fn fails(&self, level: Level) -> bool {
        match self.verdict {
            Verdict::Fail | Verdict::HarnessError | Verdict::Xpass => true,
            Verdict::Untestable => self.requirement.level >= level,
            _ => false,
        }
    }
}

impl Totals {
    /// Sums up the checks of some cases, failures counting down to `level`.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseReport>, level: Level) -> Self {
        let mut totals = Self::default();
        for check in cases.into_iter().flat_map(|c| &c.checks) {
            totals.add(check, level);
        }
        totals.by_verdict.sort_keys();
        totals
    }

    fn add(&mut self, check: &CheckReport, level: Level) {
        *self.by_verdict.entry(check.verdict).or_default() += 1;
        if check.fails(level) {
            self.failed += 1;
        } else if check.verdict == Verdict::Pass {
            self.passed += 1;
        } else {
            self.skipped += 1;
        }
    }

    /// The last line on stdout.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}
