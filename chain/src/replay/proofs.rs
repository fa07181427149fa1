//! The proofs of ballots, which no event carries: they are in the calldata of the transactions that cast them.

use std::collections::BTreeMap;

use alloy::primitives::{B256, Bytes, U256};
use psephos_protocol::constants::RECORD_PROOF_WORDS;

use super::{ProofData, Replay};
use crate::{connection::Connection, error::ChainError};

/// Bytes of a proof, which stands right before the rest of its record.
const PROOF_BYTES: usize = 32 * RECORD_PROOF_WORDS;

impl Replay {
    /// Looks up the proofs of a poll's ballots: wherever calldata holds what the event says, what stands before it may be the proof.
    ///
    /// So a ballot is found as well when another contract forwarded it (a wallet, a bundler, a multicall). There may be several places, some
    /// with a bad proof, since the contract skips ballots that cannot apply without looking at their proofs. Any proof that holds will do: it
    /// proves this very ballot. If calldata does not hold the ballot, it is [`ProofData::Missing`].
    ///
    /// # Errors
    /// `UnknownPoll`, `NoChain`, `Provider`.
    pub async fn load_proofs(&mut self, connection: &Connection, poll: u64) -> Result<(), ChainError> {
        let mut calls: BTreeMap<B256, Bytes> = BTreeMap::new();
        for ballot in self.poll(poll)?.chambers.values().flat_map(|chamber| &chamber.ballots) {
            if ballot.proof == ProofData::NotLoaded && !calls.contains_key(&ballot.transaction) {
                let (_, data) = connection.calldata(ballot.transaction).await?;
                calls.insert(ballot.transaction, data);
            }
        }
        let Some(poll) = self.polls.get_mut(&poll) else { return Ok(()) };
        for ballot in poll.chambers.values_mut().flat_map(|chamber| &mut chamber.ballots) {
            if ballot.proof != ProofData::NotLoaded {
                continue;
            }
            let data = calls.get(&ballot.transaction).map(AsRef::as_ref).unwrap_or_default();
            let found = proofs_before(data, &ballot.posted.to_bytes());
            ballot.proof = match found.is_empty() {
                false => ProofData::Found(found),
                true => ProofData::Missing(
                    "the calldata of its transaction does not hold it: another contract cast it, and its proof cannot be read"
                        .into(),
                ),
            };
        }
        Ok(())
    }
}

/// What stands before each occurrence of `posted` in `data`, without repetitions.
fn proofs_before(data: &[u8], posted: &[u8]) -> Vec<[U256; RECORD_PROOF_WORDS]> {
    let mut found = Vec::new();
    let Some(rest) = data.get(PROOF_BYTES..) else { return found };
    for (start, _) in rest.windows(posted.len()).enumerate().filter(|(_, window)| *window == posted) {
        let (words, _) = data[start..start + PROOF_BYTES].as_chunks::<32>();
        let mut proof = [U256::ZERO; RECORD_PROOF_WORDS];
        for (target, word) in proof.iter_mut().zip(words) {
            *target = U256::from_be_bytes(*word);
        }
        if !found.contains(&proof) {
            found.push(proof);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_found_wherever_they_stand() {
        let (first, second, posted) = ([1u8; PROOF_BYTES], [2u8; PROOF_BYTES], [7u8, 8, 9, 10]);
        let data = [&[0; 13][..], &first, &posted, &[5; 3], &second, &posted, &first, &posted].concat();
        let word = |byte: u8| [U256::from_be_bytes([byte; 32]); RECORD_PROOF_WORDS];
        assert_eq!(proofs_before(&data, &posted), [word(1), word(2)]);
        assert!(proofs_before(&data[14..], &posted).len() == 2, "a proof that is cut is another, not a crash");
        assert!(proofs_before(&posted, &posted).is_empty());
        assert!(proofs_before(&[], &posted).is_empty());
    }
}
