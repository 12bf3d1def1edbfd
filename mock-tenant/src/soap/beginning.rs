//! The beginning of a message: enough to know who calls and what for, before the rest is read.

use quick_xml::Reader;
use quick_xml::events::Event;

/// What the beginning of a message tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The command: the last part of the action.
    pub command: Option<String>,
    /// The token of the SyncToken header.
    pub bearer: Option<String>,
}

impl std::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the token is a secret
        f.debug_struct("Beginning").field("command", &self.command).finish_non_exhaustive()
    }
}

/// Reads the headers of a message of which only the first bytes may be here. What can't be read is not told: whoever
/// needs it refuses, and the whole message is judged later.
#[must_use]
pub fn beginning(bytes: &[u8]) -> Beginning {
    let mut reader = Reader::from_reader(bytes);
    let (mut told, mut text) = (Beginning::default(), String::new());
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) if start.local_name().as_ref() == "Body" => break,
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(part.as_ref()),
            // only an element that ends is whole
            Event::End(end) => told.take(end.local_name().as_ref(), &text),
            Event::Eof => break,
            _ => {}
        }
    }
    told
}

impl Beginning {
    fn take(&mut self, name: &str, text: &str) {
        let text = text.trim();
        match name {
            "Action" => self.command = text.rsplit('/').next().map(str::to_owned),
            "BearerToken" | "LiveToken" => self.bearer = Some(text.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>
        <a:Action xmlns:a="urn:a">http://example.test/service/FinalizeExport</a:Action>
        <SyncToken><ApplicationId>x</ApplicationId><BearerToken>abc.def.ghi</BearerToken></SyncToken></s:Header>
        <s:Body><BearerToken>other</BearerToken></s:Body></s:Envelope>"#;

    #[test]
    fn headers_are_told_and_the_body_is_not_looked_at() {
        let told = beginning(MESSAGE.as_bytes());
        assert_eq!(told.command.as_deref(), Some("FinalizeExport"));
        assert_eq!(told.bearer.as_deref(), Some("abc.def.ghi"));
    }

    #[test]
    fn a_cut_message_tells_what_came_whole() {
        let cut = MESSAGE.find("abc.def").unwrap() + 5;
        let told = beginning(&MESSAGE.as_bytes()[..cut]);
        assert_eq!((told.command.as_deref(), told.bearer), (Some("FinalizeExport"), None));
        assert_eq!(beginning(b"\x00\xff<<<"), Beginning::default());
    }
}
