//! Provers that were named in place of this machine: one, which learns the witness, or two, which do not.

use psephos_protocol::identifiers::ChainId;
use psephos_prover::{KeyRing, KeyRingError, Proof};
use psephos_submission::proofs::circuit_of;
use psephos_wire::proof::{ProofRequest, Statement};

use super::{RemoteProver, RemoteProverError, TwoProvers};
use crate::progress::Observer;

/// Provers elsewhere.
#[derive(Clone)]
pub enum Provers {
    /// One service, which learns the witness.
    One(RemoteProver),
    /// Two services, each of which alone learns nothing about it.
    Two(TwoProvers),
}

impl Provers {
    /// Has a statement proved, and verifies the proof.
    ///
    /// # Errors
    /// Returns [`RemoteProverError`].
    pub async fn prove_statement(
        &self,
        circuits: &KeyRing,
        chain_id: ChainId,
        statement: Statement,
        observer: &dyn Observer,
    ) -> Result<Proof, RemoteProverError> {
        match self {
            Self::One(prover) => {
                let circuit = circuit_of(&statement).map_err(KeyRingError::from)?;
                let verifier = circuits.verifying_key(circuit).map_err(KeyRingError::from)?;
                prover.prove_statement(&ProofRequest { chain_id, statement }, verifier, observer).await
            }
            Self::Two(provers) => provers.prove_statement(circuits, chain_id, statement, observer).await,
        }
    }
}
