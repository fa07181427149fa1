//! Relays ballot packages: checks them, batches them, sends them, and says what became of each.
//!
//! Idempotent: what counts already is not sent again, so a run that was interrupted is simply repeated. A relayer can refuse
//! ballots but not change them; voters check inclusion themselves (`voter::is_counted`).

mod send;

pub use psephos_exchange::relay::{
    MAX_BATCH, PackageOutcome, PackageReport, Refusal, RelayReport, Submission, TransactionReport,
};

use psephos_chain::{Connection, StateSource};
use psephos_circuits::catalogue::Name;
use psephos_exchange::relay;

use crate::{
    error::ClientError,
    keys::Circuits,
    progress::{Observer, Phase},
};

/// How to relay.
#[derive(Clone, Copy, Debug)]
pub struct RelayConfig {
    /// Ballots in a transaction, 1 to [`MAX_BATCH`].
    pub batch: usize,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self { batch: 32 }
    }
}

/// Relays packages. What is wrong with one package is in its report and does not stop the others.
///
/// # Errors
/// `Chain`: `NodeUnreachable`, `WrongChain`, `NotDeployed`, `NoSender`, and `Unfunded` if nothing could be sent at all; `Key`.
pub async fn relay(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &Circuits,
    submissions: &[Submission],
    config: RelayConfig,
    observer: &dyn Observer,
) -> Result<RelayReport, ClientError> {
    circuits.guard(connection, source.deployment(), &[Name::Ballot3, Name::Ballot8]).await?;
    observer.begin(Phase::Relay, submissions.len() as u64);
    let replay = source.read_state().await?;
    let mut report =
        RelayReport { packages: submissions.iter().map(relay::pending).collect(), transactions: Vec::new() };
    let candidates = relay::all(&replay, circuits, submissions, &mut report)?;
    let queues = relay::queues(&replay, candidates, &mut report);
    observer.advance(Phase::Relay, report.settled() as u64);
    send::all(source, connection, queues, config.batch.clamp(1, MAX_BATCH), &mut report, observer).await?;
    observer.end(Phase::Relay);
    Ok(report)
}
