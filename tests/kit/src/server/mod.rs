//! Listeners, accept loops and the handle that owns them.

mod accept;
mod activity;
mod handle;
mod http;

pub use accept::{BindError, Listener, serve};
pub use handle::{ServerHandle, ShutdownSignal};
pub use http::{serve_http, serve_https};
