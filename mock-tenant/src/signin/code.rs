//! Authorisation codes with PKCE. Source: entra docs, "v2-oauth2-auth-code-flow"; RFC 7636.

use aws_lc_rs::digest;
use base64::prelude::*;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::StsCode;
use super::grant::Grant;
use super::state::{Consent, SignIn};

/// "They typically expire after about 10 minutes."
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A code that was given to a browser.
#[derive(Debug, Clone)]
pub(super) struct Code {
    consent: Consent,
    redirect_uri: String,
    challenge: Option<Challenge>,
    ends: Timestamp,
    redeemed: bool,
}

/// What the client must later prove to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    text: String,
    hashed: bool,
}

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method` (`plain` if absent).
    pub(super) fn read(text: Option<&str>, method: Option<&str>) -> Result<Option<Self>, StsCode> {
        let Some(text) = text else { return Ok(None) };
        match method.unwrap_or("plain") {
            "S256" => Ok(Some(Self { text: text.to_owned(), hashed: true })),
            "plain" => Ok(Some(Self { text: text.to_owned(), hashed: false })),
            other => Err(StsCode::ChallengeMethod(other.to_owned())),
        }
    }

    fn is_met(&self, verifier: &str) -> bool {
        let hash = || BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        self.text == if self.hashed { hash() } else { verifier.to_owned() }
    }
}

impl SignIn {
    /// Gives out a code.
    pub(super) fn give_code(
        &mut self,
        consent: Consent,
        redirect_uri: String,
        challenge: Option<Challenge>,
        now: Timestamp,
    ) -> String {
        let code = self.draw("code");
        let ends = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        self.codes.put(code.clone(), Code { consent, redirect_uri, challenge, ends, redeemed: false });
        code
    }

    /// Takes a code back, once, from the application that it was given to.
    pub(super) fn redeem_code(
        &mut self,
        grant: &Grant<'_>,
        client: Uuid,
        now: Timestamp,
    ) -> Result<Consent, StsCode> {
        let redirect_uri = grant.required("redirect_uri")?;
        let code = self.codes.get_mut(grant.required("code")?).filter(|code| code.consent.client == client);
        let code = code.ok_or(StsCode::InvalidGrant)?;
        if code.redeemed {
            return Err(StsCode::CodeRedeemed);
        }
        if code.ends <= now {
            return Err(StsCode::GrantExpired);
        }
        if code.redirect_uri != redirect_uri {
            let (given, known) = (redirect_uri.to_owned(), code.redirect_uri.clone());
            return Err(StsCode::OtherRedirect { given, known });
        }
        check_verifier(code.challenge.as_ref(), grant.field("code_verifier"))?;
        code.redeemed = true;
        Ok(code.consent.clone())
    }
}

fn check_verifier(challenge: Option<&Challenge>, verifier: Option<&str>) -> Result<(), StsCode> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.is_met(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(StsCode::WrongVerifier),
        (Some(_), None) => Err(StsCode::NoVerifier),
        (None, Some(_)) => Err(StsCode::UnexpectedVerifier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_met_by_its_verifier_only() {
        // RFC 7636, appendix B
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let hashed = Challenge::read(Some(challenge), Some("S256")).unwrap();
        let plain = Challenge::read(Some(verifier), None).unwrap();
        assert_eq!(check_verifier(hashed.as_ref(), Some(verifier)), Ok(()));
        assert_eq!(check_verifier(plain.as_ref(), Some(verifier)), Ok(()));
        assert_eq!(check_verifier(plain.as_ref(), Some(challenge)), Err(StsCode::WrongVerifier));
        assert_eq!(check_verifier(hashed.as_ref(), None), Err(StsCode::NoVerifier));
        assert_eq!(check_verifier(None, Some(verifier)), Err(StsCode::UnexpectedVerifier));
        assert!(Challenge::read(Some("x"), Some("S512")).is_err());
    }
}
