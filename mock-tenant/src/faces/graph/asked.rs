//! What a request asks for.

use serde_json::{Value as Json, json};

use crate::graph::{GraphError, Route, Version};
use crate::ops::{self, Op};
use crate::pipeline::Request;

const UNSERVED: &Op = ops::known("graph.unserved");

/// `v1.0` and `users` of `/v1.0/users`.
pub(super) fn split(path: &str) -> (&str, &str) {
    let path = path.trim_start_matches('/');
    path.split_once('/').unwrap_or((path, ""))
}

/// The version that a path's first segment names.
pub(super) fn read_version(segment: &str) -> Result<Version, GraphError> {
    match segment.to_ascii_lowercase().as_str() {
        "v1.0" => Ok(Version::V1),
        "beta" => Ok(Version::Beta),
        other => Err(GraphError::new(400, "BadRequest", format!("Invalid version: {other}"))),
    }
}

/// A path, read.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) version: Result<Version, GraphError>,
    pub(super) route: Route,
    pub(super) op: Result<&'static Op, GraphError>,
}

impl Asked {
    pub(super) fn read(request: &Request) -> Self {
        let (version, rest) = split(request.path());
        let route = Route::parse(rest);
        Self { op: route.op(&request.method), version: read_version(version), route }
    }

    pub(super) fn op(&self) -> &'static Op {
        self.op.as_ref().map_or(UNSERVED, |op| *op)
    }

    /// What the journal tells besides; a page token is as good as the page, so it is left out.
    pub(super) fn detail(&self, request: &Request, status: u16) -> Json {
        let query =
            request.query().into_iter().filter(|(name, _)| !name.to_ascii_lowercase().contains("token"));
        let query: serde_json::Map<_, _> = query.map(|(name, value)| (name, Json::from(value))).collect();
        json!({
            "method": request.method.as_str(), "path": request.path(), "status": status, "query": query,
            "request_id": request.ids.request_id.to_string(), "client_request_id": request.ids.client_request_id,
        })
    }
}
