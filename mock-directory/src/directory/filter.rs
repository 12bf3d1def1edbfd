//! Search filters: compiled once for a search, evaluated in three-valued logic (MS-ADTS 3.1.1.3.1.3.1).

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;

use super::entry::EntryId;
use super::forest::Forest;
use super::read::Sight;
use crate::dn::{Base, Dn};
use crate::schema::{AttrId, Syntax, fold, known, parse_guid_text};
use crate::wire::message::{ExtensibleFilter, Filter, SubstringFilter};

/// 1.2.840.113556.1.4.803
const BIT_AND: &str = "1.2.840.113556.1.4.803";
/// 1.2.840.113556.1.4.804
const BIT_OR: &str = "1.2.840.113556.1.4.804";
/// 1.2.840.113556.1.4.1941
const IN_CHAIN: &str = "1.2.840.113556.1.4.1941";

/// What a filter says about an object; `None` is Undefined.
pub(crate) type Truth = Option<bool>;

/// A filter whose attributes are looked up and whose values are in the form that compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compiled {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Constant(Truth),
    Present(AttrId),
    Equal(AttrId, Vec<u8>),
    AtLeast(AttrId, Vec<u8>),
    AtMost(AttrId, Vec<u8>),
    Substring(AttrId, Parts),
    /// All bits (`true`) or any bit of the mask.
    Bits(AttrId, i64, bool),
    /// The object's link of this attribute reaches the target, over any number of steps.
    InChain(AttrId, EntryId),
    /// One of these objects.
    Among(BTreeSet<EntryId>),
    /// Ambiguous name resolution.
    Anr(Anr),
    /// An RDN of the DN has this attribute and value.
    InDn(AttrId, String),
}

/// A substring filter's parts, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) initial: Vec<u8>,
    any: Vec<Vec<u8>>,
    last: Vec<u8>,
}

/// An ANR assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Anr {
    /// The whole text, folded.
    pub(crate) text: String,
    /// `(anr==x)`: equal instead of starting with.
    pub(crate) exact: bool,
    /// First word and the rest, for givenName and sn in either order.
    pub(crate) words: Option<(String, String)>,
}

impl Compiled {
    pub(crate) fn of(forest: &Forest, filter: &Filter) -> Self {
        match filter {
            Filter::And(parts) => Self::And(parts.iter().map(|part| Self::of(forest, part)).collect()),
            Filter::Or(parts) => Self::Or(parts.iter().map(|part| Self::of(forest, part)).collect()),
            Filter::Not(part) => Self::Not(Box::new(Self::of(forest, part))),
            Filter::Present(attr) => attribute(forest, attr).map_or(Self::Constant(None), Self::Present),
            // AD has no sound-alike index: ~= is =
            Filter::Equal(attr, value) | Filter::Approx(attr, value) => equal(forest, attr, value),
            Filter::GreaterOrEqual(attr, value) => ordered(forest, attr, value, Self::AtLeast),
            Filter::LessOrEqual(attr, value) => ordered(forest, attr, value, Self::AtMost),
            Filter::Substring(parts) => substring(forest, parts),
            Filter::Extensible(rule) => extensible(forest, rule),
        }
    }

    /// True, false or Undefined for one object.
    pub(crate) fn evaluate(&self, forest: &Forest, id: EntryId, sight: Sight) -> Truth {
        match self {
            Self::And(parts) => all(parts.iter().map(|part| part.evaluate(forest, id, sight))),
            Self::Or(parts) => {
                all(parts.iter().map(|part| not(part.evaluate(forest, id, sight)))).map(|t| !t)
            }
            Self::Not(part) => not(part.evaluate(forest, id, sight)),
            Self::Constant(truth) => *truth,
            Self::Present(attr) => Some(!forest.values(id, *attr, sight).is_empty()),
            Self::Equal(attr, wanted) => {
                any_value(forest, id, *attr, sight, |value| value == wanted.as_slice())
            }
            Self::AtLeast(attr, edge) => {
                any_value(forest, id, *attr, sight, |value| value >= edge.as_slice())
            }
            Self::AtMost(attr, edge) => any_value(forest, id, *attr, sight, |value| value <= edge.as_slice()),
            Self::Substring(attr, parts) => any_value(forest, id, *attr, sight, |value| parts.matches(value)),
            Self::Bits(attr, mask, every) => Some(bits(forest, id, *attr, *mask, *every)),
            Self::InChain(attr, target) => Some(in_chain(forest, id, *attr, *target, sight)),
            Self::Among(ids) => Some(ids.contains(&id)),
            Self::Anr(anr) => Some(anr.matches(forest, id, sight)),
            Self::InDn(attr, value) => Some(in_dn(forest, id, *attr, value)),
        }
    }
}

/// Conjunction in three values: one false decides, then one Undefined.
fn all(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut sum = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => sum = None,
            Some(true) => {}
        }
    }
    sum
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

/// An attribute description of a filter. Options name no attribute, but `;binary` (a transfer option on Windows).
fn attribute(forest: &Forest, description: &str) -> Option<AttrId> {
    let name = match description.split_once(';') {
        None => description,
        Some((name, option))
            if option.eq_ignore_ascii_case("binary") && forest.policies.get("BinaryOption") != 1 =>
        {
            name
        }
        Some(_) => return None,
    };
    let attr = forest.schema.attribute_id(name)?;
    // constructed attributes can't be filtered on (MS-ADTS 3.1.1.3.1.3.1)
    (!forest.schema.attribute(attr).constructed() || attr == known::ANR).then_some(attr)
}

fn equal(forest: &Forest, description: &str, value: &Bytes) -> Compiled {
    let Some(attr) = attribute(forest, description) else {
        return Compiled::Constant(None);
    };
    if attr == known::ANR {
        return anr(value);
    }
    match assertion(forest, attr, value) {
        Some(value) => Compiled::Equal(attr, value),
        None => Compiled::Constant(None),
    }
}

/// The value of an assertion in the form that compares; besides the attribute's own syntax AD takes GUIDs and SIDs as
/// text, `<GUID=…>` for a DN and a class name for objectCategory (MS-ADTS 3.1.1.3.1.3.1, 3.1.1.3.1.3.5).
fn assertion(forest: &Forest, attr: AttrId, value: &[u8]) -> Option<Vec<u8>> {
    let def = forest.schema.attribute(attr);
    match def.syntax {
        Syntax::Dn => dn_assertion(forest, attr, value),
        Syntax::Oid => Some(class_or_attribute_name(forest, value)?.into_bytes()),
        Syntax::Octets if def.range_lower == Some(16) && def.range_upper == Some(16) => {
            Some(guid_assertion(value))
        }
        syntax => syntax.normalise(value).map(Cow::into_owned),
    }
}

fn guid_assertion(value: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(value).ok().and_then(parse_guid_text);
    text.map_or_else(|| value.to_vec(), |guid| guid.to_vec())
}

fn dn_assertion(forest: &Forest, attr: AttrId, value: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(value).ok()?;
    if attr == known::OBJECT_CATEGORY && !text.contains('=') {
        let class = forest.schema.class(forest.schema.class_id(text)?);
        return Some(Dn::parse(&forest.category_dn(&class.category_rdn)).ok()?.key().into_bytes());
    }
    let dn = match Base::parse(text).ok()? {
        Base::Dn(dn) => dn,
        other => forest.dn(forest.resolve(&other).ok()?),
    };
    Some(dn.key().into_bytes())
}

/// A class (objectClass) or attribute by name or OID, folded; what is neither matches as text.
fn class_or_attribute_name(forest: &Forest, value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let by_oid = text.starts_with(|c: char| c.is_ascii_digit());
    let class = if by_oid { forest.schema.class_id(text) } else { None };
    Some(class.map_or_else(
        || fold(text).into_owned(),
        |class| forest.schema.class(class).name.to_ascii_lowercase(),
    ))
}

fn ordered(
    forest: &Forest,
    description: &str,
    value: &Bytes,
    make: fn(AttrId, Vec<u8>) -> Compiled,
) -> Compiled {
    let attr = attribute(forest, description).filter(|attr| *attr != known::ANR);
    let made = attr.and_then(|attr| Some(make(attr, assertion(forest, attr, value)?)));
    made.unwrap_or(Compiled::Constant(None))
}

fn substring(forest: &Forest, filter: &SubstringFilter) -> Compiled {
    let Some(attr) = attribute(forest, &filter.attr) else {
        return Compiled::Constant(None);
    };
    if attr == known::ANR {
        return filter.initial.as_ref().map_or(Compiled::Constant(None), anr);
    }
    let syntax = forest.schema.attribute(attr).syntax;
    if !syntax.has_substrings() {
        return Compiled::Constant(None);
    }
    match Parts::of(syntax, filter) {
        Some(parts) => Compiled::Substring(attr, parts),
        None => Compiled::Constant(None),
    }
}

impl Parts {
    fn of(syntax: Syntax, filter: &SubstringFilter) -> Option<Self> {
        // a part of a value is folded without dropping the spaces at its ends
        let part = |value: &Bytes| match syntax {
            Syntax::Octets | Syntax::Sid => Some(value.to_vec()),
            Syntax::CaseExact | Syntax::Ia5 => {
                std::str::from_utf8(value).ok().map(|text| text.as_bytes().to_vec())
            }
            _ => fold_part(std::str::from_utf8(value).ok()?),
        };
        let end = |value: &Option<Bytes>| value.as_ref().map_or(Some(Vec::new()), part);
        let (initial, last) = (end(&filter.initial)?, end(&filter.last)?);
        let any: Vec<Vec<u8>> = filter.any.iter().map(part).collect::<Option<_>>()?;
        let empty = initial.is_empty() && last.is_empty() && any.iter().all(Vec::is_empty);
        (!empty).then_some(Self { initial, any, last })
    }

    fn matches(&self, value: &[u8]) -> bool {
        let Some(mut rest) = value.strip_prefix(self.initial.as_slice()) else {
            return false;
        };
        for part in &self.any {
            match find(rest, part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(&self.last)
    }
}

fn fold_part(text: &str) -> Option<Vec<u8>> {
    let framed = format!("\u{1}{text}\u{1}");
    let folded = fold(&framed);
    Some(folded.strip_prefix('\u{1}')?.strip_suffix('\u{1}')?.as_bytes().to_vec())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn extensible(forest: &Forest, filter: &ExtensibleFilter) -> Compiled {
    let attr = filter.attr.as_deref().and_then(|name| attribute(forest, name));
    let compiled = match (attr, filter.rule.as_deref()) {
        (Some(attr), Some(BIT_AND)) => bit_mask(forest, attr, &filter.value, true),
        (Some(attr), Some(BIT_OR)) => bit_mask(forest, attr, &filter.value, false),
        (Some(attr), Some(IN_CHAIN)) => chain(forest, attr, &filter.value),
        (Some(attr), None) => {
            assertion(forest, attr, &filter.value).map(|value| Compiled::Equal(attr, value))
        }
        // AD knows no other rule (observed: nothing matches)
        _ => None,
    };
    let compiled = compiled.unwrap_or(Compiled::Constant(None));
    match (attr, std::str::from_utf8(&filter.value)) {
        (Some(attr), Ok(value)) if filter.dn_attrs => {
            Compiled::Or(vec![compiled, Compiled::InDn(attr, fold(value).into_owned())])
        }
        _ => compiled,
    }
}

/// The mask may be written unsigned: 2147483648 is the top bit.
fn bit_mask(forest: &Forest, attr: AttrId, value: &[u8], every: bool) -> Option<Compiled> {
    let syntax = forest.schema.attribute(attr).syntax;
    let number: i64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    match syntax {
        Syntax::Integer => Some(Compiled::Bits(attr, number & 0xffff_ffff, every)),
        Syntax::LargeInteger => Some(Compiled::Bits(attr, number, every)),
        _ => None,
    }
}

fn chain(forest: &Forest, attr: AttrId, value: &[u8]) -> Option<Compiled> {
    let def = forest.schema.attribute(attr);
    let wanted = std::str::from_utf8(value).ok()?;
    let base = Base::parse(wanted).ok()?;
    if def.link_id.is_none() {
        return assertion(forest, attr, value).map(|value| Compiled::Equal(attr, value));
    }
    let Ok(target) = forest.resolve(&base) else {
        return Some(Compiled::Constant(Some(false)));
    };
    if !def.is_back_link() {
        return Some(Compiled::InChain(attr, target));
    }
    // the objects below the target over the forward link, worked out once
    let forward = forest.schema.link_partner(attr)?;
    let reach = |id: EntryId| forest.link_targets(id, forward, Sight::default());
    Some(Compiled::Among(closure(target, reach)))
}

/// Everything that `step` reaches from a start, the start only if it comes round.
fn closure(start: EntryId, step: impl Fn(EntryId) -> Vec<EntryId>) -> BTreeSet<EntryId> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        open.extend(step(at).into_iter().filter(|next| found.insert(*next)));
    }
    found
}

fn in_chain(forest: &Forest, id: EntryId, attr: AttrId, target: EntryId, sight: Sight) -> bool {
    closure(id, |at| forest.link_targets(at, attr, sight)).contains(&target)
}

fn any_value(
    forest: &Forest,
    id: EntryId,
    attr: AttrId,
    sight: Sight,
    test: impl Fn(&[u8]) -> bool,
) -> Truth {
    let syntax = forest.schema.attribute(attr).syntax;
    let values = forest.values(id, attr, sight);
    Some(values.iter().filter_map(|value| syntax.normalise(value)).any(|value| test(&value)))
}

fn bits(forest: &Forest, id: EntryId, attr: AttrId, mask: i64, every: bool) -> bool {
    let values = forest.values(id, attr, Sight::default());
    let mut numbers = values.iter().filter_map(|value| std::str::from_utf8(value).ok()?.parse::<i64>().ok());
    numbers.any(|number| if every { number & mask == mask } else { number & mask != 0 })
}

fn in_dn(forest: &Forest, id: EntryId, attr: AttrId, value: &str) -> bool {
    let matches = |rdn: &crate::dn::Rdn| {
        forest.schema.attribute_id(&rdn.attr) == Some(attr) && fold(&rdn.value) == value
    };
    forest.dn(id).0.iter().any(matches)
}

/// MS-ADTS 3.1.1.3.1.3.4: starts-with on every ANR attribute, legacyExchangeDN exact, and with a space in the text
/// givenName and sn together in either order. A text starting with `=` is matched exactly.
fn anr(value: &Bytes) -> Compiled {
    let Ok(text) = std::str::from_utf8(value) else {
        return Compiled::Constant(None);
    };
    let (exact, text) = text.strip_prefix('=').map_or((false, text), |rest| (true, rest));
    let text = fold(text).into_owned();
    if text.is_empty() {
        return Compiled::Constant(Some(false));
    }
    let words = text.split_once(' ').map(|(first, rest)| (first.to_owned(), rest.to_owned()));
    Compiled::Anr(Anr { text, exact, words })
}

impl Anr {
    fn matches(&self, forest: &Forest, id: EntryId, sight: Sight) -> bool {
        let has = |attr: AttrId, text: &str| {
            let exact = self.exact || attr == known::LEGACY_EXCHANGE_DN;
            let test = |value: &[u8]| {
                if exact { value == text.as_bytes() } else { value.starts_with(text.as_bytes()) }
            };
            any_value(forest, id, attr, sight, test) == Some(true)
        };
        let names = |given: &str, sn: &str| has(known::GIVEN_NAME, given) && has(known::SN, sn);
        forest.schema.anr_attributes().iter().any(|attr| has(*attr, &self.text))
            || self.words.as_ref().is_some_and(|(first, rest)| names(first, rest) || names(rest, first))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn undefined_is_neither_true_nor_false() {
        assert_eq!(all([Some(true), None].into_iter()), None);
        assert_eq!(all([None, Some(false)].into_iter()), Some(false));
        assert_eq!(not(None), None);
    }

    proptest! {
        /// Kleene's tables: replacing Undefined by either value never contradicts a decided result.
        #[test]
        fn a_decided_result_does_not_depend_on_what_is_undefined(
            parts in prop::collection::vec(prop::option::of(any::<bool>()), 0..6), fill in any::<bool>(),
        ) {
            let filled = parts.iter().map(|part| part.or(Some(fill)));
            if let Some(decided) = all(parts.iter().copied()) {
                prop_assert_eq!(all(filled), Some(decided));
            }
        }

        #[test]
        fn substrings_match_what_they_were_cut_from(text in "[a-z]{3,20}", a in 0usize..3, b in 0usize..3) {
            let part = |range: std::ops::Range<usize>| Bytes::copy_from_slice(&text.as_bytes()[range]);
            let end = text.len() - b;
            let filter = SubstringFilter {
                attr: String::new(),
                initial: (a > 0).then(|| part(0..a)),
                any: if a < end { vec![part(a..end)] } else { Vec::new() },
                last: (b > 0 && end >= a).then(|| part(end..text.len())),
            };
            if let Some(parts) = Parts::of(Syntax::Unicode, &filter) {
                prop_assert!(parts.matches(text.as_bytes()));
            }
        }
    }
}
