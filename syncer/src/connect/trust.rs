//! Certificates of the authorities that the connectors trust.

use std::path::{Path, PathBuf};

use rustls_pki_types::{CertificateDer, pem::PemObject};

/// Why a CA file can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}; expected PEM certificates", path.display())]
pub struct TrustError {
    path: PathBuf,
    reason: String,
}

/// Reads every certificate of a PEM file.
///
/// # Errors
/// [`TrustError`] if the file can't be read, is no PEM or holds no certificate.
pub fn read_ca_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let fail = |reason: String| TrustError { path: path.to_owned(), reason };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| fail(format!("cannot read the CA file: {e}")))?;
    if certificates.is_empty() {
        return Err(fail("no certificate in the file".into()));
    }
    Ok(certificates)
}

/// The connection failed because of TLS: trying again won't help. Libraries wrap the cause more than once.
pub(super) fn is_tls_failure(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        inner.is::<rustls::Error>() || inner.downcast_ref::<std::io::Error>().is_some_and(is_tls_failure)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, "nothing here\n").unwrap();
        let error = read_ca_file(&path).unwrap_err().to_string();
        assert!(error.contains("ca.pem: no certificate in the file"), "{error}");
    }
}
