//! The subschema entry (CN=Aggregate): the schema in the text form of RFC 4512 §4.1.

use std::fmt::Write;

use bytes::Bytes;

use super::attribute::{AttrId, AttributeDef};
use super::class::{ClassDef, ClassId, ClassKind};
use super::table::Schema;

/// The values of the subschema entry. Lists are separated as AD writes them.
#[derive(Debug, Clone)]
pub struct Subschema {
    /// attributeTypes.
    pub attribute_types: Vec<Bytes>,
    /// objectClasses.
    pub object_classes: Vec<Bytes>,
    /// dITContentRules: what auxiliary classes add to a structural class.
    pub content_rules: Vec<Bytes>,
    /// extendedAttributeInfo: range, GUIDs, index and system-only marks (MS-ADTS 3.1.1.3.1.1.3).
    pub extended_attributes: Vec<Bytes>,
    /// extendedClassInfo.
    pub extended_classes: Vec<Bytes>,
}

impl Subschema {
    /// Writes the schema down.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        let rule = |class: &&ClassDef| !class.auxiliaries.is_empty();
        let bytes = |text: String| Bytes::from(text);
        Self {
            attribute_types: schema.attributes().iter().map(attribute_type).map(bytes).collect(),
            object_classes: schema.classes().iter().map(|class| bytes(object_class(schema, class))).collect(),
            content_rules: schema
                .classes()
                .iter()
                .filter(rule)
                .map(|class| bytes(content_rule(schema, class)))
                .collect(),
            extended_attributes: schema.attributes().iter().map(extended_attribute).map(bytes).collect(),
            extended_classes: schema.classes().iter().map(extended_class).map(bytes).collect(),
        }
    }
}

fn attribute_type(def: &AttributeDef) -> String {
    let mut out = format!("( {} NAME '{}' SYNTAX '{}'", def.oid, def.name, def.syntax.ldap_oid());
    if def.single_valued {
        out.push_str(" SINGLE-VALUE");
    }
    if def.system_only {
        out.push_str(" NO-USER-MODIFICATION");
    }
    out.push_str(" )");
    out
}

fn object_class(schema: &Schema, class: &ClassDef) -> String {
    let mut out = format!("( {} NAME '{}'", class.oid, class.name);
    if &*class.name != "top" {
        let _ = write!(out, " SUP {}", schema.class(class.superclass).name);
    }
    out.push_str(match class.kind {
        ClassKind::Class88 | ClassKind::Structural => " STRUCTURAL",
        ClassKind::Abstract => " ABSTRACT",
        ClassKind::Auxiliary => " AUXILIARY",
    });
    names(&mut out, "MUST", class.own_must.iter().map(|id| &*schema.attribute(*id).name));
    names(&mut out, "MAY", class.own_may.iter().map(|id| &*schema.attribute(*id).name));
    out.push_str(" )");
    out
}

fn content_rule(schema: &Schema, class: &ClassDef) -> String {
    let mut out = format!("( {} NAME '{}'", class.oid, class.name);
    names(&mut out, "AUX", class.auxiliaries.iter().map(|id| &*schema.class(*id).name));
    let (must, may) = auxiliary_attributes(schema, &class.auxiliaries);
    names(&mut out, "MUST", must.iter().map(|id| &*schema.attribute(*id).name));
    names(&mut out, "MAY", may.iter().map(|id| &*schema.attribute(*id).name));
    out.push_str(" )");
    out
}

fn auxiliary_attributes(schema: &Schema, auxiliaries: &[ClassId]) -> (Vec<AttrId>, Vec<AttrId>) {
    let mut must: Vec<AttrId> =
        auxiliaries.iter().flat_map(|id| schema.class(*id).own_must.clone()).collect();
    let mut may: Vec<AttrId> = auxiliaries.iter().flat_map(|id| schema.class(*id).own_may.clone()).collect();
    for list in [&mut must, &mut may] {
        list.sort_unstable();
        list.dedup();
    }
    (must, may)
}

fn names<'a>(out: &mut String, keyword: &str, names: impl Iterator<Item = &'a str>) {
    let list: Vec<&str> = names.collect();
    if !list.is_empty() {
        let _ = write!(out, " {keyword} ({} )", list.join(" $ "));
    }
}

fn extended_attribute(def: &AttributeDef) -> String {
    let mut out = format!("( {} NAME '{}'", def.oid, def.name);
    for (keyword, bound) in [("RANGE-LOWER", def.range_lower), ("RANGE-UPPER", def.range_upper)] {
        if let Some(bound) = bound {
            let _ = write!(out, " {keyword} '{bound}'");
        }
    }
    let _ = write!(out, " PROPERTY-GUID '{}'", guid_hex(&def.guid));
    if def.indexed() {
        out.push_str(" INDEXED");
    }
    if def.system_only {
        out.push_str(" SYSTEM-ONLY");
    }
    out.push_str(" )");
    out
}

fn extended_class(class: &ClassDef) -> String {
    format!("( {} NAME '{}' CLASS-GUID '{}' )", class.oid, class.name, guid_hex(&class.guid))
}

/// The octets of a GUID as AD stores them, in hexadecimal.
fn guid_hex(text: &str) -> String {
    uuid::Uuid::try_parse(text).map(|guid| hex::encode_upper(guid.to_bytes_le())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::table::Profile;
    use super::*;

    fn line<'a>(values: &'a [Bytes], name: &str) -> &'a str {
        let wanted = format!("NAME '{name}'");
        values.iter().map(|v| std::str::from_utf8(v).unwrap()).find(|v| v.contains(&wanted)).unwrap()
    }

    #[test]
    fn lines_read_as_the_recorded_server_wrote_them() {
        let subschema = Subschema::of(&Schema::of(Profile::Ad2016Exchange));
        assert_eq!(
            line(&subschema.attribute_types, "whenCreated"),
            "( 1.2.840.113556.1.2.2 NAME 'whenCreated' SYNTAX '1.3.6.1.4.1.1466.115.121.1.24' SINGLE-VALUE NO-USER-MODIFICATION )"
        );
        let person = line(&subschema.object_classes, "person");
        assert!(
            person.starts_with("( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST (cn ) MAY ("),
            "{person}"
        );
        let user = line(&subschema.content_rules, "user");
        assert!(
            user.contains("MUST (")
                && user.contains("msExchMailRecipientSim")
                && user.contains("mailNickname")
        );
    }

    #[test]
    fn attribute_types_agree_with_the_recorded_subschema_entry() {
        let recorded = include_str!("../../../tests/fixtures/corp-ad/subschema.ldif").replace("\n ", "");
        let ours = Subschema::of(&Schema::of(Profile::Ad2016Exchange));
        let ours: std::collections::BTreeSet<&str> =
            ours.attribute_types.iter().map(|v| std::str::from_utf8(v).unwrap()).collect();
        let theirs: Vec<&str> = recorded.lines().filter_map(|l| l.strip_prefix("attributeTypes: ")).collect();
        let missing: Vec<&&str> = theirs.iter().filter(|line| !ours.contains(**line)).collect();
        assert!(theirs.len() > 1400);
        // the recorded server writes a few syntaxes differently (Sid, Numeric, UTC time, replica links)
        assert!(missing.len() < 60, "{}: {missing:#?}", missing.len());
    }
}
