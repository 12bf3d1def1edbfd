//! Entity types of Graph as tables.

mod contact;
mod organization;
mod read;
mod user;

pub(super) use contact::CONTACT;
pub(super) use organization::{ORGANIZATION, Organization};
pub(super) use user::{USER, USER_WITH_CERTIFICATES};
