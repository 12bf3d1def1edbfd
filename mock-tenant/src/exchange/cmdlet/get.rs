//! Get-Recipient, Get-MailUser, Get-Mailbox, Get-MailContact, Get-Contact, Get-User.

use super::argument::{Argument, Values};
use super::call::Call;
use super::error::CmdletError;
use super::identity::{is_for, resolve};
use super::opath::Filter;
use super::rows::{Row, row};
use super::run::Output;
use crate::exchange::address_book;
use crate::exchange::recipient::{Recipient, recipients};
use crate::tenant::{Tenant, View};

/// Most results without `-ResultSize`. Source: office-docs-powershell, `-ResultSize` of each cmdlet.
const RESULT_SIZE: u32 = 1000;

const BY_DEFAULT: &str = "By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items returned. To return all items, specify \"-ResultSize Unlimited\". Be aware that, depending on the actual number of items, returning all items can take a long time and consume a large amount of memory. Also, we don't recommend storing the results in a variable. Instead, pipe the results to another task or script to perform batch changes.";

const MORE: &str = "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.";

/// What `-PropertySets Minimum` tells, which is what the EXO cmdlets tell unless asked for more.
/// Source: "Property sets in Exchange Online PowerShell module cmdlets".
const MINIMUM: &[&str] = &[
    "Alias",
    "DisplayName",
    "DistinguishedName",
    "EmailAddresses",
    "ExchangeObjectId",
    "ExternalDirectoryObjectId",
    "Guid",
    "Id",
    "Identity",
    "Name",
    "PrimarySmtpAddress",
    "RecipientType",
    "RecipientTypeDetails",
    "UserPrincipalName",
];

/// Runs the cmdlet.
///
/// # Errors
/// The one that is meant isn't there, or the filter makes no sense.
pub(super) fn get(tenant: &Tenant, call: &Call, view: View) -> Result<Output, CmdletError> {
    let selected = selected(call);
    if let Some(identity) = call.text("Identity") {
        let recipient = resolve(tenant, call.cmdlet.noun, identity, view)?;
        return Ok(Output::rows(vec![row(tenant, &recipient).select(&selected)]));
    }
    let mut rows = found(tenant, call, view)?;
    let warning = cut(&mut rows, call.get("ResultSize"));
    let rows = rows.into_iter().map(|row| row.select(&selected)).collect();
    Ok(Output { rows, warnings: warning.into_iter().map(str::to_owned).collect() })
}

fn found(tenant: &Tenant, call: &Call, view: View) -> Result<Vec<Row>, CmdletError> {
    let filter = call.text("Filter").map(Filter::parse).transpose()?;
    let mut rows = Vec::new();
    for recipient in meant(tenant, call, view) {
        let row = row(tenant, &recipient);
        if filter.as_ref().map_or(Ok(true), |filter| filter.passes(&row))? {
            rows.push(row);
        }
    }
    if let Some(property) = call.text("SortBy") {
        rows.sort_by_key(|row| format!("{:?}", row.get(property)).to_lowercase());
    }
    Ok(rows)
}

fn meant<'a>(tenant: &'a Tenant, call: &Call, view: View) -> Vec<Recipient<'a>> {
    let all: Vec<Recipient<'a>> = match call.text("Anr") {
        Some(name) => address_book::find(tenant, name, view),
        None => recipients(tenant, view).collect(),
    };
    let types = [list(call, "RecipientTypeDetails"), list(call, "RecipientType")];
    let wanted = |recipient: &Recipient<'_>| {
        let is_of = |types: &Vec<String>| {
            types.is_empty() || types.iter().any(|name| name.eq_ignore_ascii_case(recipient.kind.name()))
        };
        is_for(call.cmdlet.noun, recipient.kind) && types.iter().all(is_of)
    };
    all.into_iter().filter(wanted).collect()
}

/// A list that may have come as one text with commas.
fn list(call: &Call, name: &str) -> Vec<String> {
    match call.get(name) {
        Some(Argument::Texts(Values::Replace(list))) => {
            list.iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// Properties that the call asks for; none: all.
fn selected(call: &Call) -> Vec<String> {
    let is_exo = call.cmdlet.name.starts_with("Get-EXO");
    let mut names = list(call, "Properties");
    let mut sets = list(call, "PropertySets");
    sets.extend(list(call, "PropertySet"));
    if sets.iter().any(|set| set.eq_ignore_ascii_case("all"))
        || (sets.is_empty() && !is_exo && names.is_empty())
    {
        return Vec::new();
    }
    names.extend(MINIMUM.iter().map(|name| (*name).to_owned()));
    names
}

/// Cuts the rows to what was asked for, and tells what to say about it.
fn cut(rows: &mut Vec<Row>, size: Option<&Argument>) -> Option<&'static str> {
    let (size, warning) = match size {
        Some(Argument::Number(size)) => (*size, MORE),
        Some(_) => return None,
        None => (RESULT_SIZE, BY_DEFAULT),
    };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    more.then_some(warning)
}
