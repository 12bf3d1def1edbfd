//! A new domain: the three naming contexts with the objects that clients look for.

use bytes::Bytes;

use super::create::Draft;
use super::entry::{EntryId, Life};
use super::forest::{CONFIGURATION, DOMAIN, Forest, Identity, NamingContext, SCHEMA};
use super::ids;
use crate::dn::{Dn, Rdn};
use crate::schema::{AttrId, ClassId, Profile, Schema, known, parse_sid_text};

/// How a directory starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// DNS name of the domain (`corp.example.test`).
    pub domain: String,
    /// NetBIOS name (`CORP`).
    pub netbios: String,
    /// Host name of the server.
    pub host: String,
    /// Identifiers come from it.
    pub seed: u64,
    /// Schema.
    pub profile: Profile,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            domain: "corp.example.test".to_owned(),
            netbios: "CORP".to_owned(),
            host: "DC1".to_owned(),
            seed: 1,
            profile: Profile::default(),
        }
    }
}

impl Settings {
    /// `DC=corp,DC=example,DC=test`
    pub(crate) fn base(&self) -> Dn {
        Dn(self
            .domain
            .split('.')
            .filter(|label| !label.is_empty())
            .map(|label| Rdn::new("DC", label))
            .collect())
    }
}

/// An empty forest with its names.
pub(crate) fn forest(settings: &Settings) -> Forest {
    let schema = Schema::of(settings.profile);
    let mut domain_sid = parse_sid_text("S-1-5-21").unwrap_or_default();
    domain_sid[1] = 4;
    for part in ["a", "b", "c"] {
        domain_sid.extend(
            ids::sub_authority(settings.seed, &format!("domain sid {part} {}", settings.domain))
                .to_le_bytes(),
        );
    }
    let identity = Identity {
        seed: settings.seed,
        dns: settings.domain.clone(),
        netbios: settings.netbios.clone(),
        domain_sid,
        invocation_id: ids::guid(settings.seed, &format!("invocation id {}", settings.domain)),
        host: settings.host.clone(),
    };
    let mut forest = Forest::empty(schema, identity);
    let domain = settings.base();
    let configuration = domain.child(Rdn::new("CN", "Configuration"));
    let schema = configuration.child(Rdn::new("CN", "Schema"));
    forest.ncs = [domain, configuration, schema]
        .into_iter()
        .map(|dn| NamingContext { dn, head: EntryId(0), deleted_objects: None })
        .collect();
    forest
}

/// Makes the head of a naming context.
pub(crate) fn head(forest: &mut Forest, nc: u8, mut draft: Draft, now: i64) -> EntryId {
    draft.parent = None;
    let id = forest.create(draft, now);
    forest.ncs[usize::from(nc)].head = id;
    id
}

/// The draft of a head.
pub(crate) fn head_draft(forest: &mut Forest, nc: u8) -> Draft {
    let (class, rdn_attr) =
        [("domainDNS", known::DC), ("configuration", known::CN), ("dMD", known::CN)][usize::from(nc)];
    let rdn = forest.ncs[usize::from(nc)].dn.rdn().map(|rdn| rdn.value.to_string()).unwrap_or_default();
    let mut draft = Draft::new(EntryId(0), nc, rdn_attr, &rdn, class_id(forest, class));
    draft.parent = None;
    draft.set(known::INSTANCE_TYPE, if nc == DOMAIN { "5" } else { "13" });
    forest.complete(&mut draft);
    draft
}

fn class_id(forest: &Forest, name: &str) -> ClassId {
    // class names here are constants of the schema that is built in
    forest.schema.class_id(name).unwrap_or(ClassId(0))
}

/// A builder's hands.
struct Maker<'a> {
    forest: &'a mut Forest,
    now: i64,
}

impl Maker<'_> {
    fn make(&mut self, parent: EntryId, name: &str, class: &str, attrs: &[(&str, &str)]) -> EntryId {
        let class = class_id(self.forest, class);
        let rdn_attr = self.forest.schema.class(class).rdn;
        let mut draft = Draft::new(parent, self.forest.entry(parent).nc, rdn_attr, name, class);
        for (attr, value) in attrs {
            if let Some(attr) = self.forest.schema.attribute_id(attr) {
                draft.attrs.entry(attr).or_default().push(Bytes::copy_from_slice(value.as_bytes()));
            }
        }
        if let Some(rid) = draft.attrs.remove(&known::OBJECT_SID) {
            let sid = String::from_utf8_lossy(&rid[0]).into_owned();
            let value = sid.parse().map_or_else(
                |_| Bytes::from(parse_sid_text(&sid).unwrap_or_default()),
                |rid| self.forest.sid_of(rid),
            );
            draft.attrs.insert(known::OBJECT_SID, vec![value]);
        }
        let next = self.forest.next_rid;
        self.forest.complete(&mut draft);
        self.forest.next_rid = next;
        self.forest.create(draft, self.now)
    }

    fn link(&mut self, source: EntryId, attr: &str, target: EntryId) {
        if let Some(attr) = self.forest.schema.attribute_id(attr) {
            let (usn, now) = (self.forest.entry(source).usn_changed, self.now);
            self.forest.links.set(source, attr, target, true, usn, now);
        }
    }

    fn put(&mut self, id: EntryId, attr: AttrId, values: Vec<Bytes>) {
        let mut entry = self.forest.entry(id).clone();
        entry.put(attr, values);
        self.forest.replace(id, entry);
    }

    /// CN=Deleted Objects of a naming context: dead itself, so that nobody sees it by chance.
    fn deleted_objects(&mut self, nc: u8) {
        let head = self.forest.ncs[usize::from(nc)].head;
        let id = self.make(
            head,
            "Deleted Objects",
            "container",
            &[
                ("description", "Container for deleted objects"),
                ("isDeleted", "TRUE"),
                ("isCriticalSystemObject", "TRUE"),
                ("showInAdvancedViewOnly", "TRUE"),
                ("systemFlags", "-1946157056"),
            ],
        );
        let mut entry = self.forest.entry(id).clone();
        entry.life = Life::Deleted;
        self.forest.replace(id, entry);
        self.forest.ncs[usize::from(nc)].deleted_objects = Some(id);
    }
}

/// Makes what is missing after a dump was loaded.
pub(crate) fn ensure_deleted_objects(forest: &mut Forest, nc: u8, now: i64) {
    let head = forest.ncs[usize::from(nc)].head;
    match forest.child(head, &Rdn::new("CN", "Deleted Objects")) {
        Some(id) => forest.ncs[usize::from(nc)].deleted_objects = Some(id),
        None => Maker { forest, now }.deleted_objects(nc),
    }
}

/// Containers of a domain with the GUIDs under which wellKnownObjects lists them (MS-ADTS 6.1.1.4).
const CONTAINERS: &[(&str, &str, &str)] = &[
    ("Users", "container", "A9D1CA15768811D1ADED00C04FD8D5CD"),
    ("Computers", "container", "AA312825768811D1ADED00C04FD8D5CD"),
    ("Domain Controllers", "organizationalUnit", "A361B2FFFFD211D1AA4B00C04FD7D83A"),
    ("Builtin", "builtinDomain", ""),
    ("ForeignSecurityPrincipals", "container", "22B70C67D56E4EFB91E9300FCA3DC1AA"),
    ("Infrastructure", "infrastructureUpdate", "2FBAC1870ADE11D297C400C04FD8D5CD"),
    ("LostAndFound", "lostAndFound", "AB8153B7768811D1ADED00C04FD8D5CD"),
    ("Managed Service Accounts", "container", "1EB93889E40C45DF9F0C64D23BBB6237"),
    ("NTDS Quotas", "msDS-QuotaContainer", "6227F0AF1FC2410D8E3BB10615BB5B0F"),
    ("Program Data", "container", "09460C08AE1E4A4EA0F64AEE7DAA1E5A"),
    ("System", "container", "AB1D30F3768811D1ADED00C04FD8D5CD"),
];

/// Groups in CN=Users: name, RID, groupType.
const DOMAIN_GROUPS: &[(&str, &str, &str)] = &[
    ("Domain Admins", "512", "-2147483646"),
    ("Domain Users", "513", "-2147483646"),
    ("Domain Guests", "514", "-2147483646"),
    ("Domain Computers", "515", "-2147483646"),
    ("Domain Controllers", "516", "-2147483646"),
    ("Schema Admins", "518", "-2147483640"),
    ("Enterprise Admins", "519", "-2147483640"),
    ("Group Policy Creator Owners", "520", "-2147483646"),
];

/// Groups in CN=Builtin: name, SID, members by name in CN=Users.
const BUILTIN_GROUPS: &[(&str, &str, &[&str])] = &[
    ("Administrators", "S-1-5-32-544", &["Administrator", "Domain Admins", "Enterprise Admins"]),
    ("Users", "S-1-5-32-545", &["Domain Users"]),
    ("Guests", "S-1-5-32-546", &["Domain Guests", "Guest"]),
    ("Account Operators", "S-1-5-32-548", &[]),
    ("Backup Operators", "S-1-5-32-551", &[]),
];

/// What the head of a domain says about itself.
const DOMAIN_ATTRIBUTES: &[(&str, &str)] = &[
    ("isCriticalSystemObject", "TRUE"),
    ("lockoutDuration", "-18000000000"),
    ("lockOutObservationWindow", "-18000000000"),
    ("lockoutThreshold", "0"),
    ("maxPwdAge", "-36288000000000"),
    ("minPwdAge", "-864000000000"),
    ("minPwdLength", "7"),
    ("ms-DS-MachineAccountQuota", "10"),
    ("msDS-Behavior-Version", "7"),
    ("pwdHistoryLength", "24"),
    ("pwdProperties", "1"),
];

/// A new domain naming context.
pub(crate) fn domain(forest: &mut Forest, now: i64) {
    let mut draft = head_draft(forest, DOMAIN);
    for (attr, value) in DOMAIN_ATTRIBUTES {
        if let Some(attr) = forest.schema.attribute_id(attr) {
            draft.set(attr, *value);
        }
    }
    let sid = Bytes::from(forest.identity.domain_sid.clone());
    draft.attrs.insert(known::OBJECT_SID, vec![sid]);
    let head = head(forest, DOMAIN, draft, now);
    let mut maker = Maker { forest, now };
    let mut well_known = Vec::new();
    for (name, class, guid) in CONTAINERS {
        let id = maker.make(head, name, class, &[("isCriticalSystemObject", "TRUE")]);
        if !guid.is_empty() {
            well_known.push(Bytes::from(format!("B:32:{guid}:{}", maker.forest.dn_text(id))));
        }
    }
    maker.deleted_objects(DOMAIN);
    let deleted =
        format!("B:32:18E2EA80684F11D2B9AA00C04F79F805:CN=Deleted Objects,{}", maker.forest.dn_text(head));
    well_known.push(Bytes::from(deleted));
    maker.put(head, known::WELL_KNOWN_OBJECTS, well_known);
    accounts(&mut maker, head);
}

fn accounts(maker: &mut Maker<'_>, head: EntryId) {
    let child = |maker: &Maker<'_>, parent: EntryId, rdn: &str| {
        maker.forest.child(parent, &Rdn::new("CN", rdn)).unwrap_or(parent)
    };
    let (users, builtin) = (child(maker, head, "Users"), child(maker, head, "Builtin"));
    for (name, rid, control) in
        [("Administrator", "500", "512"), ("Guest", "501", "66082"), ("krbtgt", "502", "514")]
    {
        let attrs = [
            ("objectSid", rid),
            ("sAMAccountName", name),
            ("userAccountControl", control),
            ("isCriticalSystemObject", "TRUE"),
        ];
        maker.make(users, name, "user", &attrs);
    }
    for (name, rid, kind) in DOMAIN_GROUPS {
        let attrs = [
            ("objectSid", *rid),
            ("sAMAccountName", name),
            ("groupType", kind),
            ("isCriticalSystemObject", "TRUE"),
        ];
        maker.make(users, name, "group", &attrs);
    }
    let administrator = child(maker, users, "Administrator");
    for name in ["Domain Admins", "Schema Admins", "Enterprise Admins", "Group Policy Creator Owners"] {
        let group = child(maker, users, name);
        maker.link(group, "member", administrator);
    }
    for (name, sid, members) in BUILTIN_GROUPS {
        let attrs = [
            ("objectSid", *sid),
            ("sAMAccountName", name),
            ("groupType", "-2147483643"),
            ("isCriticalSystemObject", "TRUE"),
        ];
        let group = maker.make(builtin, name, "group", &attrs);
        for member in *members {
            let member = child(maker, users, member);
            maker.link(group, "member", member);
        }
    }
    domain_controller(maker, head);
}

fn domain_controller(maker: &mut Maker<'_>, head: EntryId) {
    let parent = maker.forest.child(head, &Rdn::new("OU", "Domain Controllers")).unwrap_or(head);
    let host = maker.forest.identity.host.clone();
    let dns = format!("{}.{}", host.to_ascii_lowercase(), maker.forest.identity.dns);
    let account = format!("{host}$");
    let attrs = [
        ("sAMAccountName", account.as_str()),
        ("userAccountControl", "532480"),
        ("dNSHostName", &dns),
        ("operatingSystem", "Windows Server 2016 Standard"),
        ("isCriticalSystemObject", "TRUE"),
        ("objectSid", "1000"),
    ];
    maker.make(parent, &host, "computer", &attrs);
    maker.forest.next_rid = maker.forest.next_rid.max(1103);
}

/// Configuration and schema naming contexts: sites, this server, partitions, query policy.
pub(crate) fn configuration(forest: &mut Forest, now: i64) {
    let draft = head_draft(forest, CONFIGURATION);
    let head_id = head(forest, CONFIGURATION, draft, now);
    let draft = head_draft(forest, SCHEMA);
    let schema = head(forest, SCHEMA, draft, now);
    let domain = forest.domain().head;
    let mut maker = Maker { forest, now };
    maker.make(schema, "Aggregate", "subSchema", &[]);
    maker.deleted_objects(CONFIGURATION);
    for (name, class) in [
        ("DisplaySpecifiers", "container"),
        ("Extended-Rights", "container"),
        ("WellKnown Security Principals", "container"),
    ] {
        maker.make(head_id, name, class, &[]);
    }
    server(&mut maker, head_id, &[domain, head_id, schema]);
    partitions(&mut maker, head_id);
    services(&mut maker, head_id);
}

fn server(maker: &mut Maker<'_>, configuration: EntryId, contexts: &[EntryId]) {
    let sites = maker.make(configuration, "Sites", "sitesContainer", &[]);
    let site = maker.make(sites, "Default-First-Site-Name", "site", &[]);
    maker.make(sites, "Inter-Site Transports", "interSiteTransportContainer", &[]);
    maker.make(sites, "Subnets", "subnetContainer", &[]);
    let servers = maker.make(site, "Servers", "serversContainer", &[]);
    let host = maker.forest.identity.host.clone();
    let dns = format!("{}.{}", host.to_ascii_lowercase(), maker.forest.identity.dns);
    let server = maker.make(servers, &host, "server", &[("dNSHostName", &dns)]);
    let settings =
        maker.make(server, "NTDS Settings", "nTDSDSA", &[("options", "1"), ("msDS-Behavior-Version", "7")]);
    let invocation = Bytes::copy_from_slice(&maker.forest.identity.invocation_id);
    maker.put(settings, known::INVOCATION_ID, vec![invocation]);
    for context in contexts {
        maker.link(settings, "hasMasterNCs", *context);
        maker.link(settings, "msDS-hasMasterNCs", *context);
    }
    if let Some(domain) = contexts.first() {
        maker.link(settings, "msDS-HasDomainNCs", *domain);
    }
}

fn partitions(maker: &mut Maker<'_>, configuration: EntryId) {
    let partitions =
        maker.make(configuration, "Partitions", "crossRefContainer", &[("msDS-Behavior-Version", "7")]);
    let dns = maker.forest.identity.dns.clone();
    let netbios = maker.forest.identity.netbios.clone();
    let names: Vec<String> = maker.forest.ncs.iter().map(|nc| nc.dn.to_string()).collect();
    let domain =
        [("nCName", names[0].as_str()), ("dnsRoot", &dns), ("nETBIOSName", &netbios), ("systemFlags", "3")];
    maker.make(partitions, &netbios, "crossRef", &domain);
    let rest = [("Enterprise Configuration", &names[1]), ("Enterprise Schema", &names[2])];
    for (name, context) in rest {
        maker.make(
            partitions,
            name,
            "crossRef",
            &[("nCName", context.as_str()), ("dnsRoot", &dns), ("systemFlags", "1")],
        );
    }
}

fn services(maker: &mut Maker<'_>, configuration: EntryId) {
    let services = maker.make(configuration, "Services", "container", &[]);
    let windows = maker.make(services, "Windows NT", "container", &[]);
    let lifetimes = [("tombstoneLifetime", "180"), ("msDS-DeletedObjectLifetime", "180")];
    let directory = maker.make(windows, "Directory Service", "nTDSService", &lifetimes);
    let policies = maker.make(directory, "Query-Policies", "container", &[]);
    let limits: Vec<String> = maker.forest.policies.admin_limits().collect();
    let limits: Vec<(&str, &str)> = limits.iter().map(|limit| ("lDAPAdminLimits", limit.as_str())).collect();
    maker.make(policies, "Default Query Policy", "queryPolicy", &limits);
}
