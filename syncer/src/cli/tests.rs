//! Transcripts: arguments and environment in, exit code and texts out.

use std::path::Path;

use super::*;
use crate::{config::Environment, shell::Stop};

/// Runs one command in an environment.
async fn transcript(args: &[&str], environment: &[(&str, &str)]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let invocation = Invocation {
        args: ["syncer"].iter().chain(args).map(Into::into).collect(),
        environment: environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<Environment>(),
        out: &mut out,
        err: &mut err,
        bars: false,
        stop: Stop::default(),
    };
    let code = run(invocation, &Hooks::default()).await;
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

async fn refused(args: &[&str], environment: &[(&str, &str)]) -> String {
    let (code, out, err) = transcript(args, environment).await;
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.ends_with('\n') && err.starts_with("syncer: "), "{err}");
    err
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn version_names_the_contract() {
    let (code, out, _) = transcript(&["--version"], &[]).await;
    assert_eq!((code, out), (0, format!("syncer {} (contract 1)\n", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn help_names_every_variable_of_the_contract_that_the_syncer_reads() {
    let (code, out, _) = transcript(&["--help"], &[]).await;
    assert_eq!(code, 0);
    for name in [
        "SYNC_LDAP_URL",
        "SYNC_PROVISIONING_URL",
        "SYNC_STATE_DIR",
        "SYNC_NOW",
        "SYNC_CONTEXT",
        "SYNC_CA_FILE",
    ] {
        assert!(out.contains(name), "{name}");
    }
}

#[tokio::test]
async fn mistakes_on_the_command_line_are_one_line_and_exit_2() {
    for (args, expected) in [
        (&[][..], "syncer: a command is missing; see `syncer --help`\n"),
        (&["once", "--fast"], "syncer: unexpected argument '--fast' found; see `syncer --help`\n"),
        (
            &["eval"],
            "syncer: the following required arguments were not provided: --expr <TEXT>; see `syncer --help`\n",
        ),
        (&["sync"], "syncer: unknown command \"sync\"; see `syncer --help`\n"),
        (&["daemon", "--interval", "30m"], "syncer: `syncer daemon` is not in this version\n"),
        (&["readiness", "--json"], "syncer: `syncer readiness` is not in this version\n"),
    ] {
        assert_eq!(refused(args, &[]).await, expected);
    }
}

#[tokio::test]
async fn mistakes_in_the_configuration_name_their_place_and_exit_2() {
    let err = refused(&["once"], &[]).await;
    assert_eq!(
        err,
        "syncer: configuration: directory.url is not set; set it in the file or as SYNC_LDAP_URL\n"
    );
    let err = refused(&["once"], &[("SYNC_CONTEXT", "{")]).await;
    assert!(err.starts_with("syncer: SYNC_CONTEXT: not the expected JSON object"), "{err}");
    let err = refused(&["once", "--config", "/nowhere/syncer.toml"], &[]).await;
    assert!(err.starts_with("syncer: /nowhere/syncer.toml: cannot read the configuration"), "{err}");
}

#[tokio::test]
async fn eval_prints_type_and_value() {
    let dir = tempfile::tempdir().unwrap();
    let object = dir.path().join("ana.json");
    std::fs::write(
        &object,
        r#"{"cn":"Ana Li","objectGUID":{"b64":"AAEC"},"proxyAddresses":["SMTP:a@x","smtp:b@x"],"n":3}"#,
    )
    .unwrap();
    for (expression, expected) in [
        ("Left([cn], 3)", "{\"type\":\"str\",\"value\":\"Ana\"}\n"),
        ("[n] + 1", "{\"type\":\"num\",\"value\":4}\n"),
        ("[objectGUID]", "{\"type\":\"bin\",\"value\":\"AAEC\"}\n"),
        ("Count([proxyAddresses])", "{\"type\":\"num\",\"value\":2}\n"),
        ("IsPresent([mail])", "{\"type\":\"bool\",\"value\":false}\n"),
    ] {
        let (code, out, err) =
            transcript(&["eval", "--expr", expression, "--object", path(&object)], &[]).await;
        assert_eq!((code, out.as_str()), (0, expected), "{expression}: {err}");
    }
}

#[tokio::test]
async fn eval_takes_the_time_from_the_flag_or_the_environment() {
    let text = "FormatDateTime(Now(), \"yyyy-MM-dd\")";
    let (_, out, _) = transcript(&["eval", "--expr", text], &[("SYNC_NOW", "2026-03-01T00:00:00Z")]).await;
    assert!(out.contains("2026-03-01"), "{out}");
    let now = ["eval", "--expr", text, "--now", "2020-01-01T00:00:00Z"];
    let (_, out, _) = transcript(&now, &[("SYNC_NOW", "2026-03-01T00:00:00Z")]).await;
    assert!(out.contains("2020-01-01"), "{out}");
}

#[tokio::test]
async fn an_error_value_exits_1_with_its_message_and_a_syntax_error_2() {
    let (code, out, err) = transcript(&["eval", "--expr", "Error(\"no anchor\")"], &[]).await;
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", "syncer: no anchor\n"));
    assert!(refused(&["eval", "--expr", "Left("], &[]).await.starts_with("syncer: --expr: column "));
}

#[tokio::test]
async fn rules_are_linted_with_every_mistake_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.yaml");
    std::fs::write(&file, "name: mine\nrules: [{}]\n").unwrap();
    let err = refused(&["rules", "lint", path(&file)], &[]).await;
    assert!(err.contains("mine.yaml:2:"), "{err}");
    let (code, out, _) = transcript(&["rules", "show"], &[]).await;
    assert_eq!(code, 0);
    assert!(out.starts_with("entra-connect  sha256:") && out.contains("In from AD - User Exchange"), "{out}");
}

#[tokio::test]
async fn state_is_shown_reset_and_migrated() {
    let dir = tempfile::tempdir().unwrap();
    let environment = [("SYNC_STATE_DIR", path(dir.path()))];
    let (code, out, _) = transcript(&["state", "show"], &environment).await;
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r"
    directory  0 objects, 0 with an error
    tenant     0 objects, 0 with an error
    pending    0
    cursors    directory none, tenant none
    rules      none
    cycles     0 completed, 0 of them full, 0 objects written
    ");
    let (code, out, _) = transcript(&["state", "show", "--json"], &environment).await;
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["directory_objects"]), (0, &serde_json::json!(0)));
    assert!(transcript(&["state", "migrate"], &environment).await.1.ends_with("state.db: schema 1\n"));
    assert!(transcript(&["state", "reset"], &environment).await.1.ends_with("state.db: forgotten\n"));
}

#[tokio::test]
async fn completions_exist_for_the_common_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = transcript(&["completions", shell], &[]).await;
        assert!(code == 0 && out.contains("syncer") && out.contains("once"), "{shell}");
    }
}
