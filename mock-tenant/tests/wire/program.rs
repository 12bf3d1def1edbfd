//! The program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mock-tenant");

#[test]
fn it_says_when_it_is_ready_and_stops_at_sigterm() {
    let dir = tempfile::tempdir().unwrap();
    let ready_file = dir.path().join("ready.json");
    let mut child = Command::new(PROGRAM)
        .args(["--client-secret", "s3cret", "--http", "127.0.0.1:0", "--ca-dir"])
        .arg(dir.path())
        .arg("--ready-file")
        .arg(&ready_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Json = serde_json::from_str(&line).unwrap();
    assert_eq!(std::fs::read_to_string(&ready_file).unwrap(), line);
    assert_eq!((&ready["service"], &ready["client_secret"]), (&"mock-tenant".into(), &"s3cret".into()));
    let fields: Vec<&String> = ready.as_object().unwrap().keys().collect();
    let contract = "service graph_url authority_url provisioning_url exchange_url ews_url http_url control_url tenant_id client_id client_secret ca_file";
    assert_eq!(fields, contract.split(' ').collect::<Vec<_>>());
    assert!(std::path::Path::new(ready["ca_file"].as_str().unwrap()).exists());
    let addr = ready["http_url"].as_str().unwrap().trim_start_matches("http://").to_owned();
    std::net::TcpStream::connect(&addr).unwrap();
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    std::net::TcpListener::bind(&addr).unwrap();
}

#[test]
fn what_is_asked_for_besides_is_told_besides() {
    let mut child = Command::new(PROGRAM)
        .args(["--managed-identity", "127.0.0.1:0", "--connect-proxy", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let ready: Json = serde_json::from_str(&line).unwrap();
    for key in ["managed_identity_url", "identity_header", "connect_proxy_url"] {
        assert!(ready[key].is_string(), "{key}: {line}");
    }
}

#[test]
fn bad_usage_is_one_line_and_exit_2() {
    let dir = tempfile::tempdir().unwrap();
    let world = dir.path().join("world.yaml");
    std::fs::write(&world, "users: [{displayName: Nameless}]").unwrap();
    let world = world.to_str().unwrap();
    let misspelt = dir.path().join("misspelt.yaml");
    std::fs::write(&misspelt, "users: [{userPrincipalName: a@b.test, userCertifcate: []}]").unwrap();
    let misspelt = misspelt.to_str().unwrap();
    for (args, told) in [
        (
            vec!["--world", misspelt],
            "misspelt.yaml: world: users[0].userCertifcate: unknown property; is userCertificate meant?",
        ),
        (vec!["--http", "nowhere"], "HOST:PORT"),
        (vec!["--domain", ""], "domain \"\""),
        (vec!["--initial-domain", "a b"], "domain \"a b\""),
        (vec!["--throttle", "often"], "N/PERIOD"),
        (vec!["--replication-lag", "-3s"], "--replication-lag"),
        (vec!["--world", "/nowhere.yaml"], "cannot read /nowhere.yaml"),
        (vec!["--world", world], "users[0]"),
        (vec!["--tenant-id", "corp"], "--tenant-id"),
        (vec!["--public-host", "not a host"], "not a host"),
    ] {
        let output = Command::new(PROGRAM).args(&args).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{args:?}: {text}");
        assert!(text.contains(told), "{args:?}: {text}");
    }
}

#[test]
fn help_explains_every_flag_and_version_names_the_contract() {
    let text =
        |flag: &str| String::from_utf8(Command::new(PROGRAM).arg(flag).output().unwrap().stdout).unwrap();
    assert_eq!(text("--version"), concat!("mock-tenant ", env!("CARGO_PKG_VERSION"), " (contract 1)\n"));
    let help = text("--help");
    for flag in [
        "--domain",
        "--initial-domain",
        "--https",
        "--http",
        "--control",
        "--tenant-id",
        "--client-id",
        "--client-secret",
        "--client-secret-file",
        "--world",
        "--graph-certificates",
        "--throttle",
        "--replication-lag",
        "--exchange-lag",
        "--strictness",
        "--seed",
        "--clock",
        "--ca-dir",
        "--public-host",
        "--faults",
        "--ready-file",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}
