//! The whole state as JSON, in the shape of the control API, and objects that are put in from outside.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::links::Link;
use super::model::{DirectoryObject, Kind};
use super::store::View;
use super::tenant::Tenant;
use super::value::{Certificates, certificates_to_json};

/// Both certificate attributes of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatePair {
    /// userCertificate.
    pub user_certificate: Certificates,
    /// userSMIMECertificate.
    pub user_smime_certificate: Certificates,
}

impl Tenant {
    /// The whole state: `users`, `contacts`, `groups`, `devices`, `company`. Objects of the recycle bin are listed with
    /// their `deletedDateTime`; `exchange` is what the address book holds at that time.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> Json {
        let list = |kind: Kind| -> Json {
            let objects = self.store.of_kind(kind, 0, View::Committed);
            objects.map(|(_, object)| self.object_state(object, now)).collect()
        };
        json!({
            "users": list(Kind::User),
            "contacts": list(Kind::Contact),
            "groups": list(Kind::Group),
            "devices": list(Kind::Device),
            "company": self.company_state(),
        })
    }

    fn company_state(&self) -> Json {
        let mut company = serde_json::to_value(&self.company).unwrap_or_default();
        if let Some(company) = company.as_object_mut() {
            company.insert("tenantId".to_owned(), json!(self.settings.tenant_id));
            company.insert("initialDomain".to_owned(), json!(self.settings.initial_domain));
        }
        company
    }

    /// One object in the shape of the control API.
    #[must_use]
    pub fn object_state(&self, object: &DirectoryObject, now: Timestamp) -> Json {
        let mut state = Map::new();
        let mut put = |name: &str, value: Json| {
            state.insert(name.to_owned(), value);
        };
        put("id", json!(object.id));
        if let Some(user) = object.user() {
            put("userPrincipalName", json!(user.user_principal_name));
        }
        put("sourceAnchor", json!(object.source_anchor));
        put("onPremisesSyncEnabled", json!(object.on_premises_sync_enabled));
        if let Some(enabled) = object.account_enabled() {
            put("accountEnabled", json!(enabled));
        }
        put("displayName", json!(object.display_name));
        put("mail", json!(object.mail));
        put("mailNickname", json!(object.mail_nickname));
        put("proxyAddresses", json!(object.proxy_addresses));
        put("userCertificate", certificates_to_json(&object.user_certificate));
        put("userSMIMECertificate", certificates_to_json(&object.user_smime_certificate));
        put("exchange", self.exchange_state(object, now));
        put("provisioningErrors", json!(object.provisioning_errors));
        put("deletedDateTime", json!(object.deleted));
        put("createdDateTime", json!(object.created));
        put_authority(object, &mut put);
        put_detail(object, &mut put);
        put("properties", object.properties.iter().map(|(name, value)| (name, value.to_json())).collect());
        Json::Object(state)
    }

    fn exchange_state(&self, object: &DirectoryObject, now: Timestamp) -> Json {
        let copy = self.exchange_object(object.id, self.exchange_view(now));
        let (user, smime) = copy.map_or((json!([]), json!([])), |copy| {
            (certificates_to_json(&copy.user_certificate), certificates_to_json(&copy.user_smime_certificate))
        });
        json!({ "userCertificate": user, "userSMIMECertificate": smime })
    }

    /// Puts an object in as it is, without the rules of any face, and visible at every stage; if `exchange` is given, the
    /// address book holds these certificates until the lag has passed.
    pub(crate) fn put_object(
        &mut self,
        object: DirectoryObject,
        exchange: Option<CertificatePair>,
        now: Timestamp,
    ) {
        let before = Timestamp::MIN;
        if let Some(deleted) = object.deleted {
            self.recycle_bin.insert((super::graph::leaves_bin(deleted), object.id));
        }
        match exchange {
            None => self.commit(object, before),
            Some(pair) => {
                let mut old = object.clone();
                old.user_certificate = pair.user_certificate;
                old.user_smime_certificate = pair.user_smime_certificate;
                self.commit(old, before);
                self.commit(object, now);
            }
        }
    }

    /// Sets the references of an object that is put in.
    pub(crate) fn put_links(&mut self, id: Uuid, link: Link, to: &BTreeSet<Uuid>) {
        let Some(mut object) = self.store.get(id, View::Committed).cloned() else { return };
        for to in to {
            object.link(link, *to);
        }
        self.commit(object, Timestamp::MIN);
    }

    /// Where its ids are drawn from.
    #[must_use]
    pub const fn ids(&self) -> &kit::Ids {
        &self.ids
    }

    /// An id for an object that is put in, from the seed and its name.
    pub(crate) fn id_for(&mut self, kind: Kind, name: &str) -> Uuid {
        self.new_id(&format!("world/{}/{}", kind.name(), name.to_lowercase()))
    }
}

/// What most objects don't have is told only of those that have it.
fn put_authority(object: &DirectoryObject, put: &mut impl FnMut(&str, Json)) {
    if let Some(shadow) = &object.shadow {
        put("shadow", json!(shadow));
    }
    if let Some(identifier) = &object.object_identifier {
        put("onPremisesObjectIdentifier", json!(identifier));
    }
    if object.cloud_managed {
        put("isCloudManaged", json!(true));
    }
}

fn put_detail(object: &DirectoryObject, put: &mut impl FnMut(&str, Json)) {
    if let Some(user) = object.user() {
        put("roles", json!(user.roles));
        put("eligibleRoles", json!(user.eligible_roles));
        put("exchangeLicense", json!(user.exchange_license));
    }
    if let Some(manager) = object.manager {
        put("manager", json!(manager));
    }
    if let Some(group) = object.group() {
        put("members", json!(group.members));
        put("owners", json!(group.owners));
        put("groupTypes", if group.unified { json!(["Unified"]) } else { json!([]) });
        put("securityEnabled", json!(group.security_enabled));
        put("mailEnabled", json!(group.mail_enabled));
    }
    if let Some(device) = object.device() {
        put("deviceId", json!(device.device_id));
    }
}
