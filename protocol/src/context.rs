//! Scopes and contexts: which chamber of which poll of which contract on which chain (specification, sections 5, 6, 11
//! and 12).

use crate::{
    constants::tag,
    elements::{CensusRoot, ClaimBinding, Context, KeysHash, Scope, SealingContext, TrusteeContext},
    field,
    identifiers::{ChainId, ChamberId, CommitteeId, PollId},
    poseidon,
    rule::Parameters,
    transcript,
};

/// Derives `scope = keccak(chain id, polls contract, poll id, chamber id, minBallots, closesAt) >> 8` (specification,
/// section 6). Times are in seconds since 1970.
///
/// The last two determine when a chamber's totals may be decrypted. A trustee reads them from its node; ballots that
/// were proved under other values do not verify under the context that follows from the values it read (decision 23).
pub fn scope(
    chain_id: ChainId,
    contract: [u8; 20],
    poll: PollId,
    chamber: ChamberId,
    min_ballots: u32,
    closes_at: u64,
) -> Scope {
    let [min_ballots, closes_at] = [u64::from(min_ballots), closes_at].map(number);
    let words =
        [number(chain_id.get()), address(contract), number(poll.get()), number(chamber.get()), min_ballots, closes_at];
    Scope::from_fr(field::truncate(&transcript::keccak_words(words)))
}

/// Derives `ctx = Poseidon(POLL, scope, root, keys, rule)` (specification, section 6).
pub fn context(scope: Scope, root: CensusRoot, keys: KeysHash, rule: &Parameters) -> Context {
    Context::from_fr(poseidon::hash(&[tag::poll(), scope.to_fr(), root.to_fr(), keys.to_fr(), rule.pack()]))
}

/// Derives the `ctx` of a trustee's proof of possession and of its dealing:
/// `keccak(chain id, committee contract, committee id, trustee) >> 8` (specification, section 5).
pub fn trustee_context(
    chain_id: ChainId,
    committee_contract: [u8; 20],
    committee: CommitteeId,
    trustee: [u8; 20],
) -> TrusteeContext {
    let words = [number(chain_id.get()), address(committee_contract), number(committee.get()), address(trustee)];
    TrusteeContext::from_fr(field::truncate(&transcript::keccak_words(words)))
}

/// Derives the context under which a note batch is sealed:
/// `keccak(chain id, contract, poll id, chamber id, position) >> 8`, where `position` is the number of batches of the
/// chamber that were sealed before (specification, section 11). It is hashed into `z` and nowhere else.
pub fn sealing_context(
    chain_id: ChainId,
    contract: [u8; 20],
    poll: PollId,
    chamber: ChamberId,
    position: u64,
) -> SealingContext {
    let words =
        [number(chain_id.get()), address(contract), number(poll.get()), number(chamber.get()), number(position)];
    SealingContext::from_fr(field::truncate(&transcript::keccak_words(words)))
}

/// Derives the `binding = keccak(chain id, vault, recipient, relayer, fee) >> 8` of a claim (specification, section
/// 12). `fee` is a word of 32 big-endian bytes, in the token's smallest unit.
pub fn claim_binding(
    chain_id: ChainId,
    vault: [u8; 20],
    recipient: [u8; 20],
    relayer: [u8; 20],
    fee: [u8; 32],
) -> ClaimBinding {
    let words = [number(chain_id.get()), address(vault), address(recipient), address(relayer), fee];
    ClaimBinding::from_fr(field::truncate(&transcript::keccak_words(words)))
}

fn number(value: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&value.to_be_bytes());
    word
}

fn address(value: [u8; 20]) -> [u8; 32] {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&value);
    word
}
