//! Logs on stderr; stdout belongs to results.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging to stderr. `--log` wins over `RUST_LOG`; without either, warnings. Colour only on a terminal and
/// without `NO_COLOR`.
///
/// # Errors
/// Names the filter that can't be read.
pub fn init_logging(flag: Option<&str>) -> Result<(), String> {
    let from_env = std::env::var("RUST_LOG").ok();
    let (name, text) = match (flag, &from_env) {
        (Some(text), _) => ("--log", text),
        (None, Some(text)) => ("RUST_LOG", text.as_str()),
        (None, None) => ("default", "warn"),
    };
    let filter = filter(name, text)?;
    let colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    // a second double in one process finds logging already set up
    let _ = logs.try_init();
    Ok(())
}

fn filter(name: &str, text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|error| {
        format!("{name}: {text:?} is no log filter such as \"info\" or \"warn,kit=debug\": {error}")
    })
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn a_bad_filter_is_named() {
        assert!(filter("--log", "info,kit=debug").is_ok());
        let error = filter("--log", "kit=loud").unwrap_err();
        assert!(error.starts_with(r#"--log: "kit=loud" is no log filter"#), "{error}");
    }
}
