//! The beginning of a message: enough to know who calls and what for, before the rest is read.

use super::encoding::Encoding;
use crate::xml::nbfx::NbfxReader;
use crate::xml::text::TextReader;
use crate::xml::{Event, EventReader};

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
pub fn beginning(bytes: &[u8], encoding: Encoding) -> Beginning {
    match encoding {
        Encoding::Binary => headers(&mut NbfxReader::new(bytes)),
        Encoding::Text | Encoding::Text11 => TextReader::new(whole_characters(bytes))
            .map(|mut reader| headers(&mut reader))
            .unwrap_or_default(),
    }
}

fn headers<'a>(reader: &mut impl EventReader<'a>) -> Beginning {
    let (mut told, mut text, mut open) = (Beginning::default(), String::new(), Vec::new());
    while let Ok(Some(event)) = reader.next() {
        match event {
            Event::Start { name, .. } if name == "Body" => break,
            Event::Start { name, .. } => {
                text.clear();
                open.push(name);
            }
            Event::Text(part) => text.push_str(&part.into_chars()),
            // only an element that ends is whole
            Event::End => told.take(&open.pop().unwrap_or_default(), &text),
            Event::Namespace { .. } | Event::Attribute { .. } => {}
        }
    }
    told
}

/// Without the part of a character at the end.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) => bytes.split_at(error.valid_up_to()).0,
    }
}

impl Beginning {
    fn take(&mut self, name: &str, text: &str) {
        let text = text.trim();
        match name {
            "Action" => self.command = text.rsplit('/').next().map(str::to_owned),
            // clients send the one that they don't use empty
            "BearerToken" | "LiveToken" if !text.is_empty() => self.bearer = Some(text.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{nbfx, text};

    const MESSAGE: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>
        <a:Action xmlns:a="urn:a">http://example.test/service/FinalizeExport</a:Action>
        <SyncToken><ApplicationId>é</ApplicationId><BearerToken>abc.def.ghi</BearerToken><LiveToken/></SyncToken></s:Header>
        <s:Body><BearerToken>other</BearerToken></s:Body></s:Envelope>"#;

    fn messages() -> [(Vec<u8>, Encoding); 2] {
        let binary = nbfx::encode(&text::parse(MESSAGE.as_bytes()).unwrap());
        [(MESSAGE.as_bytes().to_vec(), Encoding::Text), (binary, Encoding::Binary)]
    }

    #[test]
    fn headers_are_told_and_the_body_is_not_looked_at() {
        for (message, encoding) in messages() {
            let told = beginning(&message, encoding);
            assert_eq!(told.command.as_deref(), Some("FinalizeExport"), "{encoding:?}");
            assert_eq!(told.bearer.as_deref(), Some("abc.def.ghi"), "{encoding:?}");
        }
    }

    #[test]
    fn a_cut_message_tells_what_came_whole() {
        for (message, encoding) in messages() {
            let token = message.windows(7).position(|window| window == b"abc.def").unwrap();
            let told = beginning(&message[..token + 5], encoding);
            assert_eq!(
                (told.command.as_deref(), told.bearer),
                (Some("FinalizeExport"), None),
                "{encoding:?}"
            );
            (0..message.len()).for_each(|cut| drop(beginning(&message[..cut], encoding)));
            assert_eq!(beginning(b"\x00\xff<<<", encoding), Beginning::default());
        }
        let letter = MESSAGE.find('é').unwrap();
        let told = beginning(&MESSAGE.as_bytes()[..=letter], Encoding::Text);
        assert_eq!(told.command.as_deref(), Some("FinalizeExport"), "a character may be cut");
    }
}
