//! Why a mail client does not use a certificate.

/// One thing that is wrong with a certificate, or with a value that should hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// The octets can't be read as what the attribute holds.
    #[error("it is neither a certificate nor PKCS #7 that can be read")]
    NotReadable,
    /// A certificate of an authority.
    #[error("it is the certificate of an authority")]
    Authority,
    /// Before its validity.
    #[error("it is not valid yet")]
    NotYetValid,
    /// After its validity.
    #[error("it has expired")]
    Expired,
    /// The key usage does not allow to encrypt to it.
    #[error("its key usage allows neither key encipherment nor key agreement")]
    KeyUsage,
    /// The extended key usage does not have emailProtection.
    #[error("its extended key usage lacks secure e-mail (1.3.6.1.5.5.7.3.4)")]
    ExtendedKeyUsage,
    /// It names no address.
    #[error("it names no e-mail address")]
    NoAddress,
    /// It names addresses, but none that counts.
    #[error("none of its e-mail addresses is an address of the recipient that counts")]
    OtherAddress,
    /// Exchange Online has no trust store.
    #[error("the tenant has no trust store (Set-SmimeConfig -SMIMECertificateIssuingCA)")]
    NoTrustStore,
    /// No issuer in the trust store.
    #[error("an issuer of its chain is not in the trust store")]
    IssuerMissing,
    /// An issuer in the trust store has that name, but another key.
    #[error("an issuer of its chain has the right name and did not sign it")]
    Signature,
    /// A certificate of the chain has expired, or is not valid yet.
    #[error("an issuer of its chain is not valid now")]
    IssuerExpired,
    /// userSMIMECertificate holds something, so that userCertificate is not looked at.
    #[error("userSMIMECertificate is not empty, and clients look there first")]
    Masked,
    /// The signed blob says that another certificate is the default one.
    #[error("another certificate of userSMIMECertificate is marked as the default")]
    NotDefault,
}

impl Flaw {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotReadable => "notReadable",
            Self::Authority => "authority",
            Self::NotYetValid => "notYetValid",
            Self::Expired => "expired",
            Self::KeyUsage => "keyUsage",
            Self::ExtendedKeyUsage => "extendedKeyUsage",
            Self::NoAddress => "noAddress",
            Self::OtherAddress => "otherAddress",
            Self::NoTrustStore => "noTrustStore",
            Self::IssuerMissing => "issuerMissing",
            Self::Signature => "signature",
            Self::IssuerExpired => "issuerExpired",
            Self::Masked => "masked",
            Self::NotDefault => "notDefault",
        }
    }
}
