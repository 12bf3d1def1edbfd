//! Which permissions open an operation: see [`crate::ops`].

use super::error::GraphError;
use crate::ops::Op;
use crate::signin::Principal;

/// Checks what a token may.
///
/// # Errors
/// 403 `Authorization_RequestDenied`.
pub fn check_roles(op: &Op, principal: Principal<'_>) -> Result<(), GraphError> {
    if op.admits(principal) { Ok(()) } else { Err(GraphError::denied()) }
}
