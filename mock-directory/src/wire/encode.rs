//! From an answer to octets. Sizes are summed first, so that values go from the directory's buffers straight into the
//! send buffer without a tree in between.
//!
//! This is ours and not `ldap3_proto`'s because that knows no result code outside its enumeration (AD's 60 and 61 would
//! be lost) and builds a tree of copies for every answer; the tests hold it against that crate's decoder.

use bytes::{BufMut, BytesMut};

use super::ber::{self, element_size};
use super::message::{Attribute, Control, Done, DoneKind, EntryResponse, LdapResult, Response};

/// Appends one LDAPMessage.
pub fn response(out: &mut BytesMut, id: i32, response: &Response) {
    match response {
        Response::Entry(entry) => {
            message(out, id, 0x64, entry_size(entry), &entry.controls, |out| put_entry(out, entry));
        }
        Response::Reference(urls) => {
            message(out, id, 0x73, strings_size(urls), &[], |out| put_strings(out, urls));
        }
        Response::Done(done) => put_done(out, id, done),
    }
}

fn message(
    out: &mut BytesMut,
    id: i32,
    tag: u8,
    size: usize,
    controls: &[Control],
    body: impl FnOnce(&mut BytesMut),
) {
    let id = i64::from(id);
    let controls_size: usize = controls.iter().map(control_size).map(element_size).sum();
    let tail = if controls.is_empty() { 0 } else { element_size(controls_size) };
    let total = element_size(ber::integer_size(id)) + element_size(size) + tail;
    out.reserve(element_size(total));
    ber::put_header(out, ber::SEQUENCE, total);
    ber::put_integer(out, ber::INTEGER, id);
    ber::put_header(out, tag, size);
    body(out);
    if !controls.is_empty() {
        ber::put_header(out, 0xa0, controls_size);
        controls.iter().for_each(|control| put_control(out, control));
    }
}

fn entry_size(entry: &EntryResponse) -> usize {
    element_size(entry.dn.len())
        + element_size(entry.attributes.iter().map(attribute_size).map(element_size).sum())
}

fn attribute_size(attribute: &Attribute) -> usize {
    element_size(attribute.name.len()) + element_size(values_size(attribute))
}

fn values_size(attribute: &Attribute) -> usize {
    attribute.values.iter().map(|value| element_size(value.len())).sum()
}

fn put_entry(out: &mut BytesMut, entry: &EntryResponse) {
    ber::put_octets(out, ber::OCTETS, entry.dn.as_bytes());
    let attributes = entry.attributes.iter().map(attribute_size).map(element_size).sum();
    ber::put_header(out, ber::SEQUENCE, attributes);
    for attribute in &entry.attributes {
        ber::put_header(out, ber::SEQUENCE, attribute_size(attribute));
        ber::put_octets(out, ber::OCTETS, attribute.name.as_bytes());
        ber::put_header(out, ber::SET, values_size(attribute));
        for value in &attribute.values {
            ber::put_octets(out, ber::OCTETS, value);
        }
    }
}

fn strings_size(strings: &[String]) -> usize {
    strings.iter().map(|string| element_size(string.len())).sum()
}

fn put_strings(out: &mut BytesMut, strings: &[String]) {
    for string in strings {
        ber::put_octets(out, ber::OCTETS, string.as_bytes());
    }
}

fn control_size(control: &Control) -> usize {
    let critical = if control.critical { element_size(1) } else { 0 };
    let value = control.value.as_ref().map_or(0, |value| element_size(value.len()));
    element_size(control.oid.len()) + critical + value
}

fn put_control(out: &mut BytesMut, control: &Control) {
    ber::put_header(out, ber::SEQUENCE, control_size(control));
    ber::put_octets(out, ber::OCTETS, control.oid.as_bytes());
    if control.critical {
        ber::put_octets(out, ber::BOOLEAN, &[0xff]);
    }
    if let Some(value) = &control.value {
        ber::put_octets(out, ber::OCTETS, value);
    }
}

fn put_done(out: &mut BytesMut, id: i32, done: &Done) {
    let mut body = BytesMut::with_capacity(64);
    put_result(&mut body, &done.result);
    put_extra(&mut body, &done.kind);
    message(out, id, done_tag(&done.kind), body.len(), &done.controls, |out| out.put_slice(&body));
}

const fn done_tag(kind: &DoneKind) -> u8 {
    match kind {
        DoneKind::Bind(_) => 0x61,
        DoneKind::Search => 0x65,
        DoneKind::Modify => 0x67,
        DoneKind::Add => 0x69,
        DoneKind::Delete => 0x6b,
        DoneKind::ModifyDn => 0x6d,
        DoneKind::Compare => 0x6f,
        DoneKind::Extended { .. } => 0x78,
    }
}

fn put_result(out: &mut BytesMut, result: &LdapResult) {
    ber::put_integer(out, ber::ENUMERATED, i64::from(result.code));
    ber::put_octets(out, ber::OCTETS, result.matched_dn.as_bytes());
    ber::put_octets(out, ber::OCTETS, result.message.as_bytes());
    if !result.referral.is_empty() {
        ber::put_header(out, 0xa3, strings_size(&result.referral));
        put_strings(out, &result.referral);
    }
}

/// What only bind and extended answers carry.
fn put_extra(out: &mut BytesMut, kind: &DoneKind) {
    match kind {
        DoneKind::Bind(Some(credentials)) => ber::put_octets(out, 0x87, credentials),
        DoneKind::Extended { name, value } => {
            if let Some(name) = name {
                ber::put_octets(out, 0x8a, name.as_bytes());
            }
            if let Some(value) = value {
                ber::put_octets(out, 0x8b, value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use ldap3_proto::control::LdapControl;
    use ldap3_proto::proto::{LdapMsg, LdapOp};
    use tokio_util::codec::Decoder;

    use super::*;

    fn as_a_client_reads_it(answer: &Response) -> LdapMsg {
        let mut out = BytesMut::new();
        response(&mut out, 7, answer);
        let mut codec = ldap3_proto::LdapCodec::new(Some(1 << 24), None);
        let message = codec.decode(&mut out).unwrap().unwrap();
        assert!(out.is_empty());
        assert_eq!(message.msgid, 7);
        message
    }

    fn done(kind: DoneKind, code: u32) -> Response {
        let result = LdapResult {
            code,
            matched_dn: "DC=a".into(),
            message: "00002030: why".into(),
            referral: vec!["ldap://b/".into()],
        };
        let control = Control { oid: "1.2.3".into(), critical: true, value: Some(Bytes::from_static(b"v")) };
        Response::Done(Done { kind, result, controls: vec![control] })
    }

    #[test]
    fn an_entry_keeps_empty_sets_and_large_values() {
        let attributes = vec![
            Attribute {
                name: "userCertificate".into(),
                values: vec![Bytes::from(vec![0xff; 40_000]), Bytes::new()],
            },
            Attribute { name: "mail".into(), values: vec![] },
        ];
        let entry = EntryResponse { dn: "CN=São".into(), attributes, controls: vec![] };
        let LdapOp::SearchResultEntry(read) = as_a_client_reads_it(&Response::Entry(entry)).op else {
            panic!()
        };
        assert_eq!(read.dn, "CN=São");
        let shape: Vec<_> = read.attributes.iter().map(|a| (a.atype.as_str(), a.vals.len())).collect();
        assert_eq!(shape, [("userCertificate", 2), ("mail", 0)]);
        assert_eq!(read.attributes[0].vals[0], vec![0xff; 40_000]);
    }

    #[test]
    fn every_result_reads_back() {
        let message = as_a_client_reads_it(&done(DoneKind::Search, 10));
        let LdapOp::SearchResultDone(result) = message.op else { panic!() };
        assert_eq!((result.matcheddn.as_str(), result.message.as_str()), ("DC=a", "00002030: why"));
        let control =
            LdapControl::Unknown { oid: "1.2.3".into(), criticality: true, value: Some(b"v".to_vec()) };
        assert_eq!(message.ctrl, [control]);
        for (kind, expected) in [
            (DoneKind::Add, "AddResponse"),
            (DoneKind::Delete, "DelResponse"),
            (DoneKind::Modify, "ModifyResponse"),
            (DoneKind::ModifyDn, "ModifyDNResponse"),
            (DoneKind::Compare, "CompareResult"),
        ] {
            let op = format!("{:?}", as_a_client_reads_it(&done(kind, 0)).op);
            assert!(op.starts_with(expected), "{op}");
        }
    }

    #[test]
    fn bind_and_extended_carry_their_own() {
        let bind = as_a_client_reads_it(&done(DoneKind::Bind(Some(Bytes::from_static(b"tok"))), 14));
        let LdapOp::BindResponse(bind) = bind.op else { panic!() };
        assert_eq!(bind.saslcreds, Some(b"tok".to_vec()));
        let kind = DoneKind::Extended { name: Some("1.2".into()), value: Some(Bytes::from_static(b"u:x")) };
        let LdapOp::ExtendedResponse(extended) = as_a_client_reads_it(&done(kind, 0)).op else { panic!() };
        assert_eq!((extended.name, extended.value), (Some("1.2".into()), Some(b"u:x".to_vec())));
    }

    #[test]
    fn referral_urls_follow_the_message() {
        let mut out = BytesMut::new();
        response(&mut out, 7, &done(DoneKind::Delete, 10));
        let referral = b"why\xa3\x0b\x04\x09ldap://b/";
        assert!(out.windows(referral.len()).any(|window| window == referral), "{out:02x?}");
    }

    #[test]
    fn references_are_a_list_of_urls() {
        let answer = Response::Reference(vec!["ldap://a/".into(), "ldap://b/".into()]);
        let LdapOp::SearchResultReference(read) = as_a_client_reads_it(&answer).op else { panic!() };
        assert_eq!(read.uris, ["ldap://a/", "ldap://b/"]);
    }
}
