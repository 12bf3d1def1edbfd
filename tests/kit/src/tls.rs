//! A certification authority for one run, and the server certificates it issues.
//!
//! Its certificates hold from 2020 to 2049 whatever the virtual clock says, because a client checks them by its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};

/// File name of the certificate in a `--ca-dir`.
pub const CA_FILE: &str = "ca.pem";
/// File name of the key in a `--ca-dir`; readable by its owner only.
pub const CA_KEY_FILE: &str = "ca.key.pem";

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// `read`, `write` or `create`.
        action: &'static str,
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A CA file is not what it should be.
    #[error("{path}: not usable as the CA: {message}")]
    BadCa {
        /// Which file.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A certificate could not be made, most likely because of a name that is no name.
    #[error("cannot issue a certificate for {names}: {message}")]
    Issue {
        /// The names that were asked for.
        names: String,
        /// What is wrong.
        message: String,
    },
    /// rustls did not take certificate and key.
    #[error("TLS set-up: {0}")]
    Rustls(#[from] rustls::Error),
}

/// The authority of one run: made on the spot, or kept in a directory so that clients can go on trusting it.
pub struct RunCa {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

impl std::fmt::Debug for RunCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunCa").field("pem", &self.pem).finish_non_exhaustive()
    }
}

impl RunCa {
    /// An authority called `name` that lives as long as this value.
    ///
    /// # Errors
    /// If the machine has no randomness for a key.
    pub fn ephemeral(name: &str) -> Result<Self, TlsError> {
        let fail =
            |error: rcgen::Error| TlsError::Issue { names: name.to_owned(), message: error.to_string() };
        let key = KeyPair::generate().map_err(fail)?;
        let params = ca_params(name);
        let cert = params.self_signed(&key).map_err(fail)?;
        Ok(Self { issuer: Issuer::new(params, key), pem: cert.pem(), der: cert.der().clone() })
    }

    /// The authority kept in `dir`; if there is none, one called `name` is made and written there.
    ///
    /// # Errors
    /// Names the file that can't be read, written or used.
    pub fn in_dir(dir: &Path, name: &str) -> Result<Self, TlsError> {
        let (cert, key) = (dir.join(CA_FILE), dir.join(CA_KEY_FILE));
        if cert.exists() || key.exists() {
            return Self::load(&cert, &key);
        }
        let ca = Self::ephemeral(name)?;
        create_dir(dir)?;
        write_file(&key, &ca.issuer.key().serialize_pem(), true)?;
        ca.write_to(dir)?;
        Ok(ca)
    }

    /// The certificate in PEM: what clients are to trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.pem
    }

    /// Writes the certificate (never the key) into `dir` and gives the file's path.
    ///
    /// # Errors
    /// Names the file that can't be written.
    pub fn write_to(&self, dir: &Path) -> Result<PathBuf, TlsError> {
        let path = dir.join(CA_FILE);
        create_dir(dir)?;
        write_file(&path, &self.pem, false)?;
        Ok(path)
    }

    /// A server configuration whose certificate is good for `names`: host names, `*.` wildcards and IP addresses.
    ///
    /// # Errors
    /// Names what is not a host name or address.
    pub fn server_config(&self, names: &[impl AsRef<str>]) -> Result<ServerConfig, TlsError> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        let shown = names.join(", ");
        let (leaf, key) = self
            .issue(names)
            .map_err(|error| TlsError::Issue { names: shown, message: error.to_string() })?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(config.with_no_client_auth().with_single_cert(vec![leaf, self.der.clone()], key)?)
    }

    fn issue(
        &self,
        names: Vec<String>,
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
        let key = KeyPair::generate()?;
        let leaf = leaf_params(names)?.signed_by(&key, &self.issuer)?;
        Ok((leaf.into(), PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }

    fn load(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let (pem, key_pem) = (read_file(cert)?, read_file(key)?);
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| bad_ca(cert, &error))?;
        let pair = KeyPair::from_pem(&key_pem).map_err(|error| bad_ca(key, &error))?;
        // a certificate holds its public key as plain bytes, so no parser is needed to see whether they belong together
        let public = pair.public_key_raw();
        if !der.windows(public.len()).any(|window| window == public) {
            return Err(bad_ca(key, &format!("is not the key of {}", cert.display())));
        }
        let issuer = Issuer::from_ca_cert_der(&der, pair).map_err(|error| bad_ca(cert, &error))?;
        Ok(Self { issuer, pem, der })
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = base_params();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let subject = names.first().cloned().unwrap_or_default();
    let mut params = base_params();
    params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
    params.distinguished_name.push(DnType::CommonName, subject);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn base_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params
}

fn bad_ca(path: &Path, message: &impl ToString) -> TlsError {
    TlsError::BadCa { path: path.display().to_string(), message: message.to_string() }
}

fn read_file(path: &Path) -> Result<String, TlsError> {
    std::fs::read_to_string(path).map_err(file_error("read", path))
}

fn create_dir(dir: &Path) -> Result<(), TlsError> {
    std::fs::create_dir_all(dir).map_err(file_error("create", dir))
}

fn write_file(path: &Path, text: &str, secret: bool) -> Result<(), TlsError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(file_error("write", path))
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> TlsError {
    let path = path.display().to_string();
    move |source| TlsError::File { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_authority_stays_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("ca");
        let first = RunCa::in_dir(&kept, "kit test CA").unwrap();
        let second = RunCa::in_dir(&kept, "another name").unwrap();
        assert_eq!(first.ca_pem(), second.ca_pem());
        second.server_config(&["localhost", "::1"]).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        RunCa::in_dir(dir.path(), "kit test CA").unwrap();
        let mode = std::fs::metadata(dir.path().join(CA_KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn files_that_do_not_belong_together_are_named() {
        let dir = tempfile::tempdir().unwrap();
        RunCa::in_dir(dir.path(), "one").unwrap();
        RunCa::ephemeral("two").unwrap().write_to(dir.path()).unwrap();
        let error = RunCa::in_dir(dir.path(), "one").unwrap_err().to_string();
        assert!(error.contains(CA_KEY_FILE) && error.contains("is not the key of"), "{error}");
        std::fs::write(dir.path().join(CA_FILE), "nonsense").unwrap();
        let error = RunCa::in_dir(dir.path(), "one").unwrap_err().to_string();
        assert!(error.contains("ca.pem: not usable as the CA"), "{error}");
    }

    #[test]
    fn what_is_no_name_is_named() {
        let error = RunCa::ephemeral("kit test CA").unwrap().server_config(&["bücher.test"]).unwrap_err();
        assert!(error.to_string().starts_with("cannot issue a certificate for bücher.test"), "{error}");
    }
}
