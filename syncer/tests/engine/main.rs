//! The engine against a small world in memory: no sockets, no files, no clock.
#![expect(clippy::unwrap_used, reason = "a model that does not hold is a failed test")]

mod corp_ad;
mod crashes;
mod cycles;
mod faults;
mod guards;
mod lifecycle;
mod properties;
mod real_tenant;
mod world;
