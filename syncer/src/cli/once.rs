//! `syncer once`: one cycle.

use std::{io::Write, sync::Arc};

use super::{Hooks, args, failure::Failure, report};
use crate::{
    config::{Layers, RequestedCycle},
    connect::{
        directory::{DirectorySource, LdapDirectory},
        tenant::{ProvisioningService, TenantCarrier},
    },
    engine::{Engine, config::EngineConfig, report::Outcome},
    shell::{Bars, Log, Observer, Shell, Stop},
    store::{SqliteStore, Store as _},
};

pub(super) async fn once(
    args: &args::Once,
    layers: &Layers,
    out: &mut (dyn Write + Send),
    bars: bool,
    stop: Stop,
    hooks: &Hooks,
) -> Result<u8, Failure> {
    let flag = match (args.full, args.delta) {
        (true, _) => Some(RequestedCycle::Full),
        (_, true) => Some(RequestedCycle::Delta),
        _ => None,
    };
    let request = layers.context()?.request(flag, args.dry_run);
    let observer: Box<dyn Observer> = if bars { Box::<Bars>::default() } else { Box::new(Log) };
    let outcome = cycle(layers, request, observer, stop, hooks).await?;
    if args.json {
        writeln!(out, "{}", report::to_json(&outcome, request.dry_run))?;
    } else {
        report::write(&outcome, request.dry_run, out)?;
    }
    match outcome.failure {
        Some(failure) => Err(Failure { code: outcome.exit.code(), message: failure }),
        None => Ok(outcome.exit.code()),
    }
}

/// Everything is made and checked before the first connection, so that a mistake in the configuration costs nothing.
async fn cycle(
    layers: &Layers,
    request: crate::engine::config::CycleRequest,
    mut observer: Box<dyn Observer>,
    stop: Stop,
    hooks: &Hooks,
) -> Result<Outcome, Failure> {
    let clock = layers.clock()?;
    let rules = Arc::new((hooks.rules)(layers.rules()?));
    let (config, configured) = engine_config(layers)?;
    let directory = layers.directory()?;
    layers.tenant(String::new())?;
    let mut store = SqliteStore::open(&layers.state_dir()?).await?;
    let state = store.load().await?;
    let run = format!("{} {} {}", layers.case(), clock.now(), state.runs.completed);
    let tenant = ProvisioningService::new(layers.tenant(run)?).map_err(|e| Failure::bad(e.to_string()))?;
    let mut directory: Box<dyn DirectorySource> = (hooks.directory)(Box::new(LdapDirectory::new(directory)));
    let mut tenant: Box<dyn TenantCarrier> = (hooks.tenant)(Box::new(tenant));
    let mut shell = Shell {
        directory: &mut *directory,
        tenant: &mut *tenant,
        store: &mut store,
        observer: &mut *observer,
        stop,
        clock,
    };
    let company = shell.company(config.max_attempts).await.map_err(|e| Failure::other(e.to_string()))?;
    if !company.dir_syncing {
        tracing::warn!("directory synchronisation is switched off in tenant {}", company.display_name);
    }
    let mut config = config;
    if let Some(threshold) = company.deletion_threshold.filter(|_| !configured) {
        config.guards.max_deletes = Some(usize::try_from(threshold).unwrap_or(usize::MAX));
    }
    let config = (hooks.engine)(config);
    let mut engine = Engine::new(config, rules, state, request);
    shell.run(&mut engine).await.map_err(|e| Failure::other(e.to_string()))
}

/// The engine's settings, and whether somebody decided about the deletion guard here: if not, the tenant's own
/// threshold counts, as it does for Entra Connect.
fn engine_config(layers: &Layers) -> Result<(EngineConfig, bool), Failure> {
    let (mut config, in_file) = layers.engine();
    let context = layers.context()?;
    context.adjust(&mut config.guards)?;
    Ok((config, in_file || context.options.contains_key("delete_guard")))
}
