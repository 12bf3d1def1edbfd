//! What a filter means on an entity type: names become properties, and what the service does not support is refused.

use super::ast::{Clause, CompareOp, Lambda, Literal, Path, Quantifier, StringFunction, Test, Tree};
use super::parse::parse_filter;
use crate::odata::schema::{EdmType, EntityType, Found, Ops, Property};
use crate::odata::value::Value;
use crate::odata::{Advanced, ODataError};

/// Most alternatives in one filter (`or` and `in`).
/// Source: learn.microsoft.com/graph/filter-query-parameter and the service's error text.
const ALTERNATIVES_MAX: usize = 15;

/// A filter that can be asked about rows.
#[derive(Debug)]
pub struct Filter<T: 'static>(Tree<Leaf<T>>);

#[derive(Debug)]
enum Leaf<T: 'static> {
    Scalar(&'static Property<T>, Test),
    Elements(&'static Property<T>, Quantifier, Option<Tree<Test>>),
}

impl<T> Filter<T> {
    /// Reads a filter and checks it against the type.
    ///
    /// # Errors
    /// Bad syntax, an unknown property, types that don't go together, an operator that the property or the kind of query
    /// does not support.
    pub fn parse(text: &str, entity: &'static EntityType<T>, advanced: Advanced) -> Result<Self, ODataError> {
        let tree = parse_filter(text)?;
        let alternatives = alternatives(&tree);
        if alternatives > ALTERNATIVES_MAX {
            return Err(ODataError::unsupported(format!(
                "Too many child clauses specified in search filter expression containing 'OR' operators: {alternatives}. Max allowed: {ALTERNATIVES_MAX}."
            )));
        }
        let binder = Binder { entity, advanced };
        binder.check_not(&tree)?;
        Ok(Self(tree.try_map(&mut |clause| binder.clause(clause))?))
    }

    /// Whether the row passes.
    pub fn holds(&self, row: &T) -> bool {
        self.0.holds(&|leaf| match leaf {
            Leaf::Scalar(property, test) => test.holds(&property.of(row)),
            Leaf::Elements(property, quantifier, body) => {
                elements(&property.of(row), *quantifier, body.as_ref())
            }
        })
    }

    /// A property and the text it must equal in every row that passes: what an index can answer.
    #[must_use]
    pub fn equality(&self) -> Option<(&'static str, &str)> {
        match &self.0 {
            Tree::And(parts) => parts.iter().find_map(leaf_equality),
            tree => leaf_equality(tree),
        }
    }
}

fn leaf_equality<T>(tree: &Tree<Leaf<T>>) -> Option<(&'static str, &str)> {
    match tree {
        Tree::Leaf(Leaf::Scalar(property, Test::Compare(CompareOp::Eq, Literal::Text(text)))) => {
            Some((property.name, text))
        }
        Tree::Leaf(Leaf::Elements(
            property,
            Quantifier::Any,
            Some(Tree::Leaf(Test::Compare(CompareOp::Eq, Literal::Text(text)))),
        )) => Some((property.name, text)),
        _ => None,
    }
}

fn elements(value: &Value<'_>, quantifier: Quantifier, body: Option<&Tree<Test>>) -> bool {
    let Value::Texts(list) = value else { return quantifier == Quantifier::All };
    let mut passes = list.iter().map(|element| {
        let element = Value::from(element.as_str());
        body.is_none_or(|body| body.holds(&|test| test.holds(&element)))
    });
    match quantifier {
        Quantifier::Any => passes.any(|passed| passed),
        Quantifier::All => passes.all(|passed| passed),
    }
}

fn alternatives(tree: &Tree<Clause>) -> usize {
    match tree {
        Tree::Or(parts) => parts.iter().map(|part| alternatives(part).max(1)).sum(),
        Tree::And(parts) => parts.iter().map(alternatives).max().unwrap_or(0),
        Tree::Not(inner) => alternatives(inner),
        Tree::Leaf(Clause::Test(_, Test::In(list))) => list.len(),
        Tree::Leaf(Clause::Lambda(_, Lambda { body: Some((_, body)), .. })) => alternatives(body),
        Tree::Leaf(_) => 0,
    }
}

struct Binder<T: 'static> {
    entity: &'static EntityType<T>,
    advanced: Advanced,
}

impl<T> Binder<T> {
    fn clause(&self, clause: Clause) -> Result<Leaf<T>, ODataError> {
        match clause {
            Clause::Test(path, test) => {
                let property = self.property(&path)?;
                if property.edm == EdmType::Strings {
                    return Err(self.unsupported(property));
                }
                self.check(property, property.edm, &test)?;
                Ok(Leaf::Scalar(property, test))
            }
            Clause::Lambda(path, lambda) => self.lambda(&path, lambda),
        }
    }

    fn lambda(&self, path: &Path, lambda: Lambda) -> Result<Leaf<T>, ODataError> {
        let property = self.property(path)?;
        if property.edm == EdmType::Complex {
            return Err(ODataError::not_by_double(&format!(
                "filters on the elements of '{}'",
                property.name
            )));
        }
        if property.edm != EdmType::Strings {
            return Err(clause_error("The Any/All operator can only be applied to a collection."));
        }
        let body = lambda.body.map(|(variable, body)| {
            body.try_map(&mut |clause| match clause {
                Clause::Test(path, test) if path == [variable.as_str()] => {
                    self.check(property, EdmType::String, &test)?;
                    Ok(test)
                }
                _ => Err(ODataError::unsupported(format!(
                    "Complex query on property {} is not supported.",
                    property.name
                ))),
            })
        });
        Ok(Leaf::Elements(property, lambda.quantifier, body.transpose()?))
    }

    fn property(&self, path: &Path) -> Result<&'static Property<T>, ODataError> {
        let (Some(name), rest) = (path.first(), path.len()) else {
            return Err(clause_error("An empty path."));
        };
        match self.entity.find(name) {
            Found::Served(property) if rest == 1 => Ok(property),
            Found::Served(property) => {
                Err(ODataError::not_by_double(&format!("filters on members of '{}'", property.name)))
            }
            Found::Unserved(known) => {
                Err(ODataError::not_by_double(&format!("filters on the property '{known}'")))
            }
            Found::Unknown => Err(clause_error(&format!(
                "Could not find a property named '{name}' on type '{}'.",
                self.entity.name
            ))),
        }
    }

    /// Operators, types, kind of query: what the property and the request allow.
    fn check(&self, property: &'static Property<T>, edm: EdmType, test: &Test) -> Result<(), ODataError> {
        let (needs, advanced_name) = needs(test);
        check_types(edm, test)?;
        if !property.ops.has(needs) {
            return Err(self.unsupported(property));
        }
        match advanced_name {
            Some(name) if !self.advanced.is_on() => Err(not_advanced(name)),
            _ => Ok(()),
        }
    }

    fn unsupported(&self, property: &Property<T>) -> ODataError {
        ODataError::unsupported(format!(
            "Unsupported or invalid query filter clause specified for property '{}' of resource '{}'.",
            property.name, self.entity.resource
        ))
    }

    fn check_not(&self, tree: &Tree<Clause>) -> Result<(), ODataError> {
        if has_not(tree) && !self.advanced.is_on() { Err(not_advanced("Not")) } else { Ok(()) }
    }
}

fn has_not(tree: &Tree<Clause>) -> bool {
    match tree {
        Tree::Not(_) => true,
        Tree::And(parts) | Tree::Or(parts) => parts.iter().any(has_not),
        Tree::Leaf(Clause::Lambda(_, Lambda { body: Some((_, body)), .. })) => has_not(body),
        Tree::Leaf(_) => false,
    }
}

/// What a property must allow, and the operator's name if it needs an advanced query.
const fn needs(test: &Test) -> (Ops, Option<&'static str>) {
    match test {
        Test::Compare(CompareOp::Eq, Literal::Null) => (Ops::NULL, None),
        Test::Compare(CompareOp::Eq, _) => (Ops::EQ, None),
        Test::Compare(CompareOp::Ne, _) => (Ops::NE, Some("NotEqualsMatch")),
        Test::Compare(_, _) => (Ops::RANGE, None),
        Test::In(_) => (Ops::IN, None),
        Test::Function(StringFunction::StartsWith, _) => (Ops::STARTS, None),
        Test::Function(StringFunction::EndsWith, _) => (Ops::ENDS, Some("EndsWithMatch")),
        Test::Function(StringFunction::Contains, _) => (Ops::CONTAINS, None),
    }
}

fn check_types(edm: EdmType, test: &Test) -> Result<(), ODataError> {
    match test {
        Test::Compare(op, literal) => check_literal(edm, *op, literal),
        Test::In(list) => list.iter().try_for_each(|literal| check_literal(edm, CompareOp::Eq, literal)),
        Test::Function(..) => Ok(()),
    }
}

fn check_literal(edm: EdmType, op: CompareOp, literal: &Literal) -> Result<(), ODataError> {
    let name = match literal {
        Literal::Null => return Ok(()),
        Literal::Text(_) => "Edm.String",
        Literal::Bool(_) => "Edm.Boolean",
        Literal::Int(_) => "Edm.Int32",
        Literal::Time(_) => "Edm.DateTimeOffset",
        Literal::Guid(_) => "Edm.Guid",
    };
    if edm == EdmType::Complex || edm.name() == name {
        return Ok(());
    }
    Err(clause_error(&format!(
        "A binary operator with incompatible types was detected. Found operand types '{}' and '{name}' for operator kind '{}'.",
        edm.name(),
        op.kind()
    )))
}

/// Observed: microsoft-graph-docs issue 22101 (`companyName ne null` without the header).
fn not_advanced(operator: &str) -> ODataError {
    ODataError::unsupported(format!("Filter operator '{operator}' is not supported."))
}

fn clause_error(why: &str) -> ODataError {
    ODataError::bad_request(format!("Invalid filter clause: {why}"))
}
