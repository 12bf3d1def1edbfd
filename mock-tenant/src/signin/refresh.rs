//! Refresh tokens. Source: entra docs, "refresh-tokens": 90 days, replaced at every use, the old one stays valid.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::StsCode;
use super::grant::Grant;
use super::scope::Wanted;
use super::state::{Consent, SignIn};

const LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A refresh token that was given out.
#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    consent: Consent,
    issued: Timestamp,
}

impl SignIn {
    /// Gives out a token for the same again.
    pub(super) fn give_refresh(&mut self, consent: Consent, now: Timestamp) -> String {
        let token = format!("1.{}", self.draw("refresh"));
        self.refresh.put(token.clone(), RefreshToken { consent, issued: now });
        token
    }

    /// What a refresh token stands for, with the scopes of this request if it names others.
    pub(super) fn redeem_refresh(
        &self,
        grant: &Grant<'_>,
        client: Uuid,
        now: Timestamp,
    ) -> Result<Consent, StsCode> {
        let known = self.refresh.get(grant.required("refresh_token")?).ok_or(StsCode::InvalidGrant)?;
        if known.consent.client != client {
            return Err(StsCode::InvalidGrant);
        }
        if now.duration_since(known.issued) >= LIFETIME {
            return Err(StsCode::RefreshTokenExpired(known.issued));
        }
        let mut consent = known.consent.clone();
        if grant.field("scope").is_some() || grant.field("resource").is_some() {
            let wanted = Wanted::of(grant.version, grant.field("scope"), grant.field("resource"))?;
            consent.wanted = Wanted { offline: true, ..wanted };
        }
        Ok(consent)
    }
}
