//! The properties that the tenant knows: canonical names, syntax, longest value.
//!
//! Names and the objects that have them: entra docs, "Microsoft Entra Connect Sync: attributes synchronized"; the
//! spelling on the wire: AADInternals, `Set-AADIntAzureADObject`, and exported Cloud Sync schemas. Lengths: AD schema and
//! Graph's documented limits.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// What values a property takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// One text of at most so many characters.
    Text(usize),
    /// Several texts of at most so many characters each.
    Texts(usize),
    /// True or false.
    Bool,
    /// A 64-bit number.
    Long,
    /// Octets.
    Binary,
    /// Several octet strings.
    Binaries,
}

/// One property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Canonical name.
    pub name: &'static str,
    /// Values.
    pub syntax: Syntax,
}

/// Short for the name of a known property: its place in [`ATTRIBUTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct AttributeId(u16);

impl AttributeId {
    /// Canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        ATTRIBUTES.get(usize::from(self.0)).map_or("", |attribute| attribute.name)
    }
}

/// Longest value of a directory extension. Source: connect/tshoot-connect-sync-errors (LargeObject).
pub const EXTENSION_LENGTH: usize = 250;

/// Most directory extensions on one object. Source: as above.
pub const EXTENSIONS_MAX: usize = 100;

const fn text(name: &'static str, max: usize) -> Attribute {
    Attribute { name, syntax: Syntax::Text(max) }
}

const fn texts(name: &'static str, max: usize) -> Attribute {
    Attribute { name, syntax: Syntax::Texts(max) }
}

const fn flag(name: &'static str) -> Attribute {
    Attribute { name, syntax: Syntax::Bool }
}

const fn long(name: &'static str) -> Attribute {
    Attribute { name, syntax: Syntax::Long }
}

const fn binary(name: &'static str) -> Attribute {
    Attribute { name, syntax: Syntax::Binary }
}

const fn binaries(name: &'static str) -> Attribute {
    Attribute { name, syntax: Syntax::Binaries }
}

/// All known properties, sorted by lower-case name.
pub const ATTRIBUTES: &[Attribute] = &[
    flag("accountEnabled"),
    text("altRecipient", 1024),
    text("assistant", 1024),
    texts("authOrig", 1024),
    text("c", 3),
    text("city", 128),
    text("cloudAnchor", 64),
    flag("cloudMastered"),
    text("cloudMSExchArchiveStatus", 64),
    text("cn", 256),
    text("co", 128),
    text("commonName", 256),
    text("company", 64),
    text("companyName", 64),
    text("country", 128),
    long("countryCode"),
    text("countryLetterCode", 3),
    text("createdOn", 64),
    text("creationType", 64),
    flag("deliverAndRedirect"),
    text("department", 64),
    text("description", 1024),
    text("deviceDisplayName", 256),
    text("deviceId", 64),
    text("deviceOSType", 64),
    text("deviceOSVersion", 64),
    text("deviceTrustType", 64),
    text("displayName", 256),
    text("distinguishedName", 2048),
    texts("dLMemRejectPerms", 1024),
    texts("dLMemSubmitPerms", 1024),
    text("dnsDomainName", 256),
    text("employeeId", 16),
    text("employeeType", 256),
    text("extensionAttribute1", 1024),
    text("extensionAttribute10", 1024),
    text("extensionAttribute11", 1024),
    text("extensionAttribute12", 1024),
    text("extensionAttribute13", 1024),
    text("extensionAttribute14", 1024),
    text("extensionAttribute15", 1024),
    text("extensionAttribute2", 1024),
    text("extensionAttribute3", 1024),
    text("extensionAttribute4", 1024),
    text("extensionAttribute5", 1024),
    text("extensionAttribute6", 1024),
    text("extensionAttribute7", 1024),
    text("extensionAttribute8", 1024),
    text("extensionAttribute9", 1024),
    text("facsimileTelephoneNumber", 64),
    text("faxNumber", 64),
    text("givenName", 64),
    text("groupType", 64),
    flag("hideDLMembership"),
    text("homePhone", 64),
    text("info", 1024),
    text("initials", 6),
    text("internationalPager", 64),
    text("ipPhone", 64),
    text("jobTitle", 128),
    text("l", 128),
    text("lastName", 64),
    text("lastPasswordChangeTimestamp", 64),
    text("legacyExchangeDN", 1024),
    text("mail", 256),
    flag("mailEnabled"),
    text("mailNickname", 64),
    text("managedBy", 1024),
    text("manager", 1024),
    texts("member", 1024),
    text("middleName", 64),
    text("mobile", 64),
    text("mobilePhone", 64),
    binary("msDS-HABSeniorityIndex"),
    text("msDS-PhoneticDisplayName", 256),
    binary("msExchArchiveGUID"),
    texts("msExchArchiveName", 512),
    text("msExchArchiveStatus", 64),
    text("msExchAssistantName", 256),
    long("msExchAuditAdmin"),
    long("msExchAuditDelegate"),
    long("msExchAuditDelegateAdmin"),
    long("msExchAuditOwner"),
    binary("msExchBlockedSendersHash"),
    flag("msExchBypassAudit"),
    texts("msExchBypassModerationFromDLMembersLink", 1024),
    texts("msExchBypassModerationLink", 1024),
    texts("msExchCoManagedByLink", 1024),
    texts("msExchDelegateListLink", 1024),
    long("msExchELCExpirySuspensionEnd"),
    long("msExchELCExpirySuspensionStart"),
    long("msExchELCMailboxFlags"),
    flag("msExchEnableModeration"),
    texts("msExchExtensionCustomAttribute1", 2048),
    texts("msExchExtensionCustomAttribute2", 2048),
    texts("msExchExtensionCustomAttribute3", 2048),
    texts("msExchExtensionCustomAttribute4", 2048),
    texts("msExchExtensionCustomAttribute5", 2048),
    flag("msExchHideFromAddressLists"),
    text("msExchImmutableID", 256),
    text("msExchLitigationHoldDate", 64),
    text("msExchLitigationHoldOwner", 1024),
    binary("msExchMailboxGuid"),
    flag("msExchMailboxAuditEnable"),
    long("msExchMailboxAuditLogAgeLimit"),
    texts("msExchModeratedByLink", 1024),
    long("msExchModerationFlags"),
    long("msExchRecipientDisplayType"),
    long("msExchRecipientTypeDetails"),
    long("msExchRemoteRecipientType"),
    flag("msExchRequireAuthToSendTo"),
    long("msExchResourceCapacity"),
    text("msExchResourceDisplay", 1024),
    texts("msExchResourceMetaData", 1024),
    texts("msExchResourceSearchProperties", 1024),
    text("msExchRetentionComment", 1024),
    text("msExchRetentionURL", 1024),
    binary("msExchSafeRecipientsHash"),
    binary("msExchSafeSendersHash"),
    texts("msExchSenderHintTranslations", 1024),
    text("msExchTeamMailboxExpiration", 64),
    texts("msExchTeamMailboxOwners", 1024),
    text("msExchTeamMailboxSharePointUrl", 1024),
    text("msExchUsageLocation", 3),
    texts("msExchUserHoldPolicies", 1024),
    texts("msOrg-IsOrganizational", 1024),
    text("msRTCSIP-ApplicationOptions", 64),
    text("msRTCSIP-DeploymentLocator", 1024),
    text("msRTCSIP-Line", 1024),
    text("msRTCSIP-OptionFlags", 64),
    text("msRTCSIP-OwnerUrn", 1024),
    text("msRTCSIP-PrimaryUserAddress", 1024),
    flag("msRTCSIP-UserEnabled"),
    text("netBiosName", 64),
    flag("oOFReplyToOriginator"),
    binary("objectGUID"),
    binary("objectSid"),
    text("officeLocation", 128),
    text("onPremiseSecurityIdentifier", 256),
    text("onPremisesDistinguishedName", 2048),
    text("onPremisesDomainName", 256),
    text("onPremisesObjectIdentifier", 64),
    text("onPremisesSamAccountName", 256),
    text("onPremisesSecurityIdentifier", 256),
    text("onPremisesUserPrincipalName", 1024),
    text("otherFacsimileTelephoneNumber", 64),
    texts("otherHomePhone", 64),
    texts("otherIpPhone", 64),
    texts("otherMobile", 64),
    texts("otherPager", 64),
    texts("otherTelephone", 64),
    text("pager", 64),
    text("passwordPolicies", 256),
    text("personalPager", 64),
    text("physicalDeliveryOfficeName", 128),
    text("postalCode", 40),
    texts("postOfficeBox", 40),
    text("preferredDataLocation", 10),
    text("preferredLanguage", 64),
    texts("proxyAddresses", 1123),
    texts("publicDelegates", 1024),
    text("pwdLastSet", 64),
    flag("reportToOriginator"),
    flag("reportToOwner"),
    text("sAMAccountName", 256),
    flag("securityEnabled"),
    texts("shadowAlias", 64),
    text("shadowCommonName", 256),
    text("shadowDisplayName", 256),
    text("shadowLegacyExchangeDN", 1024),
    text("shadowMail", 256),
    text("shadowMobile", 64),
    texts("shadowOtherMobile", 64),
    texts("shadowProxyAddresses", 1123),
    text("shadowTargetAddress", 1024),
    text("shadowUserPrincipalName", 1024),
    text("sn", 64),
    text("sourceAnchor", 256),
    text("sourceObjectType", 64),
    text("st", 128),
    text("state", 128),
    text("streetAddress", 1024),
    text("surname", 64),
    text("targetAddress", 1024),
    text("telephoneAssistant", 64),
    text("telephoneNumber", 64),
    binary("thumbnailPhoto"),
    text("title", 128),
    texts("unauthOrig", 1024),
    text("url", 2048),
    text("usageLocation", 3),
    binaries("userCertificate"),
    text("userPrincipalName", 1024),
    binaries("userSMIMECertificate"),
    text("userType", 64),
    text("wWWHomePage", 2048),
];

/// Other spellings of a known property. Exchange's documentation has `userSMIMECertificates`; older clients say `alias`.
const ALIASES: &[(&str, &str)] = &[
    ("alias", "mailNickname"),
    ("postalAddress", "streetAddress"),
    ("userCertificates", "userCertificate"),
    ("userSMIMECertificates", "userSMIMECertificate"),
];

/// All names and their other spellings, in the order of [`compare`].
static NAMES: LazyLock<Vec<(&'static str, AttributeId)>> = LazyLock::new(|| {
    let ids = (0..).map(AttributeId);
    let mut names: Vec<_> = ATTRIBUTES.iter().map(|attribute| attribute.name).zip(ids).collect();
    let known = |real: &str| names.iter().find(|(name, _)| *name == real).map(|(_, id)| *id);
    let aliases: Vec<_> = ALIASES.iter().filter_map(|(alias, real)| Some((*alias, known(real)?))).collect();
    names.extend(aliases);
    names.sort_by(|(a, _), (b, _)| compare(a, b));
    names
});

/// Names in whatever letter case, without copying them.
fn compare(a: &str, b: &str) -> Ordering {
    a.bytes().map(|c| c.to_ascii_lowercase()).cmp(b.bytes().map(|c| c.to_ascii_lowercase()))
}

/// The known property of that name, whatever its letter case, as its short form.
#[must_use]
pub fn id(name: &str) -> Option<AttributeId> {
    let found = NAMES.binary_search_by(|(known, _)| compare(known, name)).ok()?;
    NAMES.get(found).map(|(_, id)| *id)
}

/// The known property of that name, whatever its letter case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.get(usize::from(id(name)?.0))
}

/// Whether it is the name of a directory extension: `extension_<application id without dashes>_<name>`.
#[must_use]
pub fn is_extension(name: &str) -> bool {
    let mut parts = name.splitn(3, '_');
    parts.next().is_some_and(|prefix| prefix.eq_ignore_ascii_case("extension"))
        && parts.next().is_some_and(|app| app.len() == 32 && app.bytes().all(|c| c.is_ascii_hexdigit()))
        && parts.next().is_some_and(|rest| !rest.is_empty())
}

/// The name under which a property is stored: the canonical one if it is known, else as it came. What is before the last
/// part of the name of a directory extension is the same in any letter case.
#[must_use]
pub fn canonical(name: &str) -> Cow<'static, str> {
    let other = || {
        let mut parts = name.splitn(3, '_').map(str::to_owned).collect::<Vec<_>>();
        if is_extension(name) {
            parts.iter_mut().take(2).for_each(|part| part.make_ascii_lowercase());
        }
        Cow::Owned(parts.join("_"))
    };
    find(name).map_or_else(other, |attribute| Cow::Borrowed(attribute.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_by_their_other_spellings() {
        for (given, name) in [
            ("USERPRINCIPALNAME", "userPrincipalName"),
            ("UserSMIMECertificate", "userSMIMECertificate"),
            ("userSMIMECertificates", "userSMIMECertificate"),
            ("alias", "mailNickname"),
        ] {
            assert_eq!(find(given).map(|attribute| attribute.name), Some(name));
        }
        assert_eq!(find("userCert"), None);
        assert_eq!(canonical("myOwn"), "myOwn");
        assert_eq!(canonical("My_Own_Name"), "My_Own_Name");
        let extension = "extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_Badge";
        assert_eq!(canonical("Extension_9D98ED114B254E3BB3A2A4F0A5EE7F05_Badge"), extension);
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<String> = ATTRIBUTES.iter().map(|a| a.name.to_lowercase()).collect();
        names.sort();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }

    #[test]
    fn extensions_are_told_by_their_application_id() {
        assert!(is_extension("extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_badge"));
        assert!(!is_extension("extension_9d98_badge"));
        assert!(!is_extension("extensionAttribute1"));
    }
}
