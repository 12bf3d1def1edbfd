//! Scoping filters: `attribute OPERATOR value`.
//!
//! Source: entra-docs, "Understanding declarative provisioning", Scope. The documentation calls the ordering operators
//! string comparisons, yet the out-of-box rules compare memberCount with 50000: both sides numbers compare as numbers.

use std::cmp::Ordering;

use super::lang::{AttributeSource, Value};

/// One clause of a scoping filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Attribute.
    pub attribute: String,
    /// Operator.
    pub operator: Operator,
    /// The value to compare with, as written.
    pub value: String,
}

/// Operators of scoping filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the documentation's own and say it")]
pub enum Operator {
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    IsNull,
    IsNotNull,
    IsIn,
    IsNotIn,
    IsBitSet,
    IsBitNotSet,
    IsMemberOf,
    IsNotMemberOf,
}

/// Every spelling of every operator. The product's XML has ISBITNOTSET, the documentation ISNOTBITSET.
const SPELLINGS: [(&str, Operator); 21] = [
    ("EQUAL", Operator::Equal),
    ("NOTEQUAL", Operator::NotEqual),
    ("LESSTHAN", Operator::LessThan),
    ("LESSTHAN_OR_EQUAL", Operator::LessThanOrEqual),
    ("GREATERTHAN", Operator::GreaterThan),
    ("GREATERTHAN_OR_EQUAL", Operator::GreaterThanOrEqual),
    ("CONTAINS", Operator::Contains),
    ("NOTCONTAINS", Operator::NotContains),
    ("STARTSWITH", Operator::StartsWith),
    ("NOTSTARTSWITH", Operator::NotStartsWith),
    ("ENDSWITH", Operator::EndsWith),
    ("NOTENDSWITH", Operator::NotEndsWith),
    ("ISNULL", Operator::IsNull),
    ("ISNOTNULL", Operator::IsNotNull),
    ("ISIN", Operator::IsIn),
    ("ISNOTIN", Operator::IsNotIn),
    ("ISBITSET", Operator::IsBitSet),
    ("ISBITNOTSET", Operator::IsBitNotSet),
    ("ISNOTBITSET", Operator::IsBitNotSet),
    ("ISMEMBEROF", Operator::IsMemberOf),
    ("ISNOTMEMBEROF", Operator::IsNotMemberOf),
];

impl Clause {
    /// Reads `attribute OPERATOR value`; the value may hold spaces, and ISNULL and ISNOTNULL take none.
    ///
    /// # Errors
    /// Text for people: what is missing or unknown.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (attribute, rest) =
            text.trim().split_once(char::is_whitespace).ok_or("expected \"attribute OPERATOR value\"")?;
        let (word, value) = rest.trim_start().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
        let found = SPELLINGS.iter().find(|(name, _)| *name == word);
        let names = SPELLINGS.iter().map(|(name, _)| *name);
        let (_, operator) = found
            .ok_or_else(|| format!("unknown operator \"{word}\"{}", super::suggest::hint(word, names)))?;
        let clause =
            Self { attribute: attribute.to_owned(), operator: *operator, value: value.trim().to_owned() };
        clause.checked()
    }

    fn checked(self) -> Result<Self, String> {
        let unary = matches!(self.operator, Operator::IsNull | Operator::IsNotNull);
        match (unary, self.value.is_empty()) {
            (true, false) => Err(format!("the operator takes no value, found \"{}\"", self.value)),
            (false, true) => Err("the operator needs a value".to_owned()),
            _ if matches!(self.operator, Operator::IsBitSet | Operator::IsBitNotSet)
                && number(&self.value).is_none() =>
            {
                Err(format!("expected a number, found \"{}\"", self.value))
            }
            _ => Ok(self),
        }
    }

    /// The clause holds for this object. A multi-valued attribute satisfies a positive operator with one of its values
    /// and a negative one with all.
    #[must_use]
    pub fn holds(&self, source: &dyn AttributeSource) -> bool {
        let value = source.attribute(&self.attribute);
        let any = |test: &dyn Fn(&Value) -> bool| value.elements().iter().any(test);
        let wanted = self.value.as_str();
        match self.operator {
            Operator::Equal => any(&|v| equal(v, wanted)),
            Operator::NotEqual => !any(&|v| equal(v, wanted)),
            Operator::LessThan => any(&|v| order(v, wanted).is_some_and(Ordering::is_lt)),
            Operator::LessThanOrEqual => any(&|v| order(v, wanted).is_some_and(Ordering::is_le)),
            Operator::GreaterThan => any(&|v| order(v, wanted).is_some_and(Ordering::is_gt)),
            Operator::GreaterThanOrEqual => any(&|v| order(v, wanted).is_some_and(Ordering::is_ge)),
            Operator::Contains => any(&|v| folded(v).contains(&wanted.to_lowercase())),
            Operator::NotContains => !any(&|v| folded(v).contains(&wanted.to_lowercase())),
            Operator::StartsWith => any(&|v| folded(v).starts_with(&wanted.to_lowercase())),
            Operator::NotStartsWith => !any(&|v| folded(v).starts_with(&wanted.to_lowercase())),
            Operator::EndsWith => any(&|v| folded(v).ends_with(&wanted.to_lowercase())),
            Operator::NotEndsWith => !any(&|v| folded(v).ends_with(&wanted.to_lowercase())),
            Operator::IsNull => value.is_null_or_empty(),
            Operator::IsNotNull => !value.is_null_or_empty(),
            Operator::IsIn => any(&|v| listed(v, wanted)),
            Operator::IsNotIn => !any(&|v| listed(v, wanted)),
            Operator::IsBitSet => any(&|v| bit(v, wanted) == Some(true)),
            Operator::IsBitNotSet => any(&|v| bit(v, wanted) == Some(false)),
            Operator::IsMemberOf => member_of(source, wanted),
            Operator::IsNotMemberOf => !member_of(source, wanted),
        }
    }
}

/// The text of a value, letter case folded; binary values as hex, as the rule editor shows them.
fn folded(value: &Value) -> String {
    match value {
        Value::Str(text) | Value::Ref(text) => text.to_lowercase(),
        Value::Num(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Bin(octets) => hex::encode(octets),
        _ => String::new(),
    }
}

fn equal(value: &Value, wanted: &str) -> bool {
    match (value, number(wanted)) {
        (Value::Num(have), Some(want)) => *have == want,
        _ => folded(value) == wanted.to_lowercase(),
    }
}

fn order(value: &Value, wanted: &str) -> Option<Ordering> {
    let have = match value {
        Value::Num(have) => Some(*have),
        Value::Str(text) => number(text),
        _ => None,
    };
    match (have, number(wanted)) {
        (Some(have), Some(want)) => Some(have.cmp(&want)),
        _ => Some(folded(value).cmp(&wanted.to_lowercase())),
    }
}

fn listed(value: &Value, list: &str) -> bool {
    list.split(';').any(|one| equal(value, one.trim()))
}

fn bit(value: &Value, mask: &str) -> Option<bool> {
    match (value, number(mask)?) {
        (Value::Num(have), mask) => Some(have & mask == mask),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("&H") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn member_of(source: &dyn AttributeSource, group: &str) -> bool {
    source.attribute("memberOf").elements().iter().any(|v| folded(v) == group.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn holds(clause: &str) -> bool {
        let object: BTreeMap<String, Value> = [
            ("name".to_owned(), Value::str("User_Ann")),
            ("uac".to_owned(), Value::Num(514)),
            ("count".to_owned(), Value::str("9")),
            ("flag".to_owned(), Value::Bool(true)),
            ("list".to_owned(), Value::list([Value::str("a"), Value::str("b")])),
            ("empty".to_owned(), Value::str("")),
            ("memberOf".to_owned(), Value::list([Value::Ref("CN=G,DC=x".into())])),
        ]
        .into();
        Clause::parse(clause).unwrap().holds(&object)
    }

    #[test]
    fn every_operator_holds_and_does_not() {
        for (yes, no) in [
            ("name EQUAL user_ann", "name EQUAL ann"),
            ("flag EQUAL TRUE", "flag NOTEQUAL True"),
            ("absent NOTEQUAL True", "absent EQUAL True"),
            ("count LESSTHAN 10", "count LESSTHAN 9"),
            ("uac LESSTHAN_OR_EQUAL 514", "uac LESSTHAN_OR_EQUAL 513"),
            ("uac GREATERTHAN 99", "uac GREATERTHAN 514"),
            ("uac GREATERTHAN_OR_EQUAL 514", "uac GREATERTHAN_OR_EQUAL 515"),
            ("name CONTAINS R_a", "name CONTAINS z"),
            ("name NOTCONTAINS z", "name NOTCONTAINS ann"),
            ("name STARTSWITH User_", "name NOTSTARTSWITH User_"),
            ("absent NOTSTARTSWITH User_", "absent STARTSWITH User_"),
            ("name ENDSWITH ann", "name NOTENDSWITH ann"),
            ("empty ISNULL", "empty ISNOTNULL"),
            ("list ISNOTNULL", "list ISNULL"),
            ("list ISIN x; b", "list ISNOTIN x;b"),
            ("list NOTEQUAL c", "list NOTEQUAL b"),
            ("uac ISBITSET 2", "uac ISBITSET 1"),
            ("uac ISBITNOTSET 1", "uac ISNOTBITSET &H2"),
            ("name ISMEMBEROF cn=g,dc=X", "name ISNOTMEMBEROF CN=G,DC=x"),
        ] {
            assert!(holds(yes), "{yes}");
            assert!(!holds(no), "{no}");
        }
    }

    #[test]
    fn a_bit_of_nothing_is_neither_set_nor_not() {
        assert!(!holds("absent ISBITSET 2") && !holds("absent ISBITNOTSET 2"));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            Clause::parse("a EQUALS b").unwrap_err(),
            "unknown operator \"EQUALS\" (did you mean \"EQUAL\"?)"
        );
        assert_eq!(Clause::parse("a EQUAL").unwrap_err(), "the operator needs a value");
        assert_eq!(Clause::parse("a ISNULL b").unwrap_err(), "the operator takes no value, found \"b\"");
        assert_eq!(Clause::parse("a ISBITSET two").unwrap_err(), "expected a number, found \"two\"");
        assert!(Clause::parse("a").is_err());
    }
}
