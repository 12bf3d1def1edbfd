//! A reference model of both sides: a directory with DirSync, a tenant with a read-back, and the driver between them and
//! the engine. Everything is a value; nothing waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine as _;
use indexmap::IndexMap;
use jiff::Timestamp;
use syncer::engine::Engine;
use syncer::engine::config::{CycleKind, CycleRequest, EngineConfig};
use syncer::engine::protocol::{Command, ConnectorError, Input};
use syncer::engine::report::{ExitClass, Outcome};
use syncer::engine::state::State;
use syncer::model::{
    Attributes, Cursor, DirectoryChange, ExportAction, ExportOp, ExportResult, Guid, ObjectError, ObjectType,
    TenantObject, TenantValue,
};
use syncer::rules::RuleSet;

static RULES: LazyLock<Arc<RuleSet>> = LazyLock::new(|| Arc::new(RuleSet::entra_connect().unwrap()));

/// An object of the directory with the USN of each attribute's last change.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    dn: String,
    attributes: BTreeMap<String, (Vec<Vec<u8>>, u64)>,
    dn_usn: u64,
}

impl Entry {
    /// What a deletion leaves in a forest without recycle bin: the links go without a trace, what else is stripped is
    /// told as removed. Source: MS-ADTS 3.1.1.5.5.6.1.
    fn stripped(mut self, usn: u64) -> Self {
        self.attributes.retain(|name, _| name != "manager");
        for (name, (values, changed)) in &mut self.attributes {
            if !KEPT.contains(&name.as_str()) {
                (*values, *changed) = (Vec::new(), usn);
            }
        }
        self
    }

    /// The same with `told` written over it, as undelete does it with the changes of its request.
    fn reanimated(mut self, told: BTreeMap<String, (Vec<Vec<u8>>, u64)>, usn: u64) -> Self {
        self.attributes.extend(told);
        self.attributes.insert("isdeleted".to_owned(), (Vec::new(), usn));
        self
    }
}

/// Attributes of the model that a tombstone keeps.
const KEPT: [&str; 3] = ["objectclass", "samaccountname", "useraccountcontrol"];

/// A deleted object.
#[derive(Debug, Clone)]
struct Tombstone {
    entry: Entry,
    usn: u64,
}

/// The directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    entries: BTreeMap<Guid, Entry>,
    tombstones: BTreeMap<Guid, Tombstone>,
    usn: u64,
    /// The server answers values in reverse order.
    pub(crate) reversed: bool,
}

impl Directory {
    pub(crate) fn put(&mut self, id: u32, dn: &str, attributes: &[(&str, &[&[u8]])]) -> Guid {
        let guid = guid(id);
        let owned = |v: &[&[u8]]| v.iter().map(|x| x.to_vec()).collect();
        self.put_raw(guid, dn, attributes.iter().map(|(n, v)| ((*n).to_owned(), owned(v))));
        guid
    }

    /// Adds an object; one that was deleted under this GUID comes back.
    pub(crate) fn put_raw(
        &mut self,
        guid: Guid,
        dn: &str,
        attributes: impl IntoIterator<Item = (String, Vec<Vec<u8>>)>,
    ) {
        self.usn += 1;
        let told: BTreeMap<_, _> = attributes.into_iter().map(|(n, v)| (n, (v, self.usn))).collect();
        let entry = match self.tombstones.remove(&guid) {
            None => Entry { dn: String::new(), attributes: told, dn_usn: 0 },
            Some(tombstone) => tombstone.entry.reanimated(told, self.usn),
        };
        self.entries.insert(guid, Entry { dn: dn.to_owned(), dn_usn: self.usn, ..entry });
    }

    pub(crate) fn set(&mut self, guid: Guid, name: &str, values: &[&[u8]]) {
        self.usn += 1;
        let values = values.iter().map(|v| v.to_vec()).collect();
        self.entries.get_mut(&guid).unwrap().attributes.insert(name.to_owned(), (values, self.usn));
    }

    pub(crate) fn rename(&mut self, guid: Guid, dn: &str) {
        self.usn += 1;
        let old = self.entries[&guid].dn.clone();
        for (other, entry) in &mut self.entries {
            if *other == guid {
                (entry.dn, entry.dn_usn) = (dn.to_owned(), self.usn);
            } else if let Some(head) = entry.dn.strip_suffix(&format!(",{old}")) {
                entry.dn = format!("{head},{dn}"); // children move along, and no USN tells it
            }
        }
    }

    pub(crate) fn delete(&mut self, guid: Guid) {
        self.usn += 1;
        let entry = self.entries.remove(&guid);
        let tombstone = entry.map(|entry| Tombstone { entry: entry.stripped(self.usn), usn: self.usn });
        self.tombstones.extend(tombstone.map(|tombstone| (guid, tombstone)));
    }

    pub(crate) fn holds(&self, guid: &Guid) -> bool {
        self.entries.contains_key(guid)
    }

    fn values(&self, values: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut values = values.to_vec();
        if self.reversed {
            values.reverse();
        }
        values
    }

    pub(crate) fn usn(&self) -> u64 {
        self.usn
    }

    pub(crate) fn read(&self, since: Option<u64>) -> Vec<DirectoryChange> {
        let from = since.unwrap_or(0);
        let partial = since.is_some();
        let mut changes = Vec::new();
        for (guid, entry) in &self.entries {
            let told =
                entry.attributes.iter().filter(|(_, (v, usn))| *usn > from && (partial || !v.is_empty()));
            let attributes: Attributes = told.map(|(n, (v, _))| (n.clone(), self.values(v))).collect();
            if !partial || entry.dn_usn > from || !attributes.is_empty() {
                let dn = entry.dn.clone();
                changes.push(DirectoryChange { guid: *guid, dn, deleted: false, partial, attributes });
            }
        }
        let gone = self.tombstones.iter().filter(|(_, tombstone)| partial && tombstone.usn > from);
        let tombstone = |guid: &Guid| DirectoryChange {
            guid: *guid,
            dn: String::new(),
            deleted: true,
            partial: true,
            attributes: Attributes::new(),
        };
        changes.extend(gone.map(|(guid, _)| tombstone(guid)));
        changes
    }
}

pub(crate) fn guid(id: u32) -> Guid {
    let mut guid = [0; 16];
    guid[..4].copy_from_slice(&id.to_be_bytes());
    guid
}

pub(crate) fn anchor(guid: Guid) -> String {
    base64::engine::general_purpose::STANDARD.encode(guid)
}

/// An object of the tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    pub(crate) kind: ObjectType,
    pub(crate) properties: BTreeMap<String, TenantValue>,
    pub(crate) deleted: bool,
    version: u64,
}

/// Objects by source anchor, without versions: two worlds may have come to it by different ways.
pub(crate) type Picture = BTreeMap<String, (ObjectType, BTreeMap<String, TenantValue>)>;

/// The tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tenant {
    pub(crate) objects: BTreeMap<String, Held>,
    version: u64,
    /// Properties that the tenant stores differently: name → what it makes of any value.
    pub(crate) rewrites: BTreeMap<String, TenantValue>,
    /// Properties that it drops without a word.
    pub(crate) drops: BTreeSet<String>,
    /// Objects created or restored so far.
    pub(crate) created: usize,
}

impl Tenant {
    fn apply(&mut self, op: &ExportOp) -> Option<ObjectError> {
        let over =
            |name: &str| matches!(op.properties.get(name), Some(TenantValue::BinaryList(l)) if l.len() > 15);
        if over("userCertificate") || over("userSMIMECertificate") {
            return Some(refusal("LargeObject"));
        }
        self.version += 1;
        if op.action == ExportAction::Delete {
            return self.remove(op);
        }
        if self.objects.get(&op.source_anchor).is_none_or(|h| h.deleted) {
            self.created += 1;
        }
        let new = Held { kind: op.kind, properties: BTreeMap::new(), deleted: false, version: 0 };
        let held = self.objects.entry(op.source_anchor.clone()).or_insert(new);
        (held.deleted, held.version) = (false, self.version);
        for (name, value) in op.properties.iter().filter(|(n, _)| !self.drops.contains(*n)) {
            match (value, self.rewrites.get(name)) {
                (TenantValue::Null, _) => drop(held.properties.remove(name)),
                (_, Some(other)) => drop(held.properties.insert(name.clone(), other.clone())),
                (value, None) => drop(held.properties.insert(name.clone(), value.clone())),
            }
        }
        None
    }

    fn remove(&mut self, op: &ExportOp) -> Option<ObjectError> {
        let Some(held) = self.objects.get_mut(&op.source_anchor) else {
            return Some(refusal("ObjectNotFound"));
        };
        (held.deleted, held.version) = (true, self.version);
        None
    }

    /// An administrator's hand, or time.
    pub(crate) fn meddle(&mut self, anchor: &str, edit: impl FnOnce(&mut Held)) {
        self.version += 1;
        let held = self.objects.get_mut(anchor).unwrap();
        edit(held);
        held.version = self.version;
    }

    fn read(&self, since: Option<u64>) -> Vec<TenantObject> {
        let told = self.objects.iter().filter(|(_, h)| since.map_or(!h.deleted, |v| h.version > v));
        let shown = |(anchor, held): (&String, &Held)| TenantObject {
            cloud_anchor: format!("{:?}_{anchor}", held.kind),
            source_anchor: Some(anchor.clone()),
            kind: held.kind,
            deleted: held.deleted,
            properties: held.properties.clone().into_iter().collect(),
        };
        let cloud_only = TenantObject {
            cloud_anchor: "User_cloud".into(),
            source_anchor: None,
            kind: ObjectType::User,
            deleted: false,
            properties: IndexMap::from([("displayName".into(), TenantValue::Text("Cloud only".into()))]),
        };
        told.map(shown).chain([cloud_only]).collect()
    }

    pub(crate) fn live(&self) -> BTreeMap<&String, &Held> {
        self.objects.iter().filter(|(_, h)| !h.deleted).collect()
    }

    pub(crate) fn picture(&self) -> Picture {
        self.live().into_iter().map(|(a, h)| (a.clone(), (h.kind, h.properties.clone()))).collect()
    }

    pub(crate) fn certificates(&self, guid: Guid) -> Vec<Vec<u8>> {
        let held = self.objects.get(&anchor(guid)).filter(|h| !h.deleted);
        match held.and_then(|h| h.properties.get("userCertificate")) {
            Some(TenantValue::BinaryList(list)) => list.clone(),
            _ => Vec::new(),
        }
    }
}

fn refusal(code: &str) -> ObjectError {
    ObjectError { code: code.into(), message: format!("{code}, says the model") }
}

/// What goes wrong on the way.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The service asks to slow down; nothing is applied.
    Throttle(Option<Duration>),
    /// The connection breaks; nothing is applied.
    Lost(ConnectorError),
    /// The batch is applied, the answer is lost.
    LostAck,
    /// Batches above this size are refused, from now on.
    TooLargeAbove(usize),
    /// These anchors are answered with this code.
    Refuse(Vec<String>, &'static str),
}

/// Both sides, the durable state and what happened.
pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) tenant: Tenant,
    pub(crate) state: State,
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) config: EngineConfig,
    pub(crate) now: Timestamp,
    pub(crate) export_faults: VecDeque<Fault>,
    pub(crate) directory_faults: VecDeque<ConnectorError>,
    pub(crate) tenant_faults: VecDeque<ConnectorError>,
    /// Confirming reads that are answered by this older tenant.
    pub(crate) stale: VecDeque<Tenant>,
    pub(crate) fail_commit: bool,
    pub(crate) writes: Vec<ExportOp>,
    pub(crate) waits: Vec<Duration>,
    pub(crate) reads: Vec<&'static str>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            directory: Directory::default(),
            tenant: Tenant::default(),
            state: State::default(),
            rules: Arc::clone(&RULES),
            config: EngineConfig { export_batch: 4, ..EngineConfig::default() },
            now: "2026-09-01T00:00:00Z".parse().unwrap(),
            export_faults: VecDeque::new(),
            directory_faults: VecDeque::new(),
            tenant_faults: VecDeque::new(),
            stale: VecDeque::new(),
            fail_commit: false,
            writes: Vec::new(),
            waits: Vec::new(),
            reads: Vec::new(),
        }
    }

    /// A world with `count` mail users, each with one certificate.
    pub(crate) fn with_users(count: u32) -> Self {
        let mut world = Self::new();
        let classes: &[&[u8]] = &[b"top", b"organizationalUnit"];
        world.directory.put(1_000_000, "OU=Staff,DC=corp,DC=test", &[("objectclass", classes)]);
        for id in 0..count {
            world.user(id, &[format!("certificate of {id}").as_bytes()]);
        }
        world
    }

    pub(crate) fn user(&mut self, id: u32, certificates: &[&[u8]]) -> Guid {
        let name = format!("user{id}");
        let address = format!("SMTP:{name}@corp.test");
        let values: &[(&str, &[&[u8]])] = &[
            ("objectclass", &[b"top", b"person", b"organizationalPerson", b"user"]),
            ("cn", &[name.as_bytes()]),
            ("samaccountname", &[name.as_bytes()]),
            ("mailnickname", &[name.as_bytes()]),
            ("proxyaddresses", &[address.as_bytes()]),
            ("useraccountcontrol", &[b"512"]),
            ("usercertificate", certificates),
        ];
        self.directory.put(id, &format!("CN={name},OU=Staff,DC=corp,DC=test"), values)
    }

    pub(crate) fn cycle(&mut self, kind: CycleKind) -> Outcome {
        self.request(CycleRequest { kind, ..CycleRequest::default() })
    }

    pub(crate) fn request(&mut self, request: CycleRequest) -> Outcome {
        self.writes.clear();
        self.waits.clear();
        self.reads.clear();
        *self.run(request, None).0.expect("the cycle was not interrupted")
    }

    /// An ordinary cycle that must end well; gives back the number of writes.
    pub(crate) fn settle(&mut self) -> usize {
        let outcome = self.cycle(CycleKind::Auto);
        assert_eq!(outcome.exit, ExitClass::Done, "{outcome:?}");
        self.writes.len()
    }

    /// Runs a cycle, or a part of it: `crash` counts half-steps, before a command is carried out (even) and after (odd).
    /// Gives back the outcome, unless it crashed, and the number of commands.
    pub(crate) fn run(
        &mut self,
        request: CycleRequest,
        crash: Option<usize>,
    ) -> (Option<Box<Outcome>>, usize) {
        let mut engine =
            Engine::new(self.config.clone(), Arc::clone(&self.rules), self.state.clone(), request);
        let mut inputs = VecDeque::from([Input::Start]);
        let mut commands = 0;
        loop {
            let input = inputs.pop_front().expect("the engine waits for something that was not answered");
            let mut given = engine.handle(input, self.now);
            let last = given.pop();
            assert!(
                given.iter().all(|c| matches!(c, Command::Report(_))),
                "one command at a time: {given:?}"
            );
            let command = match last {
                None | Some(Command::Report(_)) => continue,
                Some(Command::Finish(outcome)) => return (Some(outcome), commands),
                Some(command) => command,
            };
            if crash == Some(2 * commands) {
                return (None, commands);
            }
            inputs = self.carry_out(command);
            if crash == Some(2 * commands + 1) {
                return (None, commands);
            }
            commands += 1;
        }
    }

    fn carry_out(&mut self, command: Command) -> VecDeque<Input> {
        match command {
            Command::ImportDirectory(read) => {
                self.reads.push(if read.since.is_some() { "directory delta" } else { "directory full" });
                let answer = self.directory.read(read.since.as_ref().map(number));
                let end = Input::DirectoryEnd { cursor: Some(cursor(self.directory.usn)) };
                let fault = self.directory_faults.pop_front().map(Input::DirectoryFailed);
                paged(answer, Input::DirectoryPage, end, fault)
            }
            Command::ImportTenant(read) => {
                self.reads.push(if read.since.is_some() { "tenant delta" } else { "tenant full" });
                let old = if read.confirming { self.stale.pop_front() } else { None };
                let tenant = old.as_ref().unwrap_or(&self.tenant);
                let end = Input::TenantEnd { cursor: Some(cursor(tenant.version)) };
                let answer = tenant.read(read.since.as_ref().map(number));
                paged(answer, Input::TenantPage, end, self.tenant_faults.pop_front().map(Input::TenantFailed))
            }
            Command::Export(batch) => [self.export(&batch)].into(),
            Command::Wait { delay, .. } => {
                self.waits.push(delay);
                [Input::Waited].into()
            }
            Command::Commit(_) if self.fail_commit => [Input::CommitFailed("disk full".into())].into(),
            Command::Commit(change) => {
                self.state.apply(&change);
                [Input::Committed].into()
            }
            Command::Report(_) | Command::Finish(_) => unreachable!("told apart by the driver"),
        }
    }

    fn export(&mut self, batch: &[ExportOp]) -> Input {
        let anchors: BTreeSet<&String> = batch.iter().map(|o| &o.source_anchor).collect();
        assert_eq!(anchors.len(), batch.len(), "two writes in flight for one object");
        let fault = self.export_faults.front().cloned();
        if !matches!(fault, Some(Fault::TooLargeAbove(_))) {
            self.export_faults.pop_front();
        }
        match &fault {
            Some(Fault::TooLargeAbove(size)) if batch.len() > *size => {
                return Input::ExportFailed(ConnectorError::TooLarge("413".into()));
            }
            Some(Fault::Throttle(wait)) => {
                return Input::ExportFailed(ConnectorError::Throttled { retry_after: *wait });
            }
            Some(Fault::Lost(error)) => return Input::ExportFailed(error.clone()),
            _ => {}
        }
        self.writes.extend(batch.iter().cloned());
        let results = batch.iter().map(|op| self.answer(op, fault.as_ref())).collect();
        match fault {
            Some(Fault::LostAck) => Input::ExportFailed(ConnectorError::Transient("connection reset".into())),
            _ => Input::ExportResults(results),
        }
    }

    fn answer(&mut self, op: &ExportOp, fault: Option<&Fault>) -> ExportResult {
        let refused = match fault {
            Some(Fault::Refuse(anchors, code)) if anchors.contains(&op.source_anchor) => Some(refusal(code)),
            _ => None,
        };
        ExportResult {
            source_anchor: op.source_anchor.clone(),
            cloud_anchor: Some(format!("{:?}_{}", op.kind, op.source_anchor)),
            error: refused.or_else(|| self.tenant.apply(op)),
        }
    }
}

fn paged<T>(all: Vec<T>, page: fn(Vec<T>) -> Input, end: Input, failure: Option<Input>) -> VecDeque<Input> {
    let mut inputs = VecDeque::new();
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        inputs.push_back(page(rest.by_ref().take(3).collect()));
        if failure.is_some() {
            break; // it breaks off after the first page
        }
    }
    inputs.push_back(failure.unwrap_or(end));
    inputs
}

pub(crate) fn cursor(number: u64) -> Cursor {
    Cursor {
        cookie: number.to_be_bytes().to_vec(),
        server: Some("dc1.corp.test".into()),
        invocation_id: Some([9; 16]),
    }
}

pub(crate) fn number(cursor: &Cursor) -> u64 {
    u64::from_be_bytes(cursor.cookie.as_slice().try_into().unwrap())
}
