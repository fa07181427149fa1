//! Problems for rejected requests.

use axum::http::StatusCode;
use psephos_submission::{Refusal, claims::ClaimRefusal};

use crate::http::Problem;

/// Returns the code of a reason: its serialised name.
fn problem_code(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or("refused").to_owned()
}

pub(super) fn ballot_problem(reason: Refusal, message: String) -> Problem {
    let status = match reason {
        Refusal::Malformed | Refusal::Encoding => StatusCode::BAD_REQUEST,
        Refusal::NotOpen | Refusal::Closed | Refusal::AlreadyCast | Refusal::WrongPrevious => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, &problem_code(reason), message)
}

pub(super) fn claim_problem(reason: ClaimRefusal, message: String) -> Problem {
    let status = match reason {
        ClaimRefusal::Malformed | ClaimRefusal::Encoding => StatusCode::BAD_REQUEST,
        ClaimRefusal::NotClaimable | ClaimRefusal::AlreadyPaid => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, &problem_code(reason), message)
}

pub(super) fn conflict_problem(reason: &'static str) -> Problem {
    let detail = match reason {
        "closed" => "the poll has closed, or closes before this ballot could be included on chain",
        "already_cast" => "this voter has already cast a ballot: make this one again as a replacement",
        "wrong_previous" => "the ballot replaces one that no longer counts: make it again from the current state",
        _ => "the package can no longer be included on chain",
    };
    Problem::new(StatusCode::CONFLICT, reason, detail)
}

pub(super) fn not_masking_problem() -> Problem {
    let detail = "this relayer does not mask, so that a replacement from it could be told from the masks of others: hand \
                  the package to the poll's masker";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_masking", detail)
}

pub(super) fn queue_full_problem() -> Problem {
    Problem::too_many_requests("queue_full", "this relayer's queue is full: retry later, or use another relayer", 30)
}

pub(super) fn stopping_problem() -> Problem {
    Problem::unavailable("stopping", "the relayer could not process the package: send it again, which is idempotent")
}
