//! One page of rows.

use super::rows::Row;

/// Rows in a page, unless the client asks for fewer. Source: the ExchangeOnlineManagement module asks for 1,000.
pub const PAGE_SIZE: usize = 1000;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Where the next one begins.
    pub next: Option<u64>,
}

/// The page that begins at a row. `size` is what the client asks for; it gets a thousand at most.
#[must_use]
pub fn page(rows: Vec<Row>, begin: u64, size: Option<usize>) -> Page {
    let begin = usize::try_from(begin).unwrap_or(usize::MAX);
    let size = size.filter(|size| *size > 0).map_or(PAGE_SIZE, |size| size.min(PAGE_SIZE));
    let end = begin.saturating_add(size);
    let next = (end < rows.len()).then(|| u64::try_from(end).unwrap_or(u64::MAX));
    Page { rows: rows.into_iter().skip(begin).take(size).collect(), next }
}
