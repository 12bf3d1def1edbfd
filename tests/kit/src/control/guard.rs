//! Keeps other machines out, whatever address the control API listens on, and web pages: a page that a developer has open
//! can send requests to loopback, but not without a foreign `Host` (DNS rebinding) or a foreign `Origin`.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Uri;
use http::header::{HOST, ORIGIN};

use super::ControlError;

/// Refuses requests that come from another machine, were not meant for loopback, or come from a page elsewhere.
pub(super) async fn only_local(request: Request, next: Next) -> Result<Response, ControlError> {
    match request.extensions().get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(peer)) if is_this_machine(peer.ip()) => {}
        Some(ConnectInfo(peer)) => {
            return Err(foreign("foreign_peer", "the peer's address", &peer.ip().to_string()));
        }
        None => return Err(foreign("foreign_peer", "the peer's address", "nothing")),
    }
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

/// A socket for both families tells IPv4 addresses inside of IPv6 ones.
fn is_this_machine(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
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
    fn this_machine_is_told_from_others_in_both_families() {
        for (peer, own) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_this_machine(peer.parse().unwrap()), own, "{peer}");
        }
    }

    #[tokio::test]
    async fn another_machine_is_refused_whatever_it_says() {
        let router = axum::Router::new()
            .route("/", axum::routing::get(|| async { "in" }))
            .layer(axum::middleware::from_fn(only_local));
        let status = async |peer: &str| {
            let mut request =
                http::Request::get("http://localhost/").body(axum::body::Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
            tower::ServiceExt::oneshot(router.clone(), request).await.unwrap().status().as_u16()
        };
        assert_eq!(status("127.0.0.1:5").await, 200);
        assert_eq!(status("192.0.2.7:5").await, 403);
    }

    #[test]
    fn an_origin_without_a_host_is_foreign() {
        assert!(is_local_origin("http://localhost:3000"));
        for origin in ["null", "", "https://example.test", "file://", "http://localhost.example.test"] {
            assert!(!is_local_origin(origin), "{origin}");
        }
    }
}
