//! Open connections: at most as many as there are file descriptors for, and none that stands still.
//!
//! A client that does not read its answer holds a connection for as long as it likes, unless writing has a time limit.
//! When all places are taken, a new connection replaces the one that has stood still the longest, those whose client
//! does not read first: a client that reads and writes keeps its place, however many do not.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Context,
    time::Instant,
};

use futures_util::task::AtomicWaker;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::ListenError;

/// Descriptors that are not for wallets' connections: files, the node, a NATS server, the operator's pages, and new
/// connections whose predecessors are still being closed.
const RESERVED: u64 = 192;
/// The least number of connections that is worth starting with.
const MIN_CONNECTIONS: u64 = 32;
/// The maximum number of connections to the operator's pages.
const OPERATOR_CONNECTIONS: usize = 32;

/// How many connections may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections of wallets.
    pub wallets: usize,
    /// Connections to the operator's pages.
    pub operators: usize,
}

impl ConnectionLimits {
    /// Returns the limits of this process: `most` for wallets, or fewer if the process may not open enough descriptors.
    ///
    /// # Errors
    /// Returns `FewDescriptors` if the limit of descriptors leaves too few.
    pub fn new(most: u32) -> Result<Self, ListenError> {
        Self::within(most, descriptor_limit())
    }

    fn within(most: u32, descriptors: Option<u64>) -> Result<Self, ListenError> {
        let free = descriptors.map_or(u64::MAX, |limit| limit.saturating_sub(RESERVED));
        if free < MIN_CONNECTIONS {
            return Err(ListenError::FewDescriptors {
                limit: descriptors.unwrap_or_default(),
                needed: RESERVED + MIN_CONNECTIONS,
            });
        }
        let most = u64::from(most).max(1);
        if free < most {
            tracing::warn!(
                connections = free,
                descriptors,
                "fewer connections than configured: raise the limit of file descriptors, or lower `connections`"
            );
        }
        Ok(Self { wallets: most.min(free) as usize, operators: OPERATOR_CONNECTIONS })
    }
}

/// Returns how many file descriptors this process may open; `None` if there is no limit.
fn descriptor_limit() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    None
}

/// The open connections of a listener. Clones share them.
#[derive(Clone)]
pub struct Connections(Arc<ConnectionTable>);

struct ConnectionTable {
    most: usize,
    since: Instant,
    places: Mutex<Places>,
    open: Gauge,
    closed: Family<[(&'static str, &'static str); 1], Counter>,
}

#[derive(Default)]
struct Places {
    next: u64,
    taken: HashMap<u64, Arc<Activity>>,
}

/// What a connection does.
#[derive(Default)]
pub(super) struct Activity {
    /// When bytes were last read or written, in milliseconds since the listener started.
    progress: AtomicU64,
    /// Whether its client does not take what is written.
    stalled: AtomicBool,
    /// Whether it has lost its place.
    replaced: AtomicBool,
    waker: AtomicWaker,
}

/// The place of a connection. It is free again when this is dropped.
pub(super) struct Place {
    table: Connections,
    number: u64,
    activity: Arc<Activity>,
}

impl Connections {
    /// Creates an empty table with this many places.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(ConnectionTable {
            most: most.max(1),
            since: Instant::now(),
            places: Mutex::default(),
            open: Gauge::default(),
            closed: Family::default(),
        }))
    }

    /// Registers the number of open connections, and of those that were closed because they stood still.
    #[must_use]
    pub fn with_metrics(self, registry: &mut Registry) -> Self {
        registry.register("http_connections", "Open connections", self.0.open.clone());
        registry.register(
            "http_connections_closed",
            "Connections that were closed because they stood still, by cause",
            self.0.closed.clone(),
        );
        self
    }

    /// Takes a place for a new connection, if need be that of another.
    pub(super) fn take_place(&self) -> Place {
        let activity = Arc::new(Activity::default());
        activity.progress.store(self.elapsed_ms(), Ordering::Relaxed);
        let mut places = self.lock_places();
        if places.taken.len() >= self.0.most
            && let Some(number) = find_idlest(&places.taken)
            && let Some(replaced) = places.taken.remove(&number)
        {
            self.count_closed("replaced");
            replaced.replaced.store(true, Ordering::Release);
            replaced.waker.wake();
        }
        let number = places.next;
        places.next += 1;
        places.taken.insert(number, activity.clone());
        self.0.open.set(places.taken.len() as i64);
        Place { table: self.clone(), number, activity }
    }

    fn count_closed(&self, cause: &'static str) {
        self.0.closed.get_or_create(&[("cause", cause)]).inc();
    }

    fn elapsed_ms(&self) -> u64 {
        self.0.since.elapsed().as_millis() as u64
    }

    fn lock_places(&self) -> std::sync::MutexGuard<'_, Places> {
        // A panic with the lock held leaves a complete table.
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the connection that has stood still the longest, of those whose clients do not read if there are any.
fn find_idlest(taken: &HashMap<u64, Arc<Activity>>) -> Option<u64> {
    let rank =
        |activity: &Activity| (!activity.stalled.load(Ordering::Relaxed), activity.progress.load(Ordering::Relaxed));
    taken.iter().min_by_key(|(number, activity)| (rank(activity), **number)).map(|(number, _)| *number)
}

impl Place {
    /// Returns whether the place was given to another connection; if not, the task is woken when it is.
    pub(super) fn is_lost(&self, cx: &Context<'_>) -> bool {
        self.activity.waker.register(cx.waker());
        self.activity.replaced.load(Ordering::Acquire)
    }

    /// Records that bytes were read or written.
    pub(super) fn record_progress(&self) {
        self.activity.progress.store(self.table.elapsed_ms(), Ordering::Relaxed);
    }

    /// Records whether the client takes what is written.
    pub(super) fn set_stalled(&self, stalled: bool) {
        self.activity.stalled.store(stalled, Ordering::Relaxed);
    }

    /// Counts a connection that is closed because its client does not read.
    pub(super) fn count_stalled(&self) {
        self.table.count_closed("stalled");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.table.lock_places();
        places.taken.remove(&self.number);
        self.table.0.open.set(places.taken.len() as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_stay_below_the_descriptor_limit() {
        let wallets = |most, limit| ConnectionLimits::within(most, limit).map(|limits| limits.wallets).ok();
        assert_eq!(wallets(4_096, Some(65_536)), Some(4_096));
        assert_eq!(wallets(4_096, Some(1_024)), Some(832));
        assert_eq!(wallets(4_096, None), Some(4_096));
        assert_eq!(wallets(0, None), Some(1));
        assert_eq!(wallets(4_096, Some(200)), None);
        assert!(ConnectionLimits::new(16).is_ok());
    }

    #[test]
    fn new_connection_replaces_the_one_that_stands_still() {
        let connections = Connections::new(3);
        let places: Vec<Place> = (0..3).map(|_| connections.take_place()).collect();
        for (place, progress) in places.iter().zip([10, 20, 30]) {
            place.activity.progress.store(progress, Ordering::Relaxed);
        }
        places[2].set_stalled(true);
        let lost = || places.iter().map(|place| place.activity.replaced.load(Ordering::Relaxed)).collect::<Vec<_>>();
        let fourth = connections.take_place();
        fourth.activity.progress.store(40, Ordering::Relaxed);
        assert_eq!(lost(), [false, false, true], "its client does not read");
        let _fifth = connections.take_place();
        assert_eq!(lost(), [true, false, true], "it has stood still the longest");
        drop(places);
        assert_eq!(connections.lock_places().taken.len(), 2);
    }
}
