//! From a PDU to a [`Request`]: RFC 4511 §4, octets kept as octets.
//!
//! What is wrong inside an operation is answered on that operation. Only what can't be told apart from noise (no message
//! id, an unknown operation) ends the session, with a notice of disconnection (RFC 4511 §4.1.1).

use bytes::Bytes;

use super::ber::{self, BerError, Element, Reader};
use super::code;
use super::filter::filter;
use super::message::{
    AddRequest, Attribute, BindAuth, BindRequest, Change, ChangeKind, CompareRequest, Control, DoneKind,
    ExtendedRequest, ModifyDnRequest, ModifyRequest, Op, Request, Scope, SearchRequest,
};

/// Why a PDU is no request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// One operation is; it gets an answer with this code and the connection lives on.
    Operation {
        /// messageID to answer.
        id: i32,
        /// The response the operation has; `None` for abandon and unbind, which have none.
        kind: Option<DoneKind>,
        /// Result code.
        code: u32,
        /// What is wrong.
        why: String,
    },
    /// The message is; the session ends with a notice of disconnection.
    Session(String),
}

/// What is wrong inside an operation, with the code it is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpError {
    code: u32,
    why: String,
}

impl From<BerError> for OpError {
    fn from(error: BerError) -> Self {
        Self::protocol(error.to_string())
    }
}

impl OpError {
    pub(super) fn protocol(why: impl Into<String>) -> Self {
        Self { code: code::PROTOCOL_ERROR, why: why.into() }
    }

    fn dn() -> Self {
        Self { code: code::INVALID_DN_SYNTAX, why: "a distinguished name that is not UTF-8".to_owned() }
    }
}

/// Decodes one LDAPMessage, as [`super::codec::PduDecoder`] cuts it out.
///
/// # Errors
/// See [`Malformed`].
pub fn request(pdu: Bytes) -> Result<Request, Malformed> {
    let (id, body, controls) = envelope(pdu).map_err(|error| Malformed::Session(error.to_string()))?;
    let kind = response_kind(body.tag)
        .ok_or_else(|| Malformed::Session(format!("protocolOp {:#04x} is no request", body.tag)))?;
    let operation = |error: OpError| {
        let OpError { code, why } = error;
        Malformed::Operation { id, kind: kind.clone(), code, why }
    };
    let controls = match controls {
        Some(list) => self::controls(list).map_err(|error| operation(error.into()))?,
        None => Vec::new(),
    };
    let op = op(body).map_err(operation)?;
    Ok(Request { id, op, controls })
}

/// messageID, protocolOp and the list of controls.
fn envelope(pdu: Bytes) -> Result<(i32, Element, Option<Reader>), BerError> {
    let mut message = Reader::new(pdu).sequence("LDAPMessage")?;
    let id = message.integer("messageID")?;
    // 0 is the server's own, for unsolicited notifications (RFC 4511 §4.1.1.1)
    let id = i32::try_from(id).ok().filter(|&id| id > 0).ok_or(BerError::Value("messageID"))?;
    let body = message.element()?;
    let controls = message.optional(0xa0)?.map(Element::into_reader);
    Ok((id, body, controls))
}

/// `Some(None)`: a request without response. `None`: no request.
const fn response_kind(tag: u8) -> Option<Option<DoneKind>> {
    Some(match tag {
        0x60 => Some(DoneKind::Bind(None)),
        0x63 => Some(DoneKind::Search),
        0x66 => Some(DoneKind::Modify),
        0x68 => Some(DoneKind::Add),
        0x4a => Some(DoneKind::Delete),
        0x6c => Some(DoneKind::ModifyDn),
        0x6e => Some(DoneKind::Compare),
        0x77 => Some(DoneKind::Extended { name: None, value: None }),
        0x42 | 0x50 => None,
        _ => return None,
    })
}

fn controls(mut list: Reader) -> Result<Vec<Control>, BerError> {
    let mut controls = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("Control")?;
        let oid = fields.text("controlType")?;
        let critical = fields.optional(ber::BOOLEAN)?.map_or(Ok(false), |critical| critical.boolean())?;
        let value = fields.optional(ber::OCTETS)?.map(|value| value.content);
        controls.push(Control { oid, critical, value });
    }
    Ok(controls)
}

fn op(body: Element) -> Result<Op, OpError> {
    Ok(match body.tag {
        0x60 => Op::Bind(bind(body.into_reader())?),
        0x42 => Op::Unbind,
        0x63 => Op::Search(search(body.into_reader())?),
        0x66 => Op::Modify(modify(body.into_reader())?),
        0x68 => Op::Add(add(body.into_reader())?),
        0x4a => Op::Delete(dn_text(&body.content)?),
        0x6c => Op::ModifyDn(modify_dn(body.into_reader())?),
        0x6e => Op::Compare(compare(body.into_reader())?),
        0x50 => Op::Abandon(i32::try_from(body.integer()?).unwrap_or_default()),
        0x77 => Op::Extended(extended(body.into_reader())?),
        tag => return Err(OpError::protocol(format!("protocolOp {tag:#04x} is no request"))),
    })
}

/// An LDAPDN; whether it parses is the directory's business, but it has to be text.
fn dn_text(octets: &[u8]) -> Result<String, OpError> {
    std::str::from_utf8(octets).map(str::to_owned).map_err(|_| OpError::dn())
}

fn dn(fields: &mut Reader, what: &'static str) -> Result<String, OpError> {
    dn_text(&fields.octets(what)?)
}

fn bind(mut fields: Reader) -> Result<BindRequest, OpError> {
    let version = fields.integer("version")?;
    // a name that is no text is nobody's name, and so answered like any other unknown name
    let name = fields.text("name")?;
    let auth = bind_auth(fields.element()?)?;
    Ok(BindRequest { version, name, auth })
}

fn bind_auth(choice: Element) -> Result<BindAuth, OpError> {
    Ok(match choice.tag {
        0x80 => BindAuth::Simple(choice.content.to_vec()),
        0xa3 => {
            let mut fields = choice.into_reader();
            let mechanism = fields.text("mechanism")?;
            let credentials = fields.optional(ber::OCTETS)?.map(|credentials| credentials.content.to_vec());
            BindAuth::Sasl { mechanism, credentials }
        }
        tag => BindAuth::Other(u64::from(tag & 0x1f)),
    })
}

fn search(mut fields: Reader) -> Result<SearchRequest, OpError> {
    Ok(SearchRequest {
        base: dn(&mut fields, "baseObject")?,
        scope: scope(fields.enumerated("scope")?)?,
        deref: deref(fields.enumerated("derefAliases")?)?,
        size_limit: limit(fields.integer("sizeLimit")?, "sizeLimit")?,
        time_limit: limit(fields.integer("timeLimit")?, "timeLimit")?,
        types_only: fields.expect(ber::BOOLEAN, "typesOnly")?.boolean()?,
        filter: filter(fields.element()?)?,
        attrs: attribute_list(fields.sequence("attributes")?)?,
    })
}

fn scope(number: i64) -> Result<Scope, OpError> {
    match number {
        0 => Ok(Scope::Base),
        1 => Ok(Scope::OneLevel),
        2 => Ok(Scope::Subtree),
        other => Err(OpError::protocol(format!("scope {other}"))),
    }
}

fn deref(number: i64) -> Result<i64, OpError> {
    if (0..=3).contains(&number) {
        Ok(number)
    } else {
        Err(OpError::protocol(format!("derefAliases {number}")))
    }
}

/// INTEGER (0 .. maxInt).
fn limit(number: i64, what: &str) -> Result<u32, OpError> {
    match i32::try_from(number) {
        Ok(limit) => u32::try_from(limit).map_err(|_| OpError::protocol(format!("{what} {number}"))),
        Err(_) => Err(OpError::protocol(format!("{what} {number}"))),
    }
}

fn attribute_list(mut list: Reader) -> Result<Vec<String>, OpError> {
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(list.text("AttributeSelector")?);
    }
    Ok(names)
}

fn attribute(mut fields: Reader) -> Result<Attribute, BerError> {
    let name = fields.text("type")?;
    let mut set = fields.expect(ber::SET, "vals")?.into_reader();
    let mut values = Vec::new();
    while !set.is_empty() {
        values.push(set.octets("AttributeValue")?);
    }
    Ok(Attribute { name, values })
}

fn add(mut fields: Reader) -> Result<AddRequest, OpError> {
    let dn = dn(&mut fields, "entry")?;
    let mut list = fields.sequence("attributes")?;
    let mut attributes = Vec::new();
    while !list.is_empty() {
        attributes.push(attribute(list.sequence("Attribute")?)?);
    }
    Ok(AddRequest { dn, attributes })
}

fn modify(mut fields: Reader) -> Result<ModifyRequest, OpError> {
    let dn = dn(&mut fields, "object")?;
    let mut list = fields.sequence("changes")?;
    let mut changes = Vec::new();
    while !list.is_empty() {
        changes.push(change(list.sequence("change")?)?);
    }
    Ok(ModifyRequest { dn, changes })
}

fn change(mut fields: Reader) -> Result<Change, OpError> {
    let kind = match fields.enumerated("operation")? {
        0 => ChangeKind::Add,
        1 => ChangeKind::Delete,
        2 => ChangeKind::Replace,
        3 => ChangeKind::Increment,
        other => return Err(OpError::protocol(format!("modify operation {other}"))),
    };
    Ok(Change { kind, attribute: attribute(fields.sequence("modification")?)? })
}

fn modify_dn(mut fields: Reader) -> Result<ModifyDnRequest, OpError> {
    let entry = dn(&mut fields, "entry")?;
    let new_rdn = dn(&mut fields, "newrdn")?;
    let delete_old_rdn = fields.expect(ber::BOOLEAN, "deleteoldrdn")?.boolean()?;
    let new_superior = fields.optional(0x80)?.map(|dn| dn_text(&dn.content)).transpose()?;
    Ok(ModifyDnRequest { dn: entry, new_rdn, delete_old_rdn, new_superior })
}

fn compare(mut fields: Reader) -> Result<CompareRequest, OpError> {
    let dn = dn(&mut fields, "entry")?;
    let mut assertion = fields.sequence("ava")?;
    Ok(CompareRequest {
        dn,
        attr: assertion.text("attributeDesc")?,
        value: assertion.octets("assertionValue")?,
    })
}

fn extended(mut fields: Reader) -> Result<ExtendedRequest, OpError> {
    let name = fields.expect(0x80, "requestName")?.content;
    let value = fields.optional(0x81)?.map(|value| value.content);
    Ok(ExtendedRequest { name: String::from_utf8_lossy(&name).into_owned(), value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::message::Filter;

    fn decode(octets: &[u8]) -> Result<Request, Malformed> {
        request(Bytes::copy_from_slice(octets))
    }

    fn hex(text: &str) -> Vec<u8> {
        hex::decode(text.replace(' ', "")).unwrap()
    }

    /// `(objectGUID=\ff\fe\00\80)` below `""`, as a C client sends it.
    const GUID_SEARCH: &str = "302c 020102 6327 0400 0a0102 0a0100 020100 020100 010100 a312 040a6f626a65637447554944 0404fffe0080 3000";

    #[test]
    fn a_filter_value_is_octets() {
        let request = decode(&hex(GUID_SEARCH)).unwrap();
        let Op::Search(search) = request.op else { panic!("{request:?}") };
        assert_eq!(search.scope, Scope::Subtree);
        assert_eq!(
            search.filter,
            Filter::Equal("objectGUID".into(), Bytes::from_static(&[0xff, 0xfe, 0x00, 0x80]))
        );
    }

    #[test]
    fn what_is_wrong_inside_an_operation_is_answered_there() {
        let with = |from: &str, to: &str| decode(&hex(&GUID_SEARCH.replacen(from, to, 1)));
        let refused = |code| {
            move |outcome: Result<Request, Malformed>| {
                let expected = (2, Some(DoneKind::Search), code);
                matches!(outcome, Err(Malformed::Operation { id, kind, code, .. }) if (id, kind.clone(), code) == expected)
            }
        };
        assert!(refused(2)(with("0a0102", "0a0107")), "scope 7");
        assert!(refused(2)(with("020100", "0201ff")), "sizeLimit -1");
        assert!(refused(2)(with("a312", "ab12")), "filter choice 11");
        assert!(refused(2)(with("3000", "3005")), "attribute list cut off");
        assert!(refused(34)(decode(&hex(
            "302d 020102 6328 0401ff 0a0102 0a0100 020100 020100 010100 a312 040a6f626a65637447554944 0404fffe0080 3000"
        ))));
    }

    #[test]
    fn noise_ends_the_session() {
        let session = |octets: &str| matches!(decode(&hex(octets)), Err(Malformed::Session(_)));
        assert!(session("3005 020100 4200"), "messageID 0");
        assert!(session("3008 0204 80000000 4200"), "negative messageID");
        assert!(session("3009 0205 0080000000 4200"), "messageID above 2^31-1");
        assert!(session("3005 020101 6500"), "a response");
        assert!(session("3003 020101"), "no operation");
        assert!(session("3006 0401 41 4200"), "messageID of another type");
        assert!(!session("3005 020101 4200"), "an unbind");
    }

    #[test]
    fn controls_keep_criticality_and_absent_values() {
        let request =
            decode(&hex("301a 020101 4200 a013 3005 0403312e32 300a 0403312e33 0101ff 0400")).unwrap();
        let control = |oid: &str, critical, value: Option<&'static [u8]>| Control {
            oid: oid.to_owned(),
            critical,
            value: value.map(Bytes::from_static),
        };
        assert_eq!(request.controls, [control("1.2", false, None), control("1.3", true, Some(b""))]);
    }
}
