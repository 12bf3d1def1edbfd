//! The Rust `ldap3` client against the double, as its users would write it.

use std::collections::HashSet;
use std::sync::Arc;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::controls::RawControl;
use ldap3::exop::WhoAmI;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Mod, ResultEntry, Scope, SearchEntry};
use mock_directory::MockDirectory;
use mock_directory::wire::ber::{self, Reader};
use mock_directory::wire::oid;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::support::people;

const BASE: &str = "DC=corp,DC=example,DC=test";

async fn directory() -> MockDirectory {
    MockDirectory::builder().seed(7).ldif(people(12)).start().await.unwrap()
}

async fn connect(settings: LdapConnSettings, url: &str) -> Ldap {
    let (connection, ldap) = LdapConnAsync::with_settings(settings, url).await.unwrap();
    ldap3::drive!(connection);
    ldap
}

async fn bound(directory: &MockDirectory) -> Ldap {
    let mut ldap = connect(LdapConnSettings::new(), directory.ldap_url()).await;
    let bound = ldap.simple_bind(&directory.bind_dn(), directory.admin_password()).await.unwrap();
    bound.success().unwrap();
    ldap
}

fn trusting(directory: &MockDirectory) -> LdapConnSettings {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(directory.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    LdapConnSettings::new().set_config(Arc::new(config))
}

fn entries(found: Vec<ResultEntry>) -> Vec<SearchEntry> {
    found.into_iter().filter(|entry| !entry.is_ref()).map(SearchEntry::construct).collect()
}

async fn find(ldap: &mut Ldap, filter: &str, attrs: Vec<&str>) -> Vec<SearchEntry> {
    let (found, _) = ldap.search(BASE, Scope::Subtree, filter, attrs).await.unwrap().success().unwrap();
    entries(found)
}

#[tokio::test]
async fn binds_by_every_kind_of_name() {
    let directory = directory().await;
    let mut ldap = connect(LdapConnSettings::new(), directory.ldap_url()).await;
    let dn = format!("cn=administrator, CN=Users,{BASE}");
    for name in ["administrator@corp.example.test", "CORP\\Administrator", &dn] {
        let bound = ldap.simple_bind(name, "Passw0rd!x").await.unwrap();
        assert_eq!(bound.rc, 0, "{name}: {}", bound.text);
        let (_, identity) =
            ldap.extended(WhoAmI).await.unwrap().success().map(|exop| (exop.1, exop.0)).unwrap();
        assert_eq!(identity.val.unwrap().to_ascii_lowercase(), b"u:corp\\administrator");
    }
    let refused = ldap.simple_bind(&dn, "wrong").await.unwrap();
    assert_eq!(refused.rc, 49);
    assert!(
        refused.text.starts_with("80090308: LdapErr: DSID-") && refused.text.contains("data 52e, v"),
        "{}",
        refused.text
    );
    let (_, after) =
        ldap.search(BASE, Scope::Base, "(objectClass=*)", vec!["*"]).await.map(|r| (r.0, r.1)).unwrap();
    assert_eq!(after.rc, 1, "a refused bind leaves the connection anonymous");
    assert!(after.text.starts_with("000004DC: "), "{}", after.text);
    let unauthenticated = ldap.simple_bind(&dn, "").await.unwrap();
    assert_eq!(unauthenticated.rc, 0);
    let refused = ldap.simple_bind("CORP\\person1", "Passw0rd!x").await.unwrap();
    assert_eq!(refused.rc, 49, "an account without a password");
}

#[tokio::test]
async fn finds_an_object_by_the_octets_of_its_guid() {
    let directory = directory().await;
    let mut ldap = bound(&directory).await;
    let person = find(&mut ldap, "(sAMAccountName=person3)", vec!["objectGUID"]).await.remove(0);
    let guid = &person.bin_attrs["objectGUID"][0];
    let escaped: String = guid.iter().map(|octet| format!("\\{octet:02x}")).collect();
    let again = find(&mut ldap, &format!("(objectGUID={escaped})"), vec!["cn"]).await;
    assert_eq!(again.iter().map(|entry| &entry.dn).collect::<Vec<_>>(), [&person.dn]);
    assert_eq!(find(&mut ldap, r"(objectGUID=\ff\fe\00\80)", vec!["cn"]).await.len(), 0);
}

#[tokio::test]
async fn pages_through_a_result() {
    let directory = directory().await;
    let mut ldap = bound(&directory).await;
    let adapters: Vec<Box<dyn Adapter<_, _>>> =
        vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(5))];
    let mut stream = ldap
        .streaming_search_with(adapters, BASE, Scope::Subtree, "(sAMAccountName=person*)", vec!["cn"])
        .await
        .unwrap();
    let mut seen = HashSet::new();
    while let Some(entry) = stream.next().await.unwrap() {
        assert!(seen.insert(SearchEntry::construct(entry).dn));
    }
    stream.finish().await.success().unwrap();
    assert_eq!(seen.len(), 12);
    assert_eq!(directory.journal().count("ldap.search", 0), 3);
}

#[tokio::test]
async fn speaks_tls_from_the_start_and_in_the_middle() {
    let directory = directory().await;
    let port = directory.ldap_url().rsplit(':').next().unwrap();
    let start_tls = format!("ldap://localhost:{port}");
    for (settings, url) in [
        (trusting(&directory).set_starttls(true), start_tls.as_str()),
        (trusting(&directory), directory.ldaps_url().unwrap()),
    ] {
        let mut ldap = connect(settings, url).await;
        let bound = ldap.simple_bind(&directory.bind_dn(), directory.admin_password()).await.unwrap();
        bound.success().unwrap();
        assert_eq!(find(&mut ldap, "(sAMAccountName=person1)", vec!["cn"]).await.len(), 1);
    }
}

#[tokio::test]
async fn writes_and_reads_back() {
    let directory = directory().await;
    let mut ldap = bound(&directory).await;
    let (dn, ou) = (format!("CN=New One,OU=People,{BASE}"), format!("OU=Other,{BASE}"));
    let set = |value: &'static str| HashSet::from([value.as_bytes()]);
    let user = vec![
        (&b"objectClass"[..], set("user")),
        (b"sAMAccountName", set("newone")),
        (b"mail", set("n@x.test")),
    ];
    ldap.add(&dn, user).await.unwrap().success().unwrap();
    let ou_attributes = vec![("objectClass", HashSet::from(["organizationalUnit"]))];
    ldap.add(&ou, ou_attributes).await.unwrap().success().unwrap();
    let large = vec![0xff_u8; 32_768];
    let add = Mod::Add(b"userCertificate".to_vec(), HashSet::from([large.clone(), vec![0x30, 0x00]]));
    ldap.modify(&dn, vec![add]).await.unwrap().success().unwrap();
    assert_eq!(ldap.compare(&dn, "mail", "N@X.test").await.unwrap().0.rc, 6);
    ldap.modifydn(&dn, "CN=Renamed", true, Some(&ou)).await.unwrap().success().unwrap();
    let found = find(&mut ldap, "(sAMAccountName=newone)", vec!["userCertificate", "name"]).await.remove(0);
    assert_eq!(found.dn, format!("CN=Renamed,{ou}"));
    assert!(found.bin_attrs["userCertificate"].contains(&large));
    ldap.delete(&found.dn).await.unwrap().success().unwrap();
    assert_eq!(ldap.delete(&found.dn).await.unwrap().rc, 32);
    assert_eq!(find(&mut ldap, "(sAMAccountName=newone)", vec!["1.1"]).await.len(), 0);
}

/// SEQUENCE { flags, maxBytes, cookie }, as Windows clients send it.
fn dirsync(cookie: &[u8]) -> RawControl {
    let mut value = bytes::BytesMut::new();
    ber::put_constructed(&mut value, ber::SEQUENCE, |out| {
        ber::put_integer(out, ber::INTEGER, 0);
        ber::put_integer(out, ber::INTEGER, 1 << 20);
        ber::put_octets(out, ber::OCTETS, cookie);
    });
    RawControl { ctype: oid::DIRSYNC.to_owned(), crit: true, val: Some(value.to_vec()) }
}

async fn changes(ldap: &mut Ldap, cookie: &[u8]) -> (Vec<SearchEntry>, Vec<u8>) {
    let filter = "(objectClass=user)";
    let search = ldap.with_controls(dirsync(cookie)).search(BASE, Scope::Subtree, filter, vec!["mail"]);
    let (found, result) = search.await.unwrap().success().unwrap();
    let value =
        result.ctrls.iter().find(|control| control.1.ctype == oid::DIRSYNC).unwrap().1.val.clone().unwrap();
    let mut fields = Reader::new(value.into()).sequence("DirSync").unwrap();
    assert_eq!(fields.integer("more"), Ok(0));
    fields.integer("unused").unwrap();
    (entries(found), fields.octets("cookie").unwrap().to_vec())
}

#[tokio::test]
async fn follows_changes_by_dirsync() {
    let directory = directory().await;
    let mut ldap = bound(&directory).await;
    let (all, cookie) = changes(&mut ldap, b"").await;
    assert!(all.len() >= 12, "{} users", all.len());
    assert_eq!(changes(&mut ldap, &cookie).await.0.len(), 0);
    let dn = format!("CN=Person 4,OU=People,{BASE}");
    let replace = Mod::Replace("mail", HashSet::from(["new@x.test"]));
    ldap.modify(&dn, vec![replace]).await.unwrap().success().unwrap();
    let (changed, _) = changes(&mut ldap, &cookie).await;
    assert_eq!(changed.iter().map(|entry| &entry.dn).collect::<Vec<_>>(), [&dn]);
    assert_eq!(changed[0].attrs["mail"], ["new@x.test"]);
    assert_eq!(directory.journal().count("ldap.dirsync", 0), 3);
}
