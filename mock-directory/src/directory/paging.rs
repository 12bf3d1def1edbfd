//! Paged results (RFC 2696, MS-ADTS 3.1.1.3.4.1.1): the result set is fixed at the first page and belongs to its
//! connection.

use bytes::Bytes;

use super::api::ConnectionState;
use super::entry::EntryId;
use super::error::{Outcome, Refusal};
use crate::wire::controls::Paged;
use crate::wire::message::SearchRequest;

/// A result set behind a cookie.
#[derive(Debug)]
pub(crate) struct PagedResult {
    request: SearchRequest,
    ids: Vec<EntryId>,
    position: usize,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) ids: Vec<EntryId>,
    pub(crate) cookie: Bytes,
}

/// The first page of a new result set.
pub(crate) fn first(
    conn: &mut ConnectionState,
    request: &SearchRequest,
    ids: Vec<EntryId>,
    size: usize,
    sets: usize,
) -> Page {
    conn.next_cookie += 1;
    let key = conn.next_cookie;
    conn.paged.insert(key, PagedResult { request: request.clone(), ids, position: 0 });
    while conn.paged.len() > sets {
        // the oldest goes (MaxResultSetsPerConn)
        conn.paged.pop_first();
    }
    advance(conn, key, size)
}

/// A later page. A cookie of another connection, or one that never was, is unknown here: unwillingToPerform. Another
/// request with the same cookie: unavailableCriticalExtension (both observed on a Samba AD DC).
pub(crate) fn next(
    conn: &mut ConnectionState,
    request: &SearchRequest,
    paged: &Paged,
    most: usize,
) -> Outcome<Page> {
    let unknown = || Refusal::unwilling(0x20ef);
    let key = u64::from_be_bytes(*paged.cookie.first_chunk::<8>().ok_or_else(unknown)?);
    let set = conn.paged.get(&key).filter(|_| paged.cookie.len() == 8).ok_or_else(unknown)?;
    if !same_request(&set.request, request) {
        return Err(Refusal::critical_extension("Error processing control"));
    }
    Ok(advance(conn, key, page_size(paged.size, most)))
}

/// Entries of a page: MaxPageSize caps what is asked for; negative sizes are taken as large ones (observed).
pub(crate) fn page_size(asked: i64, most: usize) -> usize {
    usize::try_from(asked).map_or(most, |asked| asked.min(most))
}

fn same_request(a: &SearchRequest, b: &SearchRequest) -> bool {
    a.base == b.base
        && a.scope == b.scope
        && a.filter == b.filter
        && a.attrs == b.attrs
        && a.types_only == b.types_only
}

/// Cuts the next page. A page that is full leaves a cookie even if nothing follows (observed).
fn advance(conn: &mut ConnectionState, key: u64, size: usize) -> Page {
    let Some(set) = conn.paged.get_mut(&key) else {
        return Page { ids: Vec::new(), cookie: Bytes::new() };
    };
    let ids: Vec<EntryId> = set.ids[set.position..].iter().take(size).copied().collect();
    set.position += ids.len();
    let more = ids.len() == size;
    Page { ids, cookie: if more { Bytes::copy_from_slice(&key.to_be_bytes()) } else { Bytes::new() } }
}
