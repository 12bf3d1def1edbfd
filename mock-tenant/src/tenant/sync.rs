//! What the provisioning service is given and gives back: one object of a batch, and the answer for it.

use uuid::Uuid;

use super::error::SyncError;
use super::model::Kind;
use super::value::Value;

/// SyncOperation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncOperation {
    /// The client believes that the object is new. The service matches it all the same.
    Add,
    /// The object goes.
    Delete,
    /// The object changes; it is made if it isn't there.
    Set,
}

impl SyncOperation {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Delete => "Delete",
            Self::Set => "Set",
        }
    }

    /// The operation of that name, whatever its letter case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Add, Self::Delete, Self::Set].into_iter().find(|op| op.name().eq_ignore_ascii_case(name))
    }
}

/// One object of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncObject {
    /// Type.
    pub kind: Kind,
    /// What is to be done.
    pub operation: SyncOperation,
    /// Properties by the names that the client uses, anchors among them.
    pub properties: Vec<(String, Value)>,
    /// Incremental changes of references (`member`).
    pub references: Vec<(String, Vec<ReferenceChange>)>,
}

/// One incremental change of a reference property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceChange {
    /// Source anchor or cloud anchor of the object that is referred to.
    pub anchor: String,
    /// Added, or else removed.
    pub add: bool,
}

/// The answer for one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResult {
    /// Type as given.
    pub kind: Kind,
    /// Operation as given.
    pub operation: SyncOperation,
    /// Source anchor as given.
    pub source_anchor: Option<String>,
    /// Cloud anchor of the object, if it is known.
    pub cloud_anchor: Option<String>,
    /// Why it was refused.
    pub error: Option<SyncError>,
}

impl SyncObject {
    /// A property by its name in any letter case.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// A text property by its name in any letter case, unless empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.property(name).and_then(Value::as_text).filter(|text| !text.is_empty())
    }

    /// Source anchor.
    #[must_use]
    pub fn source_anchor(&self) -> Option<&str> {
        self.text("sourceAnchor")
    }

    /// Cloud anchor, if the client told it.
    #[must_use]
    pub fn cloud_anchor(&self) -> Option<&str> {
        self.text("cloudAnchor")
    }

    /// Which object of the directory it is: as the client says, else its objectGUID.
    #[must_use]
    pub fn object_identifier(&self) -> Option<String> {
        let told = self.text("onPremisesObjectIdentifier").map(str::to_owned);
        told.or_else(|| match self.property("objectGUID")? {
            Value::Binary(guid) => Uuid::from_slice_le(guid).ok().map(|guid| guid.to_string()),
            _ => None,
        })
    }

    /// What the object is called in a journal: the source anchor, else the cloud anchor.
    #[must_use]
    pub fn target(&self) -> &str {
        self.source_anchor().or_else(|| self.cloud_anchor()).unwrap_or_default()
    }
}
