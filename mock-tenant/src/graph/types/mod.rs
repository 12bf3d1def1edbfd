//! Entity types of Graph as tables.

#[cfg(test)]
mod cells;
mod contact;
mod device;
mod domain;
mod group;
mod organization;
mod read;
#[cfg(test)]
mod samples;
mod table;
mod user;

pub use contact::CONTACT;
pub use device::DEVICE;
pub use domain::{DOMAIN, Domain};
pub use group::GROUP;
pub use organization::{ORGANIZATION, Organization};
pub use user::{USER, USER_WITH_CERTIFICATES};
