//! `$batch`: several requests in one message, and how such a message is judged as a whole.
//! Sources: learn.microsoft.com/graph/json-batching; messages as observed: "has to be unique in a batch"
//! (msgraph-sdk-java#559), "Invalid dependency for request Id" and that a dependency stands before what depends on it
//! (msgraph-sdk-dotnet-core#891), "Invalid batch payload format." for an empty or unreadable batch.

use std::collections::BTreeSet;

use base64::prelude::*;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::error::GraphError;

/// Most requests in a batch.
pub const BATCH_MAX: usize = 20;

/// One request of a batch, well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name within the batch.
    pub id: String,
    /// Method.
    pub method: Method,
    /// Relative to the version: `/users?$top=5`.
    pub url: String,
    /// Its own headers; those of the batch don't count for it.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Those that must have gone well before; all of them stand before it.
    pub depends_on: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    requests: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: Option<Map<String, Json>>,
    #[serde(default)]
    body: Option<Json>,
    #[serde(default)]
    depends_on: Option<Vec<String>>,
}

fn bad(message: impl Into<String>) -> GraphError {
    GraphError::new(400, "BadRequest", message)
}

fn malformed() -> GraphError {
    bad("Invalid batch payload format.")
}

/// Takes a batch apart. One part that is not well-formed refuses the whole.
///
/// # Errors
/// 400 `BadRequest`.
pub fn parse(body: &[u8]) -> Result<Vec<Part>, GraphError> {
    let message: Message = serde_json::from_slice(body).map_err(|_| malformed())?;
    if message.requests.is_empty() {
        return Err(malformed());
    }
    if message.requests.len() > BATCH_MAX {
        return Err(bad(format!("Number of requests in a batch exceeds the maximum limit of {BATCH_MAX}.")));
    }
    let mut before = BTreeSet::new();
    message.requests.into_iter().map(|raw| raw.judged(&mut before)).collect()
}

impl Raw {
    /// `before` has the ids of those that stand before it, in lower case: ids are not case-sensitive.
    fn judged(self, before: &mut BTreeSet<String>) -> Result<Part, GraphError> {
        let depends_on = self.depends_on.unwrap_or_default();
        if depends_on.iter().any(|id| !before.contains(&id.to_lowercase())) {
            return Err(bad(format!("Invalid dependency for request Id {}.", self.id)));
        }
        if !before.insert(self.id.to_lowercase()) {
            return Err(bad(format!("Request Id {} has to be unique in a batch.", self.id)));
        }
        let method = method(&self.method)?;
        let headers = headers(self.headers.unwrap_or_default())?;
        let is_write = method == Method::POST || method == Method::PATCH || method == Method::PUT;
        if (is_write || self.body.is_some()) && (self.body.is_none() || !headers.contains_key("content-type"))
        {
            return Err(bad(format!(
                "Write request id : {} does not contain Content-Type header or body.",
                self.id
            )));
        }
        let body = self.body.map_or(Ok(Bytes::new()), |body| octets(body, &headers))?;
        Ok(Part { id: self.id, method, url: relative(self.url)?, headers, body, depends_on })
    }
}

fn method(text: &str) -> Result<Method, GraphError> {
    let known = [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE];
    known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text)).ok_or_else(malformed)
}

fn headers(given: Map<String, Json>) -> Result<HeaderMap, GraphError> {
    let pair = |(name, value): (String, Json)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_str(value.as_str()?).ok()?))
    };
    given.into_iter().map(pair).collect::<Option<_>>().ok_or_else(malformed)
}

/// The address after the version. It is documented to be relative; msgraph-core for Python writes whole ones, whose host is
/// not asked: the part is answered by the service that the batch was sent to.
fn relative(url: String) -> Result<String, GraphError> {
    if url.is_empty() || url.starts_with("//") {
        return Err(malformed());
    }
    match url::Url::parse(&url) {
        Ok(whole) if matches!(whole.scheme(), "https" | "http") => {
            let address = after_version(whole.path()).ok_or_else(malformed)?;
            Ok(whole.query().map_or_else(|| address.to_owned(), |query| format!("{address}?{query}")))
        }
        Ok(_) => Err(malformed()),
        Err(_) => Ok(url),
    }
}

fn after_version(path: &str) -> Option<&str> {
    ["/v1.0/", "/beta/"].iter().find_map(|version| path.strip_prefix(version))
}

/// JSON stands in the batch as it is, anything else in base64 (either alphabet, with or without padding).
fn octets(body: Json, headers: &HeaderMap) -> Result<Bytes, GraphError> {
    if is_json(headers) {
        return Ok(body.to_string().into());
    }
    let Json::String(text) = body else { return Err(malformed()) };
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    BASE64_URL_SAFE_NO_PAD.decode(text).map(Bytes::from).map_err(|_| malformed())
}

/// Whether the body that these headers are for is JSON.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    let full = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || media.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(requests: &Json) -> String {
        parse(json!({ "requests": requests }).to_string().as_bytes()).unwrap_err().message
    }

    fn get(id: &str) -> Json {
        json!({"id": id, "method": "GET", "url": "/users"})
    }

    #[test]
    fn a_whole_address_is_one_of_this_service() {
        for (url, expected) in [
            ("/users?$top=1", Some("/users?$top=1")),
            ("https://localhost:1/v1.0/users/1?$select=id", Some("users/1?$select=id")),
            ("https://graph.microsoft.com/beta/users", Some("users")),
            ("ftp://graph.microsoft.com/v1.0/users", None),
            ("//graph.microsoft.com/v1.0/users", None),
        ] {
            assert_eq!(relative(url.to_owned()).ok().as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_batch_is_refused_as_a_whole() {
        let format = "Invalid batch payload format.";
        let absolute = json!({"id": "1", "method": "GET", "url": "https://graph.microsoft.com/users"});
        let typeless = json!({"id": "a", "method": "POST", "url": "/users", "body": {}});
        let bodiless = json!({"id": "a", "method": "POST", "url": "/users", "headers": {"Content-Type": "application/json"}});
        let no_content = "Write request id : a does not contain Content-Type header or body.";
        let after = json!({"id": "b", "method": "GET", "url": "/users", "dependsOn": ["c"]});
        let own = json!({"id": "b", "method": "GET", "url": "/users", "dependsOn": ["b"]});
        let many: Vec<Json> = (0..21).map(|n| get(&n.to_string())).collect();
        for (requests, message) in [
            (json!([]), format),
            (json!("x"), format),
            (json!([{"id": 1, "method": "GET", "url": "/users"}]), format),
            (json!([{"method": "GET", "url": "/users"}]), format),
            (json!([{"id": "1", "method": "BREW", "url": "/users"}]), format),
            (json!([{"id": "1", "method": "GET", "url": ""}]), format),
            (json!([{"id": "1", "method": "GET", "url": "/users", "headers": {"a": 1}}]), format),
            (json!([absolute]), format),
            (json!([get("a"), get("A")]), "Request Id A has to be unique in a batch."),
            (json!([typeless]), no_content),
            (json!([bodiless]), no_content),
            (json!([after, get("c")]), "Invalid dependency for request Id b."),
            (json!([own]), "Invalid dependency for request Id b."),
            (json!(many), "Number of requests in a batch exceeds the maximum limit of 20."),
        ] {
            assert_eq!(refused(&requests), message, "{requests}");
        }
        assert_eq!(parse(b"{").unwrap_err().message, format);
    }

    #[test]
    fn bodies_are_json_or_base64() {
        let part = |content_type: &str, body: Json| {
            let request = json!({"id": "1", "method": "PUT", "url": "x", "headers": {"content-type": content_type}, "body": body});
            parse(json!({ "requests": [request] }).to_string().as_bytes())
                .map(|mut parts| parts.remove(0).body)
        };
        assert_eq!(part("application/json; charset=utf-8", json!({"a": 1})).unwrap(), r#"{"a":1}"#);
        for text in ["_-8=", "_-8", "/+8="] {
            assert_eq!(part("image/jpeg", json!(text)).unwrap().as_ref(), [0xff, 0xef], "{text}");
        }
        assert!(part("image/jpeg", json!({})).is_err());
        assert!(part("image/jpeg", json!("?")).is_err());
    }
}
