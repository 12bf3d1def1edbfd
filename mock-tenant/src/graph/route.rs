//! From a path to what is asked for.

use http::Method;
use percent_encoding::percent_decode_str;

use super::error::GraphError;
use crate::ops::{Op, known};

/// What a path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/users`
    Users,
    /// `/users/$count`
    UsersCount,
    /// `/users/{id | userPrincipalName}`
    User(String),
    /// `/contacts`
    Contacts,
    /// `/contacts/{id}`
    Contact(String),
    /// `/organization`
    Organizations,
    /// `/organization/{id}`
    Organization(String),
    /// `/directory/onPremisesSynchronization`
    Synchronizations,
    /// `/directory/onPremisesSynchronization/{id}`
    Synchronization(String),
    /// `/directory/deletedItems/microsoft.graph.user`
    DeletedUsers,
    /// `/directory/deletedItems/{id}`
    DeletedItem(String),
    /// `/directory/deletedItems/{id}/restore`
    Restore(String),
    /// Graph has it, the double doesn't.
    Unserved(String),
    /// Graph has no such thing.
    Unknown(String),
}

/// Top-level segments of Graph that the double doesn't serve.
/// Source: entity sets and singletons of the v1.0 metadata that a directory client may meet.
const KNOWN_TOP: &[&str] = &[
    "$batch",
    "$metadata",
    "administrativeUnits",
    "applications",
    "applicationTemplates",
    "auditLogs",
    "communications",
    "contracts",
    "deviceManagement",
    "devices",
    "directoryObjects",
    "directoryRoles",
    "directoryRoleTemplates",
    "domains",
    "drives",
    "education",
    "groups",
    "groupSettings",
    "identity",
    "identityGovernance",
    "invitations",
    "me",
    "oauth2PermissionGrants",
    "permissionGrants",
    "places",
    "policies",
    "reports",
    "roleManagement",
    "schemaExtensions",
    "security",
    "servicePrincipals",
    "sites",
    "solutions",
    "subscribedSkus",
    "subscriptions",
    "teams",
    "tenantRelationships",
];

/// What may follow a user and isn't served.
const KNOWN_OF_USER: &[&str] = &[
    "appRoleAssignments",
    "assignLicense",
    "authentication",
    "calendar",
    "calendars",
    "changePassword",
    "checkMemberGroups",
    "checkMemberObjects",
    "contacts",
    "directReports",
    "drive",
    "events",
    "extensions",
    "getMemberGroups",
    "getMemberObjects",
    "licenseDetails",
    "mailboxSettings",
    "mailFolders",
    "manager",
    "memberOf",
    "messages",
    "oauth2PermissionGrants",
    "outlook",
    "ownedDevices",
    "ownedObjects",
    "people",
    "photo",
    "registeredDevices",
    "retryServiceProvisioning",
    "revokeSignInSessions",
    "sendMail",
    "settings",
    "todo",
    "transitiveMemberOf",
];

const KNOWN_OF_USERS: &[&str] =
    &["delta", "microsoft.graph.delta", "getByIds", "validateProperties", "getManagedAppBlockedUsers"];

impl Route {
    /// Reads the path after `/v1.0` or `/beta`; segments are compared without regard to case.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let segments = segments(path);
        let texts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let lower = texts.first().map(|first| first.to_ascii_lowercase()).unwrap_or_default();
        match (lower.as_str(), &texts[texts.len().min(1)..]) {
            ("", _) => Self::Unserved("the service document".to_owned()),
            ("users", rest) => users(rest),
            ("contacts", []) => Self::Contacts,
            ("contacts", [id]) if !id.starts_with('$') && !is(id, "delta") => Self::Contact((*id).to_owned()),
            ("organization", []) => Self::Organizations,
            ("organization", [id]) => Self::Organization((*id).to_owned()),
            ("directory", rest) => directory(rest),
            ("contacts" | "organization", _) => Self::Unserved(path.to_owned()),
            _ if KNOWN_TOP.iter().any(|known| is(known, texts[0])) => Self::Unserved(path.to_owned()),
            _ => Self::Unknown(texts[0].to_owned()),
        }
    }

    /// The operation, if the path takes that method.
    ///
    /// # Errors
    /// Unknown and unserved paths, methods that a path does not take.
    pub fn op(&self, method: &Method) -> Result<&'static Op, GraphError> {
        match (self, method.as_str()) {
            (Self::Users, "GET") => Ok(const { known("graph.users.list") }),
            (Self::UsersCount, "GET") => Ok(const { known("graph.users.count") }),
            (Self::Users, "POST") => Ok(const { known("graph.users.create") }),
            (Self::User(_), "GET") => Ok(const { known("graph.users.get") }),
            (Self::User(_), "PATCH") => Ok(const { known("graph.users.patch") }),
            (Self::User(_), "DELETE") => Ok(const { known("graph.users.delete") }),
            (Self::Contacts, "GET") => Ok(const { known("graph.contacts.list") }),
            (Self::Contact(_), "GET") => Ok(const { known("graph.contacts.get") }),
            (Self::Organizations, "GET") => Ok(const { known("graph.organization.list") }),
            (Self::Organization(_), "GET") => Ok(const { known("graph.organization.get") }),
            (Self::Synchronizations, "GET") => Ok(const { known("graph.on_premises_synchronization.list") }),
            (Self::Synchronization(_), "GET") => Ok(const { known("graph.on_premises_synchronization.get") }),
            (Self::Synchronization(_), "PATCH") => {
                Ok(const { known("graph.on_premises_synchronization.patch") })
            }
            (Self::DeletedUsers, "GET") => Ok(const { known("graph.deleted_items.list") }),
            (Self::DeletedItem(_), "GET") => Ok(const { known("graph.deleted_items.get") }),
            (Self::DeletedItem(_), "DELETE") => Ok(const { known("graph.deleted_items.delete") }),
            (Self::Restore(_), "POST") => Ok(const { known("graph.deleted_items.restore") }),
            (Self::Unserved(what), _) => Err(GraphError::not_by_double(&format!("{method} {what}"))),
            (Self::Unknown(segment), _) => Err(GraphError::new(
                400,
                "BadRequest",
                format!("Resource not found for the segment '{segment}'."),
            )),
            (Self::User(_) | Self::Organization(_), "PUT") => Err(method_not_allowed()),
            (_, "GET" | "POST" | "PATCH" | "PUT" | "DELETE") => Err(method_not_allowed()),
            _ => Err(GraphError::new(
                405,
                "Request_BadRequest",
                "Specified HTTP method is not allowed for the request target.",
            )),
        }
    }

    /// What the journal calls the target: the object's key, or the path's own name.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::Users | Self::UsersCount => "users",
            Self::Contacts => "contacts",
            Self::Organizations => "organization",
            Self::Synchronizations => "onPremisesSynchronization",
            Self::DeletedUsers => "deletedItems",
            Self::User(key)
            | Self::Contact(key)
            | Self::Organization(key)
            | Self::Synchronization(key)
            | Self::DeletedItem(key)
            | Self::Restore(key)
            | Self::Unserved(key)
            | Self::Unknown(key) => key,
        }
    }
}

fn method_not_allowed() -> GraphError {
    GraphError::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
}

fn users(rest: &[&str]) -> Route {
    match rest {
        [] => Route::Users,
        [one] if is(one, "$count") => Route::UsersCount,
        [one] if KNOWN_OF_USERS.iter().any(|known| is(known, one.trim_end_matches("()"))) => {
            Route::Unserved(format!("/users/{one}"))
        }
        [key] => Route::User((*key).to_owned()),
        [_, next, ..] if KNOWN_OF_USER.iter().any(|known| is(known, next)) => {
            Route::Unserved(format!("/users/{{id}}/{next}"))
        }
        [_, next, ..] if super::types::USER.properties.iter().any(|property| is(&property.name, next)) => {
            Route::Unserved(format!("/users/{{id}}/{next} (a single property)"))
        }
        [_, next, ..] => Route::Unknown((*next).to_owned()),
    }
}

fn directory(rest: &[&str]) -> Route {
    let unserved = || Route::Unserved(format!("/directory/{}", rest.join("/")));
    match rest {
        [set] if is(set, "onPremisesSynchronization") => Route::Synchronizations,
        [set, id] if is(set, "onPremisesSynchronization") => Route::Synchronization((*id).to_owned()),
        [set, kind] if is(set, "deletedItems") && is(kind, "microsoft.graph.user") => Route::DeletedUsers,
        [set, kind, ..]
            if is(set, "deletedItems") && kind.to_ascii_lowercase().starts_with("microsoft.graph.") =>
        {
            unserved()
        }
        [set, id] if is(set, "deletedItems") => Route::DeletedItem((*id).to_owned()),
        [set, id, action]
            if is(set, "deletedItems")
                && (is(action, "restore") || is(action, "microsoft.graph.restore")) =>
        {
            Route::Restore((*id).to_owned())
        }
        _ => unserved(),
    }
}

fn is(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Decoded segments; `users('a')` is `users`, `a`.
fn segments(path: &str) -> Vec<String> {
    let raw = path.split('/').filter(|segment| !segment.is_empty());
    raw.flat_map(|segment| parenthesised(&percent_decode_str(segment).decode_utf8_lossy())).collect()
}

fn parenthesised(segment: &str) -> Vec<String> {
    let inner = segment.strip_suffix("')").and_then(|start| start.split_once("('"));
    match inner {
        Some((name, key)) => vec![name.to_owned(), key.replace("''", "'")],
        None => vec![segment.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_any_case_and_form() {
        for (path, route) in [
            ("/users", Route::Users),
            ("/Users/", Route::Users),
            ("/users/ana%40x.test", Route::User("ana@x.test".to_owned())),
            ("/users('o''neil@x.test')", Route::User("o'neil@x.test".to_owned())),
            ("/users/$count", Route::UsersCount),
            ("/USERS/delta()", Route::Unserved("/users/delta()".to_owned())),
            ("/users/1/manager", Route::Unserved("/users/{id}/manager".to_owned())),
            ("/users/1/nonsense", Route::Unknown("nonsense".to_owned())),
            ("/partner", Route::Unknown("partner".to_owned())),
            ("/groups/1", Route::Unserved("/groups/1".to_owned())),
            ("/directory/deletedItems/microsoft.graph.user", Route::DeletedUsers),
            ("/directory/deleteditems/7/microsoft.graph.restore", Route::Restore("7".to_owned())),
            ("/organization", Route::Organizations),
        ] {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }

    #[test]
    fn unknown_is_told_from_unserved_and_from_not_allowed() {
        let refused = |path: &str, method: Method| {
            let error = Route::parse(path).op(&method).unwrap_err();
            (error.status, error.message)
        };
        assert_eq!(
            refused("/partner", Method::GET),
            (400, "Resource not found for the segment 'partner'.".to_owned())
        );
        let (status, message) = refused("/groups", Method::GET);
        assert_eq!((status, message.contains("GET /groups")), (501, true));
        assert_eq!(refused("/organization", Method::DELETE).0, 405);
        assert_eq!(Route::parse("/users").op(&Method::POST).unwrap().name, "graph.users.create");
    }
}
