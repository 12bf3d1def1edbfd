//! Exchange Web Services: `ResolveNames`, by which a mail client looks a recipient's certificates up. No sockets.

mod caller;
mod fault;
mod impersonation;
mod query;
mod resolve_names;

pub use caller::Caller;
pub use resolve_names::handle;

#[cfg(test)]
mod tests;
