//! Sign-in names, mail addresses and aliases as Graph sets them.

use super::super::model::{DirectoryObject, Kind};
use super::super::proxy::address;
use super::super::shadow::Shadow;
use super::super::store::View;
use super::super::tenant::Tenant;
use super::super::upn;
use super::super::value::Value;
use super::error::MutationError;

impl Tenant {
    /// Takes a property that decides about addresses; `false` if it is another one.
    pub(super) fn rename(
        &self,
        object: &mut DirectoryObject,
        shadow: &mut Shadow,
        name: &str,
        value: &Value,
    ) -> Result<bool, MutationError> {
        let resource = object.kind().name();
        let text = value.as_text().filter(|text| !text.is_empty());
        let is_text = text.is_some() || value.is_nothing();
        match name.to_ascii_lowercase().as_str() {
            "userprincipalname" => self.set_upn(object, shadow, text)?,
            "mail" if object.kind() == Kind::Group => return Err(MutationError::ReadOnly(name.to_owned())),
            "mail" if !is_text || text.is_some_and(|mail| !address::is_well_formed(mail)) => {
                return Err(MutationError::invalid(name, resource));
            }
            "mail" => shadow.set_mail(text, object.primary_smtp()),
            "mailnickname" if !is_text => return Err(MutationError::invalid(name, resource)),
            "mailnickname" => {
                self.check_nickname(object, text)?;
                shadow.mail_nickname = text.map(str::to_owned);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A user who has a mailbox keeps the old name as an address (assumed: as Exchange keeps every address it gave).
    fn set_upn(
        &self,
        object: &mut DirectoryObject,
        shadow: &mut Shadow,
        name: Option<&str>,
    ) -> Result<(), MutationError> {
        let name = name.ok_or(MutationError::UserPrincipalName)?;
        self.check_upn(object, name)?;
        let licensed = object.is_licensed();
        let user = object.user_mut().ok_or(MutationError::UserPrincipalName)?;
        if licensed && !user.user_principal_name.is_empty() {
            shadow.keep_address(Some(&user.user_principal_name));
        }
        name.clone_into(&mut user.user_principal_name);
        shadow.user_principal_name = Some(name.to_owned());
        Ok(())
    }

    fn check_upn(&self, object: &DirectoryObject, name: &str) -> Result<(), MutationError> {
        if upn::problem(name).is_some() {
            return Err(MutationError::UserPrincipalName);
        }
        if !self.company.is_verified(address::domain(name)) {
            return Err(MutationError::Domain);
        }
        let holder = self.store.with_upn(name, View::Committed).filter(|other| other.id != object.id);
        if let Some(holder) = holder.map(DirectoryObject::cloud_anchor) {
            return Err(MutationError::ConflictWith { property: "userPrincipalName".to_owned(), holder });
        }
        // A name that somebody has as an address is taken too: the tenant would have to make it one.
        if self.is_taken(&format!("smtp:{name}"), object) {
            return Err(MutationError::Conflict("proxyAddresses".to_owned()));
        }
        Ok(())
    }

    /// Source: microsoft-graph-docs, api/group-post-groups: unique for Microsoft 365 groups.
    fn check_nickname(&self, object: &DirectoryObject, nickname: Option<&str>) -> Result<(), MutationError> {
        let Some(nickname) = nickname.filter(|_| object.group().is_some_and(|group| group.unified)) else {
            return Ok(());
        };
        let same = |other: &DirectoryObject| {
            other.id != object.id
                && other.group().is_some_and(|group| group.unified)
                && other.mail_nickname.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(nickname))
        };
        let mut groups = self.objects(Kind::Group, 0, View::Committed);
        match groups.find(|(_, other)| same(other)) {
            Some(_) => Err(MutationError::Conflict("mailNickname".to_owned())),
            None => Ok(()),
        }
    }
}
