//! HTTP exchanges: sending, limits, and what a status means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use rustls_pki_types::CertificateDer;

use crate::{connect::trust::is_tls_failure, engine::protocol::ConnectorError};

/// An answer larger than this is not read on.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// How much of an unexpected answer is shown.
const EXCERPT: usize = 300;

/// Status and text of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

/// A client that trusts the given authorities (none given: the system's) and follows no redirection by itself.
pub(super) fn client(
    authorities: &[CertificateDer<'static>],
    timeout: Duration,
) -> Result<Client, ConnectorError> {
    let fail = |e: reqwest::Error| ConnectorError::Fatal(format!("HTTP client: {}", chain(&e)));
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("syncer/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(30).min(timeout))
        .timeout(timeout);
    if authorities.is_empty() {
        return builder.build().map_err(fail);
    }
    let roots =
        authorities.iter().map(|der| reqwest::Certificate::from_der(der)).collect::<Result<Vec<_>, _>>();
    builder.tls_certs_only(roots.map_err(fail)?).build().map_err(fail)
}

/// Sends a request and reads the answer. Statuses that mean the same everywhere become errors; 2xx, 401 and 500 (a
/// SOAP fault comes with it) are the caller's.
pub(super) async fn exchange(
    what: &str,
    request: RequestBuilder,
    now: Timestamp,
) -> Result<Answer, ConnectorError> {
    let response = request.send().await.map_err(|e| broken(what, &e))?;
    let status = response.status();
    let retry_after = retry_after(&response, now);
    let text = body(what, response).await?;
    let told = || format!("{what}: HTTP {status}{}", excerpt(&text));
    Err(match status.as_u16() {
        200..300 | 400 | 401 | 500 => return Ok(Answer { status, text }),
        429 => ConnectorError::Throttled { retry_after },
        503 if retry_after.is_some() => ConnectorError::Throttled { retry_after },
        403 => ConnectorError::Permission(told()),
        413 => ConnectorError::TooLarge(told()),
        408 | 502..600 => ConnectorError::Transient(told()),
        _ => ConnectorError::Fatal(told()),
    })
}

async fn body(what: &str, mut response: Response) -> Result<String, ConnectorError> {
    let mut octets = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| broken(what, &e))? {
        octets.extend_from_slice(&chunk);
        if octets.len() > MAX_ANSWER {
            return Err(ConnectorError::Fatal(format!(
                "{what}: the answer is larger than {MAX_ANSWER} octets"
            )));
        }
    }
    String::from_utf8(octets)
        .map_err(|_| ConnectorError::Transient(format!("{what}: the answer is not UTF-8")))
}

/// Seconds or an HTTP date (RFC 9110 10.2.3), the latter counted from the server's own `Date` where it tells it.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let now = text(header::DATE).and_then(http_date).unwrap_or(now);
    parse_retry_after(text(header::RETRY_AFTER)?, now)
}

fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = http_date(value)?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// A failure without an answer: the request may have arrived all the same.
fn broken(what: &str, error: &reqwest::Error) -> ConnectorError {
    let text = format!("{what}: {}", chain(error));
    if error.is_builder() || is_tls(error) {
        return ConnectorError::Fatal(text);
    }
    ConnectorError::Transient(text)
}

fn is_tls(error: &reqwest::Error) -> bool {
    sources(error).any(|source| {
        source.is::<rustls::Error>() || source.downcast_ref::<std::io::Error>().is_some_and(is_tls_failure)
    })
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source())
}

/// The error and what caused it, on one line.
fn chain(error: &reqwest::Error) -> String {
    let texts: Vec<String> = sources(error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// The beginning of an answer, for an error text.
pub(super) fn excerpt(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return String::new();
    }
    let short: String = line.chars().take(EXCERPT).collect();
    format!(": {short}{}", if short.len() < line.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_takes_seconds_and_dates() {
        let now: Timestamp = "2015-10-21T07:27:50Z".parse().unwrap();
        assert_eq!(parse_retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2015 07:27:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }

    #[test]
    fn excerpts_are_short_and_on_one_line() {
        assert_eq!(excerpt(" a\n b "), ": a b");
        assert_eq!(excerpt(&"x".repeat(1000)).chars().count(), EXCERPT + 3);
        assert_eq!(excerpt(""), "");
    }
}
