//! What a `ResolveNames` request asks. Source: messages.xsd of EWS, `ResolveNamesType`.

use super::fault::{ENVELOPE, Fault, MESSAGES};
use crate::xml::{Element, text};

/// What is asked.
pub(super) struct Query {
    pub(super) entry: String,
    /// `ReturnFullContactData`.
    pub(super) full: bool,
    /// `ContactDataShape="AllProperties"`.
    pub(super) all_properties: bool,
    /// The address book is within `SearchScope`.
    pub(super) directory: bool,
}

/// Values of `SearchScope`, and whether the address book is within.
const SCOPES: [(&str, bool); 4] = [
    ("ActiveDirectory", true),
    ("ActiveDirectoryContacts", true),
    ("ContactsActiveDirectory", true),
    ("Contacts", false),
];
/// Values of `ContactDataShape`, and whether it has all properties.
const SHAPES: [(&str, bool); 3] = [("Default", false), ("IdOnly", false), ("AllProperties", true)];
const BOOLEANS: [(&str, bool); 4] = [("true", true), ("1", true), ("false", false), ("0", false)];

impl Query {
    /// Reads a message, and judges it by the schema as Exchange does before it looks at what is asked.
    /// `check` is asked about the whole envelope when the request is a good one.
    pub(super) fn read(message: &[u8], check: impl Fn(&Element) -> Result<(), Fault>) -> Result<Self, Fault> {
        let envelope = text::parse(message).map_err(|error| {
            let (line, column) = error.line_column();
            Fault::schema(line, column, &error.problem)
        })?;
        if !envelope.is(ENVELOPE, "Envelope") {
            return Err(invalid(&format!("The element '{}' is not a SOAP 1.1 Envelope.", envelope.name)));
        }
        let body = only(&envelope, ENVELOPE, &["Header"], "Body")?;
        let mut calls = body.elements();
        let call = calls.next().ok_or_else(|| invalid("The Body has no request."))?;
        if let Some(second) = calls.next() {
            return Err(invalid(&unexpected(body, second)));
        }
        if call.name != "ResolveNames" {
            let message =
                format!("NotSupportedByDouble: the operation {} is not served, ResolveNames is.", call.name);
            return Err(Fault::new("ErrorInvalidOperation", message));
        }
        if &*call.namespace != MESSAGES {
            let problem =
                format!("The element 'ResolveNames' in namespace '{}' is not known.", call.namespace);
            return Err(invalid(&problem));
        }
        let query = Self::of(call)?;
        check(&envelope)?;
        Ok(query)
    }

    fn of(call: &Element) -> Result<Self, Fault> {
        let entry =
            only(call, MESSAGES, &["ParentFolderIds"], "UnresolvedEntry")?.content().trim().to_owned();
        if entry.is_empty() {
            return Err(invalid(&format!(
                "The element 'UnresolvedEntry' in namespace '{MESSAGES}' is empty."
            )));
        }
        let full = attribute(call, "ReturnFullContactData", &BOOLEANS)?;
        let full =
            full.ok_or_else(|| invalid("The required attribute 'ReturnFullContactData' is missing."))?;
        let directory = attribute(call, "SearchScope", &SCOPES)?.unwrap_or(true);
        let all_properties = attribute(call, "ContactDataShape", &SHAPES)?.unwrap_or(false);
        Ok(Self { entry, full, all_properties, directory })
    }
}

/// The element of that name, after those that may come before it, and with nothing else beside it.
fn only<'a>(parent: &'a Element, namespace: &str, before: &[&str], name: &str) -> Result<&'a Element, Fault> {
    let mut found = None;
    for element in parent.elements() {
        let known = &*element.namespace == namespace && found.is_none();
        if known && element.name == name {
            found = Some(element);
        } else if !known || !before.contains(&&*element.name) {
            return Err(invalid(&unexpected(parent, element)));
        }
    }
    found.ok_or_else(|| {
        let parent = (&parent.name, &parent.namespace);
        invalid(&format!(
            "The element '{}' in namespace '{}' has incomplete content. List of possible elements expected: '{name}' in namespace '{namespace}'.",
            parent.0, parent.1
        ))
    })
}

/// In the words of .NET's XmlSchemaValidator.
fn unexpected(parent: &Element, child: &Element) -> String {
    format!(
        "The element '{}' in namespace '{}' has invalid child element '{}' in namespace '{}'.",
        parent.name, parent.namespace, child.name, child.namespace
    )
}

fn attribute(call: &Element, name: &str, values: &[(&str, bool)]) -> Result<Option<bool>, Fault> {
    let Some(given) = call.attribute("", name) else { return Ok(None) };
    let known = values.iter().find(|(value, _)| *value == given);
    let known = known.ok_or_else(|| {
        invalid(&format!(
            "The '{name}' attribute is invalid - The value '{given}' is invalid according to its datatype."
        ))
    })?;
    Ok(Some(known.1))
}

fn invalid(problem: &str) -> Fault {
    Fault::schema(1, 1, problem)
}
