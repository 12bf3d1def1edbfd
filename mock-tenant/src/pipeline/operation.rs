//! One operation from its beginning to its line in the journal.

use kit::faults::Effect;
use kit::journal::Event;
use serde_json::Value as Json;

use crate::ops::Op;
use crate::server::Service;

/// An operation under way. Exactly one line of the journal tells how it ended.
#[derive(Debug)]
#[must_use = "an operation that is not ended leaves no line in the journal"]
pub(crate) struct Operation<'a> {
    service: &'a Service,
    pub(crate) op: &'static Op,
    target: String,
    principal: String,
    effects: Vec<Effect>,
}

impl<'a> Operation<'a> {
    /// An operation on a target by somebody; nothing goes wrong with it yet.
    pub(crate) fn new(
        service: &'a Service,
        op: &'static Op,
        target: impl Into<String>,
        principal: &str,
    ) -> Self {
        Self { service, op, target: target.into(), principal: principal.to_owned(), effects: Vec::new() }
    }

    /// Decides what goes wrong with it. Once, when the caller may and the budget allows: so that "the third call" of a
    /// fault plan is the third that would have been carried out.
    pub(crate) fn meet_faults(&mut self) {
        self.effects = self.service.faults.decide(self.op.name, &self.target);
    }

    /// What goes wrong with it.
    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Whether the connection is to be closed before the operation is carried out.
    pub(crate) fn closes_before(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::CloseBefore {}))
    }

    /// Writes how it ended into the journal, and gives back what the transport shall do.
    pub(crate) fn end(self, outcome: &str, detail: Json) -> Vec<Effect> {
        let event = Event::new(self.op.name)
            .target(self.target)
            .principal(self.principal)
            .outcome(outcome)
            .fault(Effect::names(&self.effects))
            .detail(detail);
        self.service.journal.record(event);
        self.effects
    }
}
