//! PropertyValues of the provisioning service ↔ typed values.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use indexmap::IndexMap;

use super::xml::Element;
use crate::model::TenantValue;

const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";

/// `b:PropertyValues` with one `KeyValueOfstringanyType` per property.
pub(super) fn write<'a>(properties: impl IntoIterator<Item = (&'a str, &'a TenantValue)>) -> Element {
    let pairs = properties.into_iter().map(|(key, value)| {
        Element::new("c:KeyValueOfstringanyType")
            .child(Element::new("c:Key").text(key))
            .child(write_value(value))
    });
    Element::new("b:PropertyValues").attribute("xmlns:c", ARRAYS).with(pairs)
}

fn write_value(value: &TenantValue) -> Element {
    let element = Element::new("c:Value");
    match value {
        TenantValue::Null => element.attribute("i:nil", "true"),
        TenantValue::Text(text) => scalar(element, "string", text.clone()),
        TenantValue::Bool(value) => scalar(element, "boolean", value.to_string()),
        TenantValue::Long(value) => scalar(element, "long", value.to_string()),
        TenantValue::Binary(octets) => scalar(element, "base64Binary", STANDARD.encode(octets)),
        TenantValue::TextList(values) => list(element, "string", values.iter().cloned()),
        TenantValue::BinaryList(values) => {
            list(element, "base64Binary", values.iter().map(|octets| STANDARD.encode(octets)))
        }
    }
}

fn scalar(element: Element, kind: &str, text: String) -> Element {
    element.attribute("i:type", &format!("d:{kind}")).attribute("xmlns:d", SCHEMA).text(text)
}

fn list(element: Element, kind: &str, values: impl Iterator<Item = String>) -> Element {
    let items = values.map(|value| Element::new(format!("c:{kind}")).text(value));
    element.attribute("i:type", &format!("c:ArrayOf{kind}")).with(items)
}

/// Reads `PropertyValues`; a value that can't be read is an error naming its key.
pub(super) fn read(values: &Element) -> Result<IndexMap<String, TenantValue>, String> {
    let pairs = values.children().filter_map(|pair| Some((pair.content_of("Key")?, pair.get("Value"))));
    pairs.map(|(key, value)| Ok((key.to_owned(), read_value(key, value)?))).collect()
}

fn read_value(key: &str, value: Option<&Element>) -> Result<TenantValue, String> {
    let Some(value) = value.filter(|value| !value.is_nil()) else {
        return Ok(TenantValue::Null);
    };
    let kind = value.attribute_value("type").unwrap_or("string");
    let kind = kind.rsplit_once(':').map_or(kind, |(_, local)| local);
    let bad = |what: &str| format!("property {key}: {what}");
    let text = value.raw_text();
    Ok(match kind {
        "boolean" => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => TenantValue::Bool(true),
            "false" | "0" => TenantValue::Bool(false),
            _ => return Err(bad("no boolean")),
        },
        "long" | "int" | "short" => TenantValue::Long(text.trim().parse().map_err(|_| bad("no number"))?),
        "base64Binary" => TenantValue::Binary(octets(text).ok_or_else(|| bad("no base64"))?),
        "ArrayOfstring" => {
            TenantValue::TextList(items(value).map(|item| item.raw_text().to_owned()).collect())
        }
        "ArrayOfbase64Binary" => {
            let values = items(value).map(|item| octets(item.raw_text())).collect::<Option<_>>();
            TenantValue::BinaryList(values.ok_or_else(|| bad("no base64"))?)
        }
        _ => TenantValue::Text(text.to_owned()),
    })
}

fn items(value: &Element) -> impl Iterator<Item = &Element> {
    value.children().filter(|item| !item.is_nil())
}

fn octets(text: &str) -> Option<Vec<u8>> {
    if text.contains(|c: char| c.is_ascii_whitespace()) {
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        return STANDARD.decode(plain).ok();
    }
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> IndexMap<String, TenantValue> {
        IndexMap::from([
            ("mail".to_owned(), TenantValue::Null),
            ("displayName".to_owned(), TenantValue::Text(" Ana <García> ".into())),
            ("accountEnabled".to_owned(), TenantValue::Bool(false)),
            ("usn".to_owned(), TenantValue::Long(-5)),
            ("photo".to_owned(), TenantValue::Binary(vec![0, 255])),
            ("proxyAddresses".to_owned(), TenantValue::TextList(vec!["SMTP:a@x".into(), "smtp:b@x".into()])),
            ("userCertificate".to_owned(), TenantValue::BinaryList(vec![vec![0x30, 0], vec![]])),
            ("none".to_owned(), TenantValue::BinaryList(vec![])),
        ])
    }

    #[test]
    fn every_type_survives_the_wire() {
        let written = write(sample().iter().map(|(k, v)| (k.as_str(), v))).to_text();
        let wrapped = format!("<x xmlns:b='b' xmlns:i='i'>{written}</x>");
        let parsed = Element::parse(&wrapped).unwrap();
        assert_eq!(read(parsed.get("PropertyValues").unwrap()).unwrap(), sample());
    }

    #[test]
    fn bad_base64_names_the_property() {
        let text = "<p><kv><Key>userCertificate</Key><Value i:type='c:ArrayOfbase64Binary'><v>!</v></Value></kv></p>";
        let error = read(&Element::parse(text).unwrap()).unwrap_err();
        assert_eq!(error, "property userCertificate: no base64");
    }
}
