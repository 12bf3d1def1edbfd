//! SOAP 1.2 envelopes with WS-Addressing and the service's SyncToken header.
//!
//! This is where the encoding is decided: text for now. The binary one (MC-NBFX) carries the same elements.

use super::xml::{Element, XmlError};

const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ROLE: &str = "urn:microsoft.online.administrativeservice";
const ACTION: &str = "http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService";

/// Namespace of the commands and of the token's members.
pub(super) const SERVICE: &str = "http://schemas.microsoft.com/online/aws/change/2010/01";

/// Media type of the text encoding.
pub(super) const CONTENT_TYPE: &str = "application/soap+xml; charset=utf-8";

/// Application id of Entra Connect, which the service expects of a sync client.
pub(super) const APPLICATION_ID: &str = "1651564e-7ce4-4d99-88be-0a65050d8dc3";
/// Version of the client that the wire follows.
pub(super) const CLIENT_VERSION: &str = "8.0";
/// Build number, likewise.
pub(super) const BUILD: &str = "2.4.21.0";

/// What stands around a command.
pub(super) struct Call<'a> {
    pub(super) command: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) bearer: &'a str,
    /// Request id, also the tracking id.
    pub(super) id: uuid::Uuid,
    pub(super) issued: jiff::Timestamp,
}

/// A request message.
pub(super) fn request(call: &Call<'_>, body: Element) -> String {
    let action = format!("{ACTION}/{}", call.command);
    let header = Element::new("s:Header")
        .child(Element::new("a:Action").attribute("s:mustUnderstand", "1").text(action))
        .child(sync_token(call))
        .child(Element::new("a:MessageID").text(format!("urn:uuid:{}", call.id)))
        .child(Element::new("a:To").attribute("s:mustUnderstand", "1").text(call.endpoint));
    Element::new("s:Envelope")
        .attribute("xmlns:s", ENVELOPE)
        .attribute("xmlns:a", ADDRESSING)
        .child(header)
        .child(Element::new("s:Body").child(body))
        .to_text()
}

fn sync_token(call: &Call<'_>) -> Element {
    let member = |name: &str, text: String| Element::new(name).attribute("xmlns", SERVICE).text(text);
    Element::new("SyncToken")
        .attribute("s:role", ROLE)
        .attribute("xmlns", ROLE)
        .attribute("xmlns:i", INSTANCE)
        .child(member("ApplicationId", APPLICATION_ID.into()))
        .child(member("BearerToken", call.bearer.into()))
        .child(member("ClientVersion", CLIENT_VERSION.into()))
        .child(member("DirSyncBuildNumber", BUILD.into()))
        .child(member("FIMBuildNumber", BUILD.into()))
        .child(member("IsInstalledOnDC", "false".into()))
        .child(member("IssueDateTime", call.issued.to_string()))
        .child(member("LanguageId", "en-US".into()))
        .child(member("LiveToken", String::new()))
        .child(member("ProtocolVersion", "2.0".into()))
        .child(member("RichCoexistenceEnabled", "false".into()))
        .child(member("TrackingId", call.id.to_string()))
}

/// What a response message holds.
#[derive(Debug)]
pub(super) enum Reply {
    /// `<Command>Result`.
    Result(Element),
    /// A fault.
    Fault(Fault),
}

/// A SOAP fault.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    /// Local name of `s:Code/s:Value`, or of its subcode where there is one.
    pub(super) code: String,
    /// Everything that was said in words.
    pub(super) text: String,
    /// `ErrorCode` in the detail.
    pub(super) error_code: Option<String>,
    /// Where the client is sent to.
    pub(super) redirect: Option<String>,
}

/// Why a response can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum SoapError {
    #[error(transparent)]
    Xml(#[from] XmlError),
    #[error("the answer is no SOAP envelope with {0}Result or a fault")]
    Shape(String),
}

/// Reads a response message.
pub(super) fn reply(command: &str, text: &str) -> Result<Reply, SoapError> {
    let envelope = Element::parse(text)?;
    let shape = || SoapError::Shape(command.to_owned());
    let body = envelope.get("Body").ok_or_else(shape)?;
    if let Some(fault) = body.get("Fault") {
        return Ok(Reply::Fault(read_fault(fault)));
    }
    let path = [format!("{command}Response"), format!("{command}Result")];
    let result = body.path(&[&path[0], &path[1]]).ok_or_else(shape)?;
    Ok(Reply::Result(result.clone()))
}

fn read_fault(fault: &Element) -> Fault {
    let code = fault.path(&["Code", "Subcode", "Value"]).or_else(|| fault.path(&["Code", "Value"]));
    let code = code.and_then(Element::content).unwrap_or("unknown");
    let reason = fault.path(&["Reason", "Text"]).and_then(Element::content);
    let detail = fault.get("Detail");
    let described = detail.and_then(|detail| detail.find("ErrorDescription")).and_then(Element::content);
    let mut text: Vec<&str> = reason.into_iter().chain(described).collect();
    text.dedup();
    let told = |name| detail?.find(name)?.content().map(str::to_owned);
    let redirects = detail.and_then(|detail| detail.find("BindingRedirectionFault"));
    Fault {
        code: code.rsplit_once(':').map_or(code, |(_, local)| local).to_owned(),
        text: text.join("; "),
        error_code: told("ErrorCode"),
        redirect: redirects.and_then(|fault| fault.content_of("Url")).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call<'static> {
        Call {
            command: "Capabilities",
            endpoint: "https://localhost/provisioningservice.svc",
            bearer: "token",
            id: uuid::Uuid::from_u128(7),
            issued: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn request_has_the_headers_of_the_recorded_one() {
        let recorded = include_str!("../../../../tests/fixtures/nbfx-vectors/capabilities-request.xml");
        let recorded = Element::parse(recorded).unwrap();
        let body = Element::new("Capabilities").attribute("xmlns", SERVICE);
        let ours = Element::parse(&request(&call(), body)).unwrap();
        for path in
            [&["Header", "Action"][..], &["Header", "SyncToken", "BearerToken"], &["Body", "Capabilities"]]
        {
            assert!(recorded.path(path).is_some() && ours.path(path).is_some(), "{path:?}");
        }
        let action = |message: &Element| message.path(&["Header", "Action"]).unwrap().raw_text().to_owned();
        assert_eq!(action(&ours), action(&recorded));
    }

    #[test]
    fn faults_are_read_with_code_text_and_redirection() {
        let text = "<s:Envelope xmlns:s='e'><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>\
            <s:Reason><s:Text>moved</s:Text></s:Reason><s:Detail><BindingRedirectionFault><Url>https://b/x</Url>\
            </BindingRedirectionFault></s:Detail></s:Fault></s:Body></s:Envelope>";
        let Reply::Fault(fault) = reply("Capabilities", text).unwrap() else { panic!("no fault") };
        assert_eq!(fault.code, "Receiver");
        assert_eq!(fault.text, "moved");
        assert_eq!(fault.redirect.as_deref(), Some("https://b/x"));
    }

    #[test]
    fn another_shape_is_an_error_that_names_the_command() {
        let error = reply("Capabilities", "<html/>").unwrap_err().to_string();
        assert!(error.contains("CapabilitiesResult"), "{error}");
    }
}
