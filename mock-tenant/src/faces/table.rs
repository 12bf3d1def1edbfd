//! From host and path to a face.

use super::{autodiscover, eas, ews, exchange, graph, nowhere, provisioning, signin};
use crate::pipeline::{Face, without_port};

/// Real host names whose whole space is one face.
const GRAPH_HOSTS: &[&str] = &["graph.microsoft.com"];
const SIGN_IN_HOSTS: &[&str] =
    &["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

/// Real host names that the server certificate covers and that lead to the same faces.
pub(crate) const REAL_HOSTS: &[&str] = &[
    "graph.microsoft.com",
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "graph.windows.net",
    "adminwebservice.microsoftonline.com",
    "outlook.office365.com",
    "outlook.office.com",
];

/// The face for a Host header and a path.
pub(crate) fn face_of(host: &str, path: &str) -> &'static Face {
    let name = without_port(host).to_ascii_lowercase();
    if GRAPH_HOSTS.contains(&name.as_str()) {
        return &graph::FACE;
    }
    if SIGN_IN_HOSTS.contains(&name.as_str()) {
        return &signin::FACE;
    }
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["v1.0" | "beta", ..] => &graph::FACE,
        ["provisioningservice.svc", ..] => &provisioning::FACE,
        ["ews", "exchange.asmx", ..] => &ews::FACE,
        ["microsoft-server-activesync", ..] => &eas::FACE,
        ["adminapi", ..] => &exchange::FACE,
        ["autodiscover", ..] => &autodiscover::FACE,
        [_, "oauth2" | "v2.0" | "discovery" | ".well-known" | "userrealm", ..] => &signin::FACE,
        _ => &nowhere::FACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_found_by_path_and_by_real_host() {
        for (host, path, face) in [
            ("localhost:8443", "/v1.0/users", "graph"),
            ("localhost", "/BETA/users", "graph"),
            ("graph.microsoft.com", "/users", "graph"),
            ("localhost", "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token", "signin"),
            ("localhost", "/common/discovery/instance", "signin"),
            ("localhost", "/corp.example.test/.well-known/openid-configuration", "signin"),
            ("login.microsoftonline.com:443", "/anything", "signin"),
            ("adminwebservice.microsoftonline.com", "/provisioningservice.svc", "provisioning"),
            ("outlook.office365.com", "/EWS/Exchange.asmx", "ews"),
            ("outlook.office365.com", "/Microsoft-Server-ActiveSync", "eas"),
            ("localhost", "/adminapi/beta/t/InvokeCommand", "exchange"),
            ("localhost", "/autodiscover/autodiscover.json/v1.0/a@x?Protocol=Ews", "autodiscover"),
            ("localhost", "/", "nowhere"),
        ] {
            assert_eq!(face_of(host, path).name, face, "{host}{path}");
        }
    }
}
