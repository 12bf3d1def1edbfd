//! What Graph may write, and how its writes move names and addresses.

use super::*;

fn change(list: &[(&str, Value)]) -> GraphChange {
    list.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn new_user(name: &str, more: &[(&str, Value)]) -> GraphChange {
    let upn = Value::Text(format!("{name}@corp.example.test"));
    let base = [("userPrincipalName", upn), ("displayName", "N".into()), ("mailNickname", "nick".into())];
    change(&[&base, more].concat())
}

/// Sign-in names as the service refuses and takes them.
#[test]
fn odd_sign_in_names() {
    const INVALID: &str = "Property userPrincipalName is invalid.";
    const DOMAIN: &str = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
    let rows = [
        ("ana@corp.example.test", None),
        ("o'hara#1~x^!_-.y@corp.example.test", None),
        ("Ana@CORP.example.test", None),
        ("ana@corp.onmicrosoft.test", None),
        ("ana b@corp.example.test", Some(INVALID)),
        ("ana\"b@corp.example.test", Some(INVALID)),
        ("jürgen@corp.example.test", Some(INVALID)),
        ("@corp.example.test", Some(INVALID)),
        ("ana@", Some(INVALID)),
        ("ana", Some(INVALID)),
        (".ana@corp.example.test", Some(INVALID)),
        ("ana.@corp.example.test", Some(INVALID)),
        ("a@b@corp.example.test", Some(INVALID)),
        ("ana@other.test", Some(DOMAIN)),
    ];
    for (name, refusal) in rows {
        let mut tenant = tenant("");
        let user = change(&[("userPrincipalName", name.into()), ("displayName", "A".into())]);
        let made = tenant.create(Kind::User, user, at(0)).map_err(|error| error.to_string());
        assert_eq!(made.err().as_deref(), refusal, "{name}");
    }
}

#[test]
fn what_must_be_unique_is_refused_with_its_holder() {
    let world = "users: [{userPrincipalName: ana@corp.example.test, displayName: A, sourceAnchor: A, onPremisesSyncEnabled: null, onPremisesSecurityIdentifier: S-1-5-21-1, proxyAddresses: ['SMTP:box@corp.example.test']}, {userPrincipalName: ben@corp.example.test, displayName: B}]";
    for (name, value, property) in [
        ("userPrincipalName", "ANA@corp.example.test", "userPrincipalName"),
        ("userPrincipalName", "Box@corp.example.test", "proxyAddresses"),
        ("mail", "box@corp.example.test", "proxyAddresses"),
        ("onPremisesImmutableId", "A", "onPremisesImmutableId"),
        ("onPremisesSecurityIdentifier", "S-1-5-21-1", "onPremisesSecurityIdentifier"),
    ] {
        let mut tenant = tenant(world);
        let holder = format!("User_{}", id_of(&tenant, "ana@corp.example.test"));
        let id = id_of(&tenant, "ben@corp.example.test");
        let error = tenant.patch(id, change(&[(name, value.into())]), at(1)).unwrap_err();
        let text = format!("Another object with the same value for property {property} already exists.");
        assert_eq!(error.to_string(), text, "{name}");
        if let MutationError::ConflictWith { holder: told, .. } = error {
            assert_eq!(told, holder);
        }
    }
}

/// A soft-deleted user keeps its anchor, so nobody else may have it.
#[test]
fn the_anchor_of_a_deleted_user_is_taken() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(0));
    let id = tenant.create(Kind::User, new_user("ben", &[]), at(1)).unwrap();
    let error = tenant.patch(id, change(&[("onPremisesImmutableId", "A".into())]), at(1)).unwrap_err();
    assert!(matches!(error, MutationError::ConflictWith { .. }), "{error:?}");
}

#[test]
fn values_that_graph_refuses() {
    for (name, value) in [
        ("onPremisesImmutableId", Value::from("a$b")),
        ("onPremisesImmutableId", Value::from("a_b")),
        ("onPremisesImmutableId", Value::Text("a".repeat(60))),
        ("onPremisesSecurityIdentifier", Value::from("S-1-x")),
        ("onPremisesObjectIdentifier", Value::from("x")),
        ("mail", Value::from("no address")),
        ("mail", Value::from("jürgen@corp.example.test")),
        ("displayName", Value::Null),
        ("usageLocation", Value::from("Germany")),
        ("accountEnabled", Value::from("perhaps")),
    ] {
        let mut tenant = tenant("users: [{userPrincipalName: ana@corp.example.test, displayName: A}]");
        let id = id_of(&tenant, "ana@corp.example.test");
        let error = tenant.patch(id, change(&[(name, value)]), at(1)).unwrap_err();
        let text = format!("Invalid value specified for property '{name}' of resource 'User'.");
        assert_eq!(error.to_string(), text);
    }
}

/// Who masters what: a cloud user, one in the scope of the sync, one that was taken out of it and restored, one whose source
/// of authority is the cloud.
#[test]
fn each_property_has_its_master() {
    let states: [(&str, [bool; 6]); 4] = [
        ("", [true, true, true, true, true, true]),
        (", sourceAnchor: S", [false, false, true, false, false, false]),
        (", sourceAnchor: S, onPremisesSyncEnabled: false", [true, true, true, true, false, true]),
        (", sourceAnchor: S, isCloudManaged: true", [true, true, true, true, false, true]),
    ];
    let properties = [
        "displayName",
        "passwordProfile",
        "otherMails",
        "extensionAttribute1",
        "onPremisesSamAccountName",
        "mobilePhone",
    ];
    for (state, allowed) in states {
        for (name, allowed) in properties.into_iter().zip(allowed) {
            let mut tenant = tenant(&format!(
                "users: [{{userPrincipalName: ana@corp.example.test, displayName: A{state}}}]"
            ));
            let id = id_of(&tenant, "ana@corp.example.test");
            let result = tenant.patch(id, change(&[(name, "x".into())]), at(1));
            let expected = if allowed { Ok(()) } else { Err(MutationError::OnPremisesMastered) };
            assert_eq!(result, expected, "{state} {name}");
        }
    }
}

#[test]
fn mail_moves_the_addresses() {
    let mut tenant = tenant("");
    let id = tenant.create(Kind::User, new_user("ana", &[]), at(0)).unwrap();
    let found = |tenant: &Tenant| {
        let object = tenant.get(id, View::Committed).unwrap();
        (object.mail.clone(), object.proxy_addresses.join(" "))
    };
    assert_eq!(found(&tenant), (None, String::new()), "without a licence nobody has an address");
    let steps = [
        (Some("one@corp.example.test"), "SMTP:one@corp.example.test"),
        (Some("two@corp.example.test"), "SMTP:two@corp.example.test smtp:one@corp.example.test"),
        (Some("One@corp.example.test"), "SMTP:One@corp.example.test smtp:two@corp.example.test"),
        (None, "smtp:two@corp.example.test"),
    ];
    for (mail, addresses) in steps {
        let value = mail.map_or(Value::Null, Value::from);
        tenant.patch(id, change(&[("mail", value)]), at(1)).unwrap();
        assert_eq!(found(&tenant), (mail.map(str::to_owned), addresses.to_owned()));
    }
}

#[test]
fn a_mailbox_keeps_the_name_that_it_had() {
    let mut tenant = tenant("");
    let id = tenant.create(Kind::User, new_user("ana", &[]), at(0)).unwrap();
    tenant.set_exchange_license(id, true, at(0)).unwrap();
    tenant.patch(id, change(&[("userPrincipalName", "wed@corp.example.test".into())]), at(1)).unwrap();
    let object = tenant.get(id, View::Committed).unwrap();
    assert_eq!(object.mail.as_deref(), Some("wed@corp.example.test"));
    assert_eq!(
        object.proxy_addresses,
        ["SMTP:wed@corp.example.test", "smtp:ana@corp.example.test", "smtp:nick@corp.onmicrosoft.test"]
    );
}

#[test]
fn a_restore_may_drop_what_others_have_taken() {
    let world = "users: [{userPrincipalName: ana@corp.example.test, displayName: A, mail: a@corp.example.test, proxyAddresses: ['SMTP:a@corp.example.test', 'smtp:b@corp.example.test'], userCertificate: [MAA=]}]";
    let mut tenant = tenant(world);
    let id = id_of(&tenant, "ana@corp.example.test");
    tenant.delete(id, at(0)).unwrap();
    let taker = [("mail", Value::from("a@corp.example.test"))];
    tenant.create(Kind::User, new_user("ben", &taker), at(0)).unwrap();
    assert_eq!(tenant.restore(id, at(1)), Err(MutationError::Conflict("proxyAddresses".to_owned())));
    let options = RestoreOptions { auto_reconcile_proxy_conflict: true };
    tenant.restore_with(id, options, at(1)).unwrap();
    let object = tenant.get(id, View::Committed).unwrap();
    assert_eq!(
        (object.mail.as_deref(), object.proxy_addresses.join(" ")),
        (None, "smtp:b@corp.example.test".into())
    );
    assert_eq!(object.user_certificate.len(), 1);
}
