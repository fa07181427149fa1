//! Checks of ballot packages before they are sent: encoding, deployment, poll state and proof.

use std::collections::BTreeMap;

use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr,
    identifiers::{ChamberId, PollId},
    statement::{ballot, update},
};
use psephos_prover::{KeyRing, Proof};
use psephos_state::{ChainState, FrozenChamber, Poll, PollState};
use psephos_wire::ballot::{Contents, Package};
use rand::rngs::OsRng;

use crate::{
    PackageOutcome, Refusal, RelayReport, Submission, SubmissionError,
    proofs::{ballot_inputs, proof_from_words},
    schedule::find_on_chain,
};

/// A ballot whose proof holds.
pub struct ValidBallot {
    /// Its index among the submissions.
    pub index: usize,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballot.
    pub contents: Contents,
}

/// The reason of a refusal, and a sentence that explains it.
type RefusedBallot = (Refusal, String);

/// A proof and its public inputs.
type ProofWithInputs = (Proof, Vec<Fr>);

/// Checks every submission against a chain state. Returns the valid ballots, in the order of the submissions; the
/// outcome of every other submission is in the report.
///
/// # Errors
/// Returns `Keys` if a verifying key cannot be loaded or used. What is wrong with a submission is no error.
pub fn check_ballots(
    chain_state: &ChainState,
    keys: &KeyRing,
    submissions: &[Submission],
    report: &mut RelayReport,
) -> Result<Vec<ValidBallot>, SubmissionError> {
    let mut seen: BTreeMap<(PollId, ChamberId, Vec<u8>), usize> = BTreeMap::new();
    let mut by_circuit: BTreeMap<Name, Vec<(ValidBallot, ProofWithInputs)>> = BTreeMap::new();
    for (index, submission) in submissions.iter().enumerate() {
        let (package, contents) = match decode_submission(submission) {
            Ok(decoded) => decoded,
            Err((reason, message)) => {
                report.refuse(index, reason, message);
                continue;
            }
        };
        if let Some(entry) = report.packages.get_mut(index) {
            entry.poll = Some(package.poll);
            entry.chamber = Some(package.chamber);
            entry.nullifier = Some(contents.record.posted.nullifier.to_hex());
        }
        let (circuit, proof) = match read_proof(chain_state, &package, &contents) {
            Ok(proof) => proof,
            Err((reason, message)) => {
                // What is done is no failure: the ballot counts already, though no other one can be cast any more.
                match find_cast_ballot(chain_state, &package, &contents).filter(|_| reason == Refusal::Closed) {
                    Some(outcome) => report.set_outcome(index, outcome),
                    None => report.refuse(index, reason, message),
                }
                continue;
            }
        };
        // The key includes the proof, and only packages for this deployment are compared: no other package may keep a
        // valid one out.
        let key = (package.poll, package.chamber, contents.to_bytes());
        if let Some(first) = seen.get(&key).and_then(|&first| submissions.get(first)) {
            report.set_outcome(index, PackageOutcome::Duplicate { of: first.name.clone() });
            continue;
        }
        seen.insert(key, index);
        let ballot = ValidBallot { index, poll: package.poll, chamber: package.chamber, contents };
        by_circuit.entry(circuit).or_default().push((ballot, proof));
    }
    let mut valid = Vec::new();
    for (circuit, checked) in by_circuit {
        let (ballots, proofs): (Vec<_>, Vec<_>) = checked.into_iter().unzip();
        let verifier = keys.verifying_key(circuit)?;
        verifier.check_chain(chain_state.deployment.chain_id)?;
        let invalid = match verifier.verify_batch(&proofs, &mut OsRng) {
            Ok(()) => Vec::new(),
            Err(_) => verifier.find_invalid(&proofs, &mut OsRng),
        };
        for (position, ballot) in ballots.into_iter().enumerate() {
            match invalid.contains(&position) {
                true => report.refuse(
                    ballot.index,
                    Refusal::InvalidProof,
                    "its proof does not hold here: it was made for another poll, chamber, census, contract or chain, \
                     or was changed",
                ),
                false => valid.push(ballot),
            }
        }
    }
    valid.sort_by_key(|ballot| ballot.index);
    Ok(valid)
}

fn find_cast_ballot(chain_state: &ChainState, package: &Package, contents: &Contents) -> Option<PackageOutcome> {
    let listed = chain_state.polls.get(&package.poll)?.chambers.get(&package.chamber)?;
    find_on_chain(listed, contents)
}

fn decode_submission(submission: &Submission) -> Result<(Package, Contents), RefusedBallot> {
    let package = Package::parse(&submission.json).map_err(|error| (Refusal::Malformed, error.to_string()))?;
    let contents = package.contents().map_err(|error| (Refusal::Encoding, error.to_string()))?;
    Ok((package, contents))
}

/// Returns the circuit, the proof and its public inputs, if the package is for a chamber that accepts ballots now.
fn read_proof(
    chain_state: &ChainState,
    package: &Package,
    contents: &Contents,
) -> Result<(Name, ProofWithInputs), RefusedBallot> {
    let frozen = find_open_chamber(chain_state, package)?;
    let proof = proof_from_words(&contents.record.proof).map_err(|error| (Refusal::Encoding, error.to_string()))?;
    let posted = &contents.record.posted;
    let masked = chain_state.poll(package.poll).is_ok_and(Poll::is_masked);
    let updated = contents.old.as_ref().filter(|_| masked);
    if updated.is_some_and(|old| old.note != posted.note) {
        let message = "it changes the note of the ballot that it updates, which no update of a masked poll may";
        return Err((Refusal::NoteChanged, message.into()));
    }
    let size = Some(package.circuit);
    let circuit = match updated {
        None => Name::for_statement::<ballot::Witness>(size),
        Some(_) => Name::for_statement::<update::Witness>(size),
    };
    let circuit = circuit.map_err(|error| (Refusal::WrongCircuit, error.to_string()))?;
    let inputs = ballot_inputs(posted, contents.previous(), updated.map(|old| &old.ciphertext), frozen.ctx);
    Ok((circuit, (proof, inputs)))
}

fn find_open_chamber<'a>(chain_state: &'a ChainState, package: &Package) -> Result<&'a FrozenChamber, RefusedBallot> {
    let deployment = &chain_state.deployment;
    if package.chain_id != deployment.chain_id {
        let message = format!("it is for chain {}, and this is chain {}", package.chain_id, deployment.chain_id);
        return Err((Refusal::WrongChain, message));
    }
    if package.polls != deployment.polls {
        let message = format!("it is for the contract {}, and this is {}", package.polls, deployment.polls);
        return Err((Refusal::WrongContract, message));
    }
    let poll = chain_state.poll(package.poll).map_err(|error| (Refusal::UnknownPoll, error.to_string()))?;
    if poll.fingerprint != Some(package.fingerprint) {
        let message = format!(
            "poll {} has another fingerprint than {}, for which the ballot was made: it was created anew with other \
             content, or its voter was shown a poll that does not exist",
            package.poll, package.fingerprint
        );
        return Err((Refusal::OtherPoll, message));
    }
    let chamber = poll.chambers.get(&package.chamber).ok_or_else(|| {
        (Refusal::UnknownChamber, format!("poll {} has no chamber {}", package.poll, package.chamber))
    })?;
    if package.circuit != poll.circuit_size() {
        let message =
            format!("it is for a circuit of size {}, and the poll's is {}", package.circuit, poll.circuit_size());
        return Err((Refusal::WrongCircuit, message));
    }
    match (poll.state_at(chain_state.time), &chamber.frozen) {
        (PollState::Open, Some(frozen)) => Ok(frozen),
        (PollState::Created, _) | (PollState::Open, None) => {
            Err((Refusal::NotOpen, format!("poll {} has not been opened", package.poll)))
        }
        (state, _) => Err((Refusal::Closed, format!("poll {} is {state} and accepts no more ballots", package.poll))),
    }
}
