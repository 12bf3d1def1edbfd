//! The control API of this double.

use std::sync::Arc;

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use kit::control::{Body, ControlError, ControlPlane, Route, Snapshot};
use serde_json::Value;

use crate::directory::Directory;
use crate::server::{Service, state};
use crate::world::World;

/// Media type of LDIF (RFC 2849 has registered none).
const LDIF: &str = "text/x-ldif; charset=utf-8";

/// The double behind kit's router.
pub(crate) struct Plane {
    service: Arc<Service>,
}

impl Plane {
    pub(crate) const fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// Changes a copy, and puts it in place only if all went well.
    fn change(
        &self,
        start: Directory,
        change: impl FnOnce(&mut Directory, jiff::Timestamp) -> Result<(), String>,
    ) -> Result<(), ControlError> {
        let mut directory = start;
        change(&mut directory, self.service.clock().now())
            .map_err(|error| ControlError::bad_request("bad_state", error))?;
        self.service.replace(directory);
        Ok(())
    }

    fn current(&self) -> Directory {
        self.service.directory().clone()
    }
}

fn world(text: &str) -> Result<World, ControlError> {
    World::parse(text).map_err(|error| ControlError::bad_request("bad_world", error))
}

impl ControlPlane for Plane {
    fn service(&self) -> &'static str {
        "mock-directory"
    }

    fn state(&self) -> Value {
        state::json(&self.current())
    }

    /// The directory as it was started, then this world on top.
    fn put_state(&self, state: Value) -> Result<(), ControlError> {
        let world = world(&state.to_string())?;
        self.change(self.service.initial(), |directory, now| {
            directory.load_world(&world, now).map_err(|error| error.to_string())
        })
    }

    fn load_world(&self, text: &str) -> Result<(), ControlError> {
        let world = world(text)?;
        self.change(self.current(), |directory, now| {
            directory.load_world(&world, now).map_err(|error| error.to_string())
        })
    }

    fn reset(&self) -> Result<(), ControlError> {
        self.service.replace(self.service.initial());
        Ok(())
    }

    fn snapshot(&self) -> Snapshot {
        Arc::new(self.current())
    }

    fn restore(&self, snapshot: &Snapshot) {
        if let Some(directory) = snapshot.downcast_ref::<Directory>() {
            self.service.replace(directory.clone());
        }
    }

    fn extra_routes(self: Arc<Self>) -> Vec<Route> {
        let read = Arc::clone(&self);
        let export = move || async move { ([(CONTENT_TYPE, LDIF)], read.service.directory().export_ldif()) };
        let apply = move |text: String| async move {
            self.change(self.current(), |directory, now| {
                directory.apply_ldif("LDIF", &text, now).map_err(|error| error.to_string())
            })
        };
        vec![
            Route::new(Method::GET, "/ldif", "The domain as LDIF", get(export)).gives(Body::Text(LDIF)),
            Route::new(Method::POST, "/ldif", "Carries out LDIF entries and change records", post(apply))
                .takes(Body::Text(LDIF)),
        ]
    }
}
