//! Get- and Set-SmimeConfig. Source: office-docs-powershell, Set-SmimeConfig.

use jiff::Timestamp;
use x509_parser::prelude::*;

use super::argument::Argument;
use super::call::Call;
use super::error::CmdletError;
use super::rows::{Cell, Row};
use super::run::Output;
use crate::exchange::sst;
use crate::tenant::{Setting, Tenant};

const STORE: &str = "SMIMECertificateIssuingCA";

/// The configuration.
pub(super) fn get(tenant: &Tenant) -> Output {
    let config = &tenant.exchange().smime;
    let cell = |setting: &Setting| match setting {
        Setting::Flag(flag) => Cell::Flag(*flag),
        Setting::Number(number) => Cell::Number(*number),
        Setting::Text(text) => Cell::Text((*text).to_owned()),
        Setting::Given(text) => Cell::Text(text.clone()),
    };
    let name = || Cell::Text("Smime Configuration".to_owned());
    let mut cells = vec![("Identity", name()), ("Name", name())];
    cells.extend(config.settings.iter().map(|(name, setting)| (*name, cell(setting))));
    let store = config.issuing_ca.as_ref();
    cells.push((STORE, store.map_or(Cell::Null, |octets| Cell::Text(base64(octets)))));
    Output::rows(vec![Row(cells)])
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(octets)
}

/// Sets it.
///
/// # Errors
/// A trust store that is none, or that has an expired certificate.
pub(super) fn set(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    if let Some(Argument::Binary(store)) = call.get(STORE) {
        check(store, now)?;
    }
    let config = &mut tenant.exchange_mut().smime;
    for (name, argument) in call.arguments() {
        match (config.settings.get_mut(name), argument) {
            (Some(setting), argument) => assign(setting, argument),
            (None, Argument::Binary(store)) if name == STORE => config.issuing_ca = Some(store.clone()),
            (None, Argument::Null) if name == STORE => config.issuing_ca = None,
            _ => {}
        }
    }
    Ok(Output::default())
}

fn assign(setting: &mut Setting, argument: &Argument) {
    match argument {
        Argument::Flag(flag) => *setting = Setting::Flag(*flag),
        Argument::Number(number) => *setting = Setting::Number(*number),
        Argument::Text(text) => *setting = Setting::Given(text.clone()),
        _ => {}
    }
}

/// Each certificate is checked, and one that has expired fails the operation.
fn check(store: &[u8], now: Timestamp) -> Result<(), CmdletError> {
    let certificates = sst::certificates(store).map_err(|error| CmdletError::Invalid(error.to_string()))?;
    for (at, der) in certificates.iter().enumerate() {
        let wrong =
            |problem: String| CmdletError::Invalid(format!("certificate {} of {STORE} {problem}", at + 1));
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|_| wrong("can't be read".to_owned()))?;
        let end = certificate.validity().not_after;
        if end.timestamp() < now.as_second() {
            return Err(wrong(format!("({}) expired on {end}", certificate.subject())));
        }
    }
    Ok(())
}
