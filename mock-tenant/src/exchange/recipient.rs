//! Recipients: what Exchange makes of the tenant's objects.

use std::borrow::Cow;

use crate::tenant::{DirectoryObject, Kind, Tenant, Value, View};

/// `RecipientTypeDetails` of the recipients that there are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientType {
    /// A user with a mailbox.
    UserMailbox,
    /// A user whose mail goes elsewhere.
    MailUser,
    /// A contact.
    MailContact,
    /// A mail-enabled group without security.
    DistributionGroup,
    /// A mail-enabled security group.
    SecurityGroup,
}

impl RecipientType {
    /// `RecipientTypeDetails`; `RecipientType` is the same word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserMailbox => "UserMailbox",
            Self::MailUser => "MailUser",
            Self::MailContact => "MailContact",
            Self::DistributionGroup => "MailUniversalDistributionGroup",
            Self::SecurityGroup => "MailUniversalSecurityGroup",
        }
    }
}

/// A recipient, as Exchange has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient<'a> {
    /// The object.
    pub object: Cow<'a, DirectoryObject>,
    /// What it is.
    pub kind: RecipientType,
}

/// `msExchRecipientTypeDetails` of a mail user. Source: the attribute's documented values (128 = MailUser).
const MAIL_USER: i64 = 128;

impl<'a> Recipient<'a> {
    /// The object as a recipient: it is no device and has an address.
    #[must_use]
    pub fn of(object: Cow<'a, DirectoryObject>) -> Option<Self> {
        let kind = match object.kind() {
            Kind::Device => return None,
            Kind::Contact => RecipientType::MailContact,
            Kind::Group if object.group().is_some_and(|group| group.security_enabled) => {
                RecipientType::SecurityGroup
            }
            Kind::Group => RecipientType::DistributionGroup,
            Kind::User if is_mail_user(&object) => RecipientType::MailUser,
            Kind::User => RecipientType::UserMailbox,
        };
        address(&object).is_some().then_some(Self { object, kind })
    }

    /// Primary SMTP address.
    #[must_use]
    pub fn address(&self) -> &str {
        address(&self.object).unwrap_or_default()
    }

    /// Every SMTP address, the primary one first, in lower case.
    #[must_use]
    pub fn smtp_addresses(&self) -> Vec<String> {
        let mut all = vec![self.address().to_lowercase()];
        for address in self.object.proxy_addresses.iter().filter_map(|address| smtp(address)) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
        all
    }

    /// Not shown in address lists.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.object.properties.get("msExchHideFromAddressLists") == Some(&Value::Bool(true))
    }
}

/// A user who gets mail elsewhere. Licences are not modelled: every other user with an address has a mailbox.
fn is_mail_user(object: &DirectoryObject) -> bool {
    match object.properties.get("msExchRecipientTypeDetails") {
        Some(Value::Long(details)) => *details == MAIL_USER,
        _ => object.properties.get("targetAddress").is_some(),
    }
}

/// The primary SMTP address, else mail, else the sign-in name of a user who has an alias.
fn address(object: &DirectoryObject) -> Option<&str> {
    let own = || object.written_nickname().and_then(|_| object.user_principal_name());
    object.primary_smtp().or(object.mail.as_deref()).or_else(own)
}

/// The address behind `smtp:`, in lower case.
fn smtp(address: &str) -> Option<String> {
    address.to_lowercase().strip_prefix("smtp:").map(str::to_owned)
}

/// All recipients, hidden ones too.
pub fn recipients(tenant: &Tenant, view: View) -> impl Iterator<Item = Recipient<'_>> {
    tenant.exchange_objects(view).filter_map(Recipient::of)
}

/// Recipients with that address (with or without `smtp:`), hidden ones too.
#[must_use]
pub fn with_address<'a>(tenant: &'a Tenant, address: &str, view: View) -> Vec<Recipient<'a>> {
    let held = tenant.exchange_with_address(address, view).into_iter().filter_map(Recipient::of);
    let mut found: Vec<Recipient<'a>> = held.collect();
    if found.is_empty() && address.contains('@') {
        // a sign-in name is an address where nothing else is
        let user = tenant.user(address, view).and_then(|user| tenant.exchange_object(user.id, view));
        found.extend(user.and_then(Recipient::of));
    }
    found
}
