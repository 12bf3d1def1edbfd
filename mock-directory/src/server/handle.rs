//! The handle of a running double.

use std::sync::Arc;

use kit::faults::Faults;
use kit::server::ServerHandle;
use kit::tls::RunCa;
use kit::{Clock, Journal};

use super::builder::Builder;
use super::service::Service;
use crate::directory::{Directory, EntryView, LoadError};

/// A running fake Active Directory. Dropping it frees its ports and ends its connections.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = mock_directory::MockDirectory::builder().domain("corp.example.test").seed(7).start().await?;
/// println!("{} {} {}", directory.ldap_url(), directory.bind_dn(), directory.admin_password());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MockDirectory {
    service: Arc<Service>,
    admin_password: String,
    ca: RunCa,
    ldap: ServerHandle,
    ldaps: Option<ServerHandle>,
    control: Option<ServerHandle>,
    urls: Urls,
}

#[derive(Debug)]
struct Urls {
    ldap: String,
    ldaps: Option<String>,
    control: Option<String>,
}

/// The whole directory at some moment.
#[derive(Debug, Clone)]
pub struct DirectorySnapshot(Directory);

impl MockDirectory {
    /// The settings of a new double.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(
        service: Arc<Service>,
        admin_password: String,
        ca: RunCa,
        ldap: ServerHandle,
        ldaps: Option<ServerHandle>,
        control: Option<ServerHandle>,
    ) -> Self {
        let urls = Urls {
            ldap: format!("ldap://{}", ldap.addr()),
            ldaps: ldaps.as_ref().map(|server| format!("ldaps://{}", server.addr())),
            control: control.as_ref().map(|server| format!("http://{}", server.addr())),
        };
        Self { service, admin_password, ca, ldap, ldaps, control, urls }
    }

    /// `ldap://127.0.0.1:PORT`; StartTLS works there.
    #[must_use]
    pub fn ldap_url(&self) -> &str {
        &self.urls.ldap
    }

    /// `ldaps://127.0.0.1:PORT`, unless LDAPS is off.
    #[must_use]
    pub fn ldaps_url(&self) -> Option<&str> {
        self.urls.ldaps.as_deref()
    }

    /// `http://127.0.0.1:PORT`, unless the control API is off.
    #[must_use]
    pub fn control_url(&self) -> Option<&str> {
        self.urls.control.as_deref()
    }

    /// DN of the domain.
    #[must_use]
    pub fn base_dn(&self) -> String {
        self.service.directory().base_dn()
    }

    /// A name that binds as administrator.
    #[must_use]
    pub fn bind_dn(&self) -> String {
        format!("administrator@{}", self.service.directory().settings().domain)
    }

    /// The administrator's password.
    #[must_use]
    pub fn admin_password(&self) -> &str {
        &self.admin_password
    }

    /// The certificate that signs the server's, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.ca.ca_pem()
    }

    /// The authority behind [`MockDirectory::ca_pem`].
    #[must_use]
    pub const fn ca(&self) -> &RunCa {
        &self.ca
    }

    /// What was asked, in order.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        self.service.journal()
    }

    /// What should go wrong.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.service.faults()
    }

    /// The double's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.service.clock()
    }

    /// The whole directory as it is now.
    #[must_use]
    pub fn snapshot(&self) -> DirectorySnapshot {
        DirectorySnapshot(self.service.directory().clone())
    }

    /// Back to a snapshot. USNs go back with it, as after a restored backup.
    pub fn restore(&self, snapshot: &DirectorySnapshot) {
        self.service.replace(snapshot.0.clone());
    }

    /// Back to how it was started.
    pub fn reset(&self) {
        self.service.replace(self.service.initial());
    }

    /// The domain as LDIF.
    #[must_use]
    pub fn ldif(&self) -> String {
        self.service.directory().export_ldif()
    }

    /// The whole state as JSON, as `GET /state` shows it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        super::state::json(&self.service.directory())
    }

    /// Carries out LDIF text: entries, and change records (`changetype: add|modify|modrdn|delete`), as an administrator
    /// would over LDAP.
    ///
    /// # Errors
    /// Names line and reason; nothing is changed then.
    pub fn apply_ldif(&self, text: &str) -> Result<(), LoadError> {
        let now = self.clock().now();
        self.service.directory().apply_ldif("LDIF", text, now)
    }

    /// Gives an account a password, past every rule; `name` is anything that binds. False if there is no such account.
    #[must_use]
    pub fn set_password(&self, name: &str, password: &str) -> bool {
        let now = self.clock().now();
        self.service.directory().set_password(name, password, now)
    }

    /// One object with everything it has, by DN; deleted ones too.
    #[must_use]
    pub fn entry(&self, dn: &str) -> Option<EntryView> {
        self.service.directory().entry(dn)
    }

    /// Lets connections finish for less than a second, then ends them and frees the ports.
    pub async fn shutdown(self) {
        let Self { ldap, ldaps, control, .. } = self;
        let off = |server: Option<ServerHandle>| async move {
            if let Some(server) = server {
                server.shutdown().await;
            }
        };
        tokio::join!(ldap.shutdown(), off(ldaps), off(control));
    }
}
