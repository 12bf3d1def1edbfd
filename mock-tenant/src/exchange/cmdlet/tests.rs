//! Cmdlets as a client calls them.

use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{CMDLETS, Call, CallError, Output, page, run};
use crate::exchange::{address_book, sst};
use crate::tenant::{Company, Kind, Profile, Settings, SyncObject, SyncOperation, Tenant, Value, View};
use crate::world::World;

const WORLD: &str = "
users:
- {userPrincipalName: ana@corp.example.test, displayName: Ana, mailNickname: ana, givenName: Ana, sn: García, department: Sales, proxyAddresses: ['SMTP:ana@corp.example.test', 'smtp:a.garcia@corp.example.test'], userCertificate: [MAA=]}
- {userPrincipalName: bea@corp.example.test, displayName: Bea, mailNickname: bea, targetAddress: 'SMTP:bea@other.test', proxyAddresses: ['SMTP:bea@other.test']}
- {userPrincipalName: syn@corp.example.test, displayName: Syn, mailNickname: syn, sourceAnchor: AAAA, onPremisesSyncEnabled: true, mail: syn@corp.example.test}
- {userPrincipalName: nomail@corp.example.test, displayName: Nobody}
contacts:
- {displayName: Partner, mail: partner@other.test}
- {displayName: Twin, mail: twin1@other.test}
- {displayName: Twin, mail: twin2@other.test}
groups:
- {displayName: Staff, mail: staff@corp.example.test, mailEnabled: true}
";

fn now() -> Timestamp {
    "2026-09-01T00:00:00Z".parse().unwrap()
}

fn tenant() -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(WORLD).unwrap().build(settings, company, Ids::new(7), now()).unwrap()
}

fn call(cmdlet: &str, parameters: &Json) -> Result<Call, CallError> {
    let body = json!({ "CmdletInput": { "CmdletName": cmdlet, "Parameters": parameters } });
    Call::read(body.to_string().as_bytes())
}

fn invoke_at(tenant: &mut Tenant, cmdlet: &str, parameters: &Json, at: Timestamp) -> Result<Output, String> {
    let call = call(cmdlet, parameters).map_err(|error| error.to_string())?;
    run(tenant, &call, at).map_err(|error| error.to_string())
}

fn invoke(tenant: &mut Tenant, cmdlet: &str, parameters: &Json) -> Result<Output, String> {
    invoke_at(tenant, cmdlet, parameters, now())
}

fn values(output: &Output, property: &str) -> Vec<Json> {
    output.rows.iter().map(|row| row.to_json()[property].clone()).collect()
}

fn names(tenant: &mut Tenant, cmdlet: &str, parameters: &Json) -> Vec<String> {
    let output = invoke(tenant, cmdlet, parameters).unwrap();
    values(&output, "DisplayName").iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_cmdlet_has_an_operation_of_its_name() {
    for cmdlet in CMDLETS {
        let op = crate::ops::find(cmdlet.op).unwrap_or_else(|| panic!("{}", cmdlet.op));
        assert_eq!(op.writes(), cmdlet.writes(), "{}", cmdlet.name);
        assert_eq!(cmdlet.op, format!("exchange.{}", cmdlet.name.to_lowercase().replacen('-', "_", 1)));
    }
}

#[test]
fn each_noun_sees_its_recipients() {
    let mut tenant = tenant();
    for (cmdlet, seen) in [
        ("Get-Mailbox", vec!["Ana", "Syn"]),
        ("Get-MailUser", vec!["Bea"]),
        ("Get-MailContact", vec!["Partner", "Twin", "Twin"]),
        ("Get-User", vec!["Ana", "Bea", "Syn"]),
        ("Get-Recipient", vec!["Ana", "Bea", "Syn", "Partner", "Twin", "Twin", "Staff"]),
    ] {
        assert_eq!(names(&mut tenant, cmdlet, &json!({})), seen, "{cmdlet}");
    }
}

#[test]
fn identities_are_resolved_in_all_their_forms() {
    let mut tenant = tenant();
    let ana = invoke(&mut tenant, "Get-Mailbox", &json!({"Identity": "ana"})).unwrap();
    let told = ana.rows[0].to_json();
    for form in [
        "ANA",
        "Ana",
        "ana@corp.example.test",
        "a.garcia@corp.example.test",
        "smtp:a.garcia@corp.example.test",
        told["Guid"].as_str().unwrap(),
        told["ExternalDirectoryObjectId"].as_str().unwrap(),
        told["DistinguishedName"].as_str().unwrap(),
        told["LegacyExchangeDN"].as_str().unwrap(),
    ] {
        assert_eq!(names(&mut tenant, "Get-Recipient", &json!({"Identity": form})), ["Ana"], "{form}");
    }
    let missing = invoke(&mut tenant, "Get-Mailbox", &json!({"Identity": "bea"})).unwrap_err();
    assert!(
        missing
            .starts_with("The operation couldn't be performed because object 'bea' couldn't be found on '")
    );
    let twice = invoke(&mut tenant, "Get-MailContact", &json!({"Identity": "Twin"})).unwrap_err();
    assert_eq!(twice, "The operation couldn't be performed because 'Twin' matches multiple entries.");
}

#[test]
fn certificates_are_taken_in_all_forms_that_clients_send() {
    let hashtable = |add: Json, remove: Json| json!({"@odata.type": "#Exchange.GenericHashTable", "Add": add, "remove": remove});
    for (given, stored) in [
        (json!("MAE="), json!(["MAE="])),
        (json!(["MAE=", "MAI="]), json!(["MAE=", "MAI="])),
        (json!([48, 1]), json!(["MAE="])),
        (json!([[48, 1], [48, 2]]), json!(["MAE=", "MAI="])),
        (json!({"value": [48, 1], "Count": 2}), json!(["MAE="])),
        (json!(["MAE=", "MAE="]), json!(["MAE="])),
        (hashtable(json!(["MAE="]), json!(null)), json!(["MAA=", "MAE="])),
        (hashtable(json!([48, 1]), json!("MAA=")), json!(["MAE="])),
        (json!({"@odata.type": "#Exchange.GenericHashTable"}), json!([])),
        (json!([]), json!([])),
        (json!(null), json!([])),
    ] {
        let mut tenant = tenant();
        let parameters = json!({"Identity": "ana", "UserCertificate": given, "UserCertificate@odata.type": "#Collection(Byte)"});
        invoke(&mut tenant, "Set-Mailbox", &parameters).unwrap();
        let output = invoke(&mut tenant, "Get-Mailbox", &json!({"Identity": "ana"})).unwrap();
        assert_eq!(values(&output, "UserCertificate"), [stored], "{given}");
    }
}

#[test]
fn what_is_wrong_with_a_call_is_told_in_exchanges_words() {
    let mut tenant = tenant();
    let many: Vec<[u8; 2]> = (0..16).map(|n| [48, n]).collect();
    for (cmdlet, parameters, words) in [
        ("Set-Mailbox", json!({"Identity": "ana", "Bogus": 1}), "Invalid cmdlet parameters specified. Bogus"),
        ("Set-Mailbox", json!({"UserCertificate": []}), "Parameter set cannot be resolved"),
        (
            "Set-Mailbox",
            json!({"Identity": "ana", "UserCertificate": "no base64!"}),
            "Cannot process argument transformation on parameter 'UserCertificate'",
        ),
        (
            "Set-Mailbox",
            json!({"Identity": "ana", "HiddenFromAddressListsEnabled": "maybe"}),
            "$true or $false is expected",
        ),
        ("Set-Mailbox", json!({"Identity": "ana", "UserCertificate": many}), "exceeds the maximum of 15"),
        (
            "Set-Mailbox",
            json!({"Identity": "ana", "EmailAddresses": ["SMTP:a@elsewhere.test"]}),
            "not an accepted domain",
        ),
        (
            "Set-Mailbox",
            json!({"Identity": "ana", "EmailAddresses": ["SMTP:syn@corp.example.test"]}),
            "is already being used by the proxy addresses or LegacyExchangeDN of",
        ),
        ("Set-Mailbox", json!({"Identity": "ana", "EmailAddresses": ["smtp:nonsense"]}), "isn't correct"),
        (
            "Set-OrganizationConfig",
            json!({"EwsApplicationAccessPolicy": "Never"}),
            "EnforceAllowList, EnforceBlockList",
        ),
        ("Get-Mailbox", json!({"Filter": "Nonsense -eq 'x'"}), "is not a recognized filterable property"),
        ("Get-Mailbox", json!({"Filter": "Alias -is 'x'"}), "Invalid filter syntax"),
        ("Get-TransportRule", json!({}), "does not serve the cmdlet Get-TransportRule"),
        ("nonsense", json!({}), "The term 'nonsense' is not recognized"),
        (
            "New-MailContact",
            json!({"Name": "Partner", "ExternalEmailAddress": "p@other.test"}),
            "already exists",
        ),
        (
            "New-MailUser",
            json!({"Name": "Ana", "MicrosoftOnlineServicesID": "ana@corp.example.test"}),
            "is already being used",
        ),
    ] {
        let told = invoke(&mut tenant, cmdlet, &parameters).unwrap_err();
        assert!(told.contains(words), "{cmdlet} {parameters}: {told}");
    }
}

#[test]
fn what_the_directory_masters_is_refused_until_it_is_managed_in_the_cloud() {
    let mut tenant = tenant();
    let set = json!({"Identity": "syn", "UserCertificate": ["MAE="]});
    let told = invoke(&mut tenant, "Set-Mailbox", &set).unwrap_err();
    let name = tenant.user("syn@corp.example.test", View::Committed).unwrap().id;
    assert_eq!(
        told,
        format!(
            "The operation on mailbox \"{name}\" failed because it's out of the current user's write scope. The action 'Set-Mailbox', 'UserCertificate', can't be performed on the object '{name}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization."
        )
    );
    invoke(&mut tenant, "Set-Mailbox", &json!({"Identity": "syn", "IsExchangeCloudManaged": true})).unwrap();
    invoke(&mut tenant, "Set-Mailbox", &set).unwrap();
    let person = invoke(&mut tenant, "Set-User", &json!({"Identity": "syn", "Title": "Dr."})).unwrap_err();
    assert!(person.contains("'Set-User', 'Title'"), "{person}");
    tenant.settings_mut().profile = Some(Profile::Y2025);
    let before =
        invoke(&mut tenant, "Set-Mailbox", &json!({"Identity": "syn", "IsExchangeCloudManaged": false}));
    assert!(before.unwrap_err().ends_with("IsExchangeCloudManaged"));
}

#[test]
fn the_sync_leaves_exchange_attributes_that_are_managed_in_the_cloud() {
    let mut tenant = tenant();
    let export = |tenant: &mut Tenant| {
        let properties = [
            ("SourceAnchor", Value::from("AAAA")),
            ("userCertificate", Value::BinaryList([bytes::Bytes::from_static(b"0\x07")].into())),
            ("displayName", Value::from("Syn the Second")),
        ];
        let properties = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (kind, operation) = (Kind::User, SyncOperation::Set);
        let given = SyncObject { kind, operation, properties, references: Vec::new() };
        assert_eq!(tenant.provision(&given, now()).error, None);
        let user = tenant.user("syn@corp.example.test", View::Committed).unwrap();
        (user.display_name.clone().unwrap(), user.user_certificate.len())
    };
    invoke(&mut tenant, "Set-Mailbox", &json!({"Identity": "syn", "IsExchangeCloudManaged": true})).unwrap();
    assert_eq!(export(&mut tenant), ("Syn the Second".to_owned(), 0));
    invoke(&mut tenant, "Set-Mailbox", &json!({"Identity": "syn", "IsExchangeCloudManaged": false})).unwrap();
    assert_eq!(export(&mut tenant), ("Syn the Second".to_owned(), 1));
}

#[test]
fn addresses_have_one_primary_and_mail_follows_it() {
    for (cmdlet, identity, parameters, addresses, mail) in [
        (
            "Set-Mailbox",
            "ana",
            json!({"EmailAddresses": {"Add": "SMTP:new@corp.example.test"}}),
            vec![
                "SMTP:new@corp.example.test",
                "smtp:ana@corp.example.test",
                "smtp:a.garcia@corp.example.test",
            ],
            "new@corp.example.test",
        ),
        (
            "Set-Mailbox",
            "ana",
            json!({"EmailAddresses": ["x@corp.example.test", "smtp:y@corp.example.test"]}),
            vec!["SMTP:x@corp.example.test", "smtp:y@corp.example.test"],
            "x@corp.example.test",
        ),
        (
            "Set-Mailbox",
            "ana",
            json!({"EmailAddresses": {"remove": ["a.garcia@corp.example.test"]}}),
            vec!["SMTP:ana@corp.example.test"],
            "ana@corp.example.test",
        ),
        (
            "Set-Mailbox",
            "ana",
            json!({"WindowsEmailAddress": "a.garcia@corp.example.test"}),
            vec!["SMTP:a.garcia@corp.example.test", "smtp:ana@corp.example.test"],
            "a.garcia@corp.example.test",
        ),
        (
            "Set-MailUser",
            "bea",
            json!({"ExternalEmailAddress": "bea@new.test"}),
            vec!["SMTP:bea@new.test"],
            "bea@new.test",
        ),
        (
            "Set-MailUser",
            "bea",
            json!({"PrimarySmtpAddress": "bea@corp.example.test"}),
            vec!["SMTP:bea@corp.example.test", "smtp:bea@other.test"],
            "bea@corp.example.test",
        ),
    ] {
        let mut tenant = tenant();
        let mut parameters = parameters;
        parameters["Identity"] = json!(identity);
        invoke(&mut tenant, cmdlet, &parameters).unwrap();
        let upn = format!("{identity}@corp.example.test");
        let user = tenant.user(&upn, View::Committed).unwrap();
        assert_eq!(
            (&user.proxy_addresses, user.mail.as_deref()),
            (&addresses.iter().map(|a| (*a).to_owned()).collect(), Some(mail)),
            "{parameters}"
        );
    }
}

#[test]
fn filters_compare_as_opath_does() {
    let mut tenant = tenant();
    for (filter, seen) in [
        ("UserCertificate -ne $null", vec!["Ana"]),
        (
            "UserCertificate -eq $null -and Alias -ne $null",
            vec!["Bea", "Syn", "Partner", "Twin", "Twin", "Staff"],
        ),
        ("Department -eq 'sales'", vec!["Ana"]),
        ("DisplayName -like 'S*'", vec!["Syn", "Staff"]),
        ("DisplayName -notlike '*a*'", vec!["Syn", "Twin", "Twin"]),
        ("EmailAddresses -eq 'smtp:a.garcia@corp.example.test'", vec!["Ana"]),
        ("(Alias -eq 'ana' -or Alias -eq \"bea\") -and -not (RecipientType -eq 'MailUser')", vec!["Ana"]),
        ("IsDirSynced -eq $true", vec!["Syn"]),
        ("{mailNickname -eq 'bea'}", vec!["Bea"]),
        ("DisplayName -eq 'O''Neil'", vec![]),
    ] {
        let expected = if filter.contains("-and Alias -ne") { vec!["Bea", "Syn"] } else { seen };
        assert_eq!(names(&mut tenant, "Get-Recipient", &json!({"Filter": filter})), expected, "{filter}");
    }
}

#[test]
fn results_are_limited_and_paged() {
    let mut tenant = tenant();
    let output = invoke(&mut tenant, "Get-Recipient", &json!({"ResultSize": 2})).unwrap();
    assert_eq!((output.rows.len(), output.warnings.len()), (2, 1));
    assert!(output.warnings[0].starts_with("There are more results available"));
    let output = invoke(&mut tenant, "Get-Recipient", &json!({"ResultSize": "Unlimited"})).unwrap();
    assert_eq!((output.rows.len(), output.warnings.len()), (7, 0));
    let first = page(output.rows.clone(), 0, Some(3));
    assert_eq!((first.rows.len(), first.next), (3, Some(3)));
    let last = page(output.rows, 6, Some(3));
    assert_eq!((last.rows.len(), last.next), (1, None));
}

#[test]
fn exo_cmdlets_tell_the_minimum_unless_asked_for_more() {
    let mut tenant = tenant();
    let mut told =
        |parameters: Json| invoke(&mut tenant, "Get-EXOMailbox", &parameters).unwrap().rows[0].to_json();
    assert!(told(json!({}))["UserCertificate"].is_null());
    assert_eq!(told(json!({"Properties": "UserCertificate"}))["UserCertificate"], json!(["MAA="]));
    assert_eq!(told(json!({"PropertySets": ["All"]}))["Department"], "Sales");
}

#[test]
fn new_recipients_are_there_at_once_and_removed_ones_are_gone() {
    let mut tenant = tenant();
    tenant.settings_mut().exchange_lag = SignedDuration::from_mins(30);
    let parameters = json!({"Name": "Ed Meadows", "MicrosoftOnlineServicesID": "ed@corp.example.test", "ExternalEmailAddress": "ed@tailspin.test", "Password": "x"});
    let made = invoke(&mut tenant, "New-MailUser", &parameters).unwrap();
    assert_eq!(values(&made, "PrimarySmtpAddress"), ["ed@tailspin.test"]);
    assert_eq!(values(&made, "Alias"), ["ed"]);
    invoke(&mut tenant, "Set-MailUser", &json!({"Identity": "Ed Meadows", "UserCertificate": ["MAE="]}))
        .unwrap();
    let seen = address_book::find(&tenant, "ed mea", tenant.exchange_view(now()));
    assert_eq!(seen[0].object.user_certificate.len(), 1);
    let entra = tenant.user("ed@corp.example.test", View::Committed).unwrap();
    assert_eq!((entra.mail.as_deref(), entra.user_certificate.len()), (Some("ed@tailspin.test"), 1));
    invoke(&mut tenant, "Remove-MailUser", &json!({"Identity": "Ed Meadows", "Confirm": false})).unwrap();
    assert!(address_book::find(&tenant, "ed mea", tenant.exchange_view(now())).is_empty());
    let contact = invoke(
        &mut tenant,
        "New-MailContact",
        &json!({"Name": "New One", "ExternalEmailAddress": "one@other.test"}),
    )
    .unwrap();
    assert_eq!(values(&contact, "Alias"), ["NewOne"]);
}

#[test]
fn exchanges_own_changes_are_seen_before_the_lag_and_entras_after_it() {
    let mut tenant = tenant();
    tenant.settings_mut().exchange_lag = SignedDuration::from_mins(30);
    let later = |minutes| now() + SignedDuration::from_mins(minutes);
    let ana = tenant.user("ana@corp.example.test", View::Committed).unwrap().id;
    tenant.patch(ana, vec![("department".to_owned(), Value::from("Research"))], later(10)).unwrap();
    invoke_at(
        &mut tenant,
        "Set-Mailbox",
        &json!({"Identity": "ana", "UserCertificate": ["MAE="]}),
        later(20),
    )
    .unwrap();
    let mut told = |minutes| {
        let output =
            invoke_at(&mut tenant, "Get-Mailbox", &json!({"Identity": "ana"}), later(minutes)).unwrap();
        let row = output.rows[0].to_json();
        (row["Department"].clone(), row["UserCertificate"].clone())
    };
    assert_eq!(told(20), (json!("Sales"), json!(["MAE="])));
    assert_eq!(told(39), (json!("Sales"), json!(["MAE="])));
    assert_eq!(told(40), (json!("Research"), json!(["MAE="])));
    assert_eq!(told(60), (json!("Research"), json!(["MAE="])));
}

#[test]
fn the_trust_store_is_checked_and_told() {
    let recipes = serde_json::from_str(
        r#"{"good": {"ca": true, "issuer": "self"}, "old": {"ca": true, "issuer": "self", "not_after": "2026-02-01"}}"#,
    );
    let pki = pki::Pki::build(7, &recipes.unwrap()).unwrap();
    let store = |name: &str| {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD.encode(sst::write([pki.get(name).unwrap()]))
    };
    let mut tenant = tenant();
    let set = |tenant: &mut Tenant, store: &str| {
        invoke(tenant, "Set-SmimeConfig", &json!({"SMIMECertificateIssuingCA": store, "OWAAlwaysSign": true}))
    };
    assert!(set(&mut tenant, &store("old")).unwrap_err().contains("expired on"));
    assert!(set(&mut tenant, "MAA=").unwrap_err().contains("not a serialized certificate store"));
    set(&mut tenant, &store("good")).unwrap();
    let told = invoke(&mut tenant, "Get-SmimeConfig", &json!({})).unwrap().rows[0].to_json();
    assert_eq!(
        (&told["SMIMECertificateIssuingCA"], &told["OWAAlwaysSign"]),
        (&json!(store("good")), &json!(true))
    );
    assert_eq!(told["OWACRLRetrievalTimeout"], 10_000);
}

#[test]
fn the_list_of_applications_is_told_on_demand() {
    let mut tenant = tenant();
    let app = "11111111-2222-3333-4444-555555555555";
    invoke(&mut tenant, "Set-OrganizationConfig", &json!({"EwsEnabled": true, "EwsAllowedAppIDs": app}))
        .unwrap();
    let mut told = |parameters: Json| {
        invoke(&mut tenant, "Get-OrganizationConfig", &parameters).unwrap().rows[0].to_json()
    };
    assert_eq!(told(json!({}))["EwsAllowedAppIDs"], json!(null));
    assert_eq!(told(json!({"RetrieveEwsOperationAccessPolicy": true}))["EwsAllowedAppIDs"], app);
    assert_eq!(told(json!({}))["EwsEnabled"], true);
    let domains = invoke(&mut tenant, "Get-AcceptedDomain", &json!({})).unwrap();
    assert_eq!(values(&domains, "DomainName"), ["corp.example.test", "corp.onmicrosoft.test"]);
}

#[test]
fn errors_have_the_shape_of_the_service() {
    let mut tenant = tenant();
    let call = call("Get-Mailbox", &json!({"Identity": "nobody"})).unwrap();
    let error = run(&mut tenant, &call, now()).unwrap_err();
    let body = error.to_json();
    assert_eq!((error.status(), error.outcome()), (404, "ManagementObjectNotFoundException"));
    assert_eq!(
        (&body["error"]["code"], &body["error"]["message"]),
        (&json!("NotFound"), &json!("Error executing cmdlet"))
    );
    let detail = body["error"]["details"][0]["message"].as_str().unwrap();
    assert!(detail.starts_with(
        "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation"
    ));
    assert_eq!(
        body["error"]["innererror"]["type"],
        "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
    );
}
