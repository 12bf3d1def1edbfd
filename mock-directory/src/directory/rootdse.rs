//! The root DSE (MS-ADTS 3.1.1.3.2).

use bytes::Bytes;
use jiff::Timestamp;

use super::forest::{CONFIGURATION, DOMAIN, Forest, SCHEMA};
use super::policies;
use super::time::generalized;
use crate::wire::controls::SUPPORTED;
use crate::wire::message::Attribute;
use crate::wire::oid;

/// AD, V51 (2003), LDAP_INTEG, V60 (2008), V61_R2 (2008 R2), W8 (2012).
const CAPABILITIES: &[&str] = &[
    "1.2.840.113556.1.4.800",
    "1.2.840.113556.1.4.1670",
    "1.2.840.113556.1.4.1791",
    "1.2.840.113556.1.4.1935",
    "1.2.840.113556.1.4.2080",
    "1.2.840.113556.1.4.2237",
];

/// Windows Server 2016.
const FUNCTIONALITY: &str = "7";

/// Attributes that are only shown when asked for by name.
pub(crate) const BY_NAME_ONLY: &[&str] = &["supportedExtension", "tokenGroups", "netlogon"];

/// Every attribute of the root DSE.
pub(crate) fn attributes(forest: &Forest, now: Timestamp) -> Vec<Attribute> {
    let nc = |nc: u8| forest.ncs[usize::from(nc)].dn.to_string();
    let (domain, configuration, schema) = (nc(DOMAIN), nc(CONFIGURATION), nc(SCHEMA));
    let identity = &forest.identity;
    let server =
        format!("CN={},CN=Servers,CN=Default-First-Site-Name,CN=Sites,{configuration}", identity.host);
    let host = identity.host.to_ascii_lowercase();
    let service = format!("{}:{host}$@{}", identity.dns, identity.dns.to_ascii_uppercase());
    let contexts = [&domain, &configuration, &schema];
    let mut policies = policies::names();
    policies
        .retain(|name| forest.policies.admin_limits().any(|limit| limit.starts_with(&format!("{name}="))));
    let one = |name: &str, value: &str| many(name, &[value]);
    vec![
        one("configurationNamingContext", &configuration),
        one("currentTime", &String::from_utf8_lossy(&generalized(now.as_second()))),
        one("defaultNamingContext", &domain),
        one("dnsHostName", &format!("{host}.{}", identity.dns)),
        one("domainControllerFunctionality", FUNCTIONALITY),
        one("domainFunctionality", FUNCTIONALITY),
        one("dsServiceName", &format!("CN=NTDS Settings,{server}")),
        one("forestFunctionality", FUNCTIONALITY),
        one("highestCommittedUSN", &forest.usn.to_string()),
        one("isGlobalCatalogReady", "TRUE"),
        one("isSynchronized", "TRUE"),
        one("ldapServiceName", &service),
        many("namingContexts", &contexts.map(String::as_str)),
        one("rootDomainNamingContext", &domain),
        one("schemaNamingContext", &schema),
        one("serverName", &server),
        one("subschemaSubentry", &forest.subschema_dn()),
        many("supportedCapabilities", CAPABILITIES),
        many("supportedControl", SUPPORTED),
        many("supportedExtension", &[oid::START_TLS, oid::WHO_AM_I]),
        many("supportedLDAPPolicies", &policies),
        many("supportedLDAPVersion", &["3", "2"]),
    ]
}

fn many(name: &str, values: &[&str]) -> Attribute {
    let values = values.iter().map(|value| Bytes::copy_from_slice(value.as_bytes())).collect();
    Attribute { name: name.to_owned(), values }
}
