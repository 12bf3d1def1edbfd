//! A description becomes objects.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;

use super::model::{Item, Object, Value, Values, World};
use crate::directory::{Directory, Making, seed};
use crate::dn::{Dn, Rdn};
use crate::schema::{AttrId, ClassId, Syntax, known};

/// What in a world can't be made, by its path (`users[3].attributes.mail`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct WorldError {
    /// Where.
    pub path: String,
    /// Why.
    pub reason: String,
}

fn error(path: &str, reason: impl Into<String>) -> WorldError {
    WorldError { path: path.to_owned(), reason: reason.into() }
}

/// A DN value that waits until every object is there.
struct Pending {
    path: String,
    source: seed::Id,
    attr: AttrId,
    dn: String,
}

struct Builder<'a> {
    forest: &'a mut seed::Forest,
    now: Timestamp,
    pending: Vec<Pending>,
}

impl Directory {
    /// Adds a world, whole or not at all.
    ///
    /// # Errors
    /// The path of the first thing that can't be made, and why.
    pub fn load_world(&mut self, world: &World, now: Timestamp) -> Result<(), WorldError> {
        self.transact(|forest| {
            let mut builder = Builder { forest, now, pending: Vec::new() };
            builder.world(world)?;
            builder.links()
        })
    }
}

impl Builder<'_> {
    fn world(&mut self, world: &World) -> Result<(), WorldError> {
        for (at, ou) in world.ous.iter().enumerate() {
            self.container(ou, &format!("ous[{at}]"))?;
        }
        let kinds = [
            ("users", "user", &world.users),
            ("contacts", "contact", &world.contacts),
            ("inetOrgPersons", "inetOrgPerson", &world.inet_org_persons),
            ("computers", "computer", &world.computers),
            ("groups", "group", &world.groups),
        ];
        for (list, class, objects) in kinds {
            for (at, object) in objects.iter().enumerate() {
                self.object(object, class, &format!("{list}[{at}]"))?;
            }
        }
        for (at, item) in world.entries.iter().enumerate() {
            self.item(item, &format!("entries[{at}]"))?;
        }
        if world.config.recycle_bin {
            self.forest.recycle_bin = true;
        }
        Ok(())
    }

    /// An organisational unit, made with those above it if need be.
    fn container(&mut self, text: &str, path: &str) -> Result<seed::Id, WorldError> {
        let dn = self.forest.full_dn(text).ok_or_else(|| error(path, format!("{text:?} is no DN")))?;
        self.container_at(&dn, path)
    }

    fn container_at(&mut self, dn: &Dn, path: &str) -> Result<seed::Id, WorldError> {
        if let Ok(id) = self.forest.find(dn) {
            return Ok(id);
        }
        let (Some(rdn), Some(above)) = (dn.rdn(), dn.parent()) else {
            return Err(error(path, "outside of the domain"));
        };
        if !rdn.attr.eq_ignore_ascii_case("ou") {
            return Err(error(path, format!("{dn} does not exist and is no organisational unit")));
        }
        let parent = self.container_at(&above, path)?;
        let class = self.class("organizationalUnit", path)?;
        let making = Making { parent, rdn: &rdn.value, class, values: Vec::new(), without: Vec::new() };
        Ok(self.forest.make(making, self.now))
    }

    fn class(&self, name: &str, path: &str) -> Result<ClassId, WorldError> {
        self.forest
            .schema
            .class_id(name)
            .ok_or_else(|| error(path, format!("object class {name} is not in the schema")))
    }

    fn object(&mut self, object: &Object, class: &str, path: &str) -> Result<(), WorldError> {
        let name = object.cn.clone().unwrap_or_else(|| object.sam.clone());
        if name.is_empty() {
            return Err(error(path, "needs sam or cn"));
        }
        let parent = self.container(object.ou.as_deref().unwrap_or("CN=Users"), &format!("{path}.ou"))?;
        let class_id = self.class(class, path)?;
        let mut values = self.defaults(object, class);
        let (given, without, links) = self.attributes(&object.attributes, class_id, path)?;
        values.retain(|(attr, _)| !without.contains(attr) && !given.iter().any(|(other, _)| other == attr));
        values.extend(given);
        let id = self.make(parent, &name, class_id, values, without, path)?;
        self.pending.extend(links.into_iter().map(|link| Pending { source: id, ..link }));
        if let Some(password) = &object.password {
            seed::seed_password(self.forest, id, password, self.now);
        }
        Ok(())
    }

    /// What a person who fills in the form gets; display name and mail nickname are not made up.
    fn defaults(&self, object: &Object, class: &str) -> Vec<(AttrId, Vec<Bytes>)> {
        let one = |attr: AttrId, text: String| (attr, vec![Bytes::from(text)]);
        let mut out = Vec::new();
        let account = matches!(class, "user" | "inetOrgPerson");
        let sam = if class == "computer" && !object.sam.ends_with('$') {
            format!("{}$", object.sam)
        } else {
            object.sam.clone()
        };
        if class != "contact" && !object.sam.is_empty() {
            out.push(one(known::SAM_ACCOUNT_NAME, sam));
        }
        if account && !object.sam.is_empty() {
            out.push(one(known::USER_PRINCIPAL_NAME, format!("{}@{}", object.sam, self.forest.identity.dns)));
        }
        if account || class == "computer" {
            let kind = if account { 512 } else { 4096 };
            out.push(one(
                known::USER_ACCOUNT_CONTROL,
                (kind | if object.disabled { 2 } else { 0 }).to_string(),
            ));
            out.push(one(known::PWD_LAST_SET, seed::filetime(self.now).to_string()));
        }
        if object.critical {
            out.push(one(known::IS_CRITICAL, "TRUE".to_owned()));
        }
        out
    }

    fn item(&mut self, item: &Item, path: &str) -> Result<(), WorldError> {
        let bad = |reason: String| error(&format!("{path}.dn"), reason);
        let dn = self.forest.full_dn(&item.dn).ok_or_else(|| bad(format!("{:?} is no DN", item.dn)))?;
        let (Some(rdn), Some(above)) = (dn.rdn(), dn.parent()) else {
            return Err(bad("an entry needs a name".to_owned()));
        };
        let parent =
            self.forest.find(&above).map_err(|_| bad(format!("the parent {above} does not exist")))?;
        let classes = item.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("objectClass"));
        let classes = classes
            .and_then(|(_, values)| values.as_ref())
            .ok_or_else(|| error(path, "needs objectClass"))?;
        let names: Vec<String> = classes.as_slice().iter().map(text).collect();
        let class = seed::most_specific(self.forest, &names).ok_or_else(|| {
            error(&format!("{path}.attributes.objectClass"), "no structural class of the schema")
        })?;
        if self.forest.schema.attribute_id(&rdn.attr) != Some(self.forest.schema.class(class).rdn) {
            return Err(bad(format!("objects of this class are not named by {}", rdn.attr)));
        }
        let (values, without, links) = self.attributes(&item.attributes, class, path)?;
        let id = self.make(parent, &rdn.value, class, values, without, path)?;
        self.pending.extend(links.into_iter().map(|link| Pending { source: id, ..link }));
        Ok(())
    }

    fn make(
        &mut self,
        parent: seed::Id,
        name: &str,
        class: ClassId,
        values: Vec<(AttrId, Vec<Bytes>)>,
        without: Vec<AttrId>,
        path: &str,
    ) -> Result<seed::Id, WorldError> {
        let rdn_attr = self.forest.schema.class(class).rdn;
        let rdn = Rdn::new(self.forest.name(rdn_attr), name);
        if self.forest.child(parent, &rdn).is_some() {
            return Err(error(path, format!("{rdn},{} is there already", self.forest.dn_text(parent))));
        }
        for (attr, values) in &values {
            if let Err(reason) = seed::unique(self.forest, *attr, values) {
                return Err(error(path, format!("{}: {reason}", self.forest.name(*attr))));
            }
        }
        Ok(self.forest.make(Making { parent, rdn: name, class, values, without }, self.now))
    }

    /// Values, suppressed defaults, and DNs for later.
    #[expect(clippy::type_complexity, reason = "three lists that are taken apart at once")]
    fn attributes(
        &self,
        attributes: &indexmap::IndexMap<String, Option<Values>>,
        class: ClassId,
        path: &str,
    ) -> Result<(Vec<(AttrId, Vec<Bytes>)>, Vec<AttrId>, Vec<Pending>), WorldError> {
        let (mut values, mut without, mut links) = (Vec::new(), Vec::new(), Vec::new());
        for (name, given) in attributes {
            let path = format!("{path}.attributes.{name}");
            let attr =
                self.forest.schema.attribute_id(name).ok_or_else(|| error(&path, "is not in the schema"))?;
            let Some(given) = given else {
                without.push(attr);
                continue;
            };
            self.allowed(attr, class, given.as_slice().len(), &path)?;
            if self.forest.schema.attribute(attr).is_forward_link() {
                links.extend(given.as_slice().iter().map(|value| Pending {
                    path: path.clone(),
                    source: seed::NOWHERE,
                    attr,
                    dn: text(value),
                }));
                continue;
            }
            let octets = given
                .as_slice()
                .iter()
                .map(|value| self.value(attr, value, &path))
                .collect::<Result<_, _>>()?;
            values.push((attr, octets));
        }
        Ok((values, without, links))
    }

    fn allowed(&self, attr: AttrId, class: ClassId, count: usize, path: &str) -> Result<(), WorldError> {
        let def = self.forest.schema.attribute(attr);
        let class = self.forest.schema.class(class);
        if def.constructed() || def.is_back_link() {
            return Err(error(path, "is computed by the server"));
        }
        if !class.allows(attr) {
            return Err(error(path, format!("is not an attribute of {}", class.name)));
        }
        if def.single_valued && count > 1 {
            return Err(error(path, "is single-valued"));
        }
        Ok(())
    }

    fn value(&self, attr: AttrId, value: &Value, path: &str) -> Result<Bytes, WorldError> {
        let def = self.forest.schema.attribute(attr);
        let octets = match value {
            Value::Octets { b64 } => {
                let octets = STANDARD.decode(b64.split_whitespace().collect::<String>());
                octets.map_err(|reason| error(path, format!("bad base64: {reason}")))?
            }
            other if def.syntax == Syntax::Dn => match self.forest.full_dn(&text(other)) {
                Some(dn) => dn.to_string().into_bytes(),
                None => return Err(error(path, "is no DN")),
            },
            other => text(other).into_bytes(),
        };
        if octets.is_empty() || !def.syntax.is_valid(&octets) {
            return Err(error(path, format!("is no value of syntax {:?}", def.syntax)));
        }
        Ok(Bytes::from(octets))
    }

    fn links(mut self) -> Result<(), WorldError> {
        for link in std::mem::take(&mut self.pending) {
            let dn = self
                .forest
                .full_dn(&link.dn)
                .ok_or_else(|| error(&link.path, format!("{:?} is no DN", link.dn)))?;
            let target =
                self.forest.find(&dn).map_err(|_| error(&link.path, format!("{dn} does not exist")))?;
            seed::link(self.forest, link.source, link.attr, target);
        }
        Ok(())
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Octets { b64 } => b64.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Settings;

    fn now() -> Timestamp {
        "2026-09-01T00:00:00Z".parse().unwrap()
    }

    fn load(text: &str) -> Result<Directory, WorldError> {
        let mut directory = Directory::new(Settings::default(), now());
        directory.load_world(&World::parse(text).unwrap(), now())?;
        Ok(directory)
    }

    const STAFF: &str = "
ous: ['OU=A,OU=Staff']
users:
- {sam: alice, cn: Alice A, ou: 'OU=A,OU=Staff', password: 'Passw0rd!x', attributes: {mail: a@x.test, userCertificate: [{b64: MAA=}, {b64: MAMCAQE=}], manager: 'CN=bob,CN=Users'}}
- {sam: bob, disabled: true, critical: true, attributes: {userPrincipalName: null, employeeNumber: 7}}
contacts: [{sam: c1, ou: 'OU=Staff', attributes: {mailNickname: c1}}]
computers: [{sam: WS1}]
groups: [{sam: g1, attributes: {member: ['CN=Alice A,OU=A,OU=Staff,DC=corp,DC=example,DC=test', 'CN=bob,CN=Users']}}]
entries: [{dn: 'CN=box,CN=Users', attributes: {objectClass: [top, container], description: x}}]
config: {recycleBin: true}
";

    #[test]
    fn people_get_what_ad_gives_them_and_no_more() {
        let mut directory = load(STAFF).unwrap();
        let alice = directory.entry("CN=Alice A,OU=A,OU=Staff,DC=corp,DC=example,DC=test").unwrap();
        assert_eq!(alice.text("userPrincipalName"), Some("alice@corp.example.test"));
        assert_eq!(alice.text("userAccountControl"), Some("512"));
        assert_eq!(alice.text("manager"), Some("CN=bob,CN=Users,DC=corp,DC=example,DC=test"));
        assert_eq!(alice.text("memberOf"), Some("CN=g1,CN=Users,DC=corp,DC=example,DC=test"));
        assert_eq!(alice.values("userCertificate").len(), 2);
        assert_eq!(alice.values("objectClass").len(), 4);
        assert!(alice.text("displayName").is_none() && alice.text("mailNickname").is_none());
        let bob = directory.entry("CN=bob,CN=Users,DC=corp,DC=example,DC=test").unwrap();
        assert_eq!((bob.text("userAccountControl"), bob.text("userPrincipalName")), (Some("514"), None));
        assert_eq!(
            (bob.text("isCriticalSystemObject"), bob.text("employeeNumber")),
            (Some("TRUE"), Some("7"))
        );
        let computer = directory.entry("CN=WS1,CN=Users,DC=corp,DC=example,DC=test").unwrap();
        assert_eq!(
            (computer.text("sAMAccountName"), computer.text("primaryGroupID")),
            (Some("WS1$"), Some("515"))
        );
        assert!(directory.authenticate("alice@corp.example.test", b"Passw0rd!x", now()).is_ok());
    }

    #[test]
    fn faults_name_their_path_and_nothing_is_made() {
        let cases = [
            (
                "users: [{sam: a}, {sam: b, attributes: {mail: [x, y]}}]",
                "users[1].attributes.mail: is single-valued",
            ),
            (
                "users: [{sam: a, attributes: {nosuch: x}}]",
                "users[0].attributes.nosuch: is not in the schema",
            ),
            (
                "users: [{sam: a, attributes: {memberOf: x}}]",
                "users[0].attributes.memberOf: is computed by the server",
            ),
            (
                "users: [{sam: a, attributes: {userCertificate: {b64: '*'}}}]",
                "users[0].attributes.userCertificate: bad base64",
            ),
            ("users: [{sam: a, ou: 'CN=None'}]", "users[0].ou: CN=None,DC=corp"),
            ("users: [{sam: a}, {sam: A, cn: other}]", "users[1]: sAMAccountName: is used already"),
            ("groups: [{sam: g, attributes: {member: 'CN=x'}}]", "groups[0].attributes.member: CN=x,DC=corp"),
            ("contacts: [{}]", "contacts[0]: needs sam or cn"),
            ("entries: [{dn: 'CN=x', attributes: {description: y}}]", "entries[0]: needs objectClass"),
        ];
        for (text, wanted) in cases {
            let found = load(text).unwrap_err().to_string();
            assert!(found.starts_with(wanted), "{found}");
        }
        assert!(World::parse("users: [{sm: a}]").unwrap_err().contains("sm"));
    }
}
