//! The export step: batches, their answers, and what is sent again.

use std::collections::VecDeque;
use std::sync::Arc;

use super::report::PlannedOp;
use crate::model::{ExportAction, ExportOp};

/// One operation on its way.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The write as it was planned; it is copied only while it is in flight.
    pub(super) planned: Arc<PlannedOp>,
    /// The tenant turned out to have the object already: an Add goes out as a Set.
    pub(super) exists: bool,
    /// How often the tenant asked to send it again.
    pub(super) tries: u32,
}

/// Operations still to send. There is one batch in flight and an object is in it at most once, so there are never two
/// writes in flight for one object.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Item>,
    /// The batch in flight.
    pub(super) batch: Vec<Item>,
    /// Answered by the tenant, one way or the other.
    pub(super) done: usize,
    /// Refused.
    pub(super) failed: usize,
    /// Operations in all.
    pub(super) total: usize,
    limit: usize,
    full_limit: usize,
    /// Failed or partly refused batches in a row.
    pub(super) attempts: u32,
}

impl Queue {
    pub(super) fn new(plan: &[Arc<PlannedOp>], limit: usize) -> Self {
        let item = |planned: &Arc<PlannedOp>| Item { planned: Arc::clone(planned), exists: false, tries: 0 };
        let limit = limit.max(1);
        let waiting = plan.iter().map(item).collect();
        Self { total: plan.len(), waiting, limit, full_limit: limit, ..Self::default() }
    }

    /// Takes the next batch; `None` if there is nothing left to send.
    pub(super) fn next_batch(&mut self) -> Option<Vec<ExportOp>> {
        if self.batch.is_empty() {
            let count = self.limit.min(self.waiting.len());
            self.batch = self.waiting.drain(..count).collect();
        }
        (!self.batch.is_empty()).then(|| self.batch.iter().map(Item::to_send).collect())
    }

    /// The batch was answered: takes it out, and the next one may be of full size again.
    pub(super) fn answered(&mut self) -> Vec<Item> {
        self.limit = self.full_limit;
        std::mem::take(&mut self.batch)
    }

    /// Sends an operation again, after all others.
    pub(super) fn again(&mut self, item: Item) {
        self.waiting.push_back(Item { tries: item.tries + 1, ..item });
    }

    /// Halves the batch in flight; `false` if it is one operation already.
    pub(super) fn split(&mut self) -> bool {
        let count = self.batch.len();
        if count <= 1 {
            return false;
        }
        self.limit = count.div_ceil(2);
        let rest = self.batch.split_off(self.limit);
        rest.into_iter().rev().for_each(|item| self.waiting.push_front(item));
        true
    }

    /// Certificate values that an operation carries.
    pub(super) fn certificates(op: &ExportOp) -> usize {
        let values = super::synchronize::CERTIFICATES.iter().filter_map(|name| op.properties.get(*name));
        values.map(|v| super::canonical::canonical(v).len()).sum()
    }
}

impl Item {
    /// The write as it was planned.
    pub(super) fn op(&self) -> &ExportOp {
        &self.planned.op
    }

    fn to_send(&self) -> ExportOp {
        let op = self.op().clone();
        match op.action {
            ExportAction::Add if self.exists => ExportOp { action: ExportAction::Set, ..op },
            _ => op,
        }
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::model::ObjectType;

    fn queue(count: usize) -> Queue {
        let op = |i: usize| ExportOp {
            action: ExportAction::Set,
            kind: ObjectType::User,
            source_anchor: i.to_string(),
            cloud_anchor: None,
            properties: IndexMap::new(),
        };
        let planned = |i| Arc::new(PlannedOp { object: String::new(), op: op(i), before: vec![] });
        let plan: Vec<Arc<PlannedOp>> = (0..count).map(planned).collect();
        Queue::new(&plan, 4)
    }

    fn names(batch: Option<Vec<ExportOp>>) -> Vec<String> {
        batch.unwrap_or_default().into_iter().map(|o| o.source_anchor).collect()
    }

    #[test]
    fn a_batch_that_is_too_large_is_halved_and_nothing_is_lost() {
        let mut queue = queue(6);
        assert_eq!(names(queue.next_batch()), ["0", "1", "2", "3"]);
        assert!(queue.split());
        assert_eq!(names(queue.next_batch()), ["0", "1"]);
        assert!(queue.split() && !queue.split());
        assert_eq!(names(queue.next_batch()), ["0"]);
        queue.answered();
        assert_eq!(names(queue.next_batch()), ["1", "2", "3", "4"]);
        queue.answered();
        assert_eq!(names(queue.next_batch()), ["5"]);
    }

    #[test]
    fn a_batch_in_flight_is_sent_again_whole() {
        let mut queue = queue(2);
        assert_eq!(queue.next_batch(), queue.next_batch());
        let item = queue.answered().remove(1);
        queue.again(item);
        assert_eq!(names(queue.next_batch()), ["1"]);
        assert_eq!(queue.batch[0].tries, 1);
    }
}
