//! Reads case files, and says where they are wrong.

use std::path::{Path, PathBuf};

use miette::{NamedSource, SourceSpan};

use super::{Case, embedded_cases, validate};

/// A case file that can't be used.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[error("{file}:{line}: {problem}")]
#[diagnostic(code(conformance::bad_case))]
pub struct CaseError {
    /// File, as named to the loader.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// What is wrong, and what was expected.
    pub problem: String,
    /// The rule that it breaks.
    #[help]
    pub rule: Option<String>,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("here")]
    span: Option<SourceSpan>,
}

impl CaseError {
    fn new(file: &str, text: &str, line: u64, problem: String, rule: Option<&str>) -> Box<Self> {
        Box::new(Self {
            file: file.to_owned(),
            line,
            problem,
            rule: rule.map(str::to_owned),
            source_code: NamedSource::new(file, text.to_owned()).with_language("YAML"),
            span: line_span(text, line),
        })
    }
}

/// The octets of one line, without its indentation.
fn line_span(text: &str, line: u64) -> Option<SourceSpan> {
    let index = usize::try_from(line.checked_sub(1)?).ok()?;
    let content = text.lines().nth(index)?;
    let start: usize = text.split_inclusive('\n').take(index).map(str::len).sum();
    let indent = content.len() - content.trim_start().len();
    Some((start + indent, content.trim().len()).into())
}

/// Reads one case and holds it against the rules.
///
/// # Errors
/// The first thing that is wrong with it, with its line.
pub fn parse_case(file: &str, text: &str) -> Result<Case, Box<CaseError>> {
    let options = serde_saphyr::options! { with_snippet: false };
    let case: Case = serde_saphyr::from_str_with_options(text, options).map_err(|e| {
        let line = e.location().map_or(1, |l| l.line());
        CaseError::new(
            file,
            text,
            line,
            e.to_string(),
            Some("the case format (`conformance explain format`)"),
        )
    })?;
    validate(&case).map_err(|b| CaseError::new(file, text, b.line, b.problem, Some(b.rule)))?;
    expect_name(file, text, &case)?;
    Ok(case)
}

/// A case file is named after its case.
fn expect_name(file: &str, text: &str, case: &Case) -> Result<(), Box<CaseError>> {
    let stem = Path::new(file).file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    if stem == case.id {
        return Ok(());
    }
    let problem = format!("the case's id is `{}` but its file is named `{stem}`", case.id);
    Err(CaseError::new(file, text, 1, problem, Some("a case file is named after its case")))
}

/// All cases: those of a folder, or the built-in ones. Sorted by id, ids unique.
///
/// # Errors
/// Everything that is wrong, one entry per file.
pub fn load_all(folder: Option<&Path>) -> Result<Vec<LoadedCase>, Vec<CaseError>> {
    let sources = match folder {
        Some(folder) => read_folder(folder).map_err(|e| vec![*e])?,
        None => embedded_cases().iter().map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).collect(),
    };
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for (file, text) in sources {
        match parse_case(&file, &text) {
            Ok(case) => cases.push(LoadedCase { area: area_of(&file), file, text, case }),
            Err(error) => errors.push(*error),
        }
    }
    cases.sort_by(|a, b| a.case.id.cmp(&b.case.id));
    for pair in cases.windows(2) {
        if pair[0].case.id == pair[1].case.id {
            let problem = format!("case `{}` is already in {}", pair[1].case.id, pair[0].file);
            errors.push(*CaseError::new(
                &pair[1].file,
                &pair[1].text,
                1,
                problem,
                Some("case ids are unique"),
            ));
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(errors) }
}

/// A case with where it comes from.
#[derive(Debug, Clone)]
pub struct LoadedCase {
    /// Folder that it lies in (`val`).
    pub area: String,
    /// File, relative to the folder of cases.
    pub file: String,
    /// Text of the file.
    pub text: String,
    /// The case.
    pub case: Case,
}

fn area_of(file: &str) -> String {
    Path::new(file)
        .parent()
        .and_then(|p| p.file_name())
        .and_then(|n| n.to_str())
        .unwrap_or("cases")
        .to_owned()
}

/// Every `.yaml` below a folder, as (path relative to it, text).
///
/// # Errors
/// A folder or file that can't be read.
pub fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Box<CaseError>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for path in children(&next)? {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, &e))?;
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                found.push((name, text));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, Box<CaseError>> {
    let entries = std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))?;
    entries.map(|e| e.map(|e| e.path()).map_err(|e| unreadable(folder, &e))).collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Box<CaseError> {
    CaseError::new(&path.display().to_string(), "", 0, format!("can't be read: {error}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id: T-1
summary: a try
profiles: [core]
pki: { a: {} }
given: { directory: { users: [ { sam: alice, attributes: { userCertificate: { cert: a } } } ] } }
steps:
  - cycle: full
  - directory:
      - delete: alice
  - clock: { advance: PT1H }
checks:
  - id: gone
    requirement: R-1
    says: alice goes
    expect: { absent: alice }
";

    fn refused(from: &str, to: &str) -> Box<CaseError> {
        assert!(GOOD.contains(from), "the sample has {from:?}");
        parse_case("t/T-1.yaml", &GOOD.replacen(from, to, 1)).unwrap_err()
    }

    #[test]
    fn a_good_case_is_read() {
        let case = parse_case("t/T-1.yaml", GOOD).unwrap();
        assert_eq!((case.id.as_str(), case.cycles(), case.steps.len()), ("T-1", 1, 3));
        assert_eq!(case.clock.to_string(), "2026-09-01T00:00:00Z");
    }

    #[test]
    fn every_mistake_names_its_line_and_rule() {
        for (from, to, line, problem) in [
            ("summary: a try", "sumary: a try", 2, "unknown field"),
            ("summary: a try", "summary: ''", 1, "empty summary"),
            ("[core]", "[]", 1, "no profile"),
            ("id: T-1", "id: T-2", 1, "its file is named `T-1`"),
            ("id: T-1", "id: 'T 1'", 1, "id `T 1`"),
            ("cycle: full", "cycle: fool", 7, "fool"),
            ("cycle: full", "clock: { advance: PT1H }", 1, "no `cycle` step"),
            ("delete: alice", "erase: alice", 9, "unknown variant"),
            ("PT1H", "-PT1H", 10, "negative"),
            ("{ absent: alice }", "{ absent: 'dn:x' }", 15, "none of upn:"),
            ("{ absent: alice }", "{ all: [] }", 12, "empty list"),
            ("{ absent: alice }", "{ certificates: { of: alice, equal: [b] } }", 12, "`b` is not defined"),
            ("{ absent: alice }", "{ certificates: { of: alice } }", 12, "no equal"),
            ("{ absent: alice }", "{ exit: { cycle: 2, in: [0] } }", 12, "cycle 2 of 1"),
            ("{ absent: alice }", "{ exit: { cycle: 1 } }", 12, "neither or both"),
            ("{ absent: alice }", "{ property: { of: alice, name: mail } }", 12, "property `mail`"),
            ("{ absent: alice }", "{ writes: { count: {} } }", 12, "no bound"),
            ("expect: {", "when: {", 15, "unknown field"),
            ("    expect: { absent: alice }\n", "", 12, "neither or both"),
            ("{ cert: a }", "{ cert: z }", 1, "`z` is not defined"),
            ("says: alice goes", "says: ' '", 12, "check `gone`"),
            ("profiles:", "needs: [cert.size]\nprofiles:", 1, "unknown capability `cert.size`"),
            ("profiles:", "series: { a: { count: 0, recipe: {} } }\nprofiles:", 1, "count 0"),
            ("profiles:", "values: { v: { pem_of: w } }\nprofiles:", 1, "made from `w`"),
        ] {
            let error = refused(from, to);
            assert!(error.problem.contains(problem), "{to}: {error}");
            assert_eq!(error.line, line, "{to}: {error}");
            assert!(error.rule.is_some(), "{to}: {error}");
        }
    }

    #[test]
    fn a_check_can_not_be_there_twice() {
        let text =
            format!("{GOOD}  - {{ id: gone, requirement: R-1, says: x, expect: {{ absent: bob }} }}\n");
        let error = parse_case("t/T-1.yaml", &text).unwrap_err();
        assert_eq!((error.line, error.problem.as_str()), (16, "check `gone` is there twice"));
    }

    #[test]
    fn the_label_covers_the_line() {
        let error = refused("cycle: full", "cycle: fool");
        assert!(error.span.is_some_and(|s| s.len() == "- cycle: fool".len()), "{:?}", error.span);
    }

    #[test]
    fn all_built_in_cases_are_good() {
        let cases = load_all(None)
            .unwrap_or_else(|e| panic!("{}", e.iter().map(|e| e.to_string()).collect::<Vec<_>>().join("\n")));
        assert!(!cases.is_empty());
    }
}
