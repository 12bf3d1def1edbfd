//! The service as a client sees it: messages in, messages out.

use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use kit::faults::Effect;
use kit::journal::Event;
use uuid::Uuid;

use super::infoset::Element;
use super::{Request, SoapReply, read};
use crate::observe::Observer;
use crate::tenant::{Company, Settings, Tenant};
use crate::world::World;
use crate::xml::{nbfx, text};

const TYPE: &str = "application/soap+xml; charset=utf-8";
const BINARY: &str = "application/soap+msbin1";

/// Plays faults on operations of a name, once each, and keeps the events.
#[derive(Default)]
struct Script {
    faults: Vec<(&'static str, Effect)>,
    events: Vec<Event>,
}

impl Observer for Script {
    fn decide(&mut self, op: &str, _target: &str) -> Vec<Effect> {
        let at = self.faults.iter().position(|(known, _)| *known == op);
        at.map(|at| self.faults.remove(at).1).into_iter().collect()
    }

    fn record(&mut self, event: Event) {
        self.events.push(event);
    }
}

fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

fn tenant(world: &str) -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(world).unwrap().build(settings, company, Ids::new(7), now()).unwrap()
}

fn ask(tenant: &mut Tenant, script: &mut Script, message: &str) -> SoapReply {
    match read(message.as_bytes(), TYPE) {
        Ok(request) => request.answer(tenant, now(), script),
        Err(fault) => *fault,
    }
}

fn message(command: &str, arguments: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:a='http://www.w3.org/2005/08/addressing'>\
         <s:Header><a:Action>http://schemas.microsoft.com/online/aws/change/2010/01/IProvisioningWebService/{command}</a:Action>\
         <a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body>\n\
         <{command} xmlns='http://schemas.microsoft.com/online/aws/change/2010/01' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>\n\
         {arguments}</{command}></s:Body></s:Envelope>"
    )
}

fn batch(objects: &[(&str, &str, &str)]) -> String {
    let objects: String = objects
        .iter()
        .map(|(operation, anchor, properties)| {
            format!(
                "<b:AzureADSyncObject><b:PropertyValues xmlns:c='http://schemas.microsoft.com/2003/10/Serialization/Arrays' xmlns:d='http://www.w3.org/2001/XMLSchema'>{}{properties}\
                 </b:PropertyValues><b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>{operation}</b:SyncOperation></b:AzureADSyncObject>\n",
                property("SourceAnchor", anchor)
            )
        })
        .collect();
    let request = format!(
        "<syncRequest xmlns:b='http://schemas.microsoft.com/online/aws/change/2014/06'><b:SyncObjects>\n{objects}</b:SyncObjects></syncRequest>"
    );
    message("ProvisionAzureADSyncObjects", &request)
}

fn property(name: &str, value: &str) -> String {
    format!(
        "<c:KeyValueOfstringanyType><c:Key>{name}</c:Key><c:Value i:type='d:string'>{value}</c:Value></c:KeyValueOfstringanyType>"
    )
}

fn certificates(values: &[&str]) -> String {
    let values: String =
        values.iter().map(|value| format!("<c:base64Binary>{value}</c:base64Binary>")).collect();
    format!(
        "<c:KeyValueOfstringanyType><c:Key>userCertificate</c:Key><c:Value i:type='c:ArrayOfbase64Binary'>{values}</c:Value></c:KeyValueOfstringanyType>"
    )
}

fn upn(name: &str) -> String {
    property("userPrincipalName", &format!("{name}@corp.example.test"))
}

fn read_back(cookie: Option<&str>) -> String {
    let cookie = cookie.map_or("<inputCookie i:nil='true'/>".to_owned(), |cookie| {
        format!("<inputCookie>{cookie}</inputCookie>")
    });
    message("ReadBackAzureADSyncObjects2", &format!("{cookie}<isFullSync>True</isFullSync>"))
}

/// One element a line.
fn shown(reply: &SoapReply) -> String {
    let body = String::from_utf8(reply.body()).unwrap();
    text::parse(body.as_bytes()).expect("our own answers are well-formed");
    let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{}\n{headers}{}", reply.status, body.replace("><", ">\n<"))
}

fn found(reply: &SoapReply, name: &str) -> Option<String> {
    let root = text::parse(&reply.body()).unwrap();
    root.find(name).map(Element::content)
}

#[test]
fn the_vectors_are_answered() {
    let mut tenant = tenant("");
    let mut script = Script::default();
    let mut answers = Vec::new();
    for vector in [
        include_str!("../../../tests/fixtures/nbfx-vectors/capabilities-request.xml"),
        include_str!("../../../tests/fixtures/nbfx-vectors/provision-request.xml"),
        include_str!("../../../tests/fixtures/nbfx-vectors/readback-request.xml"),
    ] {
        assert_eq!(read(vector.as_bytes(), TYPE).unwrap().bearer(), Some("eyJ0eXAiOiJKV1QifQ.e30.sig"));
        answers.push(shown(&ask(&mut tenant, &mut script, vector)));
    }
    insta::assert_snapshot!(answers.join("\n\n"));
    let ops: Vec<_> = script.events.iter().map(|event| (event.op.as_str(), event.target.as_str())).collect();
    let set = ("provisioning.set", "tyUN0RlTb0W+XrJHCzWpBw==");
    assert_eq!(ops, [("provisioning.capabilities", ""), set, ("provisioning.read_back", "")]);
    assert_eq!(
        script.events[1].detail,
        serde_json::json!({
            "object_type": "User",
            "properties": ["accountEnabled", "userPrincipalName", "displayName", "proxyAddresses", "userCertificate"],
            "result": "Success"
        })
    );
}

#[test]
fn one_bad_object_does_not_fail_the_batch() {
    let sixteen: Vec<String> = (0..16).map(|n| format!("MA{n:02}")).collect();
    let sixteen: Vec<&str> = sixteen.iter().map(String::as_str).collect();
    let large = format!("{}{}", upn("b"), certificates(&sixteen));
    let batch = batch(&[("Add", "A", &upn("a")), ("Add", "B", &large), ("Delete", "C", "")]);
    insta::assert_snapshot!(shown(&ask(&mut tenant(""), &mut Script::default(), &batch)));
}

#[test]
fn the_company_tells_its_configuration_and_takes_features() {
    let mut tenant = tenant("company: {deletionPrevention: {mode: enabledForCount, threshold: 20}}");
    let mut script = Script::default();
    ask(
        &mut tenant,
        &mut script,
        &message("SetCompanyDirsyncFeatures", "<dirsyncFeatures>41017</dirsyncFeatures>"),
    );
    insta::assert_snapshot!(shown(&ask(&mut tenant, &mut script, &message("GetCompanyConfiguration", ""))));
    let export = "<totalExported>3</totalExported><successfulExportCount>2</successfulExportCount>";
    assert_eq!(ask(&mut tenant, &mut script, &message("FinalizeExport", export)).status, 200);
    assert_eq!(tenant.company().last_sync, Some(now()));
    assert_eq!(script.events[2].detail, serde_json::json!({"total": 3, "successful": 2}));
}

#[test]
fn credentials_are_taken_and_kept_nowhere() {
    let mut tenant =
        tenant("users: [{userPrincipalName: a@corp.example.test, displayName: A, sourceAnchor: A}]");
    let mut script = Script::default();
    let item = |anchor: &str| {
        format!(
            "<b:SyncCredentialsChangeItem><b:CredentialData>hunter2</b:CredentialData><b:SourceAnchor>{anchor}</b:SourceAnchor></b:SyncCredentialsChangeItem>"
        )
    };
    let request = format!(
        "<request xmlns:b='http://schemas.datacontract.org/2004/07/Microsoft.Online.Coexistence.Schema'><b:RequestItems>{}{}</b:RequestItems></request>",
        item("A"),
        item("B")
    );
    let asked = message("ProvisionCredentials", &request);
    assert!(!format!("{:?}", read(asked.as_bytes(), TYPE)).contains("hunter2"));
    insta::assert_snapshot!(shown(&ask(&mut tenant, &mut script, &asked)));
    assert!(!format!("{:?}{}", script.events, tenant.state(now())).contains("hunter2"));
    let devices = shown(&ask(&mut tenant, &mut script, &message("GetDeviceConfiguration", "")));
    assert!(devices.contains("PublicIssuerCertificates"), "{devices}");
}

#[test]
fn what_can_not_be_carried_out_is_a_fault() {
    let no_value = "<c:KeyValueOfstringanyType><c:Key>mail</c:Key></c:KeyValueOfstringanyType>";
    let unknown = property("mail", "x").replace("d:string", "d:decimal");
    let asked = [
        ("not XML", "<s:Envelope".to_owned()),
        ("no envelope", "<a/>".to_owned()),
        (
            "empty body",
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>".to_owned(),
        ),
        ("unknown action", message("GetSecrets", "")),
        ("no argument", message("GetKerberosDomain", "")),
        ("not served", message("GetServiceAccount", "<identifier>sync</identifier>")),
        ("no items", message("ProvisionCredentials", "<request/>")),
        ("no action", message("Capabilities", "").replace("a:Action", "a:To")),
        ("another action", message("Capabilities", "").replacen("/Capabilities", "/FinalizeExport", 1)),
        ("another namespace", message("Capabilities", "").replace("change/2010/01'", "change/2014/06'")),
        (
            "not understood",
            message("Capabilities", "")
                .replace("<a:MessageID>", "<x:Y xmlns:x='urn:x' s:mustUnderstand='1'/><a:MessageID>"),
        ),
        ("links", links(15_001)),
        ("bad number", message("SetCompanyDirsyncFeatures", "<dirsyncFeatures>many</dirsyncFeatures>")),
        ("bad cookie", read_back(Some("AAAA"))),
        ("bad base64", batch(&[("Add", "A", &upn("a")), ("Add", "B", &certificates(&["MA==", "M"]))])),
        ("bad type", batch(&[("Add", "A", &unknown)])),
        ("no value", batch(&[("Add", "A", no_value)])),
        ("bad operation", batch(&[("Move", "A", &upn("a"))])),
        ("no objects", message("ProvisionAzureADSyncObjects", "<syncRequest/>")),
    ];
    let mut tenant = tenant("");
    let answers = asked.iter().map(|(name, asked)| {
        let reply = ask(&mut tenant, &mut Script::default(), asked);
        let told = |name| found(&reply, name).unwrap_or_default();
        format!("{name}: {} {} {}", reply.status, told("ErrorCode"), told("ErrorDescription"))
    });
    insta::assert_snapshot!(answers.collect::<Vec<_>>().join("\n"));
    assert_eq!(tenant.last_change(), 0, "nothing of a malformed batch is applied");
}

#[test]
fn a_fault_has_wcfs_shape() {
    insta::assert_snapshot!(shown(&ask(&mut tenant(""), &mut Script::default(), &message("Nothing", ""))));
    let json = read(b"{}", "application/json").unwrap_err();
    assert_eq!((json.status, found(&json, "ErrorCode").as_deref()), (415, Some("UnsupportedMediaType")));
}

/// A group with so many members.
fn links(count: usize) -> String {
    let members: String = (0..count).map(|_| "<c:string>A</c:string>").collect();
    let value = format!(
        "<c:KeyValueOfstringanyType><c:Key>member</c:Key><c:Value i:type='c:ArrayOfstring'>{members}</c:Value></c:KeyValueOfstringanyType>"
    );
    batch(&[("Set", "G", &value)]).replace("<b:SyncObjectType>User", "<b:SyncObjectType>Group")
}

#[test]
fn a_batch_may_change_as_many_links_as_the_company_is_told() {
    let mut tenant = tenant("");
    let company = ask(&mut tenant, &mut Script::default(), &message("GetCompanyConfiguration", ""));
    assert_eq!(found(&company, "MaxLinksSupportedAcrossBatchInProvision2").as_deref(), Some("15000"));
    assert_eq!(ask(&mut tenant, &mut Script::default(), &links(15_000)).status, 200);
}

#[test]
fn every_command_answers_with_its_result() {
    let arguments = [
        (
            "FinalizeExport",
            "<totalExported>1</totalExported><successfulExportCount>1</successfulExportCount>",
        ),
        ("GetKerberosDomain", "<dnsDomainName>corp.example.test</dnsDomainName>"),
        ("SetCompanyDirsyncFeatures", "<dirsyncFeatures>1</dirsyncFeatures>"),
        ("ProvisionAzureADSyncObjects", SYNC_REQUEST),
        ("ProvisionAzureADSyncObjects2", SYNC_REQUEST),
        (
            "ProvisionCredentials",
            "<request xmlns:b='http://schemas.datacontract.org/2004/07/Microsoft.Online.Coexistence.Schema'><b:RequestItems/></request>",
        ),
    ];
    for command in super::commands::COMMANDS.iter().filter(|command| command.name != "GetServiceAccount") {
        let given = arguments.iter().find(|(name, _)| *name == command.name).map_or("", |(_, given)| given);
        let reply = ask(&mut tenant(""), &mut Script::default(), &message(command.name, given));
        let root = text::parse(&reply.body()).unwrap();
        let path =
            ["Body".to_owned(), format!("{}Response", command.name), format!("{}Result", command.name)];
        let last = path.iter().try_fold(&root, |element, name| element.get(name));
        assert!(last.is_some_and(|last| &*last.namespace == super::infoset::SERVICE), "{}", shown(&reply));
        assert!(crate::ops::find(command.op).is_some(), "{}", command.op);
    }
}

const SYNC_REQUEST: &str = "<syncRequest xmlns:b='http://schemas.microsoft.com/online/aws/change/2014/06'><b:SyncObjects/></syncRequest>";

#[test]
fn capabilities_are_a_document_that_tells_the_versions() {
    let reply = ask(&mut tenant(""), &mut Script::default(), &message("Capabilities", ""));
    let document = text::parse(found(&reply, "CapabilitiesResult").unwrap().as_bytes()).unwrap();
    let told = |name: &str| document.find(name).map(Element::content);
    assert_eq!(told("MinimumProductVersion").as_deref(), Some("2.0.0.0"));
    assert_eq!(document.find("BlackList").and_then(|list| list.attribute("", "Enabled")), Some("false"));
}

#[test]
fn names_are_judged_strictly_or_not() {
    let good = batch(&[("Add", "A", &upn("a"))]);
    for (odd, status) in [
        (good.clone(), 200),
        (good.replace("b:SyncObjects>", "b:syncobjects>"), 500),
        (good.replace("change/2014/06", "change/2013/01"), 500),
        (
            good.replace(
                "<b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Add</b:SyncOperation>",
                "<b:SyncOperation>Add</b:SyncOperation><b:SyncObjectType>User</b:SyncObjectType>",
            ),
            500,
        ),
        (good.replace("c:Key>", "c:key>"), 500),
        (good.replace("<b:SyncObjectType>", "<b:New/><b:SyncObjectType>"), 200),
    ] {
        let mut strict = tenant("");
        assert_eq!(ask(&mut strict, &mut Script::default(), &odd).status, status, "{odd}");
        let mut lenient = tenant("");
        lenient.settings_mut().strict = false;
        assert_eq!(ask(&mut lenient, &mut Script::default(), &odd).status, 200, "{odd}");
        assert_eq!(lenient.state(now())["users"].as_array().map(Vec::len), Some(1), "{odd}");
    }
}

#[test]
fn a_binary_request_has_a_binary_answer() {
    let mut tenant = tenant("");
    let message =
        hex::decode(include_str!("../../../tests/fixtures/nbfx-vectors/provision-request.hex").trim());
    let request = read(&message.unwrap(), BINARY).unwrap();
    let reply = request.answer(&mut tenant, now(), &mut Script::default());
    assert_eq!((reply.status, reply.content_type()), (200, BINARY));
    let element = nbfx::decode(&reply.body()).unwrap();
    assert_eq!(element.find("ResultCode").map(Element::content).as_deref(), Some("Success"));
    assert_eq!(element.find("RelatesTo").map(Element::content), request.message_id().map(str::to_owned));
    let state = tenant.state(now());
    assert_eq!(state["users"][0]["userCertificate"], serde_json::json!(["MIIBAAEC", "AAECAwQF"]));
    let read_back =
        request_of("ReadBackAzureADSyncObjects2").answer(&mut tenant, now(), &mut Script::default());
    let element = nbfx::decode(&read_back.body()).unwrap();
    assert_eq!(element.find("base64Binary").map(Element::content).as_deref(), Some("MIIBAAEC"));
    let bad = read(b"V\x02V", BINARY).unwrap_err();
    let element = nbfx::decode(&bad.body()).unwrap();
    let described = element.find("ErrorDescription").map(Element::content);
    assert_eq!((bad.status, described.unwrap().contains("octet 2")), (500, true));
}

/// The command without arguments, in binary.
fn request_of(command: &str) -> Request {
    let text = text::parse(message(command, "").as_bytes()).unwrap();
    read(&nbfx::encode(&text), BINARY).unwrap()
}

#[test]
fn a_tenant_without_sync_takes_no_batch() {
    let mut tenant = tenant("company: {dirSyncEnabled: false}");
    let reply = ask(&mut tenant, &mut Script::default(), &batch(&[("Add", "A", &upn("a"))]));
    assert_eq!(found(&reply, "ErrorCode").as_deref(), Some("DirectorySyncNotActivated"));
    assert_eq!(tenant.last_change(), 0);
}

#[test]
fn faults_refuse_the_batch_or_lose_the_answer_or_hit_one_object() {
    let rows: Vec<(Effect, u16, &str, usize, &str)> = vec![
        (Effect::Throttle { retry_after_s: Some(5) }, 429, "Throttled", 0, "Throttled"),
        (Effect::Busy {}, 503, "81", 0, "81"),
        (Effect::Unavailable {}, 503, "ServiceUnavailable", 0, "ServiceUnavailable"),
        (Effect::AuthExpired {}, 500, "AuthenticationFailed", 0, "AuthenticationFailed"),
        (Effect::Forbidden {}, 500, "AccessDenied", 0, "AccessDenied"),
        (Effect::Referral { urls: vec!["https://elsewhere.test/".into()] }, 500, "", 0, "BindingRedirection"),
        (Effect::CloseBefore {}, 200, "", 0, "closed"),
        (Effect::LostAck {}, 200, "", 2, "ok"),
        (Effect::Conflict {}, 200, "", 1, "ConcurrencyConflict"),
    ];
    for (effect, status, code, applied, outcome) in rows {
        let mut tenant = tenant("");
        let mut script = Script { faults: vec![("provisioning.add", effect.clone())], events: Vec::new() };
        let batch = batch(&[("Add", "A", &upn("a")), ("Add", "B", &upn("b"))]);
        let reply = ask(&mut tenant, &mut script, &batch);
        assert_eq!(
            (reply.status, found(&reply, "ErrorCode").unwrap_or_default().as_str()),
            (status, code),
            "{effect:?}"
        );
        assert_eq!(tenant.state(now())["users"].as_array().map(Vec::len), Some(applied), "{effect:?}");
        assert_eq!(script.events[0].outcome, outcome, "{effect:?}");
        assert_eq!(script.events[0].fault.as_deref(), Some(effect.name()));
        assert_eq!(script.events.len(), 2, "one entry for each object: {effect:?}");
        assert_eq!(reply.transport.contains(&effect), effect.is_transport());
    }
}

#[test]
fn throttling_tells_how_long_to_wait() {
    let mut script = Script {
        faults: vec![("provisioning.read_back", Effect::Throttle { retry_after_s: Some(5) })],
        events: Vec::new(),
    };
    assert_eq!(
        ask(&mut tenant(""), &mut script, &read_back(None)).headers,
        [("Retry-After", "5".to_owned())]
    );
}

const TWO: &str = "users:
- {userPrincipalName: a@corp.example.test, displayName: A, sourceAnchor: A, userCertificate: [MAA=]}
- {userPrincipalName: b@corp.example.test, displayName: B, sourceAnchor: B}
";

fn anchors(reply: &SoapReply) -> Vec<String> {
    let root = text::parse(&reply.body()).unwrap();
    let pairs = root.find("ResultObjects").into_iter().flat_map(Element::elements);
    let anchors = pairs.filter_map(|object| {
        let pair = object
            .find("PropertyValues")?
            .elements()
            .find(|pair| pair.content_of("Key").as_deref() == Some("SourceAnchor"))?;
        pair.content_of("Value")
    });
    anchors.collect()
}

#[test]
fn pages_can_be_short_double_turned_around_and_damaged() {
    let play = |effect: Effect| {
        let mut tenant = tenant(TWO);
        let mut script = Script { faults: vec![("provisioning.read_back", effect)], events: Vec::new() };
        let first = ask(&mut tenant, &mut script, &read_back(None));
        let cookie = found(&first, "OutputCookie").unwrap();
        let second = ask(&mut tenant, &mut script, &read_back(Some(&cookie)));
        (
            anchors(&first),
            found(&first, "MoreData").unwrap(),
            anchors(&second),
            found(&first, "base64Binary"),
            cookie,
        )
    };
    let short = play(Effect::PartialPage {});
    assert_eq!((short.0, short.1.as_str(), short.2), (vec!["A".to_owned()], "true", vec!["B".to_owned()]));
    let double = play(Effect::DuplicatePage {});
    assert_eq!((double.0.clone(), double.1.as_str()), (double.2, "true"));
    assert_eq!(play(Effect::Reorder {}).0, ["B", "A"]);
    assert_eq!(play(Effect::CorruptValue { attribute: None }).3.as_deref(), Some("MAE="));
    let plain = play(Effect::Delay { ms: 0 });
    assert_eq!(
        (plain.0, plain.1.as_str(), plain.2.len()),
        (vec!["A".to_owned(), "B".to_owned()], "false", 0)
    );
}

#[test]
fn a_stale_read_shows_the_version_before() {
    let mut tenant = tenant(TWO);
    let mut script =
        Script { faults: vec![("provisioning.read_back", Effect::StaleRead {})], events: Vec::new() };
    let change = batch(&[("Set", "A", &certificates(&["MAE="]))]);
    assert_eq!(found(&ask(&mut tenant, &mut script, &change), "ResultCode").as_deref(), Some("Success"));
    let stale = found(&ask(&mut tenant, &mut script, &read_back(None)), "base64Binary");
    let fresh = found(&ask(&mut tenant, &mut script, &read_back(None)), "base64Binary");
    assert_eq!((stale.as_deref(), fresh.as_deref()), (Some("MAA="), Some("MAE=")));
}

#[test]
fn a_corrupt_write_is_what_the_tenant_then_holds() {
    let effect = Effect::CorruptValue { attribute: Some("userCertificate".to_owned()) };
    let mut script = Script { faults: vec![("provisioning.add", effect)], events: Vec::new() };
    let mut tenant = tenant("");
    let object = format!("{}{}", upn("a"), certificates(&["MAA="]));
    ask(&mut tenant, &mut script, &batch(&[("Add", "A", &object)]));
    assert_eq!(
        tenant.state(now() + SignedDuration::ZERO)["users"][0]["userCertificate"],
        serde_json::json!(["MAE="])
    );
}

#[test]
fn incremental_members_are_read() {
    let world = format!("{TWO}groups: [{{displayName: G, sourceAnchor: G, members: [A]}}]");
    let mut tenant = tenant(&world);
    let change = |anchor: &str, operation: u8| {
        format!(
            "<SyncReferenceChange><Reference><Anchor>{anchor}</Anchor><referenceTypeInt>2</referenceTypeInt></Reference><operationInt>{operation}</operationInt></SyncReferenceChange>"
        )
    };
    let value = format!(
        "<c:KeyValueOfstringanyType><c:Key>member</c:Key><c:Value i:type='SyncReferenceChangeCollection'><referenceChanges>{}{}</referenceChanges></c:Value></c:KeyValueOfstringanyType>",
        change("A", 2),
        change("B", 1)
    );
    let asked = batch(&[("Set", "G", &value)])
        .replace("<b:SyncObjectType>User", "<b:SyncObjectType>Group")
        .replace("ProvisionAzureADSyncObjects", "ProvisionAzureADSyncObjects2");
    let reply = ask(&mut tenant, &mut Script::default(), &asked);
    assert!(shown(&reply).contains("<ProvisionAzureADSyncObjects2Result"), "{}", shown(&reply));
    let state = tenant.state(now());
    assert_eq!(state["groups"][0]["members"], serde_json::json!([state["users"][1]["id"]]));
}
