//! The program: ready line, files, signals, refusals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mock-directory");

fn refused(args: &[&str]) -> String {
    let mut child =
        Command::new(PROGRAM).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    if !ready.is_empty() {
        child.kill().unwrap();
    }
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), ready.as_str()), (Some(2), ""), "{args:?}");
    let line = String::from_utf8(stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

/// Starts the program and waits for its ready line.
fn start(args: &[&str]) -> (Child, Value) {
    let mut child = Command::new(PROGRAM).args(args).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[test]
fn says_where_it_is_and_ends_on_sigterm() {
    let dir = tempfile::tempdir().unwrap();
    let ready_file = dir.path().join("ready.json");
    let world = dir.path().join("world.yaml");
    std::fs::write(&world, "ous: [OU=Staff]\nusers: [{sam: alice, ou: OU=Staff}]\n").unwrap();
    let args =
        ["--world", world.to_str().unwrap(), "--ready-file", ready_file.to_str().unwrap(), "--ldaps", "off"];
    let (mut child, ready) = start(&args);
    assert_eq!(ready["service"], "mock-directory");
    assert_eq!(ready["bind_dn"], "administrator@corp.example.test");
    assert_eq!(ready["base_dn"], "DC=corp,DC=example,DC=test");
    assert_eq!(ready["ldaps_url"], Value::Null);
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&ready_file).unwrap()).unwrap();
    assert_eq!(written, ready);
    let password = ready["password_file"].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(password).unwrap(), "Passw0rd!x");
    assert!(
        std::fs::read_to_string(ready["ca_file"].as_str().unwrap()).unwrap().contains("BEGIN CERTIFICATE")
    );
    only_the_owner_reads(password);
    let port = ready["ldap_url"].as_str().unwrap().trim_start_matches("ldap://").to_owned();
    assert!(std::net::TcpStream::connect(&port).is_ok());
    let signal = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(std::net::TcpStream::connect(&port).is_err(), "the port is free");
    assert!(!std::path::Path::new(password).exists(), "temporary files are gone");
}

#[cfg(unix)]
fn only_the_owner_reads(path: &str) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn only_the_owner_reads(_path: &str) {}

#[test]
fn bad_flags_and_files_are_named_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ldif = file("bad.ldif", "version: 1\n\ndn: CN=x,DC=corp,DC=example,DC=test\nobjectClass user\n");
    assert!(refused(&["--ldif", &ldif]).contains("bad.ldif:4"));
    let world = file("bad.yaml", "users: [{sam: x, colour: red}]\n");
    let line = refused(&["--world", &world]);
    assert!(line.contains("--world") && line.contains("bad.yaml") && line.contains("colour"), "{line}");
    let faults = file("faults.json", r#"{"rules":[{"when":{"op":"ldap.serch"},"then":[{"busy":{}}]}]}"#);
    let line = refused(&["--faults", &faults]);
    assert!(
        line.contains("--faults") && line.contains("faults.json") && line.contains("ldap.serch"),
        "{line}"
    );
    assert!(refused(&["--ldif", "/nowhere.ldif"]).contains("/nowhere.ldif"));
    assert!(refused(&["--policy", "MaxPageSize"]).contains("--policy"));
    assert!(refused(&["--policy", "MaxPageSise=1"]).contains("MaxPageSise"));
    assert!(refused(&["--domain", "corp..test"]).contains("corp..test"));
    assert!(refused(&["--schema", "ad-2000"]).contains("ad-2016+exchange"));
    assert!(refused(&["--clock", "noon"]).contains("--clock"));
}

#[test]
fn help_explains_every_flag() {
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--domain",
        "--netbios",
        "--ldap",
        "--ldaps",
        "--control",
        "--admin-password",
        "--admin-password-file",
        "--ldif",
        "--world",
        "--schema",
        "--policy",
        "--seed",
        "--clock",
        "--ca-dir",
        "--faults",
        "--ready-file",
        "--log",
    ] {
        assert!(text.contains(&format!("{flag} ")), "{flag}");
    }
}
