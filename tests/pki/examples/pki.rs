//! Writes the values of a recipe file into a directory: `cargo run -p pki --example pki -- recipes.json DIR`.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(file), Some(dir)) = (args.next(), args.next()) else {
        return Err("usage: pki RECIPES.json DIR".into());
    };
    let recipes = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let pki = pki::Pki::build(1, &recipes)?;
    std::fs::create_dir_all(&dir)?;
    for (name, value) in pki.iter() {
        std::fs::write(Path::new(&dir).join(name), value)?;
        if let Some(key) = pki.private_key(name) {
            std::fs::write(Path::new(&dir).join(format!("{name}.key")), key)?;
        }
    }
    Ok(())
}
