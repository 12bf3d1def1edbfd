//! The name of an object in a request: a DN or one of AD's other forms (MS-ADTS 3.1.1.3.1.2.4).

use super::name::Dn;
use super::parse::DnError;
use crate::schema::{parse_guid_text, parse_sid_text};

/// What a baseObject names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A DN; empty = the rootDSE.
    Dn(Dn),
    /// `<GUID=…>`: objectGUID in AD's octet order.
    Guid([u8; 16]),
    /// `<SID=…>`: objectSid octets.
    Sid(Vec<u8>),
    /// `<WKGUID=…,dn>`: a well-known object of that container.
    WellKnown([u8; 16], Dn),
}

impl Base {
    /// Reads a name. Of the extended form `<GUID=…>;<SID=…>;DN` the first part counts.
    ///
    /// # Errors
    /// As [`Dn::parse`], or why the form in angle brackets is malformed.
    pub fn parse(text: &str) -> Result<Self, DnError> {
        let Some(inner) = text.strip_prefix('<') else {
            return Dn::parse(text).map(Self::Dn);
        };
        let error = |why| DnError { at: 0, why };
        let (form, rest) = inner.split_once('>').ok_or_else(|| error("the angle bracket is never closed"))?;
        if !rest.is_empty() && !rest.starts_with(';') {
            return Err(error("something follows the angle bracket"));
        }
        let (kind, value) = form.split_once('=').ok_or_else(|| error("an equals sign was expected"))?;
        match kind.to_ascii_uppercase().as_str() {
            "GUID" => guid(value).map(Self::Guid).ok_or_else(|| error("malformed GUID")),
            "SID" => sid(value).map(Self::Sid).ok_or_else(|| error("malformed SID")),
            "WKGUID" => well_known(value),
            _ => Err(error("GUID, SID or WKGUID was expected")),
        }
    }
}

/// Text form with dashes, or 32 hex digits of the octets as stored.
fn guid(value: &str) -> Option<[u8; 16]> {
    let mut octets = [0; 16];
    match hex::decode_to_slice(value, &mut octets) {
        Ok(()) => Some(octets),
        Err(_) => parse_guid_text(value),
    }
}

fn sid(value: &str) -> Option<Vec<u8>> {
    parse_sid_text(value).or_else(|| hex::decode(value).ok().filter(|octets| octets.len() >= 8))
}

fn well_known(value: &str) -> Result<Base, DnError> {
    let malformed = DnError { at: 0, why: "malformed WKGUID" };
    let (guid, container) = value.split_once(',').ok_or_else(|| malformed.clone())?;
    let mut octets = [0; 16];
    hex::decode_to_slice(guid, &mut octets).map_err(|_| malformed)?;
    Ok(Base::WellKnown(octets, Dn::parse(container)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_guid_name_the_same_object() {
        let a = Base::parse("<GUID=f89ef1c9-7ed7-4696-a290-8b7b15c106de>").unwrap();
        assert_eq!(a, Base::parse("<guid=c9f19ef8d77e9646a2908b7b15c106de>").unwrap());
        assert_eq!(a, Base::parse("<GUID=c9f19ef8d77e9646a2908b7b15c106de>;CN=x,DC=y").unwrap());
    }

    #[test]
    fn sids_and_well_known_containers() {
        assert!(matches!(Base::parse("<SID=S-1-5-32-545>").unwrap(), Base::Sid(sid) if sid.len() == 16));
        let users = Base::parse("<WKGUID=a9d1ca15768811d1aded00c04fd8d5cd,DC=corp,DC=test>").unwrap();
        assert!(matches!(users, Base::WellKnown([0xa9, ..], dn) if dn.0.len() == 2));
    }

    #[test]
    fn malformed_forms_are_refused() {
        for text in [
            "<GUID=xyz>",
            "<GUID=f89ef1c9-7ed7-4696-a290-8b7b15c106de>,DC=a",
            "<GUID=",
            "<X=1>",
            "<WKGUID=12,DC=a>",
            "<SID=>",
        ] {
            assert!(Base::parse(text).is_err(), "{text}");
        }
    }
}
