//! What sign-in remembers between two requests: passwords, device codes, authorisation codes, refresh tokens.
//! (Assertions are not remembered: nothing public says that Entra refuses a second use before they end.)

use std::collections::BTreeMap;

use base64::prelude::*;
use kit::Ids;
use uuid::Uuid;

use super::code::Code;
use super::device::DeviceCode;
use super::refresh::RefreshToken;
use super::scope::Wanted;
use super::shelf::Shelf;
use super::{Secret, StsCode};

/// The state of sign-in. Everything in it is bounded.
#[derive(Debug, Clone)]
pub struct SignIn {
    ids: Ids,
    drawn: u64,
    passwords: BTreeMap<Uuid, Secret>,
    pub(super) devices: Shelf<DeviceCode>,
    pub(super) codes: Shelf<Code>,
    pub(super) refresh: Shelf<RefreshToken>,
}

/// What a person agreed to: what codes and refresh tokens stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consent {
    /// The application.
    pub(super) client: Uuid,
    /// The person.
    pub(super) person: Uuid,
    /// What was asked for.
    pub(super) wanted: Wanted,
    /// For the id token.
    pub(super) nonce: Option<String>,
}

impl SignIn {
    /// Nothing remembered; what it gives out is drawn from `ids`.
    #[must_use]
    pub fn new(ids: Ids) -> Self {
        Self {
            ids,
            drawn: 0,
            passwords: BTreeMap::new(),
            devices: Shelf::default(),
            codes: Shelf::default(),
            refresh: Shelf::default(),
        }
    }

    /// Takes the place of another state: what that one gave out is not given out again.
    pub fn succeed(&mut self, previous: &Self) {
        self.drawn = self.drawn.max(previous.drawn);
    }

    /// Gives a person a password.
    pub fn set_password(&mut self, person: Uuid, password: Secret) {
        self.passwords.insert(person, password);
    }

    /// Checks a password. A person without one can't sign in.
    pub(super) fn check_password(&self, person: Uuid, offered: &str) -> Result<(), StsCode> {
        let known = self.passwords.get(&person).is_some_and(|password| password.matches(offered));
        if known { Ok(()) } else { Err(StsCode::WrongPassword) }
    }

    /// An opaque text that was not given out before.
    pub(super) fn draw(&mut self, kind: &str) -> String {
        self.drawn += 1;
        BASE64_URL_SAFE_NO_PAD.encode(self.ids.bytes::<48>(&format!("{kind}/{}", self.drawn)))
    }

    /// A number to make a short code of.
    pub(super) fn draw_number(&mut self, kind: &str) -> u64 {
        self.drawn += 1;
        self.ids.u64(&format!("{kind}/{}", self.drawn))
    }
}
