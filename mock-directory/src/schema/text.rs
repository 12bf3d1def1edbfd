//! How Active Directory compares strings.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a Unicode string for comparison: case, diacritics, width and kana type don't count
/// (MS-ADTS 3.1.1.2.2.4.13: NORM_IGNORECASE, NORM_IGNOREKANATYPE, NORM_IGNORENONSPACE, NORM_IGNOREWIDTH), outer spaces
/// are dropped and inner runs count as one (observed on a Samba AD DC).
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    // lower-casing can bring marks back (U+0130)
    Cow::Owned(squeeze(plain.filter(|c| !is_combining_mark(*c)).map(hiragana)))
}

/// Folds a name part for comparison of DNs: as [`fold`], but diacritics count, so that a dump of another server with
/// siblings that differ only in them loads.
#[must_use]
pub fn fold_name(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        fold_ascii(text)
    } else {
        Cow::Owned(squeeze(text.nfc().flat_map(char::to_lowercase)))
    }
}

fn fold_ascii(text: &str) -> Cow<'_, str> {
    let folded = !text.bytes().any(|b| b.is_ascii_uppercase())
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ");
    if folded {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(squeeze(text.chars().map(|c| c.to_ascii_lowercase())))
    }
}

/// Drops outer spaces, makes each inner run one space.
fn squeeze(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in chars {
        if c == ' ' {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Katakana as hiragana (the two blocks lie 0x60 apart).
fn hiragana(c: char) -> char {
    match c {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_width_and_kana_do_not_count() {
        for (a, b) in [
            ("KEYED1", "keyed1"),
            ("Jürgen Umlaut", "jurgen umlaut"),
            ("José", "Jose\u{301}"),
            ("Ａlice", "alice"),
            ("カタカナ", "かたかな"),
            ("  Double   Space ", "double space"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
        assert_ne!(fold("straße"), fold("strasse"));
        assert_ne!(fold("a b"), fold("ab"));
    }

    #[test]
    fn names_keep_their_diacritics() {
        assert_ne!(fold_name("Müller"), fold_name("Muller"));
        assert_eq!(fold_name("MÜLLER"), fold_name("mu\u{308}ller"));
        assert_eq!(fold_name(" A  b"), fold_name("a B "));
    }
}
