//! Both doubles in this process, and the syncer run as its program runs.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kit::{faults::FaultPlan, journal::Entry};
use mock_directory::MockDirectory;
use mock_tenant::MockTenant;
use serde_json::{Value as Json, json};
use syncer::{
    cli::{Hooks, Invocation, run},
    config::Environment,
    shell::Stop,
};

/// A directory, a tenant and a folder for the state between them.
pub(crate) struct Chain {
    pub(crate) directory: MockDirectory,
    pub(crate) tenant: MockTenant,
    folder: tempfile::TempDir,
}

/// What one cycle said.
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) report: Json,
    pub(crate) err: String,
}

/// A value that differs from every other: a certificate as far as the chain is concerned, which carries octets.
pub(crate) fn certificate(number: usize) -> Vec<u8> {
    let mut octets = vec![0x30, 0x82, 0x01, 0x00];
    octets.extend((0..252).map(|at: usize| (at.wrapping_mul(7) ^ number) as u8));
    octets.extend(number.to_be_bytes());
    octets
}

/// A user with a mailbox in `OU=Staff`.
pub(crate) fn user(name: &str, certificates: &[Vec<u8>]) -> Json {
    let certificates: Vec<Json> =
        certificates.iter().map(|octets| json!({ "b64": STANDARD.encode(octets) })).collect();
    json!({
        "sam": name,
        "ou": "OU=Staff",
        "attributes": {
            "displayName": format!("{name} Example"),
            "mailNickname": name,
            "mail": format!("{name}@corp.example.test"),
            "proxyAddresses": [format!("SMTP:{name}@corp.example.test")],
            "userCertificate": certificates,
        }
    })
}

impl Chain {
    /// Starts both doubles, the directory with these users.
    pub(crate) async fn with(users: Vec<Json>) -> Self {
        Self::with_policies(users, &[]).await
    }

    /// … and with limits of the directory.
    pub(crate) async fn with_policies(users: Vec<Json>, policies: &[(&str, u32)]) -> Self {
        let world = json!({ "ous": ["OU=Staff", "OU=Elsewhere"], "users": users });
        let mut directory = MockDirectory::builder().world(serde_json::from_value(world).unwrap());
        for (name, value) in policies {
            directory = directory.policy(*name, value);
        }
        let directory = directory.start().await.unwrap();
        let tenant = MockTenant::builder().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        file("password", directory.admin_password());
        file("secret", tenant.client_secret());
        file("ca.pem", &format!("{}{}", directory.ca_pem(), tenant.ca_pem()));
        Self { directory, tenant, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The contract's environment.
    pub(crate) fn environment(&self) -> Environment {
        let text = |name: &str| self.path(name).display().to_string();
        [
            ("SYNC_PROTOCOL", "1".to_owned()),
            ("SYNC_LDAP_URL", self.directory.ldap_url().to_owned()),
            ("SYNC_LDAP_BASE_DN", self.directory.base_dn()),
            ("SYNC_LDAP_BIND_DN", self.directory.bind_dn()),
            ("SYNC_LDAP_PASSWORD_FILE", text("password")),
            ("SYNC_PROVISIONING_URL", self.tenant.provisioning_url()),
            ("SYNC_AUTHORITY_URL", self.tenant.authority_url()),
            ("SYNC_TENANT_ID", self.tenant.tenant_id().to_string()),
            ("SYNC_CLIENT_ID", self.tenant.client_id().to_string()),
            ("SYNC_CLIENT_SECRET_FILE", text("secret")),
            ("SYNC_CA_FILE", text("ca.pem")),
            ("SYNC_STATE_DIR", text("state")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// One cycle.
    pub(crate) async fn once(&self, flags: &[&str]) -> Ran {
        self.run(flags, self.environment(), &Hooks::default()).await
    }

    /// One cycle that must end well, with exit code 0.
    pub(crate) async fn synced(&self, flags: &[&str]) -> Ran {
        let ran = self.once(flags).await;
        assert_eq!(ran.code, 0, "{} {:#}", ran.err, ran.report);
        ran
    }

    /// One cycle in another environment or with hooks.
    pub(crate) async fn run(&self, flags: &[&str], environment: Environment, hooks: &Hooks) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let invocation = Invocation {
            args: ["syncer", "once", "--json"].iter().chain(flags).map(Into::into).collect(),
            environment,
            out: &mut out,
            err: &mut err,
            bars: false,
            stop: Stop::default(),
        };
        let code = run(invocation, hooks).await;
        let report = serde_json::from_slice(&out).unwrap_or(Json::Null);
        Ran { code, report, err: String::from_utf8(err).unwrap() }
    }

    /// Changes the directory.
    pub(crate) fn change(&self, ldif: &str) {
        let ldif = ldif.replace("{base}", &self.directory.base_dn());
        self.directory.apply_ldif(&ldif).unwrap();
    }

    pub(crate) fn tenant_faults(&self, plan: Json) {
        let plan: FaultPlan = serde_json::from_value(plan).unwrap();
        self.tenant.faults().set(plan).unwrap();
    }

    /// Where the tenant's journal stands.
    pub(crate) fn mark(&self) -> u64 {
        self.tenant.journal().since(0).last().map_or(0, |entry| entry.seq)
    }

    /// Objects written since a mark.
    pub(crate) fn writes(&self, mark: u64) -> Vec<Entry> {
        const WRITES: [&str; 3] = ["provisioning.set", "provisioning.add", "provisioning.delete"];
        let entries = self.tenant.journal().since(mark).into_iter();
        entries.filter(|entry| WRITES.contains(&entry.op.as_str())).collect()
    }

    /// A user of the tenant by the part of the name before the `@`.
    pub(crate) fn tenant_user(&self, name: &str) -> Option<Json> {
        let upn = format!("{name}@corp.example.test");
        let state = self.tenant.state();
        let users = state["users"].as_array()?;
        users.iter().find(|user| user["userPrincipalName"].as_str() == Some(&upn)).cloned()
    }

    /// The user's certificates in the tenant, sorted.
    pub(crate) fn tenant_certificates(&self, name: &str) -> Vec<Vec<u8>> {
        let user = self.tenant_user(name).unwrap_or_else(|| panic!("{name} is not in the tenant"));
        let values = user["userCertificate"].as_array().cloned().unwrap_or_default();
        let mut values: Vec<Vec<u8>> =
            values.iter().map(|value| STANDARD.decode(value.as_str().unwrap()).unwrap()).collect();
        values.sort();
        values
    }
}

/// Sorted, for comparisons: the order of values has no meaning.
pub(crate) fn sorted(mut values: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    values.sort();
    values
}

/// A change record that adds values of `userCertificate`.
pub(crate) fn add_certificate(name: &str, octets: &[u8]) -> String {
    let value = STANDARD.encode(octets);
    format!(
        "dn: CN={name},OU=Staff,{{base}}\nchangetype: modify\nadd: userCertificate\nuserCertificate:: {value}\n-\n"
    )
}
