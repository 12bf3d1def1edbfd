//! The scenarios of the article, in its order: what the directory has and what the tenant makes of it.

use std::sync::LazyLock;

use jiff::Timestamp;
use kit::Ids;
use uuid::Uuid;

use crate::tenant::{
    Company, DirectoryObject, Kind, Settings, SyncObject, SyncOperation, Tenant, Value, View,
};

static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-09-01T00:00:00Z".parse().unwrap());

fn tenant() -> Tenant {
    let settings = Settings::new(Uuid::nil(), "Contoso.onmicrosoft.com");
    Tenant::new(settings, Company::new("Contoso", domains()), Ids::new(7))
}

fn domains() -> Vec<String> {
    ["Contoso.com", "Contoso.onmicrosoft.com"].map(str::to_owned).to_vec()
}

/// What the directory has of a user: `upn`, `mail`, `nick`, and proxy addresses separated by blanks.
#[derive(Debug, Clone, Copy)]
struct Directory(&'static str, Option<&'static str>, Option<&'static str>, &'static str);

/// What the tenant has then: `mail`, `nick`, proxy addresses; `#` is a digit that follows from the seed.
#[derive(Debug, Clone, Copy)]
struct Tenanted(Option<&'static str>, &'static str, &'static str);

fn write(tenant: &mut Tenant, anchor: &str, directory: Directory) {
    let text = |value: Option<&str>| value.map_or(Value::Null, Value::from);
    let addresses = directory.3.split_whitespace().map(str::to_owned).collect();
    let properties = vec![
        ("SourceAnchor".to_owned(), Value::from(anchor)),
        ("userPrincipalName".to_owned(), Value::from(directory.0)),
        ("mail".to_owned(), text(directory.1)),
        ("mailNickname".to_owned(), text(directory.2)),
        ("proxyAddresses".to_owned(), Value::TextList(addresses)),
    ];
    let given =
        SyncObject { kind: Kind::User, operation: SyncOperation::Set, properties, references: Vec::new() };
    assert_eq!(tenant.provision(&given, *NOW).error, None);
}

fn user<'a>(tenant: &'a Tenant, anchor: &'a str) -> &'a DirectoryObject {
    tenant.with_anchor(anchor, View::Committed).next().unwrap()
}

fn license(tenant: &mut Tenant, anchor: &str, on: bool) {
    let id = user(tenant, anchor).id;
    tenant.set_exchange_license(id, on, *NOW).unwrap();
}

#[track_caller]
fn assert_has(tenant: &Tenant, anchor: &str, wanted: Tenanted) {
    let object = user(tenant, anchor);
    let digits = |text: &str| -> String {
        let stray = |c: char| c.is_ascii_digit() && wanted.2.contains('#');
        text.chars().map(|c| if stray(c) { '#' } else { c }).collect()
    };
    let mut addresses: Vec<String> = object.proxy_addresses.iter().map(|address| digits(address)).collect();
    let mut expected: Vec<String> = wanted.2.split_whitespace().map(digits).collect();
    addresses.sort();
    expected.sort();
    assert_eq!(addresses, expected);
    assert_eq!((object.mail.as_deref(), object.mail_nickname.as_deref()), (wanted.0, Some(wanted.1)));
}

#[test]
fn scenario_1_nothing_but_a_sign_in_name() {
    let mut tenant = tenant();
    write(&mut tenant, "A", Directory("user1upn@Contoso.com", None, None, ""));
    assert_has(&tenant, "A", Tenanted(None, "user1upn", ""));
    license(&mut tenant, "A", true);
    let addresses = "SMTP:user1upn@Contoso.com smtp:user1upn@Contoso.onmicrosoft.com";
    assert_has(&tenant, "A", Tenanted(Some("user1upn@Contoso.com"), "user1upn", addresses));
}

#[test]
fn scenario_2_a_mail_address() {
    let mut tenant = tenant();
    let mail = Some("user2mail@Contoso.com");
    write(&mut tenant, "A", Directory("user2upn@Contoso.com", mail, None, ""));
    assert_has(&tenant, "A", Tenanted(mail, "user2mail", "SMTP:user2mail@Contoso.com"));
    license(&mut tenant, "A", true);
    let addresses =
        "SMTP:user2mail@Contoso.com smtp:user2upn@Contoso.com smtp:user2mail@Contoso.onmicrosoft.com";
    assert_has(&tenant, "A", Tenanted(mail, "user2mail", addresses));
}

#[test]
fn scenario_3_addresses_that_change() {
    let mut tenant = tenant();
    let before = "smtp:user3pa3@Fabrikam.microsoftonline.com smtp:user3pa2@Contoso.onmicrosoft.com SMTP:user3pa1@Contoso.com";
    write(&mut tenant, "A", Directory("user3upn@Contoso.com", None, None, before));
    license(&mut tenant, "A", true);
    let addresses =
        "smtp:user3upn@Contoso.com smtp:user3pa1@Contoso.onmicrosoft.com SMTP:user3pa1@Contoso.com";
    assert_has(&tenant, "A", Tenanted(Some("user3pa1@Contoso.com"), "user3pa1", addresses));
    let after = "smtp:user3new3@Fabrikam.microsoftonline.com smtp:user3new2@Contoso.onmicrosoft.com SMTP:user3new1@Contoso.com";
    write(&mut tenant, "A", Directory("user3upn@Contoso.com", None, None, after));
    let addresses =
        "SMTP:user3new1@Contoso.com smtp:user3upn@Contoso.com smtp:user3pa1@Contoso.onmicrosoft.com";
    assert_has(&tenant, "A", Tenanted(Some("user3new1@Contoso.com"), "user3pa1", addresses));
}

#[test]
fn scenario_4_a_licence_that_goes() {
    let mut tenant = tenant();
    write(&mut tenant, "A", Directory("user4upn@Contoso.com", None, None, ""));
    license(&mut tenant, "A", true);
    license(&mut tenant, "A", false);
    let routing = Some("user4upn@Contoso.onmicrosoft.com");
    assert_has(&tenant, "A", Tenanted(routing, "user4upn", "SMTP:user4upn@Contoso.onmicrosoft.com"));
    write(&mut tenant, "A", Directory("user4upn@Contoso.com", None, None, "smtp:user4new@Contoso.com"));
    let addresses =
        "smtp:user4upn@Contoso.com smtp:user4new@Contoso.com SMTP:user4upn@Contoso.onmicrosoft.com";
    assert_has(&tenant, "A", Tenanted(routing, "user4upn", addresses));
}

#[test]
fn scenario_5_a_nickname_that_changes() {
    let mut tenant = tenant();
    write(&mut tenant, "A", Directory("user5upn@Contoso.com", None, None, ""));
    license(&mut tenant, "A", true);
    write(&mut tenant, "A", Directory("user5upn@Contoso.com", None, Some("user5new1"), ""));
    let addresses = "smtp:user5upn@Contoso.onmicrosoft.com SMTP:user5upn@Contoso.com";
    assert_has(&tenant, "A", Tenanted(Some("user5upn@Contoso.com"), "user5new1", addresses));
}

#[test]
fn scenario_6_two_users_with_one_nickname() {
    let mut tenant = tenant();
    for (anchor, upn) in [("A", "user6a@Contoso.com"), ("B", "user6b@Contoso.com")] {
        write(&mut tenant, anchor, Directory(upn, None, Some("user6mnn"), ""));
        license(&mut tenant, anchor, true);
    }
    let first = "smtp:user6mnn@Contoso.onmicrosoft.com SMTP:user6a@Contoso.com";
    assert_has(&tenant, "A", Tenanted(Some("user6a@Contoso.com"), "user6mnn", first));
    let second = "smtp:user#mnn####@Contoso.onmicrosoft.com SMTP:user#b@Contoso.com";
    assert_has(&tenant, "B", Tenanted(Some("user6b@Contoso.com"), "user6mnn", second));
}

/// What the article says in words: unusable values, other types, unverified domains, with and without a licence.
#[test]
fn values_are_dropped_or_kept_as_the_article_says() {
    let rows: &[(&str, bool, &str)] = &[
        (
            "SMTP:a@Contoso.com MS:CORP/A X400:c=DE sip:a@Contoso.com X500:/o=C",
            false,
            "SMTP:a@Contoso.com sip:a@Contoso.com X500:/o=C",
        ),
        ("SMTP:a@Contoso.com a@Contoso.com smtp:no-at smtp:a@b@Contoso.com", false, "SMTP:a@Contoso.com"),
        ("SMTP:a@Contoso.com smtp:a@other.test", false, "SMTP:a@Contoso.com smtp:a@other.test"),
        (
            "SMTP:a@Contoso.com smtp:a@other.test",
            true,
            "SMTP:a@Contoso.com smtp:u@Contoso.com smtp:a@Contoso.onmicrosoft.com",
        ),
        ("SMTP:a@other.test", true, "SMTP:u@Contoso.com smtp:a@Contoso.onmicrosoft.com"),
        ("SMTP:a@Contoso.com SMTP:b@Contoso.com", false, "SMTP:a@Contoso.com smtp:b@Contoso.com"),
        ("smtp:a@Contoso.com smtp:A@contoso.com", false, "smtp:a@Contoso.com"),
    ];
    for (written, licensed, wanted) in rows {
        let mut tenant = tenant();
        write(&mut tenant, "A", Directory("u@Contoso.com", None, None, written));
        if *licensed {
            license(&mut tenant, "A", true);
        }
        let mut found = user(&tenant, "A").proxy_addresses.clone();
        let mut wanted: Vec<&str> = wanted.split_whitespace().collect();
        found.sort();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{written}");
    }
}
