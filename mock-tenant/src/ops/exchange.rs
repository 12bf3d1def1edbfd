//! Operations of Exchange: EWS and the admin API.

use super::Op;

/// The application role for EWS. Source: "Authenticate an EWS application by using OAuth".
const EWS: &[&str] = &["full_access_as_app"];
/// Source: "App-only authentication for unattended scripts in Exchange Online PowerShell".
const ADMIN: &[&str] = &["Exchange.ManageAsApp"];

pub(super) const OPS: &[Op] = &[
    Op::read("ews.resolve_names").roles(EWS, &["EWS.AccessAsUser.All"]),
    Op::read("exchange.invoke_command").roles(ADMIN, &["Exchange.Manage"]),
];
