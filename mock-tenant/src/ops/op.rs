//! One operation.

use crate::signin::Principal;

/// Whether an operation changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It only reads: it may be answered from a snapshot.
    Read,
    /// It runs against the write budget and the write lock.
    Write,
}

/// An operation that the double journals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op {
    /// Its public name, `graph.users.list`.
    pub name: &'static str,
    /// Read or write.
    pub access: Access,
    /// Application roles; one of them is enough, `None` of them closes the operation to applications.
    pub application: &'static [&'static str],
    /// Delegated permissions; one of them is enough.
    pub delegated: &'static [&'static str],
    /// It needs no permission: every token opens it.
    pub open: bool,
    /// Base cost in Graph's resource units, before `$select`, `$expand` and `$top` change it.
    pub cost: u32,
}

impl Op {
    /// An operation that reads, open to nobody yet, at the cost of one resource unit.
    #[must_use]
    pub const fn read(name: &'static str) -> Self {
        Self { name, access: Access::Read, application: &[], delegated: &[], open: false, cost: 1 }
    }

    /// An operation that writes, open to nobody yet, at the cost of one resource unit and one write.
    #[must_use]
    pub const fn write(name: &'static str) -> Self {
        Self { access: Access::Write, ..Self::read(name) }
    }

    /// Opens it to these application roles and delegated permissions.
    #[must_use]
    pub const fn roles(
        self,
        application: &'static [&'static str],
        delegated: &'static [&'static str],
    ) -> Self {
        Self { application, delegated, ..self }
    }

    /// Opens it to every token.
    #[must_use]
    pub const fn open(self) -> Self {
        Self { open: true, ..self }
    }

    /// Gives it a base cost in resource units.
    #[must_use]
    pub const fn cost(self, cost: u32) -> Self {
        Self { cost, ..self }
    }

    /// Whether it changes something.
    #[must_use]
    pub const fn writes(&self) -> bool {
        matches!(self.access, Access::Write)
    }

    /// Whether a token with these application roles may.
    #[must_use]
    pub fn opens_to<R: AsRef<str>>(&self, roles: &[R]) -> bool {
        self.open || roles.iter().any(|role| self.application.contains(&role.as_ref()))
    }

    /// Whether a token with these delegated permissions may.
    #[must_use]
    pub fn opens_to_delegated<S: AsRef<str>>(&self, scopes: &[S]) -> bool {
        self.open || scopes.iter().any(|scope| self.delegated.contains(&scope.as_ref()))
    }

    /// Whether the bearer of a token may: an application by its roles, a person by the scopes.
    #[must_use]
    pub fn admits(&self, principal: Principal<'_>) -> bool {
        match principal {
            Principal::App { roles } => self.opens_to(roles),
            Principal::Person { scopes, .. } => {
                self.opens_to_delegated(&scopes.split(' ').collect::<Vec<_>>())
            }
        }
    }
}
