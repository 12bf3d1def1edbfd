//! The provisioning service (Entra Connect's): SOAP 1.2 messages in and out, without sockets.
//!
//! A message is read into an [`infoset::Element`] and written from one, so that other encodings than text XML can stand
//! beside [`text`]. [`read`] takes a request apart, the caller checks its token, [`Request::answer`] does the work.

mod beginning;
mod fault;
pub mod infoset;
mod provision;
mod read_back;
mod request;
mod service;
pub mod text;
mod values;

pub use beginning::{Beginning, beginning};
pub use fault::{Refusal, SoapReply};
pub(crate) use provision::corrupted;
pub use request::{MEDIA, Request, read};

#[cfg(test)]
mod tests;
