//! The description itself.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A directory's content, on top of a new domain or a loaded dump.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct World {
    /// Organisational units, relative to the domain (`OU=A,OU=Staff`); missing ones above are made too.
    pub ous: Vec<String>,
    /// Users.
    pub users: Vec<Object>,
    /// Contacts.
    pub contacts: Vec<Object>,
    /// inetOrgPerson accounts.
    #[serde(alias = "inetorgpersons")]
    pub inet_org_persons: Vec<Object>,
    /// Computer accounts; `sam` without the dollar sign is fine.
    pub computers: Vec<Object>,
    /// Groups; members are an attribute like any other.
    pub groups: Vec<Object>,
    /// Any other object.
    pub entries: Vec<Item>,
    /// Switches of the forest.
    pub config: Config,
}

/// Switches of the forest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Config {
    /// The recycle bin is on.
    pub recycle_bin: bool,
}

/// A user, contact, computer or group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Object {
    /// sAMAccountName; a contact has none and takes its name from it.
    pub sam: String,
    /// Name in the tree; `sam` if absent.
    pub cn: Option<String>,
    /// Where it lies, relative to the domain (`OU=Staff`); CN=Users if absent.
    pub ou: Option<String>,
    /// Password of an account.
    pub password: Option<String>,
    /// The account is disabled.
    pub disabled: bool,
    /// isCriticalSystemObject.
    pub critical: bool,
    /// Further attributes; `null` suppresses a default.
    pub attributes: IndexMap<String, Option<Values>>,
}

/// An object with its whole DN.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    /// DN, relative to the domain or whole.
    pub dn: String,
    /// Attributes; objectClass is needed.
    pub attributes: IndexMap<String, Option<Values>>,
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One value.
    One(Value),
    /// Several.
    Many(Vec<Value>),
}

impl Values {
    /// The values as a list.
    #[must_use]
    pub const fn as_slice(&self) -> &[Value] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values.as_slice(),
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// TRUE or FALSE.
    Bool(bool),
    /// A number.
    Number(i64),
    /// Text.
    Text(String),
    /// Octets.
    Octets {
        /// Base64.
        b64: String,
    },
}

impl From<&str> for Values {
    fn from(text: &str) -> Self {
        Self::One(Value::Text(text.to_owned()))
    }
}

impl World {
    /// Reads YAML, and so JSON too.
    ///
    /// # Errors
    /// What is wrong and where, as the reader says it.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }
}
