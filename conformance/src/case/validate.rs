//! The rules that a case has to keep beyond its shape.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Case, Check, Count, DirectoryOp, Literal, Predicate, PropertyIs, Step, Values, values};
use crate::subject::is_capability;

/// A rule that is broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Line of the step or check, 1 for the case as a whole.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
    /// The rule.
    pub rule: &'static str,
}

type Outcome = Result<(), Broken>;

fn broken(line: u64, rule: &'static str, problem: impl Into<String>) -> Outcome {
    Err(Broken { line, problem: problem.into(), rule })
}

/// Holds a case against the rules.
///
/// # Errors
/// The first rule that it breaks.
pub fn validate(case: &Case) -> Outcome {
    identity(case)?;
    capabilities(case)?;
    let names = names(case)?;
    given(case, &names)?;
    for step in &case.steps {
        self::step(&step.value, step.referenced.line(), &names)?;
    }
    let mut seen = BTreeSet::new();
    for check in &case.checks {
        let line = check.referenced.line();
        if !seen.insert(check.value.id.as_str()) {
            return broken(
                line,
                "check ids are unique in a case",
                format!("check `{}` is there twice", check.value.id),
            );
        }
        self::check(case, &check.value, line, &names)?;
    }
    Ok(())
}

fn identity(case: &Case) -> Outcome {
    let (base, variant) = case.id.split_once('.').map_or((case.id.as_str(), None), |(b, v)| (b, Some(v)));
    let plain =
        |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !plain(base) || variant.is_some_and(|v| !plain(v)) {
        return broken(1, "a case id is `AREA-NN` or `AREA-NN.variant`", format!("id `{}`", case.id));
    }
    if case.summary.trim().is_empty() {
        return broken(1, "a case has a summary", "empty summary");
    }
    if case.profiles.is_empty() {
        return broken(1, "a case belongs to a profile", "no profile");
    }
    if case.checks.is_empty() {
        return broken(1, "a case has at least one check", "no checks");
    }
    if case.cycles() == 0 {
        return broken(1, "a case runs the subject at least once", "no `cycle` step");
    }
    Ok(())
}

fn capabilities(case: &Case) -> Outcome {
    let needed = case.needs.iter().map(|n| n.capability.as_str());
    for name in needed.chain(case.adjust.keys().map(String::as_str)) {
        if !is_capability(name) {
            return broken(
                1,
                "capabilities are those of the contract",
                format!("unknown capability `{name}`"),
            );
        }
    }
    Ok(())
}

/// All names of values, each defined once.
fn names(case: &Case) -> Result<BTreeSet<String>, Broken> {
    let rule = "value names are unique";
    let mut names = BTreeSet::new();
    let mut add = |name: String| {
        let text = format!("value `{name}` is defined twice");
        if names.insert(name) { Ok(()) } else { Err(Broken { line: 1, problem: text, rule }) }
    };
    case.pki.keys().cloned().try_for_each(&mut add)?;
    case.values.keys().cloned().try_for_each(&mut add)?;
    for (name, series) in &case.series {
        if !(1..=2000).contains(&series.count) {
            let problem = format!("series `{name}` has count {}", series.count);
            return Err(Broken { line: 1, problem, rule: "a series has 1 to 2000 members" });
        }
        values::members(name, series.count).try_for_each(&mut add)?;
    }
    for (name, literal) in &case.values {
        if let Literal::Base64Of(other) | Literal::PemOf(other) = literal
            && !names.contains(other)
        {
            let problem = format!("value `{name}` is made from `{other}`, which is not defined");
            return Err(Broken { line: 1, problem, rule: "values that are referred to are defined" });
        }
    }
    Ok(names)
}

/// Every `{cert: …}` in the worlds is defined, and the worlds have the shape that the doubles take.
fn given(case: &Case, names: &BTreeSet<String>) -> Outcome {
    references(&values::with_count(&case.given.directory), 1, names)?;
    references(&values::with_count(&case.given.tenant), 1, names)?;
    if let Err(problem) = values::recipes(case) {
        return broken(1, "a series has a recipe that pki knows", problem.to_string());
    }
    let dummy = Values::dummies(case);
    let fits = values::directory_world(&case.given.directory, &dummy).map(drop);
    fits.and_then(|()| values::tenant_world(&case.given.tenant, &dummy).map(drop))
        .or_else(|e| broken(1, "a world has the shape that the doubles take", e.to_string()))
}

fn references(value: &Value, line: u64, names: &BTreeSet<String>) -> Outcome {
    for name in values::referred(value) {
        known(&name, line, names)?;
    }
    Ok(())
}

fn known(name: &str, line: u64, names: &BTreeSet<String>) -> Outcome {
    let first = format!("{name}-1");
    if names.contains(name) || names.contains(&first) {
        return Ok(());
    }
    broken(line, "values that are referred to are defined", format!("value `{name}` is not defined"))
}

fn step(step: &Step, line: u64, names: &BTreeSet<String>) -> Outcome {
    match step {
        Step::Clock(clock) if clock.advance.is_negative() => {
            broken(line, "time only goes forward for the doubles", "negative `advance`")
        }
        Step::CycleWith(cycle) if cycle.kill.as_ref().is_some_and(|k| k.nth == 0) => {
            broken(line, "counting begins at 1", "`kill` with nth 0")
        }
        Step::Directory(ops) => ops.iter().try_for_each(|op| directory_op(op, line, names)),
        _ => Ok(()),
    }
}

fn directory_op(op: &DirectoryOp, line: u64, names: &BTreeSet<String>) -> Outcome {
    match op {
        DirectoryOp::Add(add) => add.attributes.values().try_for_each(|v| references(v, line, names)),
        DirectoryOp::Set(set) => set.attributes.values().try_for_each(|v| references(v, line, names)),
        DirectoryOp::AddValues(x) | DirectoryOp::RemoveValues(x) => references(&x.values, line, names),
        _ => Ok(()),
    }
}

fn check(case: &Case, check: &Check, line: u64, names: &BTreeSet<String>) -> Outcome {
    if check.says.trim().is_empty() {
        return broken(line, "a check says what has to hold", format!("check `{}`", check.id));
    }
    match (&check.expect, &check.depends_on) {
        (Some(predicate), None) if check.expect_for.is_empty() => {
            self::predicate(case, predicate, line, names)?;
        }
        (None, Some(capability)) if !check.expect_for.is_empty() => {
            if !is_capability(capability) {
                return broken(
                    line,
                    "capabilities are those of the contract",
                    format!("unknown capability `{capability}`"),
                );
            }
            check.expect_for.values().try_for_each(|p| predicate(case, p, line, names))?;
        }
        _ => {
            let problem = format!("check `{}` has neither or both", check.id);
            return broken(line, "a check has `expect`, or `depends_on` with `expect_for`", problem);
        }
    }
    check.after_cycle.map_or(Ok(()), |n| cycle(case, n, line))
}

fn cycle(case: &Case, number: usize, line: u64) -> Outcome {
    let of = case.cycles();
    if (1..=of).contains(&number) {
        return Ok(());
    }
    broken(line, "checks name cycles that the case runs", format!("cycle {number} of {of}"))
}

fn predicate(case: &Case, p: &Predicate, line: u64, names: &BTreeSet<String>) -> Outcome {
    let cycle_of = |n: Option<usize>| n.map_or(Ok(()), |n| cycle(case, n, line));
    match p {
        Predicate::All(list) | Predicate::Any(list) if list.is_empty() => {
            broken(line, "`all` and `any` name at least one predicate", "empty list")
        }
        Predicate::All(list) | Predicate::Any(list) => {
            list.iter().try_for_each(|p| predicate(case, p, line, names))
        }
        Predicate::Not(inner) => predicate(case, inner, line, names),
        Predicate::Certificates(c) => {
            if c.equal.is_none() && c.include.is_empty() && c.exclude.is_empty() && c.count.is_none() {
                return broken(
                    line,
                    "`certificates` compares with something",
                    "no equal, include, exclude or count",
                );
            }
            let listed = c.equal.iter().flatten().chain(&c.include).chain(&c.exclude);
            listed.into_iter().try_for_each(|name| known(name, line, names))?;
            c.count.map_or(Ok(()), |n| count(n, line))
        }
        Predicate::Exit(e) if e.one_of.is_empty() == e.not_in.is_empty() => {
            broken(line, "`exit` has either `in` or `not_in`", "neither or both")
        }
        Predicate::Exit(e) => cycle(case, e.cycle, line),
        Predicate::Journal(j) => cycle_of(j.cycle).and_then(|()| count(j.count, line)),
        Predicate::Writes(w) => cycle_of(w.cycle).and_then(|()| count(w.count, line)),
        Predicate::Live(l) => count(l.count, line),
        Predicate::OneWrite(w) => cycle(case, w.cycle, line),
        Predicate::StatePersisted(k) => cycle(case, k.cycle, line),
        Predicate::ObjectError(e) => cycle_of(e.cycle),
        Predicate::SameObject(s) if s.since_cycle > 0 => cycle(case, s.since_cycle, line),
        Predicate::OutputLacks(o) => o.values.iter().try_for_each(|name| known(name, line, names)),
        Predicate::Property(p) => property(p, line),
        _ => Ok(()),
    }
}

fn property(p: &PropertyIs, line: u64) -> Outcome {
    let given = [
        p.equals.is_some(),
        p.starts_with.is_some(),
        p.ends_with.is_some(),
        p.has.is_some(),
        p.lacks.is_some(),
        p.empty.is_some(),
    ];
    if given.iter().filter(|g| **g).count() == 1 {
        return Ok(());
    }
    broken(line, "`property` has exactly one comparison", format!("property `{}`", p.name))
}

fn count(c: Count, line: u64) -> Outcome {
    if c.exactly.is_none() && c.at_least.is_none() && c.at_most.is_none() {
        return broken(line, "`count` has at least one bound", "no bound");
    }
    Ok(())
}
