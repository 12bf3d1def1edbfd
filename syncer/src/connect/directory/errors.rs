//! LDAP failures → what can be done about them.

use ldap3::{LdapError, LdapResult};

use crate::{connect::trust::is_tls_failure, engine::protocol::ConnectorError};

/// Result codes that the connector tells apart (RFC 4511 appendix A).
pub(super) mod code {
    pub(in super::super) const TIME_LIMIT: u32 = 3;
    pub(in super::super) const SIZE_LIMIT: u32 = 4;
    pub(in super::super) const STRONGER_AUTH: u32 = 8;
    pub(in super::super) const REFERRAL: u32 = 10;
    pub(in super::super) const ADMIN_LIMIT: u32 = 11;
    pub(in super::super) const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
    pub(in super::super) const NO_SUCH_OBJECT: u32 = 32;
    pub(in super::super) const INVALID_CREDENTIALS: u32 = 49;
    pub(in super::super) const INSUFFICIENT_RIGHTS: u32 = 50;
    pub(in super::super) const BUSY: u32 = 51;
    pub(in super::super) const UNAVAILABLE: u32 = 52;
    pub(in super::super) const UNWILLING: u32 = 53;
}

/// `data xxx` of AD's bind failures; DSID and version vary by build, only this part may be relied on.
const BIND_FAILURES: [(&str, &str); 10] = [
    ("525", "no such user"),
    ("52e", "wrong password"),
    ("530", "not permitted to log on at this time"),
    ("531", "not permitted to log on from here"),
    ("532", "the password has expired"),
    ("533", "the account is disabled"),
    ("568", "too many SIDs"),
    ("701", "the account has expired"),
    ("773", "the password must be changed first"),
    ("775", "the account is locked out"),
];

/// A refusal of the server.
pub(super) fn refused(what: &str, result: &LdapResult) -> ConnectorError {
    let text = format!("{what}: LDAP result {}{}", result.rc, told(result));
    match result.rc {
        code::INVALID_CREDENTIALS => {
            ConnectorError::Authentication(format!("{text}{}", bind_reason(&result.text)))
        }
        code::STRONGER_AUTH => ConnectorError::Authentication(format!(
            "{text}; the server wants signing or TLS, use ldaps:// or StartTLS"
        )),
        1 if result.text.contains("successful bind") => ConnectorError::Authentication(text),
        code::INSUFFICIENT_RIGHTS => ConnectorError::Permission(text),
        code::BUSY | code::UNAVAILABLE | code::TIME_LIMIT => ConnectorError::Transient(text),
        code::SIZE_LIMIT | code::ADMIN_LIMIT => ConnectorError::Fatal(format!(
            "{text}; the server cut the result off, the import is not complete"
        )),
        code::REFERRAL => ConnectorError::Fatal(format!("{text}; this server does not hold the base DN")),
        _ => ConnectorError::Fatal(text),
    }
}

fn told(result: &LdapResult) -> String {
    let text = result.text.trim_matches(['\0', '\n', ' ']);
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

fn bind_reason(text: &str) -> String {
    let data = text.split("data ").nth(1).map(|rest| rest.split([',', ' ']).next().unwrap_or(rest));
    BIND_FAILURES
        .iter()
        .find(|(code, _)| data.is_some_and(|data| data.eq_ignore_ascii_case(code)))
        .map(|(_, reason)| format!(": {reason}"))
        .unwrap_or_default()
}

/// A failure below LDAP: connection, TLS, time-out.
pub(super) fn broken(what: &str, error: LdapError) -> ConnectorError {
    match error {
        LdapError::LdapResult { result } => refused(what, &result),
        LdapError::Io { source } if is_tls_failure(&source) => {
            ConnectorError::Fatal(format!("{what}: TLS: {source}; check the CA file and the host name"))
        }
        LdapError::Io { .. }
        | LdapError::EndOfStream
        | LdapError::Timeout { .. }
        | LdapError::ResultRecv { .. }
        | LdapError::OpSend { .. }
        | LdapError::IdScrubSend { .. } => ConnectorError::Transient(format!("{what}: {error}")),
        other => ConnectorError::Fatal(format!("{what}: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(rc: u32, text: &str) -> LdapResult {
        LdapResult { rc, matched: String::new(), text: text.into(), refs: vec![], ctrls: vec![] }
    }

    #[test]
    fn bind_failure_names_the_reason() {
        let text = "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 532, v1db1";
        let error = refused("bind", &result(49, text));
        assert!(
            matches!(&error, ConnectorError::Authentication(m) if m.ends_with(": the password has expired")),
            "{error}"
        );
    }

    #[test]
    fn cut_results_are_failures_of_the_import() {
        for rc in [4, 11] {
            let error = refused("search", &result(rc, ""));
            assert!(matches!(&error, ConnectorError::Fatal(m) if m.contains("not complete")), "{error}");
        }
    }

    #[test]
    fn busy_and_dropped_connections_are_worth_a_retry() {
        assert!(matches!(refused("s", &result(51, "")), ConnectorError::Transient(_)));
        assert!(matches!(broken("s", LdapError::EndOfStream), ConnectorError::Transient(_)));
    }

    #[test]
    fn untrusted_certificate_is_not_worth_a_retry() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = broken("connect", LdapError::Io { source: std::io::Error::other(tls) });
        assert!(matches!(&error, ConnectorError::Fatal(m) if m.contains("CA file")), "{error}");
    }
}
