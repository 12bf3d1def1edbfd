//! Reading the command line, and refusing it in one line.

use std::ffi::OsString;
use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Parser;
use jiff::Timestamp;

use crate::Clock;

/// Exit status for a bad flag, file or value.
pub const EXIT_USAGE: u8 = 2;

/// Parses the command line. `Err` holds the exit status when there is nothing left to do: 0 after `--help` and
/// `--version`, 2 after one line on stderr that says what is wrong.
///
/// # Errors
/// The status to exit with; everything there is to say has been said.
pub fn parse_or_exit<T: Parser>(args: impl IntoIterator<Item = OsString>) -> Result<T, ExitCode> {
    T::try_parse_from(args).map_err(|error| {
        if error.use_stderr() {
            return fail(one_line(&error));
        }
        // help or version: if nobody reads it, nobody misses it
        let _ = error.print();
        ExitCode::SUCCESS
    })
}

/// Writes one line on stderr and gives the exit status for bad usage.
pub fn fail(message: impl std::fmt::Display) -> ExitCode {
    let line = message.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    // without a stderr the status alone must do
    let _ = writeln!(anstream::stderr(), "error: {line}");
    ExitCode::from(EXIT_USAGE)
}

/// clap explains over several lines; the first paragraphs up to the usage say what is wrong and what was expected.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let said =
        text.split("\n\nUsage:").next().unwrap_or(&text).split("\n\nFor more").next().unwrap_or_default();
    let parts: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    parts.join(" ").trim_start_matches("error: ").to_owned()
}

/// `--clock real|RFC3339`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockArg {
    /// The machine's clock.
    #[default]
    Real,
    /// A virtual clock that starts here.
    At(Timestamp),
}

impl ClockArg {
    /// The clock that was asked for.
    #[must_use]
    pub fn clock(self) -> Clock {
        match self {
            Self::Real => Clock::real(),
            Self::At(start) => Clock::virtual_at(start),
        }
    }
}

impl FromStr for ClockArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "real" => Ok(Self::Real),
            _ => text
                .parse()
                .map(Self::At)
                .map_err(|_| "expected \"real\" or a time such as 2026-09-01T00:00:00Z".into()),
        }
    }
}

/// `--ldaps ADDR:PORT|off` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// No listener.
    Off,
    /// A listener at this address; port 0 takes a free one.
    At(SocketAddr),
}

impl Listen {
    /// The address, if there is to be a listener.
    #[must_use]
    pub fn addr(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(addr) => Some(addr),
        }
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            _ => {
                listen_addr(text).map(Self::At).map_err(|expected| format!("expected \"off\", or {expected}"))
            }
        }
    }
}

/// Reads `ADDRESS:PORT` or `HOST:PORT`; a name is looked up once, and its IPv4 address is preferred.
///
/// # Errors
/// What is expected, or that the name has no address.
pub fn listen_addr(text: &str) -> Result<SocketAddr, String> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let expected = || "ADDRESS:PORT or HOST:PORT such as 127.0.0.1:0 or localhost:8443".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(expected)?;
    let port: u16 = port.parse().map_err(|_| expected())?;
    if host.is_empty() {
        return Err(expected());
    }
    let found =
        (host, port).to_socket_addrs().map_err(|error| format!("{} ({host}: {error})", expected()))?;
    let all: Vec<SocketAddr> = found.collect();
    all.iter().find(|addr| addr.is_ipv4()).or(all.first()).copied().ok_or_else(expected)
}

/// Reads a secret from a file, without the line end that editors leave.
///
/// # Errors
/// Names the file, never its content.
pub fn read_secret(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        Err(format!("{shown}: expected a secret, the file is empty"))
    } else {
        Ok(secret.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    #[command(name = "double", version = crate::version!())]
    struct Args {
        #[arg(long, default_value = "real")]
        clock: ClockArg,
        #[arg(long, default_value = "127.0.0.1:0")]
        ldaps: Listen,
        #[arg(long)]
        needed: String,
    }

    fn parse(args: &[&str]) -> Result<Args, String> {
        let error =
            |error: clap::Error| if error.use_stderr() { one_line(&error) } else { error.to_string() };
        Args::try_parse_from([&["double"], args].concat()).map_err(error)
    }

    #[test]
    fn good_flags() {
        let args = parse(&["--needed", "x", "--clock", "2026-09-01T00:00:00Z", "--ldaps", "off"]).unwrap();
        assert_eq!(args.clock.clock().now().to_string(), "2026-09-01T00:00:00Z");
        assert_eq!((args.ldaps.addr(), args.needed.as_str()), (None, "x"));
        assert!(!parse(&["--needed", "x"]).unwrap().clock.clock().is_virtual());
    }

    #[test]
    fn bad_flags_are_one_line_that_names_the_flag_and_what_was_expected() {
        assert_eq!(
            parse(&["--needed", "x", "--clock", "noon"]).unwrap_err(),
            r#"invalid value 'noon' for '--clock <CLOCK>': expected "real" or a time such as 2026-09-01T00:00:00Z"#
        );
        assert_eq!(
            parse(&[]).unwrap_err(),
            "the following required arguments were not provided: --needed <NEEDED>"
        );
        let unknown = parse(&["--needed", "x", "--clok", "real"]).unwrap_err();
        assert!(
            unknown.starts_with("unexpected argument '--clok' found") && !unknown.contains('\n'),
            "{unknown}"
        );
    }

    #[test]
    fn a_listener_takes_an_address_or_a_host_name() {
        let local = listen_addr("localhost:0").unwrap();
        assert!(local.ip().is_loopback() && local.port() == 0);
        assert_eq!(listen_addr("[::1]:80").map(|addr| addr.port()), Ok(80));
        for bad in ["localhost", "localhost:http", ":80", "127.0.0.1:70000"] {
            assert!(listen_addr(bad).unwrap_err().contains("HOST:PORT"), "{bad}");
        }
        let error = parse(&["--needed", "x", "--ldaps", "nowhere"]).unwrap_err();
        assert!(error.contains("--ldaps") && error.contains(r#"expected "off", or ADDRESS:PORT"#), "{error}");
    }

    #[test]
    fn version_names_program_and_contract() {
        assert_eq!(
            parse(&["--version"]).unwrap_err(),
            concat!("double ", env!("CARGO_PKG_VERSION"), " (contract 1)\n")
        );
    }

    #[test]
    fn secrets_lose_their_line_end_and_empty_files_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Passw0rd!x \r\n").unwrap();
        assert_eq!(read_secret(file.path()).unwrap(), "Passw0rd!x ");
        std::fs::write(file.path(), "\n").unwrap();
        assert!(read_secret(file.path()).unwrap_err().ends_with("the file is empty"));
    }
}
