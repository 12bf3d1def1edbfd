//! The cases and requirements that are built into the program.

use sha2::{Digest, Sha256};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Built-in case files: (path below `cases/`, text), sorted.
#[must_use]
pub fn embedded_cases() -> &'static [(&'static str, &'static str)] {
    CASES
}

/// Built-in requirement files: (path below `requirements/`, text), sorted.
#[must_use]
pub fn embedded_requirements() -> &'static [(&'static str, &'static str)] {
    REQUIREMENTS
}

/// SHA-256 over all built-in cases and requirements: names what was asked.
#[must_use]
pub fn revision() -> String {
    let mut hash = Sha256::new();
    for (name, text) in CASES.iter().chain(REQUIREMENTS) {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hex::encode(hash.finalize())
}
