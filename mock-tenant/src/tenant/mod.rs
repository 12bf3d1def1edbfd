//! The tenant's core: objects, matching, quarantine, limits, the recycle bin, what each stage of the service can see.

mod access;
mod anchor;
pub mod attributes;
mod authority;
mod company;
mod cursor;
mod delta;
mod error;
mod exchange;
mod exchange_config;
mod graph;
mod hardening;
mod heal;
mod history;
mod license;
mod limits;
mod links;
mod matching;
mod model;
pub mod profile;
mod properties;
mod provision;
mod proxy;
mod readback;
mod shadow;
mod state;
mod store;
mod sync;
#[expect(clippy::module_inception, reason = "the type gives the folder its name")]
mod tenant;
mod unique;
mod upn;
mod value;

pub use access::{WrongType, stored_names};
pub use company::{Company, DeletionPrevention, DeletionPreventionMode, Features, Settings};
pub use cursor::{Cursor, CursorGone};
pub use delta::{DeltaItem, DeltaPage};
pub use error::SyncError;
pub use exchange::{Exchange, Step};
pub use exchange_config::{
    EWS_POLICY_LAG, EwsApplicationAccessPolicy, OrganizationConfig, SECONDARY_PROXIES, SMIME_SETTINGS,
    Setting, SmimeConfig,
};
pub use graph::{GraphChange, MutationError, RestoreOptions};
pub use history::History;
pub use limits::CERTIFICATES_MAX;
pub use links::Link;
pub use model::{
    Contact, Detail, Device, DirectoryObject, Group, Kind, ProvisioningError, User, primary_smtp,
};
pub use profile::{Profile, ServiceChange};
pub use properties::{Name, Properties};
pub use readback::{ReadBackItem, ReadBackPage};
pub use shadow::Shadow;
pub use state::CertificatePair;
pub use store::{Change, Probe, Seq, Tombstone, View};
pub use sync::{ReferenceChange, SyncObject, SyncOperation, SyncResult};
pub use tenant::{RECYCLE_BIN, Tenant};
pub use value::{Certificates, Value, certificates_to_json, no_certificates};

#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;
