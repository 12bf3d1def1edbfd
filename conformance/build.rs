//! Builds the tables of case and requirement files that are compiled into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").map_err(std::io::Error::other)?);
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(std::io::Error::other)?);
    let mut code = String::new();
    table(&mut code, &root.join("cases"), "CASES", "yaml")?;
    table(&mut code, &root.join("requirements"), "REQUIREMENTS", "toml")?;
    std::fs::write(out.join("embedded.rs"), code)
}

/// One `const NAME: &[(&str, &str)]` with every file of this extension below the folder.
fn table(code: &mut String, folder: &Path, name: &str, extension: &str) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(folder, extension, &mut files)?;
    files.sort();
    let _ = writeln!(code, "const {name}: &[(&str, &str)] = &[");
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let relative = file.strip_prefix(folder).map_err(std::io::Error::other)?;
        let relative = relative.to_string_lossy().replace('\\', "/");
        let _ = writeln!(code, "    ({relative:?}, include_str!({:?})),", file.display().to_string());
    }
    let _ = writeln!(code, "];");
    Ok(())
}

fn collect(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, extension, files)?;
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    Ok(())
}
