//! The plan in force, with its counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Effect, FaultError, FaultPlan, Rule, When, matches};
use crate::Ids;

/// The faults of one double: shared, changed at any time, and the same for the same seed and sequence of calls.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ids: Ids,
    known: Vec<&'static str>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    initial: FaultPlan,
    plan: FaultPlan,
    counts: Vec<Counts>,
}

/// How often a rule met its operation, and how often it fired.
#[derive(Debug, Default, Clone)]
struct Counts {
    met: u64,
    fired: u64,
}

impl Faults {
    /// No faults yet. `known` are the operations the double has, by which plans are checked; empty: anything goes.
    #[must_use]
    pub fn new(seed: u64, known: &[&'static str]) -> Self {
        let ids = Ids::new(seed).child("faults");
        Self(Arc::new(Shared { ids, known: known.to_vec(), state: Mutex::default() }))
    }

    /// Puts a plan in force, all counts at zero.
    ///
    /// # Errors
    /// Names the rule that is wrong; the former plan then stays.
    pub fn set(&self, plan: FaultPlan) -> Result<(), FaultError> {
        plan.check(&self.0.known)?;
        self.state().put(plan);
        Ok(())
    }

    /// Like [`Faults::set`], and [`Faults::reset`] comes back to this plan.
    ///
    /// # Errors
    /// As [`Faults::set`].
    pub fn start_with(&self, plan: FaultPlan) -> Result<(), FaultError> {
        self.set(plan.clone())?;
        self.state().initial = plan;
        Ok(())
    }

    /// The plan in force.
    #[must_use]
    pub fn get(&self) -> FaultPlan {
        self.state().plan.clone()
    }

    /// No more faults.
    pub fn clear(&self) {
        self.state().put(FaultPlan::default());
    }

    /// Back to the plan the double was started with, all counts at zero.
    pub fn reset(&self) {
        let mut state = self.state();
        let initial = state.initial.clone();
        state.put(initial);
    }

    /// How often each rule of the plan has fired.
    #[must_use]
    pub fn fired(&self) -> Vec<u64> {
        self.state().counts.iter().map(|counts| counts.fired).collect()
    }

    /// What goes wrong with this operation. Counts it: call once per operation.
    #[must_use]
    pub fn decide(&self, op: &str, target: &str) -> Vec<Effect> {
        let mut state = self.state();
        let State { plan, counts, .. } = &mut *state;
        let rules = plan.rules.iter().zip(counts).enumerate();
        let fired = rules.filter_map(|(index, (rule, counts))| {
            self.fires(index, rule, counts, op, target).then_some(rule)
        });
        fired.flat_map(|rule| rule.then.iter().cloned()).collect()
    }

    fn fires(&self, index: usize, rule: &Rule, counts: &mut Counts, op: &str, target: &str) -> bool {
        if !rule.when.meets(op, target) {
            return false;
        }
        counts.met += 1;
        let spent = rule.times.is_some_and(|times| counts.fired >= times);
        let fires = !spent && rule.when.is_due(counts.met, || self.draw(index, counts.met));
        counts.fired += u64::from(fires);
        fires
    }

    /// An even draw from 0 (included) to 1 (excluded), fixed by seed, rule and count.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exactly what an f64 holds")]
    fn draw(&self, rule: usize, met: u64) -> f64 {
        (self.0.ids.u64(&format!("{rule}/{met}")) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, plan: FaultPlan) {
        self.counts = vec![Counts::default(); plan.rules.len()];
        self.plan = plan;
    }
}

impl When {
    fn meets(&self, op: &str, target: &str) -> bool {
        matches(&self.op, op) && self.target.as_deref().is_none_or(|pattern| matches(pattern, target))
    }

    fn is_due(&self, met: u64, draw: impl FnOnce() -> f64) -> bool {
        match self {
            Self { nth: Some(nth), .. } => met == *nth,
            Self { every: Some(every), .. } => met.is_multiple_of(*every),
            Self { probability: Some(probability), .. } => draw() < *probability,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPS: &[&str] = &["a.read", "a.write", "b.list"];

    fn faults(plan: &str) -> Faults {
        let faults = Faults::new(1, OPS);
        faults.set(FaultPlan::from_json(plan).unwrap()).unwrap();
        faults
    }

    fn refused(plan: &str) -> String {
        FaultPlan::from_json(plan).and_then(|plan| Faults::new(1, OPS).set(plan)).unwrap_err().to_string()
    }

    fn pattern(faults: &Faults, calls: usize) -> String {
        (0..calls).map(|_| if faults.decide("a.write", "x").is_empty() { '.' } else { 'X' }).collect()
    }

    #[test]
    fn the_plan_of_the_contract_reads_and_writes_back() {
        let text = concat!(
            r#"{"rules":[{"when":{"op":"a.write","target":"x","nth":3},"#,
            r#""then":[{"throttle":{"retry_after_s":5}},{"lost_ack":{}}],"times":1}]}"#
        );
        let faults = faults(text);
        assert_eq!(serde_json::to_string(&faults.get()).unwrap(), text);
        assert_eq!(pattern(&faults, 5), "..X..");
        assert_eq!(faults.fired(), [1]);
    }

    #[test]
    fn nth_every_times_and_always() {
        assert_eq!(
            pattern(&faults(r#"{"rules":[{"when":{"op":"a.*","every":2},"then":[{"busy":{}}]}]}"#), 6),
            ".X.X.X"
        );
        assert_eq!(
            pattern(&faults(r#"{"rules":[{"when":{"op":"*"},"then":[{"reset":{}}],"times":2}]}"#), 4),
            "XX.."
        );
        let other = faults(r#"{"rules":[{"when":{"op":"a.write","target":"y*"},"then":[{"reset":{}}]}]}"#);
        assert_eq!(pattern(&other, 2), "..");
        assert_eq!(other.decide("a.write", "yes"), [Effect::Reset {}]);
    }

    #[test]
    fn effects_of_all_firing_rules_come_in_order() {
        let plan = r#"{"rules":[{"when":{"op":"a.*"},"then":[{"delay":{"ms":5}}]},{"when":{"op":"a.read"},"then":[{"reset":{}}]}]}"#;
        assert_eq!(Effect::names(&faults(plan).decide("a.read", "")), "delay,reset");
    }

    #[test]
    fn probability_is_seeded_and_about_right() {
        let plan = r#"{"rules":[{"when":{"op":"a.*","probability":0.25},"then":[{"busy":{}}]}]}"#;
        let first = pattern(&faults(plan), 4000);
        assert_eq!(first, pattern(&faults(plan), 4000));
        let hits = first.matches('X').count();
        assert!((850..1150).contains(&hits), "{hits}");
    }

    #[test]
    fn wrong_plans_are_refused_by_name() {
        let unknown_op = refused(r#"{"rules":[{"when":{"op":"a.reed"},"then":[{"busy":{}}]}]}"#);
        assert_eq!(
            unknown_op,
            r#"fault plan, rule 1: no operation is called "a.reed"; known: a.read, a.write, b.list"#
        );
        let unknown_effect = refused(r#"{"rules":[{"when":{"op":"a.read"},"then":[{"explode":{}}]}]}"#);
        assert!(
            unknown_effect.contains("unknown variant `explode`, expected one of `delay`"),
            "{unknown_effect}"
        );
        let unknown_field =
            refused(r#"{"rules":[{"when":{"op":"a.read"},"then":[{"delay":{"ms":1,"s":2}}]}]}"#);
        assert!(unknown_field.contains("unknown field `s`"), "{unknown_field}");
        for (plan, message) in [
            (r#"{"rules":[{"when":{"op":"a.read","nth":1,"every":2},"then":[{"busy":{}}]}]}"#, "give one of"),
            (r#"{"rules":[{"when":{"op":"a.read","nth":0},"then":[{"busy":{}}]}]}"#, "count from 1"),
            (
                r#"{"rules":[{"when":{"op":"a.read","probability":1.5},"then":[{"busy":{}}]}]}"#,
                "between 0 and 1",
            ),
            (r#"{"rules":[{"when":{"op":"a.read"},"then":[]}]}"#, "no effect"),
        ] {
            assert!(refused(plan).contains(message), "{}", refused(plan));
        }
    }

    #[test]
    fn a_refused_plan_leaves_the_former_one_and_reset_goes_back_to_the_first() {
        let faults = Faults::new(1, OPS);
        let busy = FaultPlan::from_json(r#"{"rules":[{"when":{"op":"*"},"then":[{"busy":{}}]}]}"#).unwrap();
        faults.start_with(busy.clone()).unwrap();
        let wrong =
            FaultPlan::from_json(r#"{"rules":[{"when":{"op":"zzz"},"then":[{"busy":{}}]}]}"#).unwrap();
        assert!(faults.set(wrong).is_err());
        assert_eq!(faults.get(), busy);
        faults.clear();
        assert_eq!(pattern(&faults, 1), ".");
        faults.reset();
        assert_eq!(pattern(&faults, 1), "X");
    }

    #[test]
    fn every_effect_has_the_name_it_is_written_with() {
        let all = r#"[{"delay":{"ms":1}},{"stall":{}},{"reset":{}},{"truncate":{"bytes":1}},{"slice":{"bytes":1,"ms":1}},
            {"close_before":{}},{"lost_ack":{}},{"throttle":{}},{"busy":{}},{"unavailable":{}},{"auth_expired":{}},
            {"forbidden":{}},{"conflict":{}},{"cursor_expired":{}},{"stale_read":{}},{"partial_page":{}},
            {"duplicate_page":{}},{"reorder":{}},{"referral":{}},{"corrupt_value":{}}]"#;
        let effects: Vec<Effect> = serde_json::from_str(all).unwrap();
        assert_eq!(effects.len(), 20);
        for effect in &effects {
            let written = serde_json::to_value(effect).unwrap();
            assert_eq!(written.as_object().unwrap().keys().collect::<Vec<_>>(), [effect.name()]);
        }
        assert_eq!(effects.iter().filter(|effect| effect.is_transport()).count(), 7);
    }
}
