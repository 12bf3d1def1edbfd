//! The directory as the oracle sees it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use super::ldif::{self, LdifError};
use crate::case::Attribute;

/// objectGUID as stored.
pub(super) type Guid = Vec<u8>;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryObject {
    /// DN.
    pub dn: String,
    /// objectGUID.
    pub guid: Guid,
    /// Values by lower-cased attribute name.
    pub attributes: IndexMap<String, Vec<Vec<u8>>>,
}

/// All entries at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryView {
    /// By objectGUID.
    pub objects: BTreeMap<Guid, DirectoryObject>,
}

impl DirectoryObject {
    /// First value of an attribute as text.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&str> {
        let values = self.attributes.get(&attribute.to_ascii_lowercase())?;
        std::str::from_utf8(values.first()?).ok()
    }

    /// Whether it is a tombstone.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.text("isdeleted").is_some_and(|t| t.eq_ignore_ascii_case("true"))
    }

    /// The source anchors that a sync may use for it: mS-DS-ConsistencyGuid if set, else objectGUID, as base64.
    #[must_use]
    pub fn anchors(&self) -> Vec<String> {
        let consistency = self.attributes.get("ms-ds-consistencyguid").and_then(|v| v.first());
        consistency.into_iter().chain([&self.guid]).map(|g| STANDARD.encode(g)).collect()
    }

    /// Values of a certificate attribute, as a set. Values without octets are none.
    #[must_use]
    pub fn certificates(&self, attribute: Attribute) -> BTreeSet<Vec<u8>> {
        let values = self.attributes.get(&attribute.name().to_ascii_lowercase());
        values.into_iter().flatten().filter(|v| !v.is_empty()).cloned().collect()
    }

    /// Whether one of its usual names is this one.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let named = |attribute| self.text(attribute).is_some_and(|t| t.eq_ignore_ascii_case(name));
        named("samaccountname") || named("cn") || named("name")
    }
}

impl DirectoryView {
    /// Reads the directory's export; entries without objectGUID (the rootDSE, the schema) are left out.
    ///
    /// # Errors
    /// An export that is no LDIF.
    pub fn from_ldif(text: &str) -> Result<Self, LdifError> {
        let mut objects = BTreeMap::new();
        for (dn, attributes) in ldif::parse(text)? {
            if let Some(guid) = attributes.get("objectguid").and_then(|v| v.first()).cloned() {
                objects.insert(guid.clone(), DirectoryObject { dn, guid, attributes });
            }
        }
        Ok(Self { objects })
    }

    /// The live object with this sAMAccountName, or else this cn.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&DirectoryObject> {
        let live = || self.objects.values().filter(|o| !o.is_deleted());
        let by = |attribute: &str| {
            live().find(|o| o.text(attribute).is_some_and(|t| t.eq_ignore_ascii_case(name)))
        };
        by("samaccountname").or_else(|| by("cn")).or_else(|| by("name"))
    }
}

impl Attribute {
    /// Name in directory and tenant.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UserCertificate => "userCertificate",
            Self::UserSmimeCertificate => "userSMIMECertificate",
        }
    }

    /// Both.
    pub const BOTH: [Self; 2] = [Self::UserCertificate, Self::UserSmimeCertificate];
}

/// Everything that was ever seen of the directory: which anchors a name had, also after its object was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    anchors: BTreeMap<String, Vec<String>>,
}

impl Roster {
    /// Takes note of one moment.
    pub fn see(&mut self, view: &DirectoryView) {
        for object in view.objects.values().filter(|o| !o.is_deleted()) {
            for attribute in ["samaccountname", "cn", "name"] {
                if let Some(name) = object.text(attribute) {
                    self.note(name, object.anchors());
                }
            }
        }
    }

    fn note(&mut self, name: &str, anchors: Vec<String>) {
        let known = self.anchors.entry(name.to_ascii_lowercase()).or_default();
        for anchor in anchors {
            if !known.contains(&anchor) {
                known.push(anchor);
            }
        }
    }

    /// All source anchors that objects of this name could have had, oldest first.
    #[must_use]
    pub fn anchors(&self, name: &str) -> &[String] {
        self.anchors.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// A name for an anchor, for people.
    #[must_use]
    pub fn name_of(&self, anchor: &str) -> Option<&str> {
        self.anchors.iter().find(|(_, a)| a.iter().any(|x| x == anchor)).map(|(n, _)| n.as_str())
    }
}
