//! Bind (MS-ADTS 5.1.1.1): who this connection speaks for from now on.

use jiff::Timestamp;

use super::answer::{done, ldap_err, ldap_err_data, success};
use crate::directory::{BindRefusal, Caller, Directory};
use crate::wire::code;
use crate::wire::message::{BindAuth, BindRequest, DoneKind, Response};

/// SEC_E_INVALID_TOKEN, in front of every refused simple bind.
const INVALID_TOKEN: u32 = 0x8009_0308;
/// ERROR_DS_AUTH_METHOD_NOT_SUPPORTED.
const AUTH_METHOD_NOT_SUPPORTED: u32 = 0x2027;
/// ERROR_DS_STRONG_AUTH_REQUIRED.
const STRONG_AUTH_REQUIRED: u32 = 0x2028;
/// ERROR_INVALID_PARAMETER.
const INVALID_PARAMETER: u32 = 0x57;

/// The caller after this bind, and the answer. A refused bind leaves the connection anonymous (RFC 4511 §4.2.1).
pub(super) fn bind(
    request: &BindRequest,
    tls: bool,
    directory: &mut Directory,
    now: Timestamp,
) -> (Caller, Response) {
    match authenticate(request, tls, directory, now) {
        Ok(caller) => (caller, success(DoneKind::Bind(None))),
        Err((code, message)) => (Caller::anonymous(), done(DoneKind::Bind(None), code, message)),
    }
}

fn authenticate(
    request: &BindRequest,
    tls: bool,
    directory: &mut Directory,
    now: Timestamp,
) -> Result<Caller, (u32, String)> {
    if !(2..=3).contains(&request.version) {
        let comment = "Only LDAP v2 and v3 are supported";
        return Err((code::PROTOCOL_ERROR, ldap_err(INVALID_PARAMETER, 0x0C09_0594, comment)));
    }
    match &request.auth {
        BindAuth::Simple(password) => simple(&request.name, password, tls, directory, now),
        BindAuth::Sasl { mechanism, .. } => Err(not_supported(mechanism)),
        BindAuth::Other(tag) => Err(not_supported(&format!("choice {tag}"))),
    }
}

fn simple(
    name: &str,
    password: &[u8],
    tls: bool,
    directory: &mut Directory,
    now: Timestamp,
) -> Result<Caller, (u32, String)> {
    if password.is_empty() {
        return without_password(name, directory);
    }
    if !tls && directory.policies().get("LDAPServerIntegrity") == 2 {
        let comment = "The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection";
        return Err((code::STRONGER_AUTH_REQUIRED, ldap_err(STRONG_AUTH_REQUIRED, 0x0C09_0259, comment)));
    }
    if name.is_empty() {
        return Err(refused(BindRefusal::BadCredentials));
    }
    directory.authenticate(name, password, now).map_err(refused)
}

/// No password: anonymous, and with a name "unauthenticated" (RFC 4513 §5.1.2), which AD answers with success unless
/// DenyUnauthenticatedBind is set (MS-ADTS 3.1.1.3.4.7).
fn without_password(name: &str, directory: &Directory) -> Result<Caller, (u32, String)> {
    if name.is_empty() || directory.policies().get("DenyUnauthenticatedBind") == 0 {
        return Ok(Caller::anonymous());
    }
    Err(refused(BindRefusal::BadCredentials))
}

/// Clients find the reason in `data`; everything else is the same for all.
fn refused(refusal: BindRefusal) -> (u32, String) {
    let comment = "AcceptSecurityContext error";
    (code::INVALID_CREDENTIALS, ldap_err_data(INVALID_TOKEN, 0x0C09_03A9, comment, refusal.data()))
}

/// SASL and Sicily are not served, and supportedSASLMechanisms lists none.
fn not_supported(mechanism: &str) -> (u32, String) {
    let comment = format!("Authentication method {mechanism} is not served by this double");
    (code::AUTH_METHOD_NOT_SUPPORTED, ldap_err(AUTH_METHOD_NOT_SUPPORTED, 0x0C09_05F4, &comment))
}
