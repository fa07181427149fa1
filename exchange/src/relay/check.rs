//! What can be said of a package before it is sent: encodings, addressee, state, proof.

use std::collections::BTreeMap;

use psephos_protocol::{
    Fr,
    identifiers::{ChamberId, PollId},
    statement::ballot::Instance,
};
use psephos_prover::Proof;
use psephos_state::{ChainState, FrozenChamber, PollState};
use rand::rngs::OsRng;

use super::{PackageOutcome, Refusal, RelayReport, Submission};
use crate::{
    ballot::{Contents, Package},
    error::ExchangeError,
    keys::{Circuits, words_proof},
};

/// A package whose proof holds.
pub struct Candidate {
    /// Its place among the submissions.
    pub index: usize,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The ballot.
    pub contents: Contents,
}

type Refused = (Refusal, String);

/// A proof and its public inputs.
type Statement = (Proof, Vec<Fr>);

/// Settles every package that is not worth sending; gives the others.
///
/// # Errors
/// `Key`, `NoCircuit`.
pub fn all(
    replay: &ChainState,
    circuits: &Circuits,
    submissions: &[Submission],
    report: &mut RelayReport,
) -> Result<Vec<Candidate>, ExchangeError> {
    let mut seen: BTreeMap<(PollId, ChamberId, Vec<u8>), usize> = BTreeMap::new();
    let mut by_size: BTreeMap<usize, Vec<(Candidate, Statement)>> = BTreeMap::new();
    for (index, submission) in submissions.iter().enumerate() {
        let (package, contents) = match decode(submission) {
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
        let item = match provable(replay, &package, &contents) {
            Ok(item) => item,
            Err((reason, message)) => {
                report.refuse(index, reason, message);
                continue;
            }
        };
        // Proof and all, and only what is addressed here: no other package may keep a good one out.
        let key = (package.poll, package.chamber, contents.to_bytes());
        if let Some(first) = seen.get(&key).and_then(|&first| submissions.get(first)) {
            report.settle(index, PackageOutcome::Duplicate { of: first.name.clone() });
            continue;
        }
        seen.insert(key, index);
        let candidate = Candidate { index, poll: package.poll, chamber: package.chamber, contents };
        by_size.entry(package.circuit).or_default().push((candidate, item));
    }
    let mut valid = Vec::new();
    for (size, checked) in by_size {
        let (candidates, items): (Vec<_>, Vec<_>) = checked.into_iter().unzip();
        let verifier = circuits.ballot_verifier(size)?;
        verifier.check_chain(replay.deployment.chain_id)?;
        let invalid = match verifier.verify_batch(&items, &mut OsRng) {
            Ok(()) => Vec::new(),
            Err(_) => verifier.find_invalid(&items, &mut OsRng),
        };
        for (position, candidate) in candidates.into_iter().enumerate() {
            match invalid.contains(&position) {
                true => report.refuse(
                    candidate.index,
                    Refusal::InvalidProof,
                    "its proof does not hold here: it was made for another poll, chamber, census, contract or chain, or was changed",
                ),
                false => valid.push(candidate),
            }
        }
    }
    valid.sort_by_key(|candidate| candidate.index);
    Ok(valid)
}

fn decode(submission: &Submission) -> Result<(Package, Contents), Refused> {
    let package = Package::parse(&submission.json).map_err(|error| (Refusal::Malformed, error.to_string()))?;
    let contents = package.contents().map_err(|error| (Refusal::Encoding, error.to_string()))?;
    Ok((package, contents))
}

/// The proof and its public inputs, if the package is for a chamber that takes ballots now.
fn provable(replay: &ChainState, package: &Package, contents: &Contents) -> Result<Statement, Refused> {
    let frozen = addressee(replay, package)?;
    let proof = words_proof(&contents.record.proof).map_err(|error| (Refusal::Encoding, error.to_string()))?;
    let instance = Instance::from_posted(&contents.record.posted, frozen.ctx, contents.previous());
    Ok((proof, instance.to_inputs().to_vec()))
}

fn addressee<'a>(replay: &'a ChainState, package: &Package) -> Result<&'a FrozenChamber, Refused> {
    let deployment = &replay.deployment;
    if package.chain_id != deployment.chain_id {
        let message = format!("it is for chain {}, this is chain {}", package.chain_id, deployment.chain_id);
        return Err((Refusal::WrongChain, message));
    }
    if package.polls != deployment.polls {
        let message = format!("it is for the contract {}, this is {}", package.polls, deployment.polls);
        return Err((Refusal::WrongContract, message));
    }
    let poll = replay.poll(package.poll).map_err(|error| (Refusal::UnknownPoll, error.to_string()))?;
    let chamber = poll.chambers.get(&package.chamber).ok_or_else(|| {
        (Refusal::UnknownChamber, format!("poll {} has no chamber {}", package.poll, package.chamber))
    })?;
    if package.circuit != poll.circuit_size() {
        let message = format!("it is for a circuit of size {}, the poll's is {}", package.circuit, poll.circuit_size());
        return Err((Refusal::WrongCircuit, message));
    }
    match (poll.state_at(replay.time), &chamber.frozen) {
        (PollState::Open, Some(frozen)) => Ok(frozen),
        (PollState::Created, _) | (PollState::Open, None) => {
            Err((Refusal::NotOpen, format!("poll {} has not been opened", package.poll)))
        }
        (state, _) => Err((Refusal::Closed, format!("poll {} is {state} and takes no more ballots", package.poll))),
    }
}
