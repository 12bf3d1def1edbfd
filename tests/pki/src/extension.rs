//! Extensions of certificates (RFC 5280 4.2).

use sha1::{Digest, Sha1};

use crate::der::{self, tag};
use crate::keys::Key;
use crate::oid;
use crate::recipe::CertificateRecipe;

/// Key usages in the order of their bits (RFC 5280 4.2.1.3).
const USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// All extensions of a recipe, as an encoded `[3]`.
pub(crate) fn all(
    recipe: &CertificateRecipe,
    key: &Key,
    issuer_key: &Key,
    padding: Option<usize>,
) -> Result<Vec<u8>, String> {
    let mut list = vec![subject_key_id(key), authority_key_id(issuer_key)];
    if recipe.ca {
        list.push(basic_constraints());
    }
    list.extend(key_usage(recipe, key)?);
    list.extend(purposes(recipe)?);
    list.extend(alternative_names(recipe));
    list.extend(padding.map(|len| extension(oid::PADDING, false, &der::octet_string(&vec![0; len]))));
    Ok(der::context(3, &der::sequence(&list)))
}

fn extension(oid: &'static str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der::tlv(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
    der::sequence(&[oid::known(oid), critical, der::octet_string(value)])
}

/// SHA-1 over the public key's octets (RFC 5280 4.2.1.2, method 1).
pub(crate) fn key_id(key: &Key) -> Vec<u8> {
    Sha1::digest(key.public()).to_vec()
}

fn subject_key_id(key: &Key) -> Vec<u8> {
    extension(oid::SUBJECT_KEY_ID, false, &der::octet_string(&key_id(key)))
}

fn authority_key_id(issuer_key: &Key) -> Vec<u8> {
    let id = der::tlv(tag::CONTEXT, &key_id(issuer_key));
    extension(oid::AUTHORITY_KEY_ID, false, &der::sequence(&[id]))
}

fn basic_constraints() -> Vec<u8> {
    extension(oid::BASIC_CONSTRAINTS, true, &der::sequence(&[der::tlv(tag::BOOLEAN, &[0xff])]))
}

fn key_usage(recipe: &CertificateRecipe, key: &Key) -> Result<Option<Vec<u8>>, String> {
    let names = match &recipe.key_usage {
        Some(names) => names.iter().map(String::as_str).collect(),
        None => default_usages(recipe, key),
    };
    let mut bits = 0_u16;
    for name in &names {
        let at = USAGES.iter().position(|usage| usage.eq_ignore_ascii_case(name));
        let at = at.ok_or_else(|| format!("key_usage: {name:?} is none of {}", USAGES.join(", ")))?;
        bits |= 0x8000 >> at;
    }
    Ok((bits != 0).then(|| extension(oid::KEY_USAGE, true, &named_bits(bits))))
}

fn default_usages(recipe: &CertificateRecipe, key: &Key) -> Vec<&'static str> {
    match key {
        _ if recipe.ca => vec!["keyCertSign", "cRLSign"],
        _ if key.is_rsa() => vec!["digitalSignature", "keyEncipherment"],
        _ if key.is_ec() => vec!["digitalSignature", "keyAgreement"],
        _ => vec!["digitalSignature"],
    }
}

/// A BIT STRING of named bits: trailing zero bits are left out (X.690 11.2.2).
fn named_bits(bits: u16) -> Vec<u8> {
    let unused = bits.trailing_zeros();
    let octets = bits.to_be_bytes();
    let used = if unused >= 8 { &octets[..1] } else { &octets[..] };
    // below 8 by the remainder
    der::tlv(tag::BIT_STRING, &[&[(unused % 8) as u8], used].concat())
}

fn purposes(recipe: &CertificateRecipe) -> Result<Option<Vec<u8>>, String> {
    let default = if recipe.ca { Vec::new() } else { vec!["emailProtection".to_owned()] };
    let names = recipe.eku.as_ref().unwrap_or(&default);
    let oids: Result<Vec<_>, String> = names
        .iter()
        .map(|name| {
            oid::lookup(oid::PURPOSES, name)
                .ok_or_else(|| format!("eku: {name:?} is no OID and none of {}", oid::names(oid::PURPOSES)))
        })
        .collect();
    let oids = oids?;
    Ok((!oids.is_empty()).then(|| extension(oid::EXT_KEY_USAGE, false, &der::sequence(&oids))))
}

fn alternative_names(recipe: &CertificateRecipe) -> Option<Vec<u8>> {
    let emails = recipe.email.as_slice().iter().map(|text| der::tlv(tag::CONTEXT | 1, text.as_bytes()));
    let hosts = recipe.dns.as_slice().iter().map(|text| der::tlv(tag::CONTEXT | 2, text.as_bytes()));
    let upns = recipe.upn.as_slice().iter().map(|text| other_name(oid::UPN, text));
    let mailboxes = recipe.smtp_utf8.as_slice().iter().map(|text| other_name(oid::SMTP_UTF8_MAILBOX, text));
    let names: Vec<_> = emails.chain(hosts).chain(upns).chain(mailboxes).collect();
    (!names.is_empty()).then(|| extension(oid::SUBJECT_ALT_NAME, false, &der::sequence(&names)))
}

fn other_name(oid: &'static str, text: &str) -> Vec<u8> {
    let value = der::context(0, &der::tlv(tag::UTF8, text.as_bytes()));
    der::context(0, &[oid::known(oid), value].concat())
}

#[cfg(test)]
mod tests {
    use super::named_bits;

    #[test]
    fn named_bits_end_with_a_one() {
        assert_eq!(named_bits(0x8000), [3, 2, 7, 0x80]);
        assert_eq!(named_bits(0xa000), [3, 2, 5, 0xa0]);
        assert_eq!(named_bits(0x0080), [3, 3, 7, 0, 0x80]);
    }
}
