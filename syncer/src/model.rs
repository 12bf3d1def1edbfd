//! What crosses the seams of the engine: objects as the directory and the tenant say them, and what is to be written.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// objectGUID as AD's 16 octets (first three fields little-endian).
pub type Guid = [u8; 16];

/// Attribute values by lower-cased name without options (`;binary`, `;range=` are resolved by the connector).
pub type Attributes = IndexMap<String, Vec<Vec<u8>>>;

/// Where a delta read goes on, and who said so: a cookie means something only beside the replica that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The opaque cookie.
    pub cookie: Vec<u8>,
    /// dNSHostName of the domain controller that gave it, if it told (rootDSE); `None` on the tenant side.
    pub server: Option<String>,
    /// Invocation id of that controller's database, if it told.
    pub invocation_id: Option<Guid>,
}

/// One object as an import of the directory told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryChange {
    /// objectGUID, the anchor of the directory's connector space.
    pub guid: Guid,
    /// DN text; empty if the server did not tell it (the staged one stays).
    pub dn: String,
    /// The object is a tombstone (isDeleted).
    pub deleted: bool,
    /// `true`: `attributes` holds only what changed (DirSync), an empty list = removed. `false`: the whole object.
    pub partial: bool,
    /// Attributes.
    pub attributes: Attributes,
}

/// Kind of an object in the tenant (SyncObjectType of the provisioning service).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ObjectType {
    /// Contact (mail contact).
    Contact,
    /// Device.
    Device,
    /// Group.
    Group,
    /// User.
    User,
}

/// A value as the provisioning service types it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TenantValue {
    /// Explicitly nothing: clears the attribute.
    Null,
    /// `xs:string`.
    Text(String),
    /// `xs:boolean`.
    Bool(bool),
    /// `xs:long`.
    Long(i64),
    /// `xs:base64Binary`.
    Binary(Vec<u8>),
    /// `ArrayOfstring`.
    TextList(Vec<String>),
    /// `ArrayOfbase64Binary`.
    BinaryList(Vec<Vec<u8>>),
}

/// One object as the tenant's read-back told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantObject {
    /// `User_<id>`, `Contact_<id>` …
    pub cloud_anchor: String,
    /// Source anchor (base64 of the GUID as a rule), none on cloud-only objects.
    pub source_anchor: Option<String>,
    /// Kind.
    pub kind: ObjectType,
    /// The tenant reports the object as deleted (delta read-back).
    pub deleted: bool,
    /// Properties by the tenant's names.
    pub properties: IndexMap<String, TenantValue>,
}

/// What is asked of the tenant for one object, all attributes of it in one write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportOp {
    /// Add, Set or Delete.
    pub action: ExportAction,
    /// Kind of the object.
    pub kind: ObjectType,
    /// Source anchor.
    pub source_anchor: String,
    /// Cloud anchor, if the tenant told it.
    pub cloud_anchor: Option<String>,
    /// Properties to write (Add: all; Set: what differs; Delete: none).
    pub properties: IndexMap<String, TenantValue>,
}

/// SyncOperation of the provisioning service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportAction {
    /// The engine believes that the object doesn't exist yet.
    Add,
    /// The object goes (soft delete in the tenant).
    Delete,
    /// The object changes.
    Set,
}

/// The tenant's answer for one object of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportResult {
    /// Source anchor of the operation that this answers.
    pub source_anchor: String,
    /// Cloud anchor that the tenant gave, on success.
    pub cloud_anchor: Option<String>,
    /// `None`: done.
    pub error: Option<ObjectError>,
}

/// Why one object was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectError {
    /// The service's code (`LargeObject`, `InvalidSoftMatch`, `AttributeValueMustBeUnique` …).
    pub code: String,
    /// The service's text.
    pub message: String,
}
