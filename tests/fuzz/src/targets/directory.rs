//! The directory's decoder and what comes after it.

use bytes::Bytes;
use jiff::Timestamp;
use mock_directory::directory::{Directory, Settings, Snapshot};
use mock_directory::session::{Reply, Session};
use mock_directory::wire::decode;
use mock_directory::wire::message::{
    BindAuth, BindRequest, Filter, Op, Request, Response, Scope, SearchRequest,
};

use crate::ber::{element, sequence, small, text};
use crate::target::Target;

const PASSWORD: &str = "Passw0rd!x";
const BASE: &str = "DC=corp,DC=example,DC=test";
const WORDS: &[&str] = &[
    "objectClass",
    "userCertificate",
    "userCertificate;binary",
    "member",
    "memberOf",
    "isDeleted",
    "range=0-*",
    ";range=1-1",
    "1.2.840.113556.1.4.803",
    "1.2.840.113556.1.4.1941",
    "OID.2.5.4.3",
    "anr",
    "abcé",
    "objectGUID",
    "objectSid",
    "pwdLastSet",
    "distinguishedName",
    "<GUID=",
    "<SID=",
    "CN=Administrator,CN=Users,DC=corp,DC=example,DC=test",
    "\\00",
    "\\ff",
    "(&",
    "(|",
    "(!",
    ":dn:",
    ":=",
    "~=",
    ">=",
    "<=",
];

/// A PDU: message id, operation, and controls if there are any.
fn message(op: Vec<u8>, controls: &[Vec<u8>]) -> Vec<u8> {
    let controls = if controls.is_empty() { Vec::new() } else { element(0xa0, controls) };
    sequence(&[small(2, 7), op, controls])
}

fn search(attrs: &[&str], controls: &[Vec<u8>]) -> Vec<u8> {
    let filter = element(
        0xa0,
        &[element(0x87, &[b"objectClass".to_vec()]), element(0xa3, &[text("cn"), text("Administrator")])],
    );
    let attrs: Vec<_> = attrs.iter().map(|attr| text(attr)).collect();
    let limits = [small(10, 2), small(10, 0), small(2, 0), small(2, 0), small(1, 0)].concat();
    message(element(0x63, &[text(BASE), limits, filter, sequence(&attrs)]), controls)
}

fn control(oid: &str, value: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[text(oid), small(1, 0xff), element(4, &[sequence(value)])])
}

fn attribute(name: &str, value: &str) -> Vec<u8> {
    sequence(&[text(name), element(0x31, &[text(value)])])
}

/// One request of each kind, and searches with each control that has a value.
fn requests() -> Vec<Vec<u8>> {
    let dn = text(&format!("CN=x,{BASE}"));
    let no_cookie = || text("");
    vec![
        search(&["cn", "member;range=0-*"], &[]),
        search(&["*"], &[control("1.2.840.113556.1.4.841", &[small(2, 0), small(2, 0x7f), no_cookie()])]),
        search(&["name"], &[control("1.2.840.113556.1.4.319", &[small(2, 5), no_cookie()])]),
        search(&["name"], &[control("1.2.840.113556.1.4.473", &[sequence(&[text("cn")])])]),
        search(&["nTSecurityDescriptor"], &[control("1.2.840.113556.1.4.801", &[small(2, 7)])]),
        search(&["member"], &[control("1.2.840.113556.1.4.1504", &[text("member")])]),
        search(&["member"], &[control("1.2.840.113556.1.4.529", &[small(2, 1)])]),
        message(element(0x6e, &[text(BASE), sequence(&[text("dc"), text("corp")])]), &[]),
        message(element(0x4a, &[format!("CN=x,{BASE}").into_bytes()]), &[]),
        message(
            element(
                0x66,
                &[text(BASE), sequence(&[sequence(&[small(10, 2), attribute("description", "x")])])],
            ),
            &[],
        ),
        message(
            element(
                0x68,
                &[
                    dn.clone(),
                    sequence(&[attribute("objectClass", "user"), attribute("sAMAccountName", "x")]),
                ],
            ),
            &[],
        ),
        message(element(0x6c, &[dn, text("CN=y"), small(1, 0xff)]), &[]),
        message(element(0x60, &[small(2, 3), text("x"), element(0x80, &[b"y".to_vec()])]), &[]),
        message(element(0x77, &[element(0x80, &[b"1.3.6.1.4.1.4203.1.11.3".to_vec()])]), &[]),
    ]
}

struct Bench {
    directory: Directory,
    session: Session,
    beginning: Snapshot,
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

impl Bench {
    fn new() -> Self {
        let mut directory = Directory::new(Settings::default(), now());
        let known = directory.set_password("administrator", PASSWORD, now());
        assert!(known, "a new domain has its administrator");
        let beginning = directory.snapshot();
        let mut bench = Self { directory, session: Session::new(true, false), beginning };
        bench.reset();
        bench
    }

    fn reset(&mut self) {
        self.directory.restore(&self.beginning);
        self.session = Session::new(true, false);
        let auth = BindAuth::Simple(PASSWORD.as_bytes().to_vec());
        let name = "administrator@corp.example.test".to_owned();
        self.ask(Op::Bind(BindRequest { version: 3, name, auth }));
    }

    fn ask(&mut self, op: Op) -> String {
        self.request(&Request { id: 1, op, controls: Vec::new() })
    }

    fn request(&mut self, request: &Request) -> String {
        let Reply { responses, .. } = self.session.handle(request, &mut self.directory, now());
        match responses.last() {
            Some(Response::Done(done)) => format!("{} {}", done.result.code, done.result.message),
            other => format!("{}", other.is_some()),
        }
    }
}

struct Pdu(Bench);

/// Octets as they come from the wire.
pub(super) fn pdu() -> Box<dyn Target> {
    Box::new(Pdu(Bench::new()))
}

impl Target for Pdu {
    fn seeds(&self) -> Vec<Vec<u8>> {
        requests()
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        Ok(match decode::request(Bytes::copy_from_slice(input)) {
            Ok(request) => self.0.request(&request),
            Err(malformed) => format!("{malformed:?}"),
        })
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

struct Searching(Bench);

/// A filter as people write it (RFC 4515).
pub(super) fn filter() -> Box<dyn Target> {
    Box::new(Searching(Bench::new()))
}

impl Target for Searching {
    fn seeds(&self) -> Vec<Vec<u8>> {
        let texts = [
            "(&(objectClass=user)(!(sAMAccountName=adm*in*or)))",
            "(|(anr=admin)(userAccountControl:1.2.840.113556.1.4.803:=2)(cn>=a)(uSNChanged<=9))",
            "(memberOf:1.2.840.113556.1.4.1941:=CN=Domain Admins,CN=Users,DC=corp,DC=example,DC=test)",
            "(objectGUID=\\ff\\00\\80*)",
            "(cn:dn:caseIgnoreMatch:=Müller)",
        ];
        texts.map(|text| text.as_bytes().to_vec()).to_vec()
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        let written = String::from_utf8_lossy(input);
        let filter: Filter = match written.parse() {
            Ok(filter) => filter,
            Err(error) => return Ok(format!("{error}")),
        };
        let attrs = vec![written.chars().take(20).collect(), "cn".to_owned()];
        let base = BASE.to_owned();
        let scope = Scope::Subtree;
        let search = SearchRequest {
            base,
            scope,
            deref: 0,
            size_limit: 0,
            time_limit: 0,
            types_only: false,
            filter,
            attrs,
        };
        Ok(self.0.ask(Op::Search(search)))
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}
