//! `syncer state`.

use std::io::Write;

use serde::Serialize;

use super::{args, failure::Failure};
use crate::{
    config::Layers,
    engine::state::{RunCounters, State},
    model::Cursor,
    store::{SqliteStore, Store as _},
};

pub(super) async fn state(
    args: &args::State,
    layers: &Layers,
    out: &mut (dyn Write + Send),
) -> Result<u8, Failure> {
    let mut store = SqliteStore::open(&layers.state_dir()?).await?;
    match args {
        args::State::Show { json } => {
            let shown = Shown::new(&store.load().await?);
            if *json { writeln!(out, "{}", serde_json::json!(shown))? } else { shown.write(out)? }
        }
        args::State::Reset => {
            store.reset().await?;
            writeln!(out, "{}: forgotten", store.path().display())?;
        }
        args::State::Migrate => writeln!(out, "{}: schema {}", store.path().display(), store.schema())?,
    }
    Ok(0)
}

/// What is shown, and the shape of `--json`.
#[derive(Debug, Serialize)]
struct Shown {
    /// Staged objects of the directory.
    directory_objects: usize,
    /// … that could not be evaluated the last time.
    directory_errors: usize,
    /// Objects of the tenant.
    tenant_objects: usize,
    /// … with an export that is not confirmed.
    pending: usize,
    /// … with a refusal.
    tenant_errors: usize,
    /// Server of the directory's cursor, `?` if it didn't tell; null without a cursor.
    directory_cursor: Option<String>,
    /// There is a cursor of the tenant.
    tenant_cursor: bool,
    /// Rules of the last evaluation.
    rules_fingerprint: Option<String>,
    /// Cycles so far.
    runs: Runs,
}

#[derive(Debug, Serialize)]
struct Runs {
    completed: u64,
    full: u64,
    exported: u64,
}

impl Shown {
    fn new(state: &State) -> Self {
        let RunCounters { completed, full, exported } = state.runs;
        let server = |cursor: &Cursor| cursor.server.clone().unwrap_or_else(|| "?".into());
        Self {
            directory_objects: state.directory.len(),
            directory_errors: state.directory.values().filter(|object| object.error.is_some()).count(),
            tenant_objects: state.tenant.len(),
            pending: state.tenant.values().filter(|record| record.pending.is_some()).count(),
            tenant_errors: state.tenant.values().filter(|record| record.error.is_some()).count(),
            directory_cursor: state.directory_cursor.as_ref().map(server),
            tenant_cursor: state.tenant_cursor.is_some(),
            rules_fingerprint: state.rules_fingerprint.clone(),
            runs: Runs { completed, full, exported },
        }
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let cursor = |known: bool| if known { "known" } else { "none" };
        writeln!(
            out,
            "directory  {} objects, {} with an error",
            self.directory_objects, self.directory_errors
        )?;
        writeln!(out, "tenant     {} objects, {} with an error", self.tenant_objects, self.tenant_errors)?;
        writeln!(out, "pending    {}", self.pending)?;
        writeln!(
            out,
            "cursors    directory {}, tenant {}",
            self.directory_cursor.as_deref().unwrap_or("none"),
            cursor(self.tenant_cursor)
        )?;
        writeln!(out, "rules      {}", self.rules_fingerprint.as_deref().unwrap_or("none"))?;
        writeln!(
            out,
            "cycles     {} completed, {} of them full, {} objects written",
            self.runs.completed, self.runs.full, self.runs.exported
        )
    }
}
