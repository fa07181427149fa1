//! Relays ballot packages: checks them, batches them, sends them, and says what became of each.
//!
//! Idempotent: what counts already is not sent again, so a run that was interrupted is simply repeated. A relayer can refuse
//! ballots but not change them; voters check inclusion themselves (`voter::is_counted`).

mod check;
mod plan;
mod report;
mod send;

pub use report::{PackageOutcome, PackageReport, Refusal, RelayReport, TransactionReport};

use psephos_chain::{Connection, Deployment, Replay};
use psephos_circuits::catalogue::Name;

use crate::{
    error::ClientError,
    keys::Circuits,
    package::Package,
    progress::{Observer, Phase},
};

/// Ballots in a transaction at most: more would not fit the limits of common transaction pools.
pub const MAX_BATCH: usize = 64;

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

/// A package as it came in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What to call it in the report: a file name, for example.
    pub name: String,
    /// The package's JSON.
    pub json: Vec<u8>,
}

impl Submission {
    /// A package under a name.
    pub fn new(name: impl Into<String>, package: &Package) -> Self {
        Self { name: name.into(), json: package.to_json().into_bytes() }
    }
}

/// Relays packages. What is wrong with one package is in its report and does not stop the others.
///
/// # Errors
/// `Chain`: `NoChain`, `WrongChain`, `NotDeployed`, `NoSender`, and `Unfunded` if nothing could be sent at all; `Key`.
pub async fn relay(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &Circuits,
    submissions: &[Submission],
    config: RelayConfig,
    observer: &dyn Observer,
) -> Result<RelayReport, ClientError> {
    circuits.guard(connection, deployment, &[Name::Ballot3, Name::Ballot8]).await?;
    observer.begin(Phase::Relay, submissions.len() as u64);
    let replay = Replay::read(connection, deployment).await?;
    let mut report =
        RelayReport { packages: submissions.iter().map(report::pending).collect(), transactions: Vec::new() };
    let candidates = check::all(&replay, circuits, submissions, &mut report)?;
    let queues = plan::queues(&replay, candidates, &mut report);
    observer.advance(Phase::Relay, report.settled() as u64);
    send::all(connection, deployment, queues, config.batch.clamp(1, MAX_BATCH), &mut report, observer).await?;
    observer.end(Phase::Relay);
    Ok(report)
}
