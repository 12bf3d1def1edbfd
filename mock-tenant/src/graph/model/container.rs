//! The entity container: what may follow `/v1.0`.
//! Source: entity sets and singletons of the v1.0 metadata that a directory client may meet.

use super::tables::{Act, Content, Navigation, Operation, Type, Verb, is};
use super::{
    contact, device, directory, directory_object, domain, group, organization, photo, service_principal,
    sync_behavior, user,
};
use crate::tenant::Kind;

/// What may follow the version.
pub(in crate::graph) static CONTAINER: Type = Type {
    name: "GraphService",
    base: None,
    shape: None,
    navigations: &[
        Navigation {
            items: user::ITEM,
            count: &[Verb::get("graph.users.count", Act::Count)],
            operations: user::OF_SET,
            known: user::KNOWN_OF_SET,
            ..Navigation::many("users", &user::USER, Content::Objects(Kind::User), user::SET)
        },
        Navigation {
            items: contact::ITEM,
            count: &[Verb::get("graph.contacts.count", Act::Count)],
            operations: contact::OF_SET,
            known: contact::KNOWN_OF_SET,
            ..Navigation::many("contacts", &contact::CONTACT, Content::Objects(Kind::Contact), contact::SET)
        },
        Navigation {
            items: organization::ITEM,
            ..Navigation::many(
                "organization",
                &organization::ORGANIZATION,
                Content::Organization,
                organization::SET,
            )
        },
        Navigation {
            items: group::ITEM,
            count: &[Verb::get("graph.groups.count", Act::Count)],
            operations: group::OF_SET,
            known: group::KNOWN_OF_SET,
            ..Navigation::many("groups", &group::GROUP, Content::Objects(Kind::Group), group::SET)
        },
        Navigation {
            items: device::ITEM,
            count: &[Verb::get("graph.devices.count", Act::Count)],
            operations: device::OF_SET,
            known: device::KNOWN_OF_SET,
            ..Navigation::many("devices", &device::DEVICE, Content::Objects(Kind::Device), device::SET)
        },
        Navigation {
            items: directory_object::ITEM,
            operations: directory_object::OF_SET,
            known: directory_object::KNOWN_OF_SET,
            ..Navigation::many(
                "directoryObjects",
                &directory_object::DIRECTORY_OBJECT,
                Content::AnyObject,
                directory_object::SET,
            )
        },
        Navigation {
            items: domain::ITEM,
            ..Navigation::many("domains", &domain::DOMAIN, Content::Domains, domain::SET)
        },
        Navigation {
            items: service_principal::ITEM,
            operations: service_principal::OF_SET,
            known: service_principal::KNOWN_OF_SET,
            ..Navigation::many(
                "servicePrincipals",
                &service_principal::SERVICE_PRINCIPAL,
                Content::ServicePrincipals,
                service_principal::SET,
            )
        },
        Navigation::one("me", &user::USER, Content::Me, user::ME),
        Navigation::one("directory", &directory::DIRECTORY, Content::Nothing, &[]),
    ],
    operations: &[Operation { name: "$metadata", verb: Verb::get("graph.metadata", Act::Metadata) }],
    known: &[
        "$batch",
        "administrativeUnits",
        "applications",
        "applicationTemplates",
        "auditLogs",
        "communications",
        "contracts",
        "deviceManagement",
        "directoryRoles",
        "directoryRoleTemplates",
        "domainDnsRecords",
        "drives",
        "education",
        "groupSettings",
        "groupSettingTemplates",
        "identity",
        "identityGovernance",
        "identityProtection",
        "invitations",
        "oauth2PermissionGrants",
        "permissionGrants",
        "places",
        "policies",
        "reports",
        "roleManagement",
        "schemaExtensions",
        "security",
        "shares",
        "sites",
        "solutions",
        "subscribedSkus",
        "subscriptions",
        "teams",
        "tenantRelationships",
    ],
};

/// The list of sets, at the version itself.
pub(in crate::graph) static SERVICE_DOCUMENT: Verb = Verb::get("graph.service", Act::ServiceDocument);

/// Types that a path may cast to, and that `$metadata` tells.
static TYPES: [&Type; 12] = [
    &directory_object::DIRECTORY_OBJECT,
    &user::USER,
    &group::GROUP,
    &contact::CONTACT,
    &device::DEVICE,
    &organization::ORGANIZATION,
    &domain::DOMAIN,
    &directory::DIRECTORY,
    &directory::SYNCHRONIZATION,
    &photo::PHOTO,
    &sync_behavior::SYNC_BEHAVIOR,
    &service_principal::SERVICE_PRINCIPAL,
];

impl Type {
    /// The type of that name within `microsoft.graph`.
    pub(in crate::graph) fn named(name: &str) -> Option<&'static Self> {
        TYPES.into_iter().find(|of| is(of.name, name))
    }

    /// Every type of the model.
    pub(in crate::graph) fn all() -> &'static [&'static Self] {
        &TYPES
    }

    /// The entity set of its objects.
    pub(in crate::graph) fn set(&self) -> Option<&'static str> {
        let sets = CONTAINER.navigations.iter().filter(|navigation| navigation.many);
        sets.into_iter().find(|set| set.target.name == self.name).map(|set| set.name)
    }
}
