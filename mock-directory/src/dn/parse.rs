//! Reading a DN from text (RFC 4514, with the quoted values and spaces of RFC 2253 §4 that AD still takes).

use super::name::{Dn, Rdn};

/// Why a text is no DN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed DN at octet {at}: {why}")]
pub struct DnError {
    /// Octets into the text.
    pub at: usize,
    /// What was wrong there.
    pub why: &'static str,
}

/// Longest text that is looked at; AD's own limit on a DN is about 255 RDNs of 255 characters.
const MAX_LENGTH: usize = 255 * 260;

pub(super) fn dn(text: &str) -> Result<Dn, DnError> {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    if text.len() > MAX_LENGTH {
        return Err(reader.error("longer than any DN"));
    }
    let mut rdns = Vec::new();
    reader.spaces();
    if reader.peek().is_none() {
        return Ok(Dn(rdns));
    }
    loop {
        rdns.push(reader.rdn()?);
        match reader.next() {
            None => return Ok(Dn(rdns)),
            Some(b',') => {}
            Some(b'+') => return Err(reader.error("multi-valued RDNs are not supported")),
            Some(_) => return Err(reader.error("a comma was expected")),
        }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    const fn error(&self, why: &'static str) -> DnError {
        DnError { at: self.at, why }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn rdn(&mut self) -> Result<Rdn, DnError> {
        self.spaces();
        let attr = self.attribute_type()?;
        self.spaces();
        if self.next() != Some(b'=') {
            return Err(self.error("an equals sign was expected"));
        }
        self.spaces();
        let value = match self.peek() {
            Some(b'#') => self.hex_value()?,
            Some(b'"') => self.quoted_value()?,
            _ => self.plain_value()?,
        };
        self.spaces();
        if value.is_empty() {
            return Err(self.error("the value of an RDN is empty"));
        }
        let value = String::from_utf8(value).map_err(|_| self.error("the value of an RDN is not UTF-8"))?;
        if value.contains('\0') {
            return Err(self.error("a NUL in the value of an RDN"));
        }
        Ok(Rdn::new(&attr, &value))
    }

    /// A name (`CN`) or an OID, with or without `OID.` before it.
    fn attribute_type(&mut self) -> Result<String, DnError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') {
            self.at += 1;
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        let bare = text.strip_prefix("OID.").or_else(|| text.strip_prefix("oid.")).unwrap_or(&text);
        match bare.bytes().next() {
            Some(first) if first.is_ascii_alphabetic() && !bare.contains('.') => Ok(bare.to_owned()),
            Some(first)
                if first.is_ascii_digit() && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
            {
                Ok(bare.to_owned())
            }
            _ => Err(self.error("an attribute type was expected")),
        }
    }

    /// `#04024869`: the BER of the value; its contents octets are taken.
    fn hex_value(&mut self) -> Result<Vec<u8>, DnError> {
        self.at += 1;
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_hexdigit()) {
            self.at += 1;
        }
        let octets =
            hex::decode(&self.text[start..self.at]).map_err(|_| self.error("odd number of hex digits"))?;
        match octets.as_slice() {
            [_, length, content @ ..] if *length < 0x80 && content.len() == usize::from(*length) => {
                Ok(content.to_vec())
            }
            _ => Err(self.error("the hex digits are no BER value")),
        }
    }

    fn quoted_value(&mut self) -> Result<Vec<u8>, DnError> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.next() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escape()?),
                Some(byte) => out.push(byte),
                None => return Err(self.error("the quotation mark is never closed")),
            }
        }
    }

    /// Up to the next separator; unescaped spaces at the end don't belong to it.
    fn plain_value(&mut self) -> Result<Vec<u8>, DnError> {
        let mut out = Vec::new();
        let mut keep = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b',' | b'+' => break,
                b'"' | b';' | b'<' | b'>' => {
                    return Err(self.error("a special character without a backslash"));
                }
                b'\\' => {
                    self.at += 1;
                    out.push(self.escape()?);
                    keep = out.len();
                }
                _ => {
                    self.at += 1;
                    out.push(byte);
                    if byte != b' ' {
                        keep = out.len();
                    }
                }
            }
        }
        out.truncate(keep);
        Ok(out)
    }

    /// What follows a backslash: a hex pair, or the character itself.
    fn escape(&mut self) -> Result<u8, DnError> {
        let first = self.next().ok_or_else(|| self.error("nothing follows the backslash"))?;
        let pair = [first, self.peek().unwrap_or(0)];
        let mut octet = [0];
        if hex::decode_to_slice(pair, &mut octet).is_ok() {
            self.at += 1;
            return Ok(octet[0]);
        }
        match first {
            b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\' => Ok(first),
            _ => Err(self.error("the backslash escapes nothing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(text: &str) -> String {
        dn(text).unwrap().to_string()
    }

    #[test]
    fn the_spellings_of_a_name_are_one_name() {
        let wanted = dn("OU=R\\,D \\+ \\#Ops,OU=Corp,DC=test").unwrap();
        for text in [
            "ou=\"R,D + #Ops\",ou=corp,dc=test",
            "OU = R\\2CD \\2B \\23Ops , OU=Corp , DC=TEST",
            "2.5.4.11=x,OU=Corp,DC=test",
        ] {
            let same = dn(text).unwrap();
            assert_eq!(same.same(&wanted), !text.starts_with('2'), "{text}");
        }
        assert_eq!(print("OU=S\\C3\\A3o Paulo,DC=test"), "OU=São Paulo,DC=test");
        assert_eq!(print("CN=#04024869,DC=test"), "CN=Hi,DC=test");
    }

    #[test]
    fn names_print_as_the_recorded_server_printed_them() {
        for text in [
            "CN=\\ Leading Space,DC=t",
            "CN=Trailing Space\\ ,DC=t",
            "CN=Doe\\, John,DC=t",
            "CN=Dup Name\\0ACNF:6c1f8e44-2a0b-4c53-9d7e-1f2a3b4c5d6e,DC=t",
            "CN=Equal\\3DSign,DC=t",
            "CN=Semi\\3BColon,DC=t",
            "CN=Quote \\\"Q\\\" Person,DC=t",
            "CN=Back\\\\Slash,DC=t",
            "CN=Mid\\#Hash,DC=t",
            "CN=Less\\<Greater\\>,DC=t",
            "CN=Star*Name (x),DC=t",
        ] {
            assert_eq!(print(text), text);
        }
    }

    #[test]
    fn malformed_names_are_refused() {
        for text in [
            "not a dn",
            "CN=",
            "CN=a,",
            ",CN=a",
            "CN=a+SN=b",
            "CN=a\\",
            "CN=\"a",
            "CN=a;b",
            "=a",
            "CN=\\zz",
            "CN=\\ff\\fe",
            "CN=a\\00b",
            "CN=#12",
            "CN=,,",
        ] {
            assert!(dn(text).is_err(), "{text}");
        }
        assert_eq!(dn(""), Ok(Dn::default()));
    }

    #[test]
    fn depth_counts_from_the_suffix() {
        let base = dn("DC=corp,DC=test").unwrap();
        assert_eq!(dn("CN=a,OU=b,dc=CORP,dc=test").unwrap().depth_below(&base), Some(2));
        assert_eq!(base.depth_below(&base), Some(0));
        assert_eq!(dn("DC=other,DC=test").unwrap().depth_below(&base), None);
        assert_eq!(base.dns_name(), "corp.test");
    }

    proptest! {
        #[test]
        fn any_text_parses_or_fails_without_a_panic(text in "\\PC{0,60}") {
            let _ = dn(&text);
        }

        #[test]
        fn printing_and_reading_keeps_every_value(values in prop::collection::vec("[^\0]{1,20}", 1..5)) {
            let made = Dn(values.iter().map(|value| Rdn::new("CN", value)).collect());
            prop_assert_eq!(dn(&made.to_string()), Ok(made));
        }
    }
}
