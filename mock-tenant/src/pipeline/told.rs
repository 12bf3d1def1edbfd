//! What the journal tells of a request: enough to send it again with curl, and nothing that must stay secret.

use serde_json::{Map, Value as Json, json};

use super::{Payload, Request};

/// Headers that change what a request means, in lower case; none of them is a credential.
const HEADERS: &[&str] = &[
    "accept",
    "consistencylevel",
    "content-type",
    "if-match",
    "if-none-match",
    "ocp-client-version",
    "prefer",
    "soapaction",
];

/// Largest JSON body that is told.
const BODY_MAX: usize = 4 * 1024;

/// Parts of names whose values are secrets, in lower case.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "assertion",
    "credential",
    "keyvalue",
    "authorization",
    "cookie",
    "clientstate",
];

/// Whole names of secrets, in lower case.
const SECRET_NAMES: &[&str] = &["code", "otc"];

/// Stands for a secret.
const HIDDEN: &str = "(hidden)";

/// Method, address, headers and body of a request, with the status of its answer and its ids.
pub(crate) fn told(request: &Request, status: u16) -> Json {
    let mut told = json!({
        "method": request.method.as_str(),
        "path": request.path(),
        "query": query(request),
        "headers": headers(request),
        "status": status,
        "request_id": request.ids.request_id.to_string(),
        "client_request_id": request.ids.client_request_id,
    });
    if let Payload::Whole(body) = &request.payload
        && !body.is_empty()
    {
        told["body_bytes"] = body.len().into();
        told["body"] = shown(request, body).unwrap_or_default();
    }
    told
}

fn query(request: &Request) -> Map<String, Json> {
    let hidden = |name: &str, value: String| if is_secret(name) { HIDDEN.to_owned() } else { value };
    request.query().into_iter().map(|(name, value)| (name.clone(), hidden(&name, value).into())).collect()
}

fn headers(request: &Request) -> Map<String, Json> {
    HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), request.header(name)?.into()))).collect()
}

/// A small JSON body without its secrets; other bodies are told by their length.
fn shown(request: &Request, body: &[u8]) -> Option<Json> {
    let is_small_json = body.len() <= BODY_MAX && request.media_type() == "application/json";
    is_small_json.then(|| serde_json::from_slice(body).ok()).flatten().map(without_secrets)
}

fn without_secrets(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let member = |(name, value): (String, Json)| {
                let value = if is_secret(&name)
                    && !(value.is_object() && name.eq_ignore_ascii_case("passwordProfile"))
                {
                    HIDDEN.into()
                } else {
                    without_secrets(value)
                };
                (name, value)
            };
            Json::Object(members.into_iter().map(member).collect())
        }
        Json::Array(items) => items.into_iter().map(without_secrets).collect(),
        other => other,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_and_others_are_told() {
        for name in
            ["Authorization", "client_secret", "code", "refresh_token", "clientState", "passwd", "Cookie"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["postalCode", "countryCode", "displayName", "$select"] {
            assert!(!is_secret(name), "{name}");
        }
        let body =
            json!({"token": {"value": "x"}, "passwordProfile": {"password": "x", "forceChange": true}});
        let shown = without_secrets(body);
        assert_eq!(
            shown,
            json!({"token": HIDDEN, "passwordProfile": {"password": HIDDEN, "forceChange": true}})
        );
    }

    #[test]
    fn secrets_are_hidden_at_any_depth() {
        let given = json!({"displayName": "Eve", "passwordProfile": {"password": "x", "forceChangePasswordNextSignIn": true},
            "list": [{"clientSecret": "y"}], "$skiptoken": 7});
        let told = json!({"displayName": "Eve", "passwordProfile": {"password": HIDDEN, "forceChangePasswordNextSignIn": HIDDEN},
            "list": [{"clientSecret": HIDDEN}], "$skiptoken": HIDDEN});
        assert_eq!(without_secrets(given), told);
    }
}
