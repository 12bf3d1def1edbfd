//! What has to hold between cases and requirements.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::case::LoadedCase;
use crate::oracle::INVARIANTS;
use crate::requirement::Requirement;

/// Everything that is wrong between cases and requirements: a check without requirement, a requirement without check and
/// without a reason for that.
#[must_use]
pub fn problems(cases: &[LoadedCase], requirements: &IndexMap<String, Requirement>) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for case in cases {
        for check in &case.case.checks {
            let requirement = &check.value.requirement;
            used.insert(requirement.as_str());
            if !requirements.contains_key(requirement) {
                let line = check.referenced.line();
                problems.push(format!(
                    "{}:{line}: check `{}` names the requirement `{requirement}`, which does not exist",
                    case.file, check.value.id
                ));
            }
        }
    }
    for invariant in &INVARIANTS {
        used.insert(invariant.requirement);
        if !requirements.contains_key(invariant.requirement) {
            problems.push(format!(
                "invariant `{}` names the requirement `{}`, which does not exist",
                invariant.id, invariant.requirement
            ));
        }
    }
    for requirement in requirements.values() {
        if requirement.excluded.is_none() && !used.contains(requirement.id.as_str()) {
            problems.push(format!("requirement `{}` has no check and no reason for that", requirement.id));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case, requirement};

    #[test]
    fn every_requirement_has_a_check_and_every_check_a_requirement() {
        let cases = case::load_all(None).unwrap();
        let requirements = requirement::load().unwrap();
        assert_eq!(problems(&cases, &requirements), Vec::<String>::new());
    }

    #[test]
    fn both_directions_are_seen() {
        let cases = case::load_all(None).unwrap();
        let mut requirements = requirement::load().unwrap();
        let lonely = Requirement { id: "X-1".into(), ..requirements["MAP-CERTS"].clone() };
        requirements.shift_remove("MAP-CERTS");
        requirements.insert("X-1".into(), lonely);
        let problems = problems(&cases, &requirements);
        assert!(problems.iter().any(|p| p.contains("`X-1` has no check")), "{problems:?}");
        assert!(problems.iter().any(|p| p.contains("`MAP-CERTS`, which does not exist")), "{problems:?}");
    }

    #[test]
    fn the_suite_is_as_large_as_it_says() {
        let cases = case::load_all(None).unwrap();
        let checks: usize = cases.iter().map(|c| c.case.checks.len()).sum();
        assert!(cases.len() >= 100 && checks >= 300, "{} cases, {checks} checks", cases.len());
    }
}
