//! Panics, wherever in the process: also those that a server catches and a task swallows.

use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
static ONCE: Once = Once::new();

/// From now on panics are noted instead of printed.
pub fn listen() {
    ONCE.call_once(|| std::panic::set_hook(Box::new(|info| note(info.to_string()))));
}

fn note(text: String) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(text);
}

/// The panics since it was last asked.
pub fn taken() -> Vec<String> {
    std::mem::take(&mut *SEEN.lock().unwrap_or_else(PoisonError::into_inner))
}
