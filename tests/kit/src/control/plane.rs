//! What a double does for its control API.

use std::any::Any;
use std::sync::Arc;

use serde_json::Value;

use super::{ControlError, Route};

/// A double's own state at some moment, kept in memory until the double ends or is reset.
pub type Snapshot = Arc<dyn Any + Send + Sync>;

/// A double behind the control API. Clock, faults, journal and expectations are served without it.
pub trait ControlPlane: Send + Sync + 'static {
    /// Name of the service, as in the ready line.
    fn service(&self) -> &'static str;

    /// The whole state.
    fn state(&self) -> Value;

    /// Replaces the whole state.
    ///
    /// # Errors
    /// Names what can't be taken; nothing is changed then.
    fn put_state(&self, state: Value) -> Result<(), ControlError>;

    /// Adds a world: YAML or JSON text in the double's own terms.
    ///
    /// # Errors
    /// Names what can't be taken; nothing is changed then.
    fn load_world(&self, text: &str) -> Result<(), ControlError>;

    /// Back to how the double was started.
    ///
    /// # Errors
    /// If the state it was started with can't be built again.
    fn reset(&self) -> Result<(), ControlError>;

    /// The state as it is now, cheap to take.
    fn snapshot(&self) -> Snapshot;

    /// Back to a snapshot, which is one that [`ControlPlane::snapshot`] of this double has given.
    fn restore(&self, snapshot: &Snapshot);

    /// Further routes of this double; they are listed in `/openapi.json` like the common ones.
    fn extra_routes(self: Arc<Self>) -> Vec<Route> {
        Vec::new()
    }
}
