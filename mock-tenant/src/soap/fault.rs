//! Answers, and the ways in which a whole call is refused.

use kit::faults::Effect;

use uuid::Uuid;

use super::encoding::Encoding;
use super::infoset::{ADDRESSING, Atom, CONTRACTS, ENVELOPE, Element, INSTANCE, SERVICE};

/// The action under which WCF sends faults (WS-Addressing 1.0, SOAP binding, 6).
const FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/soap/fault";

/// An answer. It is a value until it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoapReply {
    /// HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The envelope; `None` for an answer without a body.
    pub message: Option<Element>,
    /// How it is to be written.
    pub encoding: Encoding,
    /// What the transport shall do with it.
    pub transport: Vec<Effect>,
}

impl SoapReply {
    /// The same answer in that encoding.
    #[must_use]
    pub fn encoded(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// An answer of a status and headers only.
    #[must_use]
    pub const fn empty(status: u16, headers: Vec<(&'static str, String)>) -> Self {
        Self { status, headers, message: None, encoding: Encoding::Text, transport: Vec::new() }
    }

    /// Content-Type.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        self.encoding.content_type()
    }

    /// The envelope's octets.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.message.as_ref().map(|message| self.encoding.encode(message)).unwrap_or_default()
    }
}

/// Why a whole call is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The message can't be read.
    #[error("The request message is malformed: {0}")]
    Malformed(String),
    /// No operation has that action.
    #[error(
        "The message with Action '{0}' cannot be processed at the receiver, due to a ContractFilter mismatch at the EndpointDispatcher."
    )]
    ActionNotSupported(String),
    /// A header that must be understood is not.
    #[error(
        "The header '{name}' from the namespace '{namespace}' was not understood by the recipient of this message, causing the message to not be processed."
    )]
    NotUnderstood {
        /// Local name.
        name: String,
        /// Namespace.
        namespace: String,
    },
    /// The real service does that, this double doesn't.
    #[error("mock-tenant does not serve {0}; the real service does.")]
    NotServed(String),
    /// The objects of a batch change too many references.
    #[error("The batch changes {links} links, at most {max} are supported across a batch.")]
    TooManyLinks {
        /// How many it changes.
        links: usize,
        /// How many it may.
        max: usize,
    },
    /// The encoding is not served.
    #[error("Cannot process the message because the content type '{0}' was not the expected type.")]
    UnsupportedMediaType(String),
    /// The token is missing, wrong or expired.
    #[error("{0}")]
    Authentication(String),
    /// The caller may not do this.
    #[error("Access denied: {0}")]
    Forbidden(String),
    /// Too many requests.
    #[error("Too many requests.")]
    Throttled {
        /// Seconds to wait, if told.
        retry_after: Option<u64>,
    },
    /// Server busy.
    #[error("The server is busy. Try again later.")]
    Busy,
    /// Down.
    #[error("The service is unavailable.")]
    Unavailable,
    /// The cookie of a read-back is no good.
    #[error("The cookie is not valid or has expired. A full synchronization is required.")]
    CookieExpired,
    /// The tenant has sync switched off.
    #[error("Directory synchronization is not activated for this company.")]
    NotActivated,
    /// Go there instead.
    #[error("The company is served at {0}.")]
    Redirect(String),
}

impl Refusal {
    /// `ErrorCode` in the fault's detail.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "DeserializationFailed",
            Self::ActionNotSupported(_) => "ActionNotSupported",
            Self::NotUnderstood { .. } => "MustUnderstand",
            Self::NotServed(_) => "NotSupportedByDouble",
            Self::TooManyLinks { .. } => "MaxLinksExceeded",
            Self::UnsupportedMediaType(_) => "UnsupportedMediaType",
            Self::Authentication(_) => "AuthenticationFailed",
            Self::Forbidden(_) => "AccessDenied",
            Self::Throttled { .. } => "Throttled",
            // Entra Connect reports the service's "server busy" by this number.
            Self::Busy => "81",
            Self::Unavailable => "ServiceUnavailable",
            Self::CookieExpired => "InvalidCookie",
            Self::NotActivated => "DirectorySyncNotActivated",
            Self::Redirect(_) => "BindingRedirection",
        }
    }

    /// HTTP status: faults are 500, but what the front door says before the service does is its own.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::UnsupportedMediaType(_) => 415,
            Self::NotServed(_) => 501,
            Self::Throttled { .. } => 429,
            Self::Busy | Self::Unavailable => 503,
            _ => 500,
        }
    }

    const fn is_senders(&self) -> bool {
        !matches!(self, Self::Throttled { .. } | Self::Busy | Self::Unavailable | Self::NotServed(_))
    }

    /// The fault as an answer.
    #[must_use]
    pub fn reply(&self) -> SoapReply {
        let headers = match self {
            Self::Throttled { retry_after: Some(seconds) } => vec![("Retry-After", seconds.to_string())],
            _ => Vec::new(),
        };
        let mut reply = envelope(FAULT_ACTION, None, self.element());
        reply.status = self.status();
        reply.headers = headers;
        reply
    }

    fn element(&self) -> Element {
        let side = match self {
            // SOAP 1.2 part 1, 5.4.6: this one is a code of its own
            Self::NotUnderstood { .. } => "s:MustUnderstand",
            _ if self.is_senders() => "s:Sender",
            _ => "s:Receiver",
        };
        let value = match self {
            Self::ActionNotSupported(_) => Element::new("s:Value").text("a:ActionNotSupported"),
            _ => {
                Element::named("s", "Value".into()).text(format!("b:{}", self.code())).declare("b", CONTRACTS)
            }
        };
        let code = Element::new("s:Code")
            .child(Element::new("s:Value").text(side))
            .child(Element::new("s:Subcode").child(value));
        let reason = Element::new("s:Reason")
            .child(Element::new("s:Text").with("xml:lang", "en-US").text(self.to_string()));
        Element::new("s:Fault").child(code).child(reason).child(Element::new("s:Detail").child(self.detail()))
    }

    fn detail(&self) -> Element {
        if let Self::Redirect(url) = self {
            return Element::new("BindingRedirectionFault")
                .declare("", SERVICE)
                .child(Element::new("Url").text(url.as_str()));
        }
        Element::new("b:ServiceFault")
            .declare("b", CONTRACTS)
            .declare("i", INSTANCE)
            .child(Element::new("b:ErrorCode").text(self.code()))
            .child(Element::new("b:ErrorDescription").text(self.to_string()))
    }
}

/// An answer with this body.
pub(super) fn envelope(action: &str, relates_to: Option<&str>, body: Element) -> SoapReply {
    let header = Element::new("s:Header")
        .child(Element::new("a:Action").with("s:mustUnderstand", "1").text(action))
        .children(relates_to.map(|id| message_id(Element::new("a:RelatesTo"), id)));
    let envelope = Element::new("s:Envelope")
        .declare("s", ENVELOPE)
        .declare("a", ADDRESSING)
        .child(header)
        .child(Element::new("s:Body").child(body));
    SoapReply {
        status: 200,
        headers: Vec::new(),
        message: Some(envelope),
        encoding: Encoding::Text,
        transport: Vec::new(),
    }
}

/// WCF writes a message id that is a UUID as one.
fn message_id(element: Element, id: &str) -> Element {
    let uuid = id.strip_prefix("urn:uuid:").and_then(|uuid| Uuid::try_parse(uuid).ok());
    match uuid.map(Atom::UniqueId).filter(|atom| atom.to_string() == id) {
        Some(atom) => element.atom(atom),
        None => element.text(id),
    }
}
