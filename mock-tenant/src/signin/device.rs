//! The device authorisation grant: a code on one screen, the sign-in on another.
//! Source: entra docs, "v2-oauth2-device-code" (15 minutes, an interval of 5 seconds, the errors while polling).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::Desk;
use super::scope::Wanted;
use super::state::{Consent, SignIn};
use super::{StsCode, TokenVersion};

const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
const INTERVAL_S: u32 = 5;
/// Characters of a user code: none that is taken for another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A device code that waits.
#[derive(Debug, Clone)]
pub(super) struct DeviceCode {
    user_code: String,
    client: Uuid,
    wanted: Wanted,
    ends: Timestamp,
    answer: Answer,
}

/// What the person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Nothing,
    SignedIn(Uuid),
    Declined,
    Redeemed,
}

impl SignIn {
    /// Begins: `POST /{tenant}/oauth2/v2.0/devicecode`.
    pub(super) fn begin_device(
        &mut self,
        desk: &Desk<'_>,
        tenant: &str,
        version: TokenVersion,
        client: Uuid,
        wanted: Wanted,
    ) -> Value {
        let now = desk.request.now;
        let (device_code, user_code) = (self.draw("device"), self.user_code());
        let ends = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        let waiting =
            DeviceCode { user_code: user_code.clone(), client, wanted, ends, answer: Answer::Nothing };
        self.devices.put(device_code.clone(), waiting);
        let page = format!("{}/{tenant}/oauth2/deviceauth", desk.endpoint.origin());
        let message = format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        );
        let mut body = json!({
            "user_code": user_code, "device_code": device_code, "expires_in": LIFETIME.as_secs(),
            "interval": INTERVAL_S, "message": message,
        });
        match version {
            TokenVersion::V1 => {
                body["verification_url"] = page.into();
                body["expires_in"] = LIFETIME.as_secs().to_string().into();
                body["interval"] = INTERVAL_S.to_string().into();
            }
            TokenVersion::V2 => body["verification_uri"] = page.into(),
        }
        body
    }

    fn user_code(&mut self) -> String {
        let number = self.draw_number("user-code");
        let letter = |place: u32| ALPHABET[usize::try_from(number >> (place * 5) & 31).unwrap_or(0)];
        (0..9).map(|place| char::from(letter(place))).collect()
    }

    /// Whether such a code waits for somebody to sign in.
    pub(super) fn waits(&mut self, user_code: &str, now: Timestamp) -> bool {
        self.waiting(user_code, now).is_ok()
    }

    /// The person signs in with the user code, or declines.
    pub(super) fn answer_device(
        &mut self,
        user_code: &str,
        person: Option<Uuid>,
        now: Timestamp,
    ) -> Result<(), StsCode> {
        self.waiting(user_code, now)?.answer = person.map_or(Answer::Declined, Answer::SignedIn);
        Ok(())
    }

    fn waiting(&mut self, user_code: &str, now: Timestamp) -> Result<&mut DeviceCode, StsCode> {
        let given: String = user_code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let meant = |code: &DeviceCode| code.user_code.eq_ignore_ascii_case(&given) && code.ends > now;
        let found = self.devices.find_mut(|code| meant(code) && code.answer == Answer::Nothing);
        found.ok_or(StsCode::BadUserCode)
    }

    /// One poll of the device.
    pub(super) fn poll_device(
        &mut self,
        code: &str,
        client: Uuid,
        now: Timestamp,
    ) -> Result<Consent, StsCode> {
        let waiting = self.devices.get_mut(code).filter(|waiting| waiting.client == client);
        let waiting = waiting.ok_or(StsCode::BadDeviceCode)?;
        if waiting.ends <= now {
            return Err(StsCode::DeviceCodeExpired);
        }
        match waiting.answer {
            Answer::Nothing => Err(StsCode::AuthorizationPending),
            Answer::Declined => Err(StsCode::AuthorizationDeclined),
            Answer::Redeemed => Err(StsCode::CodeRedeemed),
            Answer::SignedIn(person) => {
                waiting.answer = Answer::Redeemed;
                Ok(Consent { client, person, wanted: waiting.wanted.clone(), nonce: None })
            }
        }
    }
}
