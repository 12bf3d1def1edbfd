//! ProvisionCredentials: password hashes are taken and forgotten, nothing here signs in with them.

use serde_json::json;

use super::commands::{Answer, Call};
use super::contract::told;
use super::fault::Refusal;
use super::infoset::{Element, INSTANCE, SERVICE};
use crate::tenant::{Tenant, View};

/// Namespace of this command's data contracts. Source: AADInternals, `Set-AADIntUserPassword`.
const COEXISTENCE: &str = "http://schemas.datacontract.org/2004/07/Microsoft.Online.Coexistence.Schema";

/// Members of a `SyncCredentialsChangeItem` that are looked at, in their order.
const MEMBERS: [&str; 3] = ["CloudAnchor", "CredentialData", "SourceAnchor"];

pub(super) fn provision(call: &Call<'_>, tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let naming = call.naming;
    let request = naming.member(&call.request.body, SERVICE, "request");
    let items = request.and_then(|request| naming.member(request, COEXISTENCE, "RequestItems"));
    let items = items.ok_or_else(|| call.malformed("request", "RequestItems are missing"))?;
    let results: Vec<Element> = naming
        .items(items, COEXISTENCE, "SyncCredentialsChangeItem")
        .map(|item| {
            let [cloud, data, source] = naming.members(item, COEXISTENCE, MEMBERS).map(told);
            let known = data.is_some() && is_known(tenant, cloud.as_deref(), source.as_deref());
            change_result(known, cloud.as_deref(), source.as_deref())
        })
        .collect();
    let detail = json!({ "count": results.len() });
    let result = Element::new("ProvisionCredentialsResult")
        .declare("b", COEXISTENCE)
        .declare("i", INSTANCE)
        .child(Element::new("b:Results").children(results));
    Ok((result, detail))
}

fn is_known(tenant: &Tenant, cloud: Option<&str>, source: Option<&str>) -> bool {
    let by_cloud = cloud.and_then(|anchor| tenant.by_cloud_anchor(anchor));
    let mut by_source = source.into_iter().flat_map(|anchor| tenant.with_anchor(anchor, View::Committed));
    by_cloud.is_some_and(|object| object.is_live()) || by_source.any(|object| object.is_live())
}

/// 0 is success. Source: AADInternals, `Set-AADIntUserPassword`, which shows these three members.
fn change_result(known: bool, cloud: Option<&str>, source: Option<&str>) -> Element {
    Element::new("b:SyncCredentialsChangeResult")
        .child(Element::new("b:CloudAnchor").text_or_nil(cloud))
        .child(Element::new("b:Result").text(if known { "0" } else { "1" }))
        .child(Element::new("b:SourceAnchor").text_or_nil(source))
}
