//! Confirmation, from more than one source, of the context that a ballot is proved under.
//!
//! The context of a poll's chamber hashes the poll's fingerprint, the committee's keys and the root of the frozen
//! census. A node that shows another one can have a ballot encrypted to keys of its own, or recognise its voter by a
//! census that it made for that voter alone: the chain refuses such a ballot, but only after it was seen. So the
//! context is confirmed *before* anything is proved, signed or sent. The sources, and what it takes to deceive each,
//! are listed in SECURITY.md; two kinds of them are wanted on every chain that is not local
//! ([`Confirmation::require_two_kinds`]).

mod attested;
pub mod error;

use std::{collections::BTreeSet, fmt};

use futures_util::future::try_join_all;
use psephos_chain::{Address, B256, NodeSet, U256, keccak256, state_proof::prove_storage};
use psephos_protocol::{
    elements::CensusRoot,
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_prover::DEVELOPMENT_CHAINS;
use psephos_state::{ChainState, PollState, storage::context_slot, words};
use psephos_submission::contexts::confirm_chamber;
use psephos_wire::Attestation;
use serde::Serialize;

pub(crate) use self::attested::{expected_attestation, find_difference};
pub use self::{
    attested::{AttestationCount, Disregarded, find_equivocations},
    error::{ConfirmError, Mismatch},
};
use crate::{parameters::inconsistent, verify::recompute_context};

/// A kind of source. Sources of one kind can fail together: nodes can be resold by one company, trustees bribed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// One or several nodes.
    Nodes,
    /// Attestations of as many trustees, known by their addresses, as the committee threshold.
    Trustees,
    /// The fingerprint of the poll and the root of the census, as they were announced.
    Announcement,
    /// The hash of a block, from elsewhere, against which the context is proved.
    TrustedBlock,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nodes => "nodes",
            Self::Trustees => "trustees' attestations",
            Self::Announcement => "the announced fingerprint and census root",
            Self::TrustedBlock => "the hash of a block",
        })
    }
}

/// What was announced of a poll. The keys' hash and the rules are in the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The poll's whole fingerprint.
    pub fingerprint: PollFingerprint,
    /// The root of the chamber's frozen census.
    pub root: CensusRoot,
}

/// Where a context is confirmed from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The nodes: the one whose state is used, and others.
    pub nodes: NodeSet,
    /// Attestations, of any signers. Those of trustees in the deployment file count.
    pub attestations: Vec<Attestation>,
    /// What was announced.
    pub announcement: Option<Announcement>,
    /// The hash of a block that the user trusts.
    pub trusted_block: Option<B256>,
}

impl Sources {
    /// Returns sources of which there is only one: these nodes.
    pub fn nodes_only(nodes: NodeSet) -> Self {
        Self { nodes, attestations: Vec::new(), announcement: None, trusted_block: None }
    }
}

/// Which sources confirm a context.
#[derive(Clone, Debug)]
pub struct Confirmation {
    chain_id: ChainId,
    /// The kinds of sources that confirm it.
    pub kinds: BTreeSet<SourceKind>,
    /// The number of different operators of nodes, as far as URLs tell them apart.
    pub operators: usize,
    /// Who attested it, and which attestations do not count, with the reason.
    pub attestations: AttestationCount,
}

impl Confirmation {
    /// Says that these kinds of sources confirm a context.
    pub(crate) fn new(chain_id: ChainId, kinds: BTreeSet<SourceKind>, operators: usize) -> Self {
        Self { chain_id, kinds, operators, attestations: AttestationCount::default() }
    }

    /// Requires two kinds of sources, except on local chains.
    ///
    /// # Errors
    /// `OneKind`.
    pub fn require_two_kinds(&self) -> Result<(), ConfirmError> {
        if self.kinds.len() >= 2 || DEVELOPMENT_CHAINS.contains(&self.chain_id) {
            return Ok(());
        }
        Err(ConfirmError::OneKind { operators: self.operators, attestations: self.attestations.explain() })
    }
}

/// Confirms the context of an opened poll's chamber: that it follows from the state's events, and that every source
/// that is given has the same. A source that says something else is an error, however many others agree: one of the two
/// lies.
///
/// # Errors
/// [`ConfirmError`], before anything is proved.
pub async fn confirm_context(
    sources: &Sources,
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<Confirmation, ConfirmError> {
    let entry = state.poll(poll)?;
    let (_, frozen) = state.opened_chamber(poll, chamber)?;
    let ctx = recompute_context(state, poll, chamber).map_err(inconsistent)?;
    if ctx != frozen.ctx {
        return Err(ConfirmError::differs(SourceKind::Nodes, Mismatch::Context, frozen.ctx.to_hex(), ctx.to_hex()));
    }
    let nodes = &sources.nodes;
    let block = nodes.find_common_block(0).await?;
    let asked = chambers_to_ask(state, (poll, chamber));
    let asking = asked.iter().map(|&(poll, chamber)| confirm_chamber(nodes, block, state, poll, chamber));
    try_join_all(asking).await?;
    let mut kinds = BTreeSet::from([SourceKind::Nodes]);
    let attestations =
        attested::count_attestations(nodes.primary(), block.number, &sources.attestations, state, poll).await?;
    if attestations.is_enough() {
        kinds.insert(SourceKind::Trustees);
    }
    if let Some(announced) = sources.announcement {
        let (kind, fingerprint) = (SourceKind::Announcement, entry.require_fingerprint()?);
        if announced.fingerprint != fingerprint {
            let (said, shown) = (announced.fingerprint.to_string(), fingerprint.to_string());
            return Err(ConfirmError::differs(kind, Mismatch::Fingerprint, said, shown));
        }
        if announced.root != frozen.chamber.census.root() {
            let shown = frozen.chamber.census.root().to_hex();
            return Err(ConfirmError::differs(kind, Mismatch::CensusRoot, announced.root.to_hex(), shown));
        }
        kinds.insert(kind);
    }
    if let Some(block) = sources.trusted_block {
        prove_contexts(nodes, state, &asked, block).await?;
        kinds.insert(SourceKind::TrustedBlock);
    }
    Ok(Confirmation { chain_id: state.deployment.chain_id, kinds, operators: nodes.operators(), attestations })
}

/// Returns the chambers whose contexts are asked for: those of all open polls, and the one that is meant. The nodes,
/// of which only the first may be known to its user, do not learn in which one a ballot is about to be cast.
fn chambers_to_ask(state: &ChainState, meant: (PollId, ChamberId)) -> Vec<(PollId, ChamberId)> {
    let open = state.polls.iter().filter(|(_, poll)| poll.state_at(state.time) == PollState::Open);
    let chambers = open.flat_map(|(&id, poll)| poll.chambers.keys().map(move |&chamber| (id, chamber)));
    let all: BTreeSet<_> = chambers.chain([meant]).collect();
    all.into_iter().collect()
}

/// Proves contexts of the state against the hash of a block, and that the contract had the same code there as the node
/// shows.
async fn prove_contexts(
    nodes: &NodeSet,
    state: &ChainState,
    asked: &[(PollId, ChamberId)],
    block: B256,
) -> Result<(), ConfirmError> {
    let (kind, polls) = (SourceKind::TrustedBlock, state.deployment.polls);
    let slots: Vec<U256> = asked.iter().map(|&(poll, chamber)| context_slot(poll, chamber)).collect();
    let proved = prove_storage(nodes.primary(), block, polls, &slots).await?;
    for (&(poll, chamber), value) in asked.iter().zip(proved.values) {
        if value.is_zero() {
            return Err(ConfirmError::BlockBeforeOpening { poll, block });
        }
        let ctx = words::from_field(&state.opened_chamber(poll, chamber)?.1.ctx);
        if value != ctx {
            let (said, shown) = (format!("{value:#066x}"), format!("{ctx:#066x}"));
            return Err(ConfirmError::differs(kind, Mismatch::Context, said, shown));
        }
    }
    let shown = keccak256(nodes.primary().read_code(polls).await?);
    match shown == proved.code_hash {
        true => Ok(()),
        false => Err(ConfirmError::differs(kind, Mismatch::Code, proved.code_hash.to_string(), shown.to_string())),
    }
}

/// The addresses that are believed for a poll, and how many must agree.
fn pinned_trustees(state: &ChainState, poll: PollId) -> Option<(&[Address], usize)> {
    let committee = state.poll(poll).ok()?.committee();
    let pinned = state.deployment.committees.get(&committee)?;
    Some((&pinned.trustees, usize::try_from(pinned.threshold).unwrap_or(usize::MAX).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirm(chain_id: u64, kinds: &[SourceKind]) -> Result<(), ConfirmError> {
        Confirmation {
            chain_id: ChainId::new(chain_id),
            kinds: kinds.iter().copied().collect(),
            operators: 3,
            attestations: AttestationCount::default(),
        }
        .require_two_kinds()
    }

    #[test]
    fn one_kind_of_source_is_enough_on_local_chains_only() {
        let local = DEVELOPMENT_CHAINS[0].get();
        assert!(confirm(local, &[SourceKind::Nodes]).is_ok());
        let error = confirm(1, &[SourceKind::Nodes]).unwrap_err();
        assert!(matches!(error, ConfirmError::OneKind { operators: 3, .. }), "{error}");
        assert!(confirm(1, &[SourceKind::Nodes, SourceKind::Announcement]).is_ok());
    }
}
