//! A poll's reward, rebuilt from its events.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{
    constants::RECORD_PROOF_WORDS,
    elements::{BatchRoot, NoteCommitment, RewardNullifier, StatementHash},
    identifiers::{ChamberId, PollId},
    note::{NoteBatch, NotesTree},
    reward::{Policy, PolicyError, PolicyTerms},
};

use crate::transaction::CallEvidence;

/// The parameters of a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewardParameters {
    /// The ERC-20 token; zero for the chain's native token.
    pub token: Address,
    /// The unit of all amounts of policies and claims, in the token's smallest units.
    pub unit: u128,
    /// The last second in which a later poll may ratify the option that earns the bonus, since 1970; 0 without a bonus.
    pub ratification_deadline: u64,
    /// The last second in which rewards can be claimed, since 1970.
    pub claim_deadline: u64,
    /// The policy of each chamber that is paid.
    pub chambers: Vec<ChamberPolicy>,
}

/// A chamber's reward policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChamberPolicy {
    /// The chamber.
    pub chamber: ChamberId,
    /// `base`, `per_weight`, `cap` and `bonus`, in units of the reward; no ratified option.
    pub terms: PolicyTerms,
}

/// What a poll's ballots are paid, and what has happened to it.
#[derive(Clone, Debug)]
pub struct Reward {
    /// The parameters it was created with.
    pub parameters: RewardParameters,
    /// The deposits, in the token's smallest units.
    pub funded: U256,
    /// The ratification of an option or of none, once it has happened.
    pub ratified: Option<Ratification>,
    /// The sealed note batches of each chamber that is paid, in order.
    pub batches: BTreeMap<ChamberId, Vec<SealedBatch>>,
    /// The most that claims can cost, once they are open.
    pub worst_case: Option<U256>,
    /// The claims, in order.
    pub claims: Vec<PaidClaim>,
    /// What the DAO withdrew.
    pub withdrawn: U256,
    /// Chamber and reward nullifier of each claim.
    used_nullifiers: BTreeSet<(ChamberId, RewardNullifier)>,
}

/// The ratification of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratification {
    /// The ratifying poll.
    pub by: PollId,
    /// The option, from 0; none if the poll named none of them.
    pub option: Option<u8>,
}

/// A sealed note batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// The number of notes.
    pub count: usize,
    /// The root of the batch.
    pub root: BatchRoot,
}

/// A claim as the contract takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The reward nullifier of the note.
    pub reward_nullifier: RewardNullifier,
    /// The amount, in units of the reward; no policy pays as much as `2^81`.
    pub amount: U256,
    /// The account that is paid.
    pub recipient: Address,
    /// The account that sends the claim and gets the fee; zero for a claim that anyone may send.
    pub relayer: Address,
    /// The part of the payment that the relayer gets, in the token's smallest units.
    pub fee: U256,
    /// The hash `h`.
    pub h: StatementHash,
    /// The proof.
    pub proof: [U256; RECORD_PROOF_WORDS],
}

/// A claim that was paid.
#[derive(Clone, Debug)]
pub struct PaidClaim {
    /// The chamber.
    pub chamber: ChamberId,
    /// The claim as the contract accepted it.
    pub claim: Claim,
    /// Its transaction.
    pub transaction: B256,
    /// The number of its block.
    pub block: u64,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
}

impl Reward {
    pub(crate) fn new(parameters: RewardParameters) -> Self {
        Self {
            batches: parameters.chambers.iter().map(|policy| (policy.chamber, Vec::new())).collect(),
            parameters,
            funded: U256::ZERO,
            ratified: None,
            worst_case: None,
            claims: Vec::new(),
            withdrawn: U256::ZERO,
            used_nullifiers: BTreeSet::new(),
        }
    }

    /// Returns what the contract still holds for it: deposits less payments and withdrawals.
    pub fn pool(&self) -> U256 {
        self.funded.saturating_sub(self.paid_out()).saturating_sub(self.withdrawn)
    }

    /// Returns what claims have cost, fees included, in the token's smallest units.
    pub fn paid_out(&self) -> U256 {
        let amounts = self.claims.iter().map(|claimed| claimed.claim.amount);
        amounts.fold(U256::ZERO, |sum, amount| sum.saturating_add(amount.saturating_mul(self.unit())))
    }

    /// Returns the unit of amounts, in the token's smallest units.
    pub fn unit(&self) -> U256 {
        U256::from(self.parameters.unit)
    }

    /// Returns the number of sealed notes of a chamber.
    pub fn sealed_notes(&self, chamber: ChamberId) -> usize {
        self.batches.get(&chamber).into_iter().flatten().map(|batch| batch.count).sum()
    }

    /// Returns whether this reward nullifier was used.
    pub fn is_claimed(&self, chamber: ChamberId, reward_nullifier: &RewardNullifier) -> bool {
        self.used_nullifiers.contains(&(chamber, *reward_nullifier))
    }

    /// Adds a claim; returns false if its reward nullifier was used before.
    pub(crate) fn add_claim(&mut self, claim: PaidClaim) -> bool {
        let fresh = self.used_nullifiers.insert((claim.chamber, claim.claim.reward_nullifier));
        if fresh {
            self.claims.push(claim);
        }
        fresh
    }

    /// Returns a chamber's reward policy once claims are open; `None` if the chamber is not paid. Without a tally
    /// (`tallied` is false) there is no bonus.
    ///
    /// # Errors
    /// [`PolicyError`] if the contract's values are not a policy.
    pub fn chamber_policy(&self, chamber: ChamberId, tallied: bool) -> Option<Result<Policy, PolicyError>> {
        let policy = self.parameters.chambers.iter().find(|policy| policy.chamber == chamber)?;
        let ratified = self.ratified.and_then(|ratified| ratified.option).filter(|_| tallied);
        Some(Policy::new(PolicyTerms { ratified: ratified.map(usize::from), ..policy.terms }))
    }

    /// Rebuilds a chamber's notes tree from its notes in the order of sealing and compares the roots of its batches
    /// with those that the contract accepted.
    ///
    /// # Errors
    /// A description of the first difference.
    pub fn rebuild_notes_tree(&self, chamber: ChamberId, notes: &[NoteCommitment]) -> Result<NotesTree, String> {
        let mut tree = NotesTree::new();
        let mut rest = notes;
        for (number, batch) in self.batches.get(&chamber).into_iter().flatten().enumerate() {
            let (these, after) =
                rest.split_at_checked(batch.count).ok_or("more notes are sealed than ballots count")?;
            rest = after;
            let notes = NoteBatch::new(these.to_vec()).map_err(|error| error.to_string())?;
            let root = notes.root();
            tree.append_batch(notes).map_err(|error| error.to_string())?;
            if root != batch.root {
                return Err(format!(
                    "note batch {number} of chamber {chamber} has another root than the notes of its ballots"
                ));
            }
        }
        Ok(tree)
    }
}
