//! Proofs of statements that have been checked already, of whatever kind, and their verification.

use std::sync::OnceLock;

use psephos_circuits::{
    Circuit, ballot::BallotCircuit, catalogue::Name, claim::ClaimCircuit, committee_keys::CommitteeKeysCircuit,
    dealing::DealingCircuit, decryption::DecryptionCircuit, notes::NotesCircuit,
};
use psephos_prover::{Proof, ProvingKey, VerifyingKey};
use rand::rngs::OsRng;

use super::{Circuits, load};
use crate::{
    error::ExchangeError,
    progress::{Observer, Silent},
    proof::Statement,
};

impl Circuits {
    /// Proves a statement whose check has passed.
    pub(crate) fn prove_checked(&self, chain_id: u64, statement: Statement) -> Result<Proof, ExchangeError> {
        let name = statement.circuit();
        match statement {
            Statement::Ballot(instance, witness) if name == Name::Ballot3 => {
                self.prove_with(&self.ballot3, chain_id, &BallotCircuit { instance, witness })
            }
            Statement::Ballot(instance, witness) => {
                self.prove_with(&self.ballot8, chain_id, &BallotCircuit { instance, witness })
            }
            Statement::Claim(instance, witness) if name == Name::Claim3 => {
                self.prove_with(&self.claim3, chain_id, &ClaimCircuit { instance, witness })
            }
            Statement::Claim(instance, witness) => {
                self.prove_with(&self.claim8, chain_id, &ClaimCircuit { instance, witness })
            }
            Statement::Decryption(instance, witness) => {
                self.prove_with(&self.decryption, chain_id, &DecryptionCircuit { instance, witness })
            }
            Statement::Dealing(instance, witness) if name == Name::Dealing5 => {
                self.prove_with(&self.dealing5, chain_id, &DealingCircuit { instance, witness })
            }
            Statement::Dealing(instance, witness) => {
                self.prove_with(&self.dealing16, chain_id, &DealingCircuit { instance, witness })
            }
            Statement::Notes(instance, list) => {
                self.prove_with(&self.notes, chain_id, &NotesCircuit { instance, list })
            }
            Statement::CommitteeKeys(instance, keys) => {
                self.prove_with(&self.committee_keys, chain_id, &CommitteeKeysCircuit { instance, keys })
            }
        }
    }

    /// Loads (or makes) the key of a circuit and prepares it, so that no proof waits for it.
    ///
    /// # Errors
    /// `Key`, `Prove`.
    pub fn warm(&self, circuit: Name, observer: &dyn Observer) -> Result<(), ExchangeError> {
        match circuit {
            Name::Ballot3 => load(&self.ballot3, &self.store, observer)?.prepare()?,
            Name::Ballot8 => load(&self.ballot8, &self.store, observer)?.prepare()?,
            Name::Claim3 => load(&self.claim3, &self.store, observer)?.prepare()?,
            Name::Claim8 => load(&self.claim8, &self.store, observer)?.prepare()?,
            Name::CommitteeKeys => load(&self.committee_keys, &self.store, observer)?.prepare()?,
            Name::Dealing5 => load(&self.dealing5, &self.store, observer)?.prepare()?,
            Name::Dealing16 => load(&self.dealing16, &self.store, observer)?.prepare()?,
            Name::Decryption => load(&self.decryption, &self.store, observer)?.prepare()?,
            Name::Notes => load(&self.notes, &self.store, observer)?.prepare()?,
        }
        Ok(())
    }

    /// The key that verifies a circuit's proofs.
    ///
    /// # Errors
    /// `Key`.
    pub fn verifying_key(&self, circuit: Name) -> Result<&VerifyingKey, ExchangeError> {
        match circuit {
            Name::Ballot3 => self.ballot_verifier(3),
            Name::Ballot8 => self.ballot_verifier(8),
            Name::Claim3 => self.claim_verifier(3),
            Name::Claim8 => self.claim_verifier(8),
            Name::CommitteeKeys => self.committee_keys_verifier(),
            Name::Dealing5 => self.dealing_verifier(5),
            Name::Dealing16 => self.dealing_verifier(16),
            Name::Decryption => self.decryption_verifier(),
            Name::Notes => self.notes_verifier(),
        }
    }

    fn prove_with<C: Circuit>(
        &self,
        cell: &OnceLock<ProvingKey<C>>,
        chain_id: u64,
        circuit: &C,
    ) -> Result<Proof, ExchangeError> {
        let key = load(cell, &self.store, &Silent)?;
        key.verifying_key().refuse_chain(chain_id)?;
        Ok(key.prove_checked(circuit, &mut OsRng)?)
    }
}
