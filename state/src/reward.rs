//! A poll's reward, from its events.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, U256};
use psephos_protocol::{
    Fr,
    note::{NoteList, NoteTree},
    reward::{Policy, PolicyError, Terms},
};

use crate::bindings::IRewards;

/// What a poll's ballots are paid, and what was done about it.
#[derive(Clone, Debug)]
pub struct Reward {
    /// As it was set.
    pub parameters: IRewards::Parameters,
    /// What came into the pool, in the token's smallest parts.
    pub funded: U256,
    /// The poll that has named an option, or none.
    pub ratified: Option<Ratification>,
    /// The sealed lists of each chamber that is paid, in order.
    pub batches: BTreeMap<u64, Vec<SealedBatch>>,
    /// The most that claims can take, once they are open.
    pub worst_case: Option<U256>,
    /// The claims, in order.
    pub claims: Vec<PaidClaim>,
    /// What went back to the DAO.
    pub withdrawn: U256,
    /// Chamber and reward nullifier of each claim.
    used_nullifiers: BTreeSet<(u64, Fr)>,
}

/// How an option was ratified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratification {
    /// The poll that did it.
    pub by: u64,
    /// The option, from 0, or none of them.
    pub option: Option<u8>,
}

/// A list of notes that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// How many notes.
    pub count: usize,
    /// Its root.
    pub root: Fr,
    /// The transaction.
    pub transaction: B256,
}

/// A claim that was paid.
#[derive(Clone, Debug)]
pub struct PaidClaim {
    /// The chamber.
    pub chamber: u64,
    /// The reward nullifier.
    pub reward_nullifier: Fr,
    /// As it was taken.
    pub claim: IRewards::Claim,
    /// The transaction.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
}

impl Reward {
    pub(crate) fn new(parameters: IRewards::Parameters) -> Self {
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

    /// What the contract still has of it: funded less paid and withdrawn.
    pub fn pool(&self) -> U256 {
        self.funded.saturating_sub(self.paid_out()).saturating_sub(self.withdrawn)
    }

    /// What the claims have taken, fees included, in the token's smallest parts.
    pub fn paid_out(&self) -> U256 {
        let amounts = self.claims.iter().map(|claimed| claimed.claim.amount);
        amounts.fold(U256::ZERO, |sum, amount| sum.saturating_add(amount.saturating_mul(self.unit())))
    }

    /// The unit of amounts, in the token's smallest parts.
    pub fn unit(&self) -> U256 {
        U256::from(self.parameters.unit)
    }

    /// How many notes of a chamber are sealed.
    pub fn sealed_notes(&self, chamber: u64) -> usize {
        self.batches.get(&chamber).into_iter().flatten().map(|list| list.count).sum()
    }

    /// Whether this reward nullifier was used.
    pub fn is_claimed(&self, chamber: u64, reward_nullifier: &Fr) -> bool {
        self.used_nullifiers.contains(&(chamber, *reward_nullifier))
    }

    /// Notes a claim; false if its reward nullifier was used before.
    pub(crate) fn add_claim(&mut self, claim: PaidClaim) -> bool {
        let fresh = self.used_nullifiers.insert((claim.chamber, claim.reward_nullifier));
        if fresh {
            self.claims.push(claim);
        }
        fresh
    }

    /// A chamber's policy once claims are open; `counted`: whether its totals are, without which there is no bonus. `None` where nothing is paid.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn chamber_policy(&self, chamber: u64, counted: bool) -> Option<Result<Policy, PolicyError>> {
        let policy = self.parameters.chambers.iter().find(|policy| policy.chamber == chamber)?;
        let number = |word: alloy_primitives::Uint<40, 1>| word.to::<u64>();
        let ratified = self.ratified.and_then(|ratified| ratified.option).filter(|_| counted);
        Some(Policy::new(Terms {
            base: number(policy.base),
            per_weight: number(policy.perWeight),
            cap: number(policy.cap),
            bonus: number(policy.bonus),
            ratified: ratified.map(usize::from),
        }))
    }

    /// The tree of a chamber's lists with their notes as they were sealed, whose roots are compared with those that the contract took.
    ///
    /// # Errors
    /// What does not fit.
    pub fn rebuild_notes_tree(&self, chamber: u64, notes: &[Fr]) -> Result<NoteTree, String> {
        let mut tree = NoteTree::new();
        let mut rest = notes;
        for (number, list) in self.batches.get(&chamber).into_iter().flatten().enumerate() {
            let (these, after) = rest.split_at_checked(list.count).ok_or("more notes are sealed than ballots count")?;
            rest = after;
            let notes = NoteList::new(these.to_vec()).map_err(|error| error.to_string())?;
            let root = notes.root();
            tree.insert(notes).map_err(|error| error.to_string())?;
            if root != list.root {
                return Err(format!(
                    "list {number} of chamber {chamber} has another root than the notes of its ballots"
                ));
            }
        }
        Ok(tree)
    }
}
