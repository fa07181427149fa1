//! The keys of rewards: lists of sealed notes, and claims.

use psephos_circuits::{claim::ClaimCircuit, notes::NotesCircuit};
use psephos_protocol::{
    Fr,
    note::NoteList,
    statement::{claim, notes},
};
use psephos_prover::{Proof, VerifyingKey};
use rand::rngs::OsRng;

use super::{Circuits, load};
use crate::{
    error::ExchangeError,
    progress::{Observer, Phase, Silent},
};

impl Circuits {
    /// Loads (or makes) the key of lists of notes.
    ///
    /// # Errors
    /// `Key`.
    pub fn prepare_sealing(&self, observer: &dyn Observer) -> Result<(), ExchangeError> {
        observer.begin(Phase::Keys, 1);
        load(&self.notes, &self.store, observer)?;
        observer.advance(Phase::Keys, 1);
        observer.end(Phase::Keys);
        Ok(())
    }

    /// Loads (or makes) the key of claims for ballots of this size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare_claims(&self, size: usize, observer: &dyn Observer) -> Result<(), ExchangeError> {
        observer.begin(Phase::Keys, 1);
        match size {
            3 => drop(load(&self.claim3, &self.store, observer)?),
            8 => drop(load(&self.claim8, &self.store, observer)?),
            other => return Err(ExchangeError::NoCircuit(other)),
        }
        observer.advance(Phase::Keys, 1);
        observer.end(Phase::Keys);
        Ok(())
    }

    /// The key that verifies lists of notes.
    ///
    /// # Errors
    /// `Key`.
    pub fn notes_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        Ok(load(&self.notes, &self.store, &Silent)?.verifying_key())
    }

    /// The key that verifies claims for ballots of this size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn claim_verifier(&self, size: usize) -> Result<&VerifyingKey, ExchangeError> {
        match size {
            3 => Ok(load(&self.claim3, &self.store, &Silent)?.verifying_key()),
            8 => Ok(load(&self.claim8, &self.store, &Silent)?.verifying_key()),
            other => Err(ExchangeError::NoCircuit(other)),
        }
    }

    /// Proves the root of a list of notes that is sealed under `context`, for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key` (also for a development key on a chain that is not local).
    pub fn prove_notes(&self, chain_id: u64, list: NoteList, context: Fr) -> Result<Proof, ExchangeError> {
        let key = load(&self.notes, &self.store, &Silent)?;
        key.verifying_key().refuse_chain(chain_id)?;
        Ok(key.prove(&NotesCircuit { instance: notes::build(&list, context), list }, &mut OsRng)?)
    }

    /// Proves a claim for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key`, `NoCircuit`.
    pub fn prove_claim(
        &self,
        chain_id: u64,
        instance: claim::Instance,
        witness: claim::Witness,
    ) -> Result<Proof, ExchangeError> {
        let size = witness.size();
        self.claim_verifier(size)?.refuse_chain(chain_id)?;
        match size {
            3 => {
                let circuit = ClaimCircuit::<3> { instance, witness };
                Ok(load(&self.claim3, &self.store, &Silent)?.prove(&circuit, &mut OsRng)?)
            }
            _ => {
                let circuit = ClaimCircuit::<8> { instance, witness };
                Ok(load(&self.claim8, &self.store, &Silent)?.prove(&circuit, &mut OsRng)?)
            }
        }
    }
}
