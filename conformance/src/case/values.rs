//! Turns the names in a case into octets, and its worlds into what the doubles take.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use pki::Pki;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Case, Literal};

/// Why a value of a case could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Hex digits that are none.
    #[error("value `{name}`: not hex: {problem}")]
    Hex {
        /// Which value.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// A recipe that can't be carried out.
    #[error("certificate recipes: {0}")]
    Recipe(String),
    /// A value of an attribute with an unknown shape.
    #[error("a value is text, {{b64: …}}, {{cert: NAME}} or {{certs: SERIES}}, not {0}")]
    Shape(String),
    /// A name that is not defined.
    #[error("value `{0}` is not defined")]
    Unknown(String),
    /// A world that the double doesn't take.
    #[error("world: {0}")]
    World(String),
}

/// All named values of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    named: IndexMap<String, Vec<u8>>,
    series: IndexMap<String, usize>,
}

impl Values {
    /// Values made by hand.
    #[must_use]
    pub fn from_named(named: IndexMap<String, Vec<u8>>) -> Self {
        Self { named, series: IndexMap::new() }
    }

    /// Stand-ins of one octet, to try a case's shape without making certificates.
    pub(super) fn dummies(case: &Case) -> Self {
        let series: IndexMap<_, _> = case.series.iter().map(|(n, s)| (n.clone(), s.count)).collect();
        let of_series = series.iter().flat_map(|(n, c)| members(n, *c));
        let names = case.pki.keys().chain(case.values.keys()).cloned().chain(of_series);
        Self { named: names.map(|n| (n, vec![0x30])).collect(), series }
    }

    /// The octets behind a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.named.get(name).map(Vec::as_slice)
    }

    /// The name behind octets, if they were made for the case.
    #[must_use]
    pub fn name_of(&self, octets: &[u8]) -> Option<&str> {
        self.named.iter().find(|(_, v)| v.as_slice() == octets).map(|(n, _)| n.as_str())
    }

    /// The values behind some names, where the name of a series stands for all its members.
    ///
    /// # Errors
    /// A name that is not defined.
    pub fn all(&self, names: &[String]) -> Result<Vec<(String, Vec<u8>)>, ValueError> {
        let mut found = Vec::new();
        for name in names {
            for member in self.expand(name) {
                let octets = self.named.get(&member).ok_or_else(|| ValueError::Unknown(name.clone()))?;
                found.push((member, octets.clone()));
            }
        }
        Ok(found)
    }

    fn expand(&self, name: &str) -> Vec<String> {
        self.series.get(name).map_or_else(|| vec![name.to_owned()], |count| members(name, *count).collect())
    }

    /// The octets of an attribute as a case gives it.
    ///
    /// # Errors
    /// A name that is not defined, or a shape that is none.
    pub fn octets(&self, value: &Value) -> Result<Vec<Vec<u8>>, ValueError> {
        match value {
            Value::Array(list) => {
                let nested: Result<Vec<_>, _> = list.iter().map(|v| self.octets(v)).collect();
                Ok(nested?.into_iter().flatten().collect())
            }
            Value::String(text) => Ok(vec![text.clone().into_bytes()]),
            Value::Bool(b) => Ok(vec![if *b { b"TRUE".to_vec() } else { b"FALSE".to_vec() }]),
            Value::Number(n) => Ok(vec![n.to_string().into_bytes()]),
            Value::Null => Ok(Vec::new()),
            Value::Object(map) => self.special(map),
        }
    }

    fn special(&self, map: &Map<String, Value>) -> Result<Vec<Vec<u8>>, ValueError> {
        let mut pairs = map.iter();
        match (pairs.next(), pairs.next()) {
            (Some((key, Value::String(text))), None) => match key.as_str() {
                "b64" => STANDARD
                    .decode(text)
                    .map(|v| vec![v])
                    .map_err(|e| ValueError::Shape(format!("{{b64: {text}}}: {e}"))),
                "cert" | "certs" => {
                    Ok(self.all(std::slice::from_ref(text))?.into_iter().map(|(_, v)| v).collect())
                }
                _ => Err(ValueError::Shape(key.clone())),
            },
            _ => Err(ValueError::Shape(Value::Object(map.clone()).to_string())),
        }
    }
}

/// The names of a series' members.
pub(super) fn members(name: &str, count: usize) -> impl Iterator<Item = String> + use<> {
    let name = name.to_owned();
    (1..=count).map(move |n| format!("{name}-{n}"))
}

/// The recipes of a case, those of its series among them.
///
/// # Errors
/// A series whose recipe is none.
pub(super) fn recipes(case: &Case) -> Result<IndexMap<String, pki::Recipe>, ValueError> {
    let mut recipes = case.pki.clone();
    for (name, series) in &case.series {
        for (n, member) in (1u64..).zip(members(name, series.count)) {
            let recipe = serde_json::from_value(numbered(&series.recipe, n));
            let recipe = recipe.map_err(|e| ValueError::Recipe(format!("series `{name}`: {e}")))?;
            recipes.insert(member, recipe);
        }
    }
    Ok(recipes)
}

/// Makes all values of a case; the same seed gives the same keys and serial numbers.
///
/// # Errors
/// A recipe or literal that can't be carried out.
pub fn resolve(case: &Case, seed: u64) -> Result<Values, ValueError> {
    let series: IndexMap<_, _> = case.series.iter().map(|(n, s)| (n.clone(), s.count)).collect();
    let recipes = recipes(case)?;
    let named = Pki::build(seed, &recipes).map_err(|e| ValueError::Recipe(e.to_string()))?.into_values();
    let mut values = Values { named, series };
    for (name, literal) in &case.values {
        let octets = make(name, literal, &values)?;
        values.named.insert(name.clone(), octets);
    }
    Ok(values)
}

fn make(name: &str, literal: &Literal, values: &Values) -> Result<Vec<u8>, ValueError> {
    let other = |n: &String| values.get(n).ok_or_else(|| ValueError::Unknown(n.clone()));
    Ok(match literal {
        Literal::Base64Of(of) => STANDARD.encode(other(of)?).into_bytes(),
        Literal::PemOf(of) => pem(other(of)?).into_bytes(),
        Literal::Text(text) => text.clone().into_bytes(),
        Literal::Filler(size) => filler(name, *size),
        Literal::Hex(digits) => hex::decode(digits)
            .map_err(|e| ValueError::Hex { name: name.to_owned(), problem: e.to_string() })?,
    })
}

/// RFC 7468 text of a certificate.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Octets that look like a long DER SEQUENCE from outside and are noise inside, the same for the same name.
fn filler(name: &str, size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size);
    if let Ok(body) = u16::try_from(size.saturating_sub(4))
        && size > 260
    {
        out.extend([0x30, 0x82]);
        out.extend(body.to_be_bytes());
    }
    for counter in 0u64.. {
        if out.len() >= size {
            break;
        }
        out.extend(Sha256::new().chain_update(name).chain_update(counter.to_be_bytes()).finalize());
    }
    out.truncate(size);
    out
}

/// The names in `{cert: …}` and `{certs: …}`, at any depth.
pub(super) fn referred(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(value, &mut names);
    names
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|v| collect(v, names)),
        Value::Object(map) => {
            for (key, inner) in map {
                match (key.as_str(), inner) {
                    ("cert" | "certs", Value::String(name)) => drop(names.insert(name.clone())),
                    _ => collect(inner, names),
                }
            }
        }
        _ => {}
    }
}

/// Replaces references by `render`ed octets; a list that contains a series grows.
fn substitute(value: &Value, values: &Values, render: fn(&[u8]) -> Value) -> Result<Value, ValueError> {
    Ok(match value {
        Value::Array(list) => {
            let mut out = Vec::with_capacity(list.len());
            for item in list {
                match reference(item, values)? {
                    Some(octets) => out.extend(octets.iter().map(|o| render(o))),
                    None => out.push(substitute(item, values, render)?),
                }
            }
            Value::Array(out)
        }
        Value::Object(map) => match reference(value, values)? {
            Some(octets) => Value::Array(octets.iter().map(|o| render(o)).collect()),
            None => {
                let pairs = map.iter().map(|(k, v)| Ok((k.clone(), substitute(v, values, render)?)));
                Value::Object(pairs.collect::<Result<_, ValueError>>()?)
            }
        },
        other => other.clone(),
    })
}

/// The octets, if this is a reference.
fn reference(value: &Value, values: &Values) -> Result<Option<Vec<Vec<u8>>>, ValueError> {
    match value {
        Value::Object(map) if map.len() == 1 && (map.contains_key("cert") || map.contains_key("certs")) => {
            values.special(map).map(Some)
        }
        _ => Ok(None),
    }
}

/// The directory's world with all references replaced.
///
/// # Errors
/// A name that is not defined, or a shape that the directory doesn't take.
pub fn directory_world(world: &Value, values: &Values) -> Result<mock_directory::world::World, ValueError> {
    if world.is_null() {
        return Ok(mock_directory::world::World::default());
    }
    let world = directory_values(world, values)?;
    serde_json::from_value(world).map_err(|e| ValueError::World(format!("directory: {e}")))
}

/// The tenant's world with all references replaced.
///
/// # Errors
/// A name that is not defined, or a shape that the tenant doesn't take.
pub fn tenant_world(world: &Value, values: &Values) -> Result<mock_tenant::World, ValueError> {
    let world = tenant_values(world, values)?;
    mock_tenant::World::from_json(world).map_err(|e| ValueError::World(format!("tenant: {e}")))
}

/// Part of a directory's world with all references replaced.
fn directory_values(part: &Value, values: &Values) -> Result<Value, ValueError> {
    substitute(&with_count(part), values, |octets| json!({ "b64": STANDARD.encode(octets) }))
}

/// Part of a tenant's world with all references replaced.
///
/// # Errors
/// A name that is not defined.
pub fn tenant_values(part: &Value, values: &Values) -> Result<Value, ValueError> {
    substitute(&with_count(part), values, |octets| Value::String(STANDARD.encode(octets)))
}

/// Most objects that one `repeat` makes.
const REPEAT_MAX: u64 = 5_000;

/// Expands `{repeat: N, as: {…}}` in lists: every `#` in its text becomes the number, so that a case may have 600 people.
pub(super) fn with_count(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().flat_map(repeated).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), with_count(v))).collect()),
        other => other.clone(),
    }
}

fn repeated(value: &Value) -> Vec<Value> {
    let Some(count) = value.get("repeat").and_then(Value::as_u64) else { return vec![with_count(value)] };
    let count = count.min(REPEAT_MAX);
    let template = value.get("as").unwrap_or(&Value::Null);
    (1..=count).map(|n| numbered(template, n)).collect()
}

fn numbered(value: &Value, n: u64) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('#', &n.to_string())),
        Value::Array(list) => Value::Array(list.iter().map(|v| numbered(v, n)).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), numbered(v, n))).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::load_all;

    #[test]
    fn the_values_of_every_built_in_case_can_be_made() {
        for loaded in load_all(None).unwrap() {
            let values = resolve(&loaded.case, 1).unwrap_or_else(|e| panic!("{}: {e}", loaded.file));
            let distinct: BTreeSet<_> = values.named.values().collect();
            assert_eq!(distinct.len(), values.named.len(), "{}: two names for the same octets", loaded.file);
        }
    }

    #[test]
    fn fillers_have_their_size_and_are_their_own() {
        let (a, b) = (filler("a", 30_000), filler("b", 30_000));
        assert_eq!((a.len(), &a[..2]), (30_000, &[0x30, 0x82][..]));
        assert_ne!(a, b);
        assert_eq!(filler("a", 3).len(), 3);
    }

    #[test]
    fn references_become_octets_and_series_many() {
        let named = IndexMap::from([("s-1".to_owned(), vec![1]), ("s-2".to_owned(), vec![2])]);
        let values = Values { named, series: IndexMap::from([("s".to_owned(), 2)]) };
        let world = json!({"a": [{"certs": "s"}, "x"], "b": {"cert": "s-2"}});
        assert_eq!(
            tenant_values(&world, &values).unwrap(),
            json!({"a": ["AQ==", "Ag==", "x"], "b": ["Ag=="]})
        );
        assert_eq!(values.octets(&world["a"]).unwrap(), vec![vec![1], vec![2], b"x".to_vec()]);
        assert_eq!(values.name_of(&[2]), Some("s-2"));
        assert_eq!(directory_values(&json!({"cert": "t"}), &values), Err(ValueError::Unknown("t".into())));
    }

    #[test]
    fn repeated_objects_are_numbered() {
        let world = json!({"users": [{"repeat": 2, "as": {"sam": "u#"}}, {"sam": "v"}]});
        assert_eq!(with_count(&world), json!({"users": [{"sam": "u1"}, {"sam": "u2"}, {"sam": "v"}]}));
    }
}
