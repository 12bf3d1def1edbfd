//! The carrier against the tenant double: what the wire really carries.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use indexmap::IndexMap;
use mock_tenant::MockTenant;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::json;
use syncer::{
    clock::Clock,
    connect::{
        Secret,
        tenant::{ProvisioningConfig, ProvisioningService, TenantBatch, TenantCarrier as _},
    },
    engine::protocol::{ConnectorError, TenantRead},
    model::{Cursor, ExportAction, ExportOp, ObjectType, TenantObject, TenantValue},
};

fn config(tenant: &MockTenant) -> ProvisioningConfig {
    ProvisioningConfig {
        url: tenant.provisioning_url(),
        authority_url: tenant.authority_url(),
        tenant_id: tenant.tenant_id().to_string(),
        client_id: tenant.client_id().to_string(),
        client_secret: Secret::new(tenant.client_secret()),
        authorities: vec![CertificateDer::from_pem_slice(tenant.ca_pem().as_bytes()).unwrap()],
        timeout: Duration::from_secs(30),
        run: "test".into(),
        clock: Clock::Real,
    }
}

fn carrier(tenant: &MockTenant) -> ProvisioningService {
    ProvisioningService::new(config(tenant)).unwrap()
}

fn add(number: usize) -> ExportOp {
    let text = |text: String| TenantValue::Text(text);
    ExportOp {
        action: ExportAction::Add,
        kind: ObjectType::User,
        source_anchor: format!("{number:022}=="),
        cloud_anchor: None,
        properties: IndexMap::from([
            ("accountEnabled".to_owned(), TenantValue::Bool(true)),
            ("userPrincipalName".to_owned(), text(format!("user{number}@corp.example.test"))),
            ("displayName".to_owned(), text(format!("Zoë <{number}> & \"Co\""))),
            (
                "userCertificate".to_owned(),
                TenantValue::BinaryList(vec![vec![0x30, 0, 0xff], vec![number as u8; 2000]]),
            ),
        ]),
    }
}

async fn read(
    carrier: &mut ProvisioningService,
    since: Option<Cursor>,
) -> (Vec<TenantObject>, Option<Cursor>) {
    carrier.begin(TenantRead { since, confirming: false }).await.unwrap();
    let mut all = Vec::new();
    loop {
        match carrier.next().await.unwrap() {
            TenantBatch::Objects(objects) => all.extend(objects),
            TenantBatch::End { cursor } => return (all, cursor),
        }
    }
}

fn count(tenant: &MockTenant, op: &str) -> usize {
    tenant.journal().since(0).iter().filter(|entry| entry.op == op).count()
}

fn fault(tenant: &MockTenant, op: &str, effect: &serde_json::Value) {
    let plan = json!({ "rules": [{ "when": { "op": op }, "then": [effect], "times": 1 }] });
    tenant.faults().set(serde_json::from_value(plan).unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_is_asked_with_one_token() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let mut carrier = carrier(&tenant);
    let company = carrier.company().await.unwrap();
    assert_eq!(company.tenant_id, tenant.tenant_id().to_string());
    assert!(company.dir_syncing);
    assert_eq!(company.deletion_threshold, Some(500));
    carrier.company().await.unwrap();
    assert_eq!(count(&tenant, "oauth.token"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_reads_back_octet_for_octet_in_pages_and_as_delta() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let mut carrier = carrier(&tenant);
    let ops: Vec<ExportOp> = (0..130).map(add).collect();
    for batch in ops.chunks(30) {
        let results = carrier.export(batch).await.unwrap();
        assert!(results.len() == batch.len() && results.iter().all(|r| r.error.is_none()), "{results:?}");
        assert!(results.iter().all(|r| r.cloud_anchor.as_deref().is_some_and(|a| a.starts_with("User_"))));
    }
    let (objects, cursor) = read(&mut carrier, None).await;
    for op in &ops {
        let object = objects.iter().find(|o| o.source_anchor.as_deref() == Some(&op.source_anchor)).unwrap();
        assert_eq!(object.properties["displayName"], op.properties["displayName"]);
        let TenantValue::BinaryList(mut values) = object.properties["userCertificate"].clone() else {
            panic!()
        };
        let TenantValue::BinaryList(mut written) = op.properties["userCertificate"].clone() else { panic!() };
        values.sort();
        written.sort();
        assert_eq!(values, written);
    }
    let (nothing, cursor) = read(&mut carrier, cursor).await;
    assert_eq!(nothing, []);
    let delete = ExportOp { action: ExportAction::Delete, properties: IndexMap::new(), ..add(5) };
    assert_eq!(carrier.export(&[delete]).await.unwrap()[0].error, None);
    let (changed, _) = read(&mut carrier, cursor).await;
    assert_eq!(
        changed.iter().map(|o| (o.source_anchor.clone(), o.deleted)).collect::<Vec<_>>(),
        [(Some(add(5).source_anchor), true)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_object_fails_alone() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let mut large = add(1);
    large.properties["userCertificate"] = TenantValue::BinaryList((0..16).map(|n| vec![n; 10]).collect());
    let mut control = add(2);
    control.properties["displayName"] = TenantValue::Text("a\u{1}b".into());
    let results = carrier(&tenant).export(&[add(0), large, control]).await.unwrap();
    let code = |number: usize| {
        let result = results.iter().find(|r| r.source_anchor == add(number).source_anchor).unwrap();
        result.error.as_ref().map(|error| error.code.clone())
    };
    assert_eq!(code(0), None);
    assert_eq!(code(1).as_deref(), Some("LargeObject"));
    assert_eq!(code(2).as_deref(), Some("IdentityDataValidationFailed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_fall_into_their_classes() {
    use ConnectorError as E;
    let tenant = MockTenant::builder().start().await.unwrap();
    let mut carrier = carrier(&tenant);
    let op = "provisioning.get_company_configuration";
    fault(&tenant, op, &json!({ "throttle": { "retry_after_s": 7 } }));
    assert_eq!(carrier.company().await, Err(E::Throttled { retry_after: Some(Duration::from_secs(7)) }));
    fault(&tenant, op, &json!({ "throttle": {} }));
    assert_eq!(carrier.company().await, Err(E::Throttled { retry_after: None }));
    fault(&tenant, op, &json!({ "busy": {} }));
    assert!(matches!(carrier.company().await, Err(E::Transient(_))));
    fault(&tenant, op, &json!({ "reset": {} }));
    assert!(matches!(carrier.company().await, Err(E::Transient(_))));
    fault(&tenant, op, &json!({ "forbidden": {} }));
    assert!(matches!(carrier.company().await, Err(E::Permission(_))));
    fault(&tenant, op, &json!({ "auth_expired": {} }));
    assert!(carrier.company().await.is_ok(), "a new token helps");
    assert_eq!(count(&tenant, "oauth.token"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_means_nothing_is_an_expired_cursor() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let mut carrier = carrier(&tenant);
    let since = Some(Cursor { cookie: b"garbage".to_vec(), server: None, invocation_id: None });
    carrier.begin(TenantRead { since, confirming: false }).await.unwrap();
    let answer = carrier.next().await;
    assert!(matches!(answer, Err(ConnectorError::CursorExpired(_))), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_told_and_not_shown() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let config = ProvisioningConfig { client_secret: Secret::new("wrong-secret-42"), ..config(&tenant) };
    let error = ProvisioningService::new(config).unwrap().company().await.unwrap_err();
    let ConnectorError::Authentication(text) = &error else { panic!("{error:?}") };
    assert!(text.contains("AADSTS7000215") && !text.contains("wrong-secret-42"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_authority_is_refused_for_good() {
    let tenant = MockTenant::builder().start().await.unwrap();
    let other = kit::tls::RunCa::ephemeral("unrelated").unwrap();
    let authorities = vec![CertificateDer::from_pem_slice(other.ca_pem().as_bytes()).unwrap()];
    let config = ProvisioningConfig { authorities, ..config(&tenant) };
    let error = ProvisioningService::new(config).unwrap().company().await.unwrap_err();
    assert!(matches!(&error, ConnectorError::Fatal(text) if text.contains("certificate")), "{error:?}");
}
