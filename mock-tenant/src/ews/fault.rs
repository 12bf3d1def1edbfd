//! EWS answers: the envelope, and faults.

use kit::faults::Effect;

use crate::soap::{Encoding, SoapReply};
use crate::xml::{Element, INSTANCE, SCHEMA};

/// SOAP 1.1.
pub(super) const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of `t:`.
pub(super) const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
/// Namespace of `m:`.
pub(super) const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";

/// A fault: a ResponseCode with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Members of `t:MessageXml`.
    pub(super) details: Vec<Element>,
}

impl Fault {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 500, code, message: message.into(), details: Vec::new() }
    }

    /// Source: MS-OXWSCDATA 2.2.5.24 ErrorSchemaValidation; the shape of its detail as Exchange sends it.
    pub(super) fn schema(line: usize, column: usize, violation: &str) -> Self {
        let member = |name: &'static str, value: String| Element::new(name).text(value);
        Self {
            details: vec![
                member("t:LineNumber", line.to_string()),
                member("t:LinePosition", column.to_string()),
                member("t:Violation", violation.to_owned()),
            ],
            ..Self::new("ErrorSchemaValidation", format!("The request failed schema validation: {violation}"))
        }
    }

    pub(super) fn element(self) -> Element {
        let details = (!self.details.is_empty())
            .then(|| Element::new("t:MessageXml").declare("t", TYPES).children(self.details));
        let detail = Element::new("detail")
            .child(Element::new("e:ResponseCode").declare("e", ERRORS).text(self.code))
            .child(Element::new("e:Message").declare("e", ERRORS).text(self.message.as_str()))
            .children(details);
        Element::new("s:Fault")
            .child(Element::new("faultcode").declare("a", TYPES).text(format!("a:{}", self.code)))
            .child(Element::new("faultstring").with("xml:lang", "en-US").text(self.message))
            .child(detail)
    }

    /// What a meaningful fault makes of the call.
    pub(super) fn of_effect(effect: &Effect) -> Option<Self> {
        let busy = |milliseconds: u64| Self {
            details: vec![
                Element::new("t:Value").with("Name", "BackOffMilliseconds").text(milliseconds.to_string()),
            ],
            ..Self::new(
                "ErrorServerBusy",
                "The server cannot service this request right now. Try again later.",
            )
        };
        let with_status = |status: u16, fault: Self| Self { status, ..fault };
        Some(match effect {
            Effect::Throttle { retry_after_s } => busy(retry_after_s.unwrap_or(1) * 1000),
            Effect::Busy {} => busy(1000),
            Effect::Unavailable {} => with_status(
                503,
                Self::new("ErrorMailboxStoreUnavailable", "The mailbox database is temporarily unavailable."),
            ),
            Effect::AuthExpired {} => {
                with_status(401, Self::new("ErrorTokenExpired", "The token has expired."))
            }
            Effect::Forbidden {} => with_status(
                403,
                Self::new("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
            ),
            _ => return None,
        })
    }
}

/// The envelope with the header that clients learn the server's version from.
pub(super) fn reply(status: u16, body: Element, transport: Vec<Effect>) -> SoapReply {
    let version = Element::new("h:ServerVersionInfo")
        .with("MajorVersion", "15")
        .with("MinorVersion", "20")
        .with("MajorBuildNumber", "8500")
        .with("MinorBuildNumber", "20")
        .with("Version", "V2018_01_08")
        .declare("h", TYPES);
    let body = Element::new("s:Body").declare("xsi", INSTANCE).declare("xsd", SCHEMA).child(body);
    let envelope = Element::new("s:Envelope")
        .declare("s", ENVELOPE)
        .child(Element::new("s:Header").child(version))
        .child(body);
    SoapReply { status, headers: Vec::new(), message: Some(envelope), encoding: Encoding::Text11, transport }
}
