//! Relays ballot packages: verifies them, sends them in batches, and reports the outcome of each.
//!
//! Idempotent: a ballot that counts already is not sent again, so a run that was interrupted is simply repeated. A
//! relayer can refuse ballots but not change them; voters verify inclusion themselves ([`crate::voter::is_counted`]).

pub mod error;
mod exposure;
mod mask;
mod send;

pub use error::RelayerError;
pub use exposure::{is_known_member, is_member};
pub use mask::{MaskedRun, mask_poll};
pub use psephos_submission::{
    MAX_BATCH, PackageOutcome, PackageReport, Refusal, RelayReport, Submission, TransactionReport,
};

use psephos_chain::{NodeSet, StateSource};
use psephos_circuits::catalogue::Name;
use psephos_protocol::statement::{ballot, update};
use psephos_state::ChainState;
use psephos_submission::{
    ballots::check_ballots,
    contexts::{ContextError, confirm_chamber},
    schedule::{BallotQueue, schedule_ballots},
    verifiers::check_contracts,
};

use crate::{
    KeyRing,
    progress::{Observer, Phase},
};

/// Options of a relayer's run.
#[derive(Clone, Copy, Debug)]
pub struct RelayConfig {
    /// Number of ballots in a transaction, 1 to [`MAX_BATCH`].
    pub batch: usize,
    /// Whether the account that sends may be a member of the ballots' chambers, although that shows a voter.
    pub expose_sender: bool,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self { batch: 32, expose_sender: false }
    }
}

/// Relays ballot packages, sending from the account of the first node's connection. An error of one package is in its
/// report and does not stop the others.
///
/// # Errors
/// Returns `Chain` with `NodeUnreachable`, `WrongChain`, `NotDeployed`, `NoSender`, or with `Unfunded` if nothing could
/// be sent at all; `SenderIsMember`; `Context` if the nodes do not agree about a chamber; and `Submission`.
pub async fn relay_ballots(
    source: &dyn StateSource,
    nodes: &NodeSet,
    circuits: &KeyRing,
    submissions: &[Submission],
    config: RelayConfig,
    observer: &dyn Observer,
) -> Result<RelayReport, RelayerError> {
    let connection = nodes.primary();
    let state = source.read_state().await?;
    let mut verifiers: Vec<Name> = Name::all_for_statement::<ballot::Witness>().collect();
    if state.polls.values().any(|poll| poll.is_masked()) {
        verifiers.extend(Name::all_for_statement::<update::Witness>());
    }
    check_contracts(circuits, connection, source.deployment(), &verifiers).await?;
    observer.begin(Phase::Relay, submissions.len() as u64);
    let mut report = RelayReport::pending(submissions);
    let candidates = check_ballots(&state, circuits, submissions, &mut report)?;
    let queues = schedule_ballots(&state, candidates, &mut report);
    if !config.expose_sender {
        exposure::require_unrelated_sender(&state, &queues, connection.sender())?;
    }
    confirm_contexts(nodes, &state, &queues).await?;
    observer.advance(Phase::Relay, report.settled_count() as u64);
    send::send_queues(source, connection, queues, config.batch.clamp(1, MAX_BATCH), &mut report, observer).await?;
    observer.end(Phase::Relay);
    Ok(report)
}

/// Confirms that the chambers that ballots are for have the contexts that their proofs were verified under, on all
/// nodes: gas is not spent on ballots for a poll that one node invents.
async fn confirm_contexts(nodes: &NodeSet, state: &ChainState, queues: &[BallotQueue]) -> Result<(), RelayerError> {
    if queues.is_empty() {
        return Ok(());
    }
    let block = nodes.find_common_block(0).await.map_err(ContextError::from)?;
    for queue in queues {
        confirm_chamber(nodes, block, state, queue.poll, queue.chamber).await?;
    }
    Ok(())
}
