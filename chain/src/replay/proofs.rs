//! The proofs of ballots, which no event carries: they are in the calldata of the transactions that cast them.

use std::collections::BTreeMap;

use alloy::{
    primitives::{B256, Bytes, U256, keccak256},
    sol_types::SolCall,
};

use super::{ProofData, Replay};
use crate::{
    bindings::IPolls::{castBatchCall, castCall, replaceCall},
    connection::Connection,
    error::ChainError,
    record::{self, RecordError},
};

/// A record in calldata: proof, the posted part, and what it replaces.
struct Candidate {
    chamber: U256,
    proof: [U256; 8],
    posted: Vec<u8>,
    previous: [u8; 32],
    used: bool,
}

impl Replay {
    /// Looks up the proofs of a poll's ballots. A proof that is not found, because the transaction was not sent to the polls
    /// contract directly or does not hold the record, is [`ProofData::Missing`] with the reason.
    ///
    /// # Errors
    /// `UnknownPoll`, `NoChain`, `Provider`.
    pub async fn load_proofs(&mut self, connection: &Connection, poll: u64) -> Result<(), ChainError> {
        let size = self.poll(poll)?.size();
        let transactions: Vec<B256> = {
            let ballots = self.poll(poll)?.chambers.values().flat_map(|chamber| &chamber.ballots);
            let missing = ballots.filter(|ballot| ballot.proof == ProofData::NotLoaded);
            let mut hashes: Vec<B256> = missing.map(|ballot| ballot.transaction).collect();
            hashes.dedup();
            hashes
        };
        let mut calls = BTreeMap::new();
        for hash in transactions {
            if let std::collections::btree_map::Entry::Vacant(entry) = calls.entry(hash) {
                let (target, data) = connection.calldata(hash).await?;
                let candidates = match target {
                    Some(target) if target == self.deployment.polls => read_call(poll, &data, size),
                    _ => {
                        Err("the transaction was not sent to the polls contract directly: its proof cannot be read"
                            .into())
                    }
                };
                entry.insert(candidates);
            }
        }
        let Some(poll) = self.polls.get_mut(&poll) else { return Ok(()) };
        for (id, chamber) in &mut poll.chambers {
            for ballot in chamber.ballots.iter_mut().filter(|ballot| ballot.proof == ProofData::NotLoaded) {
                let posted = ballot.posted.to_bytes();
                ballot.proof = match calls.get_mut(&ballot.transaction) {
                    Some(Ok(candidates)) => {
                        // The contract applies records in order and skips what cannot apply, so the first match is the one.
                        let found = candidates.iter_mut().find(|candidate| {
                            !candidate.used
                                && candidate.chamber == U256::from(*id)
                                && candidate.previous == ballot.previous
                                && candidate.posted == posted
                        });
                        match found {
                            Some(candidate) => {
                                candidate.used = true;
                                ProofData::Found(Box::new(candidate.proof))
                            }
                            None => ProofData::Missing("its transaction does not hold its record".into()),
                        }
                    }
                    Some(Err(reason)) => ProofData::Missing(reason.clone()),
                    None => ProofData::Missing("its transaction was not read".into()),
                };
            }
        }
        Ok(())
    }
}

fn read_call(poll: u64, data: &Bytes, size: usize) -> Result<Vec<Candidate>, String> {
    let selector = data.get(..4).unwrap_or_default();
    let undecodable = |error: alloy::sol_types::Error| format!("its transaction does not decode: {error}");
    let no_records = |error: RecordError| format!("its transaction holds no records: {error}");
    let (called, chamber, records, replacements) = if selector == castCall::SELECTOR {
        let call = castCall::abi_decode_validate(data).map_err(undecodable)?;
        (call.poll, call.chamber, call.record, Bytes::new())
    } else if selector == replaceCall::SELECTOR {
        let call = replaceCall::abi_decode_validate(data).map_err(undecodable)?;
        (call.poll, call.chamber, Bytes::new(), call.replacement)
    } else if selector == castBatchCall::SELECTOR {
        let call = castBatchCall::abi_decode_validate(data).map_err(undecodable)?;
        (call.poll, call.chamber, call.records, call.replacements)
    } else {
        return Err("its transaction calls something else than cast, replace or castBatch".into());
    };
    if called != U256::from(poll) {
        return Err(format!("its transaction is about poll {called}"));
    }
    let first = record::split_records(&records, size).map_err(no_records)?;
    let later = record::split_replacements(&replacements, size).map_err(no_records)?;
    let length = record::record_length(size).map_err(no_records)?;
    let first = first.into_iter().map(|bytes| candidate(chamber, bytes, [0; 32]));
    let later = later.into_iter().map(|bytes| {
        let (record, old) = bytes.split_at(length);
        candidate(chamber, record, keccak256(old).0)
    });
    Ok(first.chain(later).collect())
}

fn candidate(chamber: U256, record: &[u8], previous: [u8; 32]) -> Candidate {
    let mut proof = [U256::ZERO; 8];
    let (words, _) = record.as_chunks::<32>();
    for (target, word) in proof.iter_mut().zip(words) {
        *target = U256::from_be_bytes(*word);
    }
    Candidate { chamber, proof, posted: record::posted_part(record).to_vec(), previous, used: false }
}
