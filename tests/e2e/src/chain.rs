//! Directory, syncer and tenant in one process, on real sockets.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::STANDARD};
use mock_directory::MockDirectory;
use mock_tenant::MockTenant;
use syncer::{
    cli::{Hooks, Invocation, run},
    shell::Stop,
};
use tempfile::TempDir;

/// The domain of the dump.
const DOMAIN: &str = "corp.example.test";

/// Both doubles, and a folder for the engine's state and secrets.
pub struct Chain {
    /// The directory.
    pub directory: MockDirectory,
    /// The tenant.
    pub tenant: MockTenant,
    folder: TempDir,
}

/// What one cycle of the engine left behind.
pub struct Cycle {
    /// Exit code.
    pub code: u8,
    /// stdout.
    pub out: String,
    /// stderr.
    pub err: String,
}

impl Chain {
    /// A directory with these LDIF files and an empty tenant.
    ///
    /// # Panics
    /// If a double does not start.
    pub async fn with_ldif(files: &[PathBuf]) -> Self {
        let builder = files
            .iter()
            .fold(MockDirectory::builder().domain(DOMAIN), |builder, file| builder.ldif_file(file));
        let directory = builder.start().await.expect("the directory starts");
        let tenant = MockTenant::builder().domain(DOMAIN).start().await.expect("the tenant starts");
        let chain = Self { directory, tenant, folder: tempfile::tempdir().expect("a folder") };
        chain.file("password", chain.directory.admin_password());
        chain.file("secret", chain.tenant.client_secret());
        chain.file("ca.pem", &format!("{}{}", chain.directory.ca_pem(), chain.tenant.ca_pem()));
        chain
    }

    fn file(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).expect("a writable folder");
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("SYNC_PROTOCOL", "1".to_owned()),
            ("SYNC_LDAP_URL", self.directory.ldaps_url().expect("ldaps is on by default").to_owned()),
            ("SYNC_LDAP_BASE_DN", self.directory.base_dn()),
            ("SYNC_LDAP_BIND_DN", self.directory.bind_dn()),
            ("SYNC_LDAP_PASSWORD_FILE", path("password")),
            ("SYNC_GRAPH_URL", self.tenant.graph_url()),
            ("SYNC_AUTHORITY_URL", self.tenant.authority_url()),
            ("SYNC_PROVISIONING_URL", self.tenant.provisioning_url()),
            ("SYNC_EXCHANGE_URL", self.tenant.exchange_url()),
            ("SYNC_TENANT_ID", self.tenant.tenant_id().to_string()),
            ("SYNC_CLIENT_ID", self.tenant.client_id().to_string()),
            ("SYNC_CLIENT_SECRET_FILE", path("secret")),
            ("SYNC_CA_FILE", path("ca.pem")),
            ("SYNC_STATE_DIR", path("state")),
            ("SYNC_NOW", "2026-09-01T00:00:00Z".to_owned()),
        ]
    }

    /// Runs `syncer once ARGUMENTS` in this process.
    pub async fn sync(&self, arguments: &[&str]) -> Cycle {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let invocation = Invocation {
            args: ["syncer", "once"].iter().chain(arguments).map(Into::into).collect(),
            environment: self
                .environment()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            out: &mut out,
            err: &mut err,
            bars: false,
            stop: Stop::default(),
        };
        let code = run(invocation, &Hooks::default()).await;
        let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
        Cycle { code, out: text(out), err: text(err) }
    }

    /// Applies LDIF change records to the directory.
    ///
    /// # Panics
    /// If the directory refuses one.
    pub fn change(&self, ldif: &str) {
        self.directory.apply_ldif(ldif).expect("a legal change");
    }

    /// How many objects were written to the tenant so far.
    pub fn writes(&self) -> usize {
        let kinds = ["provisioning.set", "provisioning.add", "provisioning.delete"];
        self.tenant.journal().since(0).iter().filter(|entry| kinds.contains(&entry.op.as_str())).count()
    }

    /// The values of an attribute in the directory.
    pub fn directory_values(&self, dn: &str, attribute: &str) -> Vec<Vec<u8>> {
        let entry = self.directory.entry(dn);
        entry
            .map(|entry| entry.values(attribute).iter().map(|value| value.to_vec()).collect())
            .unwrap_or_default()
    }

    /// The source anchor that Entra Connect gives an object: mS-DS-ConsistencyGuid, objectGUID without it.
    pub fn source_anchor(&self, dn: &str) -> String {
        let consistency = self.directory_values(dn, "mS-DS-ConsistencyGuid");
        let values =
            if consistency.is_empty() { self.directory_values(dn, "objectGUID") } else { consistency };
        values.first().map(|octets| STANDARD.encode(octets)).unwrap_or_default()
    }
}
