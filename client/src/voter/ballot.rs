//! A ballot: from a choice to a package that anyone may send.

use psephos_chain::{Connection, Sent, U256};
use psephos_exchange::proof::{ProofRequest, Statement};
use psephos_protocol::{
    Fr,
    committee::KeyVector,
    constants::size_for,
    context, field,
    identifiers::{ChamberId, PollId},
    identity::{Identity, IdentityCommitment},
    nullifier,
    rule::{Parameters, RuleError},
    statement::ballot::{Draft, Instance, Posted, Witness},
};
use psephos_state::{
    ChainState, Deployment, FrozenChamber, Member, Poll, PollChamber, PollState,
    bindings::IPolls::{castCall, replaceCall},
    record::{BallotRecord, ReplacedBallot},
};
use rand::rngs::OsRng;

use crate::{
    error::ClientError,
    keys::{Circuits, proof_words},
    package::{Contents, Package},
    progress::Observer,
    remote::RemoteProver,
};

/// A signed ballot that is still to be proved. It holds the vote: without `Debug`.
pub struct Vote {
    poll: PollId,
    chamber: ChamberId,
    deployment: Deployment,
    instance: Instance,
    witness: Witness,
    pub(super) posted: Posted,
    old: Option<ReplacedBallot>,
}

impl Vote {
    /// Whether it replaces a ballot.
    pub fn replaces(&self) -> bool {
        self.old.is_some()
    }
}

/// A choice of one option out of `options`, for plurality.
pub fn single(options: usize, option: usize) -> Vec<u64> {
    (0..options).map(|index| u64::from(index == option)).collect()
}

/// Makes and signs a ballot: finds the voter's leaf in the census that was frozen, encrypts, and takes the ballot that it replaces
/// from the chain.
///
/// `choice` has a value an option. With `replace` the voter's earlier ballot is replaced; without, there must be none.
///
/// # Errors
/// `UnknownChamber`, `WrongState`, `NotMember`, `AlreadyVoted`, `NothingToReplace`; `Ballot` for a choice that breaks the rule;
/// `Inconsistent` if the chain's context is not the one of its own events.
pub fn prepare(
    replay: &ChainState,
    identity: &Identity,
    poll: PollId,
    chamber: ChamberId,
    choice: &[u64],
    replace: bool,
) -> Result<Vote, ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = open_chamber(replay, poll, chamber)?;
    let id = identity.commitment();
    let member = member(frozen, &id, poll, chamber)?;
    let rule = parameters(entry, listed)?;
    if choice.len() != rule.options {
        return Err(RuleError::Length { expected: rule.options, actual: choice.len() }.into());
    }
    // What is replaced comes first: the randomness is derived for it.
    let nullifier = nullifier::derive(&identity.nullifier_key(), &id, frozen.ctx);
    let old = match (listed.counted_ballot(&nullifier), replace) {
        (Some(_), false) => return Err(ClientError::AlreadyVoted { poll }),
        (None, true) => return Err(ClientError::NothingToReplace { poll }),
        (ballot, _) => ballot.map(|ballot| ReplacedBallot::from_posted(&ballot.posted)),
    };
    let previous = old.as_ref().map_or([0; 32], ReplacedBallot::fingerprint);
    let size = size_for(rule.options).ok_or(ClientError::NoCircuit(rule.options))?;
    let mut x = choice.to_vec();
    x.resize(size, 0);
    let membership = frozen.chamber.census.prove(member.index).map_err(inconsistent)?;
    let keys = keys(replay, entry)?.clone();
    let draft = Draft::new(
        size,
        identity.authorising_key(),
        identity.nullifier_key(),
        member.weight.get(),
        membership,
        scope(replay, poll, chamber)?,
        rule,
        keys,
        x,
        identity.ballot_randomness(frozen.ctx, previous, &mut OsRng),
    )?;
    if draft.ctx() != frozen.ctx {
        return Err(ClientError::Inconsistent(format!(
            "poll {poll}, chamber {chamber}: the context in force is {}, its events give {}",
            field::to_hex(&frozen.ctx),
            field::to_hex(&draft.ctx())
        )));
    }
    let signature = identity.sign(draft.message(previous), &mut OsRng);
    let (instance, witness, posted) = draft.finish(previous, signature);
    Ok(Vote { poll, chamber, deployment: replay.deployment.clone(), instance, witness, posted, old })
}

/// Proves a ballot. Takes about half a second of all cores.
///
/// # Errors
/// `Prove`, `Key`.
pub fn prove(circuits: &Circuits, vote: Vote) -> Result<Package, ClientError> {
    let Vote { poll, chamber, deployment, instance, witness, posted, old } = vote;
    let proof = circuits.prove_ballot(deployment.chain_id, instance, witness)?;
    let contents = Contents { record: BallotRecord { proof: proof_words(&proof), posted }, old };
    Ok(Package::new(&deployment, poll, chamber, &contents))
}

/// Has a ballot proved by a service, which learns how its voter votes ([`Kind::Ballot`](psephos_exchange::proof::Kind) says what else); the proof is verified here.
///
/// # Errors
/// `Remote`, `Key`.
pub async fn prove_remotely(
    prover: &RemoteProver,
    circuits: &Circuits,
    vote: Vote,
    observer: &dyn Observer,
) -> Result<Package, ClientError> {
    let Vote { poll, chamber, deployment, instance, witness, posted, old } = vote;
    let statement = Statement::Ballot(instance, witness);
    let verifier = circuits.verifying_key(statement.circuit())?;
    let request = ProofRequest { chain_id: deployment.chain_id, statement };
    let proof = prover.prove(&request, verifier, observer).await?;
    let contents = Contents { record: BallotRecord { proof: proof_words(&proof), posted }, old };
    Ok(Package::new(&deployment, poll, chamber, &contents))
}

/// Sends a ballot directly, without a relayer: the sending account is then seen to have sent a ballot.
///
/// # Errors
/// `Package`; `Chain`: `Reverted` with `AlreadyCast`, `WrongPrevious`, `WrongState`, `InvalidProof`, .., `Unfunded`.
pub async fn submit(connection: &Connection, package: &Package) -> Result<Sent, ClientError> {
    let contents = package.contents()?;
    let (poll, chamber) = (U256::from(package.poll.get()), U256::from(package.chamber.get()));
    let bytes = contents.to_bytes().into();
    Ok(match contents.old {
        None => connection.send_call(package.polls, &castCall { poll, chamber, record: bytes }).await?,
        Some(_) => connection.send_call(package.polls, &replaceCall { poll, chamber, replacement: bytes }).await?,
    })
}

/// Whether a voter's ballot counts: what a voter asks after a relayer said that it sent it.
///
/// # Errors
/// `UnknownChamber`, `Inconsistent`.
///
/// With `expected`, what a package posts, only that ballot will do: a relayer that keeps a replacement back leaves the old one counting.
pub fn is_counted(
    replay: &ChainState,
    identity: &Identity,
    poll: PollId,
    chamber: ChamberId,
    expected: Option<&Posted>,
) -> Result<bool, ClientError> {
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let nullifier = nullifier::derive(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    Ok(listed.counted_ballot(&nullifier).is_some_and(|ballot| expected.is_none_or(|posted| ballot.posted == *posted)))
}

/// The keys that a poll's ballots are encrypted under.
pub(super) fn keys<'a>(replay: &'a ChainState, poll: &Poll) -> Result<&'a KeyVector, ClientError> {
    let committee = replay.committees.get(&poll.committee());
    let keys = committee.and_then(|committee| committee.keys.as_ref());
    keys.ok_or_else(|| ClientError::Inconsistent("the poll is open without a committee's keys".into()))
}

/// The member of this identity in a census as it was frozen.
pub(super) fn member<'a>(
    frozen: &'a FrozenChamber,
    id: &IdentityCommitment,
    poll: PollId,
    chamber: ChamberId,
) -> Result<&'a Member, ClientError> {
    let found = frozen.chamber.find_member(id).map(|(_, member)| member);
    found.ok_or_else(|| ClientError::NotMember { poll, chamber, id: field::to_hex(&id.value()) })
}

/// The scope of a chamber, from the very parameters that say when it may be opened: voters prove under it, trustees check ballots under it.
pub(crate) fn scope(replay: &ChainState, poll: PollId, chamber: ChamberId) -> Result<Fr, ClientError> {
    let entry = replay.poll(poll)?;
    let listed = listed(entry, poll, chamber)?;
    let Deployment { chain_id, polls, .. } = &replay.deployment;
    let (min_ballots, closes_at) = (listed.rule.minBallots, entry.parameters.closesAt);
    Ok(context::scope(*chain_id, polls.into_array(), poll.get(), chamber.get(), min_ballots, closes_at))
}

/// A chamber's rule.
pub(crate) fn parameters(poll: &Poll, chamber: &PollChamber) -> Result<Parameters, ClientError> {
    let rule = poll.rule().ok_or_else(|| ClientError::Inconsistent("a rule that does not exist".into()))?;
    Ok(rule.parameters(poll.options(), chamber.rule.weighted)?)
}

/// A chamber of a poll that takes ballots now.
fn open_chamber(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<(&PollChamber, &FrozenChamber), ClientError> {
    match replay.poll_state(poll)? {
        PollState::Open => opened_chamber(replay, poll, chamber),
        other => Err(ClientError::WrongState { poll, actual: other.to_string(), needed: "open" }),
    }
}

/// A chamber of a poll that was opened.
pub(crate) fn opened_chamber(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<(&PollChamber, &FrozenChamber), ClientError> {
    let listed = listed(replay.poll(poll)?, poll, chamber)?;
    let frozen = listed.frozen.as_ref().ok_or_else(|| ClientError::WrongState {
        poll,
        actual: PollState::Created.to_string(),
        needed: "open",
    })?;
    Ok((listed, frozen))
}

fn listed(entry: &Poll, poll: PollId, chamber: ChamberId) -> Result<&PollChamber, ClientError> {
    entry.chambers.get(&chamber).ok_or_else(|| ClientError::UnknownChamber {
        poll,
        chamber,
        chambers: entry.chambers.keys().copied().collect(),
    })
}

pub(crate) fn inconsistent(error: impl std::fmt::Display) -> ClientError {
    ClientError::Inconsistent(error.to_string())
}
