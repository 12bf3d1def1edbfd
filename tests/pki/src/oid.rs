//! Object identifiers by name.

use crate::der;

/// An OID of this crate's own tables.
///
/// # Panics
/// Never for the constants below: `every_oid_of_ours_encodes` holds them.
pub(crate) fn known(dotted: &'static str) -> Vec<u8> {
    der::oid(dotted).expect("a constant of this module")
}

/// An algorithm identifier, with NULL or without parameters.
pub(crate) fn algorithm(dotted: &'static str, with_null: bool) -> Vec<u8> {
    let parameters = if with_null { der::null() } else { Vec::new() };
    der::sequence(&[known(dotted), parameters])
}

macro_rules! oids {
    ($($name:ident = $dotted:literal;)*) => {
        $(pub(crate) const $name: &str = $dotted;)*
        #[cfg(test)]
        const ALL: &[&str] = &[$($dotted),*];
    };
}

oids! {
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    SHA1_WITH_RSA = "1.2.840.113549.1.1.5";
    MGF1 = "1.2.840.113549.1.1.8";
    RSA_PSS = "1.2.840.113549.1.1.10";
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    EC_PUBLIC_KEY = "1.2.840.10045.2.1";
    P256 = "1.2.840.10045.3.1.7";
    P384 = "1.3.132.0.34";
    P521 = "1.3.132.0.35";
    ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    ECDSA_SHA384 = "1.2.840.10045.4.3.3";
    ECDSA_SHA512 = "1.2.840.10045.4.3.4";
    ED25519 = "1.3.101.112";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";
    // below the enterprise number kept for examples (RFC 5612): an algorithm and an extension that nobody knows
    UNKNOWN_ALGORITHM = "1.3.6.1.4.1.32473.1";
    PADDING = "1.3.6.1.4.1.32473.2";
    SUBJECT_KEY_ID = "2.5.29.14";
    KEY_USAGE = "2.5.29.15";
    SUBJECT_ALT_NAME = "2.5.29.17";
    BASIC_CONSTRAINTS = "2.5.29.19";
    AUTHORITY_KEY_ID = "2.5.29.35";
    EXT_KEY_USAGE = "2.5.29.37";
    UPN = "1.3.6.1.4.1.311.20.2.3";
    SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";
    PKCS7_DATA = "1.2.840.113549.1.7.1";
    PKCS7_SIGNED = "1.2.840.113549.1.7.2";
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    SIGNING_TIME = "1.2.840.113549.1.9.5";
    SMIME_CAPABILITIES = "1.2.840.113549.1.9.15";
    ENCRYPTION_KEY_PREFERENCE = "1.2.840.113549.1.9.16.2.11";
    FRIENDLY_NAME = "1.2.840.113549.1.9.20";
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
    CERT_BAG = "1.2.840.113549.1.12.10.1.3";
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    PBES2 = "1.2.840.113549.1.5.13";
    PBKDF2 = "1.2.840.113549.1.5.12";
    HMAC_SHA256 = "1.2.840.113549.2.9";
    AES128_CBC = "2.16.840.1.101.3.4.1.2";
    AES256_CBC = "2.16.840.1.101.3.4.1.42";
}

/// Extended key usages by their usual names.
pub(crate) const PURPOSES: &[(&str, &str)] = &[
    ("serverAuth", "1.3.6.1.5.5.7.3.1"),
    ("clientAuth", "1.3.6.1.5.5.7.3.2"),
    ("codeSigning", "1.3.6.1.5.5.7.3.3"),
    ("emailProtection", "1.3.6.1.5.5.7.3.4"),
    ("any", "2.5.29.37.0"),
    ("smartcardLogon", "1.3.6.1.4.1.311.20.2.2"),
    ("encryptingFileSystem", "1.3.6.1.4.1.311.10.3.4"),
];

/// Attribute types of names.
pub(crate) const NAME_TYPES: &[(&str, &str)] = &[
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("GN", "2.5.4.42"),
    ("E", "1.2.840.113549.1.9.1"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("DC", "0.9.2342.19200300.100.1.25"),
];

/// Looks a name up in a table, whatever its case; dotted text stands for itself.
pub(crate) fn lookup(table: &[(&str, &str)], name: &str) -> Option<Vec<u8>> {
    let dotted =
        table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(name, |(_, dotted)| dotted);
    der::oid(dotted)
}

/// The known names of a table, for error messages.
pub(crate) fn names(table: &[(&str, &str)]) -> String {
    table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_oid_of_ours_encodes() {
        let tables = PURPOSES.iter().chain(NAME_TYPES).map(|(_, dotted)| dotted);
        for dotted in ALL.iter().chain(tables) {
            assert!(der::oid(dotted).is_some(), "{dotted}");
        }
    }
}
