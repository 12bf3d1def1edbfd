//! What AD's attributes hold, so that the language gets typed values. Data: `syncer/rules/ad-attributes.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::lang::Value;

const TABLE: &str = include_str!("../../rules/ad-attributes.tsv");

/// Type of an attribute's values, by the syntax in AD's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Octets: octet strings, SIDs, security descriptors.
    Binary,
    /// TRUE or FALSE.
    Boolean,
    /// A DN.
    Dn,
    /// 32 or 64 bit number.
    Integer,
    /// Any kind of string, and times.
    Text,
}

/// One attribute of AD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdAttribute {
    /// lDAPDisplayName in AD's spelling.
    pub name: &'static str,
    /// Type.
    pub kind: Kind,
    /// More than one value.
    pub multi: bool,
}

static ATTRIBUTES: LazyLock<BTreeMap<String, AdAttribute>> =
    LazyLock::new(|| TABLE.lines().filter_map(row).map(|a| (a.name.to_ascii_lowercase(), a)).collect());

fn row(line: &'static str) -> Option<AdAttribute> {
    let mut fields = line.split('\t');
    let (name, kind, count) = (fields.next()?, fields.next()?, fields.next()?);
    let kind = match kind {
        "binary" => Kind::Binary,
        "boolean" => Kind::Boolean,
        "dn" => Kind::Dn,
        "integer" => Kind::Integer,
        _ => Kind::Text,
    };
    Some(AdAttribute { name, kind, multi: count == "multi" })
}

/// The attribute of that name, whatever its letter case.
#[must_use]
pub fn find(name: &str) -> Option<&'static AdAttribute> {
    ATTRIBUTES.get(&name.to_ascii_lowercase())
}

/// All names in AD's spelling.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.values().map(|a| a.name)
}

impl AdAttribute {
    /// The attribute's values as the language sees them; a value that is no number or boolean stays text.
    pub fn value<'a>(&self, values: impl Iterator<Item = &'a [u8]>) -> Value {
        let mut values = values.map(|v| self.single(v));
        if self.multi {
            return Value::list(values);
        }
        values.next().unwrap_or(Value::Null)
    }

    fn single(&self, octets: &[u8]) -> Value {
        if self.kind == Kind::Binary {
            return Value::bin(octets);
        }
        let text = String::from_utf8_lossy(octets);
        match self.kind {
            Kind::Integer => text.parse().map_or_else(|_| Value::str(&text), Value::Num),
            Kind::Boolean if text.eq_ignore_ascii_case("TRUE") => Value::Bool(true),
            Kind::Boolean if text.eq_ignore_ascii_case("FALSE") => Value::Bool(false),
            Kind::Dn => Value::Ref(text.as_ref().into()),
            _ => Value::str(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str, values: &[&str]) -> Value {
        find(name).unwrap().value(values.iter().map(|v| v.as_bytes()))
    }

    #[test]
    fn values_have_the_type_of_their_syntax() {
        assert_eq!(value("usercertificate", &["x"]), Value::List(vec![Value::bin("x")]));
        assert_eq!(value("userAccountControl", &["512"]), Value::Num(512));
        assert_eq!(value("isCriticalSystemObject", &["TRUE"]), Value::Bool(true));
        assert_eq!(value("manager", &["CN=a"]), Value::Ref("CN=a".into()));
        assert_eq!(value("mail", &["a", "b"]), Value::str("a"));
        assert_eq!(value("mail", &[]), Value::Null);
        assert_eq!(value("uSNChanged", &["zwölf"]), Value::str("zwölf"));
    }

    #[test]
    fn the_table_is_whole() {
        assert!(names().count() > 1_400);
        assert_eq!(find("USERSMIMECERTIFICATE").map(|a| a.name), Some("userSMIMECertificate"));
    }
}
