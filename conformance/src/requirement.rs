//! Requirements as data.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::case::embedded_requirements;
use crate::place::line_at;
use crate::report::model::{Level, RequirementView};

/// One requirement and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Id (`CERT-LIMIT`).
    pub id: String,
    /// How binding.
    pub level: Level,
    /// What is required, one sentence.
    pub text: String,
    /// A URL, a section of a standard, or what the observation was made on.
    pub source: String,
    /// Words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// What was seen, or why it follows, where there is nothing to quote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<String>,
    /// Why no check covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
}

impl Requirement {
    /// What a report shows of it.
    #[must_use]
    pub fn view(&self) -> RequirementView {
        RequirementView {
            id: self.id.clone(),
            level: self.level,
            text: self.text.clone(),
            source: self.source.clone(),
            quote: self.quote.clone(),
            observation: self.observation.clone(),
        }
    }
}

/// A requirement file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("requirements/{file}:{line}: {problem}")]
pub struct RequirementError {
    /// File below `requirements/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    requirement: Vec<Requirement>,
}

/// All requirements by id.
///
/// # Errors
/// A file of another shape, an id that is there twice, a requirement that quotes nothing and observed nothing.
pub fn load() -> Result<IndexMap<String, Requirement>, RequirementError> {
    from_files(embedded_requirements())
}

/// Requirements of some files.
///
/// # Errors
/// As [`load`].
pub fn from_files(files: &[(&str, &str)]) -> Result<IndexMap<String, Requirement>, RequirementError> {
    let mut all = IndexMap::new();
    for (file, text) in files {
        let error = |line, problem| RequirementError { file: (*file).to_owned(), line, problem };
        let parsed: RequirementFile = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(1, |s| line_at(text, s.start));
            error(line, e.message().to_owned())
        })?;
        for requirement in parsed.requirement {
            let line = text
                .lines()
                .position(|l| l.contains(&format!("\"{}\"", requirement.id)))
                .map_or(1, |i| i + 1);
            if requirement.quote.is_some() == requirement.observation.is_some() {
                return Err(error(
                    line,
                    format!("`{}` needs either a quote or an observation", requirement.id),
                ));
            }
            if requirement.source.trim().is_empty() || requirement.text.trim().is_empty() {
                return Err(error(line, format!("`{}` needs a text and a source", requirement.id)));
            }
            let id = requirement.id.clone();
            if all.insert(id.clone(), requirement).is_some() {
                return Err(error(line, format!("`{id}` is there twice")));
            }
        }
    }
    all.sort_keys();
    Ok(all)
}
