//! `ResolveNames`. Source: "ResolveNames operation" and types.xsd / messages.xsd of EWS.

use bytes::Bytes;
use jiff::Timestamp;
use kit::faults::Effect;
use kit::journal::Event;
use serde_json::json;

use super::caller::Caller;
use super::fault::{Fault, MESSAGES, TYPES, reply};
use super::impersonation;
use super::query::Query;
use crate::exchange::address_book::{CANDIDATES_MAX, find};
use crate::exchange::recipient::Recipient;
use crate::observe::Observer;
use crate::soap::SoapReply;
use crate::tenant::{DirectoryObject, Kind, Tenant, Value, View};
use crate::xml::Element;

/// Answers one EWS message. Certificates are read from Exchange's copy as of `now`.
pub fn handle(
    body: &[u8],
    caller: &Caller,
    tenant: &Tenant,
    now: Timestamp,
    observer: &mut dyn Observer,
) -> SoapReply {
    let view = tenant.exchange_view(now);
    let query = match Query::read(body, |envelope| impersonation::check(envelope, caller, tenant, view)) {
        Ok(query) => query,
        Err(fault) => {
            observer.record(Event::new("ews.resolve_names").outcome(fault.code));
            return reply(fault.status, fault.element(), Vec::new());
        }
    };
    let effects = observer.decide("ews.resolve_names", &query.entry);
    let event = Event::new("ews.resolve_names").target(query.entry.as_str()).fault(Effect::names(&effects));
    let (transport, meaning): (Vec<_>, Vec<_>) = effects.into_iter().partition(Effect::is_transport);
    if let Some(fault) = meaning.iter().find_map(Fault::of_effect) {
        observer.record(event.outcome(fault.code));
        return reply(fault.status, fault.element(), transport);
    }
    let view = if meaning.contains(&Effect::StaleRead {}) { View::Stale } else { view };
    let found = if query.directory { find(tenant, &query.entry, view) } else { Vec::new() };
    let code = response_code(found.len());
    observer.record(Event { detail: json!({ "candidates": found.len() }), ..event.outcome(outcome(code)) });
    reply(200, response(&query, &found, code, &meaning), transport)
}

fn outcome(code: &str) -> &str {
    if code == "NoError" { "ok" } else { code }
}

const fn response_code(found: usize) -> &'static str {
    match found {
        0 => "ErrorNameResolutionNoResults",
        1 => "NoError",
        _ => "ErrorNameResolutionMultipleResults",
    }
}

fn response(query: &Query, found: &[Recipient<'_>], code: &'static str, effects: &[Effect]) -> Element {
    let (class, text) = match found.len() {
        0 => ("Error", Some("No results were found.")),
        1 => ("Success", None),
        _ => ("Warning", Some("Multiple results were found.")),
    };
    let message = Element::new("m:ResolveNamesResponseMessage")
        .with("ResponseClass", class)
        .children(text.map(|text| Element::new("m:MessageText").text(text)))
        .child(Element::new("m:ResponseCode").text(code))
        .children(text.map(|_| Element::new("m:DescriptiveLinkKey").text("0")))
        .children((!found.is_empty()).then(|| resolution_set(query, found, effects)));
    Element::new("m:ResolveNamesResponse")
        .declare("m", MESSAGES)
        .declare("t", TYPES)
        .child(Element::new("m:ResponseMessages").child(message))
}

fn resolution_set(query: &Query, found: &[Recipient<'_>], effects: &[Effect]) -> Element {
    let shown = &found[..found.len().min(CANDIDATES_MAX)];
    let all = if shown.len() == found.len() { "true" } else { "false" };
    let resolutions = shown.iter().map(|recipient| {
        let contact = query.full.then(|| contact(recipient, query.all_properties, effects));
        Element::new("t:Resolution").child(mailbox(recipient)).children(contact)
    });
    Element::new("m:ResolutionSet")
        .with("TotalItemsInView", &shown.len().to_string())
        .with("IncludesLastItemInRange", all)
        .children(resolutions)
}

fn mailbox(recipient: &Recipient<'_>) -> Element {
    let kind = match recipient.object.kind() {
        Kind::Contact => "Contact",
        Kind::Group => "PublicDL",
        Kind::Device | Kind::User => "Mailbox",
    };
    Element::new("t:Mailbox")
        .child(
            Element::new("t:Name")
                .text(recipient.object.display_name.as_deref().unwrap_or_else(|| recipient.address())),
        )
        .child(Element::new("t:EmailAddress").text(recipient.address()))
        .child(Element::new("t:RoutingType").text("SMTP"))
        .child(Element::new("t:MailboxType").text(kind))
}

/// Elements in the order of `ContactItemType` in types.xsd.
fn contact(recipient: &Recipient<'_>, all_properties: bool, effects: &[Effect]) -> Element {
    let object = &*recipient.object;
    let text = |name: &'static str, property: &str| {
        let value = object.get_graph(property)?;
        Some(Element::new(name).text(value.as_text()?))
    };
    let certificates = all_properties.then(|| certificates(object, effects)).into_iter().flatten();
    Element::new("t:Contact")
        .children(text("t:DisplayName", "displayName"))
        .children(text("t:GivenName", "givenName"))
        .children(text("t:Initials", "initials"))
        .children(text("t:CompanyName", "companyName"))
        .child(addresses(recipient))
        .children(phone_numbers(object))
        .child(Element::new("t:ContactSource").text("ActiveDirectory"))
        .children(text("t:Department", "department"))
        .children(text("t:JobTitle", "jobTitle"))
        .children(text("t:OfficeLocation", "officeLocation"))
        .children(text("t:Surname", "surname"))
        .children(text("t:Alias", "mailNickname"))
        .children(text("t:Notes", "info"))
        .children(certificates)
}

/// The primary address first, each with its type.
fn addresses(recipient: &Recipient<'_>) -> Element {
    let primary = format!("SMTP:{}", recipient.address());
    let others = recipient.object.proxy_addresses.iter().filter(|address| **address != primary);
    let all = std::iter::once(&primary).chain(others).take(3).zip([
        "EmailAddress1",
        "EmailAddress2",
        "EmailAddress3",
    ]);
    Element::new("t:EmailAddresses")
        .children(all.map(|(address, key)| Element::new("t:Entry").with("Key", key).text(address.as_str())))
}

fn phone_numbers(object: &DirectoryObject) -> Option<Element> {
    let keys = [("BusinessPhone", "telephoneNumber"), ("MobilePhone", "mobile")];
    let entries = keys.iter().filter_map(|(key, property)| {
        let value = object.get(property)?;
        Some(Element::new("t:Entry").with("Key", key).text(value.as_text()?))
    });
    let entries: Vec<Element> = entries.collect();
    (!entries.is_empty()).then(|| Element::new("t:PhoneNumbers").children(entries))
}

/// userSMIMECertificate, then userCertificate, each value in an element of its own (`ArrayOfBinaryType`).
fn certificates(object: &DirectoryObject, effects: &[Effect]) -> Vec<Element> {
    let lists = [
        ("t:UserSMIMECertificate", "userSMIMECertificate", &object.user_smime_certificate),
        ("t:MSExchangeCertificate", "userCertificate", &object.user_certificate),
    ];
    let filled = lists.into_iter().filter(|(_, _, list)| !list.is_empty());
    filled
        .map(|(element, property, list)| {
            let list = if is_corrupt(property, effects) { damaged(list) } else { list.to_vec() };
            Element::new(element)
                .children(list.into_iter().map(|value| Element::new("t:Base64Binary").octets(value)))
        })
        .collect()
}

fn is_corrupt(property: &str, effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        let Effect::CorruptValue { attribute } = effect else { return false };
        attribute.as_deref().unwrap_or("userCertificate").eq_ignore_ascii_case(property)
    })
}

fn damaged(list: &crate::tenant::Certificates) -> Vec<Bytes> {
    match crate::soap::corrupted(&Value::BinaryList(list.clone())) {
        Value::BinaryList(list) => list.to_vec(),
        _ => Vec::new(),
    }
}
