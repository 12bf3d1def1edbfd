//! Tokens by client credentials, kept until shortly before they expire.

use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde::Deserialize;

use super::http::{excerpt, exchange};
use crate::{connect::Secret, engine::protocol::ConnectorError};

/// The audience of the provisioning service.
const SCOPE: &str = "https://graph.windows.net/.default";

/// A token is not used in the last minutes of its life: a batch may take five.
const MARGIN: SignedDuration = SignedDuration::from_mins(6);

/// Signs in and keeps the token.
pub(super) struct TokenSource {
    endpoint: String,
    client_id: String,
    secret: Secret,
    held: Option<Held>,
}

struct Held {
    token: Secret,
    fresh_until: Timestamp,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

/// RFC 6749 5.2, with Entra's texts.
#[derive(Deserialize)]
struct Refused {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl TokenSource {
    pub(super) fn new(authority: &str, client_id: String, secret: Secret) -> Self {
        let endpoint = format!("{}/oauth2/v2.0/token", authority.trim_end_matches('/'));
        Self { endpoint, client_id, secret, held: None }
    }

    /// A token that is good at `now`.
    pub(super) async fn get(&mut self, client: &Client, now: Timestamp) -> Result<Secret, ConnectorError> {
        if let Some(held) = self.held.as_ref().filter(|held| now < held.fresh_until) {
            return Ok(held.token.clone());
        }
        let granted = self.sign_in(client, now).await?;
        let life = SignedDuration::from_secs(granted.expires_in.clamp(0, 86_400));
        let fresh = if life > MARGIN * 2 { life - MARGIN } else { life / 2 };
        let token = Secret::new(granted.access_token);
        self.held =
            Some(Held { token: token.clone(), fresh_until: now.saturating_add(fresh).unwrap_or(now) });
        Ok(token)
    }

    /// Forgets the token: the service didn't take it.
    pub(super) fn forget(&mut self) {
        self.held = None;
    }

    async fn sign_in(&self, client: &Client, now: Timestamp) -> Result<Granted, ConnectorError> {
        let what = format!("sign in at {}", self.endpoint);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.secret.reveal()),
            ("scope", SCOPE),
        ];
        let answer = exchange(&what, client.post(&self.endpoint).form(&form), now).await?;
        if answer.status.is_success() {
            let unread = |_| ConnectorError::Transient(format!("{what}: the answer holds no token"));
            return serde_json::from_str(&answer.text).map_err(unread);
        }
        if answer.status.is_server_error() {
            return Err(ConnectorError::Transient(format!(
                "{what}: HTTP {}{}",
                answer.status,
                excerpt(&answer.text)
            )));
        }
        Err(ConnectorError::Authentication(match serde_json::from_str::<Refused>(&answer.text) {
            Ok(refused) => format!("{what}: {} {}", refused.error, first_line(&refused.error_description)),
            Err(_) => format!("{what}: HTTP {}{}", answer.status, excerpt(&answer.text)),
        }))
    }
}

/// Entra appends trace ids and time stamps on further lines.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
