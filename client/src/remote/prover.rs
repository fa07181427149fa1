//! A prover service, for devices on which proving takes too long.
//!
//! The service receives the witness and learns what
//! [`StatementKind::reveals`](psephos_wire::proof::StatementKind::reveals) lists; it never receives the
//! authorising key. Its proof is verified here: a service can refuse or be slow, but not deceive.

use std::time::{Duration, Instant};

use psephos_prover::{KeyRingError, Proof, VerifyingKey};
use psephos_submission::proofs::proof_from_hex;
use psephos_wire::proof::{JobStatus, JobView, ProofRequest};
use rand::{RngCore, rngs::OsRng};
use reqwest::{Method, header};

use super::{Service, ServiceError};
use crate::progress::{Observer, Phase};

/// Time after which a proof is given up.
const PROOF_TIMEOUT: Duration = Duration::from_secs(300);
/// Number of attempts to send a request: with one idempotency key they are one job.
const MAX_ATTEMPTS: u32 = 4;

/// The reason why one prover service, or two, made no valid proof.
#[derive(Debug, thiserror::Error)]
pub enum RemoteProverError {
    /// The service returned no valid response.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The service reports that it could not prove the statement.
    #[error("the service made no proof: {0}")]
    NoProof(String),
    /// The service did not prove the statement in time.
    #[error("the service made no proof in {0} s: prove on this machine, or try again")]
    TimedOut(u64),
    /// Two provers that are one: it would have both shares of the witness.
    #[error("both provers are at {host}: one service would have both shares, and so learn everything")]
    SameProver {
        /// The host.
        host: String,
    },
    /// One of two services refuses, or cannot be reached.
    #[error("{host}: {source}")]
    OneOfTwo {
        /// The service's host.
        host: String,
        /// Why.
        source: Box<ServiceError>,
    },
    /// The statement does not hold, its circuit's key cannot be used, or two provers' answers make no valid proof.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
}

/// A client of a prover service.
#[derive(Clone)]
pub struct RemoteProver(Service);

impl RemoteProver {
    /// Creates a client of the prover of a service.
    pub fn new(service: Service) -> Self {
        Self(service)
    }

    /// Has a statement proved, and verifies the proof with `verifier`.
    ///
    /// # Errors
    /// Returns [`RemoteProverError`]: `Service` with `InvalidResponse` for an invalid proof.
    pub async fn prove_statement(
        &self,
        request: &ProofRequest,
        verifier: &VerifyingKey,
        observer: &dyn Observer,
    ) -> Result<Proof, RemoteProverError> {
        let job = self.submit_job(request).await?;
        let proof = match self.wait_for_proof(job, observer).await {
            Ok(proof) => proof,
            Err((id, error)) => {
                // The service has seen the witness, but need not continue a job that is no longer wanted. Whether it
                // obeys does not matter.
                if let Ok(cancel) = self.0.build_request(Method::DELETE, &format!("v1/proofs/{id}")) {
                    let _ = self.0.send_for_json::<JobView>(cancel).await;
                }
                return Err(error);
            }
        };
        let proof = proof_from_hex(&proof).map_err(|error| ServiceError::InvalidResponse(error.to_string()))?;
        verifier
            .verify(&proof, &request.statement.to_inputs())
            .map_err(|_| ServiceError::InvalidResponse("the proof is invalid".into()))?;
        Ok(proof)
    }

    async fn submit_job(&self, request: &ProofRequest) -> Result<JobView, RemoteProverError> {
        let key = format!("{:032x}", u128::from(OsRng.next_u64()) << 64 | u128::from(OsRng.next_u64()));
        let mut attempts = 0;
        loop {
            attempts += 1;
            let body = request.to_json().map_err(|error| ServiceError::InvalidResponse(error.to_string()))?;
            let sent = self
                .0
                .build_request(Method::POST, "v1/proofs")?
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", &key)
                .body(body.to_vec());
            let pause = match self.0.send_for_json(sent).await {
                Ok(job) => return Ok(job),
                Err(ServiceError::Refused { status: 429 | 503, retry_after, .. }) if attempts < MAX_ATTEMPTS => {
                    retry_after.unwrap_or(1).min(20)
                }
                // The response was lost, or the service is restarting.
                Err(ServiceError::Unreachable { sent, .. }) if attempts < MAX_ATTEMPTS && (sent || attempts > 1) => 1,
                Err(error) => return Err(error.into()),
            };
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    /// Waits for the proof of a job and returns it as text. An error comes with the job's id, to cancel it.
    async fn wait_for_proof(
        &self,
        job: JobView,
        observer: &dyn Observer,
    ) -> Result<String, (String, RemoteProverError)> {
        let (start, mut job, mut lost) = (Instant::now(), job, 0);
        while !job.status.is_final() {
            if start.elapsed() > PROOF_TIMEOUT {
                return Err((job.id, RemoteProverError::TimedOut(PROOF_TIMEOUT.as_secs())));
            }
            let seen = if job.status == JobStatus::Queued { "queued" } else { "proving" };
            if let Some(ahead) = job.ahead.filter(|ahead| *ahead > 0) {
                observer.note(Phase::Prove, &format!("{ahead} proofs are queued before this one"));
            }
            let route = format!("v1/proofs/{}?wait=30&seen={seen}", job.id);
            let asked = match self.0.build_request(Method::GET, &route) {
                Ok(request) => self.0.send_for_json::<JobView>(request).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(view) => (job, lost) = (view, 0),
                // The connection broke while waiting, or the service is restarting.
                Err(ServiceError::Unreachable { .. } | ServiceError::Refused { status: 429 | 503, .. })
                    if lost < MAX_ATTEMPTS =>
                {
                    lost += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(error) => return Err((job.id, error.into())),
            }
        }
        match (job.status, job.proof) {
            (JobStatus::Done, Some(proof)) => Ok(proof),
            (JobStatus::Cancelled, _) => Err((job.id, RemoteProverError::NoProof("the job was cancelled".into()))),
            _ => Err((
                job.id,
                RemoteProverError::NoProof(job.failure.unwrap_or_else(|| "the service gives no reason".into())),
            )),
        }
    }
}
