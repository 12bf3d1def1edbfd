//! The tenant behind the control API.

use std::sync::Arc;

use axum::Json as Body;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use http::Method;
use kit::control::{Body as Carries, ControlError, ControlPlane, Route, Snapshot};
use serde::Deserialize;
use serde_json::Value as Json;

use super::service::Service;
use crate::exchange::address_book::{Client, look};
use crate::exchange::recipient::with_address;
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

    fn extra_routes(self: Arc<Self>) -> Vec<Route> {
        let summary = "which certificate a sender's client would use for a recipient, and why not the others";
        let handler = get(address_book).with_state(self);
        let route = Route::new(Method::GET, "/address-book/{address}", summary, handler).gives(Carries::Json);
        vec![Route { query: &[("client", "outlook, or web (default)")], ..route }]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressBookQuery {
    client: Option<String>,
}

async fn address_book(
    State(plane): State<Arc<Plane>>,
    Path(address): Path<String>,
    Query(query): Query<AddressBookQuery>,
) -> Result<Body<Json>, ControlError> {
    let client = query.client.as_deref().map_or(Some(Client::Web), Client::parse).ok_or_else(|| {
        ControlError::bad_request("bad_client", "client: expected outlook or web".to_owned())
    })?;
    let now = plane.0.clock.now();
    let tenant = plane.0.tenant_at(now);
    let found = with_address(&tenant, &address, tenant.exchange_view(now));
    let recipient = found.first().ok_or_else(|| ControlError::not_found("no recipient has this address"))?;
    let mut told = look(&tenant, recipient, client, now).to_json();
    told["address"] = recipient.address().into();
    told["recipientType"] = recipient.kind.name().into();
    told["client"] = client.name().into();
    Ok(Body(told))
}
