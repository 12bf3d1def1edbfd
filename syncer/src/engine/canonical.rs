//! Values of the tenant in a form in which equal means equal.
//!
//! The order of multi-values has no meaning, an empty list is no value, certificates are compared by their bytes. So a
//! value becomes a sorted set of tagged octet strings; a binary value is kept as its SHA-256 only.

use sha2::{Digest as _, Sha256};

use super::packed::Packed;
use crate::model::TenantValue;

/// Tags of canonical values, the first octet of each.
mod tag {
    pub(super) const BINARY: u8 = b'h';
    pub(super) const BOOL: u8 = b'b';
    pub(super) const LONG: u8 = b'l';
    pub(super) const TEXT: u8 = b's';
}

/// The canonical values of `value`; none for [`TenantValue::Null`] and for empty text or lists.
#[must_use]
pub(super) fn canonical(value: &TenantValue) -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = match value {
        TenantValue::Null => Vec::new(),
        TenantValue::Text(text) => text_value(text).into_iter().collect(),
        TenantValue::Bool(flag) => vec![vec![tag::BOOL, u8::from(*flag)]],
        TenantValue::Long(number) => vec![tagged(tag::LONG, number.to_string().as_bytes())],
        TenantValue::Binary(bytes) => vec![tagged(tag::BINARY, &Sha256::digest(bytes))],
        TenantValue::TextList(list) => list.iter().filter_map(|t| text_value(t)).collect(),
        TenantValue::BinaryList(list) => {
            list.iter().map(|b| tagged(tag::BINARY, &Sha256::digest(b))).collect()
        }
    };
    values.sort_unstable();
    values.dedup();
    values
}

fn text_value(text: &str) -> Option<Vec<u8>> {
    (!text.is_empty()).then(|| tagged(tag::TEXT, text.as_bytes()))
}

fn tagged(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(bytes.len() + 1);
    value.push(tag);
    value.extend_from_slice(bytes);
    value
}

/// Packs properties in canonical form, without those that have no value.
pub(super) fn pack_shown<'a>(properties: impl IntoIterator<Item = (&'a String, &'a TenantValue)>) -> Packed {
    Packed::from_entries(
        properties.into_iter().map(|(n, v)| (n, canonical(v))).filter(|(_, v)| !v.is_empty()),
    )
}

/// Packs properties in canonical form, those without value included: they were cleared.
pub(super) fn pack_written<'a>(
    properties: impl IntoIterator<Item = (&'a String, &'a TenantValue)>,
) -> Packed {
    Packed::from_entries(properties.into_iter().map(|(n, v)| (n, canonical(v))))
}

/// Both sides hold the same values of `name` (an absent name has none).
#[must_use]
pub(super) fn same(a: &Packed, b: &Packed, name: &str) -> bool {
    values_of(a, name).eq(values_of(b, name))
}

/// The values of `name`, none if it is absent.
pub(super) fn values_of<'a>(packed: &'a Packed, name: &str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    packed.get(name).into_iter().flatten()
}

/// A canonical value for people: text, `true`, a number, `sha256:…`.
#[must_use]
pub(super) fn readable(value: &[u8]) -> String {
    match value.split_first() {
        Some((&tag::BOOL, rest)) => (rest == [1]).to_string(),
        Some((&tag::BINARY, rest)) => format!("sha256:{}", hex::encode(rest)),
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_duplicates_have_no_meaning() {
        let a = TenantValue::TextList(vec!["b".into(), "a".into(), "b".into()]);
        let b = TenantValue::TextList(vec!["a".into(), "b".into()]);
        assert_eq!(canonical(&a), canonical(&b));
    }

    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        for value in
            [TenantValue::Null, TenantValue::Text(String::new()), TenantValue::BinaryList(Vec::new())]
        {
            assert!(canonical(&value).is_empty(), "{value:?}");
        }
    }

    #[test]
    fn a_single_value_equals_a_list_of_one_but_text_never_equals_binary() {
        assert_eq!(
            canonical(&TenantValue::Text("x".into())),
            canonical(&TenantValue::TextList(vec!["x".into()]))
        );
        assert_ne!(canonical(&TenantValue::Text("x".into())), canonical(&TenantValue::Binary(b"x".to_vec())));
    }

    #[test]
    fn readable_never_shows_certificate_bytes() {
        let value = canonical(&TenantValue::Binary(b"abc".to_vec()));
        assert_eq!(
            readable(&value[0]),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(readable(&canonical(&TenantValue::Bool(true))[0]), "true");
        assert_eq!(readable(&canonical(&TenantValue::Long(-5))[0]), "-5");
    }
}
