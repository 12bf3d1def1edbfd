//! The closed vocabulary in which a check says what has to hold.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Selector;

/// What has to hold. Judged from outside only: the state of both doubles, their journals, exit codes, output as bytes,
/// the state folder. Never the wording of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Predicate {
    /// No live object of the tenant is the counterpart of this one.
    Absent(Selector),
    /// Every one of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Certificate values of one object at one place.
    Certificates(CertificatesAre),
    /// The tenant has an object that was soft-deleted and can be restored.
    SoftDeleted(Selector),
    /// A live object exists.
    Exists(Exists),
    /// How the subject ended a cycle.
    Exit(ExitIs),
    /// The writes of the subject that a journal shows.
    Journal(JournalCount),
    /// How many live objects of a kind the tenant has.
    Live(LiveCount),
    /// Both certificate attributes of the object are, in the tenant, the byte sets that the directory has.
    MatchesDirectory(Selector),
    /// The opposite.
    Not(Box<Self>),
    /// The tenant refused an operation on this object with this error.
    ObjectError(ObjectError),
    /// One single write carries several properties.
    OneWrite(OneWrite),
    /// Something is not in what the subject printed.
    OutputLacks(OutputLacks),
    /// One property of a tenant object.
    Property(PropertyIs),
    /// The tenant holds a provisioning error against the object.
    ProvisioningError(ProvisioningError),
    /// The object has the tenant id that it had earlier.
    SameObject(SameObject),
    /// The subject keeps something in its state folder after this cycle.
    StatePersisted(Kept),
    /// The object is in the tenant exactly as the case gave it.
    Untouched(Selector),
    /// After a throttling answer the subject waited before it came back.
    Waited(Waited),
    /// How many writes of objects the tenant saw from the subject.
    Writes(WriteCount),
}

/// Existence, with the kind if it matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exists {
    /// Which.
    pub object: Selector,
    /// Kind that it has to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ObjectKind>,
}

/// Kinds of objects in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// Contact.
    Contact,
    /// Device.
    Device,
    /// Group.
    Group,
    /// User.
    User,
}

/// The two certificate attributes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Attribute {
    /// DER certificates.
    #[default]
    #[serde(rename = "userCertificate")]
    UserCertificate,
    /// PKCS#7 blobs.
    #[serde(rename = "userSMIMECertificate")]
    UserSmimeCertificate,
}

/// Where certificate values are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The directory.
    Directory,
    /// The address book that mail clients read.
    Exchange,
    /// The tenant's store.
    #[default]
    Tenant,
}

/// Certificate values of one object, compared as sets of octet strings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificatesAre {
    /// Whose.
    pub of: Selector,
    /// Which attribute.
    #[serde(default)]
    pub attribute: Attribute,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// Exactly these values, no more, none twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equal: Option<Vec<String>>,
    /// At least these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Number of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// Bounds of a number; at least one has to be given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exactly: Option<usize>,
    /// Or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<usize>,
    /// Or fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<usize>,
}

/// Exit code of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitIs {
    /// Which cycle, from 1.
    pub cycle: usize,
    /// One of these.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<i32>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_in: Vec<i32>,
}

/// Journal entries that match everything that is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalCount {
    /// Operation; `*` at the end stands for any rest.
    pub op: String,
    /// About this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Selector>,
    /// During this cycle; absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<usize>,
    /// Outcome; `*` at the end stands for any rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Only entries where this fault was played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How many.
    pub count: Count,
}

/// What a write does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    /// Creation or change.
    Set,
    /// Removal.
    Delete,
}

/// Writes of objects in the tenant, whatever the carrier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteCount {
    /// To this object; absent: to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Selector>,
    /// During this cycle; absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<usize>,
    /// Only this sort; absent: both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<WriteKind>,
    /// Only writes that carry one of these properties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub property: Vec<String>,
    /// How many.
    pub count: Count,
}

/// Number of live objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveCount {
    /// Of this kind.
    pub kind: ObjectKind,
    /// Only those that the sync owns.
    #[serde(default)]
    pub synced: bool,
    /// How many.
    pub count: Count,
}

/// A refusal of the tenant on one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectError {
    /// Which object.
    pub object: Selector,
    /// The tenant's code (`LargeObject`).
    pub code: String,
    /// During this cycle; absent: at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<usize>,
}

/// One write that carries all of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneWrite {
    /// To which object.
    pub object: Selector,
    /// In which cycle.
    pub cycle: usize,
    /// Properties that have to be in it together.
    pub carries: Vec<String>,
}

/// Secrets that the suite hands to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// Password of the directory account.
    BindPassword,
    /// Client secret of the tenant application.
    ClientSecret,
}

/// Octets that must not be printed, raw or as hex or base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputLacks {
    /// Secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Values by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// A property of a tenant object; exactly one comparison has to be given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyIs {
    /// Whose.
    pub of: Selector,
    /// Name as in the tenant's state.
    pub name: String,
    /// Equal to this value (lists: as sets).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<serde_json::Value>,
    /// Text that begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<String>,
    /// Text that ends so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<String>,
    /// A list that has this element (text compared without case).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<String>,
    /// A list that lacks this element (text compared without case).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// `true`: absent, null or empty; `false`: the opposite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<bool>,
}

/// An error that the tenant keeps on the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisioningError {
    /// Whose.
    pub of: Selector,
    /// Fields it has to have, as text (`propertyCausingError: ProxyAddress`).
    #[serde(default)]
    pub with: IndexMap<String, String>,
}

/// Identity over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameObject {
    /// Which.
    pub object: Selector,
    /// Id as it was after this cycle; 0: as given.
    pub since_cycle: usize,
}

/// State kept after a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Which cycle.
    pub cycle: usize,
}

/// Waiting after a throttling answer, measured in real milliseconds by the double.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waited {
    /// Operation that was throttled; `*` at the end stands for any rest.
    pub op: String,
    /// Real milliseconds between that answer and the next try of the same operation, at least.
    pub at_least_ms: u64,
}
