//! The check of a Bearer token on every call of a face.

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;

use super::key::signing_key;
use super::{Authority, Claims};

/// Clock skew a resource forgives.
const SKEW_S: i64 = 300;

/// Why a face does not take a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No Authorization header, or an empty token.
    #[error("Access token is empty.")]
    Missing,
    /// Not a JWT.
    #[error(
        "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."
    )]
    Malformed,
    /// Signed by another key, or altered.
    #[error("Access token validation failure. Invalid signature.")]
    Signature,
    /// Another issuer or tenant.
    #[error("Access token validation failure. Invalid issuer.")]
    Issuer,
    /// A token for another resource.
    #[error("Access token validation failure. Invalid audience.")]
    Audience,
    /// Before `nbf` or after `exp`.
    #[error("Access token has expired or is not yet valid.")]
    Expired,
}

/// What one face asks of a token.
#[derive(Debug, Clone, Copy)]
pub struct TokenCheck<'a> {
    /// Whose tokens.
    pub authority: &'a Authority,
    /// Audiences it takes, without trailing slash, lower case.
    pub audiences: &'a [&'a str],
    /// Host (without port) under which it was called; Graph takes `https://{host}` as its audience too.
    pub own_host: Option<&'a str>,
    /// The double's time.
    pub now: Timestamp,
}

impl TokenCheck<'_> {
    /// Checks the value of an Authorization header.
    ///
    /// # Errors
    /// The first thing that is wrong with the token.
    pub fn header(&self, authorization: Option<&str>) -> Result<Claims, Refused> {
        let value = authorization.ok_or(Refused::Missing)?;
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
            return Err(Refused::Missing);
        }
        self.token(token.trim())
    }

    /// Checks a token: form, signature, issuer and tenant, audience, times.
    ///
    /// # Errors
    /// The first thing that is wrong with the token.
    pub fn token(&self, token: &str) -> Result<Claims, Refused> {
        let claims = signing_key().open(token).map_err(|error| refusal(error.kind()))?;
        if claims.iss != self.authority.issuer_v1() || claims.tid != self.authority.tenant_id.to_string() {
            return Err(Refused::Issuer);
        }
        if !self.takes(&claims.aud) {
            return Err(Refused::Audience);
        }
        let now = self.now.as_second();
        if now >= claims.exp || now + SKEW_S < claims.nbf {
            return Err(Refused::Expired);
        }
        Ok(claims)
    }

    fn takes(&self, audience: &str) -> bool {
        let bare = audience.trim_end_matches('/').to_ascii_lowercase();
        self.audiences.contains(&bare.as_str()) || self.own_host.is_some_and(|own| names_host(&bare, own))
    }
}

/// `https://localhost:8443` and `https://localhost` both name the host `localhost`.
fn names_host(audience: &str, own: &str) -> bool {
    url::Url::parse(audience).is_ok_and(|url| url.host_str() == Some(own))
}

/// A token with three readable parts but a wrong signature is told from one that is no token at all.
const fn refusal(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => Refused::Signature,
        _ => Refused::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::*;

    use super::super::grant::tests::{authority, granted_claims, now, signed};
    use super::*;

    fn check(authority: &Authority, now: Timestamp) -> TokenCheck<'_> {
        TokenCheck {
            authority,
            audiences: &["https://graph.microsoft.com"],
            own_host: Some("localhost"),
            now,
        }
    }

    fn refused(change: impl FnOnce(&mut Claims)) -> Option<Refused> {
        let authority = authority();
        let mut claims = granted_claims("https://graph.microsoft.com");
        change(&mut claims);
        check(&authority, now()).token(&signed(&claims)).err()
    }

    #[test]
    fn a_good_token_is_taken_and_says_its_roles() {
        let authority = authority();
        let token = signed(&granted_claims("https://graph.microsoft.com/"));
        let claims = check(&authority, now()).header(Some(&format!("Bearer {token}"))).unwrap();
        assert!(claims.roles.contains(&"User.Read.All".to_owned()));
        assert_eq!(claims.idtyp, "app");
    }

    #[test]
    fn own_host_is_an_audience_with_and_without_port() {
        assert_eq!(refused(|claims| claims.aud = "https://localhost:8443".to_owned()), None);
        assert_eq!(refused(|claims| claims.aud = "https://localhost/".to_owned()), None);
        assert_eq!(refused(|claims| claims.aud = "https://elsewhere".to_owned()), Some(Refused::Audience));
    }

    #[test]
    fn each_wrong_claim_is_named() {
        assert_eq!(
            refused(|claims| claims.aud = "https://graph.windows.net".to_owned()),
            Some(Refused::Audience)
        );
        assert_eq!(
            refused(|claims| claims.iss = "https://sts.windows.net/other/".to_owned()),
            Some(Refused::Issuer)
        );
        assert_eq!(refused(|claims| claims.tid = "other".to_owned()), Some(Refused::Issuer));
        assert_eq!(refused(|claims| claims.exp = now().as_second()), Some(Refused::Expired));
        assert_eq!(refused(|claims| claims.nbf = now().as_second() + 301), Some(Refused::Expired));
    }

    #[test]
    fn headers_without_a_token_are_told_from_broken_tokens() {
        let authority = authority();
        let check = check(&authority, now());
        assert_eq!(check.header(None).err(), Some(Refused::Missing));
        assert_eq!(check.header(Some("Bearer ")).err(), Some(Refused::Missing));
        assert_eq!(check.header(Some("Basic abc")).err(), Some(Refused::Missing));
        assert_eq!(check.header(Some("Bearer nonsense")).err(), Some(Refused::Malformed));
    }

    #[test]
    fn an_altered_or_unsigned_token_has_a_bad_signature() {
        let authority = authority();
        let token = signed(&granted_claims("https://graph.microsoft.com"));
        let (message, _) = token.rsplit_once('.').unwrap();
        let forged = format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode([7; 256]));
        assert_eq!(check(&authority, now()).token(&forged).err(), Some(Refused::Signature));
        let (_, payload) = message.split_once('.').unwrap();
        let header = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(
            check(&authority, now()).token(&format!("{header}.{payload}.AAAA")).err(),
            Some(Refused::Signature)
        );
    }
}
