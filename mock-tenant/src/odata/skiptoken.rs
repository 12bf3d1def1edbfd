//! `$skiptoken`: opaque to the client, and useless when altered or moved to another query.

use aws_lc_rs::hmac;
use base64::prelude::*;

use super::ODataError;

const MAC_BYTES: usize = 16;
const TOKEN_BYTES: usize = 8 + MAC_BYTES;

/// The key of one server's tokens.
#[derive(Clone)]
pub struct TokenKey(hmac::Key);

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

/// Where a page begins: the sequence number after which to go on, or the number of rows to skip in an ordered answer.
pub type Place = u64;

impl TokenKey {
    /// A key out of seed bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The token for a place in the answer to `query` (any text that tells queries apart), which was asked with
    /// `ConsistencyLevel: eventual` or without.
    #[must_use]
    pub fn issue(&self, place: Place, query: &str, eventual: bool) -> String {
        let mut octets = place.to_be_bytes().to_vec();
        octets.extend_from_slice(&self.mac(place, query, eventual));
        BASE64_URL_SAFE_NO_PAD.encode(octets)
    }

    /// The place of a token that was issued for this query. The header must be sent with every page.
    /// Source: learn.microsoft.com/graph/query-parameters, skipToken; msgraph-sdk-java-core issue 203 shows the refusal. A
    /// header that comes later is taken (assumed).
    ///
    /// # Errors
    /// `Request_UnsupportedQuery` without the header that the query began with; `Request_BadRequest` for anything else.
    pub fn open(&self, token: &str, query: &str, eventual: bool) -> Result<Place, ODataError> {
        let invalid = || ODataError::request("The specified page token value is invalid.");
        let octets = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
        let octets = <[u8; TOKEN_BYTES]>::try_from(octets).map_err(|_| invalid())?;
        let (place, mac) = octets.split_at(8);
        let place = place.iter().fold(0, |place, octet| place << 8 | u64::from(*octet));
        let began = |eventual| {
            let expected = self.mac(place, query, eventual);
            aws_lc_rs::constant_time::verify_slices_are_equal(mac, &expected).is_ok()
        };
        match (began(false), began(true)) {
            (false, true) if !eventual => Err(ODataError::unsupported("Unsupported Query.")),
            (false, false) => Err(invalid()),
            _ => Ok(place),
        }
    }

    fn mac(&self, place: Place, query: &str, eventual: bool) -> [u8; MAC_BYTES] {
        self.mac_of(&[&place.to_be_bytes(), &[u8::from(eventual)], query.as_bytes()])
    }

    /// Octets of [`TokenKey::mac_of`].
    pub const MAC_BYTES: usize = MAC_BYTES;

    /// A code that only this key gives these parts.
    #[must_use]
    pub fn mac_of(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        parts.iter().for_each(|part| context.update(part));
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&context.sign().as_ref()[..MAC_BYTES]);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_open_for_their_query_only_and_unaltered_only() {
        let key = TokenKey::new(&[3; 32]);
        let token = key.issue(41, "users?$top=2", false);
        assert_eq!(key.open(&token, "users?$top=2", false), Ok(41));
        assert!(key.open(&token, "users?$top=3", false).is_err());
        assert!(TokenKey::new(&[4; 32]).open(&token, "users?$top=2", false).is_err());
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(key.open(&altered, "users?$top=2", false).is_err(), "{altered}");
        }
        assert!(key.open("", "users?$top=2", false).is_err());
    }

    #[test]
    fn what_began_with_the_header_goes_on_with_it() {
        let key = TokenKey::new(&[3; 32]);
        let token = key.issue(7, "users?$count=true", true);
        assert_eq!(key.open(&token, "users?$count=true", true), Ok(7));
        let refused = key.open(&token, "users?$count=true", false).unwrap_err();
        assert_eq!(
            (refused.code, refused.message.as_str()),
            ("Request_UnsupportedQuery", "Unsupported Query.")
        );
        let plain = key.issue(7, "users", false);
        assert_eq!(key.open(&plain, "users", true), Ok(7));
    }
}
