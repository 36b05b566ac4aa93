//! A door for specs: a clock that moves by hand, so that no spec depends on real time.

use std::sync::atomic::{AtomicU64, Ordering};

static NOW: AtomicU64 = AtomicU64::new(0);

/// The manual clock's reading in nanoseconds.
pub(crate) fn now() -> u64 {
    NOW.load(Ordering::Relaxed)
}

/// Moves the manual clock.
pub(crate) fn advance(nanoseconds: u64) {
    NOW.fetch_add(nanoseconds, Ordering::Relaxed);
}
