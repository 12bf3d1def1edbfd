//! Which permissions open an operation: see [`crate::ops`].

use super::error::GraphError;
use crate::ops::Op;

/// Checks a token's roles.
///
/// # Errors
/// 403 `Authorization_RequestDenied`.
pub fn check_roles(op: &Op, roles: &[String]) -> Result<(), GraphError> {
    if op.opens_to(roles) { Ok(()) } else { Err(GraphError::denied()) }
}
