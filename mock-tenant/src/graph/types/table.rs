//! The table of properties (`properties.tsv`) as entity types.
//!
//! Columns: entity; property, or `property/member`; type; `default` or `select` (what v1.0 returns without `$select`);
//! who sets it; where the data is (`stored` under Graph's name, `own` reader, `none`: always empty in the double, `-`: not
//! served); then in which queries each operator is open: `always`, `plain`, `advanced`, `-`.
//!
//! Sources: microsoft-graph-docs-contrib, concepts/includes/directory-objects-filter.md (2024-10-25) and
//! directory-objects-orderby.md; resources/*.md for types, defaults and who sets what. Where a resource page and the table
//! disagree, the table holds; `id`, `deletedDateTime` and what has no row there is as the resource page says.

use std::sync::Arc;

use crate::odata::{EdmType, EntityType, Extension, Member, Ops, Property, Read, Settable, Support, Value};

const TABLE: &str = include_str!("properties.tsv");

/// How the double reads an entity type's properties.
pub(super) struct Readers<T: 'static> {
    /// Properties with a reader of their own.
    pub(super) own: &'static [(&'static str, Read<T>)],
    /// What is kept under Graph's name.
    pub(super) stored: fn(EdmType, bool) -> Read<T>,
    /// What an extension's name stands for.
    pub(super) extension: Option<Extension<T>>,
}

/// The entity type `microsoft.graph.<entity>`, with what the table says about it.
pub(super) fn entity<T>(name: &'static str, resource: &'static str, readers: &Readers<T>) -> EntityType<T> {
    let short = name.trim_start_matches("microsoft.graph.");
    let mut properties: Vec<Property<T>> = Vec::new();
    for row in rows().filter(|row| row.entity == short) {
        match (row.name.split_once('/'), properties.last_mut()) {
            (Some((_, member)), Some(property)) => property.members.push(row.member(member)),
            _ => properties.push(row.property(readers)),
        }
    }
    let properties = properties.into_iter().map(Arc::new).collect();
    EntityType { name, resource, properties, extension: readers.extension }
}

/// All rows of the table.
pub(super) fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().skip(1).filter_map(Row::parse)
}

/// One line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) entity: &'static str,
    pub(super) name: &'static str,
    edm: EdmType,
    collection: bool,
    default: bool,
    settable: Settable,
    data: &'static str,
    pub(super) ops: Ops,
}

impl Row {
    fn parse(line: &'static str) -> Option<Self> {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [entity, name, edm, returned, settable, data, ops @ ..] = cells.as_slice() else { return None };
        let element = edm.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')'));
        Some(Self {
            entity,
            name,
            edm: EdmType::named(element.unwrap_or(edm)),
            collection: element.is_some(),
            default: *returned == "default",
            settable: self::settable(settable)?,
            data,
            ops: self::ops(ops)?,
        })
    }

    /// Type, or that of the elements.
    #[cfg(test)]
    pub(super) const fn edm(&self) -> EdmType {
        self.edm
    }

    /// Where the data is.
    #[cfg(test)]
    pub(super) const fn data(&self) -> &'static str {
        self.data
    }

    fn member(self, name: &'static str) -> Member {
        Member { name, edm: self.edm, collection: self.collection, ops: self.ops }
    }

    fn property<T>(self, readers: &Readers<T>) -> Property<T> {
        Property {
            name: self.name.into(),
            edm: self.edm,
            collection: self.collection,
            default: self.default,
            settable: self.settable,
            ops: self.ops,
            members: Vec::new(),
            read: self.reader(readers),
        }
    }

    fn reader<T>(self, readers: &Readers<T>) -> Option<Read<T>> {
        let own = || readers.own.iter().find(|(name, _)| *name == self.name).map(|(_, read)| *read);
        match self.data {
            "stored" => Some((readers.stored)(self.edm, self.collection)),
            "none" => Some(nothing(self.edm, self.collection)),
            "own" => own(),
            _ => None,
        }
    }
}

fn settable(word: &str) -> Option<Settable> {
    Some(match word {
        "never" | "-" => Settable::Never,
        "create" => Settable::Create,
        "cloud" => Settable::CloudMastered,
        "always" => Settable::Always,
        _ => return None,
    })
}

fn ops(cells: &[&str]) -> Option<Ops> {
    let cells = cells.iter().map(|word| support(word)).collect::<Option<Vec<_>>>()?;
    let [eq, starts, ends, range, null, count, order] = cells.try_into().ok()?;
    Some(Ops { eq, starts, ends, range, null, count, order })
}

fn support(word: &str) -> Option<Support> {
    Some(match word {
        "-" => Support::Never,
        "plain" => Support::Default,
        "advanced" => Support::Advanced,
        "always" => Support::Always,
        _ => return None,
    })
}

/// The reader of a property that is always empty here: the double has no licences, plans and the like.
fn nothing<T>(edm: EdmType, collection: bool) -> Read<T> {
    match (collection, edm.is_complex()) {
        (false, _) => |_, _| Value::Null,
        (true, false) => |_, _| Value::Texts((&[]).into()),
        (true, true) => |_, _| Value::Complex(serde_json::Value::Array(Vec::new())),
    }
}
