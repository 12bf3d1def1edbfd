//! One bound LDAP connection and the searches that the reads are made of.

use std::{sync::Arc, time::Duration};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Scope, SearchStream, controls::RawControl};
use rustls_pki_types::CertificateDer;

use super::{
    ber,
    dn::Dn,
    entry::Entry,
    errors::{broken, code, refused},
};
use crate::{connect::Secret, engine::protocol::ConnectorError, model::Guid};

const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// Where the directory is and how to read it.
#[derive(Debug, Clone)]
pub struct LdapConfig {
    /// `ldap://host:port` or `ldaps://host:port`.
    pub url: String,
    /// Import what lies at or below; empty: the server's default naming context.
    pub base_dn: String,
    /// DN, UPN or `DOMAIN\user`.
    pub bind_dn: String,
    /// Its password.
    pub password: Secret,
    /// Trusted authorities; empty: those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Ask for TLS on an `ldap://` connection before binding.
    pub start_tls: bool,
    /// Objects per page (AD caps at its MaxPageSize, 1000 as a rule).
    pub page_size: i32,
    /// Which objects a full import reads, RFC 4515.
    pub filter: String,
    /// Longest wait for one message of the server, and for the connection.
    pub timeout: Duration,
}

impl LdapConfig {
    /// A configuration with the usual figures: page 500, every object, 120 s.
    pub fn new(
        url: impl Into<String>,
        base_dn: impl Into<String>,
        bind_dn: impl Into<String>,
        password: Secret,
    ) -> Self {
        Self {
            url: url.into(),
            base_dn: base_dn.into(),
            bind_dn: bind_dn.into(),
            password,
            authorities: Vec::new(),
            start_tls: false,
            page_size: 500,
            filter: "(objectClass=*)".into(),
            timeout: Duration::from_secs(120),
        }
    }

    fn settings(&self) -> Result<LdapConnSettings, ConnectorError> {
        let settings = LdapConnSettings::new().set_conn_timeout(self.timeout).set_starttls(self.start_tls);
        if self.authorities.is_empty() {
            return Ok(settings);
        }
        Ok(settings.set_config(Arc::new(self.tls()?)))
    }

    fn tls(&self) -> Result<rustls::ClientConfig, ConnectorError> {
        let mut roots = rustls::RootCertStore::empty();
        for authority in &self.authorities {
            roots
                .add(authority.clone())
                .map_err(|e| ConnectorError::Fatal(format!("a certificate of the CA file: {e}")))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| ConnectorError::Fatal(format!("TLS: {e}")))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

/// The rules' attributes and the connector's own, each once. Without `isDeleted` and `name` in the list DirSync tells
/// neither deletions nor renames.
pub(super) fn requested(rules: &[String]) -> Vec<String> {
    let own = ["objectGUID", "objectClass", "isDeleted", "instanceType", "name", "parentGUID"];
    let mut list: Vec<String> = own.map(str::to_owned).into();
    for name in rules {
        if !list.iter().any(|held| held.eq_ignore_ascii_case(name)) {
            list.push(name.clone());
        }
    }
    list
}

/// A running search; owned, so that a read can be carried on step by step.
pub(super) type Running = SearchStream<'static, String, Vec<String>>;

/// A bound connection. Dropping it closes the connection.
pub(super) struct Session {
    ldap: Ldap,
    timeout: Duration,
}

/// One page of a paged search.
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// Cookie of the next page; `None`: this was the last.
    pub(super) next: Option<Vec<u8>>,
}

impl Session {
    /// Connects and binds.
    pub(super) async fn open(config: &LdapConfig) -> Result<Self, ConnectorError> {
        let what = format!("connect to {}", config.url);
        let (connection, ldap) = LdapConnAsync::with_settings(config.settings()?, &config.url)
            .await
            .map_err(|e| broken(&what, e))?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "the LDAP connection ended");
            }
        });
        let mut session = Self { ldap, timeout: config.timeout };
        session.bind(config).await?;
        Ok(session)
    }

    async fn bind(&mut self, config: &LdapConfig) -> Result<(), ConnectorError> {
        let what = format!("bind as {}", config.bind_dn);
        if config.password.reveal().is_empty() {
            // RFC 4513 5.1.2: a name without a password is an anonymous bind that "succeeds"
            return Err(ConnectorError::Authentication(format!("{what}: the password is empty")));
        }
        self.ldap.with_timeout(self.timeout);
        let result = self.ldap.simple_bind(&config.bind_dn, config.password.reveal()).await;
        match result.map_err(|e| broken(&what, e))? {
            result if result.rc == 0 => Ok(()),
            result => Err(refused(&what, &result)),
        }
    }

    /// Starts a search.
    pub(super) async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: Vec<String>,
        control: Option<RawControl>,
    ) -> Result<Running, ConnectorError> {
        if let Some(control) = control {
            self.ldap.with_controls(vec![control]);
        }
        self.ldap.with_timeout(self.timeout);
        let started = self.ldap.streaming_search(base, scope, filter, attributes).await;
        started.map_err(|e| broken(&format!("search {base}"), e))
    }

    /// A search at one entry; `None` if there is no such entry (any more).
    pub(super) async fn read(
        &mut self,
        base: &str,
        attributes: Vec<String>,
    ) -> Result<Option<Entry>, ConnectorError> {
        let mut running = self.search(base, Scope::Base, "(objectClass=*)", attributes, None).await?;
        let mut found = None;
        while let Some(entry) = next_entry(&mut running, base).await? {
            found = Some(entry);
        }
        match running.finish().await {
            result if result.rc == 0 => Ok(found),
            result if result.rc == code::NO_SUCH_OBJECT => Ok(None),
            result => Err(refused(&format!("read {base}"), &result)),
        }
    }

    /// One page of a subtree search, ranged attributes followed to their end.
    pub(super) async fn page(
        &mut self,
        base: &str,
        filter: &str,
        attributes: Vec<String>,
        control: RawControl,
    ) -> Result<Result<Page, LdapResult>, ConnectorError> {
        let mut running = self.search(base, Scope::Subtree, filter, attributes, Some(control)).await?;
        let mut entries = Vec::new();
        while let Some(entry) = next_entry(&mut running, base).await? {
            entries.push(entry);
        }
        let result = running.finish().await;
        if result.rc != 0 {
            return Ok(Err(result));
        }
        let mut whole = Vec::with_capacity(entries.len());
        for entry in entries {
            whole.extend(self.complete(entry).await?);
        }
        Ok(Ok(Page { entries: whole, next: next_page(&result) }))
    }

    /// Fetches the values that the server held back. `None`: the entry is gone meanwhile.
    async fn complete(&mut self, mut entry: Entry) -> Result<Option<Entry>, ConnectorError> {
        for (name, from) in entry.unfinished() {
            let Some(rest) = self.blocks(&base_of(&entry), &name, from).await? else {
                return Ok(None);
            };
            entry.complete(&name, rest);
        }
        Ok(Some(entry))
    }

    /// `attribute;range=FROM-*` until the server says `*`, however small its blocks are.
    async fn blocks(
        &mut self,
        base: &str,
        name: &str,
        from: usize,
    ) -> Result<Option<Vec<Vec<u8>>>, ConnectorError> {
        let mut values = Vec::new();
        let mut from = Some(from);
        while let Some(first) = from {
            let Some(mut entry) = self.read(base, vec![format!("{name};range={first}-*")]).await? else {
                return Ok(None);
            };
            let (block, next) = entry.take_block(name).unwrap_or_default();
            if next.is_some_and(|next| next <= first) {
                return Err(ConnectorError::Fatal(format!(
                    "{base}: ranged retrieval of {name} stands still at {first}"
                )));
            }
            values.extend(block);
            from = next;
        }
        Ok(Some(values))
    }

    /// Who answers, and the naming context that holds a DN.
    pub(super) async fn locate(&mut self, base_dn: &str) -> Result<Place, ConnectorError> {
        let wanted = ["namingContexts", "defaultNamingContext", "dnsHostName", "dsServiceName"];
        let root = self.read("", wanted.map(str::to_owned).into()).await?.unwrap_or_default();
        let default = text(root.first("defaultnamingcontext"));
        let base = if base_dn.trim().is_empty() { default.clone() } else { base_dn.to_owned() };
        if base.is_empty() {
            return Err(ConnectorError::Fatal(
                "no base DN is configured and the server names no default".into(),
            ));
        }
        let server = Some(text(root.first("dnshostname"))).filter(|name| !name.is_empty());
        let invocation_id = self.invocation_id(&text(root.first("dsservicename"))).await;
        let contexts = root.into_values("namingcontexts");
        let holds = |context: &String| Dn::parse(&base).is_within(&Dn::parse(context));
        let context = contexts.into_iter().filter(holds).max_by_key(|context| Dn::parse(context).depth());
        let context = context.or(Some(default)).filter(|context| !context.is_empty());
        Ok(Place { context: context.unwrap_or_else(|| base.clone()), base, server, invocation_id })
    }

    /// The id of the server's database (nTDSDSA object, MS-ADTS 6.1.1.2.2.1.2.1.1); nothing depends on its being told.
    async fn invocation_id(&mut self, service: &str) -> Option<Guid> {
        if service.is_empty() {
            return None;
        }
        let entry = self.read(service, vec!["invocationId".into()]).await.ok()??;
        entry.first("invocationid")?.try_into().ok()
    }
}

/// Where a read takes place.
pub(super) struct Place {
    /// The naming context: where DirSync has to be asked.
    pub(super) context: String,
    /// What is imported.
    pub(super) base: String,
    /// dNSHostName of the server.
    pub(super) server: Option<String>,
    /// Id of its database.
    pub(super) invocation_id: Option<Guid>,
}

/// The next entry of a running search; references are not followed: they lead to other servers with other data.
pub(super) async fn next_entry(running: &mut Running, base: &str) -> Result<Option<Entry>, ConnectorError> {
    while let Some(item) = running.next().await.map_err(|e| broken(&format!("search {base}"), e))? {
        if item.is_ref() || item.is_intermediate() {
            continue;
        }
        return match Entry::decode(item.0) {
            Some(entry) => Ok(Some(entry)),
            None => Err(ConnectorError::Transient(format!(
                "search {base}: the server sent an entry that can't be read"
            ))),
        };
    }
    Ok(None)
}

/// A base that survives renames: `<GUID=…>` (MS-ADTS 3.1.1.3.1.2.4), the DN where the GUID isn't known.
fn base_of(entry: &Entry) -> String {
    entry.guid().map_or_else(|| entry.dn.clone(), |guid| guid_base(&guid))
}

/// `<GUID=…>` with the octets in hexadecimal.
pub(super) fn guid_base(guid: &Guid) -> String {
    format!("<GUID={}>", hex::encode(guid))
}

/// The control of paged results, RFC 2696.
pub(super) fn paged(size: i32, cookie: &[u8]) -> RawControl {
    let val = ber::sequence(&[ber::integer(size), ber::octets(cookie)]);
    RawControl { ctype: PAGED_RESULTS.to_owned(), crit: true, val: Some(val) }
}

fn next_page(result: &LdapResult) -> Option<Vec<u8>> {
    let raw = &result.ctrls.iter().find(|control| control.1.ctype == PAGED_RESULTS)?.1;
    let mut fields = ber::Reader::sequence(raw.val.as_deref()?)?;
    fields.integer()?;
    fields.octets().filter(|cookie| !cookie.is_empty()).map(<[u8]>::to_vec)
}

fn text(value: Option<&[u8]>) -> String {
    value.map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requested_attributes_hold_the_own_ones_and_no_duplicates() {
        let requested = requested(&["mail".into(), "OBJECTGUID".into(), "Mail".into()]);
        assert_eq!(requested.iter().filter(|n| n.eq_ignore_ascii_case("objectGUID")).count(), 1);
        assert_eq!(requested.iter().filter(|n| n.eq_ignore_ascii_case("mail")).count(), 1);
        assert!(requested.iter().any(|n| n == "isDeleted"));
    }

    #[test]
    fn debug_of_the_configuration_hides_the_password() {
        let config = LdapConfig::new("ldap://x", "", "cn=a", Secret::new("hunter2"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
