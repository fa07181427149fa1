//! Two prover services that make a proof together, of which neither learns anything about the witness.
//!
//! The client computes the assignment and the quotient polynomial, splits both into two witness shares, and sends a
//! seed to the first service and the rest to the second ([`psephos_prover::split`]). Each sees a share of a circuit,
//! the client's address and the time. Both together have the witness.
//!
//! What a service could learn by lying is one bit for each try: whether the client was content. So
//!
//! - both answers are awaited before either is looked at, and whatever is wrong with them is one error, which does not
//!   name a service;
//! - a try after wrong answers is the user's decision;
//! - shares are drawn anew for every try, also after a lost connection.

use std::time::Duration;

use psephos_protocol::identifiers::ChainId;
use psephos_prover::{
    KeyRing, KeyRingError, Proof,
    split::{ExtendedWitness, SplitWitness},
};
use psephos_submission::proofs::circuit_of;
use psephos_wire::{
    proof::Statement,
    sums::{SharePart, SumsHeader},
    with_statement,
};
use rand::rngs::OsRng;
use reqwest::{Method, header::CONTENT_TYPE};

use super::{RemoteProverError, Service, ServiceError};
use crate::progress::{Observer, Phase};

/// Number of tries if a service is busy or cannot be reached.
const MAX_TRIES: u32 = 4;
/// Maximum length of an answer in bytes; one of another length than that of sums is wrong.
const MAX_ANSWER: usize = 4_096;

/// Two prover services at different origins.
#[derive(Clone)]
pub struct TwoProvers {
    /// Receives seeds.
    first: Service,
    /// Receives the rest, a megabyte for a ballot.
    second: Service,
}

impl TwoProvers {
    /// Creates a client of two services. Each should have a SOCKS user of its own
    /// ([`Purpose::Prove`](psephos_chain::Purpose::Prove),
    /// [`Purpose::ProveToo`](psephos_chain::Purpose::ProveToo)).
    ///
    /// # Errors
    /// Returns [`RemoteProverError::SameProver`] if both have one origin.
    pub fn new(first: Service, second: Service) -> Result<Self, RemoteProverError> {
        match first.has_origin_of(&second) {
            true => Err(RemoteProverError::SameProver { host: first.host() }),
            false => Ok(Self { first, second }),
        }
    }

    /// Returns the hosts, by which messages name the services.
    pub fn hosts(&self) -> [String; 2] {
        [self.first.host(), self.second.host()]
    }

    /// Returns whether both belong to one operator, as far as their names say: such services may well be one.
    pub fn have_one_operator(&self) -> bool {
        self.first.operator() == self.second.operator()
    }

    /// Checks a statement and has it proved, for use on a chain. Blocks the thread while it checks, computes the
    /// quotient and verifies: a small part of the time that the proof would take here.
    ///
    /// # Errors
    /// Returns [`RemoteProverError`]: `Keys` with [`InvalidSums`](psephos_prover::ProveError::InvalidSums) if an answer
    /// is wrong, and `OneOfTwo` if a service refuses or cannot be reached, which depends on nothing secret.
    pub async fn prove_statement(
        &self,
        circuits: &KeyRing,
        chain_id: ChainId,
        statement: Statement,
        observer: &dyn Observer,
    ) -> Result<Proof, RemoteProverError> {
        let circuit = circuit_of(&statement).map_err(KeyRingError::from)?;
        let key_hash = circuits.verifying_key(circuit).map_err(KeyRingError::from)?.info().key_hash;
        let witness = with_statement!(statement, (instance, witness) => {
            circuits.extend_witness(chain_id, instance, witness)
        })?;
        let request = |part| SumsHeader { key_hash, circuit: circuit.to_string(), part };
        let mut tries = 0;
        loop {
            tries += 1;
            let (host, source) = match self.send_shares(&witness, request).await {
                Ok([one, two]) => return Ok(circuits.combine_sums(circuit, &witness, [&one, &two])?),
                Err(failed) => failed,
            };
            match retry_pause(&source).filter(|_| tries < MAX_TRIES) {
                Some(pause) => {
                    observer.note(Phase::Prove, &format!("{host} is busy or not reached: trying again"));
                    tokio::time::sleep(pause).await;
                }
                None => return Err(RemoteProverError::OneOfTwo { host, source: Box::new(source) }),
            }
        }
    }

    /// Splits the witness anew, and sends a share to each service. Waits for both, also if one has failed.
    async fn send_shares(
        &self,
        witness: &ExtendedWitness,
        request: impl Fn(SharePart) -> SumsHeader,
    ) -> Result<[Vec<u8>; 2], (String, ServiceError)> {
        let SplitWitness { seed, rest } = witness.split(&mut OsRng);
        let (one, two) = futures_util::future::join(
            send_share(&self.first, request(SharePart::Seed), seed.as_slice()),
            send_share(&self.second, request(SharePart::Elements), &rest),
        )
        .await;
        match (one, two) {
            (Ok(one), Ok(two)) => Ok([one, two]),
            // A failure that more tries do not repair goes first.
            (Err(one), Err(two)) if retry_pause(&one).is_some() => Err((self.second.host(), two)),
            (Err(one), _) => Err((self.first.host(), one)),
            (_, Err(two)) => Err((self.second.host(), two)),
        }
    }
}

async fn send_share(service: &Service, header: SumsHeader, payload: &[u8]) -> Result<Vec<u8>, ServiceError> {
    let body = header.to_request(payload).map_err(|error| ServiceError::InvalidResponse(error.to_string()))?;
    let request = service
        .build_request(Method::POST, "v1/sums")?
        .header(CONTENT_TYPE, "application/octet-stream")
        .body(body.to_vec());
    service.send_for_bytes(request, MAX_ANSWER).await
}

/// Returns how long to wait before another try; nothing if none helps.
fn retry_pause(error: &ServiceError) -> Option<Duration> {
    let seconds = match error {
        ServiceError::Refused { status: 429 | 503, retry_after, .. } => retry_after.unwrap_or(1).min(20),
        // The response was lost, or the service is restarting.
        ServiceError::Unreachable { sent: true, .. } => 1,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}
