//! `syncer completions`.

use std::io::Write;

use clap::CommandFactory as _;

use super::{args::Cli, failure::Failure};

pub(super) fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "syncer", &mut text);
    out.write_all(&text)?;
    Ok(0)
}
