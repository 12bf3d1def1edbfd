//! Properties of the decoder: what is encoded comes back, and nothing that arrives makes it panic.

use crate::support::request::encode;
use bytes::{Bytes, BytesMut};
use mock_directory::wire::codec::PduDecoder;
use mock_directory::wire::controls::{Controls, DecodePolicy};
use mock_directory::wire::decode::{self, Malformed};
use mock_directory::wire::message::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tokio_util::codec::Decoder;

fn octets() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9;.-]{0,12}"
}

fn attribute() -> impl Strategy<Value = Attribute> {
    (name(), vec(octets(), 0..4)).prop_map(|(name, values)| Attribute { name, values })
}

fn filter() -> impl Strategy<Value = Filter> {
    let substring = (name(), option::of(octets()), vec(octets(), 0..3), option::of(octets())).prop_map(
        |(attr, initial, any, last)| Filter::Substring(SubstringFilter { attr, initial, any, last }),
    );
    let extensible = (option::of("[0-9][0-9.]{0,9}"), option::of("[a-z]{1,9}"), octets(), any::<bool>())
        .prop_map(|(rule, attr, value, dn_attrs)| {
            Filter::Extensible(ExtensibleFilter { rule, attr, value, dn_attrs })
        });
    let leaf = prop_oneof![
        (name(), octets()).prop_map(|(attr, value)| Filter::Equal(attr, value)),
        (name(), octets()).prop_map(|(attr, value)| Filter::GreaterOrEqual(attr, value)),
        (name(), octets()).prop_map(|(attr, value)| Filter::LessOrEqual(attr, value)),
        (name(), octets()).prop_map(|(attr, value)| Filter::Approx(attr, value)),
        name().prop_map(Filter::Present),
        substring,
        extensible,
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::And),
            vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

fn search() -> impl Strategy<Value = Op> {
    let scope = prop_oneof![Just(Scope::Base), Just(Scope::OneLevel), Just(Scope::Subtree)];
    let limits = (0..=i32::MAX as u32, 0..=i32::MAX as u32);
    (".{0,20}", scope, 0..4_i64, limits, any::<bool>(), filter(), vec(name(), 0..4)).prop_map(
        |(base, scope, deref, (size_limit, time_limit), types_only, filter, attrs)| {
            Op::Search(SearchRequest {
                base,
                scope,
                deref,
                size_limit,
                time_limit,
                types_only,
                filter,
                attrs,
            })
        },
    )
}

fn bind() -> impl Strategy<Value = Op> {
    let auth = prop_oneof![
        vec(any::<u8>(), 0..20).prop_map(BindAuth::Simple),
        (name(), option::of(vec(any::<u8>(), 0..20)))
            .prop_map(|(mechanism, credentials)| BindAuth::Sasl { mechanism, credentials }),
        (9..12_u64).prop_map(BindAuth::Other),
    ];
    (any::<i64>(), ".{0,20}", auth)
        .prop_map(|(version, name, auth)| Op::Bind(BindRequest { version, name, auth }))
}

fn modify() -> impl Strategy<Value = Op> {
    let kind = prop_oneof![
        Just(ChangeKind::Add),
        Just(ChangeKind::Delete),
        Just(ChangeKind::Replace),
        Just(ChangeKind::Increment)
    ];
    let change = (kind, attribute()).prop_map(|(kind, attribute)| Change { kind, attribute });
    (".{0,20}", vec(change, 0..4)).prop_map(|(dn, changes)| Op::Modify(ModifyRequest { dn, changes }))
}

fn op() -> impl Strategy<Value = Op> {
    let rename = (".{0,20}", ".{0,20}", any::<bool>(), option::of(".{0,20}")).prop_map(
        |(dn, new_rdn, delete_old_rdn, new_superior)| {
            Op::ModifyDn(ModifyDnRequest { dn, new_rdn, delete_old_rdn, new_superior })
        },
    );
    prop_oneof![
        search(),
        bind(),
        modify(),
        rename,
        (".{0,20}", vec(attribute(), 0..4))
            .prop_map(|(dn, attributes)| Op::Add(AddRequest { dn, attributes })),
        (".{0,20}", name(), octets()).prop_map(|(dn, attr, value)| Op::Compare(CompareRequest {
            dn,
            attr,
            value
        })),
        (name(), option::of(octets()))
            .prop_map(|(name, value)| Op::Extended(ExtendedRequest { name, value })),
        ".{0,20}".prop_map(Op::Delete),
        any::<i32>().prop_map(Op::Abandon),
        Just(Op::Unbind),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let control = (name(), any::<bool>(), option::of(octets())).prop_map(|(oid, critical, value)| Control {
        oid,
        critical,
        value,
    });
    (1..=i32::MAX, op(), vec(control, 0..3)).prop_map(|(id, op, controls)| Request { id, op, controls })
}

/// Everything a connection does with octets before the directory sees them.
fn take_in(stream: &[u8]) -> Vec<Result<Request, Malformed>> {
    let mut buffer = BytesMut::from(stream);
    let mut decoder = PduDecoder::new(1 << 20);
    let mut taken = Vec::new();
    while let Ok(Some(pdu)) = decoder.decode(&mut buffer) {
        let request = decode::request(pdu);
        if let Ok(request) = &request {
            let _ = Controls::decode(&request.controls, DecodePolicy::default());
        }
        taken.push(request);
    }
    taken
}

proptest! {
    #[test]
    fn what_is_encoded_comes_back(request in request()) {
        prop_assert_eq!(take_in(&encode(&request)), vec![Ok(request)]);
    }

    #[test]
    fn noise_never_panics(noise in vec(any::<u8>(), 0..400)) {
        take_in(&noise);
        let mut framed = vec![0x30, 0x82];
        framed.extend((noise.len() as u16).to_be_bytes());
        framed.extend(noise);
        prop_assert_eq!(take_in(&framed).len(), 1);
    }

    #[test]
    fn damaged_requests_never_panic(request in request(), at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut octets = encode(&request).to_vec();
        let position = at.index(octets.len());
        octets[position] = octet;
        take_in(&octets);
        octets.truncate(cut.index(octets.len()));
        take_in(&octets);
    }

    #[test]
    fn a_filter_comes_back_from_its_text(filter in filter()) {
        // empty substrings have more than one form on the wire but one in text, so texts are compared
        let text = filter.to_string();
        let read: Filter = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(read.to_string(), text);
    }
}

#[test]
fn the_recorded_filters_are_read() {
    let traces = std::fs::read_to_string("../tests/fixtures/corp-ad/traces.jsonl").unwrap();
    let mut read = 0;
    for line in traces.lines() {
        let trace: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(text) = trace["request"]["filter"].as_str() else { continue };
        let filter: Filter = text.parse().unwrap_or_else(|error| panic!("{}: {text}: {error}", trace["id"]));
        assert_eq!(filter.to_string().parse::<Filter>().as_ref(), Ok(&filter), "{text}");
        read += 1;
    }
    assert!(read > 250, "{read} filters");
}
