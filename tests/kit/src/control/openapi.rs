//! `/openapi.json` from the table of routes.

use serde_json::{Map, Value, json};

use super::{Body, Route};

/// An OpenAPI 3.1 document of `routes`.
pub(super) fn document(service: &str, routes: &[Route]) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let operations = paths.entry(route.path).or_insert_with(|| json!({}));
        operations[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": format!("{service} control API"), "version": crate::version!()},
        "paths": paths,
        "components": {"schemas": {"Error": error_schema()}},
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "parameters": parameters(route),
        "responses": {
            "200": answer(route.response),
            "default": {"description": "what is wrong", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
        },
    });
    if let Some(media_type) = route.request.media_type() {
        operation["requestBody"] = json!({"required": true, "content": {media_type: {"schema": {}}}});
    }
    operation
}

fn answer(body: Body) -> Value {
    match body.media_type() {
        None => json!({"description": "done"}),
        Some(media_type) => json!({"description": "done", "content": {media_type: {"schema": {}}}}),
    }
}

/// `POST /snapshots/{id}/restore` is `post_snapshots_id_restore`.
fn operation_id(route: &Route) -> String {
    let path = route.path.replace(['{', '}', '.'], "").replace('/', "_");
    format!("{}{path}", route.method.as_str().to_ascii_lowercase())
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let in_query = route.query.iter().map(|(name, meaning)| {
        json!({"name": name, "in": "query", "required": false, "description": meaning, "schema": {"type": "string"}})
    });
    in_path.chain(in_query).collect()
}

fn error_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {"error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": text, "message": text},
        }},
    })
}
