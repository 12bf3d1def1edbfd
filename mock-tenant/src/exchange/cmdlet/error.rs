//! Why a cmdlet fails, in Exchange's words.
//!
//! Shapes: answers of a live service quoted in public repositories (error.code, message, details with
//! `ID|type|message`, innererror with an internal exception). Words: as each variant says.

use serde_json::{Value as Json, json};

/// Where the service says an object isn't.
pub(super) const SERVER: &str = "AM0PR00A00DC001.EURPR00A000.PROD.OUTLOOK.COM";

/// Why a cmdlet fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmdletError {
    /// Observed, also with its HTTP status.
    #[error("The operation couldn't be performed because object '{0}' couldn't be found on '{SERVER}'.")]
    NotFound(String),
    /// Words of the same family.
    #[error("The operation couldn't be performed because '{0}' matches multiple entries.")]
    Ambiguous(String),
    /// Observed for Set-Mailbox.
    #[error(
        "The operation on {noun} \"{name}\" failed because it's out of the current user's write scope. The action '{cmdlet}', '{property}', can't be performed on the object '{name}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization."
    )]
    OnPremises {
        /// `mailbox`, `Identity`.
        noun: &'static str,
        /// Name of the object.
        name: String,
        /// Cmdlet.
        cmdlet: &'static str,
        /// First property that it would have set.
        property: String,
    },
    /// Documented in "Resolve issues with shared mailboxes".
    #[error(
        "The proxy address \"{address}\" is already being used by the proxy addresses or LegacyExchangeDN of \"{owner}\". Please choose another proxy address."
    )]
    AddressTaken {
        /// With its prefix.
        address: String,
        /// Name of the object that has it.
        owner: String,
    },
    /// The usual words for a domain that isn't the organization's.
    #[error("You can't use the domain because it's not an accepted domain for your organization.")]
    NotAcceptedDomain,
    /// The usual words of a directory.
    #[error("Active Directory operation failed on {SERVER}. The object '{0}' already exists.")]
    Exists(String),
    /// A value that a property can't have.
    #[error("Property value invalid: {0}")]
    Invalid(String),
    /// Observed.
    #[error(
        "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. {0}"
    )]
    Parameters(String),
    /// Observed.
    #[error(
        "Cannot process argument transformation on parameter '{parameter}'. Cannot convert value \"{value}\" to type \"{kind}\". Error: \"{problem}\""
    )]
    Argument {
        /// Parameter.
        parameter: String,
        /// What was given, shortened.
        value: String,
        /// Its type.
        kind: &'static str,
        /// What was expected.
        problem: String,
    },
    /// PowerShell's own words.
    #[error(
        "The term '{0}' is not recognized as the name of a cmdlet, function, script file, or operable program."
    )]
    UnknownCmdlet(String),
    /// Words of an OPATH filter that names no property.
    #[error("Cannot bind parameter 'Filter' to the target. Exception setting \"Filter\": \"{0}\"")]
    Filter(String),
}

/// Status, error.code, error.message, exception type, and whether `details` names it.
type Shape = (u16, &'static str, &'static str, &'static str, bool);

impl CmdletError {
    const fn shape(&self) -> Shape {
        let executing = "Error executing cmdlet";
        let invalid = "Invalid Operation";
        match self {
            Self::NotFound(_) => (
                404,
                "NotFound",
                executing,
                "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
                true,
            ),
            Self::Ambiguous(_) => (
                400,
                "BadRequest",
                executing,
                "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
                true,
            ),
            Self::OnPremises { .. } => {
                (400, "BadRequest", executing, "System.InvalidOperationException", true)
            }
            Self::AddressTaken { .. } => (
                400,
                "BadRequest",
                executing,
                "Microsoft.Exchange.Management.RecipientTasks.ProxyAddressExistsException",
                true,
            ),
            Self::NotAcceptedDomain => (
                400,
                "BadRequest",
                executing,
                "Microsoft.Exchange.Management.RecipientTasks.NotAcceptedDomainException",
                true,
            ),
            Self::Exists(_) => (
                400,
                "BadRequest",
                executing,
                "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
                true,
            ),
            Self::Invalid(_) => {
                (400, "BadRequest", executing, "Microsoft.Exchange.Data.DataValidationException", true)
            }
            Self::Parameters(_) => (
                400,
                "BadRequest",
                invalid,
                "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException",
                true,
            ),
            Self::Argument { .. } => (
                400,
                "BadRequest",
                invalid,
                "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException",
                false,
            ),
            Self::UnknownCmdlet(_) => {
                (400, "BadRequest", executing, "System.Management.Automation.CommandNotFoundException", true)
            }
            Self::Filter(_) => {
                (400, "BadRequest", executing, "System.Management.Automation.ParameterBindingException", true)
            }
        }
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.shape().0
    }

    /// The exception's name without its namespace: the outcome in the journal.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        let exception = self.shape().3;
        exception.rsplit_once('.').map_or(exception, |(_, name)| name)
    }

    /// The error's identifier in front of its type. Only the one of a missing object is known.
    const fn id(&self) -> &'static str {
        if matches!(self, Self::NotFound(_)) { "Ex6F9304" } else { "" }
    }

    /// The answer's body.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let (_, code, message, exception, has_details) = self.shape();
        let mut error = json!({ "code": code, "message": message });
        if has_details {
            let detail = format!("{}|{exception}|{self}", self.id());
            error["details"] = json!([{ "code": "Client", "target": "", "message": detail }]);
        }
        error["innererror"] = json!({
            "message": message,
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "stacktrace": "",
            "internalexception": { "message": self.to_string(), "type": exception, "stacktrace": "" },
        });
        json!({ "error": error })
    }
}
