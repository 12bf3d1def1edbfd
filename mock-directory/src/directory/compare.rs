//! The compare operation.

use super::api::Caller;
use super::error::{Outcome, Refusal};
use super::filter::Compiled;
use super::forest::Forest;
use super::modify::target;
use super::read::Sight;
use super::validate;
use crate::wire::controls::Controls;
use crate::wire::message::{Attribute, CompareRequest, Filter};

/// compareTrue or compareFalse.
pub(crate) fn compare(
    forest: &Forest,
    caller: &Caller,
    request: &CompareRequest,
    controls: &Controls,
    root: &[Attribute],
) -> Outcome<bool> {
    if request.dn.is_empty() {
        let attribute = root.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(&request.attr));
        let attribute = attribute.ok_or_else(Refusal::unknown_attribute)?;
        return Ok(attribute.values.iter().any(|value| value.eq_ignore_ascii_case(&request.value)));
    }
    if caller.is_anonymous() {
        return Err(Refusal::not_bound());
    }
    let id = target(forest, &request.dn, controls)?;
    let attr = validate::attribute(forest, &request.attr)?;
    if forest.values(id, attr, Sight::of(controls)).is_empty() {
        return Err(Refusal::no_such_value(forest.name(attr)));
    }
    let filter = Compiled::of(forest, &Filter::Equal(request.attr.clone(), request.value.clone()));
    Ok(filter.evaluate(forest, id, Sight::of(controls)) == Some(true))
}
