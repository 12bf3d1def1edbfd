//! Plays the traces: each by itself, or the steps of a scenario on a server that is fresh when it begins.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use kit::Clock;
use mock_directory::MockDirectory;
use mock_directory::wire::ber::{self, Reader};
use mock_directory::wire::message::*;
use mock_directory::wire::oid;
use serde_json::Value;

use super::compare;
use super::trace::{Trace, base64, octets};
use crate::support::client::{Answer, RawClient};
use crate::support::request;

/// What differs, by trace.
pub(super) async fn all(traces: &[Trace]) -> BTreeMap<String, String> {
    let directory = server().await;
    let fresh = directory.snapshot();
    let mut differences = BTreeMap::new();
    let mut scenarios = BTreeMap::<&str, Vec<&Trace>>::new();
    for trace in traces {
        match &trace.scenario {
            Some(name) => scenarios.entry(name).or_default().push(trace),
            None => {
                let answer = Play::new(&directory).step(trace).await;
                note(&mut differences, trace, &answer);
            }
        }
    }
    for mut steps in scenarios.into_values() {
        directory.restore(&fresh);
        steps.sort_by_key(|trace| trace.seq);
        let mut play = Play::new(&directory);
        for trace in steps {
            let answer = play.step(trace).await;
            note(&mut differences, trace, &answer);
        }
    }
    differences
}

fn note(differences: &mut BTreeMap<String, String>, trace: &Trace, answer: &Answer) {
    if let Some(difference) = compare::difference(trace, answer) {
        differences.insert(trace.id.clone(), difference);
    }
}

async fn server() -> MockDirectory {
    let clock = Clock::virtual_at("2026-11-22T05:00:00Z".parse().unwrap());
    let directory = MockDirectory::builder()
        .domain("corp.example.test")
        .netbios("CORP")
        .clock(clock)
        .ldif_file("../tests/fixtures/corp-ad/domain.ldif")
        .ldif_file("../tests/fixtures/corp-ad/deleted-objects.ldif")
        .start()
        .await
        .unwrap();
    // passwords are not in the dump; its README says who has one
    for name in ["binduser", "binddisabled"] {
        assert!(directory.set_password(name, directory.admin_password()));
    }
    directory
}

/// The connections and answers of one scenario.
struct Play<'a> {
    directory: &'a MockDirectory,
    connections: BTreeMap<String, RawClient>,
    answers: BTreeMap<usize, Answer>,
}

impl<'a> Play<'a> {
    fn new(directory: &'a MockDirectory) -> Self {
        Self { directory, connections: BTreeMap::new(), answers: BTreeMap::new() }
    }

    async fn step(&mut self, trace: &Trace) -> Answer {
        let request = &trace.request;
        let controls = self.controls(request);
        let client = self.connection(trace).await;
        let answer = match protocol_op(request) {
            Ok(op) => client.call(op, controls).await,
            Err(octets) => client.call_raw(&octets, &controls).await,
        };
        if let Some(seq) = trace.seq {
            self.answers.insert(seq, answer.clone());
        }
        answer
    }

    /// The connection of this step: another identity under the same name is another connection.
    async fn connection(&mut self, trace: &Trace) -> &mut RawClient {
        let bind = &trace.request["bind"];
        let key = format!("{:?} {bind}", trace.conn);
        if !self.connections.contains_key(&key) {
            let mut client = RawClient::connect(self.directory.ldap_url()).await;
            if let (Some(name), Some(password)) = (bind["dn"].as_str(), bind["password"].as_str()) {
                let outcome = client.bind(name, password).await;
                assert_eq!(outcome.code, 0, "{}: bind as {name}: {}", trace.id, outcome.message);
            }
            self.connections.insert(key.clone(), client);
        }
        self.connections.get_mut(&key).unwrap()
    }

    fn controls(&self, request: &Value) -> Vec<Control> {
        let control = |control: &Value| {
            let value = control["value_b64"].as_str().map(base64);
            let value = match control["cookie_from_seq"].as_u64() {
                Some(seq) => value.map(|value| self.with_our_cookie(&value, usize::try_from(seq).unwrap())),
                None => value,
            };
            Control { oid: text(&control["oid"]), critical: control["critical"] == true, value }
        };
        request["controls"].as_array().unwrap().iter().map(control).collect()
    }

    /// The recorded control value with the cookie that our server gave at that step.
    fn with_our_cookie(&self, recorded: &Bytes, seq: usize) -> Bytes {
        let outcome = self.answers.get(&seq).and_then(|answer| answer.outcome.as_ref());
        let ours = outcome.and_then(|outcome| {
            let cookies = [oid::PAGED, oid::DIRSYNC, oid::VLV_RESPONSE];
            let control = outcome.controls.iter().find(|control| cookies.contains(&control.oid.as_str()))?;
            last_octets(control.value.as_ref()?)
        });
        let mut fields = elements(recorded);
        if let (Some(last), Some(ours)) = (fields.last_mut(), ours) {
            last.1 = ours;
        }
        let mut out = BytesMut::new();
        ber::put_constructed(&mut out, ber::SEQUENCE, |out| {
            fields.iter().for_each(|(tag, content)| ber::put_octets(out, *tag, content));
        });
        out.freeze()
    }
}

/// The fields of a control value.
pub(super) fn elements(value: &Bytes) -> Vec<(u8, Bytes)> {
    let mut fields = Reader::new(value.clone()).sequence("controlValue").unwrap();
    let mut elements = Vec::new();
    while !fields.is_empty() {
        let element = fields.element().unwrap();
        elements.push((element.tag, element.content));
    }
    elements
}

fn last_octets(value: &Bytes) -> Option<Bytes> {
    elements(value).pop().filter(|(tag, _)| *tag == ber::OCTETS).map(|(_, content)| content)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap_or_default()).unwrap()
}

fn optional(value: &Value) -> Option<Bytes> {
    value.as_str().map(base64)
}

/// The operation, or its octets if our types can't hold it.
fn protocol_op(request: &Value) -> Result<Op, Bytes> {
    Ok(match text(&request["op"]).as_str() {
        "search" => return search(request),
        "add" => {
            Op::Add(AddRequest { dn: text(&request["dn"]), attributes: attributes(&request["attributes"]) })
        }
        "modify" => {
            Op::Modify(ModifyRequest { dn: text(&request["dn"]), changes: changes(&request["changes"]) })
        }
        "modifyDN" => Op::ModifyDn(ModifyDnRequest {
            dn: text(&request["dn"]),
            new_rdn: text(&request["newRDN"]),
            delete_old_rdn: request["deleteOldRDN"] == true,
            new_superior: request["newSuperior"].as_str().map(str::to_owned),
        }),
        "delete" => Op::Delete(text(&request["dn"])),
        "compare" => Op::Compare(CompareRequest {
            dn: text(&request["dn"]),
            attr: text(&request["attr"]),
            value: octets(&request["value"]),
        }),
        "extended" => Op::Extended(ExtendedRequest {
            name: text(&request["oid"]),
            value: optional(&request["value_b64"]),
        }),
        "bind" => Op::Bind(bind(request)),
        other => panic!("operation {other}"),
    })
}

fn bind(request: &Value) -> BindRequest {
    let auth = match request["mechanism"].as_str() {
        Some(mechanism) => BindAuth::Sasl {
            mechanism: mechanism.to_owned(),
            credentials: optional(&request["credentials_b64"]).map(|octets| octets.to_vec()),
        },
        None => BindAuth::Simple(text(&request["password"]).into_bytes()),
    };
    BindRequest { version: request["version"].as_i64().unwrap(), name: text(&request["dn"]), auth }
}

fn search(request: &Value) -> Result<Op, Bytes> {
    let scope = match request["scope"].as_str() {
        Some("base") => Scope::Base,
        Some("one") => Scope::OneLevel,
        _ => Scope::Subtree,
    };
    let filter = request["filter"].as_str().map(|text| text.parse().unwrap());
    let search = SearchRequest {
        base: text(&request["base"]),
        scope,
        deref: i64::from(number(&request["derefAliases"])),
        size_limit: number(&request["sizeLimit"]),
        time_limit: number(&request["timeLimit"]),
        types_only: request["typesOnly"] == true,
        filter: filter.unwrap_or(Filter::And(Vec::new())),
        attrs: request["attrs"].as_array().unwrap().iter().map(text).collect(),
    };
    if let Some(raw) = request["raw_filter_b64"].as_str() {
        return Err(request::search(&search, 2, &base64(raw)));
    }
    match request["scope"].as_i64() {
        Some(scope) => Err(request::search(&search, scope, &request::filter(&search.filter))),
        None => Ok(Op::Search(search)),
    }
}

fn values(list: &Value) -> Vec<Bytes> {
    list.as_array().unwrap().iter().map(octets).collect()
}

fn attributes(map: &Value) -> Vec<Attribute> {
    let attribute = |(name, list): (&String, &Value)| Attribute { name: name.clone(), values: values(list) };
    map.as_object().unwrap().iter().map(attribute).collect()
}

fn changes(list: &Value) -> Vec<Change> {
    let change = |change: &Value| Change {
        kind: match text(&change["op"]).as_str() {
            "add" => ChangeKind::Add,
            "delete" => ChangeKind::Delete,
            "replace" => ChangeKind::Replace,
            _ => ChangeKind::Increment,
        },
        attribute: Attribute { name: text(&change["attr"]), values: values(&change["values"]) },
    };
    list.as_array().unwrap().iter().map(change).collect()
}
