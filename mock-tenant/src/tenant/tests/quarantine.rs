//! Duplicate values: what gets a placeholder, what waits, what is given back.

use super::*;

/// A search among names that are all taken ends, and the object is refused.
#[test]
fn placeholders_run_out() {
    let mut tenant = tenant("users: [{userPrincipalName: ana@corp.example.test, displayName: Ana}]");
    tenant.company_mut().features.set(Features::BLOCK_SOFT_MATCH, true);
    for number in 0..10_000 {
        let name = format!("ana+{number:04}@corp.onmicrosoft.test");
        let id = tenant.id_for(Kind::User, &name);
        let detail = Detail::User(User::new(name));
        tenant.put_object(DirectoryObject::new(id, detail, at(0)), None, at(0));
    }
    let error = tenant.provision(&user("A", "ana", &[]), at(1)).error.unwrap();
    assert_eq!((error.code(), error.property()), ("AttributeValueMustBeUnique", Some("UserPrincipalName")));

    let last = id_of(&tenant, "ana+4711@corp.onmicrosoft.test");
    tenant.delete(last, at(1)).unwrap();
    assert_eq!(tenant.provision(&user("A", "ana", &[]), at(1)).error, None);
    assert_eq!(one(&tenant, "A").user_principal_name(), Some("ana+4711@corp.onmicrosoft.test"));
}

/// Whatever made an address wait, it is given back within the hour after the other object has lost it.
#[test]
fn every_kind_of_conflict_heals() {
    let address = "SMTP:shared@corp.example.test";
    let holders = [
        "users: [{userPrincipalName: h@corp.example.test, displayName: H, mail: shared@corp.example.test}]",
        "users: [{userPrincipalName: h@corp.example.test, displayName: H, proxyAddresses: ['smtp:Shared@corp.example.test']}]",
        "contacts: [{displayName: H, sourceAnchor: H, proxyAddresses: ['smtp:shared@corp.example.test']}]",
    ];
    let writes: [&[(&str, Value)]; 2] =
        [&[("proxyAddresses", addresses(&[address]))], &[("mail", "shared@corp.example.test".into())]];
    for holder in holders {
        for write in writes {
            let mut tenant = tenant(holder);
            assert_eq!(tenant.provision(&user("B", "ben", write), at(0)).error, None, "{holder}");
            let errors: Vec<_> =
                one(&tenant, "B").provisioning_errors.iter().map(|e| e.value.as_str()).collect();
            assert_eq!(errors, [address], "{holder}");
            assert_eq!(
                (one(&tenant, "B").mail.as_deref(), one(&tenant, "B").proxy_addresses.len()),
                (None, 0)
            );
            let id = tenant.with_address(address, View::Committed).next().unwrap().id;
            tenant.delete(id, at(0)).unwrap();
            tenant.tick(at(2));
            let healed = one(&tenant, "B");
            assert_eq!(healed.provisioning_errors, [], "{holder}");
            assert_eq!(healed.proxy_addresses, [address], "{holder}");
            assert_eq!(healed.mail.as_deref(), Some("shared@corp.example.test"), "{holder}");
        }
    }
}

/// A name heals although later changes of names are not taken over.
#[test]
fn a_sign_in_name_heals_without_the_feature_for_renames() {
    let mut tenant = tenant("company: {features: {SynchronizeUpnForManagedUsers: false}}");
    tenant.provision(&user("A", "ana", &[]), at(0));
    tenant.provision(&user("B", "ana", &[]), at(0));
    tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(0));
    tenant.tick(at(2));
    assert_eq!(one(&tenant, "B").user_principal_name(), Some("ana@corp.example.test"));
}

#[test]
fn a_value_that_the_directory_withdraws_leaves_the_quarantine() {
    let mut tenant =
        tenant("contacts: [{displayName: H, proxyAddresses: ['smtp:shared@corp.example.test']}]");
    let shared = addresses(&["smtp:shared@corp.example.test"]);
    tenant.provision(&user("B", "ben", &[("proxyAddresses", shared)]), at(0));
    assert_eq!(one(&tenant, "B").provisioning_errors.len(), 1);
    tenant.provision(&user("B", "ben", &[("proxyAddresses", Value::Null)]), at(0));
    assert_eq!(one(&tenant, "B").provisioning_errors, []);
}

/// The read-back tells what the directory wrote, whatever the tenant made of it.
#[test]
fn what_was_written_is_told_as_it_was_written() {
    let mut tenant = tenant("");
    let written = addresses(&["SMTP:ana@corp.example.test", "X400:c=DE", "smtp:ana@corp.onmicrosoft.test"]);
    tenant.provision(&user("A", "ana", &[("proxyAddresses", written.clone())]), at(0));
    let object = one(&tenant, "A");
    assert_eq!(object.proxy_addresses, ["SMTP:ana@corp.example.test"]);
    assert_eq!(object.mail.as_deref(), Some("ana@corp.example.test"));
    let told = object.written();
    assert!(told.contains(&("proxyAddresses", written)));
    assert!(told.iter().all(|(name, _)| !["mail", "mailNickname"].contains(name)), "{told:?}");
}
