//! The faults of the plan in LDAP's terms, as Active Directory words them.

use bytes::{Bytes, BytesMut};
use kit::faults::Effect;

use crate::session::answer::{self, done, ldap_err_data};
use crate::wire::code;
use crate::wire::controls::{Controls, DecodePolicy};
use crate::wire::message::{DoneKind, Request, Response};

/// The attribute that `corrupt_value` damages when the plan names none.
const CORRUPTED: &str = "userCertificate";

/// The answer that a fault gives in place of the operation; `None` if the operation is to run.
pub(super) fn instead(effects: &[Effect], request: &Request) -> Option<Response> {
    let kind = answer::kind(&request.op)?;
    effects.iter().find_map(|effect| refusal(effect, request, &kind))
}

fn refusal(effect: &Effect, request: &Request, kind: &DoneKind) -> Option<Response> {
    let (code, message) = match effect {
        Effect::Busy {} | Effect::Throttle { .. } => (code::BUSY, service_error(0x200e, "5001 (BUSY)")),
        Effect::Unavailable {} => (code::UNAVAILABLE, service_error(0x200f, "5002 (UNAVAILABLE)")),
        Effect::Forbidden {} => (code::INSUFFICIENT_ACCESS_RIGHTS, security_error()),
        Effect::AuthExpired {} => (code::INVALID_CREDENTIALS, password_expired()),
        Effect::Conflict {} => (code::ENTRY_ALREADY_EXISTS, update_error()),
        Effect::CursorExpired {} => cursor_expired(request)?,
        Effect::Referral { urls } => return Some(referral(urls, kind.clone())),
        _ => return None,
    };
    Some(done(kind.clone(), code, message))
}

fn service_error(win32: u32, problem: &str) -> String {
    format!("{win32:08X}: SvcErr: DSID-031A1262, problem {problem}, data 0\n")
}

fn security_error() -> String {
    "00002098: SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n".to_owned()
}

fn update_error() -> String {
    "00002071: UpdErr: DSID-030505F0, problem 6005 (ENTRY_EXISTS), data 0\n".to_owned()
}

fn password_expired() -> String {
    ldap_err_data(0x8009_0308, 0x0C09_03A9, "AcceptSecurityContext error", 0x532)
}

/// Only a request that comes with a cookie can hear that it is too old: a DirSync cookie is refused like one of an
/// unknown format, a paging cookie like one of another connection.
fn cursor_expired(request: &Request) -> Option<(u32, String)> {
    let controls = Controls::decode(&request.controls, DecodePolicy::default()).ok()?;
    if controls.dirsync.is_some_and(|dirsync| !dirsync.cookie.is_empty()) {
        let message = service_error(0x202c, "5010 (UNAVAIL_EXTENSION)");
        return Some((code::UNAVAILABLE_CRITICAL_EXTENSION, message));
    }
    let paging = controls.paged.is_some_and(|paged| !paged.cookie.is_empty());
    paging.then(|| (code::UNWILLING_TO_PERFORM, service_error(0x2035, "5003 (WILL_NOT_PERFORM)")))
}

fn referral(urls: &[String], kind: DoneKind) -> Response {
    let elsewhere = || vec!["ldap://other-dc.invalid/".to_owned()];
    let urls = if urls.is_empty() { elsewhere() } else { urls.to_vec() };
    let message =
        format!("0000202B: RefErr: DSID-03100835, data 0, 1 access points\n\tref 1: '{}'\n", urls[0]);
    let mut response = done(kind, code::REFERRAL, message);
    if let Response::Done(done) = &mut response {
        done.result.referral = urls;
    }
    response
}

/// Damages the answers of an operation that ran.
pub(super) fn alter(effects: &[Effect], responses: &mut Vec<Response>) {
    for effect in effects {
        match effect {
            Effect::PartialPage {} => cut_off(responses),
            Effect::DuplicatePage {} => twice(responses),
            Effect::Reorder {} => backwards(responses),
            Effect::CorruptValue { attribute } => {
                corrupt(responses, attribute.as_deref().unwrap_or(CORRUPTED));
            }
            _ => {}
        }
    }
}

const fn is_entry(response: &Response) -> bool {
    matches!(response, Response::Entry(_))
}

/// Half of the entries, then sizeLimitExceeded without a cookie to go on from.
fn cut_off(responses: &mut Vec<Response>) {
    let keep = responses.iter().filter(|response| is_entry(response)).count() / 2;
    let mut seen = 0;
    responses.retain(|response| {
        seen += usize::from(is_entry(response));
        !is_entry(response) || seen <= keep
    });
    if let Some(Response::Done(done)) = responses.last_mut() {
        done.result.code = code::SIZE_LIMIT_EXCEEDED;
        done.controls.clear();
    }
}

fn twice(responses: &mut Vec<Response>) {
    let entries: Vec<Response> = responses.iter().filter(|response| is_entry(response)).cloned().collect();
    responses.splice(0..0, entries);
}

fn backwards(responses: &mut [Response]) {
    let entries = responses.iter().take_while(|response| is_entry(response)).count();
    responses[..entries].reverse();
}

/// Flips the middle octet of the attribute's first value in the first entry that has one.
fn corrupt(responses: &mut [Response], attribute: &str) {
    let entries = responses.iter_mut().filter_map(|response| match response {
        Response::Entry(entry) => Some(entry),
        _ => None,
    });
    let named = |name: &str| name.split(';').next().is_some_and(|base| base.eq_ignore_ascii_case(attribute));
    let value = entries
        .flat_map(|entry| &mut entry.attributes)
        .filter(|found| named(&found.name))
        .find_map(|found| found.values.first_mut().filter(|value| !value.is_empty()));
    if let Some(value) = value {
        *value = damaged(value);
    }
}

fn damaged(value: &[u8]) -> Bytes {
    let mut octets = BytesMut::from(value);
    let middle = octets.len() / 2;
    octets[middle] ^= 0xff;
    octets.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::message::{Attribute, EntryResponse, Op};

    fn entry(name: &str) -> Response {
        let value = Bytes::copy_from_slice(name.as_bytes());
        let attributes = vec![Attribute { name: "userCertificate;range=0-*".into(), values: vec![value] }];
        Response::Entry(EntryResponse { dn: name.to_owned(), attributes, controls: vec![] })
    }

    fn names(responses: &[Response]) -> String {
        let name = |response: &Response| match response {
            Response::Entry(entry) => entry.dn.clone(),
            Response::Reference(_) => "ref".to_owned(),
            Response::Done(done) => done.result.code.to_string(),
        };
        responses.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    fn altered(effect: Effect) -> Vec<Response> {
        let mut responses = vec![entry("a"), entry("b"), entry("c"), answer::success(DoneKind::Search)];
        alter(&[effect], &mut responses);
        responses
    }

    #[test]
    fn pages_are_cut_repeated_and_turned_around() {
        assert_eq!(names(&altered(Effect::PartialPage {})), "a 4");
        assert_eq!(names(&altered(Effect::DuplicatePage {})), "a b c a b c 0");
        assert_eq!(names(&altered(Effect::Reorder {})), "c b a 0");
    }

    #[test]
    fn one_value_is_damaged_and_keeps_its_length() {
        let responses = altered(Effect::CorruptValue { attribute: None });
        let Response::Entry(first) = &responses[0] else { panic!() };
        assert_eq!(first.attributes[0].values[0].as_ref(), [b'a' ^ 0xff]);
        assert_eq!(names(&responses), "a b c 0");
    }

    #[test]
    fn refusals_speak_ldap() {
        let request = |op| Request { id: 1, op, controls: vec![] };
        let delete = request(Op::Delete("DC=a".into()));
        for (effect, code) in [
            (Effect::Busy {}, 51),
            (Effect::Throttle { retry_after_s: Some(5) }, 51),
            (Effect::Unavailable {}, 52),
            (Effect::Forbidden {}, 50),
            (Effect::AuthExpired {}, 49),
            (Effect::Conflict {}, 68),
            (Effect::Referral { urls: vec![] }, 10),
        ] {
            assert_eq!(names(&[instead(&[effect], &delete).unwrap()]), code.to_string());
        }
        assert_eq!(instead(&[Effect::CursorExpired {}], &delete), None, "there is no cursor");
        assert_eq!(instead(&[Effect::Busy {}], &request(Op::Unbind)), None, "there is no answer");
    }
}
