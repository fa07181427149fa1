//! A poll, its chambers and their ballots, from events.

use std::{collections::BTreeMap, fmt, sync::Arc};

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{
    Fr, Point,
    constants::{RECORD_PROOF_WORDS, size_for},
    encryption::Ciphertext,
    rule::{Kind, Rule},
    statement::ballot::Posted,
};
use serde::{Deserialize, Serialize};

use crate::{bindings::IPolls, chamber::Chamber};

/// A poll.
#[derive(Clone, Debug)]
pub struct Poll {
    /// As it was created.
    pub parameters: IPolls::PollParameters,
    /// Its chambers by number.
    pub chambers: BTreeMap<u64, PollChamber>,
    /// Whether it was opened.
    pub opened: bool,
    /// How it ended, as the contract says.
    pub ended: Option<(PollState, u8)>,
}

/// Where a poll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollState {
    /// Not opened yet.
    Created,
    /// Takes ballots.
    Open,
    /// Takes no more ballots; being counted.
    Closed,
    /// An option was chosen by enough chambers.
    Decided,
    /// None was.
    Rejected,
    /// The tally did not come in time.
    Undecided,
}

impl fmt::Display for PollState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
        })
    }
}

/// One chamber of one poll.
#[derive(Clone, Debug)]
pub struct PollChamber {
    /// Its decision rule.
    pub rule: IPolls::ChamberRule,
    /// What was fixed when the poll was opened.
    pub frozen: Option<FrozenChamber>,
    /// All ballots, in order, replaced ones included.
    pub ballots: Vec<Ballot>,
    /// The position in `ballots` of the one that counts, by nullifier.
    pub latest: BTreeMap<Fr, usize>,
    /// How many were skipped.
    pub skipped: usize,
    /// The decryption shares.
    pub shares: Vec<DecryptionShare>,
    /// Trustees that have sent a share whose proof does not hold.
    pub rejected_trustees: Vec<Address>,
    /// Trustees without a share, when the poll ended without this chamber's total.
    pub missing_trustees: Vec<Address>,
    /// The count.
    pub tally: Option<Tally>,
}

/// What the contract fixed when a poll was opened, and the chamber as it was then by the events.
#[derive(Clone, Debug)]
pub struct FrozenChamber {
    /// The census root in force.
    pub root: Fr,
    /// The context in force.
    pub ctx: Fr,
    /// The packed rule in force.
    pub packed_rule: U256,
    /// Members and census at that moment.
    pub chamber: Arc<Chamber>,
}

/// A ballot that was accepted.
#[derive(Clone, Debug)]
pub struct Ballot {
    /// What was posted beside the proof.
    pub posted: Posted,
    /// The fingerprint of the ballot that it replaces, or zeros.
    pub previous: [u8; 32],
    /// Its transaction.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
    /// Its nullifier's number: how many had cast before it.
    pub ordinal: usize,
    /// Whether a later ballot of the same nullifier counts instead.
    pub replaced: bool,
    /// Its proof.
    pub proof: ProofData,
}

/// A ballot's proof, which is in its transaction's calldata, or in an event if a contract forwarded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofData {
    /// Not looked up ([`crate::Replay::load_proofs`]).
    NotLoaded,
    /// The words of all that may be it; one of them holds, or the ballot was not proved.
    Found(Vec<[U256; RECORD_PROOF_WORDS]>),
    /// It is in neither, so no contract of ours took it: why.
    Missing(String),
}

/// A trustee's share.
#[derive(Clone, Debug)]
pub struct DecryptionShare {
    /// The trustee.
    pub trustee: Address,
    /// Its place in the committee.
    pub index: u64,
    /// `E_1..E_M`.
    pub points: Vec<Point>,
    /// `h`.
    pub h: Fr,
    /// Its proof, as the contract took it.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// The transaction.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
}

/// A chamber's count as the contract says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Bit `i`: the share of the trustee of index `i` was used.
    pub trustees: u64,
    /// The totals, in the order of the options.
    pub totals: Vec<u64>,
    /// The option chosen.
    pub choice: Option<u8>,
    /// The transaction.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
}

impl Poll {
    /// Its state at a time.
    pub fn state_at(&self, time: u64) -> PollState {
        match self.ended {
            Some((state, _)) => state,
            None if !self.opened => PollState::Created,
            None if time < self.parameters.closesAt => PollState::Open,
            None => PollState::Closed,
        }
    }

    /// How many options it has.
    pub fn options(&self) -> usize {
        usize::from(self.parameters.options)
    }

    /// The size of its circuit: 3 or 8.
    pub fn circuit_size(&self) -> usize {
        // The contract creates no poll of another number of options; 8 fits any.
        size_for(self.options()).unwrap_or(8)
    }

    /// Its rule; `None` if the contract's number is not one of a rule.
    pub fn rule(&self) -> Option<Rule> {
        let rule = &self.parameters.rule;
        let kind = Kind::try_from(rule.kind as u8).ok()?;
        Some(Rule { kind, parameter: rule.parameter, exact: rule.exact })
    }
}

impl PollChamber {
    pub(crate) fn new(rule: IPolls::ChamberRule) -> Self {
        Self {
            rule,
            frozen: None,
            ballots: Vec::new(),
            latest: BTreeMap::new(),
            skipped: 0,
            shares: Vec::new(),
            rejected_trustees: Vec::new(),
            missing_trustees: Vec::new(),
            tally: None,
        }
    }

    /// The ballots that count.
    pub fn counted_ballots(&self) -> impl Iterator<Item = &Ballot> {
        self.ballots.iter().filter(|ballot| !ballot.replaced)
    }

    /// The ballots that count, by their nullifiers' numbers.
    pub fn ballots_by_ordinal(&self) -> Vec<&Ballot> {
        let mut ballots: Vec<&Ballot> = self.counted_ballots().collect();
        ballots.sort_by_key(|ballot| ballot.ordinal);
        ballots
    }

    /// The ballot that counts for a nullifier.
    pub fn counted_ballot(&self, nullifier: &Fr) -> Option<&Ballot> {
        self.latest.get(nullifier).and_then(|&index| self.ballots.get(index))
    }

    /// The fingerprint of the ballot that counts for a nullifier: zeros if it has none.
    pub fn counted_fingerprint(&self, nullifier: &Fr) -> [u8; 32] {
        self.counted_ballot(nullifier).map_or([0; 32], |ballot| ballot.posted.fingerprint())
    }

    /// The sum of the ciphertexts that count, for a circuit of this size.
    pub fn encrypted_total(&self, size: usize) -> Ciphertext {
        let counting = self.counted_ballots().map(|ballot| &ballot.posted.ciphertext);
        Ciphertext::sum(size, counting.filter(|ciphertext| ciphertext.size() == size))
    }
}
