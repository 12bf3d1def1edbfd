//! The attributes that the code itself speaks of, with the same number in every schema profile.

use super::attribute::AttrId;

macro_rules! known {
    ($($constant:ident = $name:literal),* $(,)?) => {
        /// Their names, in the order of their numbers.
        pub(crate) const NAMES: &[&str] = &[$($name),*];
        known!(@consts 0u16; $($constant = $name),*);
    };
    (@consts $index:expr; $constant:ident = $name:literal $(, $rest:ident = $rest_name:literal)*) => {
        #[doc = $name]
        pub const $constant: AttrId = AttrId($index);
        known!(@consts $index + 1; $($rest = $rest_name),*);
    };
    (@consts $index:expr;) => {};
}

known! {
    OBJECT_CLASS = "objectClass",
    CN = "cn",
    OU = "ou",
    DC = "dc",
    NAME = "name",
    DISTINGUISHED_NAME = "distinguishedName",
    OBJECT_GUID = "objectGUID",
    OBJECT_SID = "objectSid",
    OBJECT_CATEGORY = "objectCategory",
    INSTANCE_TYPE = "instanceType",
    USN_CREATED = "uSNCreated",
    USN_CHANGED = "uSNChanged",
    WHEN_CREATED = "whenCreated",
    WHEN_CHANGED = "whenChanged",
    SAM_ACCOUNT_NAME = "sAMAccountName",
    SAM_ACCOUNT_TYPE = "sAMAccountType",
    USER_PRINCIPAL_NAME = "userPrincipalName",
    USER_ACCOUNT_CONTROL = "userAccountControl",
    PRIMARY_GROUP_ID = "primaryGroupID",
    GROUP_TYPE = "groupType",
    IS_DELETED = "isDeleted",
    IS_RECYCLED = "isRecycled",
    LAST_KNOWN_PARENT = "lastKnownParent",
    LAST_KNOWN_RDN = "msDS-LastKnownRDN",
    IS_CRITICAL = "isCriticalSystemObject",
    SYSTEM_FLAGS = "systemFlags",
    NT_SECURITY_DESCRIPTOR = "nTSecurityDescriptor",
    PARENT_GUID = "parentGUID",
    CANONICAL_NAME = "canonicalName",
    PARENT_DN = "msDS-parentdistname",
    TOKEN_GROUPS = "tokenGroups",
    CREATE_TIME_STAMP = "createTimeStamp",
    MODIFY_TIME_STAMP = "modifyTimeStamp",
    UAC_COMPUTED = "msDS-User-Account-Control-Computed",
    PASSWORD_EXPIRY_COMPUTED = "msDS-UserPasswordExpiryTimeComputed",
    KEY_VERSION_NUMBER = "msDS-KeyVersionNumber",
    PRINCIPAL_NAME = "msDS-PrincipalName",
    PRIMARY_GROUP_TOKEN = "primaryGroupToken",
    STRUCTURAL_OBJECT_CLASS = "structuralObjectClass",
    SUBSCHEMA_SUBENTRY = "subSchemaSubEntry",
    ALLOWED_ATTRIBUTES = "allowedAttributes",
    ALLOWED_ATTRIBUTES_EFFECTIVE = "allowedAttributesEffective",
    ALLOWED_CHILD_CLASSES = "allowedChildClasses",
    ALLOWED_CHILD_CLASSES_EFFECTIVE = "allowedChildClassesEffective",
    SD_RIGHTS_EFFECTIVE = "sDRightsEffective",
    APPROX_SUBORDINATES = "msDS-Approx-Immed-Subordinates",
    REPL_ATTRIBUTE_META_DATA = "msDS-ReplAttributeMetaData",
    REPL_PROPERTY_META_DATA = "replPropertyMetaData",
    ENTRY_TTL = "entryTTL",
    ANR = "aNR",
    PWD_LAST_SET = "pwdLastSet",
    ACCOUNT_EXPIRES = "accountExpires",
    LOCKOUT_TIME = "lockoutTime",
    BAD_PWD_COUNT = "badPwdCount",
    BAD_PASSWORD_TIME = "badPasswordTime",
    LAST_LOGON = "lastLogon",
    LAST_LOGOFF = "lastLogoff",
    LAST_LOGON_TIMESTAMP = "lastLogonTimestamp",
    LOGON_COUNT = "logonCount",
    LOGON_HOURS = "logonHours",
    CODE_PAGE = "codePage",
    COUNTRY_CODE = "countryCode",
    UNICODE_PWD = "unicodePwd",
    DBCS_PWD = "dBCSPwd",
    NT_PWD_HISTORY = "ntPwdHistory",
    LM_PWD_HISTORY = "lmPwdHistory",
    SUPPLEMENTAL_CREDENTIALS = "supplementalCredentials",
    LOCKOUT_DURATION = "lockoutDuration",
    LOCKOUT_THRESHOLD = "lockoutThreshold",
    LOCKOUT_OBSERVATION_WINDOW = "lockOutObservationWindow",
    MAX_PWD_AGE = "maxPwdAge",
    MIN_PWD_LENGTH = "minPwdLength",
    WELL_KNOWN_OBJECTS = "wellKnownObjects",
    OTHER_WELL_KNOWN_OBJECTS = "otherWellKnownObjects",
    MEMBER = "member",
    MEMBER_OF = "memberOf",
    SERVICE_PRINCIPAL_NAME = "servicePrincipalName",
    DISPLAY_NAME = "displayName",
    GIVEN_NAME = "givenName",
    SN = "sn",
    MAIL = "mail",
    PROXY_ADDRESSES = "proxyAddresses",
    LEGACY_EXCHANGE_DN = "legacyExchangeDN",
    INVOCATION_ID = "invocationId",
    DESCRIPTION = "description",
    ATTRIBUTE_TYPES = "attributeTypes",
    OBJECT_CLASSES = "objectClasses",
    DIT_CONTENT_RULES = "dITContentRules",
    EXTENDED_ATTRIBUTE_INFO = "extendedAttributeInfo",
    EXTENDED_CLASS_INFO = "extendedClassInfo",
    LDAP_ADMIN_LIMITS = "lDAPAdminLimits",
    TOMBSTONE_LIFETIME = "tombstoneLifetime",
    DELETED_OBJECT_LIFETIME = "msDS-DeletedObjectLifetime",
    DNS_HOST_NAME = "dNSHostName",
    MSDS_ENABLED_FEATURE = "msDS-EnabledFeature",
    SID_HISTORY = "sIDHistory",
    SHOW_IN_ADVANCED_VIEW_ONLY = "showInAdvancedViewOnly",
    LDAP_DISPLAY_NAME = "lDAPDisplayName",
}

/// Secrets: written, never read; DirSync lists them as empty (observed on a Samba AD DC; MS-ADTS 3.1.1.4.4).
pub const SECRETS: &[AttrId] =
    &[UNICODE_PWD, DBCS_PWD, NT_PWD_HISTORY, LM_PWD_HISTORY, SUPPLEMENTAL_CREDENTIALS];
