//! Every cell of the table is asked, in a plain and in an advanced query: what is open gives the right rows, what is
//! closed the service's refusal.

use serde_json::Value as Json;

use super::samples::{ENTITIES, bare, entity, full};
use super::table::{Row, rows};
use super::{CONTACT, USER};
use crate::odata::{
    Advanced, EdmType, EntityType, Filter, Found, ODataError, OrderBy, Property, Settable, Support, Value,
};
use crate::tenant::DirectoryObject;

type Object = DirectoryObject;

/// One question of the table.
struct Cell {
    filter: String,
    support: Support,
    /// Whether [`full`] and [`bare`] pass; `None`: the double has no such data, nobody passes.
    passes: Option<(bool, bool)>,
}

/// What the full object holds there, as a query writes it.
fn literal(row: &Row, property: &Property<Object>, member: Option<&str>, full: &Object) -> Option<String> {
    let json = match (property.of(full), member) {
        (Value::Complex(Json::Array(items)), Some(member)) => items.first()?.get(member)?.clone(),
        (Value::Complex(json), Some(member)) => json.get(member)?.clone(),
        (Value::Texts(list), None) => Json::from(list.first()?.clone()),
        (value, None) => value.into_json(),
        _ => return None,
    };
    match json {
        Json::String(text) if row.edm() == EdmType::String => Some(format!("'{text}'")),
        Json::String(text) => Some(text),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
        other => Some(other.to_string()),
    }
}

/// A literal of the right type where the double has no data.
fn stand_in(edm: EdmType) -> &'static str {
    match edm {
        EdmType::Boolean => "true",
        EdmType::DateTimeOffset => "2033-05-18T03:33:20Z",
        EdmType::Guid => "184efa21-98c3-4e5d-95ab-d07053a96e67",
        EdmType::Int32 => "2",
        EdmType::Binary | EdmType::String | EdmType::Complex(_) => "'x'",
    }
}

fn cells(row: &Row, property: &Property<Object>, full: &Object, bare: &Object) -> Vec<Cell> {
    let (path, member) =
        row.name.split_once('/').map_or((row.name, None), |(path, member)| (path, Some(member)));
    let known = literal(row, property, member, full);
    let has_data = known.is_some();
    let value = known.unwrap_or_else(|| stand_in(row.edm()).to_owned());
    let (subject, wrap): (String, Box<dyn Fn(String) -> String>) = match (property.collection, member) {
        (true, Some(member)) => {
            (format!("p/{member}"), Box::new(move |test| format!("{path}/any(p:{test})")))
        }
        (true, None) => ("p".to_owned(), Box::new(move |test| format!("{path}/any(p:{test})"))),
        (false, _) => (row.name.to_owned(), Box::new(|test| test)),
    };
    let cell = |test: String, support, passes| Cell { filter: wrap(test), support, passes };
    let only_full = has_data.then_some((true, false));
    let ops = row.ops;
    let mut cells = vec![
        cell(format!("{subject} eq {value}"), ops.eq, only_full),
        cell(format!("{subject} in ({value})"), ops.eq, only_full),
        cell(format!("{subject} ge {value}"), ops.range, only_full),
    ];
    cells.push(Cell {
        filter: format!("not({})", wrap(format!("{subject} eq {value}"))),
        support: ops.eq.negated(),
        passes: Some((!has_data, true)),
    });
    if row.edm() == EdmType::String {
        let inner = value.trim_matches('\'');
        let start: String = inner.chars().take(3).collect();
        let end: String = inner.chars().skip(inner.chars().count().saturating_sub(3)).collect();
        cells.push(cell(format!("startsWith({subject},'{start}')"), ops.starts, only_full));
        cells.push(cell(format!("endsWith({subject},'{end}')"), ops.ends, only_full));
        cells.push(cell(format!("contains({subject},{value})"), Support::Never, None));
    }
    if !property.collection {
        let is_null = literal(row, property, member, bare).is_none();
        let null = Some((!has_data, is_null));
        cells.push(cell(format!("{subject} ne {value}"), ops.eq.negated(), Some((!has_data, true))));
        cells.push(cell(format!("{subject} eq null"), ops.null, null));
        cells.push(cell(format!("{subject} ne null"), ops.null.negated(), Some((has_data, !is_null))));
    }
    if property.collection && member.is_none() {
        let empty = Some((!has_data, true));
        cells.push(Cell { filter: format!("{path}/$count eq 0"), support: ops.count, passes: empty });
        cells.push(Cell { filter: format!("{path}/$count eq 1"), support: Support::Never, passes: None });
    }
    cells
}

const PLAIN: Advanced = Advanced { eventual: false, count: false };
const ADVANCED: Advanced = Advanced { eventual: true, count: true };

/// What is asked of one line of the table: nothing of what is not served, or has no literals in the language.
fn cells_of(row: &Row, full: &Object, bare: &Object) -> Vec<Cell> {
    let name = row.name.split('/').next().unwrap_or_default();
    match entity(row.entity).map(|entity| entity.find(name)) {
        Some(Found::Served(property)) if !row.edm().is_complex() && row.edm() != EdmType::Binary => {
            cells(row, &property, full, bare)
        }
        _ => Vec::new(),
    }
}

/// Half of the advanced query parameters make a plain query.
const MODES: [(Advanced, bool); 4] = [
    (PLAIN, false),
    (Advanced { count: false, ..ADVANCED }, false),
    (Advanced { eventual: false, ..ADVANCED }, false),
    (ADVANCED, true),
];

impl Cell {
    /// What is wrong with the answer in a plain (`false`) or an advanced (`true`) query.
    fn fault(
        &self,
        entity: &EntityType<Object>,
        mode: Advanced,
        is_on: bool,
        rows: [&Object; 2],
    ) -> Option<String> {
        let open = self.support.is_open(is_on);
        match Filter::parse(&self.filter, entity, mode) {
            Ok(_) if !open => Some("must be refused".to_owned()),
            Ok(filter) => {
                let passes = (filter.holds(rows[0]), filter.holds(rows[1]));
                let expected = self.passes.unwrap_or((false, false));
                (passes != expected).then(|| format!("gives {passes:?}, not {expected:?}"))
            }
            Err(error) if open => Some(format!("is refused: {error}")),
            Err(error) => (!is_the_services(&error))
                .then(|| format!("is refused otherwise than at the service: {error}")),
        }
    }
}

fn is_the_services(error: &ODataError) -> bool {
    let known = [
        "Unsupported or invalid query filter clause specified for property '",
        "The request uses a filter property that is not indexed",
        "Filter operator 'NotEqualsMatch' is not supported.",
        "Filter operator 'Not' is not supported.",
        "Filter operator 'Contains' is not supported.",
        "Unsupported Query.",
        "Complex query on property ",
    ];
    let is_known = known.iter().any(|text| error.message.starts_with(text));
    is_known && error.status == 400 && error.code == "Request_UnsupportedQuery"
}

#[test]
fn every_cell_is_open_or_refused_as_the_table_says() {
    let (mut asked, mut faults) = (0, Vec::new());
    for row in rows() {
        let Some(entity) = entity(row.entity) else { continue };
        let (full, bare) = (full(row.entity), bare(row.entity));
        for cell in cells_of(&row, &full, &bare) {
            for (mode, is_on) in MODES {
                asked += 1;
                let fault = cell.fault(entity, mode, is_on, [&full, &bare]);
                faults
                    .extend(fault.map(|fault| format!("{}: {} ({mode:?}) {fault}", row.entity, cell.filter)));
            }
        }
    }
    assert!(faults.is_empty(), "{} of {asked} cells:\n{}", faults.len(), faults.join("\n"));
    assert!(asked > 4000, "{asked} cells");
}

#[test]
fn every_property_is_sorted_by_or_refused_as_the_table_says() {
    for row in rows().filter(|row| !row.name.contains('/')) {
        let Some(entity) = entity(row.entity) else { continue };
        for advanced in [PLAIN, ADVANCED] {
            let place = format!("{} by {} ({advanced:?})", row.entity, row.name);
            match OrderBy::parse(&format!("{} desc", row.name), entity, advanced) {
                Ok(order) => {
                    assert!(row.ops.order.is_open(advanced.is_on()), "{place}");
                    let (full, bare) = (full(row.entity), bare(row.entity));
                    assert_ne!(order.compare(&full, &bare), std::cmp::Ordering::Greater, "{place}");
                }
                Err(error) => {
                    assert!(!row.ops.order.is_open(advanced.is_on()), "{place}");
                    assert_eq!(error.message, "Sorting not supported for current query.", "{place}");
                }
            }
        }
    }
}

#[test]
fn every_line_of_the_table_is_read_and_every_reader_is_in_it() {
    let lines = include_str!("properties.tsv").lines().count() - 1;
    assert_eq!(rows().count(), lines);
    let own = |entity: &str| rows().filter(|row| row.entity == entity && row.data() == "own").count();
    for (entity, readers) in [
        ("user", super::user::OWN.len()),
        ("group", super::group::OWN.len()),
        ("device", super::device::OWN.len()),
        ("orgContact", super::contact::OWN.len()),
        ("organization", super::organization::OWN.len()),
        ("domain", super::domain::OWN.len()),
    ] {
        assert_eq!(own(entity), readers, "{entity}");
    }
    for name in ENTITIES {
        for property in &entity(name).unwrap().properties {
            let row = rows().find(|row| row.entity == name && row.name == property.name).unwrap();
            assert_eq!(property.read.is_some(), row.data() != "-", "{name}/{}", property.name);
        }
    }
}

#[test]
fn what_a_directory_writes_is_not_set_by_graph_and_contacts_are_read_only() {
    for name in
        ["id", "proxyAddresses", "onPremisesSyncEnabled", "onPremisesLastSyncDateTime", "createdDateTime"]
    {
        let Found::Served(property) = USER.find(name) else { panic!("{name}") };
        assert_eq!(property.settable, Settable::Never, "{name}");
    }
    assert!(CONTACT.properties.iter().all(|property| property.settable == Settable::Never));
}

/// What the documentation shows, apart from the table.
/// Source: learn.microsoft.com/graph/filter-query-parameter and aad-advanced-queries; examples marked there are advanced.
#[test]
fn the_documentations_examples_are_answered_and_need_what_it_says() {
    for (name, filter, plain) in [
        (
            "user",
            "startswith(displayName,'mary') or startswith(givenName,'mary') or startswith(surname,'mary') or startswith(mail,'mary') or startswith(userPrincipalName,'mary')",
            true,
        ),
        ("user", "endswith(mail,'@hotmail.com')", false),
        ("user", "assignedLicenses/$count eq 0", false),
        ("user", "not(assignedLicenses/$count eq 0)", false),
        ("user", "department in ('Retail', 'Sales')", true),
        (
            "user",
            "assignedPlans/any(a:a/servicePlanId eq 2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2 and a/capabilityStatus eq 'Suspended')",
            false,
        ),
        ("user", "assignedLicenses/any(s:s/skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67)", true),
        ("user", "imAddresses/any(i:i eq 'admin@contoso.com')", true),
        ("user", "NOT(imAddresses/any(i:i eq 'admin@contoso.com'))", false),
        ("user", "companyName ne null and NOT(companyName eq 'Microsoft')", false),
        ("user", "companyName in (null, 'Microsoft')", false),
        ("user", "userType eq 'Member'", true),
        ("user", "not(userType in ('Member'))", false),
        ("user", "businessPhones/any(p:startswith(p, '44'))", false),
        ("user", "proxyAddresses/any(p:endswith(p,'contoso.com'))", false),
        ("user", "accountEnabled eq false", true),
        ("user", "accountEnabled ne true", false),
        ("user", "startsWith(mobilePhone, '25478') OR startsWith(mobilePhone, '25473')", false),
        ("group", "isAssignableToRole eq true", true),
        ("group", "isAssignableToRole ne true", false),
        ("group", "groupTypes/any(c:c eq 'Unified')", true),
        ("group", "NOT groupTypes/any(c:c eq 'Unified')", false),
        ("group", "not(startswith(mail,'Pineview'))", false),
        ("device", "registrationDateTime ge 2021-01-02T12:00:00Z", false),
    ] {
        let entity = entity(name).unwrap();
        let asked = |mode| Filter::parse(filter, entity, mode).map(|_| ());
        assert_eq!(asked(ADVANCED), Ok(()), "{filter}");
        assert_eq!(asked(PLAIN).is_ok(), plain, "{filter}");
    }
}
