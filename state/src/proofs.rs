//! Where the proofs of ballots are: events leave them out, and the calldata of their transactions has them.
//!
//! The contract sees to it that one of two places holds what it verified: a call that is a whole transaction is that transaction's calldata, word for
//! word, and of every other call it publishes the arguments in an event. So nobody can hide a proof, nor put another in front of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolInterface;
use psephos_protocol::constants::{RECORD_PROOF_WORDS, WORD_BYTES};

use crate::{
    bindings::IPolls::IPollsCalls,
    chain_state::ChainState,
    error::StateError,
    poll::{Ballot, ProofData},
    record,
};

/// Bytes of a proof, with which a record begins.
const PROOF_BYTES: usize = WORD_BYTES * RECORD_PROOF_WORDS;

/// A transaction's target and calldata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionCall {
    /// Its target; none if it creates a contract.
    pub to: Option<Address>,
    /// Its calldata.
    pub data: Bytes,
}

/// The ballots that one call was given.
pub(crate) struct CallBallots<'a>(Vec<&'a [u8]>);

impl<'a> CallBallots<'a> {
    /// Of the arguments of `castBatch`; what is not a whole number of ballots of this size is none.
    pub(crate) fn new(records: &'a [u8], replacements: &'a [u8], size: usize) -> Self {
        let mut all = record::split_records(records, size).unwrap_or_default();
        all.extend(record::split_replacements(replacements, size).unwrap_or_default());
        Self(all)
    }

    /// Notes the proofs of a ballot, if it is here. A batch may hold it several times, some with a bad proof: the contract skips what cannot apply
    /// without looking at its proof. Any that holds will do, for it proves this very ballot.
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
    /// The transactions in whose calldata the proofs of a poll's ballots are, as far as no event has brought them.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn transactions_to_load(&self, poll: u64) -> Result<BTreeSet<B256>, StateError> {
        let ballots = self.poll(poll)?.chambers.values().flat_map(|chamber| &chamber.ballots);
        let unread = ballots.filter(|ballot| ballot.proof == ProofData::NotLoaded);
        Ok(unread.map(|ballot| ballot.transaction).collect())
    }

    /// Looks up the proofs of a poll's ballots in the calls of their transactions. A transaction that is not among
    /// them leaves its own ballots without a proof, and no others.
    ///
    /// # Errors
    /// `UnknownPoll`.
    pub fn load_proofs(&mut self, poll: u64, calls: &BTreeMap<B256, TransactionCall>) -> Result<(), StateError> {
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

/// The proof of a ballot that was cast in a transaction with this calldata.
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
        ballot.proof = ProofData::Missing("its transaction does not bring it, nor does an event".into());
    }
}
