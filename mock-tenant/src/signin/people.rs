//! People who sign in, as far as sign-in has to know them.

use uuid::Uuid;

use crate::tenant::{DirectoryObject, Kind, Tenant, View};

/// Template of what everybody has who holds no administrative role.
pub(super) const MEMBER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

/// Administrative roles by display name. Source: entra docs, "permissions-reference" (role template ids).
const TEMPLATES: &[(&str, &str)] = &[
    ("Directory Readers", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
    ("Directory Synchronization Accounts", "d29b2b05-8046-44ba-8758-1e26182fcf32"),
    ("Exchange Administrator", "29232cdf-9323-42fd-ade2-1d097af3e4de"),
    ("Global Administrator", "62e90394-69f5-4237-9190-012177145e10"),
    ("Global Reader", "f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
    ("Groups Administrator", "fdd7a751-b60b-444a-984c-02652fe8fa1c"),
    ("Hybrid Identity Administrator", "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
    ("Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814"),
    ("User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1"),
];

/// A person of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Object id.
    pub id: Uuid,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Display name.
    pub display_name: Option<String>,
    /// May sign in at all.
    pub enabled: bool,
    /// Display names of administrative roles.
    pub roles: Vec<String>,
}

impl Person {
    /// Template ids of the roles; a role that is not in our table has none.
    #[must_use]
    pub fn role_templates(&self) -> Vec<String> {
        let template = |role: &String| {
            TEMPLATES.iter().find(|(name, _)| name.eq_ignore_ascii_case(role)).map(|(_, id)| *id)
        };
        let held = self.roles.iter().filter_map(template);
        held.chain([MEMBER]).map(str::to_owned).collect()
    }
}

/// Where sign-in looks people up.
pub trait People {
    /// By sign-in name.
    fn named(&self, user_principal_name: &str) -> Option<Person>;
    /// By object id.
    fn with_id(&self, id: Uuid) -> Option<Person>;
}

impl People for Tenant {
    fn named(&self, user_principal_name: &str) -> Option<Person> {
        self.lookup(Kind::User, user_principal_name, View::Committed).and_then(person)
    }

    fn with_id(&self, id: Uuid) -> Option<Person> {
        self.lookup(Kind::User, &id.to_string(), View::Committed).and_then(person)
    }
}

fn person(object: &DirectoryObject) -> Option<Person> {
    let user = object.user()?;
    Some(Person {
        id: object.id,
        user_principal_name: user.user_principal_name.clone(),
        display_name: object.display_name.clone(),
        enabled: user.account_enabled,
        roles: user.roles.clone(),
    })
}
