//! The faces as data, and the whole way of a request through one of them.

use super::{Caller, Request, Response};
use crate::server::Service;

/// One of the services that the double plays.
#[derive(Debug)]
pub(crate) struct Face {
    /// Its name, for logs and for budgets.
    pub(crate) name: &'static str,
    /// Largest body in bytes.
    pub(crate) body_limit: usize,
    /// Media types of a body that it takes; none: it looks for itself.
    pub(crate) media: &'static [&'static str],
    /// Who asks. Called before the body is read; if it answers [`Caller::InMessage`], called again with
    /// [`Payload::Beginning`].
    pub(crate) authenticate: fn(&Service, &Request) -> Caller,
    /// Answers, and writes the journal. A body that was not read is told by the request's payload.
    pub(crate) answer: fn(&Service, &Request, &Caller) -> Response,
}

impl Face {
    /// Whether it takes a body of this request's media type.
    pub(crate) fn takes(&self, request: &Request) -> bool {
        self.media.is_empty() || self.media.contains(&request.media_type().as_str())
    }

    /// Answers a request whose body is here already: a test, or another transport.
    #[cfg(test)]
    pub(crate) fn serve(&self, service: &Service, request: &Request) -> Response {
        use super::Payload;
        let caller = match ((self.authenticate)(service, request), &request.payload) {
            (Caller::InMessage, Payload::Whole(body)) => {
                let begun = Request { payload: Payload::Beginning(body.clone()), ..request.clone() };
                (self.authenticate)(service, &begun)
            }
            (caller, _) => caller,
        };
        (self.answer)(service, request, &caller)
    }
}
