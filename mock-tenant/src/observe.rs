//! Who watches the services: one event for each object and call, and what shall go wrong with it.

use kit::faults::{Effect, Faults};
use kit::journal::{Event, Journal};

/// Told of every operation. The services ask it what goes wrong before they act, and tell it how it ended.
pub trait Observer {
    /// What goes wrong with this operation on this target. Asked once for each of them.
    fn decide(&mut self, op: &str, target: &str) -> Vec<Effect>;

    /// How it ended.
    fn record(&mut self, event: Event);
}

/// The journal and the fault plan of a double, on behalf of one caller.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Where events go.
    pub journal: Journal,
    /// What goes wrong.
    pub faults: Faults,
    /// Who asks.
    pub principal: String,
}

impl Observer for Watch {
    fn decide(&mut self, op: &str, target: &str) -> Vec<Effect> {
        self.faults.decide(op, target)
    }

    fn record(&mut self, event: Event) {
        self.journal.record(event.principal(self.principal.clone()));
    }
}
