//! Entity types of Graph as tables.

#[cfg(test)]
mod cells;
mod contact;
mod device;
mod directory_object;
mod domain;
mod group;
mod organization;
mod read;
#[cfg(test)]
mod samples;
mod service_principal;
mod table;
mod user;

pub use contact::CONTACT;
pub use device::DEVICE;
pub use directory_object::{DIRECTORY_OBJECT, RELATED};
pub use domain::{DOMAIN, Domain};
pub use group::GROUP;
pub use organization::{ORGANIZATION, Organization};
pub use service_principal::{SERVICE_PRINCIPAL, ServicePrincipal};
pub use user::{USER, USER_WITH_CERTIFICATES};
