//! Files that show what happened.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::driver::Played;
use crate::report::model::Evidence;

/// Writes the evidence of a case below `out/evidence/CASE/`.
///
/// # Errors
/// A file can't be written.
pub(super) fn write(out: &Path, case: &str, played: &Played) -> io::Result<Vec<Evidence>> {
    let folder = out.join("evidence").join(case);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let [before, after] = &played.dumps;
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("journal.jsonl".to_owned(), journal(played).into_bytes()),
        ("directory-before.ldif".to_owned(), before.0.clone().into_bytes()),
        ("directory-after.ldif".to_owned(), after.0.clone().into_bytes()),
        ("tenant-before.json".to_owned(), before.1.clone().into_bytes()),
        ("tenant-after.json".to_owned(), after.1.clone().into_bytes()),
    ];
    for (step, stdout, stderr) in &played.outputs {
        files.push((format!("step-{step}.stdout"), stdout.clone()));
        files.push((format!("step-{step}.stderr"), stderr.clone()));
    }
    let mut written = Vec::new();
    for (name, content) in files {
        std::fs::write(folder.join(&name), content)?;
        let short = name.trim_end_matches(".ldif").trim_end_matches(".jsonl").trim_end_matches(".json");
        written.push(Evidence { name: short.to_owned(), path: format!("evidence/{case}/{name}") });
    }
    Ok(written)
}

/// Both journals, one JSON object a line, with side and step.
fn journal(played: &Played) -> String {
    let mut text = String::new();
    for entry in played.history.steps.iter().flat_map(|s| &s.entries) {
        let _ = writeln!(text, "{}", serde_json::to_string(entry).unwrap_or_default());
    }
    text
}
