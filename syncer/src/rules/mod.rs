//! Rules: the expression language and, around it, the rule sets as data.

pub mod lang;
