//! XML as a stream of events, in its encodings.
//!
//! An encoding has a reader that yields [`Event`]s and a writer that takes them: [`text`] is XML 1.0, [`nbfx`] is .NET's
//! binary format, [`wbxml`] is ActiveSync's. [`Element`] is a small tree for those who want a message as a whole; [`read_tree`] and [`write_tree`] go
//! between the two. Namespaces are resolved once, in the tree, for all encodings.

mod build;
mod codec;
mod error;
mod event;
pub mod nbfx;
pub mod text;
mod tree;
mod walk;
pub mod wbxml;

pub use build::{ATTRIBUTES_MAX, DEPTH_MAX, PIECES_MAX, read_tree};
pub use codec::Codec;
pub use error::{Place, XmlError};
pub use event::{Atom, Event, EventReader, EventWriter, Value};
pub use tree::{Attribute, Element, INSTANCE, Node, SCHEMA};
pub use walk::write_tree;
