//! The search operation.

use bytes::Bytes;

use super::api::{Caller, ConnectionState};
use super::constructed::Moment;
use super::dirsync;
use super::entry::{EntryId, Life};
use super::error::{Outcome, Refusal, success};
use super::filter::Compiled;
use super::forest::Forest;
use super::paging;
use super::plan;
use super::read::Sight;
use super::select::{Selection, Writer};
use super::sort;
use crate::dn::Base;
use crate::schema::{Syntax, known};
use crate::wire::controls::{self, Controls};
use crate::wire::message::{Control, Done, DoneKind, LdapResult, Response, Scope, SearchRequest};

/// Everything a search works with.
pub(crate) struct Search<'a> {
    pub(crate) forest: &'a Forest,
    pub(crate) caller: &'a Caller,
    pub(crate) request: &'a SearchRequest,
    pub(crate) controls: &'a Controls,
    pub(crate) now: jiff::Timestamp,
}

/// What a search found, and how it ends.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) responses: Vec<Response>,
    pub(crate) controls: Vec<Control>,
    /// There is more than the limits allow.
    pub(crate) truncated: bool,
}

impl Search<'_> {
    /// Runs it. The last response is the SearchResultDone.
    pub(crate) fn run(&self, conn: &mut ConnectionState) -> Vec<Response> {
        match self.answer(conn) {
            Ok(Found { mut responses, controls, truncated }) => {
                let result = if truncated { Refusal::size_limit().into_result() } else { success() };
                responses.push(done(result, controls));
                responses
            }
            Err(refusal) => vec![done(refusal.into_result(), Vec::new())],
        }
    }

    fn answer(&self, conn: &mut ConnectionState) -> Outcome<Found> {
        if self.caller.is_anonymous() {
            return Err(Refusal::not_bound());
        }
        if let Some(control) = &self.controls.dirsync {
            return dirsync::answer(self, control);
        }
        if let Some(paged) = self.controls.paged.as_ref().filter(|paged| !paged.cookie.is_empty()) {
            return self.later_page(conn, paged);
        }
        let mut found = Found::default();
        let mut ids = self.matches(&mut found)?;
        self.sorted(&mut ids, &mut found)?;
        self.cut(conn, ids, &mut found)?;
        if !found.truncated {
            found.responses.extend(self.references()?);
        }
        Ok(found)
    }

    pub(crate) fn sight(&self) -> Sight {
        Sight::of(self.controls)
    }

    /// The object that the search starts at.
    fn base(&self) -> Outcome<EntryId> {
        let id = resolve(self.forest, &self.request.base, 0x208d)?;
        let entry = self.forest.entry(id);
        // the container of deleted objects is found but not shown (observed); deleted objects themselves are not there
        let container = self.forest.ncs.iter().any(|nc| nc.deleted_objects == Some(id));
        if !container && !self.forest.visible(entry, self.sight()) {
            return Err(no_object(self.forest, entry.parent, 0x208d));
        }
        Ok(id)
    }

    /// Every object in scope for which the filter is true, in a steady order.
    fn matches(&self, found: &mut Found) -> Outcome<Vec<EntryId>> {
        let filter = Compiled::of(self.forest, &self.request.filter);
        let true_of = |id: &EntryId| {
            self.forest.visible(self.forest.entry(*id), self.sight())
                && filter.evaluate(self.forest, *id, self.sight()) == Some(true)
        };
        if let Some(asq) = &self.controls.asq {
            let ids = self.attribute_scope(&asq.attr, found)?;
            return Ok(ids.into_iter().filter(true_of).collect());
        }
        if self.request.base.is_empty() && self.request.scope != Scope::Base {
            if !self.controls.phantom_root {
                return Err(no_object(self.forest, None, 0x208d));
            }
            let candidates = plan::candidates(self.forest, &filter, self.sight());
            return Ok(candidates
                .unwrap_or_else(|| self.forest.ids().collect())
                .into_iter()
                .filter(true_of)
                .collect());
        }
        let base = self.base()?;
        self.constructed_need_base()?;
        Ok(self.in_scope(base, &filter).into_iter().filter(true_of).collect())
    }

    /// tokenGroups can only be read from one object at a time (MS-ADTS 3.1.1.4.5.19).
    fn constructed_need_base(&self) -> Outcome<()> {
        let selection = Selection::of(self.forest, &self.request.attrs);
        if self.request.scope != Scope::Base && selection.named().any(|attr| attr == known::TOKEN_GROUPS) {
            return Err(Refusal::operations("tokenGroups needs a base search"));
        }
        Ok(())
    }

    fn in_scope(&self, base: EntryId, filter: &Compiled) -> Vec<EntryId> {
        let children = &self.forest.entry(base).children;
        match self.request.scope {
            Scope::Base => vec![base],
            Scope::OneLevel => match plan::candidates(self.forest, filter, self.sight()) {
                Some(ids) if ids.len() < children.len() => {
                    ids.into_iter().filter(|id| self.forest.entry(*id).parent == Some(base)).collect()
                }
                _ => children.iter().copied().collect(),
            },
            Scope::Subtree => match plan::candidates(self.forest, filter, self.sight()) {
                Some(ids) => ids.into_iter().filter(|id| self.below(*id, base)).collect(),
                None => self.forest.subtree(base),
            },
        }
    }

    fn below(&self, id: EntryId, base: EntryId) -> bool {
        if self.forest.entry(base).is_head() {
            return self.forest.entry(id).nc == self.forest.entry(base).nc;
        }
        self.forest.is_below(id, base)
    }

    /// MS-ADTS 3.1.1.3.4.1.18: the objects that a DN-valued attribute of the base names. The control of the answer says
    /// if the attribute is none (observed: 21 for another syntax, 0 for an unknown name).
    fn attribute_scope(&self, name: &str, found: &mut Found) -> Outcome<Vec<EntryId>> {
        let base = self.base()?;
        let attr = self.forest.schema.attribute_id(name);
        let syntax = attr.map(|attr| self.forest.schema.attribute(attr).syntax);
        let code = if matches!(syntax, Some(Syntax::Dn) | None) { 0 } else { 21 };
        found.controls.push(controls::asq_response(code));
        let Some(attr) = attr.filter(|_| syntax == Some(Syntax::Dn)) else {
            return Ok(Vec::new());
        };
        let values = self.forest.values(base, attr, self.sight());
        let named = values.iter().filter_map(|value| Base::parse(std::str::from_utf8(value).ok()?).ok());
        Ok(named.filter_map(|dn| self.forest.resolve(&dn).ok()).collect())
    }

    /// Sorts if asked. An unknown attribute is answered by the response control, and refuses a critical request
    /// (MS-ADTS 3.1.1.3.4.1.13).
    fn sorted(&self, ids: &mut [EntryId], found: &mut Found) -> Outcome<()> {
        let Some(order) = &self.controls.sort else {
            return Ok(());
        };
        match sort::sort(self.forest, ids, order, self.sight()) {
            Ok(()) => found.controls.push(controls::sort_response(0, None)),
            Err((code, attr)) if !order.critical => {
                found.controls.push(controls::sort_response(code, Some(&attr)));
            }
            Err(_) => return Err(Refusal::critical_extension("Error processing control")),
        }
        Ok(())
    }

    /// Applies list view, paging or the limits, and writes the entries.
    fn cut(&self, conn: &mut ConnectionState, mut ids: Vec<EntryId>, found: &mut Found) -> Outcome<()> {
        let most = self.forest.policies.count("MaxPageSize");
        if let Some(vlv) = &self.controls.vlv {
            let order = self
                .controls
                .sort
                .as_ref()
                .ok_or_else(|| Refusal::operations("A list view needs a sort control"))?;
            let view = sort::view(self.forest, &ids, vlv, order, self.sight())?;
            let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            found.controls.push(controls::vlv_response(
                number(view.position),
                number(view.count),
                0,
                Some(sort::CONTEXT),
            ));
            ids = view.ids;
        } else if let Some(paged) = &self.controls.paged {
            if paged.size == 0 {
                return Err(Refusal::operations("A page of no entries"));
            }
            let sets = self.forest.policies.count("MaxResultSetsPerConn");
            let page = paging::first(conn, self.request, ids, paging::page_size(paged.size, most), sets);
            found.controls.push(controls::paged_response(0, &page.cookie));
            ids = page.ids;
        } else {
            let asked = usize::try_from(self.request.size_limit).ok().filter(|limit| *limit > 0);
            let limit = asked.map_or(most, |asked| asked.min(most));
            found.truncated = ids.len() > limit;
            ids.truncate(limit);
        }
        found.responses.extend(self.write(&ids));
        Ok(())
    }

    /// Another page of an earlier result. Objects that are gone by now are left out.
    fn later_page(&self, conn: &mut ConnectionState, paged: &controls::Paged) -> Outcome<Found> {
        let most = self.forest.policies.count("MaxPageSize");
        let page = paging::next(conn, self.request, paged, most)?;
        let mut found = Found::default();
        if paged.size == 0 {
            // giving the result up; the set stays until others push it out (observed)
            return Ok(found);
        }
        let seen = |id: &EntryId| self.forest.visible(self.forest.entry(*id), self.sight());
        let ids: Vec<EntryId> = page.ids.into_iter().filter(seen).collect();
        found.responses = self.write(&ids);
        if self.controls.sort.is_some() {
            found.controls.push(controls::sort_response(0, None));
        }
        found.controls.push(controls::paged_response(0, &page.cookie));
        Ok(found)
    }

    fn write(&self, ids: &[EntryId]) -> Vec<Response> {
        let selection = Selection::of(self.forest, &self.request.attrs);
        let writer = self.writer(&selection, self.sight());
        ids.iter().map(|id| Response::Entry(writer.entry(*id))).collect()
    }

    pub(crate) fn writer<'a>(&'a self, selection: &'a Selection, sight: Sight) -> Writer<'a> {
        Writer {
            forest: self.forest,
            selection,
            controls: self.controls,
            sight,
            moment: Moment { caller: self.caller, now: self.now },
            types_only: self.request.types_only,
        }
    }

    /// A subtree search from the head of a naming context names the contexts below it (MS-ADTS 3.1.1.3.1.4).
    fn references(&self) -> Outcome<Vec<Response>> {
        let silent = self.controls.domain_scope || self.controls.phantom_root || self.controls.asq.is_some();
        if silent || self.request.scope != Scope::Subtree {
            return Ok(Vec::new());
        }
        let base = self.base()?;
        if !self.forest.entry(base).is_head() {
            return Ok(Vec::new());
        }
        let above = self.forest.context_of(base);
        let below = self.forest.ncs.iter().filter(|nc| nc.dn.depth_below(&above.dn) == Some(1));
        Ok(below
            .map(|nc| Response::Reference(vec![format!("ldap://{}/{}", self.forest.identity.dns, nc.dn)]))
            .collect())
    }
}

fn done(result: LdapResult, controls: Vec<Control>) -> Response {
    Response::Done(Done { kind: DoneKind::Search, result, controls })
}

/// The object that a request names, dead ones included.
pub(crate) fn resolve(forest: &Forest, name: &str, win32: u32) -> Outcome<EntryId> {
    let base = Base::parse(name).map_err(|error| Refusal::bad_dn(&error.to_string()))?;
    if let Base::Dn(dn) = &base {
        let foreign = forest.context_for(dn).is_none() && !dn.is_root();
        if foreign && dn.0.iter().all(|rdn| rdn.attr.eq_ignore_ascii_case("dc")) {
            return Err(Refusal::referral(format!("ldap://{}/{dn}", dn.dns_name())));
        }
    }
    forest.resolve(&base).map_err(|nearest| no_object(forest, nearest, win32))
}

/// noSuchObject with the nearest ancestor that is there.
pub(crate) fn no_object(forest: &Forest, nearest: Option<EntryId>, win32: u32) -> Refusal {
    let matched = nearest.filter(|id| forest.entry(*id).life == Life::Live);
    Refusal::no_object(win32, &matched.map(|id| forest.dn_text(id)).unwrap_or_default())
}

/// Octets that an entry takes in an answer, near enough for DirSync's MaxBytes.
pub(crate) fn weight(name: &str, values: &[Bytes]) -> usize {
    name.len() + 8 + values.iter().map(|value| value.len() + 4).sum::<usize>()
}
