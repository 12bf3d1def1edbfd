//! Application registrations.

use uuid::Uuid;

use super::credential::Credential;
use super::{Resource, Secret};

/// One application of the tenant with what an administrator consented to.
#[derive(Debug, Clone, Default)]
pub struct AppRegistration {
    /// Client id (`appid`, `azp`).
    pub client_id: Uuid,
    /// Object id of its service principal (`oid`, `sub` of its own tokens).
    pub object_id: Uuid,
    /// Display name (`app_displayname`).
    pub display_name: String,
    /// What it proves itself with; any of them signs in.
    pub credentials: Vec<Credential>,
    /// Application roles granted for a resource; `None` = every role that the double knows.
    pub roles: Option<Vec<String>>,
    /// Delegated scopes consented to; `None` = every scope that the double knows.
    pub scopes: Option<Vec<String>>,
    /// Where codes may be sent to.
    pub redirect_uris: Vec<String>,
    /// "Allow public client flows": device code and password need no client credential.
    pub public_client: bool,
}

impl AppRegistration {
    /// Its secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.credentials.iter().filter_map(|credential| match credential {
            Credential::Secret(secret) => Some(secret),
            Credential::Certificate(_) | Credential::Federated(_) => None,
        })
    }

    /// The `roles` claim for a resource: what was granted, as far as the resource has such a role.
    #[must_use]
    pub fn roles_for(&self, resource: &Resource) -> Vec<String> {
        granted(resource.roles(), self.roles.as_deref())
    }

    /// The scopes that it may ask for in a person's name.
    #[must_use]
    pub fn scopes_for(&self, resource: &Resource) -> Vec<String> {
        granted(resource.scopes(), self.scopes.as_deref())
    }

    /// Whether a code may be sent there. A loopback address matches whatever its port (RFC 8252, 7.3).
    #[must_use]
    pub fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri || without_loopback_port(known, uri))
    }
}

fn granted(known: &[&str], granted: Option<&[String]>) -> Vec<String> {
    let known = known.iter().map(|name| (*name).to_owned());
    match granted {
        None => known.collect(),
        Some(granted) => known.filter(|name| granted.contains(name)).collect(),
    }
}

/// Source: entra docs, "reply-url": the port of `http://localhost` is not compared.
fn without_loopback_port(known: &str, given: &str) -> bool {
    let (Ok(mut known), Ok(mut given)) = (url::Url::parse(known), url::Url::parse(given)) else {
        return false;
    };
    let loopback = matches!(known.host_str(), Some("localhost" | "127.0.0.1"));
    // an http address has a host, so its port can be cleared
    let cleared = known.set_port(None).is_ok() && given.set_port(None).is_ok();
    loopback && known.scheme() == "http" && cleared && known == given
}

/// Applications that Microsoft publishes and every tenant knows: public clients, which sync tools borrow.
/// Source: learn.microsoft.com, "Verify first-party Microsoft applications in sign-in reports"; AADInternals.
const FIRST_PARTY: &[(&str, &str)] = &[
    ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"),
    ("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"),
    ("1b730954-1685-4b74-9bfd-dac224a7b894", "Azure Active Directory PowerShell"),
    ("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"),
    ("cb1056e2-e479-49de-ae31-7812af012ed8", "Microsoft Azure Active Directory Connect"),
    ("fb78d390-0c51-40cd-8e17-fdbfab77341b", "Microsoft Exchange REST API Based Powershell"),
];

/// All of them as registrations.
#[must_use]
pub fn first_party() -> Vec<AppRegistration> {
    FIRST_PARTY.iter().filter_map(|(id, name)| published(id, name)).collect()
}

fn published(id: &str, name: &str) -> Option<AppRegistration> {
    let id = Uuid::parse_str(id).ok()?;
    let redirect_uris = ["http://localhost", "https://login.microsoftonline.com/common/oauth2/nativeclient"];
    Some(AppRegistration {
        client_id: id,
        object_id: id,
        display_name: name.to_owned(),
        roles: Some(Vec::new()),
        redirect_uris: redirect_uris.map(str::to_owned).to_vec(),
        public_client: true,
        ..AppRegistration::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_address_matches_on_any_port_and_nothing_else_does() {
        let uris = vec!["http://localhost/cb".to_owned(), "https://app.example.test/cb".to_owned()];
        let app = AppRegistration { redirect_uris: uris, ..AppRegistration::default() };
        for (uri, taken) in [
            ("http://localhost/cb", true),
            ("http://localhost:51234/cb", true),
            ("http://localhost:51234/other", false),
            ("https://app.example.test/cb", true),
            ("https://app.example.test:444/cb", false),
            ("https://evil.example.test/cb", false),
        ] {
            assert_eq!(app.redirects_to(uri), taken, "{uri}");
        }
    }

    #[test]
    fn every_published_application_is_read() {
        assert_eq!(first_party().len(), FIRST_PARTY.len());
        assert!(first_party().iter().all(|app| app.public_client && app.credentials.is_empty()));
    }
}
