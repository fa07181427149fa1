//! Confirmation by trustees: attestations of those whose addresses are in the deployment file.

use std::collections::BTreeSet;

use psephos_chain::{Address, B256, Connection};
use psephos_protocol::identifiers::PollId;
use psephos_state::{ChainState, StateError};
use psephos_wire::attestation::{Attestation, AttestationError, AttestedChamber, keys_hash_word};

use super::{ConfirmError, Mismatch, pinned_trustees};
use crate::{
    parameters::{committee_keys, inconsistent},
    verify::recompute_context,
};

/// Why an attestation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disregarded {
    /// It is not signed by the account that it names.
    #[error(transparent)]
    Invalid(#[from] AttestationError),
    /// Its signer is not in the deployment file.
    #[error("{0} is not a trustee that the deployment file names")]
    Stranger(Address),
    /// It is about another poll, or another deployment.
    #[error("the one of {0} is about another poll")]
    OtherPoll(Address),
    /// Its block is not one of the chain that the node shows.
    #[error("the one of {0} is of a block that your node does not have")]
    OtherBlock(Address),
}

/// The attestations of a poll, counted.
#[derive(Clone, Debug, Default)]
pub struct AttestationCount {
    /// The trustees that attest what the node shows.
    pub trustees: BTreeSet<Address>,
    /// The number that is needed; `None` if the deployment file names no trustees of the committee.
    pub needed: Option<usize>,
    /// Why others do not count.
    pub disregarded: Vec<Disregarded>,
}

impl AttestationCount {
    /// Returns whether as many trustees attest the same as the committee threshold.
    pub fn is_enough(&self) -> bool {
        self.needed.is_some_and(|needed| self.trustees.len() >= needed)
    }

    /// Returns a clause that says why they are not enough, or nothing.
    pub fn explain(&self) -> String {
        let mut text = match self.needed {
            None => {
                "; attestations do not count, because the deployment file names no trustees of this committee".into()
            }
            Some(needed) => format!("; {} of {needed} trustees attest it", self.trustees.len()),
        };
        self.disregarded.iter().for_each(|reason| text.push_str(&format!("; {reason}")));
        text
    }
}

/// Counts the attestations of trustees that the deployment file names.
///
/// # Errors
/// `OtherAttested` if one of them attests something else than the state has; `Chain` if the node cannot be asked for
/// the blocks of attestations.
pub(super) async fn count_attestations(
    node: &Connection,
    newest: u64,
    attestations: &[Attestation],
    state: &ChainState,
    poll: PollId,
) -> Result<AttestationCount, ConfirmError> {
    let pinned = pinned_trustees(state, poll);
    let mut count = AttestationCount { needed: pinned.map(|(_, needed)| needed), ..AttestationCount::default() };
    let Some((trustees, _)) = pinned else { return Ok(count) };
    if attestations.is_empty() {
        return Ok(count);
    }
    let expected = expected_attestation(state, poll)?;
    for one in attestations {
        let trustee = one.trustee;
        match check_attestation(one, trustees, &expected) {
            Err(reason) => count.disregarded.push(reason),
            Ok(()) => {
                if let Some((what, said, shown)) = find_difference(one, &expected) {
                    return Err(ConfirmError::OtherAttested { trustee, what, said, shown });
                }
                let known = one.block <= newest && node.block_hash(one.block).await? == Some(one.block_hash);
                match known {
                    true => drop(count.trustees.insert(trustee)),
                    false => count.disregarded.push(Disregarded::OtherBlock(trustee)),
                }
            }
        }
    }
    Ok(count)
}

/// Returns what an honest trustee attests of a poll in this state; block, trustee and signature are empty.
pub(crate) fn expected_attestation(state: &ChainState, poll: PollId) -> Result<Attestation, StateError> {
    let entry = state.poll(poll)?;
    let mut chambers = Vec::with_capacity(entry.chambers.len());
    for &chamber in entry.chambers.keys() {
        let (_, frozen) = state.opened_chamber(poll, chamber)?;
        let ctx = recompute_context(state, poll, chamber).map_err(inconsistent)?;
        let census = &frozen.chamber;
        chambers.push(AttestedChamber::new(chamber, ctx, census.census.root(), census.members.len() as u64));
    }
    let keys = committee_keys(state, entry)?.hash_keys(entry.circuit_size());
    let deployment = &state.deployment;
    Ok(Attestation {
        chain_id: deployment.chain_id,
        polls: deployment.polls,
        registry: deployment.registry,
        committee: deployment.committee,
        poll,
        fingerprint: entry.require_fingerprint()?,
        keys_hash: keys_hash_word(keys),
        chambers,
        block: 0,
        block_hash: B256::ZERO,
        trustee: Address::ZERO,
        signature: String::new(),
    })
}

/// Checks everything about an attestation but what it says of the poll.
fn check_attestation(one: &Attestation, trustees: &[Address], expected: &Attestation) -> Result<(), Disregarded> {
    if (one.chain_id, one.polls, one.poll) != (expected.chain_id, expected.polls, expected.poll) {
        return Err(Disregarded::OtherPoll(one.trustee));
    }
    if !trustees.contains(&one.trustee) {
        return Err(Disregarded::Stranger(one.trustee));
    }
    Ok(one.verify()?)
}

/// Returns the first thing that two attestations of one poll say differently.
pub(crate) fn find_difference(one: &Attestation, expected: &Attestation) -> Option<(Mismatch, String, String)> {
    let contracts = |of: &Attestation| format!("{} {}", of.registry, of.committee);
    let numbers =
        |of: &Attestation| of.chambers.iter().map(|chamber| chamber.chamber.to_string()).collect::<Vec<_>>().join(", ");
    let mut pairs = vec![
        (Mismatch::Contracts, contracts(one), contracts(expected)),
        (Mismatch::Fingerprint, one.fingerprint.to_string(), expected.fingerprint.to_string()),
        (Mismatch::Keys, one.keys_hash.to_string(), expected.keys_hash.to_string()),
        (Mismatch::Chambers, numbers(one), numbers(expected)),
    ];
    for (one, expected) in one.chambers.iter().zip(&expected.chambers) {
        pairs.push((Mismatch::CensusRoot, one.root.to_string(), expected.root.to_string()));
        pairs.push((Mismatch::Members, one.members.to_string(), expected.members.to_string()));
        pairs.push((Mismatch::Context, one.ctx.to_string(), expected.ctx.to_string()));
    }
    pairs.into_iter().find(|(_, said, shown)| said != shown)
}

/// Finds pairs of attestations, with valid signatures, in which one account says two things about one poll. Each is a
/// proof for everyone that this account lied.
pub fn find_equivocations(attestations: &[Attestation]) -> Vec<(&Attestation, &Attestation)> {
    let valid: Vec<&Attestation> = attestations.iter().filter(|one| one.verify().is_ok()).collect();
    let mut found = Vec::new();
    for (index, one) in valid.iter().enumerate() {
        found.extend(valid[index + 1..].iter().filter(|other| one.equivocates(other)).map(|other| (*one, *other)));
    }
    found
}
