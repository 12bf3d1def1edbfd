//! How long nothing was asked on a connection.

use std::time::Duration;

use tokio::sync::watch;

/// Requests under way on one connection.
#[derive(Clone, Debug)]
pub(super) struct Activity(watch::Sender<u64>);

/// A request under way.
pub(super) struct Busy(Activity);

impl Activity {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// A request begins; it ends when the value is dropped.
    pub(super) fn begin(&self) -> Busy {
        self.0.send_modify(|under_way| *under_way += 1);
        Busy(self.clone())
    }

    /// Returns once nothing was asked for so long. Time in which a request is under way does not count.
    pub(super) async fn idle_for(&self, patience: Duration) {
        let mut changes = self.0.subscribe();
        loop {
            let under_way = *changes.borrow_and_update();
            let changed = changes.changed();
            if under_way > 0 {
                // the sender lives in self
                let _ = changed.await;
            } else if tokio::time::timeout(patience, changed).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.send_modify(|under_way| *under_way -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn only_time_without_a_request_counts() {
        let activity = Activity::new();
        let start = tokio::time::Instant::now();
        let busy = activity.begin();
        let request = tokio::time::timeout(PATIENCE * 6, std::future::pending::<()>());
        let idle = activity.idle_for(PATIENCE);
        let (_, ()) = tokio::join!(
            async {
                assert!(request.await.is_err());
                drop(busy);
            },
            idle
        );
        assert_eq!(start.elapsed(), PATIENCE * 7);
    }
}
