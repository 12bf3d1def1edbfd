//! A client that sends any octets and shows what came back as it came.

use bytes::{Bytes, BytesMut};
use mock_directory::wire::ber::{self, Reader};
use mock_directory::wire::codec::PduDecoder;
use mock_directory::wire::message::{BindAuth, BindRequest, Control, Op, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::codec::Decoder;

use super::request::{encode, envelope};

/// One connection.
#[derive(Debug)]
pub(crate) struct RawClient {
    stream: TcpStream,
    received: BytesMut,
    next_id: i32,
}

/// An entry as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    pub(crate) attributes: Vec<(String, Vec<Bytes>)>,
}

/// A final result as received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) tag: u8,
    pub(crate) code: i64,
    pub(crate) matched_dn: String,
    pub(crate) message: String,
    pub(crate) referral: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) value: Option<Bytes>,
    pub(crate) controls: Vec<Control>,
}

/// Everything that answers one request. `outcome` is `None` if the connection ended first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) entries: Vec<Entry>,
    pub(crate) references: Vec<Vec<String>>,
    pub(crate) outcome: Option<Outcome>,
}

impl RawClient {
    pub(crate) async fn connect(url: &str) -> Self {
        let address = url.trim_start_matches("ldap://");
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream, received: BytesMut::new(), next_id: 1 }
    }

    pub(crate) async fn bind(&mut self, name: &str, password: &str) -> Outcome {
        let auth = BindAuth::Simple(password.as_bytes().to_vec());
        let bind = BindRequest { version: 3, name: name.to_owned(), auth };
        self.call(Op::Bind(bind), Vec::new()).await.outcome.unwrap()
    }

    pub(crate) async fn call(&mut self, op: Op, controls: Vec<Control>) -> Answer {
        let id = self.id();
        self.send(&encode(&Request { id, op, controls })).await;
        self.answer(id).await
    }

    /// Sends a protocolOp that is octets already.
    pub(crate) async fn call_raw(&mut self, op: &[u8], controls: &[Control]) -> Answer {
        let id = self.id();
        self.send(&envelope(id, op, controls)).await;
        self.answer(id).await
    }

    pub(crate) fn id(&mut self) -> i32 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) async fn send(&mut self, octets: &[u8]) {
        // the server may have closed already; reading will tell
        let _ = self.stream.write_all(octets).await;
    }

    /// Reads until the final result of this message.
    pub(crate) async fn answer(&mut self, id: i32) -> Answer {
        let mut answer = Answer::default();
        while let Some(pdu) = self.pdu().await {
            let mut message = Reader::new(pdu).sequence("LDAPMessage").unwrap();
            assert_eq!(message.integer("messageID"), Ok(i64::from(id)), "answers come in order");
            let body = message.element().unwrap();
            let controls = message.optional(0xa0).unwrap().map(|list| controls(list.into_reader()));
            let tag = body.tag;
            let fields = body.into_reader();
            match tag {
                0x64 => answer.entries.push(entry(fields)),
                0x73 => answer.references.push(strings(fields)),
                _ => {
                    answer.outcome = Some(outcome(tag, fields, controls.unwrap_or_default()));
                    return answer;
                }
            }
        }
        answer
    }

    /// The next whole message; `None` at the end of the connection.
    pub(crate) async fn pdu(&mut self) -> Option<Bytes> {
        let mut decoder = PduDecoder::new(1 << 28);
        loop {
            if let Some(pdu) = decoder.decode(&mut self.received).unwrap() {
                return Some(pdu);
            }
            let read = self.stream.read_buf(&mut self.received).await;
            if read.unwrap_or_default() == 0 {
                return None;
            }
        }
    }
}

fn entry(mut fields: Reader) -> Entry {
    let dn = fields.text("objectName").unwrap();
    let mut list = fields.sequence("attributes").unwrap();
    let mut attributes = Vec::new();
    while !list.is_empty() {
        let mut attribute = list.sequence("attribute").unwrap();
        let name = attribute.text("type").unwrap();
        let mut set = attribute.expect(ber::SET, "vals").unwrap().into_reader();
        let mut values = Vec::new();
        while !set.is_empty() {
            values.push(set.octets("value").unwrap());
        }
        attributes.push((name, values));
    }
    Entry { dn, attributes }
}

fn strings(mut list: Reader) -> Vec<String> {
    let mut strings = Vec::new();
    while !list.is_empty() {
        strings.push(list.text("string").unwrap());
    }
    strings
}

fn outcome(tag: u8, mut fields: Reader, controls: Vec<Control>) -> Outcome {
    let mut outcome = Outcome {
        tag,
        code: fields.enumerated("resultCode").unwrap(),
        matched_dn: fields.text("matchedDN").unwrap(),
        message: fields.text("diagnosticMessage").unwrap(),
        controls,
        ..Outcome::default()
    };
    while !fields.is_empty() {
        let extra = fields.element().unwrap();
        match extra.tag {
            0xa3 => outcome.referral = strings(extra.into_reader()),
            0x8a => outcome.name = Some(String::from_utf8(extra.content.to_vec()).unwrap()),
            _ => outcome.value = Some(extra.content),
        }
    }
    outcome
}

fn controls(mut list: Reader) -> Vec<Control> {
    let mut controls = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("Control").unwrap();
        let oid = fields.text("controlType").unwrap();
        let critical = fields.optional(ber::BOOLEAN).unwrap().is_some_and(|flag| flag.boolean().unwrap());
        let value = fields.optional(ber::OCTETS).unwrap().map(|value| value.content);
        controls.push(Control { oid, critical, value });
    }
    controls
}
