//! Rows ↔ the engine's types. Structures are taken apart completely, so a new field can't be forgotten here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::{Row as _, sqlite::SqliteRow};

use crate::{
    engine::{
        packed::Packed,
        state::{LastError, Pending, StagedObject, TenantRecord},
    },
    model::{ExportAction, Guid, ObjectType},
};

/// Why a row makes no sense.
pub(super) type Reason = String;

pub(super) struct ObjectRow {
    pub(super) dn: String,
    pub(super) parent: Option<Vec<u8>>,
    pub(super) attributes: Vec<u8>,
    pub(super) error: Option<String>,
}

pub(super) struct RecordRow {
    pub(super) guid: Option<Vec<u8>>,
    pub(super) detail: String,
    pub(super) confirmed: Option<Vec<u8>>,
    pub(super) pending: Option<Vec<u8>>,
}

/// The small parts of a tenant record.
#[derive(Serialize, Deserialize)]
struct Detail {
    kind: ObjectType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cloud_anchor: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    foreign: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<LastError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<PendingDetail>,
}

#[derive(Serialize, Deserialize)]
struct PendingDetail {
    action: ExportAction,
    at: jiff::Timestamp,
    acknowledged: bool,
    attempts: u32,
    not_before: Option<jiff::Timestamp>,
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    // plain data with text keys: serde_json has nothing to refuse
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn object_row(object: &StagedObject) -> ObjectRow {
    let StagedObject { dn, parent, attributes, error } = object;
    ObjectRow {
        dn: dn.to_string(),
        parent: parent.map(Vec::from),
        attributes: attributes.as_bytes().to_vec(),
        error: error.as_ref().map(json),
    }
}

pub(super) fn object(row: &SqliteRow) -> Result<(Guid, Arc<StagedObject>), Reason> {
    let dn: String = get(row, "dn")?;
    let in_row = |reason: Reason| format!("{dn}: {reason}");
    let staged = StagedObject {
        parent: get::<Option<Vec<u8>>>(row, "parent")?.map(guid).transpose().map_err(in_row)?,
        attributes: packed(get(row, "attributes")?).map_err(in_row)?,
        error: get::<Option<String>>(row, "error")?.map(|text| parse(&text)).transpose().map_err(in_row)?,
        dn: dn.as_str().into(),
    };
    Ok((guid(get(row, "guid")?)?, Arc::new(staged)))
}

pub(super) fn record_row(record: &TenantRecord) -> RecordRow {
    let TenantRecord { kind, guid, cloud_anchor, confirmed, pending, foreign, error } = record;
    let detail = Detail {
        kind: *kind,
        cloud_anchor: cloud_anchor.clone(),
        foreign: foreign.clone(),
        error: error.clone(),
        pending: pending.as_ref().map(pending_detail),
    };
    RecordRow {
        guid: guid.map(Vec::from),
        detail: json(&detail),
        confirmed: confirmed.as_ref().map(|packed| packed.as_bytes().to_vec()),
        pending: pending.as_ref().map(|pending| pending.properties.as_bytes().to_vec()),
    }
}

fn pending_detail(pending: &Pending) -> PendingDetail {
    let Pending { action, properties: _, at, acknowledged, attempts, not_before } = pending;
    PendingDetail {
        action: *action,
        at: *at,
        acknowledged: *acknowledged,
        attempts: *attempts,
        not_before: *not_before,
    }
}

pub(super) fn record(row: &SqliteRow) -> Result<(Arc<str>, Arc<TenantRecord>), Reason> {
    let anchor: String = get(row, "anchor")?;
    let in_row = |reason: Reason| format!("record {anchor}: {reason}");
    let detail: Detail = parse(&get::<String>(row, "detail")?).map_err(in_row)?;
    let properties = get::<Option<Vec<u8>>>(row, "pending")?.map(packed).transpose().map_err(in_row)?;
    let pending = match (detail.pending, properties) {
        (None, None) => None,
        (Some(PendingDetail { action, at, acknowledged, attempts, not_before }), Some(properties)) => {
            Some(Pending { action, properties, at, acknowledged, attempts, not_before })
        }
        _ => return Err(in_row("half an export memory".into())),
    };
    let record = TenantRecord {
        kind: detail.kind,
        guid: get::<Option<Vec<u8>>>(row, "guid")?.map(guid).transpose().map_err(in_row)?,
        cloud_anchor: detail.cloud_anchor,
        confirmed: get::<Option<Vec<u8>>>(row, "confirmed")?.map(packed).transpose().map_err(in_row)?,
        pending,
        foreign: detail.foreign,
        error: detail.error,
    };
    Ok((anchor.into(), Arc::new(record)))
}

fn get<'r, T>(row: &'r SqliteRow, column: &str) -> Result<T, Reason>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(|e| e.to_string())
}

pub(super) fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Reason> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

fn packed(bytes: Vec<u8>) -> Result<Packed, Reason> {
    Packed::from_bytes(bytes).map_err(|e| e.to_string())
}

fn guid(bytes: Vec<u8>) -> Result<Guid, Reason> {
    Guid::try_from(bytes).map_err(|bytes| format!("a GUID of {} octets", bytes.len()))
}
