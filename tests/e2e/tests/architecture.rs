//! Dependencies point one way, and only one file may bridge to the syncer.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};
use e2e::workspace::{root, sources};

/// Which of our crates a crate may name in `[dependencies]`. A new edge is a decision: it is made here.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kit", &[]),
    ("pki", &[]),
    ("mock-directory", &["kit"]),
    ("mock-tenant", &["kit"]),
    ("syncer", &[]),
    ("conformance", &["kit", "mock-directory", "mock-tenant", "pki", "syncer"]),
    ("broken", &["syncer"]),
    ("e2e", &["mock-directory", "mock-tenant", "syncer"]),
    ("fuzz", &["kit", "mock-directory", "mock-tenant"]),
];

fn our_dependencies(kinds: &[DependencyKind]) -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--offline".to_owned(), "--no-deps".to_owned()])
        .exec()
        .expect("cargo metadata of this workspace");
    let ours: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let edges = metadata.packages.iter().map(|package| {
        let of_kind = package.dependencies.iter().filter(|dependency| kinds.contains(&dependency.kind));
        let names =
            of_kind.map(|dependency| dependency.name.clone()).filter(|name| ours.contains(name)).collect();
        (package.name.to_string(), names)
    });
    edges.collect()
}

#[test]
fn dependencies_point_one_way() {
    let found = our_dependencies(&[DependencyKind::Normal, DependencyKind::Build]);
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    for (package, dependencies) in found {
        let may = allowed
            .get(package.as_str())
            .unwrap_or_else(|| panic!("{package} is new: say here what it may use"));
        for dependency in dependencies {
            assert!(may.contains(&dependency.as_str()), "{package} must not depend on {dependency}");
        }
    }
}

#[test]
fn the_doubles_do_not_know_the_syncer_even_in_their_tests() {
    let found =
        our_dependencies(&[DependencyKind::Normal, DependencyKind::Build, DependencyKind::Development]);
    for package in ["kit", "pki", "mock-directory", "mock-tenant"] {
        assert!(
            !found[package].contains("syncer"),
            "{package} must not know the syncer: a shared bug would cancel out"
        );
    }
}

#[test]
fn one_file_bridges_to_the_syncer() {
    let bridge = root().join("conformance/src/bundled.rs");
    assert!(bridge.exists(), "the bridge is {}", bridge.display());
    let mentions = |text: &str| text.contains("syncer::") || text.contains("use syncer");
    for path in sources("conformance/src").into_iter().filter(|path| *path != bridge) {
        let text = std::fs::read_to_string(&path).expect("a readable source");
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        assert!(!mentions(&code), "{} imports the syncer; only {} may", path.display(), bridge.display());
    }
}

#[test]
fn only_the_shells_open_sockets() {
    let cores = [
        "mock-directory/src/wire",
        "mock-directory/src/session",
        "mock-directory/src/directory",
        "mock-tenant/src/tenant",
        "syncer/src/engine",
        "syncer/src/rules",
    ];
    for core in cores {
        let files = sources(core);
        assert!(!files.is_empty(), "{core} is gone: name the core's new place here");
        for path in files {
            let text = std::fs::read_to_string(&path).expect("a readable source");
            let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["tokio::net", "std::net::Tcp", "tokio::fs", "std::fs", "reqwest::", "sqlx::"] {
                assert!(!before_tests.contains(word), "{} is a core and must not use {word}", path.display());
            }
        }
    }
}

/// `.cargo/config.toml` sets them for every test of the workspace.
#[test]
fn property_tests_run_from_a_fixed_seed_and_write_no_files() {
    let seed = std::env::var("PROPTEST_RNG_SEED").unwrap_or_default();
    assert!(seed.parse::<u64>().is_ok(), "PROPTEST_RNG_SEED is {seed:?}");
    assert!(std::env::var_os("PROPTEST_DISABLE_FAILURE_PERSISTENCE").is_some());
}
