//! One LDAP connection as a state machine without sockets: it owns who is bound, decodes controls, answers what
//! concerns the connection itself (bind, extended operations, root DSE) and hands the rest to the directory.
//!
//! What it asks of `crate::directory`:
//! ```text
//! Directory::execute(&mut self, caller: &Caller, op: &Op, controls: &Controls,
//!                    conn: &mut ConnectionState, now: Timestamp) -> Vec<Response>
//! Directory::authenticate(&mut self, name: &str, password: &[u8], now: Timestamp) -> Result<Caller, BindRefusal>
//! Directory::policies(&self) -> &Policies      get(name) -> i64, so that MaxReceiveBuffer and MaxConnections are there
//! Caller: Clone; Caller::anonymous(); principal(&self) -> &str is "CORP\\administrator" ("" when anonymous)
//! ConnectionState: Default, one for each connection (paged results, notifications), emptied by a new bind
//! BindRefusal: Copy; data(self) -> u32 is the hexadecimal number after "data" (0x52e, 0x533 …)
//! ```
//! `execute` gets Add, Compare, Delete, Modify, ModifyDn and Search (a search with base `""` and scope base never reaches
//! it, one with another scope does) and answers with exactly one `Response::Done` at the end.
