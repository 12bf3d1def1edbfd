//! The two encodings of XML: what was read can be written, and reads as the same.

use mock_tenant::xml::Codec;

use crate::target::Target;

const WORDS: &[&str] = &[
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#x41;",
    "xmlns:i=\"",
    "http://www.w3.org/2001/XMLSchema-instance",
    "<!DOCTYPE a [",
    "<?xml ",
];

struct Encoding {
    codec: Codec,
    seeds: Vec<Vec<u8>>,
}

const DOCUMENT: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action s:mustUnderstand=\"1\">urn:x</a:Action></s:Header><s:Body><n xmlns=\"urn:y\" b=\"é&lt;\">text<i>7</i><i>true</i></n></s:Body></s:Envelope>";

/// .NET binary XML.
pub(super) fn nbfx() -> Box<dyn Target> {
    let tree = Codec::Text.decode(DOCUMENT.as_bytes());
    let seeds = tree.iter().map(|tree| Codec::Nbfx.encode(tree)).collect();
    Box::new(Encoding { codec: Codec::Nbfx, seeds })
}

/// XML text.
pub(super) fn text() -> Box<dyn Target> {
    Box::new(Encoding { codec: Codec::Text, seeds: vec![DOCUMENT.as_bytes().to_vec()] })
}

impl Target for Encoding {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    fn words(&self) -> &'static [&'static str] {
        WORDS
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        let tree = match self.codec.decode(input) {
            Ok(tree) => tree,
            Err(error) => return Ok(format!("{error:?}")),
        };
        let written = self.codec.encode(&tree);
        let again = self
            .codec
            .decode(&written)
            .map_err(|error| format!("what was written does not read: {error:?}"))?;
        if self.codec.encode(&again) != written {
            return Err("what was read again is written otherwise".to_owned());
        }
        Ok(format!("{} {}", tree.elements().count(), tree.content().len().checked_ilog2().unwrap_or(0)))
    }
}
