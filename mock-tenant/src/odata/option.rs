//! One query option: its name and its value.

use super::ODataError;

/// Most objects in a page.
const PAGE_MAX: usize = 999;

/// The options of OData and Graph's own.
const KNOWN: &[&str] = &[
    "$select",
    "$filter",
    "$orderby",
    "$top",
    "$count",
    "$skiptoken",
    "$expand",
    "$search",
    "$skip",
    "$format",
    "$deltatoken",
    "$apply",
    "$compute",
];

/// On beta the `$` may be left out. Source: learn.microsoft.com/graph/query-parameters.
pub(super) fn option_name(name: &str, beta: bool) -> Result<&'static str, ODataError> {
    let dollar = if beta && !name.starts_with('$') { format!("${name}") } else { name.to_owned() };
    let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&dollar));
    known
        .copied()
        .ok_or_else(|| ODataError::request(format!("Unrecognized query argument specified: '{name}'.")))
}

/// `$top`
pub(super) fn page_size(value: &str) -> Result<usize, ODataError> {
    let Ok(size) = value.trim().parse::<u64>() else {
        return Err(ODataError::bad_request(format!(
            "Invalid value '{value}' for $top query option found. The $top query option requires a non-negative integer value."
        )));
    };
    match usize::try_from(size) {
        Ok(size) if (1..=PAGE_MAX).contains(&size) => Ok(size),
        _ => Err(ODataError::request(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {PAGE_MAX} inclusive."
        ))),
    }
}

/// `$format`: JSON is the only one. The text for others is assumed.
pub(super) fn format(value: &str) -> Result<(), ODataError> {
    let media_type = value.split(';').next().unwrap_or_default().trim();
    if ["json", "application/json"].iter().any(|known| known.eq_ignore_ascii_case(media_type)) {
        return Ok(());
    }
    Err(ODataError::bad_request(format!("The format '{value}' is not supported. Use 'json'.")))
}

/// `$count`
pub(super) fn flag(value: &str) -> Result<bool, ODataError> {
    match value.trim() {
        value if value.eq_ignore_ascii_case("true") => Ok(true),
        value if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ODataError::bad_request(format!(
            "Invalid value '{value}' for $count query option found. Valid values are 'true' and 'false'."
        ))),
    }
}
