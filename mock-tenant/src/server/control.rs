//! The tenant behind the control API.

use std::sync::Arc;

use kit::control::{ControlError, ControlPlane, Snapshot};
use serde_json::Value as Json;

use super::service::Service;
use crate::tenant::Tenant;
use crate::world::{World, WorldError};

/// Gives the control API the service.
pub(super) struct Plane(pub(super) Arc<Service>);

fn refused(error: &WorldError) -> ControlError {
    ControlError::bad_request("bad_world", error.to_string())
}

impl ControlPlane for Plane {
    fn service(&self) -> &'static str {
        "mock-tenant"
    }

    fn state(&self) -> Json {
        let now = self.0.clock.now();
        self.0.tenant_at(now).state(now)
    }

    fn put_state(&self, state: Json) -> Result<(), ControlError> {
        self.0.tenant_mut().put_state(state, self.0.clock.now()).map_err(|error| refused(&error))
    }

    fn load_world(&self, text: &str) -> Result<(), ControlError> {
        let world = World::parse(text).map_err(|error| refused(&error))?;
        self.0.tenant_mut().load(&world, self.0.clock.now()).map_err(|error| refused(&error))?;
        self.0.set_passwords(&world);
        Ok(())
    }

    fn reset(&self) -> Result<(), ControlError> {
        self.0.reset();
        Ok(())
    }

    fn snapshot(&self) -> Snapshot {
        Arc::new(self.0.snapshot())
    }

    fn restore(&self, snapshot: &Snapshot) {
        if let Some(tenant) = snapshot.downcast_ref::<Tenant>() {
            self.0.restore(tenant.clone());
        }
    }
}
