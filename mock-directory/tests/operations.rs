//! What Active Directory answers, operation by operation, asked of the core without a socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use bytes::Bytes;
use jiff::Timestamp;
use mock_directory::directory::{BindRefusal, Caller, ConnectionState, Directory, Settings};
use mock_directory::schema::Profile;
use mock_directory::wire::controls::{Controls, DirSync, Paged};

use mock_directory::wire::message::{
    AddRequest, Attribute, Change, ChangeKind, Done, EntryResponse, ExtensibleFilter, Filter, LdapResult,
    ModifyDnRequest, ModifyRequest, Op, Response, Scope, SearchRequest,
};
use mock_directory::world::World;

const BASE: &str = "DC=corp,DC=example,DC=test";

const WORLD: &str = "
ous: ['OU=Staff', 'OU=Other']
users:
- {sam: alice, cn: Alice Example, ou: 'OU=Staff', attributes: {givenName: Alice, sn: Example, mail: alice@corp.example.test, userCertificate: [{b64: MAA=}, {b64: MAMCAQE=}], userSMIMECertificate: {b64: MAMCAQI=}, employeeID: '1'}}
- {sam: bob, cn: Bob Example, ou: 'OU=Staff', attributes: {manager: 'CN=Alice Example,OU=Staff'}}
- {sam: reader, password: 'Passw0rd!x'}
groups:
- {sam: inner, ou: 'OU=Staff', attributes: {member: ['CN=Alice Example,OU=Staff']}}
- {sam: outer, ou: 'OU=Staff', attributes: {member: ['CN=inner,OU=Staff']}}
";

struct Bench {
    directory: Directory,
    caller: Caller,
    conn: ConnectionState,
    now: Timestamp,
}

impl Bench {
    fn new(world: &str) -> Self {
        let now: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
        let mut directory = Directory::new(Settings::default(), now);
        directory.load_world(&World::parse(world).unwrap(), now).unwrap();
        assert!(directory.set_password("Administrator", "Passw0rd!x", now));
        let caller = directory.authenticate("administrator@corp.example.test", b"Passw0rd!x", now).unwrap();
        let mut conn = ConnectionState::default();
        conn.encrypted = true;
        Self { directory, caller, conn, now }
    }

    fn run(&mut self, op: &Op, controls: &Controls) -> (Vec<EntryResponse>, Done) {
        let mut entries = Vec::new();
        for response in self.directory.execute(&self.caller, op, controls, &mut self.conn, self.now) {
            match response {
                Response::Entry(entry) => entries.push(entry),
                Response::Reference(_) => {}
                Response::Done(done) => return (entries, done),
            }
        }
        panic!("no final result");
    }

    fn result(&mut self, op: &Op) -> LdapResult {
        self.run(op, &Controls::default()).1.result
    }

    fn search(&mut self, filter: &str, attrs: &[&str]) -> Vec<EntryResponse> {
        let (entries, done) = self.run(&search(BASE, filter, attrs), &Controls::default());
        assert_eq!(done.result.code, 0, "{}", done.result.message);
        entries
    }

    fn names(&mut self, filter: &str) -> Vec<String> {
        let mut names: Vec<String> = self.search(filter, &["name"]).iter().map(|e| text(e, "name")).collect();
        names.sort();
        names
    }

    fn modify(&mut self, dn: &str, kind: ChangeKind, name: &str, values: &[&str]) -> LdapResult {
        self.result(&Op::Modify(ModifyRequest { dn: full(dn), changes: vec![change(kind, name, values)] }))
    }

    fn dirsync(
        &mut self,
        attrs: &[&str],
        flags: u32,
        max_bytes: i64,
        cookie: &Bytes,
    ) -> (Vec<EntryResponse>, Done) {
        let dirsync = DirSync { flags, max_bytes, cookie: cookie.clone(), critical: true, extended: false };
        let controls = Controls { dirsync: Some(dirsync), ..Controls::default() };
        self.run(&search(BASE, "(|(objectClass=user)(objectClass=group))", attrs), &controls)
    }
}

fn full(dn: &str) -> String {
    format!("{dn},{BASE}")
}

fn search(base: &str, filter: &str, attrs: &[&str]) -> Op {
    let filter = filter.parse().unwrap();
    Op::Search(request(base, filter, attrs))
}

fn request(base: &str, filter: Filter, attrs: &[&str]) -> SearchRequest {
    SearchRequest {
        base: base.to_owned(),
        scope: Scope::Subtree,
        deref: 0,
        size_limit: 0,
        time_limit: 0,
        types_only: false,
        filter,
        attrs: attrs.iter().map(|attr| (*attr).to_owned()).collect(),
    }
}

fn attribute(name: &str, values: &[&str]) -> Attribute {
    Attribute {
        name: name.to_owned(),
        values: values.iter().map(|v| Bytes::copy_from_slice(v.as_bytes())).collect(),
    }
}

fn change(kind: ChangeKind, name: &str, values: &[&str]) -> Change {
    Change { kind, attribute: attribute(name, values) }
}

fn add(dn: &str, attributes: &[(&str, &[&str])]) -> Op {
    let attributes = attributes.iter().map(|(name, values)| attribute(name, values)).collect();
    Op::Add(AddRequest { dn: full(dn), attributes })
}

fn values<'a>(entry: &'a EntryResponse, name: &str) -> &'a [Bytes] {
    entry.attributes.iter().find(|a| a.name == name).map_or(&[], |a| &a.values)
}

fn has(entry: &EntryResponse, name: &str) -> bool {
    entry.attributes.iter().any(|a| a.name == name)
}

fn text(entry: &EntryResponse, name: &str) -> String {
    String::from_utf8(
        values(entry, name).first().unwrap_or_else(|| panic!("{name} of {}", entry.dn)).to_vec(),
    )
    .unwrap()
}

/// The last octet string in a control value: its cookie.
fn cookie(done: &Done) -> Bytes {
    let value = done.controls.last().unwrap().value.clone().unwrap();
    let at = (0..value.len()).find(|at| {
        value.len() - at >= 2 && value[*at] == 4 && usize::from(value[at + 1]) == value.len() - at - 2
    });
    value.slice(at.unwrap() + 2..)
}

fn more(done: &Done) -> bool {
    // SEQUENCE, length, INTEGER, length, MoreResults
    done.controls[0].value.as_ref().unwrap()[4] == 1
}

#[test]
fn certificates_are_octets_in_values_and_in_filters() {
    let mut bench = Bench::new(WORLD);
    let found =
        bench.search("(userCertificate=\\30\\03\\02\\01\\01)", &["userCertificate", "userSMIMECertificate"]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        values(&found[0], "userCertificate"),
        [Bytes::from_static(b"0\0"), Bytes::from_static(b"0\x03\x02\x01\x01")]
    );
    let binary = bench.search("(sAMAccountName=alice)", &["userCertificate;binary"]);
    assert_eq!(values(&binary[0], "userCertificate;binary").len(), 2);
}

#[test]
fn undefined_spreads_and_is_never_returned() {
    let mut bench = Bench::new(WORLD);
    assert_eq!(
        bench.names("(&(objectClass=user)(!(nosuchattr=x))(sAMAccountName=alice))"),
        Vec::<String>::new()
    );
    assert_eq!(bench.names("(|(nosuchattr=x)(sAMAccountName=alice))"), ["Alice Example"]);
    assert_eq!(bench.names("(&(sAMAccountName=alice)(!(department=x)))"), ["Alice Example"]);
    assert_eq!(bench.names("(&(sAMAccountName=alice)(whenCreated>=notatime))"), Vec::<String>::new());
    assert_eq!(bench.names("(&(sAMAccountName=alice)(!(uSNChanged>=x)))"), Vec::<String>::new());
}

#[test]
fn matching_rules_anr_and_text_forms() {
    let mut bench = Bench::new(WORLD);
    let chain = |attr: &str, rule: &str, value: &str| {
        Filter::Extensible(ExtensibleFilter {
            rule: Some(rule.to_owned()),
            attr: Some(attr.to_owned()),
            value: Bytes::copy_from_slice(value.as_bytes()),
            dn_attrs: false,
        })
    };
    let mut count = |filter: Filter| {
        bench.run(&Op::Search(request(BASE, filter, &["1.1"])), &Controls::default()).0.len()
    };
    let outer = full("CN=outer,OU=Staff");
    assert_eq!(count(chain("memberOf", "1.2.840.113556.1.4.1941", &outer)), 2, "inner and alice");
    assert_eq!(count(chain("member", "1.2.840.113556.1.4.1941", &full("CN=Alice Example,OU=Staff"))), 2);
    assert_eq!(count(chain("userAccountControl", "1.2.840.113556.1.4.803", "514")), 2, "Guest and krbtgt");
    assert_eq!(count(chain("groupType", "1.2.840.113556.1.4.803", "2147483648")), 15);
    assert_eq!(bench.names("(anr=ali exam)"), ["Alice Example"]);
    assert_eq!(bench.names("(anr=exam ali)"), ["Alice Example"]);
    assert_eq!(bench.names("(anr==alice)"), ["Alice Example"]);
    assert_eq!(bench.names("(objectCategory=person)").len(), 6);
    let alice = bench.directory.entry(&full("CN=Alice Example,OU=Staff")).unwrap();
    let guid = uuid::Uuid::from_bytes_le(alice.values("objectGUID")[0].as_ref().try_into().unwrap());
    assert_eq!(bench.names(&format!("(objectGUID={guid})")), ["Alice Example"]);
    assert_eq!(bench.names("(objectSid=S-1-5-32-544)"), ["Administrators"]);
    let (found, _) =
        bench.run(&search(&format!("<GUID={guid}>"), "(objectClass=*)", &["1.1"]), &Controls::default());
    assert_eq!(found[0].dn, full("CN=Alice Example,OU=Staff"));
}

#[test]
fn numbers_compare_as_numbers() {
    let mut bench = Bench::new(WORLD);
    let usn = bench.directory.highest_usn();
    assert!(usn > 9 && !bench.names("(&(uSNChanged>=9)(sAMAccountName=bob))").is_empty());
    assert_eq!(bench.names(&format!("(uSNChanged>={})", usn + 1)), Vec::<String>::new());
}

#[test]
fn links_are_kept_in_one_place_and_follow_names() {
    let mut bench = Bench::new(WORLD);
    let rename = ModifyDnRequest {
        dn: full("CN=Alice Example,OU=Staff"),
        new_rdn: "CN=Alice Moved".to_owned(),
        delete_old_rdn: true,
        new_superior: Some(full("OU=Other")),
    };
    assert_eq!(bench.result(&Op::ModifyDn(rename)).code, 0);
    let group = bench.search("(sAMAccountName=inner)", &["member"]);
    assert_eq!(text(&group[0], "member"), full("CN=Alice Moved,OU=Other"));
    let alice = bench.search("(sAMAccountName=alice)", &["memberOf", "directReports"]);
    assert_eq!(text(&alice[0], "directReports"), full("CN=Bob Example,OU=Staff"));
    assert_eq!(bench.result(&Op::Delete(full("CN=Alice Moved,OU=Other"))).code, 0);
    assert!(!has(&bench.search("(sAMAccountName=inner)", &["member"])[0], "member"));
    assert!(!has(&bench.search("(sAMAccountName=bob)", &["manager"])[0], "manager"));
}

#[test]
fn writes_are_refused_with_the_codes_of_ad() {
    let mut bench = Bench::new(WORLD);
    let user: &[&str] = &["user"];
    let alice = "CN=Alice Example,OU=Staff";
    let long = "x".repeat(65);
    let mut cases = vec![
        (bench.result(&add("CN=n,OU=None", &[("objectClass", user)])), 32, "00002030"),
        (bench.result(&add(alice, &[("objectClass", user)])), 68, "00002071"),
        (
            bench.result(&add("CN=n,OU=Staff", &[("objectClass", user), ("sAMAccountName", &["ALICE"])])),
            68,
            "00002071",
        ),
        (
            bench.result(&add("CN=n,OU=Staff", &[("objectClass", user), ("nosuchattr", &["x"])])),
            16,
            "00000057",
        ),
        (bench.result(&add("OU=n,OU=Staff", &[("objectClass", user)])), 64, "00002037"),
        (bench.result(&add("CN=n,CN=Bob Example,OU=Staff", &[("objectClass", user)])), 64, "00002037"),
        (
            bench.result(&add("CN=n,OU=Staff", &[("objectClass", user), ("groupType", &["2"])])),
            65,
            "00002014",
        ),
        (
            bench.result(&add("CN=n,OU=Staff", &[("objectClass", user), ("userAccountControl", &["512"])])),
            53,
            "0000052D",
        ),
        (bench.result(&Op::Delete(full("OU=Staff"))), 66, "00002015"),
        (bench.result(&Op::Delete(full("CN=Users"))), 53, "00002035"),
    ];
    for (kind, name, values, code, win32) in [
        (ChangeKind::Replace, "objectGUID", &["0123456789abcdef"] as &[&str], 19, "0000202F"),
        (ChangeKind::Replace, "cn", &["Other"], 67, "00002016"),
        (ChangeKind::Add, "memberOf", &["CN=x"], 53, "00002035"),
        (ChangeKind::Replace, "displayName", &["a", "b"], 20, "0000200D"),
        (ChangeKind::Replace, "givenName", &[long.as_str()], 19, "0000200B"),
        (ChangeKind::Replace, "countryCode", &["abc"], 21, "0000200B"),
        (ChangeKind::Replace, "manager", &["not a dn"], 34, "00002081"),
        (ChangeKind::Replace, "manager", &["CN=nobody,DC=corp,DC=example,DC=test"], 19, "000020B5"),
        (ChangeKind::Delete, "description", &[], 16, "00002085"),
        (ChangeKind::Add, "mail", &[""], 21, "0000200B"),
        (ChangeKind::Increment, "countryCode", &["1"], 2, "00000057"),
        (ChangeKind::Delete, "objectClass", &["user"], 65, "00002014"),
    ] {
        cases.push((bench.modify(alice, kind, name, values), code, win32));
    }
    for (at, (result, code, win32)) in cases.into_iter().enumerate() {
        assert_eq!(result.code, code, "case {at}: {}", result.message);
        assert!(result.message.starts_with(win32), "case {at}: {}", result.message);
    }
}

#[test]
fn a_failed_modify_changes_nothing() {
    let mut bench = Bench::new(WORLD);
    let before = bench.directory.export_ldif();
    let changes =
        vec![change(ChangeKind::Replace, "description", &["x"]), change(ChangeKind::Delete, "info", &[])];
    let op = Op::Modify(ModifyRequest { dn: full("CN=Alice Example,OU=Staff"), changes });
    assert_eq!(bench.result(&op).code, 16);
    assert_eq!(bench.directory.export_ldif(), before);
}

#[test]
fn an_ordinary_user_reads_and_does_not_write() {
    let mut bench = Bench::new(WORLD);
    bench.caller = bench.directory.authenticate("CORP\\reader", b"Passw0rd!x", bench.now).unwrap();
    assert_eq!(bench.names("(sAMAccountName=alice)"), ["Alice Example"]);
    assert_eq!(
        bench.modify("CN=Alice Example,OU=Staff", ChangeKind::Replace, "description", &["x"]).code,
        50
    );
    assert_eq!(bench.dirsync(&["mail"], 0, 0, &Bytes::new()).1.result.code, 50);
    assert_eq!(bench.dirsync(&["mail"], DirSync::OBJECT_SECURITY, 0, &Bytes::new()).1.result.code, 0);
    assert!(bench.directory.grant_replication("reader"));
    bench.caller = bench.directory.authenticate("CORP\\reader", b"Passw0rd!x", bench.now).unwrap();
    assert_eq!(bench.dirsync(&["mail"], 0, 0, &Bytes::new()).1.result.code, 0);
    bench.caller = Caller::anonymous();
    assert_eq!(bench.result(&search(BASE, "(objectClass=*)", &[])).code, 1);
}

#[test]
fn dirsync_sends_what_changed_and_nothing_else() {
    let mut bench = Bench::new(WORLD);
    let attrs = ["name", "mail", "userCertificate", "userSMIMECertificate", "isDeleted"];
    let (all, done) = bench.dirsync(&attrs, 0, 0, &Bytes::new());
    assert!(
        all.len() > 10 && has(&all[0], "objectGUID") && has(&all[0], "parentGUID") && !has(&all[0], "cn")
    );
    let cookie_1 = cookie(&done);
    assert_eq!(&cookie_1[..4], b"MSDS");
    assert_eq!(bench.dirsync(&attrs, 0, 0, &cookie_1).0.len(), 0);
    let alice = "CN=Alice Example,OU=Staff";
    assert_eq!(bench.modify(alice, ChangeKind::Delete, "userSMIMECertificate", &[]).code, 0);
    assert_eq!(bench.modify(alice, ChangeKind::Delete, "userCertificate", &["0\0"]).code, 0);
    assert_eq!(
        bench.modify("CN=Bob Example,OU=Staff", ChangeKind::Replace, "description", &["unrelated"]).code,
        0
    );
    let (changed, done) = bench.dirsync(&attrs, 0, 0, &cookie_1);
    assert_eq!(changed.len(), 1, "bob's description was not asked for");
    assert!(
        has(&changed[0], "userSMIMECertificate") && values(&changed[0], "userSMIMECertificate").is_empty()
    );
    assert_eq!(values(&changed[0], "userCertificate").len(), 1, "what is left of it");
    assert!(!has(&changed[0], "name") && !has(&changed[0], "parentGUID"));
    assert_eq!(bench.result(&Op::Delete(full(alice))).code, 0);
    let (dead, _) = bench.dirsync(&attrs, 0, 0, &cookie(&done));
    assert_eq!(text(&dead[0], "isDeleted"), "TRUE");
    assert!(dead[0].dn.contains("\\0ADEL:") && dead[0].dn.contains("CN=Deleted Objects"));
    assert!(has(&dead[0], "userCertificate") && values(&dead[0], "userCertificate").is_empty(), "stripped");
}

#[test]
fn dirsync_pages_by_size_and_takes_only_real_cookies() {
    let mut bench = Bench::new(WORLD);
    let whole = bench.dirsync(&["sAMAccountName"], 0, 0, &Bytes::new()).0.len();
    let (mut position, mut seen, mut pages) = (Bytes::new(), 0, 0);
    loop {
        let (entries, done) = bench.dirsync(&["sAMAccountName"], 0, 200, &position);
        seen += entries.len();
        pages += 1;
        position = cookie(&done);
        if !more(&done) {
            break;
        }
    }
    assert!(pages > 2 && seen == whole, "{pages} pages, {seen} of {whole}");
    assert_eq!(bench.dirsync(&["sAMAccountName"], 0, 200, &position).0.len(), 0);
    let mut foreign = position.to_vec();
    foreign[52..68].fill(7);
    foreign[84..100].fill(7);
    assert_eq!(
        bench.dirsync(&["sAMAccountName"], 0, 0, &Bytes::from(foreign)).0.len(),
        whole,
        "another server's cookie"
    );
    assert_eq!(bench.dirsync(&["mail"], 0, 0, &Bytes::from_static(b"garbage")).1.result.code, 12);
    for nothing in ["objectGUID", "parentGUID", "cn", "1.1"] {
        assert_eq!(bench.dirsync(&[nothing], 0, 0, &Bytes::new()).0.len(), 0, "{nothing}");
    }
}

#[test]
fn incremental_values_name_what_came_and_went() {
    let mut bench = Bench::new(WORLD);
    let start = cookie(&bench.dirsync(&["member"], 0, 0, &Bytes::new()).1);
    let (alice, bob) = (full("CN=Alice Example,OU=Staff"), full("CN=Bob Example,OU=Staff"));
    assert_eq!(bench.modify("CN=inner,OU=Staff", ChangeKind::Add, "member", &[&bob]).code, 0);
    assert_eq!(bench.modify("CN=inner,OU=Staff", ChangeKind::Delete, "member", &[&alice]).code, 0);
    let (group, _) = bench.dirsync(&["member"], DirSync::INCREMENTAL_VALUES, 0, &start);
    assert_eq!(
        (text(&group[0], "member;range=1-1"), text(&group[0], "member;range=0-0")),
        (bob.clone(), alice)
    );
    let (group, _) = bench.dirsync(&["member"], 0, 0, &start);
    assert_eq!(values(&group[0], "member"), [Bytes::from(bob)]);
}

#[test]
fn the_base_of_dirsync_is_a_naming_context() {
    let mut bench = Bench::new(WORLD);
    for (flags, code) in [(0, 50), (DirSync::OBJECT_SECURITY, 53)] {
        let dirsync = DirSync { flags, max_bytes: 0, cookie: Bytes::new(), critical: true, extended: false };
        let controls = Controls { dirsync: Some(dirsync), ..Controls::default() };
        assert_eq!(
            bench.run(&search(&full("OU=Staff"), "(objectClass=*)", &[]), &controls).1.result.code,
            code
        );
    }
}

#[test]
fn tombstones_are_stripped_and_the_recycle_bin_keeps() {
    for bin in [false, true] {
        let mut bench = Bench::new(WORLD);
        if bin {
            bench.directory.enable_recycle_bin();
        }
        let dn = full("CN=Alice Example,OU=Staff");
        let guid = bench.directory.entry(&dn).unwrap().values("objectGUID").to_vec();
        assert_eq!(bench.result(&Op::Delete(dn.clone())).code, 0);
        assert!(bench.names("(sAMAccountName=alice)").is_empty());
        let show = Controls { show_deleted: true, ..Controls::default() };
        let (dead, _) = bench.run(&search(BASE, "(sAMAccountName=alice)", &["*"]), &show);
        assert_eq!(text(&dead[0], "lastKnownParent"), full("OU=Staff"));
        assert_eq!(has(&dead[0], "userCertificate"), bin);
        assert_eq!(has(&dead[0], "msDS-LastKnownRDN"), bin);
        assert!(!has(&dead[0], "objectCategory"));
        let changes = vec![
            change(ChangeKind::Delete, "isDeleted", &[]),
            change(ChangeKind::Replace, "distinguishedName", &[&dn]),
        ];
        let (_, done) = bench.run(&Op::Modify(ModifyRequest { dn: dead[0].dn.clone(), changes }), &show);
        assert_eq!(done.result.code, 0, "{}", done.result.message);
        let back = bench.directory.entry(&dn).unwrap();
        assert_eq!(back.values("objectGUID"), guid);
        assert!(back.text("isDeleted").is_none() && back.text("objectCategory").is_some());
        let group = bench.search("(sAMAccountName=inner)", &["member"]);
        assert_eq!(has(&group[0], "member"), bin, "the recycle bin brings links back");
    }
}

#[test]
fn dirsync_tells_what_a_reanimated_object_lost() {
    let mut bench = Bench::new(WORLD);
    let attrs = ["name", "mail", "userCertificate", "sAMAccountName", "isDeleted", "employeeID"];
    let cookie = cookie(&bench.dirsync(&attrs, 0, 0, &Bytes::new()).1);
    let dn = full("CN=Alice Example,OU=Staff");
    assert_eq!(bench.result(&Op::Delete(dn.clone())).code, 0);
    let show = Controls { show_deleted: true, ..Controls::default() };
    let (dead, _) = bench.run(&search(BASE, "(sAMAccountName=alice)", &["1.1"]), &show);
    let changes = vec![
        change(ChangeKind::Delete, "isDeleted", &[]),
        change(ChangeKind::Replace, "distinguishedName", &[&dn]),
        change(ChangeKind::Replace, "employeeID", &["2"]),
    ];
    let (_, done) = bench.run(&Op::Modify(ModifyRequest { dn: dead[0].dn.clone(), changes }), &show);
    assert_eq!(done.result.code, 0, "{}", done.result.message);
    let (told, _) = bench.dirsync(&attrs, 0, 0, &cookie);
    assert_eq!((told.len(), &told[0].dn), (1, &dn));
    for lost in ["isDeleted", "mail", "userCertificate"] {
        assert!(has(&told[0], lost) && values(&told[0], lost).is_empty(), "{lost}");
    }
    assert_eq!(text(&told[0], "employeeID"), "2");
    assert!(!has(&told[0], "sAMAccountName"), "a tombstone keeps it: unchanged");
}

#[test]
fn pages_are_cut_from_one_snapshot() {
    let mut bench = Bench::new(WORLD);
    let op = search(BASE, "(objectClass=group)", &["name"]);
    let page = |cookie: Bytes, size| Controls {
        paged: Some(Paged { size, cookie, critical: true }),
        ..Controls::default()
    };
    let (first, done) = bench.run(&op, &page(Bytes::new(), 5));
    let position = cookie(&done);
    assert_eq!(first.len(), 5);
    bench.result(&add("CN=late,OU=Staff", &[("objectClass", &["group"])]));
    let (rest, done) = bench.run(&op, &page(position.clone(), 1000));
    assert_eq!(rest.len(), 10, "fifteen groups when the search began");
    assert!(cookie(&done).is_empty());
    let other = search(BASE, "(objectClass=user)", &["name"]);
    assert_eq!(bench.run(&other, &page(position.clone(), 5)).1.result.code, 12);
    bench.conn = ConnectionState::default();
    assert_eq!(bench.run(&op, &page(position, 5)).1.result.code, 53);
}

#[test]
fn limits_cut_results_and_values() {
    let mut bench = Bench::new(WORLD);
    bench.directory.set_policy("MaxPageSize", "3").unwrap();
    bench.directory.set_policy("MaxValRange", "1").unwrap();
    let (entries, done) = bench.run(&search(BASE, "(objectClass=group)", &["1.1"]), &Controls::default());
    assert_eq!((entries.len(), done.result.code), (3, 4));
    let alice = bench.search("(sAMAccountName=alice)", &["userCertificate"]);
    assert_eq!(values(&alice[0], "userCertificate;range=0-0").len(), 1);
    let rest = bench.search("(sAMAccountName=alice)", &["userCertificate;range=1-*"]);
    assert_eq!(values(&rest[0], "userCertificate;range=1-*"), [Bytes::from_static(b"0\x03\x02\x01\x01")]);
}

#[test]
fn binds_know_every_form_of_a_name_and_every_state() {
    let mut bench = Bench::new(WORLD);
    let admin = bench.directory.entry(&full("CN=Administrator,CN=Users")).unwrap();
    let guid = uuid::Uuid::from_bytes_le(admin.values("objectGUID")[0].as_ref().try_into().unwrap());
    let sid = mock_directory::schema::sid_text(&admin.values("objectSid")[0]);
    let (dn, now) = (full("cn=administrator,cn=users"), bench.now);
    let forms = [
        dn.as_str(),
        "ADMINISTRATOR@corp.example.test",
        "corp\\administrator",
        "corp.example.test/Users/Administrator",
        &sid,
        &format!("<GUID={guid}>"),
        &format!("{{{guid}}}"),
    ];
    for name in forms {
        let caller = bench.directory.authenticate(name, b"Passw0rd!x", now);
        assert_eq!(caller.as_ref().map(Caller::principal), Ok("CORP\\Administrator"), "{name}");
    }
    let mut refused =
        |name: &str, password: &[u8]| bench.directory.authenticate(name, password, now).unwrap_err();
    assert_eq!(refused("nobody@corp.example.test", b"x"), BindRefusal::BadCredentials);
    assert_eq!(refused("corp\\alice", b""), BindRefusal::BadCredentials);
    assert_eq!(refused(&full("OU=Staff"), b"x"), BindRefusal::NoAccount);
    let states = [
        ("userAccountControl", "514", BindRefusal::Disabled, 0x533),
        ("accountExpires", "1", BindRefusal::AccountExpired, 0x701),
        ("pwdLastSet", "0", BindRefusal::MustChange, 0x773),
        ("pwdLastSet", "1", BindRefusal::PasswordExpired, 0x532),
        ("lockoutTime", "134400000000000000", BindRefusal::Locked, 0x775),
    ];
    for (name, value, refusal, data) in states {
        let mut bench = Bench::new(WORLD);
        assert_eq!(bench.modify("CN=reader,CN=Users", ChangeKind::Replace, name, &[value]).code, 0);
        let at = bench.now;
        assert_eq!(bench.directory.authenticate("corp\\reader", b"Passw0rd!x", at), Err(refusal), "{name}");
        assert_eq!(refusal.data(), data);
    }
}

#[test]
fn a_profile_without_exchange_does_not_know_its_attributes() {
    let now: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
    let mut directory = Directory::new(Settings { profile: Profile::Ad2016, ..Settings::default() }, now);
    let world = World::parse("users: [{sam: a, attributes: {mailNickname: a}}]").unwrap();
    let refused = directory.load_world(&world, now).unwrap_err().to_string();
    assert_eq!(refused, "users[0].attributes.mailNickname: is not in the schema");
}

#[test]
fn snapshots_bring_everything_back() {
    let mut bench = Bench::new(WORLD);
    let snapshot = bench.directory.snapshot();
    let before = bench.directory.export_ldif();
    bench.result(&Op::Delete(full("CN=Bob Example,OU=Staff")));
    assert_ne!(bench.directory.export_ldif(), before);
    bench.directory.restore(&snapshot);
    assert_eq!(bench.directory.export_ldif(), before);
}

#[test]
fn change_records_apply_whole_or_not_at_all() {
    let mut bench = Bench::new(WORLD);
    let before = bench.directory.export_ldif();
    let good =
        format!("dn: CN=Bob Example,OU=Staff,{BASE}\nchangetype: modify\nreplace: title\ntitle: x\n-\n\n");
    let bad = format!("{good}dn: CN=None,{BASE}\nchangetype: delete\n");
    let error = bench.directory.apply_ldif("c.ldif", &bad, bench.now).unwrap_err().to_string();
    assert!(error.starts_with("c.ldif:7: refused with 32 00002030"), "{error}");
    assert_eq!(bench.directory.export_ldif(), before);
    bench.directory.apply_ldif("c.ldif", &good, bench.now).unwrap();
    assert_eq!(bench.names("(title=x)"), ["Bob Example"]);
}
