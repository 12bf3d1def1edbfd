//! The engine against a small world in memory: no sockets, no files, no clock.

mod corp_ad;
mod crashes;
mod cycles;
mod faults;
mod guards;
mod lifecycle;
mod properties;
mod world;
