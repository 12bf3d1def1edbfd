//! `syncer rules`.

use std::{io::Write, path::PathBuf};

use super::{args, failure::Failure};
use crate::{
    config::{Layers, load_rules},
    rules::{LinkType, Rule, RuleSet},
};

pub(super) fn rules(args: &args::Rules, layers: &Layers, out: &mut dyn Write) -> Result<u8, Failure> {
    match args {
        args::Rules::Lint { files } => lint(files, out),
        args::Rules::Show { files } if files.is_empty() => show(&layers.rules()?, out),
        args::Rules::Show { files } => {
            for file in files {
                show(&load_rules(file).map_err(Failure::bad)?, out)?;
            }
            Ok(0)
        }
    }
}

/// Checks every file before it fails, so that one run shows all mistakes.
fn lint(files: &[PathBuf], out: &mut dyn Write) -> Result<u8, Failure> {
    let mut mistakes = Vec::new();
    for file in files {
        match load_rules(file) {
            Ok(set) => {
                let count = set.inbound.len() + set.outbound.len();
                writeln!(out, "{}: {} rules, no mistakes", file.display(), count)?;
            }
            Err(text) => mistakes.push(text),
        }
    }
    if mistakes.is_empty() { Ok(0) } else { Err(Failure::bad(mistakes.join("\n"))) }
}

fn show(set: &RuleSet, out: &mut dyn Write) -> Result<u8, Failure> {
    writeln!(out, "{}  sha256:{}", set.name, set.fingerprint)?;
    for (direction, rules) in [("inbound", &set.inbound), ("outbound", &set.outbound)] {
        writeln!(out, "{direction}")?;
        for rule in rules {
            show_rule(rule, out)?;
        }
    }
    Ok(0)
}

fn show_rule(rule: &Rule, out: &mut dyn Write) -> Result<(), Failure> {
    let link = match rule.link {
        LinkType::Join => "join",
        LinkType::Provision => "provision",
        LinkType::StickyJoin => "sticky-join",
    };
    let source = rule.source.join(", ");
    writeln!(out, "  {:>4}  {}  ({source} -> {}, {link})", rule.precedence, rule.name, rule.target)?;
    let targets: Vec<&str> = rule.flows.iter().map(|flow| flow.to.as_str()).collect();
    if !targets.is_empty() {
        writeln!(out, "        {}", targets.join(" "))?;
    }
    Ok(())
}
