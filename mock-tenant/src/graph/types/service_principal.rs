//! `microsoft.graph.servicePrincipal`: the applications of sign-in, as the directory shows them.
//! Source: resources/serviceprincipal.md.

use std::borrow::Cow;
use std::sync::LazyLock;

use uuid::Uuid;

use super::table::{Readers, entity};
use crate::odata::{EntityType, Read, Value};
use crate::signin::{AppRegistration, Authority};

/// An application in the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    id: Uuid,
    app_id: String,
    display_name: String,
    reply_urls: Vec<String>,
    owner: Uuid,
}

impl ServicePrincipal {
    /// All applications that sign-in knows.
    #[must_use]
    pub fn of(authority: &Authority) -> Vec<Self> {
        authority.apps.iter().map(|app| Self::registered(app, authority.tenant_id)).collect()
    }

    fn registered(app: &AppRegistration, owner: Uuid) -> Self {
        Self {
            id: app.object_id,
            app_id: app.client_id.to_string(),
            display_name: app.display_name.clone(),
            reply_urls: app.redirect_uris.clone(),
            owner,
        }
    }

    /// Its object id.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// The client id, which is an alternate key.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }
}

/// A service principal.
pub static SERVICE_PRINCIPAL: LazyLock<EntityType<ServicePrincipal>> = LazyLock::new(|| {
    let readers = Readers { own: OWN, stored: |_, _| |_, _| Value::Null, extension: None };
    entity("microsoft.graph.servicePrincipal", "ServicePrincipal", &readers)
});

const OWN: &[(&str, Read<ServicePrincipal>)] = &[
    ("accountEnabled", |_, _| true.into()),
    ("appDisplayName", |app, _| app.display_name.as_str().into()),
    ("appId", |app, _| app.app_id.as_str().into()),
    ("appOwnerOrganizationId", |app, _| Value::Text(Cow::Owned(app.owner.to_string()))),
    ("appRoleAssignmentRequired", |_, _| false.into()),
    ("displayName", |app, _| app.display_name.as_str().into()),
    ("id", |app, _| Value::Text(Cow::Owned(app.id.to_string()))),
    ("replyUrls", |app, _| app.reply_urls.as_slice().into()),
    ("servicePrincipalNames", |app, _| Value::Texts(Cow::Owned(vec![app.app_id.clone()]))),
    ("servicePrincipalType", |_, _| "Application".into()),
];
