//! `docs/PARITY.md` is what `docs/parity/*.tsv` say, drawn as tables: what the doubles and the engine serve, and how it
//! is known that the real service does the same. `UPDATE_DOCS=1 cargo test -p e2e --test parity` writes it anew.

use std::fmt::Write;

use e2e::workspace::root;

const HEAD: &str = "<!-- Generated from docs/parity/*.tsv by tests/e2e/tests/parity.rs; do not edit. -->\n# Parity\n\nWhat each part does as the real service does, and how that is known: **documented** (a public document says so), \
**observed** (seen on a running server or in a recorded trace; the source says which), **assumed** (no public source; \
our best reading, and the first place to look when something differs).\n";

#[derive(Debug)]
struct Row<'a> {
    area: &'a str,
    behaviour: &'a str,
    fidelity: &'a str,
    source: &'a str,
}

fn rows<'a>(name: &str, text: &'a str) -> Vec<Row<'a>> {
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let rows = numbered.filter(|(_, line)| !line.starts_with("area\t")).map(|(number, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [area, behaviour, fidelity, source] = cells[..] else {
            panic!(
                "docs/parity/{name}:{}: expected 4 cells (area, behaviour, fidelity, source), found {}",
                number + 1,
                cells.len()
            )
        };
        assert!(
            ["documented", "observed", "assumed"].contains(&fidelity),
            "docs/parity/{name}:{}: `{fidelity}` is no fidelity",
            number + 1
        );
        assert!(
            !source.is_empty() || fidelity == "assumed",
            "docs/parity/{name}:{}: a source is missing",
            number + 1
        );
        Row { area, behaviour, fidelity, source }
    });
    rows.collect()
}

fn table(out: &mut String, title: &str, rows: &[Row<'_>]) {
    let count = |wanted: &str| rows.iter().filter(|row| row.fidelity == wanted).count();
    let cell = |text: &str| text.replace('|', "\\|");
    let _ = writeln!(
        out,
        "\n## {title}\n\n{} behaviours: {} documented, {} observed, {} assumed.\n",
        rows.len(),
        count("documented"),
        count("observed"),
        count("assumed")
    );
    out.push_str("| area | behaviour | fidelity | source |\n|---|---|---|---|\n");
    for row in rows {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            cell(row.area),
            cell(row.behaviour),
            row.fidelity,
            cell(row.source)
        );
    }
}

#[test]
fn the_parity_table_is_up_to_date() {
    let mut expected = HEAD.to_owned();
    for title in ["mock-directory", "mock-tenant", "syncer"] {
        let name = format!("{title}.tsv");
        let text = std::fs::read_to_string(root().join("docs/parity").join(&name))
            .unwrap_or_else(|error| panic!("docs/parity/{name}: {error}"));
        let rows = rows(&name, &text);
        assert!(rows.len() > 5, "docs/parity/{name} names next to nothing");
        table(&mut expected, title, &rows);
    }
    let path = root().join("docs/PARITY.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/PARITY.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/PARITY.md is stale: UPDATE_DOCS=1 cargo test -p e2e --test parity");
}
