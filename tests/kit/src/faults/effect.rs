//! The effects a fault can have.

use serde::{Deserialize, Serialize};

/// What goes wrong. The first group is carried out by the transport ([`crate::transport`]), the second is rendered
/// by each protocol in its own terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The answer comes `ms` real milliseconds late.
    Delay {
        /// Real milliseconds.
        ms: u64,
    },
    /// The connection stays open but nothing more comes.
    Stall {},
    /// The connection is torn down with a TCP reset.
    Reset {},
    /// After `bytes` more bytes the connection is closed.
    Truncate {
        /// How many bytes still go through.
        bytes: usize,
    },
    /// The answer comes in pieces.
    Slice {
        /// Size of a piece.
        bytes: usize,
        /// Real milliseconds between two pieces.
        ms: u64,
    },
    /// The connection is closed before the operation is carried out.
    CloseBefore {},
    /// The operation is carried out, then the connection is closed without an answer.
    LostAck {},

    /// Too many requests.
    Throttle {
        /// Seconds the client is told to wait; absent: it isn't told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u64>,
    },
    /// The service is overloaded for the moment.
    Busy {},
    /// The service is down.
    Unavailable {},
    /// The credential is no longer good.
    AuthExpired {},
    /// The caller may not do this.
    Forbidden {},
    /// The object changed underneath, or exists already.
    Conflict {},
    /// The change cursor is too old or unknown.
    CursorExpired {},
    /// The answer shows an older state.
    StaleRead {},
    /// A page ends early although more follows.
    PartialPage {},
    /// A page is delivered twice.
    DuplicatePage {},
    /// Results come in another order.
    Reorder {},
    /// The client is sent elsewhere.
    Referral {
        /// Where to; absent: the double's own idea of elsewhere.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        urls: Vec<String>,
    },
    /// A value comes back damaged.
    CorruptValue {
        /// Which attribute; absent: the double's own choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
    },
}

impl Effect {
    /// The name used in plans and in the journal.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::Stall {} => "stall",
            Self::Reset {} => "reset",
            Self::Truncate { .. } => "truncate",
            Self::Slice { .. } => "slice",
            Self::CloseBefore {} => "close_before",
            Self::LostAck {} => "lost_ack",
            Self::Throttle { .. } => "throttle",
            Self::Busy {} => "busy",
            Self::Unavailable {} => "unavailable",
            Self::AuthExpired {} => "auth_expired",
            Self::Forbidden {} => "forbidden",
            Self::Conflict {} => "conflict",
            Self::CursorExpired {} => "cursor_expired",
            Self::StaleRead {} => "stale_read",
            Self::PartialPage {} => "partial_page",
            Self::DuplicatePage {} => "duplicate_page",
            Self::Reorder {} => "reorder",
            Self::Referral { .. } => "referral",
            Self::CorruptValue { .. } => "corrupt_value",
        }
    }

    /// Whether the transport carries it out, whatever the protocol.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(
            self,
            Self::Delay { .. }
                | Self::Stall {}
                | Self::Reset {}
                | Self::Truncate { .. }
                | Self::Slice { .. }
                | Self::CloseBefore {}
                | Self::LostAck {}
        )
    }

    /// The names of several effects as one text for the journal's `fault` field; empty if there are none.
    #[must_use]
    pub fn names(effects: &[Self]) -> String {
        effects.iter().map(Self::name).collect::<Vec<_>>().join(",")
    }
}
