//! The commands of the provisioning service that the carrier uses: bodies of requests, contents of results.

use indexmap::IndexMap;

use super::{
    CompanyConfiguration,
    soap::SERVICE,
    values,
    xml::{Element, forbidden},
};
use crate::model::{
    ExportAction, ExportOp, ExportResult, ObjectError, ObjectType, TenantObject, TenantValue,
};

const OBJECTS: &str = "http://schemas.microsoft.com/online/aws/change/2014/06";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Command names.
pub(super) const COMPANY: &str = "GetCompanyConfiguration";
pub(super) const PROVISION: &str = "ProvisionAzureADSyncObjects";
pub(super) const READ_BACK: &str = "ReadBackAzureADSyncObjects2";
pub(super) const FINALIZE: &str = "FinalizeExport";

/// Names of the kinds on the wire.
const KINDS: [(&str, ObjectType); 4] = [
    ("User", ObjectType::User),
    ("Contact", ObjectType::Contact),
    ("Group", ObjectType::Group),
    ("Device", ObjectType::Device),
];

fn command(name: &str) -> Element {
    Element::new(name).attribute("xmlns", SERVICE)
}

/// GetCompanyConfiguration.
pub(super) fn company() -> Element {
    command(COMPANY).child(Element::new("includeLicenseInformation").text("false"))
}

/// Reads its result.
pub(super) fn read_company(result: &Element) -> CompanyConfiguration {
    let text = |name: &str| result.find(name).and_then(Element::content).unwrap_or_default().to_owned();
    let guard = result.find("PreventAccidentalDeletion");
    let enabled = guard.and_then(|guard| guard.content_of("DeletionPrevention")) == Some("EnabledForCount");
    let count =
        guard.and_then(|guard| guard.content_of("ThresholdCount")).and_then(|count| count.parse().ok());
    CompanyConfiguration {
        tenant_id: text("TenantId"),
        display_name: text("DisplayName"),
        dir_syncing: text("IsDirSyncing").eq_ignore_ascii_case("true"),
        deletion_threshold: count.filter(|_| enabled),
    }
}

/// ReadBackAzureADSyncObjects2.
pub(super) fn read_back(cookie: Option<&str>, full: bool) -> Element {
    let input = Element::new("inputCookie");
    let input = match cookie {
        None => input.attribute("i:nil", "true").attribute("xmlns:i", INSTANCE),
        Some(cookie) => input.text(cookie),
    };
    command(READ_BACK)
        .child(Element::new("includeLicenseInformation").text("false"))
        .child(input)
        .child(Element::new("isFullSync").text(if full { "true" } else { "false" }))
}

/// One page of a read-back.
#[derive(Debug, PartialEq)]
pub(super) struct ReadBackPage {
    pub(super) objects: Vec<TenantObject>,
    pub(super) cookie: Option<String>,
    pub(super) more: bool,
}

/// Reads its result. The names `OutputCookie` and `MoreData` are assumed: no public source shows them.
pub(super) fn read_read_back(result: &Element) -> Result<ReadBackPage, String> {
    let objects = result.get("ResultObjects").filter(|objects| !objects.is_nil());
    let objects = objects.into_iter().flat_map(Element::children).map(read_object);
    let objects = objects.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let more = result.content_of("MoreData").is_some_and(|more| more.eq_ignore_ascii_case("true"));
    Ok(ReadBackPage { objects, cookie: result.content_of("OutputCookie").map(str::to_owned), more })
}

/// One object; `None` for kinds that this client doesn't know.
fn read_object(object: &Element) -> Result<Option<TenantObject>, String> {
    let Some(values) = object.get("PropertyValues") else { return Ok(None) };
    let mut properties = values::read(values)?;
    let cloud_anchor = take_text(&mut properties, "CloudAnchor").unwrap_or_default();
    let source_anchor = take_text(&mut properties, "SourceAnchor");
    let told =
        object.content_of("SyncObjectType").or_else(|| cloud_anchor.split_once('_').map(|(kind, _)| kind));
    let Some(kind) = told.and_then(kind_of) else { return Ok(None) };
    let deleted = object.content_of("SyncOperation") == Some("Delete");
    Ok(Some(TenantObject { cloud_anchor, source_anchor, kind, deleted, properties }))
}

fn take_text(properties: &mut IndexMap<String, TenantValue>, name: &str) -> Option<String> {
    let key = properties.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    match properties.shift_remove(&key) {
        Some(TenantValue::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn kind_of(name: &str) -> Option<ObjectType> {
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// ProvisionAzureADSyncObjects.
pub(super) fn provision<'a>(ops: impl IntoIterator<Item = &'a ExportOp>) -> Element {
    let objects = Element::new("b:SyncObjects").with(ops.into_iter().map(sync_object));
    let request = Element::new("syncRequest").attribute("xmlns:b", OBJECTS).attribute("xmlns:i", INSTANCE);
    command(PROVISION).child(request.child(objects))
}

fn sync_object(op: &ExportOp) -> Element {
    let anchor = TenantValue::Text(op.source_anchor.clone());
    let cloud = op.cloud_anchor.clone().filter(|_| op.action == ExportAction::Delete).map(TenantValue::Text);
    let own =
        std::iter::once(("SourceAnchor", &anchor)).chain(cloud.iter().map(|cloud| ("CloudAnchor", cloud)));
    let properties = op.properties.iter().map(|(name, value)| (name.as_str(), value));
    let kind = KINDS.iter().find(|(_, kind)| *kind == op.kind).map_or("User", |(name, _)| name);
    Element::new("b:AzureADSyncObject")
        .child(values::write(own.chain(properties)))
        .child(Element::new("b:SyncObjectType").text(kind))
        .child(Element::new("b:SyncOperation").text(operation(op.action)))
}

fn operation(action: ExportAction) -> &'static str {
    match action {
        ExportAction::Add => "Add",
        ExportAction::Set => "Set",
        ExportAction::Delete => "Delete",
    }
}

/// What can't be put on the wire, as the answer to that one operation.
pub(super) fn unsendable(op: &ExportOp) -> Option<ExportResult> {
    let (name, c) =
        op.properties.iter().find_map(|(name, value)| Some((name, texts(value).find_map(forbidden)?)))?;
    let message = format!(
        "{name} holds the character U+{:04X}, which the service's messages cannot carry",
        u32::from(c)
    );
    let error = Some(ObjectError { code: "IdentityDataValidationFailed".into(), message });
    Some(ExportResult { source_anchor: op.source_anchor.clone(), cloud_anchor: None, error })
}

fn texts(value: &TenantValue) -> impl Iterator<Item = &str> {
    match value {
        TenantValue::Text(text) => std::slice::from_ref(text),
        TenantValue::TextList(texts) => texts.as_slice(),
        _ => &[],
    }
    .iter()
    .map(String::as_str)
}

/// Reads the per-object results.
pub(super) fn read_provision(result: &Element) -> Vec<ExportResult> {
    let results = result.find("SyncObjectResults");
    results.into_iter().flat_map(Element::children).filter_map(read_result).collect()
}

fn read_result(result: &Element) -> Option<ExportResult> {
    let source_anchor = result.content_of("SourceAnchor")?.to_owned();
    let cloud_anchor = result.content_of("CloudAnchor").map(str::to_owned);
    let failed = result.content_of("ResultCode") != Some("Success");
    let error = failed.then(|| ObjectError {
        code: result.content_of("ResultErrorCode").unwrap_or("Unknown").to_owned(),
        message: result.content_of("ResultErrorDescription").unwrap_or_default().to_owned(),
    });
    Some(ExportResult { source_anchor, cloud_anchor, error })
}

/// FinalizeExport.
pub(super) fn finalize(exported: u64, succeeded: u64) -> Element {
    command(FINALIZE)
        .child(Element::new("totalExported").text(exported.to_string()))
        .child(Element::new("successfulExportCount").text(succeeded.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op() -> ExportOp {
        ExportOp {
            action: ExportAction::Set,
            kind: ObjectType::User,
            source_anchor: "tyUN0RlTb0W+XrJHCzWpBw==".into(),
            cloud_anchor: None,
            properties: IndexMap::from([
                ("accountEnabled".to_owned(), TenantValue::Bool(true)),
                ("userPrincipalName".to_owned(), TenantValue::Text("ana@corp.example.test".into())),
                ("displayName".to_owned(), TenantValue::Text("Ana García".into())),
                (
                    "proxyAddresses".to_owned(),
                    TenantValue::TextList(vec![
                        "SMTP:ana@corp.example.test".into(),
                        "smtp:a.garcia@corp.example.test".into(),
                    ]),
                ),
                (
                    "userCertificate".to_owned(),
                    TenantValue::BinaryList(vec![vec![0x30, 0x82, 1, 0, 1, 2], vec![0, 1, 2, 3, 4, 5]]),
                ),
            ]),
        }
    }

    #[test]
    fn write_body_equals_the_recorded_one() {
        let recorded = include_str!("../../../../tests/fixtures/nbfx-vectors/provision-request.xml");
        let recorded = Element::parse(recorded).unwrap();
        let ours = provision([&op()]);
        assert_eq!(ours.to_text(), recorded.path(&["Body", PROVISION]).unwrap().to_text());
    }

    #[test]
    fn deletion_carries_both_anchors_and_nothing_else() {
        let op = ExportOp {
            action: ExportAction::Delete,
            cloud_anchor: Some("User_1".into()),
            properties: IndexMap::new(),
            ..op()
        };
        insta::assert_snapshot!(sync_object(&op).to_text());
    }

    #[test]
    fn results_are_read_per_object() {
        let text = "<r xmlns:b='b' xmlns:i='i'><b:SyncObjectResults><b:AzureADSyncObjectResult>\
            <b:CloudAnchor>User_1</b:CloudAnchor><b:ResultCode>Success</b:ResultCode>\
            <b:ResultErrorCode i:nil='true'/><b:SourceAnchor>A==</b:SourceAnchor></b:AzureADSyncObjectResult>\
            <b:AzureADSyncObjectResult><b:CloudAnchor i:nil='true'/><b:ResultCode>Failure</b:ResultCode>\
            <b:ResultErrorCode>LargeObject</b:ResultErrorCode><b:ResultErrorDescription>too large</b:ResultErrorDescription>\
            <b:SourceAnchor>B==</b:SourceAnchor></b:AzureADSyncObjectResult></b:SyncObjectResults></r>";
        insta::assert_debug_snapshot!(read_provision(&Element::parse(text).unwrap()));
    }

    #[test]
    fn read_back_pages_tell_objects_cookie_and_more() {
        let text = "<r xmlns:b='b' xmlns:c='c' xmlns:i='i'><b:MoreData>true</b:MoreData><b:OutputCookie>Y29va2ll</b:OutputCookie>\
            <b:ResultObjects><b:AzureADSyncObject><b:PropertyValues>\
            <c:KeyValueOfstringanyType><c:Key>CloudAnchor</c:Key><c:Value i:type='d:string'>User_7</c:Value></c:KeyValueOfstringanyType>\
            <c:KeyValueOfstringanyType><c:Key>SourceAnchor</c:Key><c:Value i:type='d:string'>A==</c:Value></c:KeyValueOfstringanyType>\
            <c:KeyValueOfstringanyType><c:Key>userCertificate</c:Key><c:Value i:type='c:ArrayOfbase64Binary'>\
            <c:base64Binary>MAA=</c:base64Binary></c:Value></c:KeyValueOfstringanyType></b:PropertyValues>\
            <b:SyncObjectType>User</b:SyncObjectType><b:SyncOperation>Set</b:SyncOperation></b:AzureADSyncObject></b:ResultObjects></r>";
        insta::assert_debug_snapshot!(read_read_back(&Element::parse(text).unwrap()).unwrap());
    }

    #[test]
    fn nil_result_objects_are_an_empty_page() {
        let text = "<r><b:ResultObjects i:nil='true'/></r>";
        let page = read_read_back(&Element::parse(text).unwrap()).unwrap();
        assert_eq!(page, ReadBackPage { objects: vec![], cookie: None, more: false });
    }

    #[test]
    fn company_tells_the_deletion_threshold() {
        let text = "<r><DirSyncConfiguration><PreventAccidentalDeletion><DeletionPrevention>EnabledForCount</DeletionPrevention>\
            <ThresholdCount>500</ThresholdCount></PreventAccidentalDeletion></DirSyncConfiguration>\
            <DisplayName>Corp</DisplayName><IsDirSyncing>true</IsDirSyncing><TenantId>t</TenantId></r>";
        insta::assert_debug_snapshot!(read_company(&Element::parse(text).unwrap()));
    }

    #[test]
    fn control_characters_fail_their_own_object_only() {
        let mut op = op();
        assert_eq!(unsendable(&op), None);
        op.properties.insert("title".into(), TenantValue::TextList(vec!["ok".into(), "a\u{b}".into()]));
        let error = unsendable(&op).unwrap().error.unwrap();
        assert!(error.message.starts_with("title holds the character U+000B"), "{}", error.message);
    }
}
