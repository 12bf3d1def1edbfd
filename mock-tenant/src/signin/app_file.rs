//! Application registrations as text: `--app FILE`.

use std::path::Path;

use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use uuid::Uuid;

use super::credential::{Credential, FederatedCredential, RegisteredCertificate};
use super::{AppRegistration, Secret};

/// What is wrong with a file of applications.
#[derive(Debug, thiserror::Error)]
pub enum AppFileError {
    /// Not YAML, or not of this form; the text says where.
    #[error("{0}")]
    Form(String),
    /// A certificate that can't be used.
    #[error("apps[{at}].certificates[{number}]: {problem}")]
    Certificate {
        /// Which application.
        at: usize,
        /// Which of its certificates.
        number: usize,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    apps: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    client_id: Uuid,
    object_id: Option<Uuid>,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    secrets: Vec<String>,
    /// PEM text, or `file:NAME` beside the file.
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    federated: Vec<Federated>,
    roles: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    public_client: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Federated {
    issuer: String,
    subject: String,
    #[serde(default = "usual_audience")]
    audiences: Vec<String>,
    jwks: JwkSet,
}

fn usual_audience() -> Vec<String> {
    vec![FederatedCredential::AUDIENCE.to_owned()]
}

/// Reads a file of applications; `folder` is where files that it names are.
///
/// # Errors
/// Not of the form, or a certificate that can't be used.
pub fn apps_from_text(text: &str, folder: Option<&Path>) -> Result<Vec<AppRegistration>, AppFileError> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| AppFileError::Form(error.to_string()))?;
    file.apps.into_iter().enumerate().map(|(at, entry)| registration(at, entry, folder)).collect()
}

fn registration(at: usize, entry: Entry, folder: Option<&Path>) -> Result<AppRegistration, AppFileError> {
    let secrets = entry.secrets.into_iter().map(|text| Credential::Secret(Secret::new(text)));
    let mut credentials: Vec<Credential> = secrets.collect();
    for (number, text) in entry.certificates.iter().enumerate() {
        let found = certificate(text, folder);
        let found = found.map_err(|problem| AppFileError::Certificate { at, number, problem })?;
        credentials.push(Credential::Certificate(found));
    }
    credentials.extend(entry.federated.into_iter().map(|known| {
        Credential::Federated(FederatedCredential {
            issuer: known.issuer,
            subject: known.subject,
            audiences: known.audiences,
            keys: known.jwks,
        })
    }));
    Ok(AppRegistration {
        client_id: entry.client_id,
        object_id: entry.object_id.unwrap_or(entry.client_id),
        display_name: entry.display_name,
        credentials,
        roles: entry.roles,
        scopes: entry.scopes,
        redirect_uris: entry.redirect_uris,
        public_client: entry.public_client,
    })
}

fn certificate(text: &str, folder: Option<&Path>) -> Result<RegisteredCertificate, String> {
    let pem = match text.strip_prefix("file:") {
        Some(name) => {
            let path = folder.unwrap_or_else(|| Path::new(".")).join(name);
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => text.to_owned(),
    };
    RegisteredCertificate::from_pem(&pem).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_an_application_may_and_proves_itself_with() {
        let pem = include_str!("test-only-signing-cert.pem").replace('\n', "\n      ");
        let text = format!(
            "apps:\n- clientId: 11111111-1111-1111-1111-111111111111\n  roles: [User.Read.All]\n  certificates:\n    - |\n      {pem}"
        );
        let apps = apps_from_text(&text, None).unwrap();
        assert_eq!(apps[0].roles.as_deref(), Some(&["User.Read.All".to_owned()][..]));
        assert!(matches!(apps[0].credentials[..], [Credential::Certificate(_)]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let id = "clientId: 11111111-1111-1111-1111-111111111111";
        let problem = |text: &str| apps_from_text(text, None).unwrap_err().to_string();
        assert!(problem(&format!("apps:\n- {id}\n  rolls: []")).contains("rolls"));
        assert!(
            problem(&format!("apps:\n- {id}\n  certificates: [nonsense]"))
                .starts_with("apps[0].certificates[0]: ")
        );
        assert!(
            problem(&format!("apps:\n- {id}\n  certificates: ['file:missing.pem']")).contains("missing.pem")
        );
    }
}
