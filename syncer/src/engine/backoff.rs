//! Exponential back-off with a cap and a jitter that a seed decides.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::config::EngineConfig;

/// The wait before attempt `attempt` (1 = the first repetition): doubling from the first wait to the cap, then 75 % to
/// 100 % of that, by seed, so that many machines do not come back at the same instant.
#[must_use]
pub(super) fn wait_before(config: &EngineConfig, attempt: u32) -> Duration {
    let doubled = config.backoff_first().saturating_mul(1_u32 << attempt.saturating_sub(1).min(20));
    let full = doubled.min(config.backoff_cap());
    full.mul_f64(0.75 + 0.25 * jitter(config.seed, attempt))
}

/// A number in [0, 1) that only `seed` and `attempt` decide.
fn jitter(seed: u64, attempt: u32) -> f64 {
    let mut hash = Sha256::new();
    hash.update(b"back-off");
    hash.update(seed.to_be_bytes());
    hash.update(attempt.to_be_bytes());
    let digest = hash.finalize();
    f64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_cap_and_is_the_same_every_time() {
        let config =
            EngineConfig { backoff_first_ms: 1_000, backoff_cap_ms: 8_000, ..EngineConfig::default() };
        let waits: Vec<Duration> = (1..=40).map(|n| wait_before(&config, n)).collect();
        assert!(waits[0] >= Duration::from_millis(750) && waits[0] <= Duration::from_secs(1));
        assert!(waits[2] >= Duration::from_secs(3) && waits[2] <= Duration::from_secs(4));
        assert!(waits[3..].iter().all(|w| (Duration::from_secs(6)..=Duration::from_secs(8)).contains(w)));
        assert_eq!(waits, (1..=40).map(|n| wait_before(&config, n)).collect::<Vec<_>>());
        assert_ne!(wait_before(&config, 1), wait_before(&EngineConfig { seed: 2, ..config }, 1));
    }
}
