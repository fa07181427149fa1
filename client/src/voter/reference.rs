//! The poll that a voter means: by its fingerprint, or by the words of its content.

use std::str::FromStr;

use psephos_protocol::{
    fingerprint::{InvalidHash, PollFingerprint},
    identifiers::PollId,
};
use psephos_state::{
    Poll,
    fingerprint::{ContentWords, InvalidWords},
};

use super::VoterError;

/// How a voter names the poll that was announced to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollReference {
    /// By its whole fingerprint.
    Fingerprint(PollFingerprint),
    /// By the eight words of its content, which do not cover its times.
    Words(ContentWords),
}

/// Text that is neither a fingerprint nor the words of a content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// It begins as a fingerprint, and is none.
    #[error("a fingerprint is 0x and 64 lower-case hexadecimal digits: {0}")]
    Fingerprint(InvalidHash),
    /// It is not the words of a content.
    #[error("the words of a poll are eight: {0}")]
    Words(InvalidWords),
}

impl FromStr for PollReference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        match text.starts_with("0x") {
            true => text.parse().map(Self::Fingerprint).map_err(InvalidReference::Fingerprint),
            false => ContentWords::parse(text).map(Self::Words).map_err(InvalidReference::Words),
        }
    }
}

/// Requires that a poll is the one that a voter means.
///
/// # Errors
/// Returns `OtherPoll`, with what was expected and what the poll has, or `Chain` if the poll has no fingerprint.
pub fn require_poll(poll: &Poll, id: PollId, expected: PollReference) -> Result<(), VoterError> {
    let (expected, actual) = match expected {
        PollReference::Fingerprint(fingerprint) => (fingerprint.to_string(), poll.require_fingerprint()?.to_string()),
        PollReference::Words(words) => (words.to_string(), ContentWords::new(poll.content).to_string()),
    };
    if expected == actual { Ok(()) } else { Err(VoterError::OtherPoll { poll: id, expected, actual }) }
}

#[cfg(test)]
mod tests {
    use psephos_protocol::rule::RuleKind;

    use super::*;
    use crate::test_state::{POLL, open_poll_state};

    #[test]
    fn only_the_poll_that_is_meant_is_accepted() {
        let state = open_poll_state(RuleKind::Plurality, 0, 3);
        let poll = state.poll(POLL).unwrap();
        let (fingerprint, words) = (poll.fingerprint.unwrap().to_string(), ContentWords::new(poll.content).to_string());
        for text in [&fingerprint, &words, &words.replace('-', " ")] {
            assert!(require_poll(poll, POLL, text.parse().unwrap()).is_ok(), "{text}");
        }
        let (first, rest) = words.split_once('-').unwrap();
        let another_word = if first == "zoo" { "abandon" } else { "zoo" };
        let last_digit = if fingerprint.ends_with('0') { "1" } else { "0" };
        for text in [format!("{another_word}-{rest}"), format!("{}{last_digit}", &fingerprint[..65])] {
            let refused = require_poll(poll, POLL, text.parse().unwrap());
            assert!(matches!(refused, Err(VoterError::OtherPoll { expected, .. }) if expected == text), "{text}");
        }
    }

    #[test]
    fn text_that_names_no_poll_is_refused() {
        for text in ["0x12", "0X", "", "one two", "zoo zoo zoo zoo zoo zoo zoo psephos"] {
            assert!(text.parse::<PollReference>().is_err(), "{text}");
        }
    }
}
