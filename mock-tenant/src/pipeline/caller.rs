//! Who asks.

use crate::signin::{Claims, Refused, TokenCheck};

use super::Request;
use crate::server::Service;

/// What a face knows of its caller before it reads the message.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The face asks nobody who they are.
    Anyone,
    /// A good token.
    Token(Box<Claims>),
    /// A user by name, whose password a lenient tenant does not look at.
    Named(String),
    /// No good token.
    Refused(Refused),
    /// The message itself says it: its beginning is needed.
    InMessage,
}

impl Caller {
    /// Who it is for the journal; empty if nobody is known.
    pub(crate) fn principal(&self) -> &str {
        match self {
            Self::Token(claims) => &claims.appid,
            Self::Named(name) => name,
            Self::Anyone | Self::Refused(_) | Self::InMessage => "",
        }
    }

    /// Whether reading on makes no sense.
    pub(crate) const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// By the Authorization header, for a face that takes tokens with these audiences.
    pub(crate) fn by_header(
        service: &Service,
        request: &Request,
        audiences: &[&str],
        own_host: Option<&str>,
    ) -> Self {
        let check = TokenCheck { authority: &service.authority, audiences, own_host, now: request.now() };
        check.header(request.header("authorization")).into()
    }
}

impl From<Result<Claims, Refused>> for Caller {
    fn from(checked: Result<Claims, Refused>) -> Self {
        match checked {
            Ok(claims) => Self::Token(Box::new(claims)),
            Err(refused) => Self::Refused(refused),
        }
    }
}
