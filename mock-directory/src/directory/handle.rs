//! The directory as its users hold it: operations in, answers out, snapshots of all of it.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::api::{BindRefusal, Caller, ConnectionState, EntryView};
use super::auth;
use super::bootstrap::{self, Settings};
use super::create::Draft;
use super::entry::EntryId;
use super::error::{Outcome, success};
use super::forest::Forest;
use super::load::{self, LoadError};
use super::modify::{self, Secrecy};
use super::policies::{Policies, PolicyError};
use super::read::Sight;
use super::search::Search;
use super::{add, compare, delete, rename, rootdse};
use crate::dn::{Base, Dn};
use crate::ldif::{Reader, RecordKind, Writer};
use crate::schema::{AttrId, ClassId, Profile, known};
use crate::wire::controls::Controls;
use crate::wire::message::{
    Done, DoneKind, EntryResponse, Filter, LdapResult, Op, Response, Scope, SearchRequest,
};

/// A forest with one domain. Cloning is cheap; a clone that is written to becomes one of its own.
#[derive(Debug, Clone)]
pub struct Directory {
    settings: Settings,
    forest: Arc<Forest>,
}

/// All of a directory at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot(Arc<Forest>);

impl Directory {
    /// A new domain with the objects that every domain has. Administrator gets a password by [`Self::set_password`].
    #[must_use]
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        let mut forest = bootstrap::forest(&settings);
        bootstrap::domain(&mut forest, now.as_second());
        bootstrap::configuration(&mut forest, now.as_second());
        Self { settings, forest: Arc::new(forest) }
    }

    /// Carries out one operation and answers it. A search with an empty base and scope base is the session's, see
    /// [`Self::rootdse`].
    pub fn execute(
        &mut self,
        caller: &Caller,
        op: &Op,
        controls: &Controls,
        conn: &mut ConnectionState,
        now: Timestamp,
    ) -> Vec<Response> {
        let secrecy = Secrecy { encrypted: conn.encrypted };
        if let Op::Search(request) = op {
            if request.base.is_empty() && request.scope == Scope::Base && controls.dirsync.is_none() {
                return self.read_rootdse(request, now);
            }
            return Search { forest: &self.forest, caller, request, controls, now }.run(conn);
        }
        if let Op::Compare(request) = op {
            let outcome = compare::compare(
                &self.forest,
                caller,
                request,
                controls,
                &rootdse::attributes(&self.forest, now),
            );
            let code = |truth| if truth { 6 } else { 5 };
            return vec![done(
                DoneKind::Compare,
                outcome.map(|truth| LdapResult { code: code(truth), ..success() }),
            )];
        }
        let forest = Arc::make_mut(&mut self.forest);
        let (kind, outcome) = match op {
            Op::Add(request) => (DoneKind::Add, add::add(forest, caller, request, secrecy, now)),
            Op::Delete(name) => (DoneKind::Delete, delete::delete(forest, caller, name, controls, now)),
            Op::Modify(request) => {
                (DoneKind::Modify, modify::modify(forest, caller, request, controls, secrecy, now))
            }
            Op::ModifyDn(request) => {
                (DoneKind::ModifyDn, rename::modify_dn(forest, caller, request, controls, now))
            }
            // the session answers the rest
            _ => return Vec::new(),
        };
        vec![done(kind, outcome.map(|()| success()))]
    }

    /// Checks a simple bind. Anonymous binds are the session's.
    ///
    /// # Errors
    /// Why the account may not log on.
    pub fn authenticate(
        &mut self,
        name: &str,
        password: &[u8],
        now: Timestamp,
    ) -> Result<Caller, BindRefusal> {
        auth::authenticate(Arc::make_mut(&mut self.forest), name, password, now)
    }

    /// The limits in force.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.forest.policies
    }

    /// Sets a policy by name; the query policy object shows it.
    ///
    /// # Errors
    /// Unknown name or value out of range.
    pub fn set_policy(&mut self, name: &str, value: &str) -> Result<(), PolicyError> {
        let forest = Arc::make_mut(&mut self.forest);
        forest.policies.set(name, value)?;
        let limits: Vec<Bytes> = forest.policies.admin_limits().map(Bytes::from).collect();
        let holder = forest.ids().find(|id| !forest.entry(*id).stored(known::LDAP_ADMIN_LIMITS).is_empty());
        if let Some(id) = holder {
            let mut entry = forest.entry(id).clone();
            entry.put(known::LDAP_ADMIN_LIMITS, limits);
            forest.replace(id, entry);
        }
        Ok(())
    }

    /// Every attribute of the root DSE.
    #[must_use]
    pub fn rootdse(&self, now: Timestamp) -> EntryResponse {
        EntryResponse {
            dn: String::new(),
            attributes: rootdse::attributes(&self.forest, now),
            controls: Vec::new(),
        }
    }

    /// The root DSE as a search asks for it: by name, or all but those that come by name only. Only (objectClass=*)
    /// finds it (MS-ADTS 3.1.1.3.2).
    fn read_rootdse(&self, request: &SearchRequest, now: Timestamp) -> Vec<Response> {
        let present =
            matches!(&request.filter, Filter::Present(attr) if attr.eq_ignore_ascii_case("objectClass"));
        let mut responses = Vec::new();
        if present {
            let mut entry = self.rootdse(now);
            let all = request.attrs.is_empty() || request.attrs.iter().any(|attr| attr == "*");
            entry.attributes.retain(|attribute| {
                let named = request.attrs.iter().any(|attr| attr.eq_ignore_ascii_case(&attribute.name));
                named || (all && !rootdse::BY_NAME_ONLY.contains(&attribute.name.as_str()))
            });
            if request.types_only {
                entry.attributes.iter_mut().for_each(|attribute| attribute.values.clear());
            }
            responses.push(Response::Entry(entry));
        }
        responses.push(done(DoneKind::Search, Ok(success())));
        responses
    }

    /// All of it at this moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.forest.clone())
    }

    /// Back to a snapshot of this directory or of one with the same settings.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.forest = snapshot.0.clone();
    }

    /// What it was started with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// `DC=corp,DC=example,DC=test`
    #[must_use]
    pub fn base_dn(&self) -> String {
        self.forest.domain().dn.to_string()
    }

    /// The schema profile in force.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.settings.profile
    }

    /// Deleted objects keep their attributes from now on. There is no way back, as in AD.
    pub fn enable_recycle_bin(&mut self) {
        Arc::make_mut(&mut self.forest).recycle_bin = true;
    }

    /// How many objects there are, dead ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.forest.ids().count()
    }

    /// Never: a forest has its naming contexts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forest.len() == 0
    }

    /// highestCommittedUSN.
    #[must_use]
    pub fn highest_usn(&self) -> u64 {
        self.forest.usn
    }

    /// Sets a password past every rule; `name` is anything that binds, or a plain sAMAccountName. False: no such account.
    pub fn set_password(&mut self, name: &str, password: &str, now: Timestamp) -> bool {
        let Some(id) = self.account(name) else {
            return false;
        };
        load::seed_password(Arc::make_mut(&mut self.forest), id, password, now);
        true
    }

    /// Grants DS-Replication-Get-Changes to an account or group. False: no such object.
    pub fn grant_replication(&mut self, name: &str) -> bool {
        let Some(id) = self.account(name) else {
            return false;
        };
        Arc::make_mut(&mut self.forest).replicators.insert(id);
        true
    }

    fn account(&self, name: &str) -> Option<EntryId> {
        if let Some(id) = Base::parse(name).ok().and_then(|base| self.forest.resolve(&base).ok()) {
            return Some(id);
        }
        let bare = name.rsplit_once('\\').map_or(name, |(_, bare)| bare);
        let bare = bare.rsplit_once('@').map_or(bare, |(bare, _)| bare);
        let wanted = self
            .forest
            .schema
            .attribute(known::SAM_ACCOUNT_NAME)
            .syntax
            .normalise(bare.as_bytes())?
            .into_owned();
        self.forest.index.equal(known::SAM_ACCOUNT_NAME, &wanted).first().copied()
    }

    /// Takes LDIF files (name, text): entries only. A file that holds the domain's own head is a dump and replaces the
    /// domain; others are added to it.
    ///
    /// # Errors
    /// File, line and reason; nothing was taken.
    pub fn load_ldif(&mut self, sources: &[(String, String)], now: Timestamp) -> Result<(), LoadError> {
        self.forest = Arc::new(load::load(&self.forest, &self.settings, sources, now)?);
        Ok(())
    }

    /// Applies an LDIF with change records; entries count as adds. As an administrator, whole or not at all.
    ///
    /// # Errors
    /// File, line and the refusal of the first change that was refused.
    pub fn apply_ldif(&mut self, file: &str, text: &str, now: Timestamp) -> Result<(), LoadError> {
        let mut trial = self.clone();
        let mut conn = ConnectionState { encrypted: true, ..ConnectionState::default() };
        // a record may bring a deleted object back, which takes SHOW_DELETED (MS-ADTS 3.1.1.5.3.7)
        let controls = Controls { show_deleted: true, ..Controls::default() };
        for record in Reader::new(file, text) {
            let record = record?;
            let op = match record.kind {
                RecordKind::Content(content) => Op::Add(crate::wire::message::AddRequest {
                    dn: content.dn,
                    attributes: content.attributes,
                }),
                RecordKind::Add(add) => Op::Add(add),
                RecordKind::Modify(modify) => Op::Modify(modify),
                RecordKind::ModifyDn(rename) => Op::ModifyDn(rename),
                RecordKind::Delete(dn) => Op::Delete(dn),
            };
            let answers = trial.execute(&auth::system(), &op, &controls, &mut conn, now);
            if let Some(Response::Done(Done { result, .. })) = answers.last()
                && result.code != 0
            {
                let reason = format!("refused with {} {}", result.code, result.message.trim_end());
                return Err(LoadError { file: file.to_owned(), line: record.line, reason });
            }
        }
        self.forest = trial.forest;
        Ok(())
    }

    /// Everything as LDIF: each naming context, parents before children, dead objects and operational attributes
    /// included, constructed ones and secrets not.
    #[must_use]
    pub fn export_ldif(&self) -> String {
        let mut writer = Writer::default();
        for nc in &self.forest.ncs {
            for id in self.forest.subtree(nc.head) {
                writer.entry(&self.view(id));
            }
        }
        writer.finish()
    }

    /// Every entry in the order of [`Self::export_ldif`].
    #[must_use]
    pub fn entries(&self) -> Vec<EntryView> {
        let all = self.forest.ncs.iter().flat_map(|nc| self.forest.subtree(nc.head));
        all.map(|id| self.view(id)).collect()
    }

    /// One entry by DN (or `<GUID=…>`), dead or alive.
    #[must_use]
    pub fn entry(&self, dn: &str) -> Option<EntryView> {
        let id = self.forest.resolve(&Base::parse(dn).ok()?).ok()?;
        Some(self.view(id))
    }

    fn view(&self, id: EntryId) -> EntryView {
        let mut attributes: Vec<(String, Vec<Bytes>)> = self
            .forest
            .present(id)
            .into_iter()
            .filter(|attr| !known::SECRETS.contains(attr))
            .map(|attr| {
                (self.forest.name(attr).to_owned(), self.forest.values(id, attr, Sight::all()).into_owned())
            })
            .filter(|(_, values)| !values.is_empty())
            .collect();
        attributes.sort_by(|a, b| (a.0 != "objectClass", &a.0).cmp(&(b.0 != "objectClass", &b.0)));
        EntryView { dn: self.forest.dn_text(id), attributes }
    }

    /// Changes the forest as a whole: all of `change` or, if it fails, nothing.
    pub(crate) fn transact<E>(&mut self, change: impl FnOnce(&mut Forest) -> Result<(), E>) -> Result<(), E> {
        let mut trial = self.forest.clone();
        change(Arc::make_mut(&mut trial))?;
        self.forest = trial;
        Ok(())
    }
}

fn done(kind: DoneKind, outcome: Outcome<LdapResult>) -> Response {
    let result = outcome.unwrap_or_else(super::error::Refusal::into_result);
    Response::Done(Done { kind, result, controls: Vec::new() })
}

/// What a world needs to make an object.
pub(crate) struct Making<'a> {
    pub(crate) parent: EntryId,
    pub(crate) rdn: &'a str,
    pub(crate) class: ClassId,
    pub(crate) values: Vec<(AttrId, Vec<Bytes>)>,
    /// Defaults that are not wanted.
    pub(crate) without: Vec<AttrId>,
}

impl Forest {
    /// Makes an object as the server would, past rights and policy.
    pub(crate) fn make(&mut self, making: Making<'_>, now: Timestamp) -> EntryId {
        let rdn_attr = self.schema.class(making.class).rdn;
        let nc = self.entry(making.parent).nc;
        let mut draft = Draft::new(making.parent, nc, rdn_attr, making.rdn, making.class);
        draft.attrs.extend(making.values);
        // a world may say which GUID an object has, as a dump does
        let given = draft.attrs.remove(&known::OBJECT_GUID);
        draft.guid = given.and_then(|values| values.first()?.as_ref().try_into().ok());
        self.complete(&mut draft);
        for attr in making.without {
            draft.attrs.remove(&attr);
        }
        self.create(draft, now.as_second())
    }

    /// A DN that may leave the domain out.
    pub(crate) fn full_dn(&self, text: &str) -> Option<Dn> {
        let dn = Dn::parse(text).ok()?;
        if self.context_for(&dn).is_some() {
            return Some(dn);
        }
        Some(Dn(dn.0.into_iter().chain(self.domain().dn.0.iter().cloned()).collect()))
    }
}
