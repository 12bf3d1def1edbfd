//! Assertions hold what they say, and tell what was found instead.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::SignedDuration;
use mock_tenant::tenant::Value;

use crate::client::tenant;

const WORLD: &str = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, sourceAnchor: AAAA, \
    userCertificate: [MAMCAQc=]}]";
const CERTIFICATE: &[u8] = b"\x30\x03\x02\x01\x07";

fn complaint<R>(assert: impl FnOnce() -> R) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assert)).err().expect("the assertion should not hold");
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn assertions_tell_what_was_found_instead() {
    let tenant = tenant(WORLD).start().await.unwrap();
    let ana = tenant.user("ana@corp.example.test");
    ana.assert_present()
        .assert_synced()
        .assert_property("displayName", "Ana")
        .assert_certificates([CERTIFICATE]);
    ana.assert_smime_certificates::<&[u8]>([]);
    tenant.user("ben@corp.example.test").assert_absent();
    tenant.contact("ana@corp.example.test").assert_absent();
    assert!(complaint(|| ana.assert_absent()).contains("should not be"));
    assert!(complaint(|| ana.assert_property("displayName", "Ben")).contains("Ana"));
    let missing = complaint(|| ana.assert_certificates([b"other".as_slice()]));
    assert!(missing.contains("missing") && missing.contains("(5 bytes)"), "{missing}");
    assert!(complaint(|| tenant.user("ben@corp.example.test").assert_present()).contains("ben@"));
}

#[tokio::test]
async fn exchange_is_asked_at_its_own_time() {
    let lag = SignedDuration::from_mins(10);
    let tenant =
        tenant("users: [{userPrincipalName: ana@corp.example.test, displayName: Ana}]").exchange_lag(lag);
    let tenant = tenant.start().await.unwrap();
    let change = vec![("userCertificate".to_owned(), Value::BinaryList([CERTIFICATE.into()].into()))];
    tenant.patch("ana@corp.example.test", change).unwrap();
    let ana = tenant.user("ana@corp.example.test");
    ana.assert_certificates([CERTIFICATE]).assert_certificates_in_exchange::<&[u8]>([]);
    tenant.clock().advance(lag).unwrap();
    ana.assert_certificates_in_exchange([CERTIFICATE]);
}
