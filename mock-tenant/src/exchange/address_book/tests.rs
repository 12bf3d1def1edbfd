//! Whom a name means, and which certificate a client would use, with certificates made for each reason.

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use pki::{Pki, Recipe};
use uuid::Uuid;

use super::{Attribute, Client, Look, find, look, valid_certificates};
use crate::exchange::recipient::with_address;
use crate::exchange::sst;
use crate::tenant::{Company, SECONDARY_PROXIES, Setting, Settings, Tenant, Value, View};
use crate::world::World;

const RECIPES: &str = r#"{
    "root": {"ca": true, "issuer": "self"},
    "between": {"ca": true, "issuer": "root"},
    "stranger": {"ca": true, "issuer": "self"},
    "impostor": {"ca": true, "issuer": "self", "subject": "CN=root"},
    "good": {"issuer": "root", "email": "ana@corp.example.test"},
    "second": {"issuer": "root", "email": "ana@corp.example.test"},
    "below": {"issuer": "between", "email": "ana@corp.example.test"},
    "secondary": {"issuer": "root", "email": "a.garcia@corp.example.test"},
    "other": {"issuer": "root", "email": "eve@corp.example.test"},
    "nameless": {"issuer": "root"},
    "expired": {"issuer": "root", "email": "ana@corp.example.test", "not_after": "2026-02-01"},
    "early": {"issuer": "root", "email": "ana@corp.example.test", "not_before": "2027-01-01"},
    "sign_only": {"issuer": "root", "email": "ana@corp.example.test", "key_usage": ["digitalSignature"]},
    "client_auth": {"issuer": "root", "email": "ana@corp.example.test", "eku": ["clientAuth"]},
    "any_usage": {"issuer": "root", "email": "ana@corp.example.test", "eku": ["any"]},
    "no_usage": {"issuer": "root", "email": "ana@corp.example.test", "eku": []},
    "foreign": {"issuer": "stranger", "email": "ana@corp.example.test"},
    "false": {"issuer": "impostor", "email": "ana@corp.example.test"},
    "blob": {"kind": "signed", "signer": "good", "certs": ["good"]},
    "chain_blob": {"kind": "certs_only", "certs": ["below", "between"]},
    "stale_blob": {"kind": "signed", "signer": "expired", "certs": ["expired"]},
    "chosen_blob": {"kind": "signed", "signer": "good", "certs": ["good", "second"], "encrypt_to": "second"},
    "empty_blob": {"kind": "certs_only", "certs": []}
}"#;

fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

fn pki() -> Pki {
    let recipes: IndexMap<String, Recipe> = serde_json::from_str(RECIPES).unwrap();
    Pki::build(7, &recipes).unwrap()
}

fn tenant(world: &str) -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(world).unwrap().build(settings, company, Ids::new(7), now()).unwrap()
}

/// Ana with these values, and a trust store of root and intermediate.
fn bench(smime: &[&str], user: &[&str]) -> Tenant {
    let pki = pki();
    let list = |names: &[&str]| {
        let values = names
            .iter()
            .map(|name| serde_json::Value::from(base64(pki.get(name).unwrap_or(name.as_bytes()))));
        serde_json::Value::from(values.collect::<Vec<_>>())
    };
    let mut tenant = tenant(&format!(
        "users: [{{userPrincipalName: ana@corp.example.test, displayName: Ana, proxyAddresses: \
         ['SMTP:Ana@corp.example.test', 'smtp:a.garcia@corp.example.test'], userCertificate: {}, userSMIMECertificate: {}}}]",
        list(user),
        list(smime),
    ));
    let store = sst::write(["root", "between"].map(|name| pki.get(name).unwrap()));
    tenant.exchange_mut().smime.issuing_ca = Some(store.into());
    tenant
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

fn look_at(tenant: &Tenant, client: Client) -> Look {
    let found = with_address(tenant, "ana@corp.example.test", View::Committed);
    look(tenant, &found[0], client, now())
}

fn reasons(look: &Look) -> Vec<Vec<&'static str>> {
    look.entries.iter().map(|entry| entry.flaws.iter().map(|flaw| flaw.code()).collect()).collect()
}

#[test]
fn each_reason_is_told_to_each_client() {
    for (name, web, outlook) in [
        ("good", &[][..], &[][..]),
        ("below", &[], &[]),
        ("secondary", &[], &[]),
        ("other", &["otherAddress"], &[]),
        ("nameless", &["noAddress"], &[]),
        ("expired", &["expired"], &["expired"]),
        ("early", &["notYetValid"], &["notYetValid"]),
        ("sign_only", &["keyUsage"], &["keyUsage"]),
        ("client_auth", &["extendedKeyUsage"], &["extendedKeyUsage"]),
        ("any_usage", &["extendedKeyUsage"], &["extendedKeyUsage"]),
        ("no_usage", &["extendedKeyUsage"], &["extendedKeyUsage"]),
        ("foreign", &["issuerMissing"], &[]),
        ("false", &["signature"], &[]),
        (
            "root",
            &["authority", "keyUsage", "extendedKeyUsage", "noAddress"],
            &["authority", "keyUsage", "extendedKeyUsage"],
        ),
        ("nonsense", &["notReadable"], &["notReadable"]),
    ] {
        let tenant = bench(&[], &[name]);
        assert_eq!(reasons(&look_at(&tenant, Client::Web)), [web], "{name} on the web");
        assert_eq!(reasons(&look_at(&tenant, Client::Outlook)), [outlook], "{name} in Outlook");
    }
}

#[test]
fn without_a_trust_store_nothing_is_trusted_on_the_web() {
    let mut tenant = bench(&[], &["good"]);
    tenant.exchange_mut().smime.issuing_ca = None;
    assert_eq!(reasons(&look_at(&tenant, Client::Web)), [["noTrustStore"]]);
    assert_eq!(reasons(&look_at(&tenant, Client::Outlook)), [[""; 0]]);
}

#[test]
fn a_chain_needs_its_root_and_all_between_in_the_store() {
    let pki = pki();
    for (names, reason) in [
        (&["between"][..], &["issuerMissing"][..]),
        (&["root"], &["issuerMissing"]),
        (&["root", "between"], &[]),
    ] {
        let mut tenant = bench(&[], &["below"]);
        let store = sst::write(names.iter().map(|name| pki.get(name).unwrap()));
        tenant.exchange_mut().smime.issuing_ca = Some(store.into());
        assert_eq!(reasons(&look_at(&tenant, Client::Web)), [reason], "{names:?}");
    }
}

#[test]
fn secondary_addresses_count_as_the_tenant_says() {
    let mut tenant = bench(&[], &["secondary"]);
    tenant.exchange_mut().smime.settings.insert(SECONDARY_PROXIES, Setting::Flag(false));
    assert_eq!(reasons(&look_at(&tenant, Client::Web)), [["otherAddress"]]);
}

#[test]
fn a_stale_blob_masks_a_fresh_certificate() {
    let tenant = bench(&["stale_blob"], &["good"]);
    for client in [Client::Outlook, Client::Web] {
        let look = look_at(&tenant, client);
        assert_eq!(reasons(&look), [["expired"], ["masked"]]);
        assert_eq!(look.chosen(), None);
    }
}

#[test]
fn the_certificate_that_its_owner_marked_is_the_one() {
    let tenant = bench(&["chosen_blob"], &[]);
    let look = look_at(&tenant, Client::Outlook);
    let pki = pki();
    assert_eq!(look.chosen().map(|entry| entry.certificate.to_vec()).as_deref(), pki.get("second"));
    let good = look.entries.iter().find(|entry| Some(&*entry.certificate) == pki.get("good")).unwrap();
    assert_eq!(good.flaws.iter().map(|flaw| flaw.code()).collect::<Vec<_>>(), ["notDefault"]);
}

#[test]
fn values_that_cannot_be_read_mask_too_and_empty_blobs_do_not() {
    let masked = bench(&["nonsense"], &["good"]);
    assert_eq!(reasons(&look_at(&masked, Client::Web)), [["notReadable"], ["masked"]]);
    let empty = bench(&["empty_blob"], &["good"]);
    let look = look_at(&empty, Client::Web);
    assert_eq!(look.chosen().map(|entry| entry.attribute), Some(Attribute::UserCertificate));
}

#[test]
fn the_first_valid_certificate_is_chosen_and_all_valid_ones_go_to_phones() {
    let tenant = bench(&[], &["expired", "good", "second"]);
    let pki = pki();
    let chosen = look_at(&tenant, Client::Web).chosen().map(|entry| entry.certificate.to_vec());
    assert_eq!(chosen.as_deref(), pki.get("good"));
    let ana = &with_address(&tenant, "ana@corp.example.test", View::Committed)[0];
    let valid = valid_certificates(&tenant, ana, now());
    assert_eq!(valid, ["good", "second"].map(|name| pki.get(name).unwrap().to_vec()));
}

#[test]
fn certificates_of_a_blob_are_looked_at_one_by_one() {
    let tenant = bench(&["chain_blob"], &[]);
    let look = look_at(&tenant, Client::Web);
    assert_eq!(look.entries.len(), 2);
    assert_eq!(look.entries.iter().filter(|entry| entry.is_valid()).count(), 1);
}

#[test]
fn outlooks_tagged_form_is_read() {
    let pki = pki();
    let good = pki.get("good").unwrap();
    let length = u16::try_from(good.len() + 4).unwrap().to_le_bytes();
    let value = [&[1, 0, 8, 0, 1, 0, 0, 0][..], &[3, 0], &length, good].concat();
    let found = crate::exchange::certificates::in_smime_certificate(&value).unwrap();
    assert_eq!(found[0].certificate, good);
    assert_eq!(crate::exchange::certificates::in_smime_certificate(&[1, 0, 0, 0]), None);
    assert_eq!(crate::exchange::certificates::in_smime_certificate(&value[..20]), None);
}

const PEOPLE: &str = "
users:
- {userPrincipalName: ana@corp.example.test, displayName: 'García, Ana (Research)', mailNickname: agarcia, givenName: Ana, sn: García, physicalDeliveryOfficeName: Lisbon 2, proxyAddresses: ['SMTP:ana@corp.example.test', 'smtp:garcia.a@corp.example.test', 'SIP:voice@corp.example.test']}
- {userPrincipalName: anton@corp.example.test, displayName: Anton, mail: anton@corp.example.test}
- {userPrincipalName: hidden@corp.example.test, displayName: Hidden, mail: hidden@corp.example.test, msExchHideFromAddressLists: true}
";

#[test]
fn a_name_is_looked_for_where_the_reference_says() {
    let tenant = tenant(PEOPLE);
    let (ana, anton) = ("ana@corp.example.test", "anton@corp.example.test");
    for (name, found) in [
        ("an", vec![ana, anton]),
        ("ana@corp.example.test", vec![ana]),
        ("Ana Gar", vec![ana]),
        ("garcía ana", vec![ana]),
        ("garcía, a", vec![ana]),
        ("research", vec![]),
        ("(research", vec![ana]),
        ("agar", vec![ana]),
        ("lisbon", vec![ana]),
        ("=agarcia", vec![ana]),
        ("=agar", vec![]),
        ("garcia.a@corp.example.test", vec![]),
        ("smtp:garcia.a", vec![ana]),
        ("SMTP:an", vec![ana, anton]),
        ("sip:voice", vec![ana]),
        ("hidden", vec![]),
        (" ", vec![]),
    ] {
        let people = find(&tenant, name, View::Committed);
        let addresses: Vec<&str> = people.iter().map(|person| person.address()).collect();
        assert_eq!(addresses, found, "{name}");
    }
}

#[test]
fn the_address_book_follows_after_the_lag() {
    let mut tenant = tenant(PEOPLE);
    tenant.settings_mut().exchange_lag = SignedDuration::from_mins(30);
    let id = tenant.user("anton@corp.example.test", View::Committed).unwrap().id;
    tenant.patch(id, vec![("displayName".to_owned(), Value::from("Zoe"))], now()).unwrap();
    let seen = |minutes| {
        find(&tenant, "zoe", tenant.exchange_view(now() + SignedDuration::from_mins(minutes))).len()
    };
    assert_eq!((seen(29), seen(30)), (0, 1));
}
