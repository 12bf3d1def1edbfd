//! One LDAP connection as a state machine without sockets: it owns who is bound, decodes controls, answers what
//! concerns the connection itself (bind, extended operations, root DSE) and hands the rest to the directory.
//!
//! What it and the server ask of `crate::directory` (all `pub`, re-exported by its `mod.rs`):
//! ```text
//! Directory::execute(&mut self, caller: &Caller, op: &Op, controls: &Controls,
//!                    conn: &mut ConnectionState, now: Timestamp) -> Vec<Response>
//! Directory::authenticate(&mut self, name: &str, password: &[u8], now: Timestamp) -> Result<Caller, BindRefusal>
//! Directory::policies(&self) -> &Policies            policies_mut(&mut self) -> &mut Policies
//! for the root DSE: base_dn() -> &str, dns_domain() -> &str, netbios() -> &str, host_name() -> &str ("DC1"),
//!   server_dn() -> String ("CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,…"),
//!   functional_level() -> u32, highest_committed_usn() -> u64; Policies::admin_limit_names() -> impl Iterator<&'static str>
//! for builder and control API:
//!   Directory::new(Config { domain, netbios, seed, admin_password, schema }, now)    Clone or cheap snapshots: a clone is
//!   what snapshots, reset and the stale_read fault use
//!   load_ldif(&mut self, file: &str, text: &str, now) -> Result<(), E>   (E's text is file:line: reason; nothing half done)
//!   apply_ldif(&mut self, text, now) -> Result<(), E>   (change records too)
//!   apply_world(&mut self, &World, now) -> Result<(), E>     export_ldif(&self) -> String
//!   state(&self) -> serde_json::Value      entry(&self, dn: &str) -> Option<EntryView>
//! ```
