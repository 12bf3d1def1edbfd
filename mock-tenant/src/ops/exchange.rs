//! Operations of Exchange: EWS and the admin API.

use super::Op;

/// The application role for EWS. Source: "Authenticate an EWS application by using OAuth".
const EWS: &[&str] = &["full_access_as_app"];
/// Source: "App-only authentication for unattended scripts in Exchange Online PowerShell".
const ADMIN: &[&str] = &["Exchange.ManageAsApp"];

/// A cmdlet that reads.
const fn get(name: &'static str) -> Op {
    Op::read(name).roles(ADMIN, &["Exchange.Manage"])
}

/// A cmdlet that changes something.
const fn set(name: &'static str) -> Op {
    Op::write(name).roles(ADMIN, &["Exchange.Manage"])
}

pub(super) const OPS: &[Op] = &[
    Op::read("ews.resolve_names").roles(EWS, &["EWS.AccessAsUser.All"]),
    Op::read("exchange.autodiscover"),
    // Applications of their own have no permission for ActiveSync.
    Op::read("eas.resolve_recipients").roles(&[], &["EAS.AccessAsUser.All"]),
    Op::read("eas.unserved").roles(&[], &["EAS.AccessAsUser.All"]),
    get("exchange.invoke_command"),
    get("exchange.get_accepteddomain"),
    get("exchange.get_contact"),
    get("exchange.get_exomailbox"),
    get("exchange.get_exorecipient"),
    get("exchange.get_mailbox"),
    get("exchange.get_mailcontact"),
    get("exchange.get_mailuser"),
    get("exchange.get_organizationconfig"),
    get("exchange.get_recipient"),
    get("exchange.get_smimeconfig"),
    get("exchange.get_user"),
    set("exchange.new_mailcontact"),
    set("exchange.new_mailuser"),
    set("exchange.remove_mailcontact"),
    set("exchange.remove_mailuser"),
    set("exchange.set_contact"),
    set("exchange.set_mailbox"),
    set("exchange.set_mailcontact"),
    set("exchange.set_mailuser"),
    set("exchange.set_organizationconfig"),
    set("exchange.set_smimeconfig"),
    set("exchange.set_user"),
];
