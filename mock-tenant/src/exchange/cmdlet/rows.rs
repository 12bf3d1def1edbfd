//! Objects as rows of properties.
//! The annotations and their order are those of an answer of a live service, quoted in a public repository.

use base64::prelude::*;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::identity::{distinguished_name, guid, legacy_dn, name, organizational_unit};
use crate::exchange::recipient::{Recipient, RecipientType};
use crate::tenant::{Tenant, Value};

/// A property's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// `$null`.
    Null,
    /// A text.
    Text(String),
    /// A flag.
    Flag(bool),
    /// A number.
    Number(u32),
    /// A GUID.
    Guid(Uuid),
    /// A moment.
    Date(Timestamp),
    /// Texts.
    Texts(Vec<String>),
    /// Octet strings: base64 texts, as far as is known.
    Binaries(Vec<Bytes>),
}

/// An object's properties.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row(pub Vec<(&'static str, Cell)>);

impl Row {
    /// The value of a property, whatever the letter case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Cell> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, cell)| cell)
    }

    /// The row with these properties only; all, if none is named.
    #[must_use]
    pub fn select(mut self, names: &[String]) -> Self {
        if !names.is_empty() && !names.iter().any(|name| name == "*") {
            self.0.retain(|(known, _)| names.iter().any(|name| name.eq_ignore_ascii_case(known)));
        }
        self
    }

    /// With annotations in front of what JSON can't tell.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut object = Map::new();
        for (name, cell) in &self.0 {
            for (annotation, kind) in cell.annotations() {
                object.insert(format!("{name}@{annotation}"), json!(kind));
            }
            object.insert((*name).to_owned(), cell.to_json());
        }
        Json::Object(object)
    }
}

impl Cell {
    const fn annotations(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Guid(_) => &[("data.type", "System.Guid"), ("odata.type", "#Guid")],
            Self::Date(_) => &[("data.type", "System.DateTime")],
            Self::Number(_) => &[("data.type", "System.UInt32")],
            Self::Texts(_) | Self::Binaries(_) => &[("odata.type", "#Collection(String)")],
            Self::Null | Self::Text(_) | Self::Flag(_) => &[],
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
            Self::Guid(id) => json!(id),
            Self::Date(at) => json!(at.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00").to_string()),
            Self::Texts(texts) => json!(texts),
            Self::Binaries(list) => list.iter().map(|octets| json!(BASE64_STANDARD.encode(octets))).collect(),
        }
    }
}

impl From<Option<String>> for Cell {
    /// Exchange shows an empty text where there is no value.
    fn from(text: Option<String>) -> Self {
        Self::Text(text.unwrap_or_default())
    }
}

/// Properties of the person: name, and how the tenant stores it.
pub(super) const PERSON: &[(&str, &str)] = &[
    ("City", "city"),
    ("Company", "company"),
    ("Department", "department"),
    ("Fax", "facsimileTelephoneNumber"),
    ("FirstName", "givenName"),
    ("Initials", "initials"),
    ("LastName", "surname"),
    ("MobilePhone", "mobile"),
    ("Notes", "info"),
    ("Office", "physicalDeliveryOfficeName"),
    ("Phone", "telephoneNumber"),
    ("PostalCode", "postalCode"),
    ("StateOrProvince", "state"),
    ("StreetAddress", "streetAddress"),
    ("Title", "title"),
    ("WebPage", "wWWHomePage"),
];

/// Custom attributes: name, and how the tenant stores it.
pub(super) const CUSTOM: &[(&str, &str)] = &[
    ("CustomAttribute1", "extensionAttribute1"),
    ("CustomAttribute2", "extensionAttribute2"),
    ("CustomAttribute3", "extensionAttribute3"),
    ("CustomAttribute4", "extensionAttribute4"),
    ("CustomAttribute5", "extensionAttribute5"),
    ("CustomAttribute6", "extensionAttribute6"),
    ("CustomAttribute7", "extensionAttribute7"),
    ("CustomAttribute8", "extensionAttribute8"),
    ("CustomAttribute9", "extensionAttribute9"),
    ("CustomAttribute10", "extensionAttribute10"),
    ("CustomAttribute11", "extensionAttribute11"),
    ("CustomAttribute12", "extensionAttribute12"),
    ("CustomAttribute13", "extensionAttribute13"),
    ("CustomAttribute14", "extensionAttribute14"),
    ("CustomAttribute15", "extensionAttribute15"),
];

/// A recipient's row.
#[must_use]
pub(super) fn row(tenant: &Tenant, recipient: &Recipient<'_>) -> Row {
    let mut cells = names(tenant, recipient);
    cells.extend(addresses(recipient));
    cells.extend(state(tenant, recipient));
    cells.extend(stored(recipient, PERSON));
    cells.extend(stored(recipient, CUSTOM));
    cells.extend(account(recipient));
    Row(cells)
}

type Cells = Vec<(&'static str, Cell)>;

fn names(tenant: &Tenant, recipient: &Recipient<'_>) -> Cells {
    let object = &recipient.object;
    let name = name(tenant, recipient);
    vec![
        ("Identity", Cell::Text(name.clone())),
        ("Id", Cell::Text(name.clone())),
        ("Name", Cell::Text(name)),
        ("DisplayName", object.display_name.clone().into()),
        ("Alias", object.mail_nickname.clone().into()),
        ("DistinguishedName", Cell::Text(distinguished_name(tenant, recipient))),
        ("OrganizationalUnit", Cell::Text(organizational_unit(tenant))),
        ("LegacyExchangeDN", Cell::Text(legacy_dn(tenant, recipient))),
        ("Guid", Cell::Guid(guid(tenant, object.id))),
        ("ExchangeObjectId", Cell::Guid(guid(tenant, object.id))),
        ("ExternalDirectoryObjectId", Cell::Text(object.id.to_string())),
        ("RecipientType", Cell::Text(recipient.kind.name().to_owned())),
        ("RecipientTypeDetails", Cell::Text(recipient.kind.name().to_owned())),
    ]
}

fn addresses(recipient: &Recipient<'_>) -> Cells {
    let object = &recipient.object;
    let primary = recipient.address().to_owned();
    let mut all = object.proxy_addresses.clone();
    if all.is_empty() {
        all.push(format!("SMTP:{primary}"));
    }
    let external = match recipient.kind {
        RecipientType::MailUser | RecipientType::MailContact => {
            let target = object.get("targetAddress").and_then(|value| value.as_text().map(str::to_owned));
            Some(("ExternalEmailAddress", target.unwrap_or_else(|| format!("SMTP:{primary}")).into()))
        }
        _ => None,
    };
    let own = [
        ("PrimarySmtpAddress", Cell::Text(primary.clone())),
        ("WindowsEmailAddress", Cell::Text(primary)),
        ("EmailAddresses", Cell::Texts(all)),
    ];
    own.into_iter().chain(external).collect()
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

fn state(tenant: &Tenant, recipient: &Recipient<'_>) -> Cells {
    let object = &recipient.object;
    let cloud_managed = tenant.exchange().cloud_managed.contains(&object.id);
    vec![
        ("HiddenFromAddressListsEnabled", Cell::Flag(recipient.is_hidden())),
        ("UserSMimeCertificate", Cell::Binaries(object.user_smime_certificate.to_vec())),
        ("UserCertificate", Cell::Binaries(object.user_certificate.to_vec())),
        ("IsDirSynced", Cell::Flag(object.is_synced())),
        ("IsExchangeCloudManaged", Cell::Flag(cloud_managed)),
        ("EmailAddressPolicyEnabled", Cell::Flag(false)),
        ("ImmutableId", object.source_anchor.clone().into()),
        ("WhenCreated", Cell::Date(object.created)),
        ("IsValid", Cell::Flag(true)),
        ("ObjectState", Cell::Text("Unchanged".to_owned())),
    ]
}

fn stored(recipient: &Recipient<'_>, table: &[(&'static str, &'static str)]) -> Cells {
    let text = |stored: &str| match recipient.object.get_graph(stored) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    table.iter().map(|(name, property)| (*name, text(property).into())).collect()
}

fn account(recipient: &Recipient<'_>) -> Cells {
    let Some(user) = recipient.object.user() else { return Vec::new() };
    let upn = || Cell::Text(user.user_principal_name.clone());
    vec![
        ("UserPrincipalName", upn()),
        ("MicrosoftOnlineServicesID", upn()),
        ("WindowsLiveID", upn()),
        ("AccountDisabled", Cell::Flag(!user.account_enabled)),
    ]
}
