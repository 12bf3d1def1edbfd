//! `/directory` and what is under it. Source: microsoft-graph-docs, resources/directory.md and
//! resources/onpremisesdirectorysynchronization.md.

use super::directory_object::DELETED_OBJECT;
use super::tables::{Act, Content, Navigation, Type, Verb};

/// `microsoft.graph.directory`.
pub(in crate::graph) static DIRECTORY: Type = Type {
    name: "directory",
    base: None,
    shape: None,
    navigations: &[
        Navigation {
            items: &[
                Verb::get("graph.deleted_items.get", Act::Get),
                Verb::delete("graph.deleted_items.delete", Act::Delete),
            ],
            count: &[Verb::get("graph.deleted_items.count", Act::Count)],
            known: &[
                "getAvailableExtensionProperties",
                "getByIds",
                "getUserOwnedObjects",
                "validateProperties",
            ],
            ..Navigation::many(
                "deletedItems",
                &DELETED_OBJECT,
                Content::Deleted,
                &[Verb::get("graph.deleted_items.list", Act::List)],
            )
        },
        Navigation {
            items: &[
                Verb::get("graph.on_premises_synchronization.get", Act::Get),
                Verb::patch("graph.on_premises_synchronization.patch", Act::Patch),
            ],
            ..Navigation::many(
                "onPremisesSynchronization",
                &SYNCHRONIZATION,
                Content::Synchronization,
                &[Verb::get("graph.on_premises_synchronization.list", Act::List)],
            )
        },
    ],
    operations: &[],
    known: &[
        "administrativeUnits",
        "attributeSets",
        "customSecurityAttributeDefinitions",
        "deviceLocalCredentials",
        "federationConfigurations",
        "publicKeyInfrastructure",
        "recovery",
        "subscriptions",
        "templates",
    ],
};

/// `microsoft.graph.onPremisesDirectorySynchronization`.
pub(in crate::graph) static SYNCHRONIZATION: Type = Type {
    name: "onPremisesDirectorySynchronization",
    base: None,
    shape: None,
    navigations: &[],
    operations: &[],
    known: &[],
};
