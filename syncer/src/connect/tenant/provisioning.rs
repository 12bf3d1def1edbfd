//! The provisioning service as a carrier (what Entra Connect speaks).

use std::{collections::VecDeque, time::Duration};

use futures_util::future::BoxFuture;
use reqwest::{Client, StatusCode, header};
use rustls_pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    CompanyConfiguration, TenantBatch, TenantCarrier,
    http::{Answer, client, excerpt, exchange},
    messages::{self, COMPANY, FINALIZE, PROVISION, READ_BACK},
    soap::{self, Fault, Reply},
    token::TokenSource,
    xml::Element,
};
use crate::{
    clock::Clock,
    connect::Secret,
    engine::protocol::{ConnectorError, TenantRead},
    model::{Cursor, ExportOp, ExportResult},
};

/// The service sends a client from host to host at most this often.
const MAX_REDIRECTS: usize = 3;

/// Where the tenant is and how to write to it.
#[derive(Debug, Clone)]
pub struct ProvisioningConfig {
    /// `…/provisioningservice.svc`.
    pub url: String,
    /// `https://login…/TENANT`, to which `/oauth2/v2.0/token` is added.
    pub authority_url: String,
    /// Tenant id.
    pub tenant_id: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
    /// Trusted authorities; empty: those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Longest wait for an answer. The service may take five minutes for a batch.
    pub timeout: Duration,
    /// Names this run; request ids follow from it and a sequence number.
    pub run: String,
    /// The time for token life and dates.
    pub clock: Clock,
}

/// A client of the provisioning service.
pub struct ProvisioningService {
    config: ProvisioningConfig,
    client: Client,
    token: TokenSource,
    endpoint: String,
    sequence: u64,
    read: Option<ReadBack>,
}

struct ReadBack {
    cookie: Option<String>,
    full: bool,
    more: bool,
    /// Cookies seen in this read: one that comes again would go round for ever.
    seen: VecDeque<String>,
}

impl ProvisioningService {
    /// A client by its configuration; nothing is sent yet.
    ///
    /// # Errors
    /// [`ConnectorError::Fatal`] if the URL or an authority can't be used.
    pub fn new(config: ProvisioningConfig) -> Result<Self, ConnectorError> {
        let client = client(&config.authorities, config.timeout)?;
        let token =
            TokenSource::new(&config.authority_url, config.client_id.clone(), config.client_secret.clone());
        let endpoint = config.url.clone();
        Ok(Self { config, client, token, endpoint, sequence: 0, read: None })
    }

    /// Carries out one command, wherever the service redirects it to.
    async fn call(&mut self, command: &'static str, body: Element) -> Result<Element, ConnectorError> {
        for _ in 0..=MAX_REDIRECTS {
            match self.authorized(command, &body).await? {
                Reply::Result(result) => return Ok(result),
                Reply::Fault(Fault { redirect: Some(url), .. }) => {
                    self.endpoint = self.acceptable(command, url)?;
                }
                Reply::Fault(fault) => return Err(classify(command, &fault)),
            }
        }
        Err(ConnectorError::Fatal(format!("{command}: redirected more than {MAX_REDIRECTS} times")))
    }

    /// A redirection carries the token to another host, so the host must prove who it is.
    fn acceptable(&self, command: &str, url: String) -> Result<String, ConnectorError> {
        match url::Url::parse(&url) {
            Ok(parsed) if parsed.scheme() == "https" && parsed.has_host() => Ok(url),
            _ => Err(ConnectorError::Fatal(format!(
                "{command}: {} redirects to {url}, which is no https address",
                self.endpoint
            ))),
        }
    }

    /// Sends with a token; if it isn't taken, once more with a new one.
    async fn authorized(&mut self, command: &'static str, body: &Element) -> Result<Reply, ConnectorError> {
        let answer = self.send(command, body).await?;
        let answer = if refuses_token(command, &answer) {
            self.token.forget();
            self.send(command, body).await?
        } else {
            answer
        };
        self.read_answer(command, &answer)
    }

    async fn send(&mut self, command: &'static str, body: &Element) -> Result<Answer, ConnectorError> {
        let now = self.config.clock.now();
        let bearer = self.token.get(&self.client, now).await?;
        self.sequence += 1;
        let id = request_id(&self.config.run, self.sequence);
        let endpoint = &self.endpoint;
        let call = soap::Call { command, endpoint, bearer: bearer.reveal(), id, issued: now };
        let request = self
            .client
            .post(endpoint)
            .header(header::CONTENT_TYPE, soap::CONTENT_TYPE)
            .header("x-ms-aadmsods-appid", soap::APPLICATION_ID)
            .header("x-ms-aadmsods-apiaction", command)
            .header("x-ms-aadmsods-clientversion", soap::CLIENT_VERSION)
            .header("x-ms-aadmsods-dirsyncbuildnumber", soap::BUILD)
            .header("x-ms-aadmsods-fimbuildnumber", soap::BUILD)
            .header("x-ms-aadmsods-tenantid", &self.config.tenant_id)
            .header("client-request-id", id.to_string())
            .body(soap::request(&call, body.clone()));
        tracing::debug!(command, request = %id, "provisioning service");
        exchange(&format!("{command} (request {id})"), request, now).await
    }

    fn read_answer(&self, command: &'static str, answer: &Answer) -> Result<Reply, ConnectorError> {
        let told =
            || format!("{command} at {}: HTTP {}{}", self.endpoint, answer.status, excerpt(&answer.text));
        match (answer.status, soap::reply(command, &answer.text)) {
            (StatusCode::UNAUTHORIZED, Ok(Reply::Fault(fault))) => {
                Err(ConnectorError::Authentication(format!("{command}: {}", fault.text)))
            }
            (StatusCode::UNAUTHORIZED, _) => Err(ConnectorError::Authentication(told())),
            (_, Ok(reply)) => Ok(reply),
            (StatusCode::INTERNAL_SERVER_ERROR, Err(_)) => Err(ConnectorError::Transient(told())),
            (StatusCode::BAD_REQUEST, Err(_)) => Err(ConnectorError::Fatal(told())),
            (_, Err(error)) => Err(ConnectorError::Transient(format!("{command}: {error}"))),
        }
    }

    async fn next_page(&mut self) -> Result<TenantBatch, ConnectorError> {
        let Some(mut read) = self.read.take() else {
            return Err(ConnectorError::Fatal("no read-back of the tenant is under way".into()));
        };
        if !read.more {
            let cookie = read.cookie.map(String::into_bytes);
            let cursor = cookie.map(|cookie| Cursor { cookie, server: None, invocation_id: None });
            return Ok(TenantBatch::End { cursor });
        }
        let result = self.call(READ_BACK, messages::read_back(read.cookie.as_deref(), read.full)).await?;
        let page = messages::read_read_back(&result)
            .map_err(|reason| ConnectorError::Fatal(format!("{READ_BACK}: {reason}")))?;
        read.advance(page.cookie, page.more)?;
        self.read = Some(read);
        Ok(TenantBatch::Objects(page.objects))
    }

    async fn provision(&mut self, ops: &[ExportOp]) -> Result<Vec<ExportResult>, ConnectorError> {
        let mut results: Vec<ExportResult> = ops.iter().filter_map(messages::unsendable).collect();
        let sendable: Vec<&ExportOp> = ops.iter().filter(|op| messages::unsendable(op).is_none()).collect();
        if !sendable.is_empty() {
            let result = self.call(PROVISION, messages::provision(sendable)).await?;
            results.extend(messages::read_provision(&result));
        }
        Ok(results)
    }
}

impl TenantCarrier for ProvisioningService {
    fn company(&mut self) -> BoxFuture<'_, Result<CompanyConfiguration, ConnectorError>> {
        Box::pin(async { Ok(messages::read_company(&self.call(COMPANY, messages::company()).await?)) })
    }

    fn begin(&mut self, read: TenantRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        let full = read.since.is_none();
        let cookie = read.since.map(|cursor| String::from_utf8_lossy(&cursor.cookie).into_owned());
        self.read = Some(ReadBack { cookie, full, more: true, seen: VecDeque::new() });
        Box::pin(std::future::ready(Ok(())))
    }

    fn next(&mut self) -> BoxFuture<'_, Result<TenantBatch, ConnectorError>> {
        Box::pin(self.next_page())
    }

    fn export<'a>(
        &'a mut self,
        ops: &'a [ExportOp],
    ) -> BoxFuture<'a, Result<Vec<ExportResult>, ConnectorError>> {
        Box::pin(self.provision(ops))
    }

    fn finish(&mut self, exported: u64, succeeded: u64) -> BoxFuture<'_, Result<(), ConnectorError>> {
        Box::pin(async move { self.call(FINALIZE, messages::finalize(exported, succeeded)).await.map(drop) })
    }
}

impl ReadBack {
    fn advance(&mut self, cookie: Option<String>, more: bool) -> Result<(), ConnectorError> {
        let stuck = more && cookie.as_ref().is_none_or(|cookie| self.seen.contains(cookie));
        if stuck {
            return Err(ConnectorError::Fatal(format!(
                "{READ_BACK}: more data is announced, but the cookie stands still"
            )));
        }
        self.seen.extend(cookie.clone());
        if self.seen.len() > 16 {
            self.seen.pop_front();
        }
        self.cookie = cookie.or(self.cookie.take());
        self.more = more;
        Ok(())
    }
}

/// Request ids follow from the run and the position in it: the same run asks with the same ids.
fn request_id(run: &str, sequence: u64) -> Uuid {
    let digest = Sha256::digest(format!("{run}\0{sequence}"));
    let mut octets = [0; 16];
    octets.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(octets).into_uuid()
}

fn refuses_token(command: &str, answer: &Answer) -> bool {
    if answer.status == StatusCode::UNAUTHORIZED {
        return true;
    }
    let fault = matches!(answer.status, StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_REQUEST)
        .then(|| soap::reply(command, &answer.text));
    matches!(fault, Some(Ok(Reply::Fault(fault))) if is_token_fault(&fault))
}

fn is_token_fault(fault: &Fault) -> bool {
    fault.names(&[
        "AuthenticationFailed",
        "InvalidSecurityToken",
        "FailedAuthentication",
        "ExpiredToken",
        "InvalidToken",
    ])
}

impl Fault {
    fn names(&self, words: &[&str]) -> bool {
        let parts = [Some(self.code.as_str()), self.error_code.as_deref(), Some(self.text.as_str())];
        words.iter().any(|word| parts.iter().flatten().any(|part| part.contains(word)))
    }
}

/// What a fault means. 81 is the service's "server busy" (sync-engine errors of Entra Connect).
fn classify(command: &str, fault: &Fault) -> ConnectorError {
    let code = fault.error_code.as_deref().unwrap_or(&fault.code);
    let text = format!("{command}: {code}: {}", fault.text);
    if is_token_fault(fault) {
        return ConnectorError::Authentication(text);
    }
    if fault.names(&["Throttl", "TooManyRequests"]) {
        return ConnectorError::Throttled { retry_after: None };
    }
    if fault.names(&["AccessDenied", "Unauthorized", "InsufficientPrivileges", "NotAuthorized"]) {
        return ConnectorError::Permission(text);
    }
    if fault.names(&["Cookie", "SyncStateNotFound", "ResyncRequired"]) {
        return ConnectorError::CursorExpired(text);
    }
    if fault.names(&["RequestTooLarge", "MaxReceivedMessageSize", "QuotaExceeded"]) {
        return ConnectorError::TooLarge(text);
    }
    if code == "81" || code == "Receiver" || fault.names(&["Busy", "Unavailable", "Timeout", "InternalError"])
    {
        return ConnectorError::Transient(text);
    }
    ConnectorError::Fatal(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &str, error_code: Option<&str>, text: &str) -> Fault {
        Fault {
            code: code.into(),
            text: text.into(),
            error_code: error_code.map(str::to_owned),
            redirect: None,
        }
    }

    #[test]
    fn request_ids_are_deterministic_and_distinct() {
        assert_eq!(request_id("run", 1), request_id("run", 1));
        assert_ne!(request_id("run", 1), request_id("run", 2));
        assert_ne!(request_id("run", 1), request_id("other", 1));
    }

    #[test]
    fn faults_fall_into_classes() {
        use ConnectorError as E;
        assert!(matches!(classify("x", &fault("Receiver", Some("81"), "")), E::Transient(_)));
        assert!(matches!(classify("x", &fault("Sender", None, "AccessDenied")), E::Permission(_)));
        assert!(matches!(classify("x", &fault("Sender", Some("ExpiredToken"), "")), E::Authentication(_)));
        assert!(matches!(classify("x", &fault("Sender", Some("InvalidCookie"), "")), E::CursorExpired(_)));
        assert!(matches!(classify("x", &fault("Sender", None, "no")), E::Fatal(m) if m == "x: Sender: no"));
    }

    #[test]
    fn a_cookie_that_stands_still_ends_the_read() {
        let mut read = ReadBack { cookie: None, full: true, more: true, seen: VecDeque::new() };
        read.advance(Some("a".into()), true).unwrap();
        assert!(read.advance(Some("a".into()), true).is_err());
        assert!(read.advance(None, true).is_err());
        read.advance(None, false).unwrap();
        assert_eq!(read.cookie.as_deref(), Some("a"));
    }
}
