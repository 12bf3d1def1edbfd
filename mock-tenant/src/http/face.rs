//! From host and path to a face.

/// The services that the double plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// Microsoft Graph.
    Graph,
    /// Sign-in.
    SignIn,
    /// The provisioning service.
    Provisioning,
    /// Exchange Web Services.
    Ews,
    /// Exchange's admin API.
    Exchange,
    /// Nobody.
    None,
}

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
pub(super) fn face_of(host: &str, path: &str) -> Face {
    let name = without_port(host).to_ascii_lowercase();
    if GRAPH_HOSTS.contains(&name.as_str()) {
        return Face::Graph;
    }
    if SIGN_IN_HOSTS.contains(&name.as_str()) {
        return Face::SignIn;
    }
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["v1.0" | "beta", ..] => Face::Graph,
        ["provisioningservice.svc", ..] => Face::Provisioning,
        ["ews", "exchange.asmx", ..] => Face::Ews,
        ["adminapi", ..] => Face::Exchange,
        [_, "oauth2" | "v2.0" | "discovery" | ".well-known", ..] => Face::SignIn,
        _ => Face::None,
    }
}

/// `localhost` of `localhost:8443`; an IPv6 address keeps its brackets.
pub(super) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_are_found_by_path_and_by_real_host() {
        for (host, path, face) in [
            ("localhost:8443", "/v1.0/users", Face::Graph),
            ("localhost", "/BETA/users", Face::Graph),
            ("graph.microsoft.com", "/users", Face::Graph),
            ("localhost", "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token", Face::SignIn),
            ("localhost", "/common/discovery/instance", Face::SignIn),
            ("localhost", "/corp.example.test/.well-known/openid-configuration", Face::SignIn),
            ("login.microsoftonline.com:443", "/anything", Face::SignIn),
            ("adminwebservice.microsoftonline.com", "/provisioningservice.svc", Face::Provisioning),
            ("outlook.office365.com", "/EWS/Exchange.asmx", Face::Ews),
            ("localhost", "/adminapi/beta/t/InvokeCommand", Face::Exchange),
            ("localhost", "/", Face::None),
        ] {
            assert_eq!(face_of(host, path), face, "{host}{path}");
        }
    }

    #[test]
    fn ports_are_told_from_addresses() {
        assert_eq!(without_port("localhost:1"), "localhost");
        assert_eq!(without_port("[::1]:443"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
        assert_eq!(without_port("localhost"), "localhost");
    }
}
