//! Making objects: what a new one gets besides what it was given.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::account::{self, uac};
use super::entry::{Entry, EntryId, Life, Values};
use super::forest::Forest;
use super::ids;
use crate::schema::{AttrId, ClassId, known};

/// An object that is to be made.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) parent: Option<EntryId>,
    pub(crate) nc: u8,
    pub(crate) rdn_attr: AttrId,
    pub(crate) rdn: String,
    pub(crate) class: ClassId,
    pub(crate) attrs: BTreeMap<AttrId, Vec<Bytes>>,
    pub(crate) links: Vec<(AttrId, EntryId)>,
    /// Kept from a dump; made otherwise.
    pub(crate) guid: Option<[u8; 16]>,
    pub(crate) usns: Option<(u64, u64)>,
    /// Seconds: whenCreated, whenChanged.
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) life: Life,
}

impl Draft {
    pub(crate) fn new(parent: EntryId, nc: u8, rdn_attr: AttrId, rdn: &str, class: ClassId) -> Self {
        Self {
            parent: Some(parent),
            nc,
            rdn_attr,
            rdn: rdn.to_owned(),
            class,
            attrs: BTreeMap::new(),
            links: Vec::new(),
            guid: None,
            usns: None,
            times: None,
            life: Life::Live,
        }
    }

    pub(crate) fn set(&mut self, attr: AttrId, text: impl Into<String>) {
        self.attrs.insert(attr, vec![Bytes::from(text.into())]);
    }

    fn default(&mut self, attr: AttrId, value: impl FnOnce() -> Bytes) {
        self.attrs.entry(attr).or_insert_with(|| vec![value()]);
    }

    pub(crate) fn number(&self, attr: AttrId) -> Option<i64> {
        std::str::from_utf8(self.attrs.get(&attr)?.first()?).ok()?.parse().ok()
    }
}

/// Attributes of an account that DirSync lists as empty from the start (observed on a Samba AD DC).
const EMPTY_SECRETS: &[AttrId] =
    &[known::DBCS_PWD, known::LOGON_HOURS, known::UNICODE_PWD, known::NT_PWD_HISTORY, known::LM_PWD_HISTORY];

impl Forest {
    /// Fills in what the server gives every object of the class (MS-ADTS 3.1.1.5.2.4, 3.1.1.8.1).
    pub(crate) fn complete(&mut self, draft: &mut Draft) {
        let schema = self.schema.clone();
        let class = schema.class(draft.class);
        let names: Vec<Bytes> = class.chain.iter().map(|id| self.interned(&schema.class(*id).name)).collect();
        let auxiliary: Vec<Bytes> = draft.attrs.remove(&known::OBJECT_CLASS).unwrap_or_default();
        let extra =
            auxiliary.into_iter().filter(|name| !names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        let names: Vec<Bytes> = names.iter().cloned().chain(extra).collect();
        draft.attrs.insert(known::OBJECT_CLASS, names);
        draft.default(known::INSTANCE_TYPE, || Bytes::from_static(b"4"));
        let category = self.category_dn(&class.category_rdn);
        draft.default(known::OBJECT_CATEGORY, || self.interned(&category));
        let is = |name: &str| self.schema.class_id(name).is_some_and(|id| class.chain.contains(&id));
        let (user, computer, group) = (is("user"), is("computer"), is("group"));
        if user || group {
            let sid = self.next_sid();
            draft.attrs.entry(known::OBJECT_SID).or_insert_with(|| vec![sid]);
            let generated = self.generated_account_name(&draft.rdn);
            draft.default(known::SAM_ACCOUNT_NAME, || Bytes::from(generated));
        }
        if user {
            self.complete_account(draft, computer);
        }
        if group {
            draft.default(known::GROUP_TYPE, || Bytes::from_static(b"-2147483646"));
            let kind = account::group_type(draft.number(known::GROUP_TYPE).unwrap_or(0));
            draft.default(known::SAM_ACCOUNT_TYPE, || self.interned(&kind.to_string()));
        }
    }

    /// A value that many objects have, kept once.
    fn interned(&mut self, text: &str) -> Bytes {
        if let Some(kept) = self.interned.get(text.as_bytes()) {
            return kept.clone();
        }
        let value = Bytes::copy_from_slice(text.as_bytes());
        self.interned.insert(value.clone());
        value
    }

    fn next_sid(&mut self) -> Bytes {
        let rid = self.next_rid;
        self.next_rid += 1;
        self.sid_of(rid)
    }

    /// `$` and two groups of hexadecimal digits, as AD makes one up.
    fn generated_account_name(&self, rdn: &str) -> String {
        let octets = ids::octets(self.identity.seed, &format!("sam {rdn} {}", self.usn));
        format!("${}-{}", hex::encode_upper(&octets[..3]), hex::encode_upper(&octets[3..9]))
    }

    /// Makes the object. The draft is complete and checked.
    pub(crate) fn create(&mut self, draft: Draft, now: i64) -> EntryId {
        let (usn_created, usn_changed) = draft.usns.unwrap_or_else(|| {
            let usn = self.next_usn();
            (usn, usn)
        });
        let (created, changed) = draft.times.unwrap_or((now, now));
        let name =
            format!("object {} {} {usn_created}", draft.parent.map_or(0, |parent| parent.0), draft.rdn);
        let account =
            self.schema.class_id("user").is_some_and(|u| self.schema.class(draft.class).chain.contains(&u));
        let mut entry = Entry {
            guid: draft.guid.unwrap_or_else(|| ids::guid(self.identity.seed, &name)),
            parent: draft.parent,
            nc: draft.nc,
            life: draft.life,
            class: draft.class,
            rdn_attr: draft.rdn_attr,
            rdn: draft.rdn.into(),
            usn_created,
            usn_changed,
            created,
            changed,
            base_usn: usn_changed,
            attrs: draft
                .attrs
                .into_iter()
                .filter(|(_, v)| !v.is_empty())
                .map(|(a, v)| (a, Values::new(v)))
                .collect(),
            meta: Vec::new(),
            children: BTreeSet::new(),
        };
        if account && draft.guid.is_none() {
            for secret in EMPTY_SECRETS
                .iter()
                .filter(|attr| entry.stored(**attr).is_empty())
                .copied()
                .collect::<Vec<_>>()
            {
                entry.touch(secret, usn_created, created);
            }
        }
        entry.attrs.shrink_to_fit();
        entry.meta.shrink_to_fit();
        let id = self.insert(entry);
        for (attr, target) in draft.links {
            self.links.set(id, attr, target, true, usn_changed, changed);
        }
        id
    }

    fn complete_account(&mut self, draft: &mut Draft, computer: bool) {
        // 546: disabled, no password needed, normal account (observed for an add without userAccountControl)
        let control = uac::NORMAL | uac::DISABLED | uac::PASSWORD_NOT_REQUIRED;
        let control =
            if computer { uac::WORKSTATION | uac::DISABLED | uac::PASSWORD_NOT_REQUIRED } else { control };
        draft.default(known::USER_ACCOUNT_CONTROL, || self.interned(&control.to_string()));
        let control = draft.number(known::USER_ACCOUNT_CONTROL).unwrap_or(control);
        let zeros = [
            known::BAD_PWD_COUNT,
            known::CODE_PAGE,
            known::COUNTRY_CODE,
            known::BAD_PASSWORD_TIME,
            known::LAST_LOGOFF,
            known::LAST_LOGON,
            known::PWD_LAST_SET,
            known::LOGON_COUNT,
        ];
        for attr in zeros {
            draft.default(attr, || Bytes::from_static(b"0"));
        }
        draft.default(known::ACCOUNT_EXPIRES, || self.interned(&account::NEVER.to_string()));
        draft
            .default(known::PRIMARY_GROUP_ID, || self.interned(&account::primary_group(control).to_string()));
        draft.default(known::SAM_ACCOUNT_TYPE, || self.interned(&account::account_type(control).to_string()));
    }
}
