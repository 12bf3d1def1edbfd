//! What a delta query asks for: given once, and carried by the tokens from then on.

use uuid::Uuid;

use super::token::Token;
use crate::graph::call::Call;
use crate::graph::error::GraphError;
use crate::tenant::{Cursor, Kind};

/// Most objects in a filter. Source: api/user-delta.md, "a limit of 50 filtered objects".
const FILTERED_MAX: usize = 50;

/// Navigations whose changes are told, by type. Source: api/user-delta.md, api/group-delta.md.
const TRACKED: &[(Kind, &[&str])] =
    &[(Kind::User, &["manager"]), (Kind::Group, &["members", "owners"]), (Kind::Contact, &["manager"])];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::graph) struct Query {
    /// `$select` without navigations; `None`: the default properties, and changes of all of them.
    pub(in crate::graph) select: Option<String>,
    /// Navigations to tell of.
    pub(in crate::graph) links: Vec<String>,
    /// Only these objects; empty: all.
    pub(in crate::graph) ids: Vec<Uuid>,
}

/// Where a call begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Start {
    /// With all objects.
    Anew,
    /// With nothing, and a link for what changes from now on.
    Latest,
    /// Where an earlier answer ended.
    After(Cursor),
}

impl Query {
    /// Reads a call: a first one with its options, or a later one with its token.
    ///
    /// # Errors
    /// Options that delta queries don't take, a token that is not one or has expired.
    pub(in crate::graph) fn of(call: &Call<'_>, kind: Kind, link: &str) -> Result<(Self, Start), GraphError> {
        let option = |name: &str| {
            let named = |given: &str| given.trim_start_matches('$').eq_ignore_ascii_case(name);
            call.query.iter().find(|(given, _)| named(given)).map(|(_, value)| value.as_str())
        };
        let token = option("deltatoken").or_else(|| option("skiptoken")).filter(|token| !token.is_empty());
        match token {
            Some(token) if !token.eq_ignore_ascii_case("latest") => {
                let token = Token::open(token, call.pages, link, call.now)?;
                Ok((Self::read(&token.query), Start::After(token.cursor)))
            }
            latest => {
                let start = if latest.is_some() { Start::Latest } else { Start::Anew };
                Ok((Self::first(kind, option)?, start))
            }
        }
    }

    /// `$top` is passed over (microsoft-graph-docs issue 17516); `$expand` means what `$select` of a navigation does.
    fn first<'q>(kind: Kind, option: impl Fn(&str) -> Option<&'q str>) -> Result<Self, GraphError> {
        if let Some(refused) =
            ["orderby", "search", "count", "skip"].iter().find(|name| option(name).is_some())
        {
            return Err(unsupported(&format!("${refused}")));
        }
        let tracked = TRACKED.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
        let is_tracked = |name: &&str| tracked.iter().any(|known| known.eq_ignore_ascii_case(name));
        let names = |text: &'q str| text.split(',').map(str::trim).filter(|name| !name.is_empty());
        if let Some(other) = option("expand").into_iter().flat_map(names).find(|name| !is_tracked(name)) {
            return Err(unsupported(&format!("$expand={other}")));
        }
        let select = option("select");
        let named = select.into_iter().flat_map(names).filter(is_tracked);
        let mut links: Vec<String> =
            named.chain(option("expand").into_iter().flat_map(names)).map(str::to_ascii_lowercase).collect();
        if select.is_none() && kind == Kind::Group && links.is_empty() {
            links.push("members".to_owned());
        }
        links.dedup();
        let properties =
            select.map(|text| names(text).filter(|name| !is_tracked(name)).collect::<Vec<_>>().join(","));
        let select = properties.map(|names| if names.is_empty() { "id".to_owned() } else { names });
        let ids = option("filter").map_or(Ok(Vec::new()), filtered)?;
        Ok(Self { select, links, ids })
    }

    /// As a token carries it.
    pub(in crate::graph) fn write(&self) -> String {
        let ids: Vec<String> = self.ids.iter().map(Uuid::to_string).collect();
        let select = self.select.as_ref().map_or_else(|| "*".to_owned(), Clone::clone);
        format!("{select};{};{}", self.links.join(","), ids.join(","))
    }

    fn read(text: &str) -> Self {
        let mut parts = text.split(';');
        let mut list = || parts.next().unwrap_or_default();
        let select = Some(list()).filter(|select| *select != "*").map(str::to_owned);
        let links = list().split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let ids = list().split(',').filter_map(|id| Uuid::try_parse(id).ok()).collect();
        Self { select, links, ids }
    }
}

/// `id eq '…' or id eq '…'`: nothing else is supported.
fn filtered(text: &str) -> Result<Vec<Uuid>, GraphError> {
    let lower = text.to_ascii_lowercase();
    let one = |clause: &str| {
        let value =
            clause.trim().trim_matches(['(', ')']).trim().strip_prefix("id")?.trim().strip_prefix("eq")?;
        Uuid::try_parse(value.trim().trim_matches('\'')).ok()
    };
    let ids = lower.split(" or ").map(one).collect::<Option<Vec<_>>>();
    match ids {
        Some(ids) if ids.len() <= FILTERED_MAX => Ok(ids),
        Some(ids) => {
            Err(unsupported(&format!("a $filter of {} objects (at most {FILTERED_MAX})", ids.len())))
        }
        None => Err(unsupported(&format!("$filter={text}"))),
    }
}

fn unsupported(what: &str) -> GraphError {
    GraphError::new(400, "Request_UnsupportedQuery", format!("{what} is not supported with delta query."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(kind: Kind, options: &[(&str, &'static str)]) -> Result<Query, String> {
        let option = |name: &str| options.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
        Query::first(kind, option).map_err(|error| error.message)
    }

    #[test]
    fn a_query_is_what_its_token_carries() {
        let id = "477e9fc6-5de7-4406-bb2a-7e5c83c9ae5f";
        for options in [
            &[][..],
            &[("select", "displayName,manager")],
            &[("select", "manager")],
            &[("filter", "id eq '477e9fc6-5de7-4406-bb2a-7e5c83c9ae5f'")],
            &[(
                "filter",
                "id eq '477e9fc6-5de7-4406-bb2a-7e5c83c9ae5f' or id eq '477e9fc6-5de7-4406-bb2a-7e5c83c9ffff'",
            )],
        ] {
            let query = first(Kind::User, options).unwrap();
            assert_eq!(Query::read(&query.write()), query, "{options:?}");
        }
        let query = first(Kind::User, &[("filter", "ID eq '477E9FC6-5DE7-4406-BB2A-7E5C83C9AE5F'")]).unwrap();
        assert_eq!(query.ids, [Uuid::try_parse(id).unwrap()]);
    }

    #[test]
    fn members_are_told_by_default_or_when_asked_for() {
        for (options, select, links) in [
            (&[][..], None, &["members"][..]),
            (&[("select", "displayName")], Some("displayName"), &[]),
            (&[("select", "displayName,members")], Some("displayName"), &["members"]),
            (&[("select", "members")], Some("id"), &["members"]),
            (&[("select", "displayName"), ("expand", "members")], Some("displayName"), &["members"]),
        ] {
            let query = first(Kind::Group, options).unwrap();
            assert_eq!(
                (query.select.as_deref(), query.links),
                (select, links.iter().map(|l| (*l).to_owned()).collect()),
                "{options:?}"
            );
        }
    }

    #[test]
    fn what_delta_queries_do_not_take_is_refused() {
        for (name, value, told) in [
            ("orderby", "displayName", "$orderby is not supported with delta query."),
            ("filter", "displayName eq 'x'", "$filter=displayName eq 'x' is not supported with delta query."),
            ("expand", "memberOf", "$expand=memberOf is not supported with delta query."),
        ] {
            assert_eq!(first(Kind::User, &[(name, value)]).unwrap_err(), told);
        }
        assert!(first(Kind::User, &[("top", "5")]).is_ok());
    }
}
