//! The provisioning service (Entra Connect's): SOAP 1.2 messages in and out, without sockets.
//!
//! [`read`] takes a request apart, whatever its [`Encoding`]; the caller checks its token; [`Request::answer`] does the work.
//! An answer is a value until it is written, in the encoding of the request.

mod beginning;
mod commands;
mod company;
mod configuration;
mod contract;
mod credentials;
mod encoding;
mod fault;
pub mod infoset;
mod provision;
mod read_back;
mod request;
mod service;
mod values;

pub use crate::xml::text;
pub use beginning::{Beginning, beginning};
pub use encoding::{Encoding, MEDIA};
pub use fault::{Refusal, SoapReply};
pub(crate) use provision::corrupted;
pub use request::{Request, read};

#[cfg(test)]
mod tests;
