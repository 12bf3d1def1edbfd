//! Taking a request apart: envelope, action, token, command.

use super::encoding::Encoding;
use super::fault::{Refusal, SoapReply};
use super::infoset::{ADDRESSING, ENVELOPE, Element};

/// Where all actions are.
pub(super) const ACTION: &str =
    "http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService";

/// One call.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The command's element.
    pub(super) body: Element,
    encoding: Encoding,
    action: String,
    /// The action was in the header.
    has_action: bool,
    /// The first header that must be understood and isn't.
    not_understood: Option<(String, String)>,
    message_id: Option<String>,
    bearer: Option<String>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body may hold password hashes, the header holds a token.
        f.debug_struct("Request").field("action", &self.action).finish_non_exhaustive()
    }
}

/// Reads a request.
///
/// # Errors
/// The fault to send: an encoding that is not served, a malformed message, no SOAP 1.2 envelope, no body.
pub fn read(body: &[u8], content_type: &str) -> Result<Request, Box<SoapReply>> {
    let encoding = Encoding::of_content_type(content_type)
        .ok_or_else(|| Box::new(Refusal::UnsupportedMediaType(content_type.to_owned()).reply()))?;
    let envelope = encoding.decode(body).map_err(|error| Refusal::Malformed(error.to_string()));
    let request = envelope.and_then(|envelope| Request::from_envelope(&envelope, encoding));
    request.map_err(|refusal| Box::new(refusal.reply().encoded(encoding)))
}

impl Request {
    fn from_envelope(envelope: &Element, encoding: Encoding) -> Result<Self, Refusal> {
        let malformed = |problem: &str| Refusal::Malformed(problem.to_owned());
        if envelope.name != "Envelope" || &*envelope.namespace != ENVELOPE {
            return Err(malformed(&format!(
                "the root is <{}>, a SOAP 1.2 Envelope is expected",
                envelope.name
            )));
        }
        let body = envelope.get("Body").ok_or_else(|| malformed("the Envelope has no Body"))?;
        let command = body.elements().next().ok_or_else(|| malformed("the Body is empty"))?;
        let header = envelope.get("Header");
        let told = |name: &str| header.and_then(|header| header.content_of(name));
        let token = header.and_then(|header| header.get("SyncToken"));
        let bearer =
            token.and_then(|token| token.content_of("BearerToken").or_else(|| token.content_of("LiveToken")));
        let action = told("Action");
        Ok(Self {
            body: command.clone(),
            encoding,
            has_action: action.is_some(),
            action: action.unwrap_or_else(|| format!("{ACTION}/{}", command.name)),
            not_understood: header.and_then(not_understood),
            message_id: told("MessageID"),
            bearer,
        })
    }

    /// The command: the last part of the action.
    #[must_use]
    pub fn command(&self) -> &str {
        self.action.rsplit('/').next().unwrap_or_default()
    }

    /// The encoding, which answers have too.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The action.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The token of the SyncToken header, for the caller to check.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// MessageID, for RelatesTo.
    pub(super) fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The first header that must be understood and isn't: name and namespace.
    pub(super) fn not_understood(&self) -> Option<(&str, &str)> {
        self.not_understood.as_ref().map(|(name, namespace)| (name.as_str(), namespace.as_str()))
    }

    /// Action and body both call that command. WCF dispatches by the action; a lenient tenant does without.
    pub(super) fn is_call_of(&self, command: &str, strict: bool) -> bool {
        let by_action = self.action.strip_prefix(ACTION).and_then(|rest| rest.strip_prefix('/'));
        by_action == Some(command) && self.body.name == command && (self.has_action || !strict)
    }
}

/// Headers that the service understands: WS-Addressing's, and its own token.
fn not_understood(header: &Element) -> Option<(String, String)> {
    let must =
        |element: &&Element| matches!(element.attribute(ENVELOPE, "mustUnderstand"), Some("1" | "true"));
    let known = |element: &&Element| &*element.namespace == ADDRESSING || element.name == "SyncToken";
    let odd = header.elements().filter(must).find(|element| !known(element))?;
    Some((odd.name.to_string(), odd.namespace.to_string()))
}
