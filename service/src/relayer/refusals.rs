//! Problems for rejected requests.

use axum::http::StatusCode;
use psephos_exchange::relay::{ClaimRefusal, Refusal};

use crate::http::Problem;

/// Returns the code of a reason: its serialised name.
fn code(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or("refused").to_owned()
}

pub(super) fn ballot_problem(reason: Refusal, message: String) -> Problem {
    let status = match reason {
        Refusal::Malformed | Refusal::Encoding => StatusCode::BAD_REQUEST,
        Refusal::NotOpen | Refusal::Closed | Refusal::AlreadyCast | Refusal::WrongPrevious => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, &code(reason), message)
}

pub(super) fn claim_problem(reason: ClaimRefusal, message: String) -> Problem {
    let status = match reason {
        ClaimRefusal::Malformed | ClaimRefusal::Encoding => StatusCode::BAD_REQUEST,
        ClaimRefusal::NotClaimable | ClaimRefusal::AlreadyPaid => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Problem::new(status, &code(reason), message)
}

pub(super) fn conflict(reason: &'static str) -> Problem {
    let detail = match reason {
        "closed" => "the poll has closed, or closes before this ballot could be on the chain",
        "already_cast" => "this voter has another ballot here: make this one again as a replacement",
        "wrong_previous" => "it replaces a ballot that is not the one that counts: make it again now",
        _ => "it cannot come to the chain any more",
    };
    Problem::new(StatusCode::CONFLICT, reason, detail)
}

pub(super) fn too_large(most: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("this has at most {most} bytes"))
}

pub(super) fn full() -> Problem {
    Problem::too_many("queue_full", "as much waits here as this relayer keeps: come again, or use another one", 30)
}

pub(super) fn stopping() -> Problem {
    Problem::unavailable("stopping", "the relayer did not take this: send it again, which does no harm")
}
