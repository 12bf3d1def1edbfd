//! Objects for the tests of the table.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CONTACT, DEVICE, GROUP, USER};
use crate::odata::{EdmType, EntityType};
use crate::tenant::{
    Contact, Detail, Device, DirectoryObject, Group, ProvisioningError, User, Value as Stored,
};

type Object = DirectoryObject;

pub(super) const ENTITIES: [&str; 4] = ["user", "group", "device", "orgContact"];

pub(super) fn entity(name: &str) -> Option<&'static EntityType<Object>> {
    Some(match name {
        "user" => &USER,
        "group" => &GROUP,
        "device" => &DEVICE,
        "orgContact" => &CONTACT,
        _ => return None,
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn detail(entity: &str, full: bool) -> Detail {
    match entity {
        "user" => Detail::User(User {
            user_principal_name: if full { "Full Value@x.test" } else { "another@y.example" }.to_owned(),
            account_enabled: full,
            roles: Vec::new(),
            ..User::default()
        }),
        "group" => Detail::Group(Group { security_enabled: full, mail_enabled: full, ..Group::default() }),
        "device" => {
            Detail::Device(Device { device_id: full.then(|| "Full Value".to_owned()), account_enabled: full })
        }
        _ => Detail::Contact(Contact),
    }
}

/// An object with a value in everything that the double keeps.
pub(super) fn full(name: &str) -> Object {
    let mut object = Object::new(Uuid::from_u128(1), detail(name, true), at(2_000_000_000));
    for property in &entity(name).unwrap().properties {
        let value = match (property.collection, property.edm) {
            (true, EdmType::String) => Stored::TextList(vec!["Full Value".to_owned()]),
            (false, EdmType::String) => Stored::Text("Full Value".to_owned()),
            (false, EdmType::Boolean) => Stored::Bool(true),
            (false, EdmType::DateTimeOffset) => Stored::Text("2033-05-18T03:33:20Z".to_owned()),
            _ => continue,
        };
        if !["deviceId", "accountEnabled", "mailEnabled", "securityEnabled", "id"]
            .contains(&property.name.as_ref())
        {
            object.set_graph(&property.name, value).unwrap();
        }
    }
    for number in 1..=15 {
        let name = format!("extensionAttribute{number}");
        object.set(&name, Stored::Text("Full Value".to_owned())).unwrap();
    }
    for member in ["employeeOrgData/division", "employeeOrgData/costCenter"] {
        object.set(member, Stored::Text("Full Value".to_owned())).unwrap();
    }
    object.source_anchor = Some("Full Value".to_owned());
    object.on_premises_sync_enabled = Some(true);
    object.last_sync = Some(at(2_000_000_000));
    object.provisioning_errors = vec![ProvisioningError {
        category: "PropertyConflict".to_owned(),
        occurred_date_time: at(2_000_000_000),
        property_causing_error: "ProxyAddress".to_owned(),
        value: "smtp:x".to_owned(),
    }];
    object
}

/// An object with nothing but what it must have, which differs from [`full`].
pub(super) fn bare(name: &str) -> Object {
    let mut object = Object::new(Uuid::from_u128(2), detail(name, false), at(1_000_000_000));
    for name in ["userType", "profileType"] {
        object.set(name, Stored::Text("Other".to_owned())).unwrap();
    }
    object
}
