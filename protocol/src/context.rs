//! Scopes and contexts: which chamber of which poll of which contract on which chain (specification, sections 5, 6, 11
//! and 12).

use crate::{
    constants::tag,
    elements::{CensusRoot, ClaimBinding, Context, FormHash, KeysHash, Scope, SealingContext, TrusteeContext},
    field,
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, CommitteeId, PollId},
    poseidon,
    rule::RuleParameters,
    transcript,
};

/// Derives `scope = keccak(poll fingerprint, chamber id) >> 8` (specification, section 6).
///
/// The fingerprint is a hash of all that the poll is. A voter and a trustee read it from nodes that may lie; ballots
/// that were proved about another question, or under another rule or schedule, do not verify under the context that
/// follows from the values that they read (decision 35).
pub fn derive_scope(fingerprint: PollFingerprint, chamber: ChamberId) -> Scope {
    let words = [fingerprint.to_bytes(), number_to_word(chamber.get())];
    Scope::from_fr(field::truncate_digest(&transcript::keccak_words(words)))
}

/// Derives `ctx = Poseidon(POLL, scope, root, keys, rule)` (specification, section 6).
pub fn derive_context(scope: Scope, root: CensusRoot, keys: KeysHash, rule: &RuleParameters) -> Context {
    Context::from_fr(poseidon::hash(&[tag::poll(), scope.to_fr(), root.to_fr(), keys.to_fr(), rule.pack()]))
}

/// Derives `ctx = Poseidon(POLL, scope, root, K_8, form)` of a chamber that votes on a sheet (specification, section
/// 7). No packed rule is the hash of a form, so no ballot is one of a sheet's chambers, nor a sheet one of a ballot's.
pub fn derive_sheet_context(scope: Scope, root: CensusRoot, keys: KeysHash, form: FormHash) -> Context {
    Context::from_fr(poseidon::hash(&[tag::poll(), scope.to_fr(), root.to_fr(), keys.to_fr(), form.to_fr()]))
}

/// Derives the `ctx` of a trustee's proof of possession and of its dealing:
/// `keccak(chain id, committee contract, committee id, trustee) >> 8` (specification, section 5).
pub fn derive_trustee_context(
    chain_id: ChainId,
    committee_contract: [u8; 20],
    committee: CommitteeId,
    trustee: [u8; 20],
) -> TrusteeContext {
    let words = [
        number_to_word(chain_id.get()),
        address_to_word(committee_contract),
        number_to_word(committee.get()),
        address_to_word(trustee),
    ];
    TrusteeContext::from_fr(field::truncate_digest(&transcript::keccak_words(words)))
}

/// Derives the context under which a note batch is sealed:
/// `keccak(chain id, contract, poll id, chamber id, position) >> 8`, where `position` is the number of batches of the
/// chamber that were sealed before (specification, section 11). It is hashed into `z` and nowhere else.
pub fn derive_sealing_context(
    chain_id: ChainId,
    contract: [u8; 20],
    poll: PollId,
    chamber: ChamberId,
    position: u64,
) -> SealingContext {
    let words = [
        number_to_word(chain_id.get()),
        address_to_word(contract),
        number_to_word(poll.get()),
        number_to_word(chamber.get()),
        number_to_word(position),
    ];
    SealingContext::from_fr(field::truncate_digest(&transcript::keccak_words(words)))
}

/// Derives the `binding = keccak(chain id, vault, recipient, relayer, fee) >> 8` of a claim (specification, section
/// 12). `fee` is a word of 32 big-endian bytes, in the token's smallest unit.
pub fn derive_claim_binding(
    chain_id: ChainId,
    vault: [u8; 20],
    recipient: [u8; 20],
    relayer: [u8; 20],
    fee: [u8; 32],
) -> ClaimBinding {
    let words = [
        number_to_word(chain_id.get()),
        address_to_word(vault),
        address_to_word(recipient),
        address_to_word(relayer),
        fee,
    ];
    ClaimBinding::from_fr(field::truncate_digest(&transcript::keccak_words(words)))
}

fn number_to_word(value: u64) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&value.to_be_bytes());
    word
}

fn address_to_word(value: [u8; 20]) -> [u8; 32] {
    let mut word = [0; 32];
    word[12..].copy_from_slice(&value);
    word
}
