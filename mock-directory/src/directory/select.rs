//! Which attributes of an object an answer shows, and how they are written (MS-ADTS 3.1.1.3.1.3.5 - 3.1.1.3.1.3.6).

use bytes::Bytes;

use super::constructed::Moment;
use super::entry::EntryId;
use super::forest::Forest;
use super::read::Sight;
use super::security;
use crate::dn::Dn;
use crate::schema::{AttrId, Syntax, known, sid_text};
use crate::wire::controls::{Controls, ExtendedDn};
use crate::wire::message::{Attribute, EntryResponse};

/// One requested attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    attr: AttrId,
    /// Written so in the answer: the schema's spelling, `;binary` behind it where it was asked for.
    name: String,
    range: Option<(usize, Option<usize>)>,
}

/// The attribute list of a search, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    /// `*` or nothing asked for: everything but constructed attributes and the security descriptor.
    pub(crate) all: bool,
    named: Vec<Named>,
}

impl Selection {
    pub(crate) fn of(forest: &Forest, attrs: &[String]) -> Self {
        let mut named: Vec<Named> = Vec::new();
        for wanted in attrs.iter().filter_map(|attr| parse(forest, attr)) {
            let known = named.iter_mut().find(|known| known.attr == wanted.attr);
            match known {
                // of a plain and a ranged request the ranged one counts, of two windows the first (observed)
                Some(known) if known.range.is_none() && wanted.range.is_some() => *known = wanted,
                // a bare request makes `;binary` beside it redundant
                Some(known) if known.name.contains(';') && !wanted.name.contains(';') => *known = wanted,
                Some(_) => {}
                None => named.push(wanted),
            }
        }
        let all = attrs.is_empty() || attrs.iter().any(|attr| attr == "*");
        // `*` brings the bare attribute, which makes `;binary` redundant too
        named.retain(|named| !all || named.range.is_some() || !named.name.contains(';'));
        Self { all, named }
    }

    /// The attributes asked for by name.
    pub(crate) fn named(&self) -> impl Iterator<Item = AttrId> {
        self.named.iter().map(|named| named.attr)
    }

    fn has(&self, attr: AttrId) -> bool {
        self.named.iter().any(|named| named.attr == attr)
    }
}

/// `name`, `name;binary`, `name;range=0-9`. Any other option names nothing.
fn parse(forest: &Forest, description: &str) -> Option<Named> {
    let mut parts = description.split(';');
    let attr = forest.schema.attribute_id(parts.next()?)?;
    let mut named = Named { attr, name: forest.name(attr).to_owned(), range: None };
    for option in parts {
        if option.eq_ignore_ascii_case("binary") && forest.policies.get("BinaryOption") != 1 {
            named.name.push(';');
            named.name.push_str(option);
        } else if let Some(window) = option.strip_prefix("range=") {
            named.range = Some(range(window)?);
        } else if !option.to_ascii_lowercase().starts_with("range=") {
            return None;
        }
    }
    Some(named)
}

/// `0-9`, `0-*`, `0`.
fn range(window: &str) -> Option<(usize, Option<usize>)> {
    match window.split_once('-') {
        None => Some((window.parse().ok()?, None)),
        Some((low, "*")) => Some((low.parse().ok()?, None)),
        Some((low, high)) => Some((low.parse().ok()?, Some(high.parse().ok()?))),
    }
}

/// How the entries of one answer are written.
pub(crate) struct Writer<'a> {
    pub(crate) forest: &'a Forest,
    pub(crate) selection: &'a Selection,
    pub(crate) controls: &'a Controls,
    pub(crate) sight: Sight,
    pub(crate) moment: Moment<'a>,
    pub(crate) types_only: bool,
}

impl Writer<'_> {
    pub(crate) fn entry(&self, id: EntryId) -> EntryResponse {
        let mut attributes = Vec::new();
        if self.selection.all {
            for attr in self.forest.present(id) {
                if !known::SECRETS.contains(&attr) && !self.selection.has(attr) {
                    let values = self.forest.values(id, attr, self.sight).into_owned();
                    self.push(&mut attributes, self.forest.name(attr), attr, values, None);
                }
            }
            // the subschema entry shows what it is for with `*` too: schema readers of common clients ask for that
            for attr in [known::ATTRIBUTE_TYPES, known::OBJECT_CLASSES, known::DIT_CONTENT_RULES] {
                if !self.selection.has(attr) {
                    let values = self.forest.subschema_values(id, attr);
                    if !values.is_empty() {
                        attributes.push(self.plain(self.forest.name(attr), values));
                    }
                }
            }
            // with SD_FLAGS the descriptor comes with `*` too (observed)
            if self.controls.sd_flags.is_some() && !self.selection.has(known::NT_SECURITY_DESCRIPTOR) {
                let name = self.forest.name(known::NT_SECURITY_DESCRIPTOR);
                attributes.push(self.plain(name, self.descriptor(id)));
            }
        }
        for named in &self.selection.named {
            let values = self.named_values(id, named.attr);
            self.push(&mut attributes, &named.name, named.attr, values, named.range);
        }
        EntryResponse { dn: self.dn(id), attributes, controls: Vec::new() }
    }

    fn named_values(&self, id: EntryId, attr: AttrId) -> Vec<Bytes> {
        if known::SECRETS.contains(&attr) {
            return Vec::new();
        }
        if attr == known::NT_SECURITY_DESCRIPTOR {
            return self.descriptor(id);
        }
        if self.forest.schema.attribute(attr).constructed() {
            return self.forest.constructed(id, attr, self.moment);
        }
        self.forest.values(id, attr, self.sight).into_owned()
    }

    fn descriptor(&self, id: EntryId) -> Vec<Bytes> {
        vec![security::descriptor(self.forest, id, self.controls.sd_flags.unwrap_or(0xf))]
    }

    fn plain(&self, name: &str, values: Vec<Bytes>) -> Attribute {
        Attribute { name: name.to_owned(), values: if self.types_only { Vec::new() } else { values } }
    }

    /// Adds an attribute, cut into a window where asked for or where MaxValRange demands it.
    fn push(
        &self,
        out: &mut Vec<Attribute>,
        name: &str,
        attr: AttrId,
        values: Vec<Bytes>,
        range: Option<(usize, Option<usize>)>,
    ) {
        let most = self.forest.policies.count("MaxValRange");
        let values = self.extended(attr, values);
        match range {
            _ if values.is_empty() => {}
            // the schema itself is never cut
            None if values.len() <= most || self.forest.schema.attribute(attr).constructed() => {
                out.push(self.plain(name, values));
            }
            None => {
                // Windows lists the bare name without values beside the first window
                out.push(self.plain(name, Vec::new()));
                out.push(self.window(name, &values, 0, None, most));
            }
            Some((low, high)) => out.push(self.window(name, &values, low, high, most)),
        }
    }

    /// The last window ends in `*`; one past the end is empty (observed on a Samba AD DC).
    fn window(
        &self,
        name: &str,
        values: &[Bytes],
        low: usize,
        high: Option<usize>,
        most: usize,
    ) -> Attribute {
        if high.is_some_and(|high| high < low) {
            return self.plain(&format!("{name};range={low}-{}", high.unwrap_or(low)), Vec::new());
        }
        let cap = low.saturating_add(most - 1);
        let last = high.unwrap_or(usize::MAX).min(cap);
        let end = if last >= values.len().saturating_sub(1) { "*".to_owned() } else { last.to_string() };
        let window =
            values.iter().skip(low).take(last.saturating_sub(low).saturating_add(1)).cloned().collect();
        self.plain(&format!("{name};range={low}-{end}"), window)
    }

    pub(crate) fn dn(&self, id: EntryId) -> String {
        let dn = self.forest.dn_text(id);
        self.controls.extended_dn.map_or_else(|| dn.clone(), |form| extended_text(self.forest, id, form, &dn))
    }

    /// With EXTENDED_DN every DN value names GUID and SID before it.
    fn extended(&self, attr: AttrId, values: Vec<Bytes>) -> Vec<Bytes> {
        let Some(form) = self.controls.extended_dn else {
            return values;
        };
        if self.forest.schema.attribute(attr).syntax != Syntax::Dn {
            return values;
        }
        let extend = |value: Bytes| {
            let text = std::str::from_utf8(&value).unwrap_or_default();
            let named = Dn::parse(text).ok().and_then(|dn| self.forest.find(&dn).ok());
            named.map_or(value.clone(), |id| Bytes::from(extended_text(self.forest, id, form, text)))
        };
        values.into_iter().map(extend).collect()
    }
}

/// `<GUID=…>;<SID=…>;CN=…` (MS-ADTS 3.1.1.3.4.1.5).
fn extended_text(forest: &Forest, id: EntryId, form: ExtendedDn, dn: &str) -> String {
    let entry = forest.entry(id);
    let sid = entry.stored(known::OBJECT_SID).first();
    let (guid, sid) = match form {
        ExtendedDn::Hex => (hex::encode(entry.guid), sid.map(hex::encode)),
        ExtendedDn::Text => (uuid::Uuid::from_bytes_le(entry.guid).to_string(), sid.map(|sid| sid_text(sid))),
    };
    let sid = sid.map(|sid| format!("<SID={sid}>;")).unwrap_or_default();
    format!("<GUID={guid}>;{sid}{dn}")
}
