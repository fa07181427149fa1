//! A signed ballot on its way from a choice to a package: what is proved, and by which machine.

use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChamberId, PollId},
    statement::ballot::PostedBallot,
};
use psephos_prover::Proof;
use psephos_state::{
    ChainState, Deployment, StateError,
    record::{BallotRecord, ReplacedBallot},
};
use psephos_submission::proofs::proof_to_words;
use psephos_wire::{proof::Statement, with_statement};

use super::VoterError;
use crate::{
    KeyRing,
    package::{Contents, Package},
    progress::Observer,
    remote::Provers,
};

/// A signed ballot that is not proved yet. It holds the vote: without `Debug`.
pub struct Vote {
    poll: (PollId, PollFingerprint),
    chamber: ChamberId,
    deployment: Deployment,
    statement: Statement,
    pub(crate) posted: PostedBallot,
    old: Option<ReplacedBallot>,
}

impl Vote {
    /// Returns a vote of these parts.
    pub(super) fn new(
        state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        statement: Statement,
        (posted, old): (PostedBallot, Option<ReplacedBallot>),
    ) -> Result<Self, StateError> {
        let fingerprint = state.poll(poll)?.require_fingerprint()?;
        Ok(Self { poll: (poll, fingerprint), chamber, deployment: state.deployment.clone(), statement, posted, old })
    }

    /// Whether it is an update of a masked poll.
    pub fn is_update(&self) -> bool {
        matches!(self.statement, Statement::Update(..))
    }

    /// Whether it replaces a ballot.
    pub fn replaces(&self) -> bool {
        self.old.is_some()
    }
}

/// Proves a ballot. Blocks the thread and uses all cores.
///
/// # Errors
/// Returns `Keys` if the ballot cannot be proved or its circuit's key cannot be used.
pub fn prove_ballot(circuits: &KeyRing, vote: Vote) -> Result<Package, VoterError> {
    let Vote { poll, chamber, deployment, statement, posted, old } = vote;
    let chain_id = deployment.chain_id;
    let proof = with_statement!(statement, (instance, witness) => circuits.prove(chain_id, instance, witness))?;
    Ok(build_package(&deployment, poll, chamber, &proof, posted, old))
}

/// Has a ballot proved elsewhere: by one service, which learns the vote
/// ([`StatementKind::Ballot`](psephos_wire::proof::StatementKind) lists what else it learns), or by two, of which
/// neither does. The proof is verified here.
///
/// # Errors
/// Returns `Remote` or `Keys`.
pub async fn prove_ballot_remotely(
    provers: &Provers,
    circuits: &KeyRing,
    vote: Vote,
    observer: &dyn Observer,
) -> Result<Package, VoterError> {
    let Vote { poll, chamber, deployment, statement, posted, old } = vote;
    let proof = provers.prove_statement(circuits, deployment.chain_id, statement, observer).await?;
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
