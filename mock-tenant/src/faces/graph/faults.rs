//! Faults in Graph's terms.

use kit::faults::Effect;

use crate::graph::{GraphError, Play};
use crate::ops::Op;
use crate::pipeline::Request;

/// A fault that refuses the call, in Graph's terms.
pub(super) fn refusal(
    effect: &Effect,
    request: &Request,
    op: &Op,
    query: &[(String, String)],
) -> Option<GraphError> {
    let has = |token: &str| query.iter().any(|(name, _)| name.eq_ignore_ascii_case(token));
    match effect {
        Effect::Throttle { retry_after_s } => Some(GraphError::throttled(*retry_after_s)),
        Effect::Busy {} => Some(GraphError::unavailable("serviceNotAvailable", None)),
        Effect::Unavailable {} => Some(GraphError::unavailable("ServiceUnavailable", None)),
        Effect::AuthExpired {} => Some(crate::signin::Refused::Expired.into()),
        Effect::Forbidden {} => Some(GraphError::denied()),
        Effect::Conflict {} if op.writes() => {
            Some(crate::tenant::MutationError::Conflict("userPrincipalName".to_owned()).into())
        }
        Effect::CursorExpired {} if has("$deltatoken") => {
            let link = format!("{}{}", request.endpoint.origin(), request.path());
            Some(GraphError::gone(&link, "syncStateNotFound"))
        }
        Effect::CursorExpired {} if has("$skiptoken") => {
            let message =
                "The specified page token value has expired and can no longer be included in your request.";
            Some(GraphError::new(400, "Directory_ExpiredPageToken", message))
        }
        _ => None,
    }
}

/// The faults that change an answer.
pub(super) fn play(effects: &[Effect]) -> Play {
    let has = |wanted: &Effect| effects.contains(wanted);
    Play {
        stale: has(&Effect::StaleRead {}),
        partial: has(&Effect::PartialPage {}),
        duplicate: has(&Effect::DuplicatePage {}),
        reorder: has(&Effect::Reorder {}),
    }
}
