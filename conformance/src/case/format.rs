//! The shape of a case file.

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::Spanned;

use kit::faults::FaultPlan;

use super::{Predicate, Selector};

/// Attributes of a directory object: text, `{b64: …}`, `{cert: NAME}`, `{certs: SERIES}`, or a list of them.
pub type Attributes = IndexMap<String, Value>;

/// A case: a world, what happens in it, and what has to hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Id (`VAL-05`, or `VAL-05.trim` for a variant of it).
    pub id: String,
    /// One sentence.
    pub summary: String,
    /// Profiles that the case belongs to.
    pub profiles: Vec<String>,
    /// Capabilities that the subject has to declare; otherwise no check of the case is scored.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Capabilities set for this case; the subject has to declare them as adjustable, or to have this value anyway.
    #[serde(default)]
    pub adjust: IndexMap<String, String>,
    /// Time at the beginning; nothing in a case runs on the wall clock.
    #[serde(default = "default_clock")]
    pub clock: Timestamp,
    /// Certificates by name.
    #[serde(default)]
    pub pki: IndexMap<String, pki::Recipe>,
    /// Many certificates from one recipe: `c` with count 3 gives `c-1`, `c-2`, `c-3`.
    #[serde(default)]
    pub series: IndexMap<String, Series>,
    /// Other values by name, also derived from certificates.
    #[serde(default)]
    pub values: IndexMap<String, Literal>,
    /// The world at the beginning.
    #[serde(default)]
    pub given: Given,
    /// What happens.
    pub steps: Vec<Spanned<Step>>,
    /// What has to hold.
    pub checks: Vec<Spanned<Check>>,
}

/// The time at which cases start unless they say otherwise.
fn default_clock() -> Timestamp {
    Timestamp::constant(1_788_220_800, 0) // 2026-09-01T00:00:00Z
}

/// A capability that has to be declared, `name` or `name=value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Need {
    /// Capability.
    pub capability: String,
    /// Value that it has to have (or contain, for lists).
    pub value: Option<String>,
}

/// Several certificates from one recipe.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// How many (1 to 2000).
    pub count: usize,
    /// The recipe of each; `#` in its texts stands for the number of the member.
    pub recipe: Value,
}

/// A value that is no recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Literal {
    /// The base64 text of another value, as octets.
    Base64Of(String),
    /// A value of this size that begins like DER and goes on pseudo-randomly.
    Filler(usize),
    /// Hex digits.
    Hex(String),
    /// The PEM text of another value, as octets.
    PemOf(String),
    /// Text, as UTF-8 octets.
    Text(String),
}

/// The world at the beginning.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// World of the directory.
    #[serde(default)]
    pub directory: Value,
    /// World of the tenant.
    #[serde(default)]
    pub tenant: Value,
    /// LDAP policies of the directory (`MaxPageSize`).
    #[serde(default)]
    pub policies: IndexMap<String, u64>,
    /// Time until a write is seen in the address book.
    #[serde(default)]
    pub exchange_lag: Option<SignedDuration>,
    /// Time until a write is seen by reads.
    #[serde(default)]
    pub replication_lag: Option<SignedDuration>,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Time passes.
    Clock(ClockStep),
    /// The subject runs one cycle.
    Cycle(CycleKind),
    /// The subject runs one cycle with something special about it.
    CycleWith(Cycle),
    /// Somebody changes the directory.
    Directory(Vec<DirectoryOp>),
    /// What goes wrong from here on; an empty step clears all faults.
    Faults(FaultStep),
    /// The doubles are set back to an earlier moment.
    Restore(SnapshotStep),
    /// The present moment of the doubles is kept under a name.
    Snapshot(SnapshotStep),
    /// Something happens to the subject's state folder.
    State(StateStep),
    /// Somebody changes the tenant behind the sync's back.
    Tenant(Vec<TenantOp>),
}

/// How much a cycle reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleKind {
    /// What changed.
    #[default]
    Delta,
    /// Everything.
    Full,
}

/// A cycle with something special about it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// How much it reads.
    pub kind: CycleKind,
    /// Nothing may be written.
    #[serde(default)]
    pub dry_run: bool,
    /// The delete guard is lifted for this cycle.
    #[serde(default)]
    pub override_delete_guard: bool,
    /// Kill the subject in the middle.
    #[serde(default)]
    pub kill: Option<Kill>,
    /// Password of the directory account that the subject is given instead of the right one.
    #[serde(default)]
    pub bind_password: Option<String>,
    /// Client secret that the subject is given instead of the right one.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Base DN that the subject is given instead of the right one.
    #[serde(default)]
    pub base_dn: Option<String>,
    /// The subject's clock runs ahead of the doubles' (negative: behind) by this much.
    #[serde(default)]
    pub clock_skew: Option<SignedDuration>,
    /// Use the secure LDAP port with a certificate from a CA that the subject is not told to trust.
    #[serde(default)]
    pub ldaps_untrusted: bool,
    /// How much the subject is asked to log (`RUST_LOG`).
    #[serde(default)]
    pub log: Option<String>,
}

/// When to kill the subject: as soon as the journals show the n-th entry of this operation in this cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    /// Operation; `*` at the end stands for any rest. Its answer never reaches the subject.
    pub op: String,
    /// Which one, from 1.
    pub nth: u64,
    /// The operation is still carried out (`true`) or not any more (`false`).
    #[serde(default = "yes")]
    pub applied: bool,
}

fn yes() -> bool {
    true
}

/// A change of the directory, as an administrator would make it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DirectoryOp {
    /// A new object.
    Add(AddObject),
    /// More values.
    AddValues(AttributeValues),
    /// The object goes.
    Delete(String),
    /// Everything below a container goes (`OU=Leavers`).
    DeleteAll(String),
    /// LDIF change records as they are.
    Ldif(String),
    /// To another container.
    Move(Move),
    /// Attributes go.
    Remove(RemoveAttributes),
    /// Fewer values.
    RemoveValues(AttributeValues),
    /// Another name in the same container.
    Rename(Rename),
    /// Attributes get these values and no others.
    Set(SetAttributes),
    /// Out of the recycle bin, to where it was.
    Undelete(String),
}

/// A new object.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddObject {
    /// DN below the domain (`CN=Bob,OU=Staff`).
    pub dn: String,
    /// Attributes, objectClass among them.
    pub attributes: Attributes,
}

/// Values of one attribute.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeValues {
    /// sAMAccountName, cn, or DN below the domain.
    pub object: String,
    /// Attribute.
    pub attribute: String,
    /// Values.
    pub values: Value,
}

/// To another container.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// sAMAccountName, cn, or DN below the domain.
    pub object: String,
    /// Container below the domain (`OU=Left,OU=Staff`).
    pub to: String,
}

/// Another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// sAMAccountName, cn, or DN below the domain.
    pub object: String,
    /// New RDN (`CN=Alice Smith`).
    pub to: String,
}

/// Attributes that go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveAttributes {
    /// sAMAccountName, cn, or DN below the domain.
    pub object: String,
    /// Attributes.
    pub attributes: Vec<String>,
}

/// New values of attributes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAttributes {
    /// sAMAccountName, cn, or DN below the domain.
    pub object: String,
    /// Attributes with their values.
    pub attributes: Attributes,
}

/// A change of the tenant, past the sync.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TenantOp {
    /// More objects: a world.
    Add(Value),
    /// The object goes for good.
    Purge(Selector),
    /// Properties get these values.
    Set(SetProperties),
}

/// New values of properties.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetProperties {
    /// Which object.
    pub object: Selector,
    /// Properties with their values, as in the tenant's state.
    pub properties: IndexMap<String, Value>,
}

/// Faults from here on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultStep {
    /// In the directory.
    #[serde(default)]
    pub directory: Option<FaultPlan>,
    /// In the tenant.
    #[serde(default)]
    pub tenant: Option<FaultPlan>,
}

/// Time passes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockStep {
    /// How much.
    pub advance: SignedDuration,
}

/// A moment of the doubles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotStep {
    /// Its name.
    pub name: String,
    /// Only this double; absent: both.
    #[serde(default)]
    pub only: Option<crate::report::model::Side>,
}

/// What happens to the state folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StateStep {
    /// Everything in it is deleted.
    Delete,
    /// It is set back to what `save` kept.
    Restore,
    /// A copy is kept.
    Save,
}

/// One check: what has to hold, and why.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Id inside the case.
    pub id: String,
    /// Requirement that it traces to; its level is the check's level.
    pub requirement: String,
    /// What has to hold, one sentence.
    pub says: String,
    /// Judge the state after this cycle; absent: at the end.
    #[serde(default)]
    pub after_cycle: Option<usize>,
    /// What has to hold.
    #[serde(default)]
    pub expect: Option<Predicate>,
    /// Capability that decides what has to hold …
    #[serde(default)]
    pub depends_on: Option<String>,
    /// … and what has to hold for each of its values.
    #[serde(default)]
    pub expect_for: IndexMap<String, Predicate>,
}

impl TryFrom<String> for Need {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (capability, value) = match text.split_once('=') {
            Some((c, v)) => (c.trim(), Some(v.trim().to_owned())),
            None => (text.trim(), None),
        };
        if capability.is_empty() || value.as_deref() == Some("") {
            return Err(format!("need `{text}`: expected NAME or NAME=VALUE"));
        }
        Ok(Self { capability: capability.to_owned(), value })
    }
}

impl From<Need> for String {
    fn from(need: Need) -> Self {
        match need.value {
            Some(value) => format!("{}={value}", need.capability),
            None => need.capability,
        }
    }
}

impl Case {
    /// Number of cycles the subject runs.
    #[must_use]
    pub fn cycles(&self) -> usize {
        self.steps.iter().filter(|s| matches!(s.value, Step::Cycle(_) | Step::CycleWith(_))).count()
    }
}
