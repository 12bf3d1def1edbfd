//! Get- and Set-OrganizationConfig, as far as they decide who may use EWS; Get-AcceptedDomain.

use jiff::Timestamp;

use super::argument::{Argument, Values};
use super::call::Call;
use super::error::CmdletError;
use super::rows::{Cell, Row};
use super::run::Output;
use crate::tenant::{EwsApplicationAccessPolicy, Tenant};

/// The configuration. The list of applications is told on demand only.
/// Source: "Control access to EWS in Exchange", step 2.
pub(super) fn get(tenant: &Tenant, call: &Call) -> Output {
    let config = &tenant.exchange().organization;
    let name = tenant.settings().initial_domain.clone();
    let list = |list: &[String]| Cell::Texts(list.to_vec());
    let apps = match call.flag("RetrieveEwsOperationAccessPolicy") {
        Some(true) if !config.ews_allowed_app_ids().is_empty() => {
            Cell::Text(config.ews_allowed_app_ids().join(","))
        }
        _ => Cell::Null,
    };
    let policy =
        config.ews_application_access_policy.map_or(Cell::Null, |policy| Cell::Text(format!("{policy:?}")));
    Output::rows(vec![Row(vec![
        ("Name", Cell::Text(name.clone())),
        ("Identity", Cell::Text(name)),
        ("DisplayName", Cell::Text(tenant.company().display_name.clone())),
        ("EwsEnabled", config.ews_enabled.map_or(Cell::Null, Cell::Flag)),
        ("EwsApplicationAccessPolicy", policy),
        ("EwsAllowList", list(&config.ews_allow_list)),
        ("EwsBlockList", list(&config.ews_block_list)),
        ("EwsAllowedAppIDs", apps),
    ])])
}

/// Sets it. A change of the list of applications takes its time.
///
/// # Errors
/// A list that has something else than client ids.
pub(super) fn set(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    let lag = tenant.settings().ews_policy_lag;
    let apps = call.get("EwsAllowedAppIDs").map(app_ids).transpose()?;
    let config = &mut tenant.exchange_mut().organization;
    if let Some(apps) = apps {
        config.set_ews_allowed_app_ids(apps, now, lag);
    }
    match call.get("EwsEnabled") {
        Some(Argument::Flag(flag)) => config.ews_enabled = Some(*flag),
        Some(_) => config.ews_enabled = None,
        None => {}
    }
    if let Some(policy) = call.get("EwsApplicationAccessPolicy") {
        config.ews_application_access_policy = access_policy(policy);
    }
    change(&mut config.ews_allow_list, call.get("EwsAllowList"));
    change(&mut config.ews_block_list, call.get("EwsBlockList"));
    Ok(Output::default())
}

/// Client ids with commas between them.
fn app_ids(argument: &Argument) -> Result<Vec<String>, CmdletError> {
    let Argument::Text(text) = argument else { return Ok(Vec::new()) };
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| match uuid::Uuid::try_parse(id) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Err(CmdletError::Invalid(format!("\"{id}\" isn't an application ID."))),
    })
    .collect()
}

fn access_policy(argument: &Argument) -> Option<EwsApplicationAccessPolicy> {
    match argument {
        Argument::Text(word) if word == "EnforceAllowList" => {
            Some(EwsApplicationAccessPolicy::EnforceAllowList)
        }
        Argument::Text(_) => Some(EwsApplicationAccessPolicy::EnforceBlockList),
        _ => None,
    }
}

fn change(list: &mut Vec<String>, argument: Option<&Argument>) {
    match argument {
        Some(Argument::Texts(Values::Replace(new))) => list.clone_from(new),
        Some(Argument::Texts(Values::Modify { add, remove })) => {
            list.retain(|held| !remove.contains(held));
            list.extend(add.iter().cloned());
        }
        Some(_) => list.clear(),
        None => {}
    }
}

/// The verified domains.
pub(super) fn accepted_domains(tenant: &Tenant, call: &Call) -> Result<Output, CmdletError> {
    let initial = &tenant.settings().initial_domain;
    let row = |domain: &String| {
        Row(vec![
            ("Name", Cell::Text(domain.clone())),
            ("Identity", Cell::Text(domain.clone())),
            ("DomainName", Cell::Text(domain.clone())),
            ("DomainType", Cell::Text("Authoritative".to_owned())),
            ("Default", Cell::Flag(tenant.company().verified_domains.first() == Some(domain))),
            ("InitialDomain", Cell::Flag(domain == initial)),
        ])
    };
    let wanted = call.text("Identity");
    let domains = tenant.company().verified_domains.iter();
    let rows: Vec<Row> = domains
        .filter(|domain| wanted.is_none_or(|name| name.eq_ignore_ascii_case(domain)))
        .map(row)
        .collect();
    match wanted {
        Some(name) if rows.is_empty() => Err(CmdletError::NotFound(name.to_owned())),
        _ => Ok(Output::rows(rows)),
    }
}
