//! The answer of `ResolveRecipients` ([MS-ASCMD] 6.32, 2.2.3.177.12).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::book::{AddressBook, Card};
use super::resolve_recipients::{NAMESPACE, ResolveRecipients, Retrieval};
use crate::xml::Element;

/// `Status` of a `Response`.
const RESOLVED: &str = "1";
const AMBIGUOUS: &str = "2";
const AMBIGUOUS_IN_PART: &str = "3";
const UNRESOLVED: &str = "4";
/// `Status` of `Certificates`.
const RETURNED: &str = "1";
const NO_VALID_CERTIFICATE: &str = "7";
const LIMIT_REACHED: &str = "8";
/// `Status` of `Availability`: free/busy data can't be retrieved. This tenant has no calendars.
const NO_AVAILABILITY: &str = "163";
/// `Status` of `Picture`: the user has no contact photo. Nobody here has.
const NO_PICTURE: &str = "173";
/// `Type` of a recipient: an entry of the global address list.
const GAL: &str = "1";

fn text(name: &'static str, value: &str) -> Element {
    Element::new(name).text(value)
}

fn number(name: &'static str, value: usize) -> Element {
    Element::new(name).text(value.to_string())
}

fn root(status: &str) -> Element {
    Element::new("ResolveRecipients").declare("", NAMESPACE).child(text("Status", status))
}

pub(super) fn failed(status: &str) -> Element {
    root(status)
}

pub(super) fn of(asked: &ResolveRecipients, book: &dyn AddressBook) -> Element {
    let mut left = asked.certificates_max;
    let responses = asked.names.iter().map(|name| response(asked, name, book, &mut left));
    root("1").children(responses.collect::<Vec<_>>())
}

fn response(asked: &ResolveRecipients, name: &str, book: &dyn AddressBook, left: &mut usize) -> Element {
    let response = Element::new("Response").child(text("To", name));
    match book.find(name).as_slice() {
        [] => response.child(text("Status", UNRESOLVED)),
        [card] => response
            .child(text("Status", RESOLVED))
            .child(number("RecipientCount", 1))
            .child(recipient(card).children(details(asked, card, book, left))),
        many => {
            let shown = many.iter().take(asked.suggestions_max);
            let partial = many.len() > asked.suggestions_max;
            response
                .child(text("Status", if partial { AMBIGUOUS_IN_PART } else { AMBIGUOUS }))
                .child(number("RecipientCount", many.len()))
                .children(shown.map(recipient))
        }
    }
}

fn recipient(card: &Card) -> Element {
    Element::new("Recipient")
        .child(text("Type", GAL))
        .child(text("DisplayName", &card.display_name))
        .child(text("EmailAddress", &card.address))
}

fn details(asked: &ResolveRecipients, card: &Card, book: &dyn AddressBook, left: &mut usize) -> Vec<Element> {
    let status = |name: &'static str, status: &str| Element::new(name).child(text("Status", status));
    let availability = asked.availability.then(|| status("Availability", NO_AVAILABILITY));
    let certificates =
        (asked.retrieval != Retrieval::None).then(|| certificates(card, &book.certificates(card), left));
    let picture = asked.picture.then(|| status("Picture", NO_PICTURE));
    [availability, certificates, picture].into_iter().flatten().collect()
}

/// All certificates of a recipient or none: the limit is for the whole answer ([MS-ASCMD] 2.2.3.101).
fn certificates(card: &Card, found: &[Bytes], left: &mut usize) -> Element {
    let count = found.len();
    let (status, returned) = match left.checked_sub(count) {
        _ if count == 0 => (NO_VALID_CERTIFICATE, false),
        None => (LIMIT_REACHED, false),
        Some(rest) => {
            *left = rest;
            (RETURNED, true)
        }
    };
    let list = found.iter().filter(|_| returned);
    Element::new("Certificates")
        .child(text("Status", status))
        .child(number("CertificateCount", count))
        .child(number("RecipientCount", card.recipients))
        .children(list.map(|der| text("Certificate", &STANDARD.encode(der))))
}
