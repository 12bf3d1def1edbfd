//! Damage: what makes octets something else than the certificate they were.

use crate::bytes::Draw;
use crate::recipe::CertificateRecipe;

/// How many levels are written in indefinite length.
const INDEFINITE_LEVELS: usize = 3;

/// The value as the recipe wants it.
pub(crate) fn damage(recipe: &CertificateRecipe, draw: Draw<'_>, der: &[u8]) -> Result<Vec<u8>, String> {
    let mut value = if recipe.indefinite { indefinite(der) } else { der.to_vec() };
    value.extend(draw.bytes("trailing", recipe.trailing.unwrap_or(0)));
    if let Some(len) = recipe.truncate {
        if len >= value.len() {
            return Err(format!("truncate: there are only {} octets", value.len()));
        }
        value.truncate(len);
    }
    Ok(value)
}

/// The same value with its outer levels in BER's indefinite length (X.690 8.1.3.6).
pub(crate) fn indefinite(der: &[u8]) -> Vec<u8> {
    rewrite(der, INDEFINITE_LEVELS)
}

fn rewrite(mut der: &[u8], levels: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(der.len() + 16);
    while let Some(first) = First::of(der) {
        if levels > 0 && first.whole[0] & CONSTRUCTED != 0 {
            out.extend([first.whole[0], 0x80]);
            out.extend(rewrite(&first.whole[first.header..], levels - 1));
            out.extend([0, 0]);
        } else {
            out.extend_from_slice(first.whole);
        }
        der = first.rest;
    }
    out
}

/// The bit of a tag that says that there are values inside.
const CONSTRUCTED: u8 = 0x20;

/// The first value of our own DER, which is never cut off and has one-octet tags only.
struct First<'a> {
    whole: &'a [u8],
    /// Octets of tag and length.
    header: usize,
    rest: &'a [u8],
}

impl<'a> First<'a> {
    fn of(der: &'a [u8]) -> Option<Self> {
        let [_, short, ..] = *der else { return None };
        let length_octets = if short < 0x80 { 0 } else { usize::from(short & 0x7f) };
        let header = 2 + length_octets;
        let len = match length_octets {
            0 => usize::from(short),
            _ => der.get(2..header)?.iter().fold(0, |len, octet| len << 8 | usize::from(*octet)),
        };
        let (whole, rest) = der.split_at_checked(header + len)?;
        Some(Self { whole, header, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der;

    #[test]
    fn indefinite_length_keeps_the_content() {
        let inner = der::sequence(&[der::integer(5)]);
        let ber = indefinite(&inner);
        assert_eq!(ber, [0x30, 0x80, 2, 1, 5, 0, 0]);
    }
}
