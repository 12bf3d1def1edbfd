//! The cmdlets that are served, with their parameters. Source: office-docs-powershell, one page for each cmdlet.
//!
//! A parameter that the cmdlet has and that isn't in the table is refused by name: it is not dropped in silence.

use super::kind::Type;
use super::kind::Type::{Binaries, Binary, Choice, Flag, Number, ResultSize, Text, Texts};

/// What a cmdlet does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes.
    Set,
    /// Makes.
    New,
    /// Removes.
    Remove,
}

/// What a cmdlet does it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// `MailUser`.
    MailUser,
    /// `Mailbox`.
    Mailbox,
    /// `MailContact`.
    MailContact,
    /// `Contact`: the person's properties of a mail contact.
    Contact,
    /// `User`: the person's properties of a user.
    User,
    /// `Recipient`: any of them, and groups.
    Recipient,
    /// `SmimeConfig`.
    SmimeConfig,
    /// `OrganizationConfig`.
    OrganizationConfig,
    /// `AcceptedDomain`.
    AcceptedDomain,
}

/// A parameter: its name and what it takes.
pub type Parameter = (&'static str, Type);

/// A cmdlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cmdlet {
    /// `Set-MailUser`.
    pub name: &'static str,
    /// Its name in the journal: `exchange.set_mailuser`.
    pub op: &'static str,
    /// Reads, changes, …
    pub verb: Verb,
    /// … what.
    pub noun: Noun,
    /// Parameters, in groups that cmdlets share.
    pub parameters: &'static [&'static [Parameter]],
    /// Parameters that must be there.
    pub required: &'static [&'static str],
}

impl Cmdlet {
    /// The parameter of that name, whatever its letter case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Parameter> {
        self.parameters.iter().copied().flatten().copied().find(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// It changes something.
    #[must_use]
    pub const fn writes(&self) -> bool {
        !matches!(self.verb, Verb::Get)
    }
}

/// What every cmdlet takes and what changes nothing here.
const COMMON: &[Parameter] = &[
    ("Confirm", Flag),
    ("Debug", Flag),
    ("ErrorAction", Text(64)),
    ("Verbose", Flag),
    ("WarningAction", Text(64)),
    ("WhatIf", Flag),
];

const IDENTITY: &[Parameter] = &[("Identity", Text(1024))];

/// What finds recipients.
const FIND: &[Parameter] =
    &[("Anr", Text(1024)), ("Filter", Text(32_768)), ("ResultSize", ResultSize), ("SortBy", Text(256))];

const DETAILS: &[Parameter] = &[("RecipientTypeDetails", Texts)];

const RECIPIENT_TYPE: &[Parameter] = &[("RecipientType", Texts)];

/// Source: "Property sets in Exchange Online PowerShell module cmdlets".
const PROPERTY_SETS: &[Parameter] = &[("Properties", Texts), ("PropertySets", Texts), ("PropertySet", Texts)];

/// The Exchange attributes that can be set.
const EXCHANGE: &[Parameter] = &[
    ("Alias", Text(64)),
    ("CustomAttribute1", Text(1024)),
    ("CustomAttribute2", Text(1024)),
    ("CustomAttribute3", Text(1024)),
    ("CustomAttribute4", Text(1024)),
    ("CustomAttribute5", Text(1024)),
    ("CustomAttribute6", Text(1024)),
    ("CustomAttribute7", Text(1024)),
    ("CustomAttribute8", Text(1024)),
    ("CustomAttribute9", Text(1024)),
    ("CustomAttribute10", Text(1024)),
    ("CustomAttribute11", Text(1024)),
    ("CustomAttribute12", Text(1024)),
    ("CustomAttribute13", Text(1024)),
    ("CustomAttribute14", Text(1024)),
    ("CustomAttribute15", Text(1024)),
    ("DisplayName", Text(256)),
    ("EmailAddresses", Texts),
    ("HiddenFromAddressListsEnabled", Flag),
    ("UserCertificate", Binaries),
    ("UserSMimeCertificate", Binaries),
    ("WindowsEmailAddress", Text(256)),
];

const NAME: &[Parameter] = &[("Name", Text(64))];

const EXTERNAL: &[Parameter] = &[("ExternalEmailAddress", Text(1123))];

const PRIMARY: &[Parameter] = &[("PrimarySmtpAddress", Text(256))];

/// Source: "Enable Exchange attributes in Microsoft Entra ID for cloud management".
const SOURCE_OF_AUTHORITY: &[Parameter] = &[("IsExchangeCloudManaged", Flag)];

/// What Exchange knows of the person.
const PERSON: &[Parameter] = &[
    ("City", Text(128)),
    ("Company", Text(64)),
    ("Department", Text(64)),
    ("DisplayName", Text(256)),
    ("Fax", Text(64)),
    ("FirstName", Text(64)),
    ("Initials", Text(6)),
    ("LastName", Text(64)),
    ("MobilePhone", Text(64)),
    ("Notes", Text(1024)),
    ("Office", Text(128)),
    ("Phone", Text(64)),
    ("PostalCode", Text(40)),
    ("StateOrProvince", Text(128)),
    ("StreetAddress", Text(1024)),
    ("Title", Text(128)),
    ("WebPage", Text(2048)),
];

const NEW: &[Parameter] = &[
    ("Alias", Text(64)),
    ("DisplayName", Text(256)),
    ("FirstName", Text(64)),
    ("Initials", Text(6)),
    ("LastName", Text(64)),
    ("Name", Text(64)),
];

const ACCOUNT: &[Parameter] =
    &[("ImmutableId", Text(256)), ("MicrosoftOnlineServicesID", Text(1024)), ("Password", Text(1024))];

const SMIME: &[Parameter] = &[
    ("NoSignOnReply", Flag),
    ("OWAAllowUserChoiceOfSigningCertificate", Flag),
    ("OWAAlwaysEncrypt", Flag),
    ("OWAAlwaysSign", Flag),
    ("OWABCCEncryptedEmailForking", Number),
    ("OWACRLConnectionTimeout", Number),
    ("OWACRLRetrievalTimeout", Number),
    ("OWACheckCRLOnSend", Flag),
    ("OWAClearSign", Flag),
    ("OWACopyRecipientHeaders", Flag),
    ("OWADLExpansionTimeout", Number),
    ("OWADisableCRLCheck", Flag),
    ("OWAEncryptTemporaryBuffers", Flag),
    ("OWAEncryptionAlgorithms", Text(1024)),
    ("OWAForceSMIMEClientUpgrade", Flag),
    ("OWAIncludeCertificateChainAndRootCertificate", Flag),
    ("OWAIncludeCertificateChainWithoutRootCertificate", Flag),
    ("OWAIncludeSMIMECapabilitiesInMessage", Flag),
    ("OWAOnlyUseSmartCard", Flag),
    ("OWASenderCertificateAttributesToDisplay", Text(1024)),
    ("OWASignedEmailCertificateInclusion", Flag),
    ("OWASigningAlgorithms", Text(1024)),
    ("OWATripleWrapSignedEncryptedMail", Flag),
    ("OWAUseKeyIdentifier", Flag),
    ("OWAUseSecondaryProxiesWhenFindingCertificates", Flag),
    ("SMIMECertificateIssuingCA", Binary),
];

const ORGANIZATION: &[Parameter] = &[
    ("EwsAllowList", Texts),
    ("EwsAllowedAppIDs", Text(65_536)),
    ("EwsApplicationAccessPolicy", Choice(&["EnforceAllowList", "EnforceBlockList"])),
    ("EwsBlockList", Texts),
    ("EwsEnabled", Flag),
];

const RETRIEVE: &[Parameter] = &[("RetrieveEwsOperationAccessPolicy", Flag)];

const fn cmdlet(
    name: &'static str,
    op: &'static str,
    verb: Verb,
    noun: Noun,
    parameters: &'static [&'static [Parameter]],
) -> Cmdlet {
    let required: &[&str] = match (verb, noun) {
        (Verb::New, Noun::MailContact) => &["Name", "ExternalEmailAddress"],
        (Verb::New, _) => &["Name", "MicrosoftOnlineServicesID"],
        (Verb::Get, _) | (_, Noun::SmimeConfig | Noun::OrganizationConfig) => &[],
        _ => &["Identity"],
    };
    Cmdlet { name, op, verb, noun, parameters, required }
}

use Noun as N;
use Verb as V;

/// Every cmdlet that is served, sorted by name.
#[rustfmt::skip]
pub const CMDLETS: &[Cmdlet] = &[
    cmdlet("Get-AcceptedDomain", "exchange.get_accepteddomain", V::Get, N::AcceptedDomain, &[COMMON, IDENTITY]),
    cmdlet("Get-Contact", "exchange.get_contact", V::Get, N::Contact, &[COMMON, IDENTITY, FIND, DETAILS]),
    cmdlet("Get-EXOMailbox", "exchange.get_exomailbox", V::Get, N::Mailbox, &[COMMON, IDENTITY, FIND, DETAILS, PROPERTY_SETS]),
    cmdlet("Get-EXORecipient", "exchange.get_exorecipient", V::Get, N::Recipient, &[COMMON, IDENTITY, FIND, DETAILS, RECIPIENT_TYPE, PROPERTY_SETS]),
    cmdlet("Get-MailContact", "exchange.get_mailcontact", V::Get, N::MailContact, &[COMMON, IDENTITY, FIND, DETAILS]),
    cmdlet("Get-MailUser", "exchange.get_mailuser", V::Get, N::MailUser, &[COMMON, IDENTITY, FIND]),
    cmdlet("Get-Mailbox", "exchange.get_mailbox", V::Get, N::Mailbox, &[COMMON, IDENTITY, FIND, DETAILS]),
    cmdlet("Get-OrganizationConfig", "exchange.get_organizationconfig", V::Get, N::OrganizationConfig, &[COMMON, RETRIEVE]),
    cmdlet("Get-Recipient", "exchange.get_recipient", V::Get, N::Recipient, &[COMMON, IDENTITY, FIND, DETAILS, RECIPIENT_TYPE, PROPERTY_SETS]),
    cmdlet("Get-SmimeConfig", "exchange.get_smimeconfig", V::Get, N::SmimeConfig, &[COMMON, IDENTITY]),
    cmdlet("Get-User", "exchange.get_user", V::Get, N::User, &[COMMON, IDENTITY, FIND, DETAILS]),
    cmdlet("New-MailContact", "exchange.new_mailcontact", V::New, N::MailContact, &[COMMON, NEW, EXTERNAL]),
    cmdlet("New-MailUser", "exchange.new_mailuser", V::New, N::MailUser, &[COMMON, NEW, EXTERNAL, PRIMARY, ACCOUNT]),
    cmdlet("Remove-MailContact", "exchange.remove_mailcontact", V::Remove, N::MailContact, &[COMMON, IDENTITY]),
    cmdlet("Remove-MailUser", "exchange.remove_mailuser", V::Remove, N::MailUser, &[COMMON, IDENTITY]),
    cmdlet("Set-Contact", "exchange.set_contact", V::Set, N::Contact, &[COMMON, IDENTITY, PERSON, NAME]),
    cmdlet("Set-MailContact", "exchange.set_mailcontact", V::Set, N::MailContact, &[COMMON, IDENTITY, EXCHANGE, NAME, EXTERNAL]),
    cmdlet("Set-MailUser", "exchange.set_mailuser", V::Set, N::MailUser, &[COMMON, IDENTITY, EXCHANGE, NAME, EXTERNAL, PRIMARY]),
    cmdlet("Set-Mailbox", "exchange.set_mailbox", V::Set, N::Mailbox, &[COMMON, IDENTITY, EXCHANGE, NAME, SOURCE_OF_AUTHORITY]),
    cmdlet("Set-OrganizationConfig", "exchange.set_organizationconfig", V::Set, N::OrganizationConfig, &[COMMON, ORGANIZATION]),
    cmdlet("Set-SmimeConfig", "exchange.set_smimeconfig", V::Set, N::SmimeConfig, &[COMMON, IDENTITY, SMIME]),
    cmdlet("Set-User", "exchange.set_user", V::Set, N::User, &[COMMON, IDENTITY, PERSON, NAME]),
];

/// The cmdlet of that name, whatever its letter case.
#[must_use]
pub(super) fn find(name: &str) -> Option<&'static Cmdlet> {
    CMDLETS.iter().find(|cmdlet| cmdlet.name.eq_ignore_ascii_case(name))
}
