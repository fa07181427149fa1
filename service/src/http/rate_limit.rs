//! Rate limiting by source, without storing who the source was.
//!
//! A source is a keyed hash of its address (of its network, for IPv6), under a key that is drawn anew every hour and is
//! kept in memory only: the table shows that some source asked often, and not even its operator can tell which.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

const HOUR: Duration = Duration::from_secs(3_600);
/// The maximum number of sources in the table. Further sources share one bucket: an attack from many addresses is
/// slowed as a whole.
const MAX_SOURCES: usize = 100_000;

/// The rate limit of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    /// Requests per minute in the long run; 0 disables the limit.
    pub per_minute: u32,
    /// The maximum number of requests in a burst.
    pub burst: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { per_minute: 120, burst: 60 }
    }
}

struct TokenBucket {
    /// The number of requests that the source may make now.
    tokens_left: f64,
    since: Instant,
}

struct BucketTable {
    key: RandomState,
    drawn: Instant,
    buckets: HashMap<u64, TokenBucket>,
}

/// A token bucket rate limiter, one bucket per source.
pub struct RateLimiter {
    rate: RateLimit,
    table: Mutex<BucketTable>,
}

impl RateLimiter {
    /// Creates a limiter that allows each source this rate.
    pub fn new(rate: RateLimit) -> Self {
        let table = BucketTable { key: RandomState::new(), drawn: Instant::now(), buckets: HashMap::new() };
        Self { rate, table: Mutex::new(table) }
    }

    /// Takes a token from the bucket of the address.
    ///
    /// # Errors
    /// Returns the number of seconds after which the source may ask again.
    pub fn take_token(&self, source: IpAddr) -> Result<(), u64> {
        self.take_token_at(source, Instant::now())
    }

    fn take_token_at(&self, source: IpAddr, now: Instant) -> Result<(), u64> {
        if self.rate.per_minute == 0 {
            return Ok(());
        }
        let (speed, burst) = (f64::from(self.rate.per_minute) / 60.0, f64::from(self.rate.burst.max(1)));
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(table.drawn) > HOUR {
            *table = BucketTable { key: RandomState::new(), drawn: now, buckets: HashMap::new() };
        }
        if table.buckets.len() >= MAX_SOURCES {
            // A source whose bucket has filled up again is indistinguishable from a new one, so it is removed.
            let full = Duration::from_secs_f64(burst / speed);
            table.buckets.retain(|_, bucket| now.duration_since(bucket.since) < full);
        }
        let hash = table.key.hash_one(network_bits(source));
        let slot = if table.buckets.len() >= MAX_SOURCES && !table.buckets.contains_key(&hash) { 0 } else { hash };
        let bucket = table.buckets.entry(slot).or_insert(TokenBucket { tokens_left: burst, since: now });
        bucket.tokens_left = (bucket.tokens_left + now.duration_since(bucket.since).as_secs_f64() * speed).min(burst);
        bucket.since = now;
        if bucket.tokens_left >= 1.0 {
            bucket.tokens_left -= 1.0;
            return Ok(());
        }
        Err(((1.0 - bucket.tokens_left) / speed).ceil() as u64)
    }
}

/// Returns the IPv4 address, or the /64 network that a household usually has of IPv6.
fn network_bits(source: IpAddr) -> u64 {
    match source.to_canonical() {
        IpAddr::V4(address) => u64::from(u32::from(address)),
        IpAddr::V6(address) => (u128::from(address) >> 64) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn rate_limit_applies_per_source() {
        let limiter = RateLimiter::new(RateLimit { per_minute: 60, burst: 3 });
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.take_token_at(ONE, start), Ok(()));
        }
        assert_eq!(limiter.take_token_at(ONE, start), Err(1));
        assert_eq!(limiter.take_token_at(OTHER, start), Ok(()));
        assert_eq!(limiter.take_token_at(ONE, start + Duration::from_secs(1)), Ok(()));
        assert_eq!(limiter.take_token_at(ONE, start + Duration::from_secs(1)), Err(1));
        assert_eq!(RateLimiter::new(RateLimit { per_minute: 0, burst: 0 }).take_token(ONE), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_limit() {
        let limiter = RateLimiter::new(RateLimit { per_minute: 1, burst: 1 });
        assert_eq!(limiter.take_token("2001:db8::1".parse().unwrap()), Ok(()));
        assert!(limiter.take_token("2001:db8::2".parse().unwrap()).is_err());
        assert_eq!(limiter.take_token("2001:db8:0:1::1".parse().unwrap()), Ok(()));
        assert_eq!(limiter.take_token("::ffff:192.0.2.1".parse().unwrap()), Ok(()));
        assert!(limiter.take_token(ONE).is_err(), "the same address in its IPv4-mapped form");
    }

    #[test]
    fn stored_keys_are_hashes_that_change_after_an_hour() {
        let limiter = RateLimiter::new(RateLimit { per_minute: 1, burst: 1 });
        let start = Instant::now();
        limiter.take_token_at(ONE, start).unwrap();
        let stored_keys = || limiter.table.lock().unwrap().buckets.keys().copied().collect::<Vec<_>>();
        let before = stored_keys();
        assert_ne!(before, [network_bits(ONE)]);
        limiter.take_token_at(ONE, start + HOUR + Duration::from_secs(1)).unwrap();
        assert_ne!(before, stored_keys(), "a new hash key was drawn");
    }
}
