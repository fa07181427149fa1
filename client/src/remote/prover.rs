//! Proofs made by somebody else's machine, for devices that would take long.
//!
//! The service gets the witness, and so learns what [`StatementKind::reveals`](psephos_wire::proof::StatementKind::reveals) says; it never gets the authorising key. Its proof is verified here: a
//! service can refuse or be slow, not deceive.

use std::time::{Duration, Instant};

use psephos_prover::{Proof, VerifyingKey};
use psephos_submission::proofs::proof_from_hex;
use psephos_wire::proof::{JobStatus, JobView, ProofRequest};
use rand::{RngCore, rngs::OsRng};
use reqwest::{Method, header};

use super::{RemoteError, Service};
use crate::progress::{Observer, Phase};

/// How long a proof is waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often a request whose answer is lost is sent again: under one key it is one job.
const TRIES: u32 = 4;

/// A prover at an address.
#[derive(Clone)]
pub struct RemoteProver(Service);

impl RemoteProver {
    /// The prover of a service.
    pub fn new(service: Service) -> Self {
        Self(service)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Has a statement proved, and verifies the proof with `verifier`.
    ///
    /// # Errors
    /// [`RemoteError`]; `Nonsense` for a proof that does not hold.
    pub async fn prove(
        &self,
        request: &ProofRequest,
        verifier: &VerifyingKey,
        observer: &dyn Observer,
    ) -> Result<Proof, RemoteError> {
        let job = self.submit(request).await?;
        let proof = match self.wait(job, observer).await {
            Ok(proof) => proof,
            Err((id, error)) => {
                // It has learnt what it has learnt, but need not work for nobody. Whether it listens does not matter any more.
                if let Ok(cancel) = self.0.request(Method::DELETE, &format!("v1/proofs/{id}")) {
                    let _ = self.0.send::<JobView>(cancel).await;
                }
                return Err(error);
            }
        };
        let proof = proof_from_hex(&proof).map_err(|error| RemoteError::Nonsense(error.to_string()))?;
        verifier
            .verify(&proof, &request.statement.to_inputs())
            .map_err(|_| RemoteError::Nonsense("a proof that does not hold".into()))?;
        Ok(proof)
    }

    async fn submit(&self, request: &ProofRequest) -> Result<JobView, RemoteError> {
        let key = format!("{:032x}", u128::from(OsRng.next_u64()) << 64 | u128::from(OsRng.next_u64()));
        let mut tries = 0;
        loop {
            tries += 1;
            let body = request.to_json().map_err(|error| RemoteError::Nonsense(error.to_string()))?;
            let sent = self
                .0
                .request(Method::POST, "v1/proofs")?
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", &key)
                .body(body.to_vec());
            let pause = match self.0.send(sent).await {
                Ok(job) => return Ok(job),
                Err(RemoteError::Refused { status: 429 | 503, retry_after, .. }) if tries < TRIES => {
                    retry_after.unwrap_or(1).min(20)
                }
                // Its answer was lost, or it is being started again.
                Err(RemoteError::Unreachable { sent, .. }) if tries < TRIES && (sent || tries > 1) => 1,
                Err(error) => return Err(error),
            };
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    /// The proof of a job, as text; the job's id with the error, to cancel it.
    async fn wait(&self, job: JobView, observer: &dyn Observer) -> Result<String, (String, RemoteError)> {
        let (start, mut job, mut lost) = (Instant::now(), job, 0);
        while !job.status.is_final() {
            if start.elapsed() > PATIENCE {
                return Err((job.id, RemoteError::TooSlow(PATIENCE.as_secs())));
            }
            let seen = if job.status == JobStatus::Queued { "queued" } else { "proving" };
            if let Some(ahead) = job.ahead.filter(|ahead| *ahead > 0) {
                observer.note(Phase::Prove, &format!("{ahead} proofs are before this one"));
            }
            let route = format!("v1/proofs/{}?wait=30&seen={seen}", job.id);
            let asked = match self.0.request(Method::GET, &route) {
                Ok(request) => self.0.send::<JobView>(request).await,
                Err(error) => Err(error),
            };
            match asked {
                Ok(view) => (job, lost) = (view, 0),
                // A connection that breaks while it waits, or a service that is started again.
                Err(RemoteError::Unreachable { .. } | RemoteError::Refused { status: 429 | 503, .. })
                    if lost < TRIES =>
                {
                    lost += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(error) => return Err((job.id, error)),
            }
        }
        match (job.status, job.proof) {
            (JobStatus::Done, Some(proof)) => Ok(proof),
            (JobStatus::Cancelled, _) => Err((job.id, RemoteError::Failed("it was cancelled".into()))),
            _ => Err((job.id, RemoteError::Failed(job.failure.unwrap_or_else(|| "it does not say why".into())))),
        }
    }
}
