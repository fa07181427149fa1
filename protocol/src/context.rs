//! Scopes and contexts: which chamber of which poll of which contract on which chain (specification, sections 5 and 6).

use crate::{Fr, constants::tag, field, poseidon, rule::Parameters, transcript};

/// `scope = keccak(chain id, polls contract, poll id, chamber id) >> 8`.
pub fn scope(chain_id: u64, contract: [u8; 20], poll: u64, chamber: u64) -> Fr {
    field::truncate(&transcript::keccak_words([number(chain_id), address(contract), number(poll), number(chamber)]))
}

/// `ctx = Poseidon(POLL, scope, root, keys, rule)`.
pub fn context(scope: Fr, root: Fr, keys: Fr, rule: &Parameters) -> Fr {
    poseidon::hash(&[tag::poll(), scope, root, keys, rule.pack()])
}

/// The `ctx` of a trustee's proof of possession and of its dealing: `keccak(chain id, committee contract, committee id, trustee) >> 8`.
pub fn trustee_context(chain_id: u64, committee_contract: [u8; 20], committee: u64, trustee: [u8; 20]) -> Fr {
    field::truncate(&transcript::keccak_words([
        number(chain_id),
        address(committee_contract),
        number(committee),
        address(trustee),
    ]))
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
