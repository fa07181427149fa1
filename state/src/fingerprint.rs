//! The fingerprint of a poll from its parameters, and the words that people compare (specification, section 6).
//!
//! A fingerprint is the EIP-712 hash of the poll: the contract computes the same, and binds every ballot to it. A
//! reader that recomputes it from the parameters it shows proves a ballot that the contract refuses if one of them is a
//! lie.

use std::fmt;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolStruct;
use bip39::Language;
use psephos_protocol::{
    elements::KeysHash,
    fingerprint::{ContentHash, PollFingerprint},
    identifiers::{ChainId, PollId},
};

use crate::{bindings::IPolls, words};

/// The structs of EIP-712, by the names that are hashed.
mod typed {
    use alloy_sol_types::sol;

    sol! {
        struct ChamberRule { uint64 chamber; bool weighted; uint32 minBallots; uint16 thresholdBps; uint64 quorum; uint64 step; }
        struct Rule { uint8 kind; uint16 parameter; bool exact; bool choiceInNote; bool masked; }
        struct PollContent {
            uint256 chainId;
            address polls;
            address creator;
            bytes32 proposal;
            string metadata;
            uint8 options;
            Rule rule;
            uint8 decision;
            uint8 chambersRequired;
            ChamberRule[] chambers;
            uint64 committee;
            uint8 teller;
            address canceller;
        }
        struct Poll {
            PollContent content;
            uint256 number;
            uint64 opensAt;
            uint64 closesAt;
            uint64 tallyDeadline;
            uint64 cancelDeadline;
            uint256 keysHash;
        }
    }
}

/// A poll's content, ready to be hashed.
#[derive(Clone)]
pub struct PollContent(typed::PollContent);

impl PollContent {
    /// Takes the content out of a poll's parameters.
    pub fn new(chain_id: ChainId, polls: Address, creator: Address, parameters: &IPolls::PollParameters) -> Self {
        Self(typed::PollContent {
            chainId: U256::from(chain_id.get()),
            polls,
            creator,
            proposal: parameters.proposal,
            metadata: parameters.metadata.clone(),
            options: parameters.options,
            rule: typed::Rule {
                kind: parameters.rule.kind as u8,
                parameter: parameters.rule.parameter,
                exact: parameters.rule.exact,
                choiceInNote: parameters.rule.choiceInNote,
                masked: parameters.rule.masked,
            },
            decision: parameters.decision as u8,
            chambersRequired: parameters.chambersRequired,
            chambers: parameters.chambers.iter().map(typed::ChamberRule::from).collect(),
            committee: parameters.committee,
            teller: parameters.teller,
            canceller: parameters.canceller,
        })
    }

    /// Returns its hash.
    pub fn hash(&self) -> ContentHash {
        ContentHash::from_bytes(self.0.eip712_hash_struct().0)
    }

    /// Returns the fingerprint of the poll of this content, number, schedule and committee keys; `schedule` is read for
    /// its times only.
    pub fn fingerprint(&self, number: PollId, schedule: &IPolls::PollParameters, keys: KeysHash) -> PollFingerprint {
        let poll = typed::Poll {
            content: self.0.clone(),
            number: U256::from(number.get()),
            opensAt: schedule.opensAt,
            closesAt: schedule.closesAt,
            tallyDeadline: schedule.tallyDeadline,
            cancelDeadline: schedule.cancelDeadline,
            keysHash: words::from_field(&keys),
        };
        PollFingerprint::from_bytes(poll.eip712_hash_struct().0)
    }
}

impl From<&IPolls::ChamberRule> for typed::ChamberRule {
    fn from(rule: &IPolls::ChamberRule) -> Self {
        Self {
            chamber: rule.chamber,
            weighted: rule.weighted,
            minBallots: rule.minBallots,
            thresholdBps: rule.thresholdBps,
            quorum: rule.quorum,
            step: rule.step,
        }
    }
}

/// The number of words of [`ContentWords`].
const WORDS: usize = 8;

/// The number of bits that a word stands for: the list of BIP-39 has 2,048 words.
const WORD_BITS: usize = 11;

/// The first 88 bits of a content's hash as eight words of the English list of BIP-39, which people can read out to
/// each other. Another content with the same words takes about 2^88 tries to find: too many for anyone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContentWords([usize; WORDS]);

impl ContentWords {
    /// Returns the words of a content.
    pub fn new(content: ContentHash) -> Self {
        let number = U256::from_be_bytes(content.to_bytes());
        Self(std::array::from_fn(|index| {
            let word: U256 = (number >> (256 - WORD_BITS * (index + 1))) & U256::from((1u32 << WORD_BITS) - 1);
            word.to::<usize>()
        }))
    }

    /// Reads words that are separated by hyphens or spaces, in any case.
    ///
    /// # Errors
    /// [`InvalidWords`], which names what is wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidWords> {
        let list = Language::English.word_list();
        let separated = text.split(|c: char| c == '-' || c.is_whitespace()).filter(|word| !word.is_empty());
        let find = |word: &str| {
            let lower = word.to_ascii_lowercase();
            list.iter().position(|entry| *entry == lower).ok_or_else(|| InvalidWords::Unknown(word.to_owned()))
        };
        let found = separated.map(find).collect::<Result<Vec<_>, _>>()?;
        let count = found.len();
        found.try_into().map(Self).map_err(|_| InvalidWords::Count(count))
    }
}

impl fmt::Display for ContentWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = Language::English.word_list();
        for (position, word) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "-" };
            write!(f, "{separator}{}", list[*word])?;
        }
        Ok(())
    }
}

impl fmt::Debug for ContentWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentWords({self})")
    }
}

/// Text that is not the words of a content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// A word is not in the list.
    #[error("{0:?} is not a word of the English list of BIP-39")]
    Unknown(String),
    /// There are more or fewer than eight.
    #[error("there are {0} words; the content of a poll has 8")]
    Count(usize),
}

/// Returns the hash of text, as which a poll's proposal is referred to by default.
pub fn hash_text(text: &str) -> B256 {
    alloy_primitives::keccak256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_in_any_case_and_separation() {
        let content = ContentHash::from_bytes(std::array::from_fn(|index| 37u8.wrapping_mul(index as u8 + 3)));
        let words = ContentWords::new(content);
        let text = words.to_string();
        assert_eq!(text.split('-').count(), 8);
        assert_eq!(ContentWords::parse(&text), Ok(words));
        assert_eq!(ContentWords::parse(&format!("  {} ", text.replace('-', "  ").to_uppercase())), Ok(words));
    }

    #[test]
    fn every_one_of_88_bits_changes_the_words() {
        let words = |bit: Option<usize>| {
            let mut bytes = [0x5a; 32];
            if let Some(bit) = bit {
                bytes[bit / 8] ^= 0x80 >> (bit % 8);
            }
            ContentWords::new(ContentHash::from_bytes(bytes))
        };
        assert!((0..88).all(|bit| words(Some(bit)) != words(None)));
        assert_eq!(words(Some(88)), words(None));
    }

    #[test]
    fn other_text_is_no_words() {
        let text = ContentWords::new(ContentHash::from_bytes([7; 32])).to_string();
        let (first, rest) = text.split_once('-').unwrap();
        assert_eq!(ContentWords::parse(rest), Err(InvalidWords::Count(7)));
        assert_eq!(ContentWords::parse(&format!("{text}-{first}")), Err(InvalidWords::Count(9)));
        assert_eq!(ContentWords::parse(&format!("{rest} zzz")), Err(InvalidWords::Unknown("zzz".into())));
    }
}
