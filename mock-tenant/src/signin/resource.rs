//! The resources a token can be for, and how a scope or `resource` names them.

use super::claims::{known_roles, known_scopes};

/// A resource that tokens are issued for; `identifier` is kept as the client wrote it, for it becomes `aud`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The identifier as asked for (`https://graph.microsoft.com`, a client id, `api://…`).
    pub identifier: String,
    /// Which service that is.
    pub service: Service,
}

/// The services of the tenant that take tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Microsoft Graph.
    Graph,
    /// Azure AD Graph, which the provisioning service takes tokens of.
    AadGraph,
    /// The synchronization service, under the application id that Entra Connect asks for since version 2.5.3.
    Synchronization,
    /// Exchange Online: EWS and the admin API.
    Exchange,
    /// Any other resource: a token is issued, no face of the double takes it.
    Other,
}

/// Identifier (without trailing slash) → service. App ids: learn.microsoft.com, "Verify first-party Microsoft applications".
const KNOWN: &[(&str, Service)] = &[
    ("https://graph.microsoft.com", Service::Graph),
    ("00000003-0000-0000-c000-000000000000", Service::Graph),
    ("https://graph.windows.net", Service::AadGraph),
    ("00000002-0000-0000-c000-000000000000", Service::AadGraph),
    // entra docs, "authenticate-application-id": scope 6bf85cfa-…/.default
    ("6bf85cfa-ac8a-4be5-b5de-425a0d0dc016", Service::Synchronization),
    ("https://outlook.office365.com", Service::Exchange),
    ("https://outlook.office.com", Service::Exchange),
    ("https://ps.outlook.com", Service::Exchange),
    ("00000002-0000-0ff1-ce00-000000000000", Service::Exchange),
];

impl Resource {
    /// Reads a resource identifier: an absolute URI or an application id; `None` for anything else.
    #[must_use]
    pub fn parse(identifier: &str) -> Option<Self> {
        let bare = identifier.trim_end_matches('/').to_ascii_lowercase();
        if let Some((_, service)) = KNOWN.iter().find(|(known, _)| *known == bare) {
            return Some(Self { identifier: identifier.to_owned(), service: *service });
        }
        let well_formed = uuid::Uuid::parse_str(&bare).is_ok() || url::Url::parse(identifier).is_ok();
        well_formed.then(|| Self { identifier: identifier.to_owned(), service: service_of_host(&bare) })
    }

    /// The application roles the double knows for this resource.
    #[must_use]
    pub fn roles(&self) -> &'static [&'static str] {
        known_roles(self.service)
    }

    /// The delegated scopes the double knows for this resource.
    #[must_use]
    pub fn scopes(&self) -> &'static [&'static str] {
        known_scopes(self.service)
    }

    /// Microsoft Graph, whose scopes need no resource before them.
    #[must_use]
    pub fn graph() -> Self {
        Self { identifier: "https://graph.microsoft.com".to_owned(), service: Service::Graph }
    }
}

/// Any other https host may be the name under which the double is reached: kiota derives the scope from the request's
/// host (`https://localhost/.default`). Such a token is one for Graph; whether Graph takes its audience is decided there,
/// by the Host of the call.
fn service_of_host(identifier: &str) -> Service {
    if identifier.starts_with("https://") || identifier.starts_with("http://") {
        Service::Graph
    } else {
        Service::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_party_resources_are_known_with_and_without_slash() {
        let service = |text: &str| Resource::parse(text).map(|resource| resource.service);
        assert_eq!(service("https://graph.microsoft.com"), Some(Service::Graph));
        assert_eq!(service("https://Graph.Windows.net/"), Some(Service::AadGraph));
        assert_eq!(service("00000002-0000-0ff1-ce00-000000000000"), Some(Service::Exchange));
        assert_eq!(service("https://localhost"), Some(Service::Graph));
        assert_eq!(service("api://something"), Some(Service::Other));
        assert_eq!(service("not a resource"), None);
    }
}
