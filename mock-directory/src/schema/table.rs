//! The schema table: parsed once from the embedded files, looked up by name and by OID.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use super::attribute::{AttrId, AttributeDef};
use super::class::{ClassDef, ClassId, ClassKind};
use super::known;
use super::subschema::Subschema;
use super::syntax::Syntax;

const AD_ATTRIBUTES: &str = include_str!("../../schema/ad-schema-attributes.tsv");
const AD_CLASSES: &str = include_str!("../../schema/ad-schema-classes.tsv");
const EXCHANGE_ATTRIBUTES: &str = include_str!("../../schema/exchange-attributes.tsv");
const EXCHANGE_CLASSES: &str = include_str!("../../schema/exchange-classes.tsv");

static AD_2016: LazyLock<Arc<Schema>> =
    LazyLock::new(|| Arc::new(Schema::build(&[AD_ATTRIBUTES], AD_CLASSES, "")));
static AD_2016_EXCHANGE: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    Arc::new(Schema::build(&[AD_ATTRIBUTES, EXCHANGE_ATTRIBUTES], AD_CLASSES, EXCHANGE_CLASSES))
});

/// Which schema a forest has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// `ad-2016`: the schema of a new Windows Server 2016 forest.
    Ad2016,
    /// `ad-2016+exchange`: with the attributes that Exchange's preparation adds.
    #[default]
    Ad2016Exchange,
}

impl std::str::FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ad-2016" => Ok(Self::Ad2016),
            "ad-2016+exchange" => Ok(Self::Ad2016Exchange),
            _ => Err(format!("schema {text:?}: expected ad-2016 or ad-2016+exchange")),
        }
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ad2016 => "ad-2016",
            Self::Ad2016Exchange => "ad-2016+exchange",
        })
    }
}

/// Attributes and classes of a forest.
#[derive(Debug)]
pub struct Schema {
    attributes: Vec<AttributeDef>,
    classes: Vec<ClassDef>,
    attribute_names: HashMap<Box<str>, AttrId>,
    class_names: HashMap<Box<str>, ClassId>,
    /// Forward link to back-link and the other way round.
    link_partners: HashMap<AttrId, AttrId>,
    anr: Vec<AttrId>,
    subschema: OnceLock<Subschema>,
}

impl Schema {
    /// The schema of a profile; parsed at the first call.
    #[must_use]
    pub fn of(profile: Profile) -> Arc<Self> {
        match profile {
            Profile::Ad2016 => AD_2016.clone(),
            Profile::Ad2016Exchange => AD_2016_EXCHANGE.clone(),
        }
    }

    fn build(attribute_files: &[&str], classes: &str, extension_classes: &str) -> Self {
        let attributes = attribute_rows(attribute_files);
        let attribute_names = names(attributes.iter().map(|a| (&*a.name, &*a.oid)), AttrId);
        let rows: Vec<ClassRow<'_>> =
            classes.lines().skip(1).chain(extension_classes.lines().skip(1)).map(ClassRow::parse).collect();
        let class_names = names(rows.iter().map(|row| (row.name, row.oid)), ClassId);
        let classes = resolve_classes(&rows, &attribute_names, &class_names);
        let link_partners = link_partners(&attributes);
        let anr = ids(&attributes).filter(|(_, a)| a.anr()).map(|(id, _)| id).collect();
        Self {
            attributes,
            classes,
            attribute_names,
            class_names,
            link_partners,
            anr,
            subschema: OnceLock::new(),
        }
    }

    /// All attributes, by number.
    #[must_use]
    pub fn attributes(&self) -> &[AttributeDef] {
        &self.attributes
    }

    /// All classes, by number.
    #[must_use]
    pub fn classes(&self) -> &[ClassDef] {
        &self.classes
    }

    /// One attribute.
    #[must_use]
    pub fn attribute(&self, id: AttrId) -> &AttributeDef {
        &self.attributes[id.index()]
    }

    /// One class.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &ClassDef {
        &self.classes[id.index()]
    }

    /// An attribute by lDAPDisplayName in any case, or by OID (with or without `OID.` before it). No options.
    #[must_use]
    pub fn attribute_id(&self, name: &str) -> Option<AttrId> {
        lookup(&self.attribute_names, name)
    }

    /// A class by lDAPDisplayName in any case, or by OID.
    #[must_use]
    pub fn class_id(&self, name: &str) -> Option<ClassId> {
        lookup(&self.class_names, name)
    }

    /// The back-link of a forward link, the forward link of a back-link.
    #[must_use]
    pub fn link_partner(&self, id: AttrId) -> Option<AttrId> {
        self.link_partners.get(&id).copied()
    }

    /// The subschema entry's values; written down at the first call.
    #[must_use]
    pub fn subschema(&self) -> &Subschema {
        self.subschema.get_or_init(|| Subschema::of(self))
    }

    /// The attributes that ambiguous name resolution looks at.
    #[must_use]
    pub fn anr_attributes(&self) -> &[AttrId] {
        &self.anr
    }
}

/// Names are short: a lower-case copy on the stack would not pay.
fn lookup<T: Copy>(names: &HashMap<Box<str>, T>, name: &str) -> Option<T> {
    let name = match name.split_at_checked("oid.".len()) {
        Some((prefix, number)) if prefix.eq_ignore_ascii_case("oid.") => number,
        _ => name,
    };
    names.get(name).or_else(|| names.get(&*name.to_ascii_lowercase())).copied()
}

fn names<'a, T: Copy>(
    rows: impl Iterator<Item = (&'a str, &'a str)>,
    id: impl Fn(u16) -> T,
) -> HashMap<Box<str>, T> {
    let mut out = HashMap::new();
    for ((name, oid), index) in rows.zip(0u16..) {
        // the first two spellings save the lower-casing in nearly every look-up
        for key in [name, oid, &name.to_ascii_lowercase()] {
            out.insert(key.into(), id(index));
        }
    }
    out
}

fn ids(attributes: &[AttributeDef]) -> impl Iterator<Item = (AttrId, &AttributeDef)> {
    (0u16..).map(AttrId).zip(attributes)
}

/// The attributes of the files, those of [`known`] first so that their numbers are constants.
fn attribute_rows(files: &[&str]) -> Vec<AttributeDef> {
    let mut rows: Vec<AttributeDef> =
        files.iter().flat_map(|file| file.lines().skip(1)).map(attribute_row).collect();
    let place =
        |name: &str| known::NAMES.iter().position(|known| *known == name).unwrap_or(known::NAMES.len());
    rows.sort_by_cached_key(|row| place(&row.name));
    rows
}

fn attribute_row(line: &str) -> AttributeDef {
    let cells: Vec<&str> = line.split('\t').collect();
    let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
    AttributeDef {
        name: cell(0).into(),
        oid: cell(1).into(),
        syntax: Syntax::from_oid(cell(2)).unwrap_or(Syntax::Octets),
        single_valued: cell(4) == "TRUE",
        range_lower: cell(5).parse().ok(),
        range_upper: cell(6).parse().ok(),
        search_flags: cell(7).parse().unwrap_or(0),
        // signed in the files, a bit set here
        system_flags: cell(8).parse::<i32>().unwrap_or(0).cast_unsigned(),
        system_only: cell(9) == "TRUE",
        link_id: cell(10).parse().ok(),
        global_catalog: cell(11) == "TRUE",
        guid: cell(12).into(),
        mapi_id: cell(13).parse().ok(),
    }
}

fn link_partners(attributes: &[AttributeDef]) -> HashMap<AttrId, AttrId> {
    let by_link: HashMap<u32, AttrId> =
        ids(attributes).filter_map(|(id, a)| Some((a.link_id?, id))).collect();
    ids(attributes).filter_map(|(id, a)| Some((id, *by_link.get(&(a.link_id? ^ 1))?))).collect()
}

/// A line of a class file, its lists still text.
struct ClassRow<'a> {
    name: &'a str,
    oid: &'a str,
    kind: ClassKind,
    superclass: &'a str,
    auxiliaries: &'a str,
    superiors: &'a str,
    rdn: &'a str,
    category: &'a str,
    guid: &'a str,
    must: &'a str,
    may: &'a str,
    /// Classes that get this one as an auxiliary class (extension files only).
    auxiliary_of: &'a str,
}

impl<'a> ClassRow<'a> {
    fn parse(line: &'a str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        let kind = match cell(2) {
            "1" => ClassKind::Structural,
            "2" => ClassKind::Abstract,
            "3" => ClassKind::Auxiliary,
            _ => ClassKind::Class88,
        };
        Self {
            name: cell(0),
            oid: cell(1),
            kind,
            superclass: cell(3),
            auxiliaries: cell(4),
            superiors: cell(5),
            rdn: cell(6),
            category: cell(7),
            guid: cell(8),
            must: cell(9),
            may: cell(10),
            auxiliary_of: cell(11),
        }
    }
}

fn list<T: Copy>(text: &str, names: &HashMap<Box<str>, T>) -> Vec<T> {
    text.split_whitespace().filter_map(|name| lookup(names, name)).collect()
}

fn resolve_classes(
    rows: &[ClassRow<'_>],
    attributes: &HashMap<Box<str>, AttrId>,
    classes: &HashMap<Box<str>, ClassId>,
) -> Vec<ClassDef> {
    let mut out: Vec<ClassDef> = rows.iter().map(|row| own_part(row, attributes, classes)).collect();
    for (row, index) in rows.iter().zip(0u16..) {
        for target in list(row.auxiliary_of, classes) {
            out[target.index()].auxiliaries.push(ClassId(index));
        }
    }
    for index in 0..out.len() {
        inherit(&mut out, index);
    }
    out
}

fn own_part(
    row: &ClassRow<'_>,
    attributes: &HashMap<Box<str>, AttrId>,
    classes: &HashMap<Box<str>, ClassId>,
) -> ClassDef {
    ClassDef {
        name: row.name.into(),
        oid: row.oid.into(),
        kind: row.kind,
        superclass: lookup(classes, row.superclass).unwrap_or(ClassId(0)),
        auxiliaries: list(row.auxiliaries, classes),
        own_superiors: list(row.superiors, classes),
        rdn: lookup(attributes, row.rdn).unwrap_or(known::CN),
        category_rdn: row.category.into(),
        guid: row.guid.into(),
        own_must: list(row.must, attributes),
        own_may: list(row.may, attributes),
        chain: Vec::new(),
        must: Vec::new(),
        allowed: Vec::new(),
        superiors: Vec::new(),
    }
}

/// Works out chain, must, allowed and superiors of one class from the own parts of all.
fn inherit(classes: &mut [ClassDef], index: usize) {
    let mut chain = vec![index];
    let mut at = index;
    while classes[at].superclass.index() != at && chain.len() < 32 {
        at = classes[at].superclass.index();
        chain.push(at);
    }
    chain.reverse();
    let mut sources = chain.clone();
    let mut next = 0;
    while let Some(&source) = sources.get(next) {
        next += 1;
        let parents = [classes[source].superclass.index()];
        for more in classes[source].auxiliaries.iter().map(|id| id.index()).chain(parents) {
            if !sources.contains(&more) {
                sources.push(more);
            }
        }
    }
    let gather = |pick: fn(&ClassDef) -> &[AttrId]| {
        let mut all: Vec<AttrId> =
            sources.iter().flat_map(|at| pick(&classes[*at]).iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let must = gather(|class| &class.own_must);
    let mut allowed = gather(|class| &class.own_may);
    allowed.extend(&must);
    allowed.sort_unstable();
    allowed.dedup();
    let mut superiors: Vec<ClassId> =
        chain.iter().flat_map(|at| classes[*at].own_superiors.iter().copied()).collect();
    superiors.sort_unstable();
    superiors.dedup();
    let chain = chain.iter().filter_map(|at| u16::try_from(*at).ok()).map(ClassId).collect();
    let class = &mut classes[index];
    (class.chain, class.must, class.allowed, class.superiors) = (chain, must, allowed, superiors);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_attributes_have_their_numbers_in_both_profiles() {
        for profile in [Profile::Ad2016, Profile::Ad2016Exchange] {
            let schema = Schema::of(profile);
            for (index, name) in known::NAMES.iter().enumerate() {
                assert_eq!(&*schema.attributes()[index].name, *name);
                assert_eq!(schema.attribute_id(name).map(AttrId::index), Some(index));
            }
        }
    }

    #[test]
    fn attributes_are_found_by_name_and_oid_in_any_case() {
        let schema = Schema::of(Profile::Ad2016);
        let id = schema.attribute_id("userCertificate").unwrap();
        for name in ["usercertificate", "USERCERTIFICATE", "2.5.4.36", "OID.2.5.4.36"] {
            assert_eq!(schema.attribute_id(name), Some(id), "{name}");
        }
        let def = schema.attribute(id);
        assert_eq!((def.syntax, def.range_upper, def.single_valued), (Syntax::Octets, Some(32768), false));
        assert_eq!(schema.attribute_id("nosuchattr"), None);
        assert_eq!(schema.attribute_id("mailNickname"), None);
    }

    #[test]
    fn exchange_adds_its_attributes_to_user_contact_and_group() {
        let schema = Schema::of(Profile::Ad2016Exchange);
        let nickname = schema.attribute_id("mailNickname").unwrap();
        for class in ["user", "contact", "group", "inetOrgPerson", "computer"] {
            assert!(schema.class(schema.class_id(class).unwrap()).allows(nickname), "{class}");
        }
        assert!(!schema.class(schema.class_id("organizationalUnit").unwrap()).allows(nickname));
    }

    #[test]
    fn inheritance_reaches_superiors_must_and_chain() {
        let schema = Schema::of(Profile::Ad2016);
        let class = |name: &str| schema.class(schema.class_id(name).unwrap());
        let chain: Vec<_> = class("inetOrgPerson").chain.iter().map(|id| &*schema.class(*id).name).collect();
        assert_eq!(chain, ["top", "person", "organizationalPerson", "user", "inetOrgPerson"]);
        assert!(class("user").superiors.contains(&schema.class_id("container").unwrap()));
        assert!(!class("user").superiors.contains(&schema.class_id("group").unwrap()));
        assert!(class("group").must.contains(&known::GROUP_TYPE));
        assert!(class("contact").allows(schema.attribute_id("userSMIMECertificate").unwrap()));
    }

    #[test]
    fn link_pairs_know_each_other() {
        let schema = Schema::of(Profile::Ad2016);
        let id = |name: &str| schema.attribute_id(name).unwrap();
        assert_eq!(schema.link_partner(id("member")), Some(id("memberOf")));
        assert_eq!(schema.link_partner(id("directReports")), Some(id("manager")));
        assert!(schema.attribute(id("member")).is_forward_link());
        assert!(schema.attribute(id("memberOf")).is_back_link());
        assert!(!schema.attribute(id("memberOf")).replicated());
    }

    #[test]
    fn ambiguous_name_resolution_covers_what_ad_documents() {
        let schema = Schema::of(Profile::Ad2016);
        for attr in [known::DISPLAY_NAME, known::GIVEN_NAME, known::SN, known::NAME, known::SAM_ACCOUNT_NAME]
        {
            assert!(schema.anr_attributes().contains(&attr));
        }
        assert!(!schema.anr_attributes().contains(&known::MAIL));
    }
}
