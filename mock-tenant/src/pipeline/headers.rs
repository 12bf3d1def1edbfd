//! Header values that the services share.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

/// An HTTP date by the double's clock.
pub(super) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Sets a header; a value that no header can have is left out.
pub(crate) fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// A request header as text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_form_of_http() {
        assert_eq!(http_date("2026-09-01T08:05:09Z".parse().unwrap()), "Tue, 01 Sep 2026 08:05:09 GMT");
    }
}
