//! Whether literals go with a property's type.

use super::ast::{CompareOp, Literal, StringFunction, Test};
use super::refusal::clause;
use crate::odata::{EdmType, ODataError};

/// What ODataLib checks before the service sees the filter.
pub(super) fn check_types(edm: EdmType, test: &Test) -> Result<(), ODataError> {
    match test {
        Test::Compare(op, literal) => check_literal(edm, op.kind(), literal),
        Test::In(list) => {
            list.iter().try_for_each(|literal| check_literal(edm, CompareOp::Eq.kind(), literal))
        }
        Test::Has(literal) => check_literal(edm, "Has", literal),
        Test::Function(function, _) => check_function(edm, *function),
    }
}

fn check_literal(edm: EdmType, kind: &str, literal: &Literal) -> Result<(), ODataError> {
    let name = match literal {
        Literal::Null => return Ok(()),
        Literal::Text(_) => "Edm.String",
        Literal::Bool(_) => "Edm.Boolean",
        Literal::Int(_) => "Edm.Int32",
        // A date is promoted to midnight UTC, as ODataLib does.
        Literal::Date(_) if edm == EdmType::DateTimeOffset => return Ok(()),
        Literal::Date(_) => "Edm.Date",
        Literal::Time(_) => "Edm.DateTimeOffset",
        Literal::Guid(_) => "Edm.Guid",
    };
    if edm.is_complex() || edm.to_string() == name {
        return Ok(());
    }
    Err(clause(&format!(
        "A binary operator with incompatible types was detected. Found operand types '{edm}' and '{name}' for operator kind '{kind}'."
    )))
}

fn check_function(edm: EdmType, function: StringFunction) -> Result<(), ODataError> {
    if edm == EdmType::String {
        return Ok(());
    }
    let name = function.to_string().to_lowercase();
    Err(clause(&format!(
        "No function signature for the function with name '{name}' matches the specified arguments. The function signatures considered are: {name}(Edm.String Nullable=true, Edm.String Nullable=true)."
    )))
}
