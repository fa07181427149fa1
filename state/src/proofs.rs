//! Where the proofs of ballots are: events leave them out, and the calldata of their transactions has them.
//!
//! The contract ensures that one of two places holds what it verified: the calldata of a call that is a whole
//! transaction is that transaction's calldata, word for word, and the arguments of any other call are published in an
//! event. So no one can hide a proof or put another in front of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolInterface;
use psephos_protocol::{
    constants::{RECORD_PROOF_WORDS, WORD_BYTES},
    identifiers::PollId,
};

use crate::{
    bindings::IPolls::IPollsCalls,
    chain_state::ChainState,
    error::StateError,
    poll::{Ballot, ProofData},
    record,
};

/// Length in bytes of a proof, with which a record begins.
const PROOF_BYTES: usize = WORD_BYTES * RECORD_PROOF_WORDS;

/// Target and calldata of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionCall {
    /// The target; none if the transaction creates a contract.
    pub to: Option<Address>,
    /// The calldata.
    pub data: Bytes,
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

    /// Collects the proofs of a ballot, if the call holds it. A batch may hold it several times, some with an invalid
    /// proof: the contract skips a ballot that cannot apply without looking at its proof. Any proof that verifies will
    /// do, since it proves this very ballot.
    pub(crate) fn collect_proofs(&self, ballot: &mut Ballot) {
        let posted = ballot.posted.to_bytes();
        let mut found = Vec::new();
        for given in self.0.iter().filter(|given| record::without_proof(given).starts_with(&posted)) {
            let proof = proof_words(given);
            if !found.contains(&proof) {
                found.push(proof);
            }
        }
        if !found.is_empty() {
            ballot.proof = ProofData::Found(found);
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

impl ChainState {
    /// Returns the transactions whose calldata holds the proofs of a poll's ballots, as far as no event carries them.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn transactions_to_load(&self, poll: PollId) -> Result<BTreeSet<B256>, StateError> {
        let ballots = self.poll(poll)?.chambers.values().flat_map(|chamber| &chamber.ballots);
        let unread = ballots.filter(|ballot| ballot.proof == ProofData::NotLoaded);
        Ok(unread.map(|ballot| ballot.transaction).collect())
    }

    /// Loads the proofs of a poll's ballots from the calls of their transactions. If the call of a transaction is
    /// absent, its own ballots stay without a proof, and no others.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn load_proofs(&mut self, poll: PollId, calls: &BTreeMap<B256, TransactionCall>) -> Result<(), StateError> {
        let contract = self.deployment.polls;
        let Some(entry) = self.polls.get_mut(&poll).map(Arc::make_mut) else { return self.poll(poll).map(drop) };
        let size = entry.circuit_size();
        for ballot in entry.chambers.values_mut().flat_map(|chamber| &mut chamber.ballots) {
            if ballot.proof == ProofData::NotLoaded {
                let call = calls.get(&ballot.transaction);
                let to_contract = call.is_some_and(|call| call.to == Some(contract));
                load_proof(ballot, to_contract, call.map_or(&[], |call| &call.data), size);
            }
        }
        Ok(())
    }
}

/// Loads the proof of a ballot that was cast in a transaction with this calldata.
pub(crate) fn load_proof(ballot: &mut Ballot, to_contract: bool, data: &[u8], size: usize) {
    match to_contract.then(|| IPollsCalls::abi_decode(data)) {
        Some(Ok(IPollsCalls::cast(call))) => CallBallots::new(&call.record, &[], size).collect_proofs(ballot),
        Some(Ok(IPollsCalls::replace(call))) => CallBallots::new(&[], &call.replacement, size).collect_proofs(ballot),
        Some(Ok(IPollsCalls::castBatch(call))) => {
            CallBallots::new(&call.records, &call.replacements, size).collect_proofs(ballot)
        }
        _ => {}
    }
    if ballot.proof == ProofData::NotLoaded {
        ballot.proof = ProofData::Missing("neither its transaction nor an event contains it".into());
    }
}
