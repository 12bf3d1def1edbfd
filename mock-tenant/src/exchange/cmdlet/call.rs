//! What a client asks: one cmdlet with arguments.

use serde_json::Value as Json;

use super::argument::{Argument, argument};
use super::error::CmdletError;
use super::table::{Cmdlet, find};

/// A cmdlet with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Which.
    pub cmdlet: &'static Cmdlet,
    arguments: Vec<(&'static str, Argument)>,
}

/// Why a body is no call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Not the JSON that is expected.
    #[error("the body must be {{\"CmdletInput\": {{\"CmdletName\": …, \"Parameters\": {{…}}}}}}: {0}")]
    Body(String),
    /// A cmdlet of the real service, or what looks like one.
    #[error("mock-tenant does not serve the cmdlet {0}")]
    NotServed(String),
    /// The service's own refusal.
    #[error(transparent)]
    Refused(#[from] CmdletError),
}

impl Call {
    /// Reads a body.
    ///
    /// # Errors
    /// It is no call, the cmdlet isn't served, or a parameter isn't the cmdlet's.
    pub fn read(body: &[u8]) -> Result<Self, CallError> {
        let body: Json = serde_json::from_slice(body).map_err(|error| CallError::Body(error.to_string()))?;
        let input = &body["CmdletInput"];
        let name = input["CmdletName"]
            .as_str()
            .ok_or_else(|| CallError::Body("CmdletInput.CmdletName is missing".to_owned()))?;
        let cmdlet = find(name).ok_or_else(|| unknown(name))?;
        let arguments = arguments(cmdlet, &input["Parameters"])?;
        let call = Self { cmdlet, arguments };
        match cmdlet.required.iter().find(|name| call.get(name).is_none()) {
            Some(missing) => Err(CmdletError::Parameters(format!("Missing: {missing}")).into()),
            None => Ok(call),
        }
    }

    /// An argument by the parameter's name; `$null` counts as one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// A text, if it was given and isn't empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Argument::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A flag, if it was given.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Argument::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// All arguments in their order.
    pub fn arguments(&self) -> impl Iterator<Item = (&'static str, &Argument)> {
        self.arguments.iter().map(|(name, argument)| (*name, argument))
    }

    /// The object that is meant; empty if the cmdlet means all.
    #[must_use]
    pub fn target(&self) -> &str {
        self.text("Identity").or_else(|| self.text("Name")).unwrap_or_default()
    }

    /// A text that tells calls apart: what a page's token is bound to.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{} {:?}", self.cmdlet.name, self.arguments)
    }
}

/// Members with an `@` are annotations of their neighbours.
fn arguments(cmdlet: &'static Cmdlet, given: &Json) -> Result<Vec<(&'static str, Argument)>, CallError> {
    let given = match given {
        Json::Null => return Ok(Vec::new()),
        Json::Object(given) => given,
        _ => return Err(CallError::Body("CmdletInput.Parameters must be an object".to_owned())),
    };
    let named = given.iter().filter(|(name, _)| !name.contains('@'));
    let typed = named.map(|(name, value)| {
        let parameter = cmdlet.parameter(name).ok_or_else(|| CmdletError::Parameters(name.clone()))?;
        Ok((parameter.0, argument(parameter, value)?))
    });
    typed.collect::<Result<_, CmdletError>>().map_err(CallError::from)
}

/// `Verb-Noun` may be a cmdlet of the real service; anything else is none.
fn unknown(name: &str) -> CallError {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric());
    match name.split_once('-') {
        Some((verb, noun)) if is_word(verb) && is_word(noun) => CallError::NotServed(name.to_owned()),
        _ => CmdletError::UnknownCmdlet(name.to_owned()).into(),
    }
}
