//! One proxy address: its type, its domain, and whether the tenant takes it.

/// Types of address that the tenant keeps, in lower case. The article names SMTP, X500 and SIP as known and MSMAIL and X400 as
/// legacy ones that are discarded; that EUM is kept and every other type is discarded is assumed.
const KEPT: &[&str] = &["smtp", "x500", "sip", "eum"];

/// Second-level labels of domains that nobody may bring from outside (`@*.onmicrosoft.com`, `@*.microsoftonline.com`).
const RESERVED: &[&str] = &["onmicrosoft", "microsoftonline"];

/// Characters of a local part besides letters and digits. Source: RFC 5322, 3.2.3 (atext), and the dot between atoms.
const ATEXT: &str = "!#$%&'*+-/=?^_`{|}~.";

/// The part after `smtp:` in whatever letter case; `None` for other types.
pub(in crate::tenant) fn smtp(address: &str) -> Option<&str> {
    address.split_once(':').filter(|(kind, _)| kind.eq_ignore_ascii_case("smtp")).map(|(_, rest)| rest)
}

/// The domain of an address without type.
pub(in crate::tenant) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part before the `@`.
pub(in crate::tenant) fn prefix(address: &str) -> &str {
    address.split('@').next().unwrap_or_default()
}

/// Whether an address may come from the directory at all: a known type, well-formed, not of a reserved domain.
pub(in crate::tenant) fn is_acceptable(address: &str) -> bool {
    let Some((kind, rest)) = address.split_once(':') else { return false };
    if !KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(kind)) || rest.is_empty() {
        return false;
    }
    smtp(address).is_none_or(|address| is_well_formed(address) && !is_reserved(domain(address)))
}

/// An SMTP address without type, as RFC 5322 has it (without quoted local parts and address literals).
pub(in crate::tenant) fn is_well_formed(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    let atoms = local.chars().all(|c| c.is_ascii_alphanumeric() || ATEXT.contains(c));
    let dotted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    !local.is_empty() && local.len() <= 64 && atoms && !dotted && is_domain(domain)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.len() <= 255 && domain.split('.').all(label)
}

/// `contoso.onmicrosoft.com` and the like, under whatever top-level domain the double's tenant lives.
pub(in crate::tenant) fn is_reserved(domain: &str) -> bool {
    let second = domain.rsplit('.').nth(1).unwrap_or_default();
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_brings_well_formed_addresses_of_known_types() {
        for (address, accepted) in [
            ("SMTP:ana@corp.example.test", true),
            ("smtp:o'hara+x@corp.example.test", true),
            ("sip:ana@corp.example.test", true),
            ("X500:/o=Corp/ou=Exchange/cn=Recipients/cn=ana", true),
            ("EUM:1234;phone-context=x", true),
            ("X400:c=DE;a= ;p=Corp;o=Exchange;s=Ana;", false),
            ("MS:CORP/POST/ANA", false),
            ("NOTES:Ana@Corp", false),
            ("ana@corp.example.test", false),
            ("smtp:", false),
            ("smtp:ana", false),
            ("smtp:@corp.example.test", false),
            ("smtp:ana@", false),
            ("smtp:ana b@corp.example.test", false),
            ("smtp:ana@corp..test", false),
            ("smtp:.ana@corp.example.test", false),
            ("smtp:ana@x@corp.example.test", false),
            ("smtp:Jürgen@corp.example.test", false),
            ("smtp:ana@corp.onmicrosoft.com", false),
            ("smtp:ana@Fabrikam.MicrosoftOnline.com", false),
            ("smtp:ana@corp.onmicrosoft.test", false),
            ("smtp:ana@onmicrosoft.corp.test", true),
        ] {
            assert_eq!(is_acceptable(address), accepted, "{address}");
        }
    }
}
