//! Where the proofs of ballots are: events leave them out, and the calldata of their transactions has them.
//!
//! The contract ensures that one of two places holds what it verified: the calldata of a call that is a whole
//! transaction is that transaction's calldata, word for word, and the arguments of any other call are published in an
//! event. So no one can hide a proof or put another in front of it.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolInterface;
use psephos_protocol::constants::{RECORD_PROOF_WORDS, WORD_BYTES};

use crate::{
    bindings::IPolls::IPollsCalls,
    poll::{Ballot, ProofData},
    record, sheet,
};

/// Length in bytes of a proof, with which a record begins.
const PROOF_BYTES: usize = WORD_BYTES * RECORD_PROOF_WORDS;

/// A call that casts ballots, with its arguments.
pub(crate) struct BallotCall {
    poll: U256,
    chamber: U256,
    records: Bytes,
    replacements: Bytes,
}

impl BallotCall {
    /// Reads the calldata of a transaction to the contract of polls or of sheet polls, whose calls have the same
    /// signatures; `None` if it casts no ballots.
    pub(crate) fn decode(data: &[u8]) -> Option<Self> {
        let none = Bytes::new();
        Some(match IPollsCalls::abi_decode(data).ok()? {
            IPollsCalls::cast(call) => {
                Self { poll: call.poll, chamber: call.chamber, records: call.record, replacements: none }
            }
            IPollsCalls::replace(call) => {
                Self { poll: call.poll, chamber: call.chamber, records: none, replacements: call.replacement }
            }
            IPollsCalls::castBatch(call) => {
                Self { poll: call.poll, chamber: call.chamber, records: call.records, replacements: call.replacements }
            }
            _ => return None,
        })
    }

    /// Whether it is about this chamber of this poll.
    pub(crate) fn is_about(&self, poll: U256, chamber: U256) -> bool {
        (self.poll, self.chamber) == (poll, chamber)
    }

    /// Returns its ballots, which are of this size.
    pub(crate) fn ballots(&self, size: usize) -> CallBallots<'_> {
        CallBallots::new(&self.records, &self.replacements, size)
    }

    /// Returns its sheets, which are of `size` cells.
    pub(crate) fn sheets(&self, size: usize) -> CallBallots<'_> {
        CallBallots::of_sheets(&self.records, &self.replacements, size)
    }
}

/// The ballots in the arguments of one call.
pub(crate) struct CallBallots<'a>(Vec<&'a [u8]>);

impl<'a> CallBallots<'a> {
    /// Splits the arguments of `castBatch`; bytes that are not a whole number of ballots of this size hold none.
    pub(crate) fn new(records: &'a [u8], replacements: &'a [u8], size: usize) -> Self {
        let mut all = record::split_records(records, size).unwrap_or_default();
        all.extend(record::split_replacements(replacements, size).unwrap_or_default());
        Self(all)
    }

    /// As [`CallBallots::new`], of sheets of `size` cells.
    pub(crate) fn of_sheets(records: &'a [u8], replacements: &'a [u8], size: usize) -> Self {
        let split = |bytes: &'a [u8], unit: usize| match bytes.len().is_multiple_of(unit) {
            true => bytes.chunks_exact(unit),
            false => [].chunks_exact(unit),
        };
        let first = split(records, sheet::record::record_length(size));
        Self(first.chain(split(replacements, sheet::record::replacement_length(size))).collect())
    }

    /// Returns the nullifiers of all ballots in the order in which the contract takes them.
    pub(crate) fn nullifiers(&self) -> Vec<U256> {
        let nullifier = |given: &&[u8]| {
            let word = record::without_proof(given).get(WORD_BYTES..2 * WORD_BYTES).unwrap_or_default();
            U256::try_from_be_slice(word).unwrap_or_default()
        };
        self.0.iter().map(nullifier).collect()
    }

    /// Collects the proofs of a posted ballot or sheet, if the call holds it. A batch may hold it several times, some
    /// with an invalid proof: the contract skips a ballot that cannot apply without looking at its proof. Any proof
    /// that verifies will do, since it proves this very ballot.
    pub(crate) fn find_proofs(&self, posted: &[u8]) -> Option<ProofData> {
        let mut found = Vec::new();
        for given in self.0.iter().filter(|given| record::without_proof(given).starts_with(posted)) {
            let proof = proof_words(given);
            if !found.contains(&proof) {
                found.push(proof);
            }
        }
        (!found.is_empty()).then_some(ProofData::Found(found))
    }

    /// Collects the proofs of a ballot ([`CallBallots::find_proofs`]).
    pub(crate) fn collect_proofs(&self, ballot: &mut Ballot) {
        if let Some(found) = self.find_proofs(&ballot.posted.to_bytes()) {
            ballot.proof = found;
        }
    }
}

fn proof_words(given: &[u8]) -> [U256; RECORD_PROOF_WORDS] {
    let (words, _) = given.get(..PROOF_BYTES).unwrap_or_default().as_chunks::<WORD_BYTES>();
    let mut proof = [U256::ZERO; RECORD_PROOF_WORDS];
    for (target, word) in proof.iter_mut().zip(words) {
        *target = U256::from_be_bytes(*word);
    }
    proof
}
