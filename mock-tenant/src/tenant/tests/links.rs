//! Groups, their kinds and members; managers.

use super::*;

fn group(
    tenant: &mut Tenant,
    name: &str,
    types: &[&str],
    mail: bool,
    security: bool,
) -> Result<Uuid, MutationError> {
    let change = [
        ("displayName", Value::from(name)),
        ("mailNickname", name.into()),
        ("mailEnabled", mail.into()),
        ("securityEnabled", security.into()),
        ("groupTypes", addresses(types)),
    ];
    let change = change.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    tenant.create(Kind::Group, change, at(0))
}

#[test]
fn graph_makes_security_groups_and_microsoft_365_groups() {
    const MAIL: &str = "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.";
    let rows: &[(&[&str], bool, bool, Option<&str>)] = &[
        (&[], false, true, None),
        (&["Unified"], true, false, None),
        (&["Unified"], true, true, None),
        (&[], true, true, Some(MAIL)),
        (&[], true, false, Some(MAIL)),
        (&[], false, false, Some(MAIL)),
        (
            &["Unified"],
            false,
            true,
            Some("Invalid value specified for property 'mailEnabled' of resource 'Group'."),
        ),
        (
            &["Other"],
            true,
            true,
            Some("Invalid value specified for property 'groupTypes' of resource 'Group'."),
        ),
        (
            &["DynamicMembership"],
            false,
            true,
            Some("A group with dynamic membership is not supported by this double."),
        ),
    ];
    for (types, mail, security, refusal) in rows {
        let mut tenant = tenant("");
        let made = group(&mut tenant, "staff", types, *mail, *security).map_err(|error| error.to_string());
        assert_eq!(made.as_ref().err().map(String::as_str), *refusal, "{types:?} {mail} {security}");
        if let Ok(id) = made {
            let object = tenant.get(id, View::Committed).unwrap();
            let address = mail.then_some("staff@corp.example.test");
            assert_eq!((object.mail.as_deref(), object.has_recycle_bin()), (address, *mail));
        }
    }
}

#[test]
fn the_alias_of_a_microsoft_365_group_is_its_own() {
    let mut tenant = tenant("");
    group(&mut tenant, "staff", &["Unified"], true, false).unwrap();
    let again = group(&mut tenant, "Staff", &["Unified"], true, false);
    assert_eq!(again, Err(MutationError::Conflict("mailNickname".to_owned())));
    group(&mut tenant, "staff", &[], false, true).unwrap();
}

#[test]
fn members_and_owners_come_and_go() {
    let mut tenant = tenant(
        "users: [{userPrincipalName: ana@corp.example.test, displayName: A}, {userPrincipalName: ben@corp.example.test, displayName: B}]",
    );
    let (ana, ben) = (id_of(&tenant, "ana@corp.example.test"), id_of(&tenant, "ben@corp.example.test"));
    let id = group(&mut tenant, "staff", &[], false, true).unwrap();
    let nobody = Uuid::from_u128(1);
    assert_eq!(tenant.add_member(id, nobody, at(1)), Err(MutationError::NotFound(nobody.to_string())));
    assert_eq!(tenant.add_member(nobody, ana, at(1)), Err(MutationError::NotFound(nobody.to_string())));
    tenant.add_member(id, ana, at(1)).unwrap();
    let again = tenant.add_member(id, ana, at(1)).unwrap_err();
    assert_eq!(
        again.to_string(),
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    assert_eq!(tenant.remove_member(id, ben, at(1)), Err(MutationError::NotFound(ben.to_string())));
    tenant.remove_member(id, ana, at(1)).unwrap();
    assert_eq!(tenant.linked(id, Link::Member, View::Committed).count(), 0);

    tenant.add_owner(id, ana, at(1)).unwrap();
    tenant.add_owner(id, ben, at(1)).unwrap();
    tenant.remove_owner(id, ana, at(1)).unwrap();
    assert_eq!(tenant.remove_owner(id, ben, at(1)), Err(MutationError::LastOwner));
}

/// Which groups take whom, and which take nobody because somebody else masters them.
#[test]
fn each_kind_of_group_takes_its_members() {
    let invalid = || Err(MutationError::InvalidValue { property: "members".to_owned(), resource: "Group" });
    let rows: &[(&str, [Result<(), MutationError>; 4])] = &[
        ("securityEnabled: true", [Ok(()), Ok(()), Ok(()), Ok(())]),
        ("mailEnabled: true, groupTypes: [Unified]", [Ok(()), invalid(), invalid(), invalid()]),
        (
            "mailEnabled: true, securityEnabled: true",
            [const { Err(MutationError::ExchangeMasteredGroup) }; 4],
        ),
        ("securityEnabled: true, sourceAnchor: G", [const { Err(MutationError::OnPremisesMastered) }; 4]),
        ("securityEnabled: true, sourceAnchor: G, isCloudManaged: true", [Ok(()), Ok(()), Ok(()), Ok(())]),
    ];
    for (kind, expected) in rows {
        let world = format!(
            "users: [{{userPrincipalName: m@corp.example.test, displayName: M}}]\ngroups: [{{displayName: G, {kind}}}, {{displayName: M}}]\ndevices: [{{displayName: M}}]\ncontacts: [{{displayName: M}}]"
        );
        let mut tenant = tenant(&world);
        let group = tenant.objects(Kind::Group, 0, View::Committed).next().unwrap().1.id;
        for (kind, expected) in
            [Kind::User, Kind::Group, Kind::Device, Kind::Contact].into_iter().zip(expected)
        {
            let member = tenant.objects(kind, 0, View::Committed).last().unwrap().1.id;
            assert_eq!(&tenant.add_member(group, member, at(1)), expected, "{kind:?}");
        }
    }
}

/// A deleted user is no member for a reader and is one again when it comes back; who is gone for good is gone everywhere.
#[test]
fn references_follow_what_they_mean() {
    let mut tenant = tenant(
        "users: [{userPrincipalName: ana@corp.example.test, displayName: A}]\ncontacts: [{displayName: C}]",
    );
    let ana = id_of(&tenant, "ana@corp.example.test");
    let contact = tenant.objects(Kind::Contact, 0, View::Committed).next().unwrap().1.id;
    let id = group(&mut tenant, "staff", &[], false, true).unwrap();
    tenant.add_member(id, ana, at(0)).unwrap();
    tenant.add_member(id, contact, at(0)).unwrap();
    let members = |tenant: &Tenant| -> Vec<Uuid> {
        tenant.linked(id, Link::Member, View::Committed).map(|member| member.id).collect()
    };
    tenant.delete(contact, at(1)).unwrap();
    assert_eq!(one_group(&tenant, id).members.len(), 1, "the contact is gone from the group itself");
    tenant.delete(ana, at(1)).unwrap();
    assert_eq!(members(&tenant), Vec::<Uuid>::new());
    tenant.restore(ana, at(2)).unwrap();
    assert_eq!(members(&tenant), [ana]);
    tenant.delete(ana, at(3)).unwrap();
    tenant.purge(ana, at(4)).unwrap();
    assert_eq!(one_group(&tenant, id).members.len(), 0);
}

fn one_group(tenant: &Tenant, id: Uuid) -> &Group {
    tenant.get(id, View::Committed).unwrap().group().unwrap()
}

#[test]
fn a_manager_is_a_user_or_a_contact() {
    let mut tenant = tenant(
        "users: [{userPrincipalName: ana@corp.example.test, displayName: A}, {userPrincipalName: synced@corp.example.test, displayName: S, sourceAnchor: S}]\ndevices: [{displayName: D}]",
    );
    let (ana, synced) = (id_of(&tenant, "ana@corp.example.test"), id_of(&tenant, "synced@corp.example.test"));
    let device = tenant.objects(Kind::Device, 0, View::Committed).next().unwrap().1.id;
    assert_eq!(tenant.set_manager(ana, Some(synced), at(1)), Ok(()));
    assert_eq!(tenant.linked(ana, Link::Manager, View::Committed).next().map(|found| found.id), Some(synced));
    assert!(matches!(tenant.set_manager(ana, Some(device), at(1)), Err(MutationError::InvalidValue { .. })));
    assert_eq!(tenant.set_manager(synced, Some(ana), at(1)), Err(MutationError::OnPremisesMastered));
    tenant.set_manager(ana, None, at(1)).unwrap();
    assert_eq!(tenant.linked(ana, Link::Manager, View::Committed).count(), 0);
}

/// A manager may come after those whom it manages, and is told as the directory wrote it.
#[test]
fn a_synced_manager_is_resolved_when_it_appears() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[("manager", "B".into())]), at(0));
    assert_eq!(one(&tenant, "A").manager, None);
    tenant.provision(&user("B", "boss", &[]), at(0));
    assert_eq!(one(&tenant, "A").manager, Some(one(&tenant, "B").id));
    assert!(one(&tenant, "A").written().contains(&("manager", Value::from("B"))));
    tenant.provision(&user("A", "ana", &[("manager", Value::Null)]), at(0));
    assert_eq!(one(&tenant, "A").manager, None);
}

#[test]
fn a_reference_that_is_withdrawn_before_it_means_something_is_forgotten() {
    let mut tenant = tenant("");
    let group = |members: Value| {
        given(Kind::Group, SyncOperation::Set, "G", &[("displayName", "G".into()), ("member", members)])
    };
    tenant.provision(&group(addresses(&["B"])), at(0));
    let mut withdrawn = given(Kind::Group, SyncOperation::Set, "G", &[]);
    withdrawn.references.push(("member".into(), vec![ReferenceChange { anchor: "B".into(), add: false }]));
    for withdrawn in [withdrawn, group(addresses(&["C"])), group(Value::Null)] {
        let mut tenant = tenant.clone();
        tenant.provision(&withdrawn, at(0));
        tenant.provision(&user("B", "ben", &[]), at(0));
        assert_eq!(one(&tenant, "G").group().unwrap().members.len(), 0);
    }
}
