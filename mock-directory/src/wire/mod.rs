//! What goes over the wire: BER, the messages of RFC 4511, controls, filters in text form.

pub mod ber;
pub mod code;
pub mod codec;
pub mod controls;
pub mod decode;
pub mod encode;
pub mod filter;
pub mod filter_text;
pub mod message;
pub mod oid;
