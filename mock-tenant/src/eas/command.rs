//! Which command, by whom: the query of the request, plain or as base64 ([MS-ASHTTP] 2.2.1.1.1).

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Every command that a server knows: name, code. Source: [MS-ASHTTP] 2.2.1.1.1.1.2.
const COMMANDS: [(&str, u8); 19] = [
    ("Sync", 0),
    ("SendMail", 1),
    ("SmartForward", 2),
    ("SmartReply", 3),
    ("GetAttachment", 4),
    ("FolderSync", 9),
    ("FolderCreate", 10),
    ("FolderDelete", 11),
    ("FolderUpdate", 12),
    ("MoveItems", 13),
    ("GetItemEstimate", 14),
    ("MeetingResponse", 15),
    ("Search", 16),
    ("Settings", 17),
    ("Ping", 18),
    ("ItemOperations", 19),
    ("Provision", 20),
    ("ResolveRecipients", 21),
    ("ValidateCert", 22),
];

/// What the query tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Name of the command.
    pub command: &'static str,
    /// Whose mailbox.
    pub user: Option<String>,
    /// Which device.
    pub device_id: Option<String>,
}

/// A query that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query is not one of ActiveSync: {0}")]
pub struct BadQuery(String);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Neither `Cmd=…` nor base64 of the binary form, or a command that there isn't.
    pub fn read(query: &str) -> Result<Self, BadQuery> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let told = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        match told("Cmd") {
            Some(command) => {
                Ok(Self { command: named(&command)?, user: told("User"), device_id: told("DeviceId") })
            }
            None => Self::binary(query),
        }
    }

    /// Protocol version, command, locale, device id, policy key, device type, then parameters.
    fn binary(query: &str) -> Result<Self, BadQuery> {
        let decoded =
            STANDARD.decode(query.trim()).map_err(|_| BadQuery("no Cmd, and not base64".to_owned()))?;
        let short = || BadQuery("the binary form is too short".to_owned());
        let mut rest = decoded.as_slice();
        let head = take(&mut rest, 4).ok_or_else(short)?;
        let [_version, code, ..] = head else { return Err(short()) };
        let device = sized(&mut rest).ok_or_else(short)?;
        let (_policy_key, _device_type) =
            (sized(&mut rest).ok_or_else(short)?, sized(&mut rest).ok_or_else(short)?);
        Ok(Self { command: coded(*code)?, user: user(rest), device_id: Some(hex::encode(device)) })
    }
}

fn named(name: &str) -> Result<&'static str, BadQuery> {
    let known = COMMANDS.iter().find(|(known, _)| *known == name);
    known.map(|(known, _)| *known).ok_or_else(|| BadQuery(format!("there is no command {name:?}")))
}

fn coded(code: u8) -> Result<&'static str, BadQuery> {
    let known = COMMANDS.iter().find(|(_, known)| *known == code);
    known.map(|(known, _)| *known).ok_or_else(|| BadQuery(format!("there is no command {code}")))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// A length and as many octets.
fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take(rest, 1)?.first().copied()?;
    take(rest, usize::from(length))
}

/// Parameters are a tag and a sized value; 8 is the user.
fn user(mut rest: &[u8]) -> Option<String> {
    while let Some([tag]) = take(&mut rest, 1) {
        let value = sized(&mut rest)?;
        if *tag == 8 {
            return String::from_utf8(value.to_vec()).ok();
        }
    }
    None
}
