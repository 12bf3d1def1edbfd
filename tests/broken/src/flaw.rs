//! The flaws, as a table.

use syncer::{engine::config::EngineConfig, rules::RuleSet};

use crate::{directory, tenant};

/// An engine with one flaw.
pub struct Flaw {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is wrong with it.
    pub summary: &'static str,
    /// The case (or cases) of the suite of which at least one check must fail.
    pub caught_by: &'static [&'static str],
    pub(crate) kind: Kind,
}

/// Where the flaw sits.
pub(crate) enum Kind {
    /// Between the directory and the engine.
    Directory(directory::Wrong),
    /// Between the engine and the tenant.
    Tenant(tenant::Wrong),
    /// In the settings.
    Config(fn(&mut EngineConfig)),
    /// In the rules.
    Rules(fn(&mut RuleSet)),
    /// Around the engine.
    Shell(Shell),
}

/// Flaws of the program around the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    /// The exit code is always 0.
    AlwaysExitsZero,
    /// A dry run is a real one.
    DryRunWrites,
    /// The state is thrown away before every cycle.
    ForgetsItsState,
    /// The client secret is printed.
    PrintsTheSecret,
}

use directory::Wrong::{BrokenIsDone, FirstPageOnly, Object};

macro_rules! flaws {
    ($($name:literal, $summary:literal, [$($case:literal),+], $kind:expr;)*) => {
        &[$(Flaw { name: $name, summary: $summary, caught_by: &[$($case),+], kind: $kind }),*]
    };
}

/// Every flaw.
pub const FLAWS: &[Flaw] = flaws! {
    "first-value-only", "only the first certificate is read", ["VAL-04", "CRT-11"], Kind::Directory(Object(directory::keeps_the_first_value));
    "trims-to-fifteen", "more than 15 certificates are cut to 15", ["VAL-05"], Kind::Directory(Object(directory::trims_to_fifteen));
    "octets-as-text", "certificates are decoded as text", ["MAP-01"], Kind::Directory(Object(directory::reads_octets_as_text));
    "reencodes", "what follows a certificate's DER is cut off", ["VAL-24"], Kind::Directory(Object(directory::cuts_after_the_certificate));
    "drops-garbage", "values that are no certificate are left out", ["CRT-01"], Kind::Directory(Object(directory::drops_what_is_no_certificate));
    "mixes-attributes", "S/MIME blobs are published as certificates", ["MAP-02", "SMI-01"], Kind::Directory(Object(directory::mixes_the_two_attributes));
    "no-smime", "userSMIMECertificate is not read", ["SMI-07"], Kind::Directory(Object(directory::does_not_read_smime));
    "no-tombstones", "deletions are not seen in a delta", ["DLT-05"], Kind::Directory(Object(directory::ignores_tombstones));
    "no-empties", "an attribute that was cleared is taken for unchanged", ["VAL-02", "DLT-04"], Kind::Directory(Object(directory::ignores_cleared_attributes));
    "merges-reanimated", "an object that comes back keeps what its deletion stripped", ["LIF-06"], Kind::Directory(Object(directory::merges_what_came_back));
    "part-for-whole", "a delta's entry is taken for the whole object", ["DLT-03"], Kind::Directory(Object(directory::takes_a_part_for_the_whole));
    "no-contacts", "contacts are not read", ["MAP-07"], Kind::Directory(Object(directory::ignores_contacts));
    "first-page-only", "only the first page is read", ["LDAP-01"], Kind::Directory(FirstPageOnly);
    "broken-is-done", "an import that broke off counts as complete", ["LDAP-03"], Kind::Directory(BrokenIsDone);
    "attribute-by-attribute", "each certificate attribute is written by itself", ["MAP-02"], Kind::Tenant(tenant::Wrong::AttributeByAttribute);
    "writes-twice", "every batch is sent twice", ["DLT-02"], Kind::Tenant(tenant::Wrong::Twice);
    "never-deletes", "deletions are not carried out", ["DLT-05"], Kind::Tenant(tenant::Wrong::NeverDeletes);
    "never-clears", "an attribute is never cleared", ["VAL-02"], Kind::Tenant(tenant::Wrong::NeverClears);
    "impatient", "Retry-After is not waited for", ["EXP-01"], Kind::Tenant(tenant::Wrong::IgnoresRetryAfter);
    "throttled-is-done", "a throttled batch counts as written", ["EXP-01"], Kind::Tenant(tenant::Wrong::ThrottledIsDone);
    "one-fails-all", "one refused object stops the export", ["EXP-03"], Kind::Tenant(tenant::Wrong::OneFailsAll);
    "always-writes", "everything is written in every cycle", ["DLT-01"], Kind::Tenant(tenant::Wrong::ForgetsConfirmations);
    "reads-nothing-back", "what the tenant shows is thrown away", ["LIF-09", "STA-04"], Kind::Tenant(tenant::Wrong::ReadsNothingBack);
    "guid-as-c-string", "a GUID ends at its first zero octet", ["LDAP-09"], Kind::Directory(Object(directory::cuts_guids_at_zero));
    "no-delete-guard", "no number of deletions stops a cycle", ["SAF-01"], Kind::Config(|config| config.guards.max_deletes = None);
    "guard-too-early", "500 deletions are too many", ["SAF-02"], Kind::Config(|config| config.guards.max_deletes = Some(499));
    "no-empty-guard", "an empty directory deletes everybody", ["SAF-05"], Kind::Config(|config| { config.guards.empty_import = false; config.guards.max_deletes = None; });
    "no-nickname-gate", "certificates flow without a mailNickname", ["MAP-03"], Kind::Rules(without_nickname_gate);
    "no-filter", "system accounts are synchronised", ["MAP-17", "MAP-18"], Kind::Rules(without_filter);
    "no-limit", "more than 15 certificates are sent", ["VAL-05"], Kind::Rules(without_limit);
    "dry-run-writes", "a dry run writes", ["SAF-06"], Kind::Shell(Shell::DryRunWrites);
    "prints-secret", "the client secret is printed", ["SAF-09"], Kind::Shell(Shell::PrintsTheSecret);
    "forgets-state", "the state is thrown away before every cycle", ["DLT-05"], Kind::Shell(Shell::ForgetsItsState);
    "exits-zero", "the exit code is always 0", ["LDAP-10", "SAF-01"], Kind::Shell(Shell::AlwaysExitsZero);
};

fn without_nickname_gate(rules: &mut RuleSet) {
    for rule in rules.inbound.iter_mut().filter(|rule| rule.name.ends_with(" Exchange")) {
        rule.scope.clear();
    }
}

fn without_filter(rules: &mut RuleSet) {
    for rule in &mut rules.inbound {
        rule.flows.retain(|flow| flow.to != "cloudFiltered");
        for group in &mut rule.scope {
            group.retain(|clause| clause.attribute != "isCriticalSystemObject");
        }
    }
}

fn without_limit(rules: &mut RuleSet) {
    rules.outbound.retain(|rule| !rule.name.contains("more than 15"));
}

/// The whole engine, by the name `none`: what the flawed ones are compared with.
pub const WHOLE: Flaw =
    Flaw { name: "none", summary: "the engine as it is", caught_by: &[], kind: Kind::Config(|_| {}) };

/// The flaw of that name, or [`WHOLE`].
pub fn find(name: &str) -> Option<&'static Flaw> {
    FLAWS.iter().chain([&WHOLE]).find(|flaw| flaw.name == name)
}
