//! Grammar (reading what was written gives the same tree; garbage never panics) and meaning.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::*;
use crate::odata::{Advanced, EdmType, EntityType, Ops, Property, Read, Settable, Support, Value};

#[derive(Debug, Clone, Default)]
struct Row {
    name: Option<String>,
    on: bool,
    tags: Vec<String>,
}

const ALL: Ops = Ops {
    eq: Support::Always,
    starts: Support::Always,
    ends: Support::Advanced,
    range: Support::Always,
    null: Support::Advanced,
    count: Support::Advanced,
    order: Support::Always,
};

fn property(
    name: &'static str,
    edm: EdmType,
    collection: bool,
    ops: Ops,
    read: Read<Row>,
) -> Arc<Property<Row>> {
    let (default, settable, members) = (true, Settable::Never, Vec::new());
    let read = Some(read);
    Arc::new(Property { name: name.into(), edm, collection, default, settable, ops, members, read })
}

static ENTITY: LazyLock<EntityType<Row>> = LazyLock::new(|| EntityType {
    name: "test.row",
    resource: "Row",
    properties: vec![
        property("name", EdmType::String, false, ALL, |row, _| row.name.as_deref().into()),
        property("on", EdmType::Boolean, false, Ops { eq: Support::Always, ..Ops::NONE }, |row, _| {
            row.on.into()
        }),
        property("tags", EdmType::String, true, ALL, |row, _| row.tags.as_slice().into()),
        Arc::new(Property {
            name: "licences".into(),
            edm: EdmType::String,
            collection: false,
            default: true,
            settable: Settable::Never,
            ops: Ops::NONE,
            members: Vec::new(),
            read: None,
        }),
    ],
    extension: None,
});

fn row(name: &str, on: bool, tags: &[&str]) -> Row {
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Row { name, on, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() }
}

const ADVANCED: Advanced = Advanced { eventual: true, count: true };

fn passing(filter: &str) -> String {
    let rows =
        [row("Ana", true, &["smtp:a@x", "SMTP:b@x"]), row("bob", false, &[]), row("", true, &["sip:c"])];
    let filter = Filter::parse(filter, &ENTITY, ADVANCED).unwrap();
    rows.iter().zip("123".chars()).filter(|(row, _)| filter.holds(row)).map(|(_, digit)| digit).collect()
}

fn refused(filter: &str, advanced: Advanced) -> String {
    Filter::parse(filter, &ENTITY, advanced).unwrap_err().to_string()
}

#[test]
fn operators_mean_what_the_service_means() {
    for (filter, expected) in [
        ("name eq 'ANA'", "1"),
        ("name ne 'ana'", "23"),
        ("name eq null", "3"),
        ("name ne null", "12"),
        ("NAME ge 'b'", "2"),
        ("name lt 'b'", "1"),
        ("name in ('bob' , 'x')", "2"),
        ("startswith(name, 'AN')", "1"),
        ("endsWith(name,'B')", "2"),
        ("on eq true", "13"),
        ("not(name eq 'Ana')", "23"),
        ("NOT startsWith(name,'a') AND on eq true", "3"),
        ("tags/any(t:t eq 'smtp:A@X')", "1"),
        ("tags/any(p:startsWith(p,'sip'))", "3"),
        ("tags/any(t:t eq 'sip:c' or t eq 'SMTP:b@x')", "13"),
        ("not(tags/any(p:startsWith(p,'sip')))", "12"),
        ("tags/$count eq 0", "2"),
        ("tags/$count ne 0", "13"),
        ("not(tags/$count eq 0)", "13"),
        ("name in (null,'bob')", "23"),
    ] {
        assert_eq!(passing(filter), expected, "{filter}");
    }
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_both() {
    assert_eq!(passing("name eq 'bob' or name eq 'ana' and on eq false"), "2");
    assert_eq!(passing("(name eq 'bob' or name eq 'ana') and on eq true"), "1");
    assert_eq!(passing("not(on eq true) or name eq 'ana'"), "12");
}

#[test]
fn quotes_in_texts_are_doubled() {
    let Tree::Leaf(Clause::Test(_, test)) = parse_filter("name eq 'O''Neil'''").unwrap() else { panic!() };
    assert_eq!(test, Test::Compare(CompareOp::Eq, Literal::Text("O'Neil'".to_owned())));
}

#[test]
fn refusals_have_the_services_codes_and_texts() {
    let basic = Advanced::default();
    for (filter, expected) in [
        (
            "nome eq 'x'",
            "BadRequest: Invalid filter clause: Could not find a property named 'nome' on type 'test.row'.",
        ),
        (
            "name eq 5",
            "BadRequest: Invalid filter clause: A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
        ),
        ("name eq", "BadRequest: Invalid filter clause: Syntax error at position 7 in 'name eq'."),
        (
            "name eq 'O'Neil'",
            "BadRequest: Invalid filter clause: There is an unterminated string literal at position 16 in 'name eq 'O'Neil''.",
        ),
        (
            "name%20eq",
            "BadRequest: Invalid filter clause: Syntax error: character '%' is not valid at position 4 in 'name%20eq'.",
        ),
        (
            "substringof('a',name)",
            "BadRequest: Invalid filter clause: An unknown function with name 'substringof' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.",
        ),
        ("on eq true and (toLower(name) eq 'a')", "Request_UnsupportedQuery: Unsupported Query."),
        ("contains(name,'n')", "Request_UnsupportedQuery: Filter operator 'Contains' is not supported."),
        ("name has 'n'", "Request_UnsupportedQuery: Unsupported Query."),
        ("tags/all(t:t eq 'a')", "Request_UnsupportedQuery: Unsupported Query."),
        ("tags/any()", "Request_UnsupportedQuery: Unsupported Query."),
        ("tags/$count eq 0", "Request_UnsupportedQuery: Unsupported Query."),
        (
            "tags/any(t:t eq 'a' or t eq 'b')",
            "Request_UnsupportedQuery: Complex query on property tags is not supported.",
        ),
        ("name ne null", "Request_UnsupportedQuery: Filter operator 'NotEqualsMatch' is not supported."),
        ("not(name eq 'a')", "Request_UnsupportedQuery: Filter operator 'Not' is not supported."),
        (
            "on eq null",
            "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'on' of resource 'Row'.",
        ),
        (
            "tags eq 'a'",
            "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'tags' of resource 'Row'.",
        ),
        (
            "name/any(n:n eq 'a')",
            "BadRequest: Invalid filter clause: The Any/All operator can only be applied to a collection.",
        ),
        (
            "licences eq 'a'",
            "NotSupportedByDouble: mock-tenant does not serve filters on the property 'licences'; the real service does.",
        ),
    ] {
        assert_eq!(refused(filter, basic), expected);
    }
}

#[test]
fn limits_are_told() {
    let many = (0..16).map(|n| format!("'{n}'")).collect::<Vec<_>>().join(",");
    assert!(refused(&format!("name in ({many})"), ADVANCED).contains("operators: 16. Max allowed: 15."));
    let deep = format!("{}on eq true{}", "(".repeat(60), ")".repeat(60));
    assert!(refused(&deep, ADVANCED).contains("Recursion depth exceeded"));
    assert!(parse_filter(&format!("name eq '{}'", "not (".repeat(60))).is_ok());
    assert!(refused(&"not ".repeat(60), ADVANCED).contains("Recursion depth exceeded"));
}

#[test]
fn what_every_row_must_meet_is_offered_to_an_index() {
    let probes = |text: &str| {
        let filter = Filter::parse(text, &ENTITY, ADVANCED).unwrap();
        let told = |probe: Probe<'_>| match probe.sought {
            Sought::OneOf(texts) => format!("{}={}", probe.property, texts.join("|")),
            Sought::Prefix(text) => format!("{}^{text}", probe.property),
        };
        filter.probes().into_iter().map(told).collect::<Vec<_>>().join(" ")
    };
    for (filter, expected) in [
        ("startsWith(name,'a') and (on eq true and tags/any(t:t eq 'x'))", "name^a tags=x"),
        ("name in ('a','b')", "name=a|b"),
        ("name eq 'a' or name eq 'b' or name in ('c')", "name=a|b|c"),
        ("tags/any(t:startsWith(t,'smtp:'))", "tags^smtp:"),
        ("name eq 'a' or startsWith(name,'b')", ""),
        ("name eq 'a' or tags/any(t:t eq 'a')", ""),
        ("name eq null or name eq 'a'", ""),
        ("not(name eq 'a')", ""),
        ("name ge 'a'", ""),
    ] {
        assert_eq!(probes(filter), expected, "{filter}");
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(Literal::Int),
        ".{0,12}".prop_map(Literal::Text),
        (-2_000_000_000_i64..4_000_000_000)
            .prop_map(|second| Literal::Time(jiff::Timestamp::from_second(second).unwrap())),
        any::<u128>().prop_map(|id| Literal::Guid(uuid::Uuid::from_u128(id))),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        (0_usize..6, literal()).prop_map(|(op, literal)| Test::Compare(CompareOp::ALL[op].1, literal)),
        prop::collection::vec(literal(), 1..4).prop_map(Test::In),
        (0_usize..3, ".{0,8}")
            .prop_map(|(function, text)| Test::Function(StringFunction::ALL[function].1, text)),
    ]
}

fn path() -> impl Strategy<Value = Path> {
    prop::collection::vec("[a-z][a-zA-Z0-9_]{2,8}", 1..3).prop_filter("words of the language", |path| {
        path.iter().all(|name| {
            let reserved = ["not", "and", "any", "all", "startswith", "endswith", "contains"];
            !reserved.contains(&name.to_ascii_lowercase().as_str())
        })
    })
}

fn tree() -> impl Strategy<Value = Tree<Clause>> {
    let leaf = (path(), test()).prop_map(|(path, test)| Tree::Leaf(Clause::Test(path, test)));
    leaf.prop_recursive(4, 24, 3, |inner| {
        let some = prop::collection::vec(inner.clone(), 2..4);
        let lambda =
            (path(), any::<bool>(), prop::option::of(inner.clone())).prop_map(|(path, all, body)| {
                let quantifier = if all { Quantifier::All } else { Quantifier::Any };
                let body = body.map(|body| ("v".to_owned(), Box::new(body)));
                Tree::Leaf(Clause::Lambda(path, Lambda { quantifier, body }))
            });
        prop_oneof![
            some.clone().prop_map(Tree::And),
            some.prop_map(Tree::Or),
            inner.prop_map(|inner| Tree::Not(Box::new(inner))),
            lambda,
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let text = tree.to_string();
        prop_assert_eq!(parse_filter(&text), Ok(tree), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = parse_filter(&text).map(|tree| tree.to_string());
    }

    #[test]
    fn no_soup_of_words_panics(words in prop::collection::vec(
        prop::sample::select(vec!["not", "(", ")", "and", "or", "a", "eq", "'", "any", "/", ":", ",", " ", "in", "null"]), 0..40,
    )) {
        let _ = parse_filter(&words.concat());
        let _ = parse_filter(&words.join(" "));
    }
}

#[test]
fn values_of_other_kinds_never_pass() {
    assert!(!Test::Function(StringFunction::StartsWith, String::new()).holds(&Value::Bool(true)));
    assert!(!Test::Compare(CompareOp::Ge, Literal::Int(0)).holds(&Value::Null));
    assert!(Test::Compare(CompareOp::Ge, Literal::Int(0)).holds(&Value::Int(3)));
}
