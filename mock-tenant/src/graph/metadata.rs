//! `$metadata` and the service document, written from the model: they tell what is served, and nothing else.
//! Sources: OData CSDL XML 4.01; OData JSON Format 4.01, 5 "Service Document".

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::call::{Call, Reply};
use super::model::{CONTAINER, Navigation, Operation, Shape, Type};
use super::types::USER_WITH_CERTIFICATES;

/// `GET /v1.0/`.
pub(super) fn service_document(call: &Call<'_>) -> Reply {
    let entry = |navigation: &Navigation| {
        let kind = if navigation.many { "EntitySet" } else { "Singleton" };
        json!({"name": navigation.name, "kind": kind, "url": navigation.name})
    };
    let value: Vec<Json> = CONTAINER.navigations.iter().map(entry).collect();
    Reply::ok(json!({"@odata.context": format!("{}/$metadata", call.root()), "value": value}))
}

/// `GET /v1.0/$metadata`.
pub(super) fn csdl(call: &Call<'_>) -> Reply {
    Reply::plain("application/xml", document(call.certificates))
}

fn document(certificates: bool) -> String {
    let types: String = Type::all().iter().map(|of| entity_type(of, certificates)).collect();
    let complex: String = complex_types().iter().map(|name| complex_type(name)).collect();
    let operations: String = operations().collect();
    let sets: String = CONTAINER.navigations.iter().map(set).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
         <Schema Namespace=\"microsoft.graph\" Alias=\"graph\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\
         <EntityType Name=\"entity\" Abstract=\"true\"><Key><PropertyRef Name=\"id\"/></Key>\
         <Property Name=\"id\" Type=\"Edm.String\" Nullable=\"false\"/></EntityType>\
         {complex}{types}{operations}<EntityContainer Name=\"GraphService\">{sets}</EntityContainer>\
         </Schema></edmx:DataServices></edmx:Edmx>"
    )
}

fn entity_type(of: &Type, certificates: bool) -> String {
    let base = of.base.map_or("entity", |base| base.name);
    let inherited = |name: &str| name == "id" || of.base.is_some_and(|base| base.property(name).is_some());
    let shape = if certificates && of.name == "user" {
        Some(&USER_WITH_CERTIFICATES as &dyn Shape)
    } else {
        of.shape
    };
    let properties = shape.map(Shape::properties).unwrap_or_default();
    let own = properties.iter().filter(|(name, _)| !inherited(name));
    let properties: String = own.map(|(name, edm)| property(name, edm)).collect();
    let navigations: String = of.navigations.iter().map(navigation).collect();
    format!(
        "<EntityType Name=\"{}\" BaseType=\"microsoft.graph.{base}\">{properties}{navigations}</EntityType>",
        of.name
    )
}

/// Complex types that properties have; the double tells no more of them than that their members are as they come.
fn complex_types() -> BTreeSet<String> {
    let shapes = Type::all().iter().filter_map(|of| of.shape);
    let properties = shapes.flat_map(|shape| shape.properties());
    let names = properties.filter_map(|(_, edm)| Some(edm.rsplit_once("microsoft.graph.")?.1.to_owned()));
    names.map(|name| name.trim_end_matches(')').to_owned()).collect()
}

fn complex_type(name: &str) -> String {
    format!("<ComplexType Name=\"{name}\" OpenType=\"true\"/>")
}

/// Actions and functions, each once for what it is bound to.
fn operations() -> impl Iterator<Item = String> {
    let of_types = Type::all().iter().flat_map(|of| {
        let to = format!("microsoft.graph.{}", of.name);
        of.operations.iter().map(move |operation| bound(operation, &to))
    });
    let of_sets = CONTAINER.navigations.iter().flat_map(|set| {
        let to = target(set);
        set.operations.iter().map(move |operation| bound(operation, &to))
    });
    of_types.chain(of_sets).flatten()
}

/// An action is called by POST, a function by GET. What begins with a dollar sign is part of the language.
fn bound(operation: &Operation, to: &str) -> Option<String> {
    if operation.name.starts_with('$') {
        return None;
    }
    let kind = if operation.verb.method == "GET" { "Function" } else { "Action" };
    let returns = format!("<ReturnType Type=\"{to}\"/>");
    let returns = if kind == "Function" { returns.as_str() } else { "" };
    Some(format!(
        "<{kind} Name=\"{}\" IsBound=\"true\"><Parameter Name=\"bindingParameter\" Type=\"{to}\"/>{returns}</{kind}>",
        operation.name
    ))
}

fn property(name: &str, edm: &str) -> String {
    format!("<Property Name=\"{name}\" Type=\"{edm}\"/>")
}

fn navigation(navigation: &Navigation) -> String {
    format!("<NavigationProperty Name=\"{}\" Type=\"{}\"/>", navigation.name, target(navigation))
}

fn target(navigation: &Navigation) -> String {
    let name = navigation.target.name;
    if navigation.many {
        format!("Collection(microsoft.graph.{name})")
    } else {
        format!("microsoft.graph.{name}")
    }
}

fn set(navigation: &Navigation) -> String {
    let (name, target) = (navigation.name, navigation.target.name);
    if navigation.many {
        format!("<EntitySet Name=\"{name}\" EntityType=\"microsoft.graph.{target}\"/>")
    } else {
        format!("<Singleton Name=\"{name}\" Type=\"microsoft.graph.{target}\"/>")
    }
}
