//! What a request asks for.

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
}
