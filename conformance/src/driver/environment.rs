//! What a subject finds around it: the environment of the contract, its secrets as files, its state folder.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

/// Folders and files of one case's subject; they go when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    root: TempDir,
}

/// The variables of the contract. The working directory stays the one in which the suite was started, so that a relative
/// path in a subject's command means what its author sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<&'static str, String>,
}

impl Sandbox {
    /// Makes the folders.
    ///
    /// # Errors
    /// No temporary folder can be made.
    pub fn new() -> io::Result<Self> {
        let sandbox = Self { root: tempfile::Builder::new().prefix("conformance-").tempdir()? };
        std::fs::create_dir(sandbox.state())?;
        Ok(sandbox)
    }

    /// The state folder.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    /// Writes a file that the subject is told the path of, readable by its owner alone.
    ///
    /// # Errors
    /// It can't be written.
    pub fn file(&self, name: &str, content: &str) -> io::Result<String> {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.root.path().join(name);
        std::fs::write(&path, content)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(path.display().to_string())
    }

    /// Number of files in the state folder.
    ///
    /// # Errors
    /// It can't be read.
    pub fn state_files(&self) -> io::Result<usize> {
        Ok(files(&self.state())?.len())
    }

    /// Empties the state folder.
    ///
    /// # Errors
    /// It can't be emptied.
    pub fn delete_state(&self) -> io::Result<()> {
        std::fs::remove_dir_all(self.state())?;
        std::fs::create_dir(self.state())
    }

    /// Keeps a copy of the state folder.
    ///
    /// # Errors
    /// It can't be copied.
    pub fn save_state(&self) -> io::Result<()> {
        let saved = self.saved();
        if saved.exists() {
            std::fs::remove_dir_all(&saved)?;
        }
        copy(&self.state(), &saved)
    }

    /// Sets the state folder back to the copy.
    ///
    /// # Errors
    /// There is no copy, or it can't be copied.
    pub fn restore_state(&self) -> io::Result<()> {
        std::fs::remove_dir_all(self.state())?;
        copy(&self.saved(), &self.state())
    }

    fn saved(&self) -> PathBuf {
        self.root.path().join("saved-state")
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for path in files(from)? {
        let target = to.join(path.strip_prefix(from).unwrap_or(&path));
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(&path, target)?;
    }
    Ok(())
}

impl Environment {
    /// Sets one variable.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.insert(name, value.into());
    }

    /// Gives a process this environment on top of ours; nothing of a sync around the suite itself gets through.
    pub(super) fn apply(&self, process: &mut Command) {
        let foreign = std::env::vars_os().map(|(name, _)| name);
        for name in foreign.filter(|n| n.to_string_lossy().starts_with("SYNC_")) {
            process.env_remove(name);
        }
        process.env_remove("RUST_LOG").env("NO_COLOR", "1").envs(&self.variables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_can_be_deleted_saved_and_restored() {
        let sandbox = Sandbox::new().unwrap();
        std::fs::create_dir(sandbox.state().join("deep")).unwrap();
        std::fs::write(sandbox.state().join("deep/a"), "one").unwrap();
        assert_eq!(sandbox.state_files().unwrap(), 1);
        sandbox.save_state().unwrap();
        std::fs::write(sandbox.state().join("deep/a"), "two").unwrap();
        std::fs::write(sandbox.state().join("b"), "new").unwrap();
        sandbox.restore_state().unwrap();
        assert_eq!(std::fs::read_to_string(sandbox.state().join("deep/a")).unwrap(), "one");
        assert_eq!(sandbox.state_files().unwrap(), 1);
        sandbox.delete_state().unwrap();
        assert_eq!(sandbox.state_files().unwrap(), 0);
    }
}
