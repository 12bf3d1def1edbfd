//! A tenant as text: the YAML or JSON that a test, a case or `--world` starts from, and what `PUT /state` takes.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use kit::Ids;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::signin::{Secret, SignIn};
use crate::tenant::{
    CertificatePair, Certificates, Company, DeletionPrevention, Detail, DirectoryObject, Features, Kind,
    Link, Settings, Tenant, User, Value, View, attributes,
};

/// What is wrong with a world, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct WorldError {
    /// `users[3].userCertificate[0]`; `world` for the whole.
    pub path: String,
    /// What is wrong, and what was expected.
    pub problem: String,
}

/// A tenant that is yet to be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct World {
    /// Verified domains besides the tenant's own.
    pub domains: Vec<String>,
    company: Map<String, Json>,
    objects: Vec<(Kind, String, Map<String, Json>)>,
    /// Passwords by sign-in name. They are no part of the state.
    passwords: Vec<(String, Secret)>,
}

/// Lists of objects by their names in a world.
const LISTS: [(&str, Kind); 4] =
    [("users", Kind::User), ("contacts", Kind::Contact), ("groups", Kind::Group), ("devices", Kind::Device)];

/// References by their names in a world.
const LINKS: [(&str, Link); 3] =
    [("members", Link::Member), ("owners", Link::Owner), ("manager", Link::Manager)];

impl World {
    /// Reads YAML (JSON is YAML).
    ///
    /// # Errors
    /// Not YAML (with line and column), or a world that makes no sense (with the path).
    pub fn parse(text: &str) -> Result<Self, WorldError> {
        let value: Json = serde_saphyr::from_str(text).map_err(|error| wrong("world", error))?;
        Self::from_json(value)
    }

    /// Reads a world, or a state as the control API gives it.
    ///
    /// # Errors
    /// Something in it makes no sense; the path says what.
    pub fn from_json(value: Json) -> Result<Self, WorldError> {
        let mut world = Self::default();
        let top = match value {
            Json::Null => return Ok(world),
            Json::Object(top) => top,
            other => return Err(wrong("world", format!("a mapping is expected, not {}", kind_of(&other)))),
        };
        for (key, value) in top {
            match (key.as_str(), LISTS.iter().find(|(name, _)| *name == key)) {
                ("domains", _) => world.domains = typed("domains", value)?,
                ("company", _) => world.company = mapping("company", value)?,
                (_, Some((name, kind))) => world.add_objects(name, *kind, value)?,
                (other, None) => {
                    let known = "domains, company, users, contacts, groups and devices";
                    return Err(wrong(other, format!("unknown key, known are {known}")));
                }
            }
        }
        Ok(world)
    }

    fn add_objects(&mut self, name: &str, kind: Kind, value: Json) -> Result<(), WorldError> {
        let list: Vec<Json> = typed(name, value)?;
        for (at, object) in list.into_iter().enumerate() {
            let path = format!("{name}[{at}]");
            let mut object = mapping(&path, object)?;
            if kind == Kind::User {
                self.take_password(&path, &mut object)?;
            }
            self.objects.push((kind, path, object));
        }
        Ok(())
    }

    fn take_password(&mut self, path: &str, user: &mut Map<String, Json>) -> Result<(), WorldError> {
        let Some(password) = user.shift_remove("password") else { return Ok(()) };
        let password: String = typed(&format!("{path}.password"), password)?;
        let name = required(path, user, "userPrincipalName")?;
        self.passwords.push((name, Secret::new(password)));
        Ok(())
    }

    /// Gives the people of a tenant their passwords.
    pub(crate) fn set_passwords(&self, tenant: &Tenant, signin: &mut SignIn) {
        for (name, password) in &self.passwords {
            if let Some(user) = tenant.user(name, View::Committed) {
                signin.set_password(user.id, password.clone());
            }
        }
    }

    /// Makes the tenant. Everything in it is visible at every stage at once, unless a state says otherwise.
    ///
    /// # Errors
    /// A value makes no sense, or two objects share what must be unique; the path says where.
    pub fn build(
        &self,
        settings: Settings,
        company: Company,
        ids: Ids,
        now: Timestamp,
    ) -> Result<Tenant, WorldError> {
        let mut tenant = self.empty(settings, company, ids, now)?;
        self.add_to(&mut tenant, now)?;
        Ok(tenant)
    }

    /// The tenant without its objects.
    fn empty(
        &self,
        settings: Settings,
        company: Company,
        ids: Ids,
        now: Timestamp,
    ) -> Result<Tenant, WorldError> {
        let mut company = company;
        for domain in &self.domains {
            add_domain(&mut company, domain);
        }
        patch_company(&mut company, &self.company)?;
        let initial = settings.initial_domain.clone();
        add_domain(&mut company, &initial);
        let mut tenant = Tenant::new(settings, company, ids);
        // another run of the same world is another state, though everything in it is the same
        tenant.begin(now);
        Ok(tenant)
    }

    /// References last: they may be told before the objects that they mean.
    fn add_to(&self, tenant: &mut Tenant, now: Timestamp) -> Result<(), WorldError> {
        let mut links = Vec::new();
        for (kind, path, object) in &self.objects {
            let id = add_object(tenant, *kind, path, object, now)?;
            let told = LINKS.iter().filter_map(|(key, link)| Some((*key, *link, object.get(*key)?)));
            links.extend(told.map(|(key, link, names)| (id, link, format!("{path}.{key}"), names)));
        }
        for (id, link, path, names) in links {
            let to = resolve(tenant, &path, names)?;
            tenant.put_links(id, link, &to);
        }
        Ok(())
    }
}

impl Tenant {
    /// Replaces everything by this state or world; settings and seed stay. On an error nothing changes.
    ///
    /// # Errors
    /// Something in the state makes no sense; the path says what.
    pub fn put_state(&mut self, state: Json, now: Timestamp) -> Result<(), WorldError> {
        let world = World::from_json(state)?;
        let company = Company::new(&self.company().display_name, self.company().verified_domains.clone());
        let mut next = world.empty(self.settings().clone(), company, self.ids().clone(), now)?;
        next.succeed(self);
        world.add_to(&mut next, now)?;
        *self = next;
        Ok(())
    }

    /// Adds a world to what is there. On an error nothing changes.
    ///
    /// # Errors
    /// Something in the world makes no sense; the path says what.
    pub fn load(&mut self, world: &World, now: Timestamp) -> Result<(), WorldError> {
        let mut next = self.clone();
        world.domains.iter().for_each(|domain| add_domain(next.company_mut(), domain));
        patch_company(next.company_mut(), &world.company)?;
        world.add_to(&mut next, now)?;
        *self = next;
        Ok(())
    }
}

fn add_domain(company: &mut Company, domain: &str) {
    if !company.is_verified(domain) {
        company.verified_domains.push(domain.to_owned());
    }
}

fn patch_company(company: &mut Company, given: &Map<String, Json>) -> Result<(), WorldError> {
    for (key, value) in given {
        let path = format!("company.{key}");
        let value = value.clone();
        match key.as_str() {
            "displayName" => company.display_name = typed(&path, value)?,
            "verifiedDomains" => company.verified_domains = typed(&path, value)?,
            "dirSyncEnabled" => company.dir_sync_enabled = typed(&path, value)?,
            "features" => company.features = typed::<Features>(&path, value)?,
            "deletionPrevention" => company.deletion_prevention = typed::<DeletionPrevention>(&path, value)?,
            "lastSync" => company.last_sync = typed(&path, value)?,
            "profile" => company.profile = typed(&path, value)?,
            "allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled" => {
                company.allow_object_identifier_update = typed(&path, value)?;
            }
            // A state tells them; they belong to the tenant's set-up, not to its state.
            "tenantId" | "initialDomain" => {}
            _ => {
                let known = "displayName, verifiedDomains, dirSyncEnabled, features, deletionPrevention, lastSync, profile and allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled";
                return Err(wrong(&path, format!("unknown key, known are {known}")));
            }
        }
    }
    Ok(())
}

fn add_object(
    tenant: &mut Tenant,
    kind: Kind,
    path: &str,
    given: &Map<String, Json>,
    now: Timestamp,
) -> Result<Uuid, WorldError> {
    let name_key = if kind == Kind::User { "userPrincipalName" } else { "displayName" };
    let name: String = required(path, given, name_key)?;
    let id = match given.get("id") {
        Some(id) => typed(&format!("{path}.id"), id.clone())?,
        None => tenant.id_for(kind, &name),
    };
    check_unique(tenant, path, id, given, kind)?;
    let mut object = DirectoryObject::new(id, Detail::empty(kind), now);
    if let Some(user) = object.user_mut() {
        user.user_principal_name = name;
    }
    let mut exchange = None;
    for (key, value) in given {
        let path = format!("{path}.{key}");
        if key == "exchange" {
            exchange = Some(certificate_pair(&path, value)?);
        } else {
            set_key(&mut object, &path, key, value)?;
        }
    }
    if !given.contains_key("onPremisesSyncEnabled") && object.source_anchor.is_some() {
        object.on_premises_sync_enabled = Some(true);
    }
    let differs = |pair: &CertificatePair| {
        pair.user_certificate != object.user_certificate
            || pair.user_smime_certificate != object.user_smime_certificate
    };
    let exchange = exchange.filter(|pair| object.is_live() && differs(pair));
    tenant.put_object(object, exchange, now);
    Ok(id)
}

fn check_unique(
    tenant: &Tenant,
    path: &str,
    id: Uuid,
    given: &Map<String, Json>,
    kind: Kind,
) -> Result<(), WorldError> {
    if tenant.get(id, View::Committed).is_some() {
        return Err(wrong(&format!("{path}.id"), format!("{id} is given twice")));
    }
    let live = given.get("deletedDateTime").is_none_or(Json::is_null);
    let upn = given.get("userPrincipalName").and_then(Json::as_str);
    if let (Kind::User, true, Some(upn)) = (kind, live, upn)
        && tenant.user(upn, View::Committed).is_some()
    {
        return Err(wrong(&format!("{path}.userPrincipalName"), format!("{upn} is given twice")));
    }
    Ok(())
}

fn set_key(object: &mut DirectoryObject, path: &str, key: &str, value: &Json) -> Result<(), WorldError> {
    match key {
        "id" | "members" | "owners" | "manager" => {}
        "userPrincipalName" => {
            if object.kind() != Kind::User {
                return Err(wrong(path, "only users have one"));
            }
        }
        "sourceAnchor" => object.source_anchor = typed(path, value.clone())?,
        "onPremisesSyncEnabled" => object.on_premises_sync_enabled = typed(path, value.clone())?,
        "provisioningErrors" => object.provisioning_errors = typed(path, value.clone())?,
        "deletedDateTime" if !value.is_null() && !matches!(object.kind(), Kind::User | Kind::Group) => {
            return Err(wrong(path, "only users and Microsoft 365 groups wait in the recycle bin"));
        }
        "deletedDateTime" => object.deleted = typed(path, value.clone())?,
        "createdDateTime" => object.created = typed(path, value.clone())?,
        "shadow" => object.shadow = typed(path, value.clone())?,
        "onPremisesObjectIdentifier" => object.object_identifier = typed(path, value.clone())?,
        "isCloudManaged" => object.cloud_managed = typed(path, value.clone())?,
        "roles" | "eligibleRoles" | "exchangeLicense" => match object.user_mut() {
            Some(user) => set_user_key(user, path, key, value)?,
            None => return Err(wrong(path, "only users have roles and licences")),
        },
        "groupTypes" => match object.group_mut() {
            Some(group) => group.unified = is_unified(path, value)?,
            None => return Err(wrong(path, "only groups have types")),
        },
        "properties" => {
            for (name, value) in mapping(path, value.clone())? {
                set_property(object, &format!("{path}.{name}"), &name, &value)?;
            }
        }
        _ if attributes::find(key).is_some() || attributes::is_extension(key) => {
            set_property(object, path, key, value)?;
        }
        _ => return Err(wrong(path, unknown_property(key))),
    }
    Ok(())
}

/// With the name that was probably meant.
fn unknown_property(name: &str) -> String {
    let known = attributes::ATTRIBUTES.iter().map(|attribute| attribute.name);
    let near = |known: &&str| strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase());
    let nearest = known.max_by(|a, b| near(a).total_cmp(&near(b))).filter(|known| near(known) > 0.85);
    nearest
        .map_or_else(|| "unknown property".to_owned(), |known| format!("unknown property; is {known} meant?"))
}

fn set_user_key(user: &mut User, path: &str, key: &str, value: &Json) -> Result<(), WorldError> {
    match key {
        "roles" => user.roles = typed(path, value.clone())?,
        "eligibleRoles" => user.eligible_roles = typed(path, value.clone())?,
        _ => user.exchange_license = typed(path, value.clone())?,
    }
    Ok(())
}

fn is_unified(path: &str, value: &Json) -> Result<bool, WorldError> {
    let types: Vec<String> = typed(path, value.clone())?;
    match types.iter().find(|name| *name != "Unified") {
        Some(other) => Err(wrong(path, format!("{other:?} is not known, known is Unified"))),
        None => Ok(!types.is_empty()),
    }
}

fn set_property(
    object: &mut DirectoryObject,
    path: &str,
    name: &str,
    value: &Json,
) -> Result<(), WorldError> {
    let value = property_value(path, name, value)?;
    object.set(name, value).map_err(|error| wrong(path, error))
}

fn property_value(path: &str, name: &str, value: &Json) -> Result<Value, WorldError> {
    let syntax = attributes::find(name).map(|attribute| attribute.syntax);
    Ok(match (syntax, value) {
        (_, Json::Null) => Value::Null,
        (Some(attributes::Syntax::Binaries), list) => Value::BinaryList(certificates(path, list)?),
        (Some(attributes::Syntax::Binary), one) => Value::Binary(octets(path, one)?),
        (_, Json::String(text)) => Value::Text(text.clone()),
        (_, Json::Bool(flag)) => Value::Bool(*flag),
        (_, Json::Number(number)) => {
            Value::Long(number.as_i64().ok_or_else(|| wrong(path, "a whole number is expected"))?)
        }
        (_, Json::Array(_)) => Value::TextList(typed(path, value.clone())?),
        (_, Json::Object(_)) => return Err(wrong(path, "a value is expected, not a mapping")),
    })
}

fn certificate_pair(path: &str, value: &Json) -> Result<CertificatePair, WorldError> {
    let of = |name: &str| certificates(&format!("{path}.{name}"), value.get(name).unwrap_or(&Json::Null));
    Ok(CertificatePair {
        user_certificate: of("userCertificate")?,
        user_smime_certificate: of("userSMIMECertificate")?,
    })
}

fn certificates(path: &str, value: &Json) -> Result<Certificates, WorldError> {
    let list = match value {
        Json::Null => return Ok(crate::tenant::no_certificates()),
        Json::Array(list) => list,
        other => {
            return Err(wrong(path, format!("a list of base64 texts is expected, not {}", kind_of(other))));
        }
    };
    list.iter().enumerate().map(|(at, value)| octets(&format!("{path}[{at}]"), value)).collect()
}

fn octets(path: &str, value: &Json) -> Result<Bytes, WorldError> {
    let text = match value {
        Json::String(text) => text,
        Json::Object(wrapped) if wrapped.len() == 1 => match wrapped.get("b64") {
            Some(Json::String(text)) => text,
            _ => return Err(wrong(path, "a base64 text or {b64: text} is expected")),
        },
        other => return Err(wrong(path, format!("a base64 text is expected, not {}", kind_of(other)))),
    };
    STANDARD.decode(text).map(Bytes::from).map_err(|error| wrong(path, format!("not base64: {error}")))
}

/// References may be told by object id, source anchor or user principal name; one without a list.
fn resolve(tenant: &Tenant, path: &str, names: &Json) -> Result<BTreeSet<Uuid>, WorldError> {
    let names: Vec<String> = match names {
        Json::Null => return Ok(BTreeSet::new()),
        Json::String(name) => vec![name.clone()],
        list => typed(path, list.clone())?,
    };
    let found = names.iter().enumerate().map(|(at, name)| {
        let unknown =
            || wrong(&format!("{path}[{at}]"), format!("no object has the id, anchor or name {name:?}"));
        member(tenant, name).ok_or_else(unknown)
    });
    found.collect()
}

fn member(tenant: &Tenant, name: &str) -> Option<Uuid> {
    let by_id = Uuid::try_parse(name).ok().and_then(|id| tenant.get(id, View::Committed));
    by_id
        .or_else(|| tenant.with_anchor(name, View::Committed).next())
        .or_else(|| tenant.user(name, View::Committed))
        .map(|object| object.id)
}

fn required<T: DeserializeOwned>(path: &str, given: &Map<String, Json>, key: &str) -> Result<T, WorldError> {
    let path = format!("{path}.{key}");
    typed(&path, given.get(key).cloned().ok_or_else(|| wrong(&path, "missing"))?)
}

fn typed<T: DeserializeOwned>(path: &str, value: Json) -> Result<T, WorldError> {
    serde_json::from_value(value).map_err(|error| wrong(path, error))
}

fn mapping(path: &str, value: Json) -> Result<Map<String, Json>, WorldError> {
    match value {
        Json::Object(map) => Ok(map),
        other => Err(wrong(path, format!("a mapping is expected, not {}", kind_of(&other)))),
    }
}

const fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a mapping",
    }
}

fn wrong(path: &str, problem: impl std::fmt::Display) -> WorldError {
    WorldError { path: path.to_owned(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-09-01T00:00:00Z".parse().unwrap()
    }

    fn build(text: &str) -> Result<Tenant, WorldError> {
        let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
        World::parse(text)?.build(
            settings,
            Company::new("Corp", vec!["corp.example.test".to_owned()]),
            Ids::new(7),
            now(),
        )
    }

    const WORLD: &str = "
domains: [other.example.test]
company:
  features: {BlockSoftMatch: true}
  deletionPrevention: {mode: enabledForCount, threshold: 20}
users:
- userPrincipalName: ana@corp.example.test
  displayName: Ana
  sourceAnchor: AAAA
  proxyAddresses: ['SMTP:ana@corp.example.test']
  userCertificate: [MAA=]
  userSMIMECertificate: [{b64: MAEA}]
- userPrincipalName: boss@corp.example.test
  displayName: Boss
  roles: [Global Administrator]
  jobless: null
groups:
- displayName: Staff
  members: [ana@corp.example.test]
";

    #[test]
    fn a_state_goes_back_in_as_it_came_out() {
        let tenant = build(&WORLD.replace("  jobless: null\n", "")).unwrap();
        let state = tenant.state(now());
        let mut other = build("").unwrap();
        other.put_state(state.clone(), now()).unwrap();
        assert_eq!(other.state(now()), state);
        assert_eq!(state["users"][0]["onPremisesSyncEnabled"], true);
        assert_eq!(state["users"][0]["exchange"]["userSMIMECertificate"][0], "MAEA");
        assert_eq!(state["users"][1]["onPremisesSyncEnabled"], Json::Null);
        assert_eq!(state["groups"][0]["members"][0], state["users"][0]["id"]);
        assert_eq!(state["company"]["deletionPrevention"]["threshold"], 20);
        assert_eq!(state["company"]["features"]["BlockSoftMatch"], true);
    }

    #[test]
    fn a_world_can_be_added_to_what_is_there() {
        let mut tenant = build("groups: [{displayName: Old}]").unwrap();
        let more =
            World::parse("users: [{userPrincipalName: a@b}]\ngroups: [{displayName: New, members: [a@b]}]");
        tenant.load(&more.unwrap(), now()).unwrap();
        let state = tenant.state(now());
        assert_eq!(state["groups"][0]["members"], Json::Array(vec![]));
        assert_eq!(state["groups"][1]["members"][0], state["users"][0]["id"]);
    }

    #[test]
    fn an_error_names_the_path() {
        for (text, path) in [
            (WORLD, "users[1].jobless"),
            ("[1]", "world"),
            ("user: []", "user"),
            ("company: {dirsync: true}", "company.dirsync"),
            ("company: {features: {BlockEverything: true}}", "company.features"),
            ("users: [{displayName: A}]", "users[0].userPrincipalName"),
            (
                "users: [{userPrincipalName: a@b, userCertificate: [MAA=, '%']}]",
                "users[0].userCertificate[1]",
            ),
            ("users: [{userPrincipalName: a@b, accountEnabled: 3}]", "users[0].accountEnabled"),
            ("users: [{userPrincipalName: a@b}, {userPrincipalName: A@b}]", "users[1].userPrincipalName"),
            ("groups: [{displayName: G, members: [nobody]}]", "groups[0].members[0]"),
            ("contacts: [{displayName: C, roles: [Admin]}]", "contacts[0].roles"),
        ] {
            assert_eq!(build(text).err().map(|error| error.path).as_deref(), Some(path), "{text}");
        }
    }
}
