//! Certificate recipes: from a few words to the octets that tests need.
//!
//! ```
//! let recipes = serde_json::from_str(r#"{
//!     "root": {"ca": true, "issuer": "self"},
//!     "alice": {"issuer": "root", "email": "alice@corp.example.test", "not_after": "2026-02-01"},
//!     "blob": {"kind": "signed", "signer": "alice", "certs": ["alice", "root"]}
//! }"#).unwrap();
//! let pki = pki::Pki::build(7, &recipes).unwrap();
//! assert_eq!(pki.get("alice").unwrap()[0], 0x30);
//! ```
//!
//! Good and odd certificates come from one writer ([`der`]): what a library for good certificates refuses to make
//! (negative serials, version 1, an unknown algorithm) differs here only in a field. That the good ones are good is
//! shown by reading them back with an independent parser.
//!
//! The same seed and recipe give the same octets, except where a signature draws its own randomness: under an issuer
//! or signer with an elliptic-curve key, and with `signature: pss`. RSA (PKCS #1 v1.5) and Ed25519 are deterministic;
//! the default key is RSA.

mod bytes;
mod certificate;
mod cms;
pub mod der;
mod error;
mod extension;
mod keys;
mod name;
mod oddity;
mod oid;
mod pkcs12;
mod pki;
mod recipe;
mod time;

pub use error::PkiError;
pub use keys::KeyKind;
pub use name::TextForm;
pub use pki::Pki;
pub use recipe::{
    CertificateRecipe, CertsOnlyRecipe, OneOrMany, Pkcs12Recipe, Recipe, Serial, SignatureKind, SignedRecipe,
};
pub use time::Moment;
