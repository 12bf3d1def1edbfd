//! Look-ups as a mail client does them.

use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use kit::faults::Effect;
use kit::journal::Event;
use uuid::Uuid;

use super::{Caller, handle};
use crate::observe::Observer;
use crate::soap::SoapReply;
use crate::tenant::{Company, Kind, Settings, SyncObject, SyncOperation, Tenant, Value};
use crate::world::World;
use crate::xml::{Element, text};

#[derive(Default)]
struct Script {
    fault: Option<Effect>,
    events: Vec<Event>,
}

impl Observer for Script {
    fn decide(&mut self, _op: &str, _target: &str) -> Vec<Effect> {
        self.fault.take().into_iter().collect()
    }

    fn record(&mut self, event: Event) {
        self.events.push(event);
    }
}

const WORLD: &str = "
users:
- userPrincipalName: ana@corp.example.test
  displayName: Ana García
  mailNickname: ana.g
  givenName: Ana
  sn: García
  department: Research
  telephoneNumber: '+1'
  proxyAddresses: ['smtp:a.garcia@corp.example.test', 'SMTP:ana@corp.example.test']
  userCertificate: [MAA=, MAE=]
  userSMIMECertificate: [MAI=]
- {userPrincipalName: anton@corp.example.test, displayName: Anton, mail: anton@corp.example.test}
- {userPrincipalName: hidden@corp.example.test, displayName: Anhidden, mail: hidden@corp.example.test, msExchHideFromAddressLists: true}
- {userPrincipalName: nomail@corp.example.test, displayName: Anomail}
contacts:
- {displayName: Partner, mail: partner@other.test}
";

const CALLER: Caller = Caller { must_impersonate: Some(true) };

fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

fn tenant(world: &str) -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(world).unwrap().build(settings, company, Ids::new(7), now()).unwrap()
}

/// The request that exchangelib 5.6 sends.
fn request(entry: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8'?><s:Envelope xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
         xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">\
         <s:Header><t:RequestServerVersion Version=\"Exchange2016\"/><t:ExchangeImpersonation><t:ConnectingSID>\
         <t:PrimarySmtpAddress>anton@corp.example.test</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body>\
         <m:ResolveNames ReturnFullContactData=\"true\" SearchScope=\"ActiveDirectory\" ContactDataShape=\"AllProperties\">\
         <m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>"
    )
}

fn ask(tenant: &Tenant, message: &str, at: Timestamp) -> SoapReply {
    handle(message.as_bytes(), &CALLER, tenant, at, &mut Script::default())
}

fn shown(reply: &SoapReply) -> String {
    text::parse(&reply.body()).expect("our own answers are well-formed");
    format!("{}\n{}", reply.status, String::from_utf8(reply.body()).unwrap().replace("><", ">\n<"))
}

fn all(reply: &SoapReply, name: &str) -> Vec<String> {
    fn walk(element: &Element, name: &str, found: &mut Vec<String>) {
        if element.name == name {
            found.push(element.content());
        }
        element.elements().for_each(|inner| walk(inner, name, found));
    }
    let mut found = Vec::new();
    walk(&text::parse(&reply.body()).unwrap(), name, &mut found);
    found
}

#[test]
fn a_recipient_is_told_with_both_certificate_attributes() {
    insta::assert_snapshot!(shown(&ask(&tenant(WORLD), &request("ana@corp.example.test"), now())));
}

#[test]
fn names_are_resolved_as_exchange_does() {
    let tenant = tenant(WORLD);
    let ana = vec!["ana@corp.example.test"];
    for (entry, code, addresses) in [
        ("smtp:A.Garcia@corp.example.test", "NoError", ana.clone()),
        ("garc", "NoError", ana.clone()),
        ("ana.g", "NoError", ana),
        (
            "An",
            "ErrorNameResolutionMultipleResults",
            vec!["ana@corp.example.test", "anton@corp.example.test"],
        ),
        ("partner@other.test", "NoError", vec!["partner@other.test"]),
        ("nobody@corp.example.test", "ErrorNameResolutionNoResults", vec![]),
        ("hidden@corp.example.test", "ErrorNameResolutionNoResults", vec![]),
        ("nomail@corp.example.test", "ErrorNameResolutionNoResults", vec![]),
    ] {
        let reply = ask(&tenant, &request(entry), now());
        assert_eq!(
            (all(&reply, "ResponseCode"), all(&reply, "EmailAddress")),
            (vec![code.to_owned()], addresses.iter().map(|a| (*a).to_owned()).collect()),
            "{entry}"
        );
    }
}

#[test]
fn at_most_a_hundred_candidates_are_told() {
    let users: String = (0..101)
        .map(|n| format!("- {{userPrincipalName: u{n}@x.test, displayName: User {n}, mail: u{n}@x.test}}\n"))
        .collect();
    let reply = ask(
        &tenant(&format!("domains: [x.test]\nusers:\n{users}")),
        &request("User").replace("anton@corp.example.test", "u0@x.test"),
        now(),
    );
    assert_eq!(all(&reply, "Mailbox").len(), 100);
    assert!(shown(&reply).contains("TotalItemsInView=\"100\" IncludesLastItemInRange=\"false\""));
}

#[test]
fn certificates_arrive_when_exchange_has_them() {
    let mut tenant = tenant(WORLD);
    tenant.settings_mut().exchange_lag = SignedDuration::from_mins(30);
    let properties = [
        ("SourceAnchor", Value::from("A")),
        ("userPrincipalName", "ana@corp.example.test".into()),
        ("userCertificate", Value::BinaryList([bytes::Bytes::from_static(b"0\x07")].into())),
    ];
    let properties = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let change =
        SyncObject { kind: Kind::User, operation: SyncOperation::Add, properties, references: Vec::new() };
    assert_eq!(tenant.provision(&change, now()).error, None);
    let seen = |minutes: i64| {
        let at = now() + SignedDuration::from_mins(minutes);
        all(&ask(&tenant, &request("ana@corp.example.test"), at), "Base64Binary")
    };
    assert_eq!(seen(29), ["MAI=", "MAA=", "MAE="]);
    assert_eq!(seen(30), ["MAI=", "MAc="]);
}

#[test]
fn only_the_full_shape_has_certificates() {
    let tenant = tenant(WORLD);
    let plain = request("ana@corp.example.test").replace(" ContactDataShape=\"AllProperties\"", "");
    assert_eq!(all(&ask(&tenant, &plain, now()), "Base64Binary").len(), 0);
    let brief = request("ana@corp.example.test").replace("Data=\"true\"", "Data=\"false\"");
    assert_eq!(all(&ask(&tenant, &brief, now()), "Contact").len(), 0);
    let own = request("ana@corp.example.test").replace("\"ActiveDirectory\"", "\"Contacts\"");
    assert_eq!(all(&ask(&tenant, &own, now()), "ResponseCode"), ["ErrorNameResolutionNoResults"]);
}

#[test]
fn bad_requests_get_ews_errors() {
    let good = request("ana");
    let rows = [
        (good.chars().take(90).collect(), "ErrorSchemaValidation"),
        (good.replace("m:UnresolvedEntry", "m:Entry"), "ErrorSchemaValidation"),
        (good.replace(" ReturnFullContactData=\"true\"", ""), "ErrorSchemaValidation"),
        (good.replace("\"ActiveDirectory\"", "\"Everywhere\""), "ErrorSchemaValidation"),
        (good.replace("\"AllProperties\"", "\"Some\""), "ErrorSchemaValidation"),
        (good.replace("xmlsoap.org/soap", "example.test"), "ErrorSchemaValidation"),
        (
            good.replace("</m:ResolveNames>", "<m:UnresolvedEntry>b</m:UnresolvedEntry></m:ResolveNames>"),
            "ErrorSchemaValidation",
        ),
        (good.replace("</s:Envelope>", "<s:Body/></s:Envelope>"), "ErrorSchemaValidation"),
        (good.replace("</s:Body>", "<m:ResolveNames/></s:Body>"), "ErrorSchemaValidation"),
        (good.replace("m:UnresolvedEntry", "t:UnresolvedEntry"), "ErrorSchemaValidation"),
        (good.replace("m:UnresolvedEntry", "m:unresolvedEntry"), "ErrorSchemaValidation"),
        (good.replace("m:ResolveNames", "t:ResolveNames"), "ErrorSchemaValidation"),
        (good.replace("s:Body>", "m:Body>"), "ErrorSchemaValidation"),
        (good.replace(">ana<", "> <"), "ErrorSchemaValidation"),
        (good.replace("ResolveNames", "GetFolder"), "ErrorInvalidOperation"),
    ];
    for (asked, code) in rows {
        let reply = ask(&tenant(WORLD), &asked, now());
        assert_eq!((reply.status, all(&reply, "ResponseCode")), (500, vec![code.to_owned()]), "{asked}");
    }
    insta::assert_snapshot!(shown(&ask(
        &tenant(WORLD),
        &good.replace("m:UnresolvedEntry", "m:Entry"),
        now()
    )));
}

#[test]
fn an_application_names_a_mailbox_and_a_user_does_not() {
    let tenant = tenant(WORLD);
    let with = |name: &str| request("anton@corp.example.test").replacen("anton@", name, 1);
    let without = with("anton@").replace("t:ExchangeImpersonation", "t:Other");
    let (app, user) = (Some(true), Some(false));
    for (message, must_impersonate, code) in [
        (with("anton@"), app, "NoError"),
        (with("a.garcia@"), app, "NoError"),
        (with("nobody@"), app, "ErrorNonExistentMailbox"),
        (with("nomail@"), app, "ErrorNonExistentMailbox"),
        (without.clone(), app, "ErrorInvalidExchangeImpersonationHeaderData"),
        (with("anton@"), user, "ErrorInvalidExchangeImpersonationHeaderData"),
        (without.clone(), user, "NoError"),
        (without, None, "NoError"),
    ] {
        let caller = Caller { must_impersonate };
        let reply = handle(message.as_bytes(), &caller, &tenant, now(), &mut Script::default());
        assert_eq!(all(&reply, "ResponseCode"), [code], "{must_impersonate:?} {message}");
    }
}

#[test]
fn faults_are_told_in_exchanges_words() {
    for (fault, status, code) in [
        (Effect::Throttle { retry_after_s: Some(5) }, 500, "ErrorServerBusy"),
        (Effect::Unavailable {}, 503, "ErrorMailboxStoreUnavailable"),
        (Effect::Forbidden {}, 403, "ErrorAccessDenied"),
    ] {
        let mut script = Script { fault: Some(fault.clone()), events: Vec::new() };
        let reply = handle(request("ana").as_bytes(), &CALLER, &tenant(WORLD), now(), &mut script);
        assert_eq!((reply.status, all(&reply, "ResponseCode")), (status, vec![code.to_owned()]));
        assert_eq!((script.events[0].outcome.as_str(), script.events[0].target.as_str()), (code, "ana"));
    }
    let mut script = Script { fault: Some(Effect::CorruptValue { attribute: None }), events: Vec::new() };
    let reply = handle(request("ana").as_bytes(), &CALLER, &tenant(WORLD), now(), &mut script);
    assert_eq!(all(&reply, "Base64Binary"), ["MAI=", "MAE=", "MAE="]);
}
