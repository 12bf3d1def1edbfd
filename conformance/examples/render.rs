//! Renders a `report.json` as a page again: `cargo run -p conformance --example render -- report.json report.html`.

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(from), Some(to)) = (args.next(), args.next()) else {
        return Err("usage: render REPORT.json REPORT.html".into());
    };
    let report = serde_json::from_str(&fs::read_to_string(from)?)?;
    fs::write(to, conformance::report::page(&report))?;
    Ok(())
}
