//! The ready line: one JSON line when every listener accepts.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

/// Prints `line` as one JSON line on stdout and writes it to `file`, if there is one. The file appears whole: whoever
/// waits for it never reads half a line.
///
/// # Errors
/// Names the file that can't be written.
pub fn announce(line: &impl Serialize, file: Option<&Path>) -> Result<(), String> {
    let mut text = serde_json::to_string(line).map_err(|error| format!("ready line: {error}"))?;
    text.push('\n');
    if let Some(path) = file {
        write_whole(path, &text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("cannot write to stdout: {error}"))
}

fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    std::fs::write(&draft, text)?;
    std::fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_the_line_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ready.json");
        announce(&serde_json::json!({"service": "double", "control_url": "http://127.0.0.1:1"}), Some(&path))
            .unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written, "{\"service\":\"double\",\"control_url\":\"http://127.0.0.1:1\"}\n");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = announce(&1, Some(Path::new("/nowhere/at/all/ready.json"))).unwrap_err();
        assert!(error.starts_with("cannot write /nowhere/at/all/ready.json: "), "{error}");
    }
}
