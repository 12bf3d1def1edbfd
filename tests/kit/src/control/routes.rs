//! One table of routes, from which both the router and `/openapi.json` are made.

use axum::routing::MethodRouter;
use http::Method;

/// A route of the control API.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{name}` for parameters.
    pub path: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What the request carries.
    pub request: Body,
    /// What a good answer carries.
    pub response: Body,
    /// Query parameters: name and meaning.
    pub query: &'static [(&'static str, &'static str)],
    /// What serves it.
    pub handler: MethodRouter,
}

/// What a request or an answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON.
    Json,
    /// One JSON value a line.
    JsonLines,
    /// Text of this media type.
    Text(&'static str),
}

impl Body {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json => Some("application/json"),
            Self::JsonLines => Some("application/jsonl"),
            Self::Text(media_type) => Some(media_type),
        }
    }
}

impl Route {
    /// A route without bodies or query parameters.
    #[must_use]
    pub fn new(method: Method, path: &'static str, summary: &'static str, handler: MethodRouter) -> Self {
        Self { method, path, summary, request: Body::None, response: Body::None, query: &[], handler }
    }

    /// Says what the request carries.
    #[must_use]
    pub fn takes(mut self, request: Body) -> Self {
        self.request = request;
        self
    }

    /// Says what a good answer carries.
    #[must_use]
    pub fn gives(mut self, response: Body) -> Self {
        self.response = response;
        self
    }

    /// Says which query parameters there are.
    #[must_use]
    pub fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }
}
