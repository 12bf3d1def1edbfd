//! Sign-in names: what may be one, which one is in force, and what the second who wants one gets.

use jiff::Timestamp;

use super::error::SyncError;
use super::model::{DirectoryObject, Kind, ProvisioningError};
use super::store::View;
use super::tenant::Tenant;
use super::unique::{forget, remember};

/// Most placeholders that one name can have: four digits.
const PLACEHOLDERS: u64 = 10_000;

/// What is wrong with a sign-in name. Source: entra docs, "IdFix" and "UserPrincipalName": letters, digits and
/// `' . - _ ! # ^ ~`, one `@`, no dot at the ends of the prefix, at most 64 and 48 characters before and after; the
/// placeholders of the service have a `+`.
pub(super) fn problem(upn: &str) -> Option<String> {
    let Some((prefix, suffix)) = upn.split_once('@') else { return Some("has no '@'".to_owned()) };
    if prefix.is_empty() || suffix.is_empty() {
        return Some("lacks the part before or after '@'".to_owned());
    }
    if prefix.chars().count() > 64 || suffix.chars().count() > 256 {
        return Some("is too long".to_owned());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~+".contains(c);
    if let Some(bad) = prefix.chars().find(|c| !allowed(*c)) {
        return Some(format!("contains {bad:?}"));
    }
    if let Some(bad) = suffix.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-'))) {
        return Some(format!("contains {bad:?} after '@'"));
    }
    let dotted = prefix.starts_with('.') || prefix.ends_with('.') || prefix.contains("..");
    dotted.then(|| "has a dot where none may be".to_owned())
}

/// The first free name among those with four digits, beginning with one that follows from the seed; `None` if all are taken.
pub(super) fn with_digits(
    start: u64,
    name: impl Fn(u64) -> String,
    is_free: impl Fn(&str) -> bool,
) -> Option<String> {
    (0..PLACEHOLDERS).map(|step| name(start.wrapping_add(step) % PLACEHOLDERS)).find(|name| is_free(name))
}

fn is_quarantined(object: &DirectoryObject, upn: &str) -> bool {
    let holds = |error: &ProvisioningError| {
        error.property_causing_error == "UserPrincipalName" && error.value.eq_ignore_ascii_case(upn)
    };
    object.provisioning_errors.iter().any(holds)
}

impl Tenant {
    /// The sign-in name as the tenant would have it: a suffix that is not verified becomes the initial domain.
    /// Source: entra docs, "plan-connect-userprincipalname".
    pub(super) fn routable(&self, upn: &str) -> String {
        match upn.rsplit_once('@') {
            Some((prefix, suffix)) if !self.company.is_verified(suffix) => {
                format!("{prefix}@{}", self.settings.initial_domain)
            }
            _ => upn.to_owned(),
        }
    }

    /// Puts the sign-in name in force that the directory wants, or what the tenant makes of it.
    pub(super) fn settle_upn(
        &self,
        object: &mut DirectoryObject,
        wanted: &str,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let Some(user) = object.user() else {
            return Err(SyncError::invalid("UserPrincipalName", "only users have one"));
        };
        if let Some(problem) = problem(wanted) {
            return Err(SyncError::invalid("UserPrincipalName", format!("{wanted:?} {problem}")));
        }
        // A name that waits in quarantine was never in force, so the feature does not hold it back.
        let unsettled = user.user_principal_name.is_empty() || is_quarantined(object, wanted);
        if !unsettled && !self.company.features.has(super::Features::SYNCHRONIZE_UPN_FOR_MANAGED_USERS) {
            return Ok(());
        }
        let in_force = self.upn_in_force(object, &self.routable(wanted), now)?;
        if let Some(user) = object.user_mut() {
            user.user_principal_name = in_force;
        }
        Ok(())
    }

    fn upn_in_force(
        &self,
        object: &mut DirectoryObject,
        upn: &str,
        now: Timestamp,
    ) -> Result<String, SyncError> {
        let taken = || SyncError::taken("UserPrincipalName", upn);
        match self.holder_of_upn(upn, object) {
            None => {
                forget(object, "UserPrincipalName", |_| true);
                Ok(upn.to_owned())
            }
            Some(Kind::User) if self.is_resilient("UserPrincipalName") => {
                let placeholder = self.placeholder(object, upn).ok_or_else(taken)?;
                forget(object, "UserPrincipalName", |held| held != upn);
                remember(object, "UserPrincipalName", upn, now);
                Ok(placeholder)
            }
            Some(_) => Err(taken()),
        }
    }

    /// Type of another object that has the name: a user as its own, a group as its address.
    pub(super) fn holder_of_upn(&self, upn: &str, object: &DirectoryObject) -> Option<Kind> {
        let group = self.store.with_address(upn, View::Committed).find(|other| other.kind() == Kind::Group);
        let user = self.store.with_upn(upn, View::Committed).filter(|other| other.id != object.id);
        group.or(user).map(DirectoryObject::kind)
    }

    /// `<prefix>+<4 digits>@<initial domain>`; the one that the object already has, if it was in conflict before; `None`
    /// when every number is taken, where the service has nothing left to give (assumed: the value then must be unique).
    fn placeholder(&self, object: &DirectoryObject, upn: &str) -> Option<String> {
        let conflicted = |error: &ProvisioningError| {
            error.property_causing_error == "UserPrincipalName" && error.value == upn
        };
        if let Some(user) = object.user()
            && object.provisioning_errors.iter().any(conflicted)
        {
            return Some(user.user_principal_name.clone());
        }
        let prefix = upn.split('@').next().unwrap_or_default();
        let domain = &self.settings.initial_domain;
        let start = self.ids.u64(&format!("placeholder/{}", object.id));
        with_digits(
            start,
            |number| format!("{prefix}+{number:04}@{domain}"),
            |name| self.store.with_upn(name, View::Committed).is_none(),
        )
    }
}
