//! `$expand`: which related objects come along.
//! Source: learn.microsoft.com/graph/query-parameters (one relationship at a time, nested `$select`);
//! api/user-list-manager.md (`$levels`); the text for several items: microsoft-graph-docs issue 96.

use super::ODataError;

/// How far an expansion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Levels {
    /// `$levels=max`
    Max,
    /// `$levels=n`, 1 to 1000.
    Count(u16),
}

/// One relationship to expand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// The relationship's own name.
    pub navigation: &'static str,
    /// `$select` on the related objects.
    pub select: Option<String>,
    /// `$levels`.
    pub levels: Option<Levels>,
}

impl Expand {
    /// Reads `manager` or `manager($levels=max;$select=id,displayName)`. `navigations` are the relationships of
    /// `type_name` that can be expanded.
    ///
    /// # Errors
    /// More than one relationship, one that there isn't, a nested option that isn't taken.
    pub fn parse(text: &str, navigations: &[&'static str], type_name: &str) -> Result<Self, ODataError> {
        let items = items(text, ',');
        let [item] = items.as_slice() else {
            let message = format!(
                "The result of parsing $expand contained at least {} items, but the maximum allowed is 1.",
                items.len()
            );
            return Err(ODataError::bad_request(message));
        };
        let (name, nested) = nested(item)?;
        let navigation = navigations.iter().find(|known| known.eq_ignore_ascii_case(name));
        let navigation = *navigation.ok_or_else(|| failed(&unknown(name, type_name)))?;
        let mut expand = Self { navigation, select: None, levels: None };
        for option in items_of(nested) {
            expand.set(option)?;
        }
        Ok(expand)
    }

    fn set(&mut self, option: &str) -> Result<(), ODataError> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let (name, value) = (name.trim(), value.trim());
        match name.trim_start_matches('$').to_ascii_lowercase().as_str() {
            "select" if self.select.is_none() => self.select = Some(value.to_owned()),
            "levels" if self.levels.is_none() => self.levels = Some(levels(value)?),
            _ => {
                return Err(failed(&format!(
                    "Term '{option}' is not valid in a $select or $expand expression."
                )));
            }
        }
        Ok(())
    }
}

fn levels(value: &str) -> Result<Levels, ODataError> {
    if value.eq_ignore_ascii_case("max") {
        return Ok(Levels::Max);
    }
    let count = value.parse().ok().filter(|count| (1..=1000).contains(count));
    count.map(Levels::Count).ok_or_else(|| {
        failed(&format!(
            "Invalid value '{value}' for $levels query option found. The $levels query option requires a non-negative integer or 'max'."
        ))
    })
}

/// `name(nested)`
fn nested(item: &str) -> Result<(&str, &str), ODataError> {
    let item = item.trim();
    match (item.split_once('('), item.ends_with(')')) {
        (None, false) => Ok((item, "")),
        (Some((name, rest)), true) => Ok((name.trim(), rest.strip_suffix(')').unwrap_or(rest))),
        _ => Err(failed(&format!("Found an unbalanced bracket expression in '{item}'."))),
    }
}

fn items_of(nested: &str) -> Vec<&str> {
    items(nested, ';').into_iter().filter(|item| !item.trim().is_empty()).collect()
}

/// Parts between separators that stand outside of parentheses.
fn items(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && character == separator
    })
    .collect()
}

fn unknown(name: &str, type_name: &str) -> String {
    format!("Could not find a property named '{name}' on type '{type_name}'.")
}

fn failed(why: &str) -> ODataError {
    ODataError::bad_request(format!("Parsing OData Select and Expand failed: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAVIGATIONS: &[&str] = &["manager", "memberOf"];

    fn parse(text: &str) -> Result<Expand, String> {
        Expand::parse(text, NAVIGATIONS, "microsoft.graph.user").map_err(|error| error.message)
    }

    #[test]
    fn a_relationship_with_its_nested_options() {
        let plain = Expand { navigation: "memberOf", select: None, levels: None };
        assert_eq!(parse("memberof"), Ok(plain));
        let nested = Expand {
            navigation: "manager",
            select: Some("id,displayName".to_owned()),
            levels: Some(Levels::Max),
        };
        assert_eq!(parse("manager($levels=max;$select=id,displayName)"), Ok(nested));
        assert_eq!(parse("manager($levels=3)").map(|expand| expand.levels), Ok(Some(Levels::Count(3))));
    }

    #[test]
    fn refusals_say_what_and_where() {
        for (text, part) in [
            ("manager,memberOf", "contained at least 2 items, but the maximum allowed is 1."),
            ("photo", "Could not find a property named 'photo' on type 'microsoft.graph.user'."),
            ("manager($levels=0)", "Invalid value '0' for $levels"),
            ("manager($filter=id eq '1')", "Term '$filter=id eq '1'' is not valid"),
            ("manager($select=id", "unbalanced bracket"),
            ("manager($select=id;$select=mail)", "Term '$select=mail' is not valid"),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
