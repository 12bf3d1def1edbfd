//! The root DSE (MS-ADTS 3.1.1.3.2): what a client reads before it binds.

use bytes::Bytes;
use jiff::Timestamp;

use super::answer::success;
use super::extended;
use crate::directory::Directory;
use crate::wire::controls;
use crate::wire::message::{Attribute, DoneKind, EntryResponse, Filter, Response, SearchRequest};

/// supportedCapabilities of a domain controller of Windows Server 2012 or later (MS-ADTS 3.1.1.3.4.3): AD, W2K,
/// V51 (2003), LDAP_INTEG, V60 (2008), V61_R2 (2008 R2), W8 (2012).
const CAPABILITIES: &[&str] = &[
    "1.2.840.113556.1.4.800",
    "1.2.840.113556.1.4.1670",
    "1.2.840.113556.1.4.1791",
    "1.2.840.113556.1.4.1935",
    "1.2.840.113556.1.4.2080",
    "1.2.840.113556.1.4.2237",
];

/// Answers a search with base scope on the empty name.
pub(super) fn search(request: &SearchRequest, directory: &Directory, now: Timestamp) -> Vec<Response> {
    let mut responses = Vec::new();
    if matches(&request.filter) {
        let attributes = attributes(directory, now).into_iter().filter(|a| asked(request, &a.name));
        let attributes = attributes.map(|a| if request.types_only { without_values(a) } else { a }).collect();
        responses.push(Response::Entry(EntryResponse {
            dn: String::new(),
            attributes,
            controls: Vec::new(),
        }));
    }
    responses.push(success(DoneKind::Search));
    responses
}

/// The root DSE has no attributes that a filter could test; only the presence of objectClass is true of it.
fn matches(filter: &Filter) -> bool {
    match filter {
        Filter::Present(attr) => attr.eq_ignore_ascii_case("objectClass"),
        Filter::And(parts) => parts.iter().all(matches),
        Filter::Or(parts) => parts.iter().any(matches),
        _ => false,
    }
}

fn asked(request: &SearchRequest, name: &str) -> bool {
    request.attrs.is_empty()
        || request.attrs.iter().any(|asked| asked == "*" || asked.eq_ignore_ascii_case(name))
}

fn without_values(attribute: Attribute) -> Attribute {
    Attribute { values: Vec::new(), ..attribute }
}

fn attribute<V: Into<String>>(name: &str, values: impl IntoIterator<Item = V>) -> Attribute {
    let values = values.into_iter().map(|value| Bytes::from(value.into())).collect();
    Attribute { name: name.to_owned(), values }
}

fn attributes(directory: &Directory, now: Timestamp) -> Vec<Attribute> {
    let mut all = naming(directory);
    all.extend(identity(directory));
    all.extend(state(directory, now));
    all.extend(abilities(directory));
    all
}

/// The naming contexts.
fn naming(directory: &Directory) -> Vec<Attribute> {
    let domain = directory.base_dn();
    let configuration = format!("CN=Configuration,{domain}");
    let schema = format!("CN=Schema,{configuration}");
    vec![
        attribute("subschemaSubentry", [format!("CN=Aggregate,{schema}")]),
        attribute("namingContexts", [domain, &configuration, &schema]),
        attribute("defaultNamingContext", [domain]),
        attribute("schemaNamingContext", [schema.as_str()]),
        attribute("configurationNamingContext", [configuration.as_str()]),
        attribute("rootDomainNamingContext", [domain]),
    ]
}

/// Which server this is.
fn identity(directory: &Directory) -> Vec<Attribute> {
    let domain = directory.dns_domain();
    let server = directory.server_dn();
    let host = directory.host_name().to_lowercase();
    let service = format!("{domain}:{host}$@{}", domain.to_uppercase());
    vec![
        attribute("dsServiceName", [format!("CN=NTDS Settings,{server}")]),
        attribute("serverName", [server]),
        attribute("dnsHostName", [format!("{host}.{domain}")]),
        attribute("ldapServiceName", [service]),
    ]
}

/// What changes from moment to moment.
fn state(directory: &Directory, now: Timestamp) -> Vec<Attribute> {
    vec![
        attribute("currentTime", [now.strftime("%Y%m%d%H%M%S.0Z").to_string()]),
        attribute("highestCommittedUSN", [directory.highest_committed_usn().to_string()]),
        attribute("isSynchronized", ["TRUE"]),
        attribute("isGlobalCatalogReady", ["TRUE"]),
        attribute("domainFunctionality", [directory.functional_level().to_string()]),
        attribute("forestFunctionality", [directory.functional_level().to_string()]),
        // 7 = Windows Server 2016, the schema's version
        attribute("domainControllerFunctionality", ["7"]),
    ]
}

/// What this server can do: what it lists is what it serves. SASL mechanisms: none.
fn abilities(directory: &Directory) -> Vec<Attribute> {
    vec![
        attribute("supportedControl", controls::SUPPORTED.iter().copied()),
        attribute("supportedExtension", extended::SUPPORTED.iter().copied()),
        attribute("supportedCapabilities", CAPABILITIES.iter().copied()),
        attribute("supportedLDAPVersion", ["3", "2"]),
        attribute("supportedLDAPPolicies", directory.policies().admin_limit_names()),
    ]
}
