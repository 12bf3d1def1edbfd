//! Attribute names that nobody has, in every place where a request can hold one.

use bytes::Bytes;
use jiff::Timestamp;
use mock_directory::directory::{Directory, Settings};
use mock_directory::session::Session;
use mock_directory::wire::message::{
    AddRequest, Attribute, BindAuth, BindRequest, Change, ChangeKind, CompareRequest, Filter,
    ModifyDnRequest, ModifyRequest, Op, Request, Response, Scope, SearchRequest, SubstringFilter,
};

const BASE: &str = "DC=corp,DC=example,DC=test";
const PASSWORD: &str = "Passw0rd!x";

fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

fn attribute(name: &str) -> Attribute {
    Attribute { name: name.to_owned(), values: vec![value()] }
}

fn value() -> Bytes {
    Bytes::from_static(b"x")
}

fn search(filter: Filter, attrs: &[&str]) -> Op {
    Op::Search(SearchRequest {
        base: BASE.to_owned(),
        scope: Scope::Base,
        deref: 0,
        size_limit: 0,
        time_limit: 0,
        types_only: false,
        filter,
        attrs: attrs.iter().map(|&name| name.to_owned()).collect(),
    })
}

fn substring(name: &str) -> Filter {
    let parts =
        SubstringFilter { attr: name.to_owned(), initial: Some(value()), any: Vec::new(), last: None };
    Filter::Substring(parts)
}

/// Every place outside of DNs, by what stands there.
fn operations(name: &str) -> Vec<(&'static str, Op)> {
    let change = |kind| {
        Op::Modify(ModifyRequest {
            dn: BASE.into(),
            changes: vec![Change { kind, attribute: attribute(name) }],
        })
    };
    let assertion = |filter: fn(String, Bytes) -> Filter| search(filter(name.to_owned(), value()), &[]);
    vec![
        ("selection", search(Filter::Present("objectClass".into()), &[name])),
        ("presence", search(Filter::Present(name.to_owned()), &[])),
        ("equality", assertion(Filter::Equal)),
        ("greater or equal", assertion(Filter::GreaterOrEqual)),
        ("less or equal", assertion(Filter::LessOrEqual)),
        ("approximate", assertion(Filter::Approx)),
        ("substring", search(substring(name), &[])),
        ("modify, add", change(ChangeKind::Add)),
        ("modify, delete", change(ChangeKind::Delete)),
        ("modify, replace", change(ChangeKind::Replace)),
        (
            "add",
            Op::Add(AddRequest {
                dn: format!("CN=x,{BASE}"),
                attributes: vec![attribute("objectClass"), attribute(name)],
            }),
        ),
        ("compare", Op::Compare(CompareRequest { dn: BASE.into(), attr: name.to_owned(), value: value() })),
    ]
}

/// The places in DNs.
fn dns(name: &str) -> Vec<(&'static str, Op)> {
    let dn = format!("{name}=x,{BASE}");
    vec![
        ("a DN to delete", Op::Delete(dn.clone())),
        (
            "a DN to move",
            Op::ModifyDn(ModifyDnRequest {
                dn: dn.clone(),
                new_rdn: "CN=y".into(),
                delete_old_rdn: true,
                new_superior: None,
            }),
        ),
        (
            "a new RDN",
            Op::ModifyDn(ModifyDnRequest {
                dn: format!("CN=Users,{BASE}"),
                new_rdn: format!("{name}=y"),
                delete_old_rdn: true,
                new_superior: None,
            }),
        ),
    ]
}

fn ask(session: &mut Session, directory: &mut Directory, op: Op) -> u32 {
    let reply = session.handle(&Request { id: 1, op, controls: Vec::new() }, directory, now());
    let Some(Response::Done(done)) = reply.responses.last() else { panic!("{reply:?}") };
    done.result.code
}

/// The result codes of all places in a session of its own.
fn codes(operations: Vec<(&'static str, Op)>) -> Vec<(&'static str, u32)> {
    let mut directory = Directory::new(Settings::default(), now());
    assert!(directory.set_password("administrator", PASSWORD, now()));
    let mut session = Session::new(true, false);
    let bind = BindRequest {
        version: 3,
        name: "administrator@corp.example.test".to_owned(),
        auth: BindAuth::Simple(PASSWORD.as_bytes().to_vec()),
    };
    assert_eq!(ask(&mut session, &mut directory, Op::Bind(bind)), 0);
    let ask = |(place, op)| (place, ask(&mut session, &mut directory, op));
    operations.into_iter().map(ask).collect()
}

/// Octets that are no UTF-8 arrive as U+FFFD: `ab\xff` is the second name.
const NAMES: [&str; 6] = ["abcé", "ab\u{fffd}", "OID\u{e9}1.2", "é", "oid.é", "abc\u{1f512}"];

#[test]
fn a_name_that_is_not_ascii_is_answered_as_any_unknown_name() {
    let unknown = codes(operations("nosuchattribute"));
    for name in NAMES {
        assert_eq!(codes(operations(name)), unknown, "{name}");
    }
}

/// An attribute type is ASCII (RFC 4514 §3): invalidDNSyntax.
#[test]
fn a_dn_with_a_name_that_is_not_ascii_is_none() {
    for name in NAMES {
        assert!(codes(dns(name)).iter().all(|(_, code)| *code == 34), "{name}");
    }
}
