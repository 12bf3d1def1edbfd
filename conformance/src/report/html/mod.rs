//! `report.html`: one file that needs nothing else, for reading, searching and printing.

mod case;
mod certificates;
mod check;
mod overview;
mod page;
mod parts;
mod timeline;

pub use page::{Html, page};
