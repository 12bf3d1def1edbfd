//! The whole chain in one process: directory → syncer → tenant, both doubles real.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod harness;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use harness::{Chain, add_certificate, certificate, sorted, user};
use serde_json::json;
use syncer::{
    cli::Hooks,
    connect::tenant::{CompanyConfiguration, TenantBatch, TenantCarrier},
    engine::protocol::{ConnectorError, TenantRead},
    model::{ExportOp, ExportResult},
};
use tokio::sync::Notify;

fn staff(count: usize) -> Vec<serde_json::Value> {
    (0..count).map(|n| user(&format!("user{n}"), &[certificate(n), certificate(1000 + n)])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_cycle_brings_every_certificate_and_the_second_writes_nothing() {
    let chain = Chain::with(staff(35)).await;
    let first = chain.synced(&[]).await;
    assert_eq!(first.report["counts"]["adds"], 35);
    for n in 0..35 {
        let expected = sorted(vec![certificate(n), certificate(1000 + n)]);
        assert_eq!(chain.tenant_certificates(&format!("user{n}")), expected);
    }
    let mark = chain.mark();
    let second = chain.synced(&[]).await;
    assert_eq!(second.report["counts"]["directory_read"].as_u64().unwrap(), 0, "{:#}", second.report);
    chain.synced(&["--full"]).await;
    assert!(chain.writes(mark).is_empty(), "{:?}", chain.writes(mark));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_certificate_is_one_write_of_one_property() {
    let chain = Chain::with(staff(3)).await;
    chain.synced(&[]).await;
    let mark = chain.mark();
    chain.change(&add_certificate("user1", &certificate(7)));
    chain.synced(&[]).await;
    let writes = chain.writes(mark);
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(writes[0].op, "provisioning.set");
    let written = writes[0].detail["properties"].to_string();
    assert!(written.contains("userCertificate") && !written.contains("mail"), "{written}");
    let expected = sorted(vec![certificate(1), certificate(1001), certificate(7)]);
    assert_eq!(chain.tenant_certificates("user1"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleared_attribute_is_cleared() {
    let chain = Chain::with(staff(2)).await;
    chain.synced(&[]).await;
    chain.change("dn: CN=user1,OU=Staff,{base}\nchangetype: modify\ndelete: userCertificate\n-\n");
    chain.synced(&[]).await;
    assert!(chain.tenant_certificates("user1").is_empty());
    assert_eq!(chain.tenant_certificates("user0").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_is_soft_deleted() {
    let chain = Chain::with(staff(3)).await;
    chain.synced(&[]).await;
    let mark = chain.mark();
    chain.change("dn: CN=user2,OU=Staff,{base}\nchangetype: delete\n");
    chain.synced(&[]).await;
    let operations: Vec<String> = chain.writes(mark).into_iter().map(|entry| entry.op).collect();
    assert_eq!(operations, ["provisioning.delete"]);
    let gone = chain.tenant_user("user2").is_none_or(|user| !user["deletedDateTime"].is_null());
    assert!(gone, "{:#}", chain.tenant.state());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_children_of_a_renamed_ou_stay() {
    let chain = Chain::with(staff(3)).await;
    chain.synced(&[]).await;
    let mark = chain.mark();
    chain.change("dn: OU=Staff,{base}\nchangetype: modrdn\nnewrdn: OU=People\ndeleteoldrdn: 1\n");
    chain.synced(&[]).await;
    let deletes = chain.writes(mark).into_iter().filter(|entry| entry.op == "provisioning.delete").count();
    assert_eq!(deletes, 0);
    assert_eq!(chain.tenant_certificates("user0").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_moved_out_of_the_base_goes_and_comes_back() {
    let chain = Chain::with(staff(2)).await;
    let mut environment = chain.environment();
    let base = format!("OU=Staff,{}", chain.directory.base_dn());
    environment.insert("SYNC_LDAP_BASE_DN".into(), base);
    let hooks = Hooks::default();
    assert_eq!(chain.run(&[], environment.clone(), &hooks).await.code, 0);
    let id = chain.tenant_user("user1").unwrap()["id"].clone();
    chain.change("dn: CN=user1,OU=Staff,{base}\nchangetype: modrdn\nnewrdn: CN=user1\ndeleteoldrdn: 1\nnewsuperior: OU=Elsewhere,{base}\n");
    assert_eq!(chain.run(&[], environment.clone(), &hooks).await.code, 0);
    assert!(chain.tenant_user("user1").is_none_or(|user| !user["deletedDateTime"].is_null()));
    chain.change("dn: CN=user1,OU=Elsewhere,{base}\nchangetype: modrdn\nnewrdn: CN=user1\ndeleteoldrdn: 1\nnewsuperior: OU=Staff,{base}\n");
    let back = chain.run(&[], environment, &hooks).await;
    assert_eq!(back.code, 0, "{} {:#}", back.err, back.report);
    assert_eq!(chain.tenant_user("user1").unwrap()["id"], id);
    assert_eq!(chain.tenant_certificates("user1").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_honoured() {
    let chain = Chain::with(staff(2)).await;
    chain.tenant_faults(json!({ "rules": [
        { "when": { "op": "provisioning.set" }, "then": [{ "throttle": { "retry_after_s": 1 } }], "times": 1 },
        { "when": { "op": "provisioning.add" }, "then": [{ "throttle": { "retry_after_s": 1 } }], "times": 1 },
    ] }));
    chain.synced(&[]).await;
    let writes = chain.writes(0);
    let throttled = writes.iter().find(|entry| entry.fault.is_some()).expect("the fault struck");
    let again =
        writes.iter().find(|entry| entry.seq > throttled.seq && entry.target == throttled.target).unwrap();
    assert!(again.elapsed_ms - throttled.elapsed_ms >= 1000, "{writes:?}");
    assert_eq!(chain.tenant_certificates("user1").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_taken_is_renewed_once() {
    let chain = Chain::with(staff(1)).await;
    chain.tenant_faults(json!({ "rules": [
        { "when": { "op": "provisioning.*", "nth": 2 }, "then": [{ "auth_expired": {} }], "times": 1 },
    ] }));
    chain.synced(&[]).await;
    let tokens =
        chain.tenant.journal().since(0).into_iter().filter(|entry| entry.op == "oauth.token").count();
    assert_eq!(tokens, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_plans_and_touches_nothing() {
    let chain = Chain::with(staff(2)).await;
    let planned = chain.synced(&["--dry-run"]).await;
    assert_eq!(planned.report["plan"].as_array().unwrap().len(), 2);
    let text = planned.report.to_string();
    assert!(text.contains("sha256:"), "certificates are shown by thumbprint");
    assert!(chain.writes(0).is_empty());
    let real = chain.synced(&[]).await;
    assert_eq!(real.report["counts"]["adds"], 2, "the dry run did not advance the cookie");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_behind_ranges_and_pages_arrive() {
    let many: Vec<Vec<u8>> = (0..12).map(certificate).collect();
    let users = (0..23).map(|n| user(&format!("user{n}"), &many)).collect();
    let chain = Chain::with_policies(users, &[("MaxValRange", 5), ("MaxPageSize", 10)]).await;
    chain.synced(&[]).await;
    for n in [0, 9, 10, 22] {
        assert_eq!(chain.tenant_certificates(&format!("user{n}")), sorted(many.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_entry_passes() {
    let large: Vec<Vec<u8>> = (0..15_u8).map(|n| vec![n.wrapping_add(0x30); 32_768]).collect();
    let chain = Chain::with(vec![user("big", &large)]).await;
    chain.synced(&[]).await;
    assert_eq!(chain.tenant_certificates("big"), sorted(large));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_stops_before_any_write_and_names_the_reason() {
    let chain = Chain::with(staff(1)).await;
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong");
    std::fs::write(&wrong, "wrong-secret-42").unwrap();
    let mut environment = chain.environment();
    environment.insert("SYNC_LDAP_PASSWORD_FILE".into(), wrong.display().to_string());
    let ran = chain.run(&[], environment, &Hooks::default()).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("wrong password"), "{}", ran.err);
    assert!(!ran.err.contains("wrong-secret-42") && !ran.report.to_string().contains("wrong-secret-42"));
    assert!(chain.writes(0).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ldaps_is_verified_against_the_ca_file() {
    let chain = Chain::with(staff(1)).await;
    let mut environment = chain.environment();
    environment.insert("SYNC_LDAP_URL".into(), chain.directory.ldaps_url().unwrap().to_owned());
    let ran = chain.run(&[], environment.clone(), &Hooks::default()).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let other = MockCa::unrelated();
    environment.insert("SYNC_CA_FILE".into(), other.path());
    let ran = chain.run(&[], environment, &Hooks::default()).await;
    assert_eq!(ran.code, 1);
}

/// An authority that signed nothing here.
struct MockCa(tempfile::NamedTempFile);

impl MockCa {
    fn unrelated() -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let pem = kit::tls::RunCa::ephemeral("unrelated").unwrap();
        std::fs::write(file.path(), pem.ca_pem()).unwrap();
        Self(file)
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }
}

/// Lets a batch through and then holds the answer back for ever.
struct Hangs {
    inner: Box<dyn TenantCarrier>,
    written: Arc<Notify>,
}

impl TenantCarrier for Hangs {
    fn company(&mut self) -> BoxFuture<'_, Result<CompanyConfiguration, ConnectorError>> {
        self.inner.company()
    }

    fn begin(&mut self, read: TenantRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.inner.begin(read)
    }

    fn next(&mut self) -> BoxFuture<'_, Result<TenantBatch, ConnectorError>> {
        self.inner.next()
    }

    fn export<'a>(
        &'a mut self,
        ops: &'a [ExportOp],
    ) -> BoxFuture<'a, Result<Vec<ExportResult>, ConnectorError>> {
        Box::pin(async move {
            self.inner.export(ops).await?;
            self.written.notify_one();
            std::future::pending().await
        })
    }

    fn finish(&mut self, exported: u64, succeeded: u64) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.inner.finish(exported, succeeded)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_after_a_batch_was_applied_the_next_run_converges() {
    let chain = Chain::with(staff(40)).await;
    let written = Arc::new(Notify::new());
    let notify = Arc::clone(&written);
    let tenant = Box::new(move |inner| {
        Box::new(Hangs { inner, written: Arc::clone(&notify) }) as Box<dyn TenantCarrier>
    });
    let hooks = Hooks { tenant, ..Hooks::default() };
    tokio::select! {
        ran = chain.run(&[], chain.environment(), &hooks) => panic!("it ended: {} {}", ran.code, ran.err),
        () = written.notified() => {}
    }
    chain.synced(&[]).await;
    for n in 0..40 {
        assert_eq!(chain.tenant_certificates(&format!("user{n}")).len(), 2);
    }
    let state = chain.tenant.state();
    assert_eq!(
        state["users"].as_array().unwrap().iter().filter(|user| !user["sourceAnchor"].is_null()).count(),
        40
    );
    let writes = chain.writes(0);
    let most = writes.iter().map(|a| writes.iter().filter(|b| b.target == a.target).count()).max();
    assert!(most <= Some(2), "at most one repeated write per object");
}
