//! Operations as journal entries. Passwords and cookies never get here.

use kit::faults::Effect;
use kit::journal::Event;
use serde_json::{Value, json};

use super::call::Call;
use crate::wire::code;
use crate::wire::controls::{Controls, DecodePolicy};
use crate::wire::message::{BindAuth, ChangeKind, Done, Op, Request, Response};

/// The entry for an operation that was carried out, refused or lost.
pub(super) fn event(
    call: Call,
    request: &Request,
    principal: &str,
    responses: &[Response],
    effects: &[Effect],
) -> Event {
    let mut detail = detail(request);
    let done = responses.iter().rev().find_map(|response| match response {
        Response::Done(done) => Some(done),
        _ => None,
    });
    add_result(&mut detail, responses, done);
    let outcome = done.map_or("ok", |done| code::name(done.result.code));
    Event::new(call.op)
        .target(call.target)
        .principal(principal)
        .outcome(outcome)
        .fault(Effect::names(effects))
        .detail(detail)
}

/// The entry for a request that can't be read.
pub(super) fn unreadable(call: &Call, principal: &str, result: u32, why: &str) -> Event {
    Event::new(call.op)
        .principal(principal)
        .outcome(code::name(result))
        .detail(json!({"result": result, "message": why}))
}

fn add_result(detail: &mut Value, responses: &[Response], done: Option<&Done>) {
    let Some(done) = done else { return };
    detail["result"] = done.result.code.into();
    if !done.result.message.is_empty() {
        detail["message"] = done.result.message.trim_end().into();
    }
    let entries = responses.iter().filter(|response| matches!(response, Response::Entry(_))).count();
    if detail.get("filter").is_some() {
        detail["entries"] = entries.into();
    }
}

fn detail(request: &Request) -> Value {
    let mut detail = match &request.op {
        Op::Search(search) => json!({
            "base": search.base,
            "scope": format!("{:?}", search.scope).to_lowercase(),
            "filter": search.filter.to_string(),
            "attrs": search.attrs,
        }),
        Op::Bind(bind) => json!({"version": bind.version, "method": method(&bind.auth)}),
        Op::Add(add) => json!({"attrs": add.attributes.iter().map(|a| a.name.as_str()).collect::<Vec<_>>()}),
        Op::Modify(modify) => {
            let change = |c: &crate::wire::message::Change| json!({"kind": verb(c.kind), "attr": c.attribute.name, "values": c.attribute.values.len()});
            json!({"changes": modify.changes.iter().map(change).collect::<Vec<_>>()})
        }
        Op::ModifyDn(modify) => json!({"new_rdn": modify.new_rdn, "new_superior": modify.new_superior}),
        Op::Compare(compare) => json!({"attr": compare.attr}),
        Op::Extended(_) | Op::Delete(_) | Op::Abandon(_) | Op::Unbind => json!({}),
    };
    add_controls(&mut detail, request);
    detail
}

fn method(auth: &BindAuth) -> String {
    match auth {
        BindAuth::Simple(_) => "simple".to_owned(),
        BindAuth::Sasl { mechanism, .. } => format!("sasl {mechanism}"),
        BindAuth::Other(tag) => format!("choice {tag}"),
    }
}

const fn verb(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Add => "add",
        ChangeKind::Delete => "delete",
        ChangeKind::Replace => "replace",
        ChangeKind::Increment => "increment",
    }
}

fn add_controls(detail: &mut Value, request: &Request) {
    if request.controls.is_empty() {
        return;
    }
    detail["controls"] = request.controls.iter().map(|control| control.oid.as_str()).collect();
    let Ok(controls) = Controls::decode(&request.controls, DecodePolicy::default()) else { return };
    if let Some(paged) = controls.paged {
        detail["page_size"] = paged.size.into();
        detail["first_page"] = paged.cookie.is_empty().into();
    }
    if let Some(dirsync) = controls.dirsync {
        detail["flags"] = dirsync.flags.into();
        detail["full"] = dirsync.cookie.is_empty().into();
    }
}
