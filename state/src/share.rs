//! Decryption shares, accepted and refused.

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{Point, constants::RECORD_PROOF_WORDS, elements::StatementHash};

use crate::{log::EventPosition, transaction::CallEvidence};

/// A trustee's decryption share.
#[derive(Clone, Debug)]
pub struct DecryptionShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// The points `E_1..E_M`.
    pub points: Vec<Point>,
    /// The hash `h`.
    pub h: StatementHash,
    /// The proof as the contract accepted it.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// Its transaction.
    pub transaction: B256,
    /// The number of its block.
    pub block: u64,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
}

/// A decryption share that the contract refused because its proof does not hold. Its trustee is to blame only if
/// the trustee's own transaction has it: then anyone can check the proof again.
#[derive(Clone, Debug)]
pub struct RefusedShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// Where it was refused.
    pub position: EventPosition,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
    /// The share that was refused: once its calldata is loaded, those of the call that are for this chamber.
    pub shares: Vec<PostedWords>,
}

/// A decryption share as words of calldata. Nothing in it is validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedWords {
    /// The points `E_1..E_M`, x then y.
    pub points: Vec<U256>,
    /// The hash `h`.
    pub h: U256,
    /// The proof.
    pub proof: [U256; RECORD_PROOF_WORDS],
}
