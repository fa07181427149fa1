//! The body of a request, whole or refused by name.

use axum::{body::Bytes, extract::rejection::BytesRejection, http::StatusCode};

use super::Problem;

/// Returns a body that has arrived whole.
///
/// # Errors
/// Returns 413 if it has more than `most` bytes, and 400 `incomplete` if its end is missing.
pub(crate) fn complete_body(body: Result<Bytes, BytesRejection>, most: usize) -> Result<Bytes, Problem> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large_problem(most),
        _ => Problem::bad_request("incomplete", "the request body ended early: send it again"),
    })
}

/// Returns the refusal of a body of more than `most` bytes.
pub(crate) fn too_large_problem(most: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the package exceeds the maximum of {most} bytes"))
}
