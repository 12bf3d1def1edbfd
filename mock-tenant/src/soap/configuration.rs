//! Calls that tell how a client shall behave, and what the tenant has of what a client may also sync.

use jiff::Timestamp;

use super::commands::{Answer, Call, nothing};
use super::fault::Refusal;
use super::infoset::{ARRAYS, Atom, Element};
use crate::tenant::Tenant;
use crate::xml::text;

/// Since when which versions of Entra Connect are taken: day, oldest that may sync, newest.
/// Source: entra docs, "authenticate-application-id" and the version history of Entra Connect.
const VERSIONS: [(&str, &str, &str); 2] =
    [("0001-01-01T00:00:00Z", "2.0.0.0", "2.6.1.0"), ("2026-09-30T00:00:00Z", "2.5.79.0", "2.6.92.0")];

/// Capabilities: a document inside of the result's text. Source: AADInternals, `Get-AADIntSyncCapabilities`.
pub(super) fn capabilities(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let since = |day: &str| day.parse::<Timestamp>().is_ok_and(|day| day <= call.now);
    let row = VERSIONS.iter().rev().find(|(day, _, _)| since(day));
    let (oldest, newest) = row.map_or(("", ""), |(_, oldest, newest)| (*oldest, *newest));
    let application = Element::new("Application")
        .child(Element::new("LatestProductVersion").text(newest))
        .child(Element::new("MinimumProductVersion").text(oldest))
        .child(Element::new("BlackList").with("Enabled", "false"));
    let protocol = Element::new("Protocol").child(application);
    let document = Element::new("ServiceCapability").child(Element::new("MicrosoftOnline").child(protocol));
    Ok((Element::new("CapabilitiesResult").text(text::write(&document)), nothing()))
}

/// GetDeviceConfiguration: the issuers of device certificates. This tenant registers no devices, so it has none.
pub(super) fn devices(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let result = call
        .result()
        .declare("c", ARRAYS)
        .child(Element::new("b:CloudPublicIssuerCertificates"))
        .child(Element::new("b:PublicIssuerCertificates"));
    Ok((result, nothing()))
}

/// GetKerberosDomain: this tenant has no Entra Domain Services.
pub(super) fn kerberos_domain(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    call.argument("dnsDomainName").ok_or_else(|| call.malformed("dnsDomainName", "missing"))?;
    Ok((call.nil(), nothing()))
}

/// What a tenant tells that does not have it.
pub(super) fn absent(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    Ok((call.nil(), nothing()))
}

/// GetWindowsCredentialsSyncConfig: nothing asks for Windows hashes. The name without an `l` is the service's own.
/// Source: AADInternals, `Get-AADIntWindowsCredentialsSyncConfig`.
pub(super) fn windows_credentials(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let result = call
        .result()
        .child(Element::new("b:EnableWindowsLegacyCredentials").atom(Atom::Bool(false)))
        .child(Element::new("b:EnableWindowsSupplementaCredentials").atom(Atom::Bool(false)))
        .child(Element::new("b:SecretEncryptionCertificate").text_or_nil(None));
    Ok((result, nothing()))
}

/// What the real service does, and this double doesn't.
pub(super) fn not_served(call: &Call<'_>, _tenant: &mut Tenant) -> Result<Answer, Refusal> {
    Err(Refusal::NotServed(call.request.body.name.to_string()))
}
