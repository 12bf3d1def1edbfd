//! Tokens of delta queries: where to go on and what was asked at first, sealed.

use base64::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::graph::error::GraphError;
use crate::odata::TokenKey;
use crate::tenant::Cursor;

/// How long a token of a directory object lives. Source: concepts/delta-query-overview.md, "Token duration".
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

const CURSOR_BYTES: usize = 24;
const TIME_BYTES: usize = 8;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graph) struct Token {
    /// Where to go on.
    pub(in crate::graph) cursor: Cursor,
    /// When it was issued.
    pub(in crate::graph) issued: Timestamp,
    /// The query it belongs to, as [`super::Query`] writes it.
    pub(in crate::graph) query: String,
}

impl Token {
    /// The sealed text. `link` is where it may be used.
    pub(in crate::graph) fn seal(&self, key: &TokenKey, link: &str) -> String {
        let mut octets = self.cursor.to_octets().to_vec();
        octets.extend_from_slice(&self.issued.as_second().to_be_bytes());
        octets.extend_from_slice(self.query.as_bytes());
        let mac = key.mac_of(&[link.as_bytes(), &octets]);
        BASE64_URL_SAFE_NO_PAD.encode([&mac[..], &octets].concat())
    }

    /// Reads a text that was sealed for this link.
    ///
    /// # Errors
    /// Anything else: 400; a token that has outlived its time: 410 with the way to begin anew.
    pub(in crate::graph) fn open(
        text: &str,
        key: &TokenKey,
        link: &str,
        now: Timestamp,
    ) -> Result<Self, GraphError> {
        let token = Self::unseal(text, key, link).ok_or_else(invalid)?;
        if now.duration_since(token.issued) > LIFE {
            Err(GraphError::gone(link, "syncStateNotFound"))
        } else {
            Ok(token)
        }
    }

    fn unseal(text: &str, key: &TokenKey, link: &str) -> Option<Self> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (mac, octets) = sealed.split_at_checked(TokenKey::MAC_BYTES)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(mac, &key.mac_of(&[link.as_bytes(), octets]))
            .ok()?;
        let (cursor, rest) = octets.split_at_checked(CURSOR_BYTES)?;
        let (issued, query) = rest.split_at_checked(TIME_BYTES)?;
        Some(Self {
            cursor: Cursor::from_octets(cursor.try_into().ok()?),
            issued: Timestamp::from_second(i64::from_be_bytes(issued.try_into().ok()?)).ok()?,
            query: String::from_utf8(query.to_vec()).ok()?,
        })
    }
}

fn invalid() -> GraphError {
    GraphError::new(400, "Request_BadRequest", "The specified page token value is invalid.")
}
