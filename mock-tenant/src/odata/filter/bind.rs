//! What a filter means on an entity type: names become properties, and what the service does not support is refused.

use std::sync::Arc;

use super::ast::{Clause, CompareOp, Lambda, Literal, Path, Quantifier, Test, Tree};
use super::bound::{Element, Filter, Leaf};
use super::limits::check_limits;
use super::parse::parse_filter;
use super::refusal::{Tried, clause, closed, complex, unknown};
use super::subject::Subject;
use super::types::check_types;
use crate::odata::schema::{EntityType, Found, Property};
use crate::odata::{Advanced, ODataError, Support};

impl<T> Filter<T> {
    /// Reads a filter and checks it against the type.
    ///
    /// # Errors
    /// Bad syntax, an unknown property, types that don't go together, an operator that the property or the kind of query
    /// does not support.
    pub fn parse(text: &str, entity: &EntityType<T>, advanced: Advanced) -> Result<Self, ODataError> {
        let tree = parse_filter(text)?;
        check_limits(&tree, advanced)?;
        let binder = Binder { entity, advanced: advanced.is_on() };
        Ok(Self(tree.try_map(&mut |clause| binder.clause(clause))?))
    }
}

struct Binder<'e, T: 'static> {
    entity: &'e EntityType<T>,
    advanced: bool,
}

impl<T> Binder<'_, T> {
    fn clause(&self, clause: Clause) -> Result<Leaf<T>, ODataError> {
        match clause {
            Clause::Test(path, test) => self.test(&path, test),
            Clause::Lambda(path, lambda) => self.lambda(&path, lambda),
        }
    }

    fn test(&self, path: &Path, test: Test) -> Result<Leaf<T>, ODataError> {
        let (property, rest) = self.property(path)?;
        match rest {
            [] => self.scalar(property, test),
            [count] if count == "$count" => self.count(property, test),
            [member] => self.member(property, member, test),
            [_, next, ..] => Err(unknown(next, &property.type_name())),
        }
    }

    fn scalar(&self, property: Arc<Property<T>>, test: Test) -> Result<Leaf<T>, ODataError> {
        if property.collection || property.edm.is_complex() {
            return Err(self.closed(Tried::Plain, Support::Never, &property.name));
        }
        let subject = Subject::property(&property);
        self.check(&subject, &test)?;
        Ok(Leaf::Scalar(property, None, test))
    }

    fn member(&self, property: Arc<Property<T>>, name: &str, test: Test) -> Result<Leaf<T>, ODataError> {
        if property.collection {
            return Err(clause(&format!(
                "The parent value for a property access of a property '{name}' is not a single value. Property access can only be applied to a single value."
            )));
        }
        let member = property.member(name).ok_or_else(|| unknown(name, &property.type_name()))?;
        let label = format!("{}/{}", property.name, member.name);
        self.check(&Subject::member(member, &label), &test)?;
        let name = member.name;
        Ok(Leaf::Scalar(property, Some(name), test))
    }

    /// `x/$count eq 0` and `ne 0`; other numbers are not supported on any property that the double serves.
    fn count(&self, property: Arc<Property<T>>, test: Test) -> Result<Leaf<T>, ODataError> {
        if !property.collection {
            return Err(unknown("$count", &property.type_name()));
        }
        let is_zero = matches!(test, Test::Compare(CompareOp::Eq | CompareOp::Ne, Literal::Int(0)));
        let support = if is_zero { property.ops.count } else { Support::Never };
        self.open(Tried::Whole, support, &property.name)?;
        Ok(Leaf::Count(property, test))
    }

    fn lambda(&self, path: &Path, lambda: Lambda) -> Result<Leaf<T>, ODataError> {
        let (property, rest) = self.property(path)?;
        if let [next, ..] = rest {
            return Err(unknown(next, &property.type_name()));
        }
        if !property.collection {
            return Err(clause("The Any/All operator can only be applied to a collection."));
        }
        // Source: learn.microsoft.com/graph/filter-query-parameter: `all` is not supported.
        let Lambda { quantifier: Quantifier::Any, body: Some((variable, body)) } = lambda else {
            return Err(self.closed(Tried::Whole, Support::Never, &property.name));
        };
        if !self.advanced && !matches!(*body, Tree::Leaf(_)) {
            return Err(complex(&property.name));
        }
        let body = body.try_map(&mut |clause| self.element(&property, &variable, clause))?;
        Ok(Leaf::Any(property, body))
    }

    fn element(&self, property: &Property<T>, variable: &str, clause: Clause) -> Result<Element, ODataError> {
        let Clause::Test(path, test) = clause else { return Err(complex(&property.name)) };
        match path.as_slice() {
            [first] if first == variable && !property.edm.is_complex() => {
                let subject = Subject::property(property);
                self.check_element(&subject, &test)?;
                Ok(Element { member: None, test })
            }
            [first, name] if first == variable => {
                let member = property.member(name).ok_or_else(|| unknown(name, &property.edm.to_string()))?;
                let subject = Subject::member(member, &property.name);
                self.check_element(&subject, &test).map_err(|error| self.of_element(error, &subject))?;
                Ok(Element { member: Some(member.name), test })
            }
            _ => Err(complex(&property.name)),
        }
    }

    /// Inside `any`, `not` takes the place of `ne`.
    /// Source: learn.microsoft.com/graph/filter-query-parameter, "Filter using lambda operators".
    fn check_element(&self, subject: &Subject<'_>, test: &Test) -> Result<(), ODataError> {
        match test {
            Test::Compare(CompareOp::Ne, _) => Err(self.closed(Tried::Ne, Support::Never, subject.label)),
            _ => self.check(subject, test),
        }
    }

    /// What only an advanced query may ask of complex elements is told as a complex query in a plain one.
    fn of_element(&self, error: ODataError, subject: &Subject<'_>) -> ODataError {
        let is_told_otherwise = error.code != "Request_UnsupportedQuery" || self.advanced;
        if is_told_otherwise { error } else { complex(subject.label) }
    }

    fn property<'p>(&self, path: &'p Path) -> Result<(Arc<Property<T>>, &'p [String]), ODataError> {
        let Some((name, rest)) = path.split_first() else { return Err(clause("An empty path.")) };
        match self.entity.find(name) {
            Found::Served(property) => Ok((property, rest)),
            Found::Unserved(known) => {
                Err(ODataError::not_by_double(&format!("filters on the property '{known}'")))
            }
            Found::Unknown => Err(unknown(name, self.entity.name)),
        }
    }

    /// Types, then what the property supports in this kind of query.
    fn check(&self, subject: &Subject<'_>, test: &Test) -> Result<(), ODataError> {
        check_types(subject.edm, test)?;
        for (tried, support) in subject.needs(test) {
            self.open(tried, support, subject.label)?;
        }
        Ok(())
    }

    fn open(&self, tried: Tried, support: Support, label: &str) -> Result<(), ODataError> {
        if support.is_open(self.advanced) { Ok(()) } else { Err(self.closed(tried, support, label)) }
    }

    fn closed(&self, tried: Tried, support: Support, label: &str) -> ODataError {
        closed(tried, support, self.advanced, label, self.entity.resource)
    }
}
