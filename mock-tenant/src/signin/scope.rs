//! What a request asks for: a resource, and in a person's name the scopes of it.

use super::grant::Grant;
use super::{AppRegistration, Resource, StsCode, TokenVersion};

/// Scopes of OpenID Connect itself.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What is asked for in a person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The resource.
    pub(super) resource: Resource,
    /// Names of its scopes; `.default` stands for all that was consented to.
    pub(super) scopes: Vec<String>,
    /// An id token too.
    pub(super) openid: bool,
    /// A refresh token too.
    pub(super) offline: bool,
}

/// The resource of client credentials.
pub(super) fn own_resource(grant: &Grant<'_>) -> Result<Resource, StsCode> {
    match grant.version {
        TokenVersion::V1 => resource_v1(grant),
        TokenVersion::V2 => resource_v2(grant.required("scope")?),
    }
}

fn resource_v1(grant: &Grant<'_>) -> Result<Resource, StsCode> {
    let text = grant.required("resource")?;
    let unknown = || StsCode::UnknownResource { resource: text.to_owned(), tenant: grant.tenant.to_owned() };
    Resource::parse(text).ok_or_else(unknown)
}

/// `<resource>/.default`, and nothing beside it but OpenID's own scopes, which an app-only token ignores.
fn resource_v2(scope: &str) -> Result<Resource, StsCode> {
    let mut scopes = scope.split_whitespace().filter(|part| !OPENID.contains(part));
    let (Some(first), None) = (scopes.next(), scopes.next()) else {
        return Err(StsCode::InvalidScope(scope.to_owned()));
    };
    let resource =
        first.strip_suffix("/.default").ok_or_else(|| StsCode::NotDefaultScope(scope.to_owned()))?;
    Resource::parse(resource).ok_or_else(|| StsCode::InvalidScope(scope.to_owned()))
}

impl Wanted {
    /// Reads `scope` (v2) or `resource` (v1, where it always means `.default`, an id token and a refresh token).
    pub(super) fn of(
        version: TokenVersion,
        scope: Option<&str>,
        resource: Option<&str>,
    ) -> Result<Self, StsCode> {
        match (version, scope, resource) {
            (TokenVersion::V1, _, resource) => Self::v1(resource),
            (TokenVersion::V2, Some(scope), _) => Self::v2(scope),
            (TokenVersion::V2, None, _) => Err(StsCode::MissingParameter("scope")),
        }
    }

    fn v1(resource: Option<&str>) -> Result<Self, StsCode> {
        let text = resource.unwrap_or("https://graph.windows.net");
        let unknown = || StsCode::UnknownResource { resource: text.to_owned(), tenant: String::new() };
        let resource = Resource::parse(text).ok_or_else(unknown)?;
        Ok(Self { resource, scopes: vec![".default".to_owned()], openid: true, offline: true })
    }

    /// Source: entra docs, "scopes-oidc": scopes of one resource; without a resource they are Graph's.
    fn v2(scope: &str) -> Result<Self, StsCode> {
        let parts: Vec<&str> = scope.split_whitespace().collect();
        let mut named = parts.iter().filter(|part| !OPENID.contains(part)).map(|part| split(part, scope));
        let (resource, first) =
            named.next().transpose()?.unwrap_or_else(|| (Resource::graph(), "User.Read".to_owned()));
        let mut scopes = vec![first];
        for next in named {
            let (other, name) = next?;
            if other.identifier != resource.identifier {
                return Err(StsCode::SeveralResources(scope.to_owned()));
            }
            scopes.push(name);
        }
        let has = |name: &str| parts.contains(&name);
        Ok(Self { resource, scopes, openid: has("openid") || has("profile"), offline: has("offline_access") })
    }

    /// The scopes that the token gets: those asked for, as far as consent was given.
    pub(super) fn granted(&self, app: &AppRegistration) -> Result<Vec<String>, StsCode> {
        let consented = app.scopes_for(&self.resource);
        if self.scopes.iter().any(|scope| scope == ".default") {
            return Ok(consented);
        }
        let find = |scope: &String| {
            let found = consented.iter().find(|known| known.eq_ignore_ascii_case(scope)).cloned();
            found.ok_or_else(|| StsCode::NoConsent { client: app.client_id, name: app.display_name.clone() })
        };
        self.scopes.iter().map(find).collect()
    }
}

/// `https://graph.microsoft.com/User.Read` is a resource and a name; `User.Read` is Graph's.
fn split(part: &str, whole: &str) -> Result<(Resource, String), StsCode> {
    let Some((resource, name)) = part.rsplit_once('/') else {
        return Ok((Resource::graph(), part.to_owned()));
    };
    let resource = Resource::parse(resource).ok_or_else(|| StsCode::InvalidScope(whole.to_owned()))?;
    Ok((resource, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_with_and_without_their_resource() {
        let read = |scope: &str| Wanted::of(TokenVersion::V2, Some(scope), None);
        let wanted =
            read("openid offline_access User.Read https://graph.microsoft.com/Group.Read.All").unwrap();
        assert_eq!(wanted.scopes, ["User.Read", "Group.Read.All"]);
        assert!(wanted.openid && wanted.offline);
        let aad = read("https://graph.windows.net/.default").unwrap();
        assert_eq!((aad.resource.identifier.as_str(), aad.offline), ("https://graph.windows.net", false));
        assert!(matches!(
            read("User.Read https://outlook.office.com/EWS.AccessAsUser.All"),
            Err(StsCode::SeveralResources(_))
        ));
        assert_eq!(
            read("nonsense thing/User.Read").err(),
            Some(StsCode::InvalidScope("nonsense thing/User.Read".to_owned()))
        );
    }

    #[test]
    fn only_what_was_consented_to_is_granted() {
        let app =
            AppRegistration { scopes: Some(vec!["User.Read".to_owned()]), ..AppRegistration::default() };
        let granted = |scope: &str| Wanted::of(TokenVersion::V2, Some(scope), None).unwrap().granted(&app);
        assert_eq!(granted("user.read"), Ok(vec!["User.Read".to_owned()]));
        assert_eq!(granted("https://graph.microsoft.com/.default"), Ok(vec!["User.Read".to_owned()]));
        assert_eq!(granted("Group.Read.All").unwrap_err().number(), 65001);
    }
}
