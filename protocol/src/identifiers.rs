//! Numbers by which chains are known, and by which the contracts know polls, chambers and committees, each of a type of
//! its own.
//!
//! A poll's number where a chamber's belongs would name another context, and so another set of nullifiers, without any
//! error: the types differ so that such a swap does not compile.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number, 0 or more")]
pub struct NotANumber;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Creates the identifier of this number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// Returns its number.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = NotANumber;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self).map_err(|_| NotANumber)
            }
        }
    };
}

identifier! {
    /// The id of a chain (EIP-155).
    ChainId
}
identifier! {
    /// The number of a poll, from 1.
    PollId
}
identifier! {
    /// The number of a sheet poll, from 1.
    SheetId
}
identifier! {
    /// The number of a chamber in the registry, from 0.
    ChamberId
}
identifier! {
    /// The number of a committee, from 0.
    CommitteeId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_of_identifiers_are_those_of_their_numbers() {
        let poll: PollId = "7".parse().unwrap();
        assert_eq!((poll, poll.get(), poll.to_string()), (PollId::new(7), 7, "7".to_owned()));
        assert_eq!(serde_json::to_string(&ChamberId::new(3)).unwrap(), "3");
        assert_eq!(serde_json::from_str::<CommitteeId>("4").unwrap(), CommitteeId::new(4));
        assert!("-1".parse::<PollId>().is_err() && "".parse::<PollId>().is_err());
    }
}
