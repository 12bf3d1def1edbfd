//! The reports that every run leaves in its output folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::model::Sink;
use super::{Html, Json, Junit};

/// Sinks for `report.json`, `junit.xml` and `report.html` under `out`.
#[must_use]
pub fn files(out: &Path) -> Vec<Box<dyn Sink>> {
    vec![
        Box::new(Json::new(out.join("report.json"))),
        Box::new(Junit::new(out.join("junit.xml"))),
        Box::new(Html::new(out.join("report.html"))),
    ]
}

/// Writes a report so that nobody ever reads half of it; an error names the file.
pub(super) fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()));
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(named)?;
    }
    let draft = PathBuf::from(format!("{}.part", path.display()));
    fs::write(&draft, text).and_then(|()| fs::rename(&draft, path)).map_err(named)
}
