//! A ballot: from a choice to a package that anyone may send.

use psephos_chain::{Connection, Sent, U256};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{
    committee::KeyVector,
    constants::size_for_options,
    fingerprint::PollFingerprint,
    identifiers::{ChamberId, PollId},
    identity::Identity,
    nullifier,
    rule::RuleError,
    statement::ballot::{BallotDraft, Instance, PostedBallot, UnsignedWitness, Witness},
};
use psephos_prover::Proof;
use psephos_state::{
    ChainState, Deployment, Poll, PollState, StateError,
    bindings::IPolls::{castCall, replaceCall},
    record::{BallotRecord, ReplacedBallot},
};
use psephos_submission::proofs::{circuit_of, proof_to_words};
use psephos_wire::proof::{ProofRequest, Statement};
use rand::rngs::OsRng;

use super::{Voter, VoterError};
use crate::{
    KeyRing,
    package::{Contents, Package},
    parameters::{ballot_parameters, chamber_scope, inconsistent},
    progress::Observer,
    remote::RemoteProver,
};

/// A signed ballot that is not proved yet. It holds the vote: without `Debug`.
pub struct Vote {
    poll: (PollId, PollFingerprint),
    chamber: ChamberId,
    deployment: Deployment,
    instance: Instance,
    witness: Witness,
    pub(crate) posted: PostedBallot,
    old: Option<ReplacedBallot>,
}

impl Vote {
    /// Whether it replaces a ballot.
    pub fn replaces(&self) -> bool {
        self.old.is_some()
    }
}

/// Returns the choice of one option out of `options`, for plurality.
pub fn single_choice(options: usize, option: usize) -> Vec<u64> {
    (0..options).map(|index| u64::from(index == option)).collect()
}

/// Prepares and signs a ballot: finds the voter's leaf in the frozen census, encrypts the choice, and takes the ballot
/// that it replaces from the chain.
///
/// `choice` has one value per option. With `replace`, the voter's earlier ballot is replaced; without, there must be
/// none.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, with `WrongPollState` if the poll is not open, or with `Inconsistent` if
/// the chain's context is not that of its own events; `UnreadablePoll` if its text could be misread; `NotMember`,
/// `OtherIdentity`, `AlreadyVoted`, `NothingToReplace`; and `Rule` or `Ballot` for a choice that violates the rule.
pub fn prepare_ballot(
    state: &ChainState,
    voter: Voter<'_>,
    poll: PollId,
    chamber: ChamberId,
    choice: &[u64],
    replace: bool,
) -> Result<Vote, VoterError> {
    let entry = state.poll(poll)?;
    state.require_poll_state(poll, PollState::Open)?;
    entry.metadata().map_err(|reason| VoterError::UnreadablePoll { poll, reason })?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let (identity, id) = (voter.identity, voter.identity.commitment());
    let member = voter.find_member(frozen, poll, chamber)?;
    let rule = ballot_parameters(entry, listed)?;
    if choice.len() != rule.options {
        return Err(RuleError::Length { expected: rule.options, actual: choice.len() }.into());
    }
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &id, frozen.ctx);
    let old = match (listed.counted_ballot(&nullifier), replace) {
        (Some(_), false) => return Err(VoterError::AlreadyVoted { poll }),
        (None, true) => return Err(VoterError::NothingToReplace { poll }),
        (ballot, _) => ballot.map(|ballot| ReplacedBallot::from_posted(&ballot.posted)),
    };
    let previous = old.as_ref().map_or([0; 32], ReplacedBallot::fingerprint);
    let randomness = match rule.choice_in_note {
        true => identity.draw_randomness(frozen.ctx, previous, &mut OsRng),
        false => identity.draw_erasable_randomness(frozen.ctx, &mut OsRng),
    };
    let no_circuit = || NoCircuit { statement: "ballot", size: Some(rule.options) };
    let size = size_for_options(rule.options).ok_or_else(no_circuit)?;
    let mut x = choice.to_vec();
    x.resize(size, 0);
    let membership = frozen.chamber.census.prove_membership(member.index).map_err(inconsistent)?;
    let keys = committee_keys(state, entry)?.clone();
    let draft = BallotDraft::new(UnsignedWitness {
        size,
        ak: identity.authorising_key(),
        nk: identity.nullifier_key(),
        weight: member.weight,
        membership,
        scope: chamber_scope(state, poll, chamber)?,
        rule,
        keys,
        x,
        randomness,
    })?;
    if draft.ctx() != frozen.ctx {
        return Err(inconsistent(format_args!(
            "poll {poll}, chamber {chamber}: the context in force is {}, its events give {}",
            frozen.ctx.to_hex(),
            draft.ctx().to_hex()
        ))
        .into());
    }
    let poll = (poll, entry.require_fingerprint()?);
    let signature = identity.sign(draft.message(previous), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(previous, signature);
    Ok(Vote { poll, chamber, deployment: state.deployment.clone(), instance, witness, posted, old })
}

/// Proves a ballot. Blocks the thread and uses all cores.
///
/// # Errors
/// Returns `Keys` if the ballot cannot be proved or its circuit's key cannot be used.
pub fn prove_ballot(circuits: &KeyRing, vote: Vote) -> Result<Package, VoterError> {
    let Vote { poll, chamber, deployment, instance, witness, posted, old } = vote;
    let proof = circuits.prove(deployment.chain_id, instance, witness)?;
    Ok(build_package(&deployment, poll, chamber, &proof, posted, old))
}

/// Has a ballot proved by a service, which learns the vote
/// ([`StatementKind::Ballot`](psephos_wire::proof::StatementKind) lists what else it learns). The proof is verified
/// here.
///
/// # Errors
/// Returns `Remote` or `Keys`.
pub async fn prove_ballot_remotely(
    prover: &RemoteProver,
    circuits: &KeyRing,
    vote: Vote,
    observer: &dyn Observer,
) -> Result<Package, VoterError> {
    let Vote { poll, chamber, deployment, instance, witness, posted, old } = vote;
    let statement = Statement::Ballot(instance, witness);
    let verifier = circuits.verifying_key(circuit_of(&statement)?)?;
    let request = ProofRequest { chain_id: deployment.chain_id, statement };
    let proof = prover.prove_statement(&request, verifier, observer).await?;
    Ok(build_package(&deployment, poll, chamber, &proof, posted, old))
}

fn build_package(
    deployment: &Deployment,
    poll: (PollId, PollFingerprint),
    chamber: ChamberId,
    proof: &Proof,
    posted: PostedBallot,
    old: Option<ReplacedBallot>,
) -> Package {
    let contents = Contents { record: BallotRecord { proof: proof_to_words(proof), posted }, old };
    Package::new(deployment, poll, chamber, &contents)
}

/// Sends a ballot directly, without a relayer: anyone can then see that the sending account sent a ballot.
///
/// # Errors
/// Returns `Package`, or `Chain`: `Reverted` with `AlreadyCast`, `WrongPrevious`, `WrongState`, `InvalidProof`, ..,
/// `Unfunded`.
pub async fn submit_ballot(connection: &Connection, package: &Package) -> Result<Sent, VoterError> {
    let contents = package.contents()?;
    let (poll, chamber) = (U256::from(package.poll.get()), U256::from(package.chamber.get()));
    let bytes = contents.to_bytes().into();
    Ok(match contents.old {
        None => connection.send_call(package.polls, &castCall { poll, chamber, record: bytes }).await?,
        Some(_) => connection.send_call(package.polls, &replaceCall { poll, chamber, replacement: bytes }).await?,
    })
}

/// Whether a voter's ballot counts: the question to ask after a relayer reports that it sent the ballot.
///
/// With `expected`, the public part of a package, only that ballot will do: a relayer that withholds a replacement
/// leaves the old ballot counting.
///
/// # Errors
/// Returns `UnknownPoll`, `UnknownPollChamber`, or `WrongPollState` before the poll is opened.
pub fn is_counted(
    state: &ChainState,
    identity: &Identity,
    poll: PollId,
    chamber: ChamberId,
    expected: Option<&PostedBallot>,
) -> Result<bool, StateError> {
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    Ok(listed.counted_ballot(&nullifier).is_some_and(|ballot| expected.is_none_or(|posted| ballot.posted == *posted)))
}

/// Returns the keys that a poll's ballots are encrypted under.
pub(crate) fn committee_keys<'a>(state: &'a ChainState, poll: &Poll) -> Result<&'a KeyVector, StateError> {
    let committee = state.committees.get(&poll.committee());
    let keys = committee.and_then(|committee| committee.keys.as_ref());
    keys.ok_or_else(|| inconsistent("the poll was opened, but its committee has no keys"))
}
