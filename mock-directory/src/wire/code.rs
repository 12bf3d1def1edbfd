//! LDAP result codes (RFC 4511 appendix A.1; 60, 61 and 76 from RFC 2891 and the virtual list view draft).

macro_rules! codes {
    ($(#[doc = $text:literal] $name:ident = $code:literal;)*) => {
        $(#[doc = $text] pub const $name: u32 = $code;)*

        /// The name of a result code, as RFC 4511 spells it; `ok` for success.
        #[must_use]
        pub const fn name(code: u32) -> &'static str {
            if code == SUCCESS {
                return "ok";
            }
            match code {
                $($name => $text.trim_ascii(),)*
                _ => "unknown",
            }
        }
    };
}

codes! {
    /// success
    SUCCESS = 0;
    /// operationsError
    OPERATIONS_ERROR = 1;
    /// protocolError
    PROTOCOL_ERROR = 2;
    /// timeLimitExceeded
    TIME_LIMIT_EXCEEDED = 3;
    /// sizeLimitExceeded
    SIZE_LIMIT_EXCEEDED = 4;
    /// compareFalse
    COMPARE_FALSE = 5;
    /// compareTrue
    COMPARE_TRUE = 6;
    /// authMethodNotSupported
    AUTH_METHOD_NOT_SUPPORTED = 7;
    /// strongerAuthRequired
    STRONGER_AUTH_REQUIRED = 8;
    /// referral
    REFERRAL = 10;
    /// adminLimitExceeded
    ADMIN_LIMIT_EXCEEDED = 11;
    /// unavailableCriticalExtension
    UNAVAILABLE_CRITICAL_EXTENSION = 12;
    /// confidentialityRequired
    CONFIDENTIALITY_REQUIRED = 13;
    /// saslBindInProgress
    SASL_BIND_IN_PROGRESS = 14;
    /// noSuchAttribute
    NO_SUCH_ATTRIBUTE = 16;
    /// undefinedAttributeType
    UNDEFINED_ATTRIBUTE_TYPE = 17;
    /// inappropriateMatching
    INAPPROPRIATE_MATCHING = 18;
    /// constraintViolation
    CONSTRAINT_VIOLATION = 19;
    /// attributeOrValueExists
    ATTRIBUTE_OR_VALUE_EXISTS = 20;
    /// invalidAttributeSyntax
    INVALID_ATTRIBUTE_SYNTAX = 21;
    /// noSuchObject
    NO_SUCH_OBJECT = 32;
    /// invalidDNSyntax
    INVALID_DN_SYNTAX = 34;
    /// inappropriateAuthentication
    INAPPROPRIATE_AUTHENTICATION = 48;
    /// invalidCredentials
    INVALID_CREDENTIALS = 49;
    /// insufficientAccessRights
    INSUFFICIENT_ACCESS_RIGHTS = 50;
    /// busy
    BUSY = 51;
    /// unavailable
    UNAVAILABLE = 52;
    /// unwillingToPerform
    UNWILLING_TO_PERFORM = 53;
    /// sortControlMissing
    SORT_CONTROL_MISSING = 60;
    /// offsetRangeError
    OFFSET_RANGE_ERROR = 61;
    /// namingViolation
    NAMING_VIOLATION = 64;
    /// objectClassViolation
    OBJECT_CLASS_VIOLATION = 65;
    /// notAllowedOnNonLeaf
    NOT_ALLOWED_ON_NON_LEAF = 66;
    /// notAllowedOnRDN
    NOT_ALLOWED_ON_RDN = 67;
    /// entryAlreadyExists
    ENTRY_ALREADY_EXISTS = 68;
    /// objectClassModsProhibited
    OBJECT_CLASS_MODS_PROHIBITED = 69;
    /// virtualListViewError
    VIRTUAL_LIST_VIEW_ERROR = 76;
    /// other
    OTHER = 80;
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_have_the_names_of_the_rfc() {
        assert_eq!([0, 51, 76, 9999].map(super::name), ["ok", "busy", "virtualListViewError", "unknown"]);
    }
}
