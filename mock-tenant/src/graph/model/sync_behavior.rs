//! Who is the source of authority of an object.
//! Source: entra docs, how-to-user-source-of-authority-configure.md and how-to-group-source-of-authority-configure.md;
//! microsoft-graph-docs, resources/onpremisessyncbehavior.md.

use super::tables::{Act, Content, Navigation, Type, Verb};

/// `microsoft.graph.onPremisesSyncBehavior`.
pub(in crate::graph) static SYNC_BEHAVIOR: Type = Type {
    name: "onPremisesSyncBehavior",
    base: None,
    shape: None,
    navigations: &[],
    operations: &[],
    known: &[],
};

/// What follows a user, a group or a contact.
pub(super) const fn of(verbs: &'static [Verb]) -> Navigation {
    Navigation::one("onPremisesSyncBehavior", &SYNC_BEHAVIOR, Content::SyncBehavior, verbs)
}

pub(super) const OF_USER: &[Verb] = &[
    Verb::get("graph.users.on_premises_sync_behavior.get", Act::Get),
    Verb::patch("graph.users.on_premises_sync_behavior.patch", Act::Patch),
];

pub(super) const OF_GROUP: &[Verb] = &[
    Verb::get("graph.groups.on_premises_sync_behavior.get", Act::Get),
    Verb::patch("graph.groups.on_premises_sync_behavior.patch", Act::Patch),
];

pub(super) const OF_CONTACT: &[Verb] = &[
    Verb::get("graph.contacts.on_premises_sync_behavior.get", Act::Get),
    Verb::patch("graph.contacts.on_premises_sync_behavior.patch", Act::Patch),
];
