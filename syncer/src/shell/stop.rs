//! The request to stop: what is in flight is finished, nothing new is begun.

use tokio::sync::watch;

/// A flag that can be waited for; clones share it.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// Asks to stop.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// It was asked.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is asked.
    pub async fn requested(&self) {
        // the sender lives as long as `self`, so the wait can't end otherwise
        let _ = self.0.subscribe().wait_for(|requested| *requested).await;
    }

    /// Asks on SIGTERM and Ctrl-C. A second Ctrl-C ends the process the ordinary way.
    ///
    /// # Errors
    /// The system's, if a handler can't be installed.
    #[cfg(unix)]
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = self.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            tracing::info!("stopping when the batch in flight is done");
            stop.request();
            interrupt.recv().await;
            std::process::exit(130);
        });
        Ok(())
    }

    /// Asks on Ctrl-C.
    ///
    /// # Errors
    /// None on this platform.
    #[cfg(not(unix))]
    pub fn on_signals(&self) -> std::io::Result<()> {
        let stop = self.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.request();
            }
        });
        Ok(())
    }
}
