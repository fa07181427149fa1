//! The status of a ballot or claim that a relayer has accepted.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::B256;
use serde::{Deserialize, Serialize};

/// The kind of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubmissionKind {
    /// A ballot.
    Ballot,
    /// A claim of a reward.
    Claim,
}

impl SubmissionKind {
    /// The name, as it is signed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ballot => "ballot",
            Self::Claim => "claim",
        }
    }
}

/// The status of a ballot or a claim (`GET /v1/ballots/{id}`, `GET /v1/claims/{id}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SubmissionStatus {
    /// The id: [`ballot_id`](super::ballot_id) or [`claim_id`](super::claim_id).
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: B256,
    /// The kind: a ballot or a claim.
    pub kind: SubmissionKind,
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The chamber.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chamber: ChamberId,
    /// The stage on the way to finality.
    pub stage: SubmissionStage,
    /// The transaction whose event shows that it is on chain, whichever account sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub transaction: Option<B256>,
    /// The block of that transaction, or the one as of which it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// The code of the reason, if it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The stage of a ballot or a claim on the way to finality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubmissionStage {
    /// Accepted, and waiting for a transaction.
    Waiting,
    /// In a transaction that is not mined.
    Sent,
    /// On chain, with too few confirmations to be final.
    Included,
    /// On chain and final.
    Final,
    /// Rejected: it can never be on chain.
    Refused,
}
