//! The circuits' keys, loaded when they are first needed and kept.

mod checked;
mod rewards;
mod trust;

use std::{path::PathBuf, sync::OnceLock};

pub use trust::{ballots_of, claims_of, dealings_of, verifier_of};

use psephos_chain::U256;
use psephos_circuits::{
    ballot::BallotCircuit, claim::ClaimCircuit, committee_keys::CommitteeKeysCircuit, dealing::DealingCircuit,
    decryption::DecryptionCircuit, notes::NotesCircuit,
};
use psephos_protocol::{
    committee::KeyVector,
    statement::{ballot, committee_keys, dealing, decryption},
};
use psephos_prover::{KeyStore, Manifest, Preparation, Proof, ProvingKey, Stage, VerifyingKey};
use rand::rngs::OsRng;

use crate::{
    error::ExchangeError,
    progress::{Observer, Phase, Silent},
};

/// The circuits and their keys.
pub struct Circuits {
    store: KeyStore,
    ballot3: OnceLock<ProvingKey<BallotCircuit<3>>>,
    ballot8: OnceLock<ProvingKey<BallotCircuit<8>>>,
    decryption: OnceLock<ProvingKey<DecryptionCircuit>>,
    dealing5: OnceLock<ProvingKey<DealingCircuit<5>>>,
    dealing16: OnceLock<ProvingKey<DealingCircuit<16>>>,
    committee_keys: OnceLock<ProvingKey<CommitteeKeysCircuit>>,
    notes: OnceLock<ProvingKey<NotesCircuit>>,
    claim3: OnceLock<ProvingKey<ClaimCircuit<3>>>,
    claim8: OnceLock<ProvingKey<ClaimCircuit<8>>>,
}

impl Default for Circuits {
    fn default() -> Self {
        Self::in_folder(KeyStore::default_dir())
    }
}

impl Circuits {
    /// The keys in this folder: a ceremony's, if it has a manifest, else development keys, made when they are needed.
    ///
    /// # Errors
    /// `Key` if the manifest is none.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ExchangeError> {
        Ok(Self { store: KeyStore::open(folder)?, ..Self::in_folder("") })
    }

    /// The same keys, prepared for proofs in this way.
    #[must_use]
    pub fn with_preparation(self, preparation: Preparation) -> Self {
        Self { store: self.store.with_preparation(preparation), ..self }
    }

    /// The manifest of a ceremony's keys.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.store.manifest()
    }

    /// Development keys kept in this folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            store: KeyStore::new(folder),
            ballot3: OnceLock::new(),
            ballot8: OnceLock::new(),
            decryption: OnceLock::new(),
            dealing5: OnceLock::new(),
            dealing16: OnceLock::new(),
            committee_keys: OnceLock::new(),
            notes: OnceLock::new(),
            claim3: OnceLock::new(),
            claim8: OnceLock::new(),
        }
    }

    /// Loads (or, the first time, makes) the keys of ballots of these sizes and of decryption.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare(&self, sizes: &[usize], observer: &dyn Observer) -> Result<(), ExchangeError> {
        observer.begin(Phase::Keys, sizes.len() as u64 + 1);
        for size in sizes {
            match size {
                3 => drop(load(&self.ballot3, &self.store, observer)?),
                8 => drop(load(&self.ballot8, &self.store, observer)?),
                other => return Err(ExchangeError::NoCircuit(*other)),
            }
            observer.advance(Phase::Keys, 1);
        }
        load(&self.decryption, &self.store, observer)?;
        observer.advance(Phase::Keys, 1);
        observer.end(Phase::Keys);
        Ok(())
    }

    /// Loads (or makes) the keys with which a committee of this capacity is formed.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare_committee(&self, capacity: usize, observer: &dyn Observer) -> Result<(), ExchangeError> {
        observer.begin(Phase::Keys, 2);
        match capacity {
            5 => drop(load(&self.dealing5, &self.store, observer)?),
            16 => drop(load(&self.dealing16, &self.store, observer)?),
            other => return Err(ExchangeError::NoCircuit(other)),
        }
        observer.advance(Phase::Keys, 1);
        load(&self.committee_keys, &self.store, observer)?;
        observer.advance(Phase::Keys, 1);
        observer.end(Phase::Keys);
        Ok(())
    }

    /// The key that verifies ballots of a size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn ballot_verifier(&self, size: usize) -> Result<&VerifyingKey, ExchangeError> {
        match size {
            3 => Ok(load(&self.ballot3, &self.store, &Silent)?.verifying_key()),
            8 => Ok(load(&self.ballot8, &self.store, &Silent)?.verifying_key()),
            other => Err(ExchangeError::NoCircuit(other)),
        }
    }

    /// The key that verifies dealings to committees of this capacity.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn dealing_verifier(&self, capacity: usize) -> Result<&VerifyingKey, ExchangeError> {
        match capacity {
            5 => Ok(load(&self.dealing5, &self.store, &Silent)?.verifying_key()),
            16 => Ok(load(&self.dealing16, &self.store, &Silent)?.verifying_key()),
            other => Err(ExchangeError::NoCircuit(other)),
        }
    }

    /// The key that verifies the hashes of a committee's keys.
    ///
    /// # Errors
    /// `Key`.
    pub fn committee_keys_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        Ok(load(&self.committee_keys, &self.store, &Silent)?.verifying_key())
    }

    /// The key that verifies shares.
    ///
    /// # Errors
    /// `Key`.
    pub fn decryption_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        Ok(load(&self.decryption, &self.store, &Silent)?.verifying_key())
    }

    /// Proves a ballot for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key` (also for a development key on a chain that is not local), `NoCircuit`.
    pub fn prove_ballot(
        &self,
        chain_id: u64,
        instance: ballot::Instance,
        witness: ballot::Witness,
    ) -> Result<Proof, ExchangeError> {
        self.ballot_verifier(witness.size)?.refuse_chain(chain_id)?;
        match witness.size {
            3 => Ok(load(&self.ballot3, &self.store, &Silent)?.prove(&BallotCircuit { instance, witness }, &mut OsRng)?),
            _ => Ok(load(&self.ballot8, &self.store, &Silent)?.prove(&BallotCircuit { instance, witness }, &mut OsRng)?),
        }
    }

    /// Proves a dealing for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key`, `NoCircuit`.
    pub fn prove_dealing(
        &self,
        chain_id: u64,
        instance: dealing::Instance,
        witness: dealing::Witness,
    ) -> Result<Proof, ExchangeError> {
        let capacity = witness.recipients.capacity();
        self.dealing_verifier(capacity)?.refuse_chain(chain_id)?;
        match capacity {
            5 => {
                Ok(load(&self.dealing5, &self.store, &Silent)?
                    .prove(&DealingCircuit { instance, witness }, &mut OsRng)?)
            }
            _ => Ok(load(&self.dealing16, &self.store, &Silent)?
                .prove(&DealingCircuit { instance, witness }, &mut OsRng)?),
        }
    }

    /// Proves the hashes of a committee's keys for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key`.
    pub fn prove_committee_keys(&self, chain_id: u64, keys: KeyVector) -> Result<Proof, ExchangeError> {
        let key = load(&self.committee_keys, &self.store, &Silent)?;
        key.verifying_key().refuse_chain(chain_id)?;
        let instance = committee_keys::Instance::of(&keys);
        Ok(key.prove(&CommitteeKeysCircuit { instance, keys }, &mut OsRng)?)
    }

    /// Proves a share for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key`.
    pub fn prove_decryption(
        &self,
        chain_id: u64,
        instance: decryption::Instance,
        witness: decryption::Witness,
    ) -> Result<Proof, ExchangeError> {
        let key = load(&self.decryption, &self.store, &Silent)?;
        key.verifying_key().refuse_chain(chain_id)?;
        Ok(key.prove(&DecryptionCircuit { instance, witness }, &mut OsRng)?)
    }
}

/// A proof as the contracts' words.
pub fn proof_words(proof: &Proof) -> [U256; 8] {
    proof.words().map(U256::from_be_bytes)
}

/// The contracts' words as a proof.
///
/// # Errors
/// Those of encodings that are not canonical, and of points that are not of the groups.
pub fn words_proof(words: &[U256; 8]) -> Result<Proof, psephos_prover::ProofError> {
    Proof::from_words(&words.map(|word| word.to_be_bytes()))
}

fn load<'a, C: psephos_circuits::Circuit>(
    cell: &'a OnceLock<ProvingKey<C>>,
    store: &KeyStore,
    observer: &dyn Observer,
) -> Result<&'a ProvingKey<C>, ExchangeError> {
    if let Some(key) = cell.get() {
        return Ok(key);
    }
    let key = store.load::<C>(|stage| {
        if stage == Stage::Generating {
            observer.note(Phase::Keys, &format!("making the development key of {}, once", C::NAME));
        }
    })?;
    Ok(cell.get_or_init(|| key))
}
