//! Constructed attributes: computed when asked for by name (MS-ADTS 3.1.1.4.5).

use std::collections::BTreeSet;

use bytes::Bytes;
use jiff::Timestamp;

use super::account;
use super::api::Caller;
use super::entry::{EntryId, Life};
use super::forest::{Forest, SCHEMA};
use super::read::Sight;
use super::time::{filetime, generalized};
use crate::dn::Dn;
use crate::schema::{AttrId, ClassKind, known};

/// Who asks and when: some constructed attributes depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) now: Timestamp,
}

impl Forest {
    /// The values of a constructed attribute; those that this double doesn't compute are absent.
    pub(crate) fn constructed(&self, id: EntryId, attr: AttrId, moment: Moment<'_>) -> Vec<Bytes> {
        let entry = self.entry(id);
        let one = |text: String| vec![Bytes::from(text)];
        match attr {
            known::CANONICAL_NAME => one(canonical(&self.dn(id), self.context_depth(id))),
            known::PARENT_GUID => entry
                .parent
                .map(|parent| Bytes::copy_from_slice(&self.entry(parent).guid))
                .into_iter()
                .collect(),
            known::PARENT_DN => {
                entry.parent.map(|parent| Bytes::from(self.dn_text(parent))).into_iter().collect()
            }
            known::CREATE_TIME_STAMP => vec![generalized(entry.created)],
            known::MODIFY_TIME_STAMP => vec![generalized(entry.changed)],
            known::SUBSCHEMA_SUBENTRY => one(self.subschema_dn()),
            known::STRUCTURAL_OBJECT_CLASS => {
                let chain = &self.schema.class(entry.class).chain;
                chain
                    .iter()
                    .map(|class| Bytes::copy_from_slice(self.schema.class(*class).name.as_bytes()))
                    .collect()
            }
            known::PRIMARY_GROUP_TOKEN => self.primary_group_token(id).map(one_number).unwrap_or_default(),
            known::UAC_COMPUTED | known::PASSWORD_EXPIRY_COMPUTED | known::KEY_VERSION_NUMBER => {
                self.account_attribute(id, attr, moment.now)
            }
            known::TOKEN_GROUPS => self.token_groups(id),
            known::ALLOWED_ATTRIBUTES | known::ALLOWED_ATTRIBUTES_EFFECTIVE => {
                self.allowed_attributes(id, attr)
            }
            known::ALLOWED_CHILD_CLASSES | known::ALLOWED_CHILD_CLASSES_EFFECTIVE => {
                self.allowed_children(id)
            }
            known::SD_RIGHTS_EFFECTIVE => one_number(if moment.caller.is_administrator() { 15 } else { 0 }),
            known::APPROX_SUBORDINATES => one_number(i64::try_from(entry.children.len()).unwrap_or(i64::MAX)),
            known::ATTRIBUTE_TYPES
            | known::OBJECT_CLASSES
            | known::DIT_CONTENT_RULES
            | known::EXTENDED_ATTRIBUTE_INFO
            | known::EXTENDED_CLASS_INFO => self.subschema_values(id, attr),
            known::PRINCIPAL_NAME => self.principal_name(id).map(one).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The schema in text form, on the subschema entry only.
    pub(crate) fn subschema_values(&self, id: EntryId, attr: AttrId) -> Vec<Bytes> {
        if !self.is_a(id, "subSchema") {
            return Vec::new();
        }
        let subschema = self.schema.subschema();
        match attr {
            known::ATTRIBUTE_TYPES => subschema.attribute_types.clone(),
            known::OBJECT_CLASSES => subschema.object_classes.clone(),
            known::DIT_CONTENT_RULES => subschema.content_rules.clone(),
            known::EXTENDED_ATTRIBUTE_INFO => subschema.extended_attributes.clone(),
            _ => subschema.extended_classes.clone(),
        }
    }

    /// CN=Aggregate below the schema naming context.
    pub(crate) fn subschema_dn(&self) -> String {
        format!("CN=Aggregate,{}", self.ncs[usize::from(SCHEMA)].dn)
    }

    /// How many RDNs at the end of the DN make the DNS name of its domain.
    fn context_depth(&self, id: EntryId) -> usize {
        self.dn(id).0.len() - self.dn(id).depth_below(&self.domain().dn).unwrap_or(0)
    }

    /// The relative identifier of a group (MS-ADTS 3.1.1.4.5.11).
    fn primary_group_token(&self, id: EntryId) -> Option<i64> {
        self.is_a(id, "group").then(|| self.rid(id)).flatten().map(i64::from)
    }

    pub(crate) fn rid(&self, id: EntryId) -> Option<u32> {
        let sid = self.entry(id).stored(known::OBJECT_SID).first()?;
        sid.last_chunk::<4>().map(|rid| u32::from_le_bytes(*rid))
    }

    /// True if the class or one above it has this name.
    pub(crate) fn is_a(&self, id: EntryId, class: &str) -> bool {
        let chain = &self.schema.class(self.entry(id).class).chain;
        self.schema.class_id(class).is_some_and(|wanted| chain.contains(&wanted))
    }

    fn account_attribute(&self, id: EntryId, attr: AttrId, now: Timestamp) -> Vec<Bytes> {
        if !self.is_a(id, "user") {
            return Vec::new();
        }
        match attr {
            known::UAC_COMPUTED => one_number(i64::from(account::computed_control(self, id, filetime(now)))),
            known::PASSWORD_EXPIRY_COMPUTED => one_number(account::password_expiry(self, id)),
            _ => {
                let changes = self.entry(id).meta.iter().find(|(at, _)| *at == known::UNICODE_PWD);
                one_number(changes.map_or(1, |(_, meta)| i64::from(meta.version)))
            }
        }
    }

    fn principal_name(&self, id: EntryId) -> Option<String> {
        self.entry(id).text(known::SAM_ACCOUNT_NAME).map(|name| format!("{}\\{name}", self.identity.netbios))
    }

    /// Every group that an account is in, nested ones and the primary group included.
    pub(crate) fn group_closure(&self, id: EntryId) -> BTreeSet<EntryId> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        let primary = self.entry(id).number(known::PRIMARY_GROUP_ID).and_then(|rid| u32::try_from(rid).ok());
        open.extend(primary.and_then(|rid| self.by_sid(&self.sid_of(rid))));
        found.extend(open.iter().skip(1));
        while let Some(at) = open.pop() {
            for group in self.link_sources(at, known::MEMBER, Sight::default()) {
                if found.insert(group) {
                    open.push(group);
                }
            }
        }
        found
    }

    /// SIDs of the security groups among them (groupType bit 0x80000000).
    fn token_groups(&self, id: EntryId) -> Vec<Bytes> {
        let groups = self.group_closure(id).into_iter().map(|group| self.entry(group));
        let security = groups.filter(|group| group.number(known::GROUP_TYPE).is_some_and(|kind| kind < 0));
        security.filter_map(|group| group.stored(known::OBJECT_SID).first().cloned()).collect()
    }

    fn allowed_attributes(&self, id: EntryId, attr: AttrId) -> Vec<Bytes> {
        let effective = attr == known::ALLOWED_ATTRIBUTES_EFFECTIVE;
        let class = self.schema.class(self.entry(id).class);
        let defs = class.allowed.iter().map(|attr| self.schema.attribute(*attr));
        let writable =
            defs.filter(|def| !effective || !(def.system_only || def.constructed() || def.is_back_link()));
        writable.map(|def| Bytes::copy_from_slice(def.name.as_bytes())).collect()
    }

    fn allowed_children(&self, id: EntryId) -> Vec<Bytes> {
        if self.entry(id).life != Life::Live {
            return Vec::new();
        }
        let own = self.schema.class(self.entry(id).class).chain.clone();
        let classes = self.schema.classes().iter();
        let fits = classes.filter(|class| {
            class.kind == ClassKind::Structural && class.superiors.iter().any(|s| own.contains(s))
        });
        fits.map(|class| Bytes::copy_from_slice(class.name.as_bytes())).collect()
    }
}

fn one_number(number: i64) -> Vec<Bytes> {
    vec![Bytes::from(number.to_string())]
}

/// `corp.example.test/Corp/Berlin/Alice`; the head of a domain ends in a slash (MS-ADTS 3.1.1.4.5.14). Names are
/// escaped as in a DN (observed on a Samba AD DC).
fn canonical(dn: &Dn, domain_parts: usize) -> String {
    let above = dn.0.len() - domain_parts.min(dn.0.len());
    let mut out = Dn(dn.0[above..].to_vec()).dns_name();
    if above == 0 {
        out.push('/');
    }
    for rdn in dn.0[..above].iter().rev() {
        out.push('/');
        out.push_str(&rdn.escaped());
    }
    out
}
