//! The rule set as a whole, and what declarative provisioning promises.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::engine::packed::Packed;
use crate::model::TenantValue;

fn object(attributes: &[(&str, &[&str])]) -> Packed {
    Packed::from_entries(
        attributes.iter().map(|(n, v)| {
            (n.to_ascii_lowercase(), v.iter().map(|x| x.as_bytes().to_vec()).collect::<Vec<_>>())
        }),
    )
}

fn evaluate_at(
    rules: &RuleSet,
    dn: &str,
    attributes: &[(&str, &[&str])],
    exists: bool,
) -> Result<Projection, RuleError> {
    let parameters: BTreeMap<String, String> =
        [("Domain.FQDN", "corp.test"), ("Domain.Netbios", "CORP"), ("Forest.FQDN", "corp.test")]
            .map(|(a, b)| (a.into(), b.into()))
            .into();
    let packed = object(attributes);
    let source = Source { guid: [7; 16], dn, attributes: &packed, parameters: &parameters, exists };
    rules.evaluate(&source, "2026-09-01T00:00:00Z".parse::<Timestamp>().unwrap())
}

fn evaluate(rules: &RuleSet, attributes: &[(&str, &[&str])]) -> Projection {
    evaluate_at(rules, "CN=a,DC=corp,DC=test", attributes, false).unwrap()
}

fn desired(rules: &RuleSet, attributes: &[(&str, &[&str])]) -> Desired {
    match evaluate(rules, attributes) {
        Projection::Desired(desired) => desired,
        Projection::Filtered(why) => panic!("filtered: {why}"),
    }
}

const USER: &[(&str, &[&str])] = &[
    ("objectClass", &["top", "person", "user"]),
    ("sAMAccountName", &["ann"]),
    ("cn", &["Ann"]),
    ("userAccountControl", &["512"]),
];

fn user<'a>(more: &[(&'a str, &'a [&'a str])]) -> Vec<(&'a str, &'a [&'a str])> {
    USER.iter().chain(more).copied().collect()
}

fn text(value: &str) -> Option<TenantValue> {
    Some(TenantValue::Text(value.into()))
}

#[test]
fn the_built_in_set_is_sound() {
    let rules = RuleSet::entra_connect().unwrap_or_else(|e| panic!("{e}"));
    assert!(rules.directory_attributes().iter().any(|a| a == "userSMIMECertificate"));
    assert_eq!(rules.reference_attributes(), ["manager"]);
    assert!(rules.managed(crate::model::ObjectType::User).unwrap().contains("userCertificate"));
}

#[test]
fn a_plain_user() {
    let rules = RuleSet::entra_connect().unwrap();
    let user = desired(
        &rules,
        &user(&[("manager", &["CN=b"]), ("pwdLastSet", &["129699324000000000"]), ("title", &[" Chief "])]),
    );
    assert_eq!(user.anchor, "BwcHBwcHBwcHBwcHBwcHBw==");
    assert_eq!(user.properties.get("userPrincipalName").cloned(), text("ann@corp.test"));
    assert_eq!(user.properties.get("displayName").cloned(), text("Ann"));
    assert_eq!(user.properties.get("accountEnabled"), Some(&TenantValue::Bool(true)));
    assert_eq!(user.properties.get("lastPasswordChangeTimestamp").cloned(), text("20120101230000.0Z"));
    assert_eq!(user.properties.get("title").cloned(), text("Chief"));
    assert_eq!(user.properties.get("dnsDomainName").cloned(), text("corp.test"));
    assert_eq!(user.references.get("manager").map(String::as_str), Some("CN=b"));
}

#[test]
fn certificates_need_a_mail_nickname() {
    let rules = RuleSet::entra_connect().unwrap();
    let certificates = [("userCertificate", &["der"] as &[&str]), ("userSMIMECertificate", &["cms"])];
    assert!(!desired(&rules, &user(&certificates)).properties.contains_key("userCertificate"));
    let with = desired(&rules, &user(&[certificates[0], certificates[1], ("mailNickname", &["ann"])]));
    assert_eq!(with.properties.get("userCertificate"), Some(&TenantValue::BinaryList(vec![b"der".to_vec()])));
    assert_eq!(
        with.properties.get("userSMIMECertificate"),
        Some(&TenantValue::BinaryList(vec![b"cms".to_vec()]))
    );
}

#[test]
fn sixteen_certificates_are_none_and_each_attribute_counts_for_itself() {
    let rules = RuleSet::entra_connect().unwrap();
    let names: Vec<String> = (0..16).map(|i| format!("cert {i}")).collect();
    let many: Vec<&str> = names.iter().map(String::as_str).collect();
    let over = desired(
        &rules,
        &user(&[
            ("mailNickname", &["ann"]),
            ("userCertificate", &many),
            ("userSMIMECertificate", &many[..15]),
        ]),
    );
    assert!(!over.properties.contains_key("userCertificate"));
    assert!(
        matches!(over.properties.get("userSMIMECertificate"), Some(TenantValue::BinaryList(l)) if l.len() == 15)
    );
}

#[test]
fn a_value_without_octets_is_never_sent() {
    let rules = RuleSet::entra_connect().unwrap();
    let user = desired(&rules, &user(&[("mailNickname", &["ann"]), ("userCertificate", &["", "der"])]));
    assert_eq!(user.properties.get("userCertificate"), Some(&TenantValue::BinaryList(vec![b"der".to_vec()])));
    assert!(user.emptied.contains("userCertificate"));
}

#[test]
fn who_is_left_out() {
    let rules = RuleSet::entra_connect().unwrap();
    let filtered =
        |more: &[(&str, &[&str])]| matches!(evaluate(&rules, &user(more)), Projection::Filtered(_));
    assert!(!filtered(&[]));
    assert!(filtered(&[("isCriticalSystemObject", &["TRUE"])]));
    assert!(filtered(&[("adminDescription", &["User_x"])]));
    assert!(filtered(&[("mailNickname", &["SystemMailbox{1}"])]));
    assert!(filtered(&[("msExchRecipientTypeDetails", &["536870912"])]));
    assert!(filtered(&[("msExchRecipientTypeDetails", &["2"])]), "linked mailbox");
    assert!(!filtered(&[("msExchRecipientTypeDetails", &["1"])]));
    for name in [&["SUPPORT_388945a0"] as &[&str], &["AAD_1"], &["MSOL_1"], &["CAS_{1}"]] {
        let named: Vec<_> = USER
            .iter()
            .filter(|(n, _)| *n != "sAMAccountName")
            .copied()
            .chain([("sAMAccountName", name)])
            .collect();
        assert!(matches!(evaluate(&rules, &named), Projection::Filtered(_)), "{name:?}");
    }
    let conflict = evaluate_at(
        &rules,
        r"CN=Ann\0ACNF:6c1f8e44-2a0b-4c53-9d7e-1f2a3b4c5d6e,DC=corp,DC=test",
        USER,
        false,
    );
    assert_eq!(
        conflict,
        Ok(Projection::Filtered(
            "out of scope of \"Out to Entra ID - User Join\": cloudFiltered NotEqual True".into()
        ))
    );
    assert!(matches!(evaluate(&rules, &[("objectClass", &["top", "group"])]), Projection::Filtered(_)));
}

#[test]
fn contacts_need_an_address() {
    let rules = RuleSet::entra_connect().unwrap();
    let contact = |more: &[(&'static str, &'static [&'static str])]| {
        let all: Vec<_> = [("objectClass", &["top", "contact"] as &[&str]), ("cn", &["C"])]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        evaluate(&rules, &all)
    };
    assert!(matches!(contact(&[]), Projection::Filtered(_)));
    assert!(
        matches!(contact(&[("proxyAddresses", &["smtp:c@x"])]), Projection::Filtered(_)),
        "only a secondary address"
    );
    for address in [("mail", &["c@x"] as &[&str]), ("proxyAddresses", &["SMTP:c@x"])] {
        let Projection::Desired(contact) = contact(&[address, ("userCertificate", &["der"])]) else {
            panic!("{address:?}")
        };
        assert_eq!(contact.kind, crate::model::ObjectType::Contact);
        assert!(contact.properties.contains_key("userCertificate"), "contacts need no mailNickname");
    }
}

#[test]
fn the_consistency_guid_is_the_anchor_if_there_is_one() {
    let rules = RuleSet::entra_connect().unwrap();
    let user = desired(&rules, &user(&[("mS-DS-ConsistencyGuid", &["0123456789abcdef"])]));
    assert_eq!(user.anchor, "MDEyMzQ1Njc4OWFiY2RlZg==");
}

fn two_rules(first: &str, second: &str) -> RuleSet {
    let text = format!(
        r#"
name: t
multi_valued: [proxyAddresses]
rules:
  - {{ name: join, direction: inbound, source: [user], target: person, link: provision, precedence: 1,
      flows: [{{ to: anchor, expression: "ConvertToBase64([objectGUID])" }}, {{ to: title, {first} }}] }}
  - {{ name: lower, direction: inbound, source: [user], target: person, link: join, precedence: 2, flows: [{{ to: title, {second} }}] }}
  - {{ name: out, direction: outbound, source: [person], target: User, link: provision, precedence: 3,
      flows: [{{ to: sourceAnchor, from: anchor }}, {{ to: proxyAddresses, from: title }}] }}
"#
    );
    RuleSet::parse("t.yaml", &text).unwrap_or_else(|e| panic!("{e}"))
}

fn title(first: &str, second: &str) -> (Option<Vec<String>>, bool) {
    let desired = desired(&two_rules(first, second), USER);
    let values = desired.properties.get("proxyAddresses").map(|v| match v {
        TenantValue::TextList(list) => list.clone(),
        other => panic!("{other:?}"),
    });
    (values, desired.kept.contains("proxyAddresses"))
}

#[test]
fn precedence_and_the_special_nulls() {
    let some = |s: &str| Some(vec![s.to_owned()]);
    assert_eq!(title("value: a", "value: b"), (some("a"), false));
    assert_eq!(title("expression: 'NULL'", "value: b"), (some("b"), false));
    assert_eq!(title("expression: AuthoritativeNull", "value: b"), (None, false));
    assert_eq!(title("expression: IgnoreThisFlow", "value: b"), (some("b"), false));
    assert_eq!(title("expression: IgnoreThisFlow", "expression: 'NULL'"), (None, true));
}

#[test]
fn merge_types() {
    let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
    assert_eq!(title("value: a, merge: merge", "value: b, merge: merge").0, list(&["a", "b"]));
    assert_eq!(title("value: a, merge: merge", "value: A, merge: merge").0, list(&["A", "a"]));
    assert_eq!(
        title("value: a, merge: mergecaseinsensitive", "value: A, merge: mergecaseinsensitive").0,
        list(&["a"])
    );
}

#[test]
fn once_is_only_for_new_objects() {
    let rules = two_rules("value: a, once: true", "expression: 'NULL'");
    let Ok(Projection::Desired(later)) = evaluate_at(&rules, "CN=a", USER, true) else { panic!() };
    assert!(later.kept.contains("proxyAddresses") && !later.properties.contains_key("proxyAddresses"));
    assert!(desired(&rules, USER).properties.contains_key("proxyAddresses"));
}

#[test]
fn an_error_is_the_objects_own() {
    let rules = two_rules("expression: 'Error(\"no\")'", "value: b");
    let error = evaluate_at(&rules, "CN=a", USER, false).unwrap_err();
    assert_eq!(error.code(), "sync-rule-flow-error");
    assert_eq!(error.to_string(), "rule \"join\", attribute title: no");
}

fn mistakes(rule: &str) -> String {
    let text = format!(
        "name: t\nrules:\n  - name: r\n    direction: inbound\n    source: [user]\n    target: person\n    link: provision\n    precedence: 1\n{rule}"
    );
    RuleSet::parse("my.yaml", &text).unwrap_err().to_string()
}

#[test]
fn mistakes_name_file_line_and_column() {
    for (rule, wanted) in [
        (
            "    flows: [{ to: a, from: Usercertificate }]\n",
            "my.yaml:9:28: AD has no attribute \"Usercertificate\" (did you mean \"userCertificate\"?)",
        ),
        (
            "    scope: [[mail EQUALS x]]\n",
            "my.yaml:9:14: unknown operator \"EQUALS\" (did you mean \"EQUAL\"?)",
        ),
        (
            "    flows: [{ to: a, expression: \"trim([mail])\" }]\n",
            "my.yaml:9:34: in the expression, column 1",
        ),
        ("    flows: [{ to: a }]\n", "my.yaml:9:19: the flow needs one of"),
        ("    flows: [{ to: a, from: mail, value: x }]\n", "my.yaml:9:19: the flow has more than one of"),
        ("    flow: []\n", "unknown field `flow`"),
        ("    join: [[mail]]\n", "my.yaml:9:13: expected \"source = target\""),
    ] {
        let found = mistakes(rule);
        assert!(found.contains(wanted), "{rule}: {found}");
    }
}

#[test]
fn mixed_merge_types_are_refused() {
    let flows = "    flows: [{ to: a, from: mail, merge: merge }, { to: a, from: cn }]\n";
    assert!(mistakes(flows).contains("merge type"), "{}", mistakes(flows));
}

#[test]
fn an_outbound_rule_reads_only_what_flows_in() {
    let text = "name: t\nrules:\n  - { name: r, direction: outbound, source: [person], target: Usr, link: join, precedence: 1, flows: [{ to: a, from: b }] }\n";
    let error = RuleSet::parse("f", text).unwrap_err();
    assert_eq!(error.0.len(), 2, "{error}");
    assert!(error.to_string().contains("did you mean \"User\"?"), "{error}");
}
