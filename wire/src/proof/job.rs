//! The prover's response: the status of a job, and its proof.

use serde::{Deserialize, Serialize};

use super::StatementKind;

/// The status of a job.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// It waits for a worker.
    Queued,
    /// A worker holds its lease.
    Proving,
    /// It has a proof.
    Done,
    /// It has ended without a proof.
    Failed,
    /// Its owner has cancelled it.
    Cancelled,
}

impl JobStatus {
    /// Returns whether the job has ended: its status does not change any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job, as its owner sees it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// The id, which is a capability: a client that knows it may request the proof.
    pub id: String,
    /// The kind of the statement.
    pub statement: StatementKind,
    /// The status.
    pub status: JobStatus,
    /// The number of jobs that wait before it, if it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u64>,
    /// The proof, `0x` and eight words (specification, section 9), once the job is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The reason why there is no proof, if the job has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
