//! The tenant's faces, as a client meets them.

use mock_tenant::xml::Codec;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use reqwest::Method;

use crate::target::Target;
use crate::tenant::{Ask, Bench};

/// How an input becomes a request.
type Put = for<'a> fn(&'a Bench, &'a [u8]) -> (Where, Ask<'a>);

/// Which listener.
enum Where {
    Service,
    Control,
}

struct Face {
    bench: Bench,
    seeds: Vec<Vec<u8>>,
    words: &'static [&'static str],
    put: Put,
}

impl Target for Face {
    fn seeds(&self) -> Vec<Vec<u8>> {
        self.seeds.clone()
    }

    fn words(&self) -> &'static [&'static str] {
        self.words
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        let (place, ask) = (self.put)(&self.bench, input);
        let base = match place {
            Where::Service => &self.bench.base,
            Where::Control => &self.bench.control,
        };
        self.bench.judge(base, &ask)
    }

    fn reset(&mut self) {
        self.bench.reset();
    }
}

fn face(seeds: &[&str], words: &'static [&'static str], put: Put) -> Box<dyn Target> {
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    Box::new(Face { bench: Bench::new(), seeds, words, put })
}

const ODATA: &[&str] = &[
    " eq ",
    " ne ",
    " in ",
    " and ",
    " or ",
    "not(",
    "startsWith(",
    "endsWith(",
    "contains(",
    "any(x:x ",
    "all(x:x ",
    "/$count",
    "null",
    "true",
    "displayName",
    "proxyAddresses",
    "mail",
    "accountEnabled",
    "createdDateTime",
    "assignedLicenses",
    "2026-09-01T00:00:00Z",
    "'O''Neil'",
    "identities/any(i:i/issuer eq ",
    " ge ",
    " desc",
    "id",
    "$count=true",
    "$expand=",
    "$skiptoken=",
    "onPremisesExtensionAttributes/extensionAttribute1",
];

fn get(bench: &Bench, path: String) -> (Where, Ask<'_>) {
    let token = Some(bench.graph.as_bytes());
    (Where::Service, Ask { method: Method::GET, path, token, media: "", body: &[] })
}

fn option<'a>(bench: &'a Bench, name: &str, input: &[u8]) -> (Where, Ask<'a>) {
    let value = percent_encode(input, NON_ALPHANUMERIC);
    get(bench, format!("/v1.0/users?$count=true&${name}={value}"))
}

pub(super) fn filter() -> Box<dyn Target> {
    let seeds = [
        "startsWith(displayName,'A') and accountEnabled eq true",
        "proxyAddresses/any(p:p eq 'smtp:x@y') or mail in ('a','b')",
        "not(userType eq 'Guest') and createdDateTime ge 2026-09-01T00:00:00Z",
        "assignedLicenses/$count ne 0",
        "endsWith(mail,'@corp.example.test')",
    ];
    face(&seeds, ODATA, |bench, input| option(bench, "filter", input))
}

pub(super) fn search() -> Box<dyn Target> {
    let seeds = ["\"displayName:ana\"", "\"displayName:a\" AND (\"mail:b\" OR \"description:é\")"];
    face(&seeds, &["AND", "OR", "NOT", "\"displayName:", "\\\"", "\"mail:"], |bench, input| {
        option(bench, "search", input)
    })
}

pub(super) fn orderby() -> Box<dyn Target> {
    face(&["displayName desc,userPrincipalName", "createdDateTime"], ODATA, |bench, input| {
        option(bench, "orderby", input)
    })
}

pub(super) fn select() -> Box<dyn Target> {
    face(
        &["id,displayName,mail", "*", "onPremisesExtensionAttributes/extensionAttribute1"],
        ODATA,
        |bench, input| option(bench, "select", input),
    )
}

pub(super) fn path() -> Box<dyn Target> {
    let seeds = [
        "v1.0/users/ana@corp.example.test?$select=id",
        "beta/users('ana@corp.example.test')/manager/$ref",
        "v1.0/users/delta?$deltatoken=latest",
        "v1.0/groups/x/transitiveMembers/$count",
        "v1.0/directory/deletedItems/microsoft.graph.user?$top=5&$skiptoken=x",
        "v1.0/$metadata",
        "v1.0/organization",
    ];
    face(&seeds, ODATA, |bench, input| get(bench, format!("/{}", String::from_utf8_lossy(input))))
}

const JSON: &[&str] = &[
    "null",
    "[]",
    "{}",
    "\"\"",
    "\"accountEnabled\":",
    "\"proxyAddresses\":[",
    "\"onPremisesImmutableId\":",
    "\"passwordProfile\":{",
    "\\ud83d\\ude00",
    "\\u0000",
    "\"mail\":",
    "\"@odata.type\":",
    "\"manager@odata.bind\":",
    "\"businessPhones\":",
    "\"extension_x_y\":",
    "\"otherMails\":",
    "\"identities\":[{",
];
const NEW_USER: &str = "{\"accountEnabled\":true,\"displayName\":\"X\",\"mailNickname\":\"x\",\"userPrincipalName\":\"x@corp.example.test\",\"passwordProfile\":{\"password\":\"Passw0rd!xyz\",\"forceChangePasswordNextSignIn\":false}}";

fn body<'a>(bench: &'a Bench, method: Method, path: &str, body: &'a [u8]) -> (Where, Ask<'a>) {
    let token = Some(bench.graph.as_bytes());
    (Where::Service, Ask { method, path: path.to_owned(), token, media: "application/json", body })
}

pub(super) fn post() -> Box<dyn Target> {
    face(&[NEW_USER], JSON, |bench, input| body(bench, Method::POST, "/v1.0/users", input))
}

pub(super) fn patch() -> Box<dyn Target> {
    let seeds = [
        "{\"displayName\":\"Ana\",\"mail\":\"a@corp.example.test\",\"otherMails\":[\"x@y\"],\"jobTitle\":null}",
    ];
    face(&seeds, JSON, |bench, input| body(bench, Method::PATCH, "/v1.0/users/ana@corp.example.test", input))
}

pub(super) fn batch() -> Box<dyn Target> {
    let seeds = [
        "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users?$top=1\"},{\"id\":\"2\",\"dependsOn\":[\"1\"],\"method\":\"PATCH\",\"url\":\"/users/ana@corp.example.test\",\"headers\":{\"Content-Type\":\"application/json\"},\"body\":{\"displayName\":\"B\"}}]}",
    ];
    const WORDS: &[&str] = &[
        "\"id\":\"1\"",
        "\"dependsOn\":[\"2\"]",
        "\"url\":\"/$batch\"",
        "\"method\":\"DELETE\"",
        "\"body\":\"eA==\"",
        "/me",
        "../",
    ];
    face(&seeds, WORDS, |bench, input| body(bench, Method::POST, "/v1.0/$batch", input))
}

pub(super) fn token() -> Box<dyn Target> {
    let bench = Bench::new();
    let seeds = vec![
        bench.graph.as_bytes().to_vec(),
        b"Bearer e30.e30.".to_vec(),
        b"Bearer eyJhbGciOiJub25lIn0.e30.".to_vec(),
    ];
    let put: Put = |_, input| {
        let path = "/v1.0/users?$top=1".to_owned();
        (Where::Service, Ask { method: Method::GET, path, token: Some(input), media: "", body: &[] })
    };
    Box::new(Face {
        bench,
        seeds,
        words: &["Bearer ", ".", "==", "eyJhbGciOiJIUzI1NiJ9", "bearer", ","],
        put,
    })
}

pub(super) fn sign_in() -> Box<dyn Target> {
    let bench = Bench::new();
    let seeds = vec![
        bench.form("https://graph.microsoft.com").into_bytes(),
        b"grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=x&device_code=y".to_vec(),
        b"grant_type=password&client_id=x&username=ana@corp.example.test&password=p&scope=openid".to_vec(),
        b"grant_type=refresh_token&client_id=x&refresh_token=y".to_vec(),
        b"grant_type=authorization_code&client_id=x&code=y&redirect_uri=http://localhost&code_verifier=z".to_vec(),
        b"client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=e30.e30.x&client_id=x&grant_type=client_credentials&scope=a".to_vec(),
    ];
    let put: Put = |bench, input| {
        let media = "application/x-www-form-urlencoded";
        (
            Where::Service,
            Ask { method: Method::POST, path: bench.token_path(), token: None, media, body: input },
        )
    };
    Box::new(Face {
        bench,
        seeds,
        words: &["&", "=", "%00", "%ff", "client_assertion=", "scope=", "claims={", "resource="],
        put,
    })
}

const SOAP_WORDS: &[&str] = &[
    "<![CDATA[",
    "]]>",
    "&amp;",
    "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"",
    "<b:KeyValueOfstringanyType>",
    "i:type=\"c:base64Binary\"",
    "userCertificate",
    "<SyncObjects>",
    "<SourceAnchor>",
    "<a:Action s:mustUnderstand=\"1\">",
    "ProvisionAzureADSyncObjects",
    "ReadBackAzureADSyncObjects",
    "<!DOCTYPE a>",
];

/// A read-back, an envelope without body, and a write of one object.
fn envelopes(bench: &Bench) -> Vec<String> {
    let token = bench.provisioning.strip_prefix("Bearer ").unwrap_or_default();
    let envelope = |command: &str, inner: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action s:mustUnderstand=\"1\">http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/{command}</a:Action><SyncToken xmlns=\"urn:microsoft.online.administrativeservice\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><ApplicationId xmlns=\"http://schemas.microsoft.com/online/aws/change/2010/01\">6eb59a73-39b2-4c23-a70f-e2e3ce8965b1</ApplicationId><BearerToken xmlns=\"http://schemas.microsoft.com/online/aws/change/2010/01\">{token}</BearerToken></SyncToken></s:Header><s:Body><{command} xmlns=\"http://schemas.microsoft.com/online/aws/change/2010/01/\">{inner}</{command}></s:Body></s:Envelope>"
        )
    };
    let object = "<syncRequest xmlns:b=\"http://schemas.microsoft.com/online/aws/change/2014/06\" xmlns:c=\"http://schemas.microsoft.com/2003/10/Serialization/Arrays\"><b:SyncObjects><b:AzureADSyncObject><b:PropertyValues><c:KeyValueOfstringanyType><c:Key>SourceAnchor</c:Key><c:Value xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"http://www.w3.org/2001/XMLSchema\" i:type=\"x:string\">QUFB</c:Value></c:KeyValueOfstringanyType></b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Set</b:SyncOperation></b:AzureADSyncObject></b:SyncObjects></syncRequest>";
    vec![
        envelope("ProvisionAzureADSyncObjects", object),
        envelope(
            "ReadBackAzureADSyncObjects",
            "<includeLicenseInformation>false</includeLicenseInformation><inputCookie/>",
        ),
        envelope("Capabilities", ""),
        envelope("GetCompanyConfiguration", "<includeLicenseInformation>false</includeLicenseInformation>"),
    ]
}

fn provisioning<'a>(bench: &'a Bench, media: &'static str, input: &'a [u8]) -> (Where, Ask<'a>) {
    let path = bench.path_of(mock_tenant::MockTenant::provisioning_url);
    (Where::Service, Ask { method: Method::POST, path, token: None, media, body: input })
}

pub(super) fn soap() -> Box<dyn Target> {
    let bench = Bench::new();
    let seeds = envelopes(&bench).into_iter().map(String::into_bytes).collect();
    let put: Put = |bench, input| provisioning(bench, "application/soap+xml; charset=utf-8", input);
    Box::new(Face { bench, seeds, words: SOAP_WORDS, put })
}

pub(super) fn soap_binary() -> Box<dyn Target> {
    let bench = Bench::new();
    let trees = envelopes(&bench).into_iter().filter_map(|text| Codec::Text.decode(text.as_bytes()).ok());
    let seeds = trees.map(|tree| Codec::Nbfx.encode(&tree)).collect();
    let put: Put = |bench, input| provisioning(bench, "application/soap+msbin1", input);
    Box::new(Face { bench, seeds, words: &[], put })
}

pub(super) fn ews() -> Box<dyn Target> {
    let seeds = [
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Header><t:RequestServerVersion Version=\"Exchange2016\"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>ana@corp.example.test</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body><m:ResolveNames ReturnFullContactData=\"true\" SearchScope=\"ActiveDirectory\" ContactDataShape=\"AllProperties\"><m:UnresolvedEntry>ana</m:UnresolvedEntry></m:ResolveNames></s:Body></s:Envelope>",
    ];
    const WORDS: &[&str] =
        &["smtp:", "Müller", "<m:UnresolvedEntry>", "ContactDataShape=\"IdOnly\"", "]]>", "&#0;"];
    face(&seeds, WORDS, |bench, input| {
        let (path, media) = (bench.path_of(mock_tenant::MockTenant::ews_url), "text/xml; charset=utf-8");
        (
            Where::Service,
            Ask { method: Method::POST, path, token: Some(bench.exchange.as_bytes()), media, body: input },
        )
    })
}

fn control<'a>(method: Method, path: &str, media: &'static str, body: &'a [u8]) -> (Where, Ask<'a>) {
    (Where::Control, Ask { method, path: path.to_owned(), token: None, media, body })
}

pub(super) fn world() -> Box<dyn Target> {
    let seeds = [
        "users:\n- {userPrincipalName: x@corp.example.test, displayName: X, userCertificate: [MAA=]}\ngroups:\n- {displayName: g}\n",
        "{\"users\":[{\"userPrincipalName\":\"y@corp.example.test\"}],\"domains\":[\"a.test\"]}",
    ];
    const WORDS: &[&str] = &[
        "users:",
        "contacts:",
        "groups:",
        "devices:",
        "&a ",
        "*a",
        "<<: ",
        "!!binary ",
        "proxyAddresses: [",
        "onPremisesSyncEnabled: true",
    ];
    face(&seeds, WORDS, |_, input| control(Method::POST, "/world", "application/yaml", input))
}

pub(super) fn state() -> Box<dyn Target> {
    let bench = Bench::new();
    let get = Ask { method: Method::GET, path: "/state".to_owned(), token: None, media: "", body: &[] };
    let seeds = bench.send(&bench.control, &get).into_iter().map(|(_, body)| body.into_bytes()).collect();
    let put: Put = |_, input| control(Method::PUT, "/state", "application/json", input);
    Box::new(Face { bench, seeds, words: JSON, put })
}

pub(super) fn faults() -> Box<dyn Target> {
    let seeds = [
        "{\"rules\":[{\"when\":{\"op\":\"graph.users.*\",\"nth\":1},\"then\":[{\"status\":{\"code\":429}}]}]}",
    ];
    const WORDS: &[&str] = &[
        "\"when\":{",
        "\"then\":[",
        "\"every\":2",
        "\"op\":\"*\"",
        "\"probability\":",
        "\"lost_ack\":{}",
        "\"truncate\":{\"bytes\":1}",
        "null",
    ];
    face(&seeds, WORDS, |_, input| control(Method::PUT, "/faults", "application/json", input))
}
