//! The wire: requests come in, answers go out. It reads a body only when the face has seen who asks, only as much of it
//! as the face takes, only in time, and only within the memory that all bodies share. What is asked and what is answered
//! is the business of [`crate::pipeline`] and [`crate::faces`].

mod body;
mod dispatch;
mod memory;
mod proxy;

#[cfg(test)]
mod tests;

pub(crate) use dispatch::{managed_identity, router};
pub(crate) use memory::Memory;
pub(crate) use proxy::serve_proxy;
