//! Keeps web pages out: a page that a developer has open can send requests to loopback, but not without a foreign
//! `Host` (DNS rebinding) or a foreign `Origin`.

use std::net::IpAddr;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::Uri;
use http::header::{HOST, ORIGIN};

use super::ControlError;

/// Refuses requests that were not meant for loopback or that come from a page elsewhere.
pub(super) async fn only_local(request: Request, next: Next) -> Result<Response, ControlError> {
    let host = request
        .uri()
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| header(&request, HOST));
    match host {
        Some(host) if is_loopback(&host) => {}
        other => return Err(foreign("foreign_host", "Host", other.as_deref().unwrap_or("nothing"))),
    }
    match header(&request, ORIGIN) {
        Some(origin) if !is_local_origin(&origin) => Err(foreign("foreign_origin", "Origin", &origin)),
        _ => Ok(next.run(request).await),
    }
}

fn foreign(code: &'static str, name: &str, value: &str) -> ControlError {
    ControlError::forbidden(code, format!("the control API answers only loopback: {name} says {value}"))
}

/// A header that can't be read is foreign, not absent.
fn header(request: &Request, name: http::HeaderName) -> Option<String> {
    request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn is_local_origin(origin: &str) -> bool {
    origin
        .parse::<Uri>()
        .ok()
        .and_then(|uri| uri.authority().map(|authority| is_loopback(authority.as_str())))
        .unwrap_or(false)
}

/// `localhost`, names below it, or a loopback address, with any port.
fn is_loopback(host: &str) -> bool {
    if host.contains('@') {
        return false;
    }
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    match name.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_by_name_or_address_with_any_port() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:1", "127.8.8.8", "[::1]:443", "a.localhost:9"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.test",
            "localhost.example.test",
            "10.0.0.1",
            "[::2]",
            "evil@localhost",
            "127.0.0.1.nip.test",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn an_origin_without_a_host_is_foreign() {
        assert!(is_local_origin("http://localhost:3000"));
        for origin in ["null", "", "https://example.test", "file://", "http://localhost.example.test"] {
            assert!(!is_local_origin(origin), "{origin}");
        }
    }
}
