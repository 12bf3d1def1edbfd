//! A request as a value.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use kit::faults::Effect;
use uuid::Uuid;

use super::headers::{http_date, put, text};
use super::{Response, with_effects};
use crate::graph::RequestIds;
use crate::server::Service;
use crate::signin::Endpoint;

/// Longest client-request-id that is echoed.
const CLIENT_ID_MAX: usize = 128;

/// What has come of a request's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Nothing was read: it is too early, or the caller was refused.
    Unread,
    /// Its beginning, in which the caller may be told.
    Beginning(Bytes),
    /// All of it.
    Whole(Bytes),
    /// Not read: it has a media type that the face does not take.
    WrongType,
    /// It is longer than the face takes.
    TooLarge,
    /// It did not come in time, or not whole.
    Broken,
}

/// A request, without a socket.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    /// How the double was reached: links must lead back the same way.
    pub(crate) endpoint: Endpoint,
    pub(crate) ids: RequestIds,
    pub(crate) payload: Payload,
}

impl Request {
    /// A request that has just come, its body not read yet.
    pub(crate) fn new(
        service: &Service,
        endpoint: Endpoint,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
    ) -> Self {
        let request_id = service.next_id("request");
        let client_id = text(&headers, "client-request-id").filter(|id| id.len() <= CLIENT_ID_MAX);
        let client_request_id = client_id.map_or_else(|| request_id.to_string(), str::to_owned);
        let ids = RequestIds { request_id, client_request_id, now: service.clock.now() };
        Self { method, uri, headers, endpoint, ids, payload: Payload::Unread }
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.ids.now
    }

    /// The host without port, as an audience may name it.
    pub(crate) fn host(&self) -> &str {
        without_port(&self.endpoint.host)
    }

    /// Decoded query pairs in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.uri.query().unwrap_or("").as_bytes()).into_owned().collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// The whole body; empty unless it was read whole.
    pub(crate) fn body(&self) -> &[u8] {
        match &self.payload {
            Payload::Whole(body) => body,
            _ => &[],
        }
    }

    /// The media type of the body, without parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        let full = self.header("content-type").unwrap_or_default();
        full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The client's own id as the correlation id of sign-in, if it is a UUID.
    pub(crate) fn correlation_id(&self) -> Uuid {
        self.ids.client_request_id.parse().unwrap_or(self.ids.request_id)
    }

    /// The answer as it goes out: dated, with what the transport shall do with it.
    pub(crate) fn end(&self, effects: &[Effect], mut response: Response) -> Response {
        put(response.headers_mut(), "date", &http_date(self.now()));
        with_effects(response, effects)
    }
}

/// `localhost` of `localhost:8443`; an IPv6 address keeps its brackets.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_from_addresses() {
        assert_eq!(without_port("localhost:1"), "localhost");
        assert_eq!(without_port("[::1]:443"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
        assert_eq!(without_port("localhost"), "localhost");
    }
}
