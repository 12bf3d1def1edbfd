//! Numbers and bits.

use super::{Function, functions, number_of};
use crate::rules::lang::{eval::Context, value::Value};

pub(super) const TABLE: &[Function] = functions! {
    "BitAnd" 2 2, Each(|_, a| Ok(Value::Num(number_of(&a[0])? & number_of(&a[1])?))), "BitAnd(num, num)", "Bitwise and.";
    "BitOr" 2 2, Each(|_, a| Ok(Value::Num(number_of(&a[0])? | number_of(&a[1])?))), "BitOr(num, num)", "Bitwise or.";
    "RandomNum" 2 2, Whole(random), "RandomNum(num low, num high)", "A number between the two, both included.";
};

fn random(context: &Context<'_>, arguments: &[Value]) -> Result<Value, String> {
    let (low, high) = (number_of(&arguments[0])?, number_of(&arguments[1])?);
    if low > high {
        return Err(format!("{low} is above {high}"));
    }
    let width = i128::from(high) - i128::from(low) + 1;
    let drawn = i128::from_be_bytes(context.random()).rem_euclid(width);
    i64::try_from(i128::from(low) + drawn).map(Value::Num).map_err(|_| "out of range".to_owned())
}
