//! A tenant on loopback and a client that is signed in.

use kit::Clock;
use mock_tenant::tenant::Tenant;
use mock_tenant::{MockTenant, World};
use reqwest::{Client, Method};
use serde_json::Value as Json;
use tokio::runtime::{Builder, Runtime};

const WORLD: &str = "
users:
- {userPrincipalName: ana@corp.example.test, displayName: Ana, mail: ana@corp.example.test, givenName: Ana, surname: Müller, jobTitle: null}
- {userPrincipalName: bob@corp.example.test, displayName: Bob O'Neil, mail: bob@corp.example.test, department: R&D}
- {userPrincipalName: eve@corp.example.test, displayName: Eve}
";

/// The tenant, and the runtime that serves it.
pub struct Bench {
    runtime: Runtime,
    tenant: MockTenant,
    client: Client,
    beginning: Tenant,
    /// The plain listener, without a slash at the end.
    pub base: String,
    /// The control API's listener.
    pub control: String,
    /// A token for Graph.
    pub graph: String,
    /// A token for the provisioning service.
    pub provisioning: String,
    /// A token for Exchange.
    pub exchange: String,
}

/// A request in the making.
pub struct Ask<'a> {
    /// GET, POST …
    pub method: Method,
    /// From the slash on; octets that no path has are escaped.
    pub path: String,
    /// `Authorization`, if it is sent.
    pub token: Option<&'a [u8]>,
    /// `Content-Type`, if there is a body.
    pub media: &'static str,
    /// The body.
    pub body: &'a [u8],
}

impl Bench {
    /// A new one; what goes wrong is a broken build and not a finding.
    #[expect(clippy::expect_used, reason = "nothing can be fuzzed without it")]
    pub fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let clock = Clock::virtual_at("2026-09-01T12:00:00Z".parse().expect("a timestamp"));
        let world = World::parse(WORLD).expect("the world above");
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let builder = MockTenant::builder().seed(7).clock(clock).world(world).http(any).control(any);
        let tenant = runtime.block_on(builder.start()).expect("a free port");
        let url = |url: Option<String>| url.unwrap_or_default().trim_end_matches('/').to_owned();
        let mut bench = Self {
            client: Client::builder().no_proxy().build().expect("a client"),
            beginning: tenant.snapshot(),
            base: url(tenant.http_url()),
            control: url(tenant.control_url()),
            runtime,
            tenant,
            graph: String::new(),
            provisioning: String::new(),
            exchange: String::new(),
        };
        bench.graph = bench.token("https://graph.microsoft.com");
        bench.provisioning = bench.token("https://graph.windows.net");
        bench.exchange = bench.token("https://outlook.office365.com");
        bench
    }

    /// The form of a token request for a resource.
    pub fn form(&self, resource: &str) -> String {
        let (id, secret) = (self.tenant.client_id(), self.tenant.client_secret());
        format!(
            "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope={resource}/.default"
        )
    }

    /// The path of the token endpoint.
    pub fn token_path(&self) -> String {
        format!("/{}/oauth2/v2.0/token", self.tenant.tenant_id())
    }

    fn token(&self, resource: &str) -> String {
        let (form, media) = (self.form(resource), "application/x-www-form-urlencoded");
        let path = self.token_path();
        let ask = Ask { method: Method::POST, path, token: None, media, body: form.as_bytes() };
        let answer: Json = self
            .send(&self.base, &ask)
            .ok()
            .and_then(|(_, body)| serde_json::from_str(&body).ok())
            .unwrap_or_default();
        assert!(answer["access_token"].is_string(), "no token for {resource}: {answer}");
        format!("Bearer {}", answer["access_token"].as_str().unwrap_or_default())
    }

    /// The path of a face, of its public URL.
    pub fn path_of(&self, face: fn(&MockTenant) -> String) -> String {
        let url = face(&self.tenant);
        url.splitn(4, '/').nth(3).map_or_else(String::new, |path| format!("/{path}"))
    }

    /// Status and body of the answer.
    ///
    /// # Errors
    /// There was none.
    pub fn send(&self, base: &str, ask: &Ask<'_>) -> Result<(u16, String), String> {
        let Ok(url) = reqwest::Url::parse(&format!("{base}{}", ask.path)) else {
            return Ok((0, "no URL".into()));
        };
        // without it Graph refuses most of its query language before it reads it
        let mut request = self.client.request(ask.method.clone(), url).header("consistencylevel", "eventual");
        if let Some(token) = ask.token {
            let Ok(value) = reqwest::header::HeaderValue::from_bytes(token) else {
                return Ok((0, "no header".into()));
            };
            request = request.header("authorization", value);
        }
        if !ask.media.is_empty() {
            request = request.header("content-type", ask.media).body(ask.body.to_vec());
        }
        let answer = async {
            let answer = request.send().await?;
            let status = answer.status().as_u16();
            Ok::<_, reqwest::Error>((status, answer.text().await?))
        };
        self.runtime.block_on(answer).map_err(|error| format!("no answer: {error:?}"))
    }

    /// What [`crate::target::Target::take`] tells of an answer. 500 and no answer at all are failures.
    ///
    /// # Errors
    /// As said.
    pub fn judge(&self, base: &str, ask: &Ask<'_>) -> Result<String, String> {
        match self.send(base, ask)? {
            (500, body) if !is_fault(&body) => Err(format!("500 {body}")),
            (status, body) => Ok(format!("{status} {}", gist(&body))),
        }
    }

    /// Back to the beginning, journal and faults too.
    pub fn reset(&self) {
        self.tenant.reset();
        self.tenant.restore(self.beginning.clone());
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// How an envelope of .NET binary XML begins: a short element with a prefix of one letter, named in the dictionary.
const BINARY_ENVELOPE: &str = "\u{56}";

/// SOAP sends its faults with 500 (SOAP 1.2 part 2, 7.5.2.2).
fn is_fault(body: &str) -> bool {
    body.contains("Fault>") || body.starts_with(BINARY_ENVELOPE)
}

/// What tells one answer from another: code and message of an error, or how a success begins.
fn gist(body: &str) -> String {
    let json: Json = serde_json::from_str(body).unwrap_or_default();
    let error = &json["error"];
    match error["message"].as_str().or_else(|| json["error_description"].as_str()) {
        Some(message) => format!("{} {message}", error["code"].as_str().unwrap_or_default()),
        None => fault_code(body).unwrap_or_default().to_owned(),
    }
}

fn fault_code(body: &str) -> Option<&str> {
    let (_, rest) = body
        .split_once("ErrorCode>")
        .or_else(|| body.split_once("ResponseCode>"))
        .or_else(|| body.split_once("Text"))?;
    rest.split('<').next()
}
