//! Sunset: what was enacted holds until a date, and an earlier version after it, unless it is ratified again.
//!
//! Source: sunset clauses of legislation. A version that no one renews cannot stay in force by neglect.

/// A version with its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The version's number; numbers ascend.
    pub version: u64,
    /// The time from which it no longer holds, in seconds of Unix time; `None` if it has no end.
    pub expires: Option<u64>,
    /// The earlier version that holds then; `None` if none does.
    pub fallback: Option<u64>,
}

/// Versions that are no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SunsetError {
    /// A number does not ascend.
    #[error("version {0} follows a version that is not lower")]
    Order(u64),
    /// A fallback is no earlier version.
    #[error("version {version} falls back to version {fallback}, which is no earlier one")]
    Fallback {
        /// The version.
        version: u64,
        /// Its fallback.
        fallback: u64,
    },
}

/// Returns the version in force at a time: the last one, or, while a version has expired, the one that it falls back
/// to; `None` if that ends at none, or nothing was enacted.
///
/// # Errors
/// [`SunsetError`], if numbers do not ascend or a fallback is no earlier version.
pub fn find_version_in_force(history: &[Term], time: u64) -> Result<Option<u64>, SunsetError> {
    for (place, term) in history.iter().enumerate() {
        if place > 0 && history[place - 1].version >= term.version {
            return Err(SunsetError::Order(term.version));
        }
        if let Some(fallback) = term.fallback
            && !history[..place].iter().any(|earlier| earlier.version == fallback)
        {
            return Err(SunsetError::Fallback { version: term.version, fallback });
        }
    }
    let mut current = history.last();
    // Each step leads to an earlier version, so it ends.
    while let Some(term) = current {
        if term.expires.is_none_or(|expires| time < expires) {
            return Ok(Some(term.version));
        }
        current = term.fallback.and_then(|fallback| history.iter().find(|earlier| earlier.version == fallback));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HISTORY: [Term; 3] = [
        Term { version: 1, expires: None, fallback: None },
        Term { version: 2, expires: Some(100), fallback: Some(1) },
        Term { version: 3, expires: Some(200), fallback: Some(2) },
    ];

    #[test]
    fn version_holds_until_it_expires() {
        assert_eq!(find_version_in_force(&HISTORY, 199), Ok(Some(3)));
        // Version 2 has expired too.
        assert_eq!(find_version_in_force(&HISTORY, 200), Ok(Some(1)));
        assert_eq!(find_version_in_force(&HISTORY[..2], 99), Ok(Some(2)));
        assert_eq!(find_version_in_force(&[], 0), Ok(None));
        let ended = [Term { version: 1, expires: Some(5), fallback: None }];
        assert_eq!(find_version_in_force(&ended, 5), Ok(None));
    }

    #[test]
    fn versions_that_are_no_history_are_rejected() {
        let [first, second, third] = HISTORY;
        assert_eq!(
            find_version_in_force(&[first, third, second], 0),
            Err(SunsetError::Fallback { version: 3, fallback: 2 })
        );
        assert_eq!(find_version_in_force(&[first, first], 0), Err(SunsetError::Order(1)));
        let itself = Term { fallback: Some(1), ..first };
        assert_eq!(find_version_in_force(&[itself], 0), Err(SunsetError::Fallback { version: 1, fallback: 1 }));
    }

    proptest! {
        #[test]
        fn version_in_force_has_not_expired(
            terms in prop::collection::vec((prop::option::of(0..50_u64), any::<prop::sample::Index>()), 1..20),
            time in 0..60_u64,
        ) {
            let terms: Vec<Term> = terms.iter().enumerate().map(|(place, (expires, fallback))| Term {
                version: place as u64,
                expires: *expires,
                fallback: (place > 0).then(|| fallback.index(place.max(1)) as u64),
            }).collect();
            if let Some(version) = find_version_in_force(&terms, time).unwrap() {
                prop_assert!(terms[version as usize].expires.is_none_or(|expires| time < expires));
            } else {
                prop_assert!(terms.iter().any(|term| term.expires.is_some()));
            }
        }
    }
}
