//! What goes over the wire: BER, the messages of RFC 4511, controls, filters in text form.

pub mod ber;
pub mod controls;
pub mod message;
pub mod oid;
