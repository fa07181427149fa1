//! The service's clock: time that never goes back.
//!
//! An operator, or a time server, may set the machine's clock back by hours. Jobs whose end was published would be
//! withheld again, ballots that wait for others would wait for hours. So components ask one clock, which follows the
//! machine's clock forwards only: while that is behind, it advances by the monotonic time that has passed. After a
//! restart it begins no earlier than the latest time in the stored data ([`Clock::advance_to`]).

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A clock that never goes back. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<ClockState>);

struct ClockState {
    /// Reads the machine's clock, in milliseconds since 1970.
    read: Box<dyn Fn() -> u64 + Send + Sync>,
    last: Mutex<Reading>,
}

/// A time that was returned, in milliseconds since 1970, and when.
struct Reading {
    time: u64,
    at: Instant,
}

impl Default for Clock {
    /// Follows the machine's clock.
    fn default() -> Self {
        Self::from_source(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64))
    }
}

impl Clock {
    /// Creates a clock that follows this source, in milliseconds since 1970.
    pub fn from_source(read: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let last = Mutex::new(Reading { time: read(), at: Instant::now() });
        Self(Arc::new(ClockState { read: Box::new(read), last }))
    }

    /// Returns the time in milliseconds since 1970, never less than before.
    pub fn now_ms(&self) -> u64 {
        let shown = (self.0.read)();
        let mut last = self.lock_last();
        let passed = last.at.elapsed().as_millis() as u64;
        last.time = shown.max(last.time.saturating_add(passed));
        last.at += Duration::from_millis(passed);
        last.time
    }

    /// Returns the time in seconds since 1970, never less than before.
    pub fn now_seconds(&self) -> u64 {
        self.now_ms() / 1_000
    }

    /// Lets the clock continue from this time, in milliseconds since 1970, unless it is later already.
    pub fn advance_to(&self, time: u64) {
        let now = self.now_ms();
        let mut last = self.lock_last();
        last.time = last.time.max(now).max(time);
    }

    fn lock_last(&self) -> std::sync::MutexGuard<'_, Reading> {
        // A panic with the lock held leaves a time that was valid before.
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now_ms())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn clock_follows_its_source_forwards_only() {
        let machine = Arc::new(AtomicU64::new(10_000_000));
        let source = machine.clone();
        let clock = Clock::from_source(move || source.load(Ordering::Relaxed));
        assert!(clock.now_ms() >= 10_000_000);
        machine.store(20_000_000, Ordering::Relaxed);
        assert!(clock.now_ms() >= 20_000_000);
        machine.store(1_000, Ordering::Relaxed);
        let before = clock.now_ms();
        assert!(before >= 20_000_000);
        // It does not stand still either.
        while clock.now_ms() < before + 3 {
            std::thread::sleep(Duration::from_millis(1));
        }
        clock.advance_to(30_000_000);
        assert!(clock.now_ms() >= 30_000_000);
        clock.advance_to(5);
        assert!(clock.now_ms() >= 30_000_000);
        assert_eq!(clock.now_seconds(), 30_000);
    }
}
