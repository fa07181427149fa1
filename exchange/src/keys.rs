//! The circuits' keys with progress reports, and whether a deployment verifies with the same ones.

mod trust;

use std::path::PathBuf;

pub use trust::{ballots_of, claims_of, dealings_of, verifier_of};

use psephos_chain::U256;
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::{
    committee::KeyVector,
    elements::SealingContext,
    note::NoteBatch,
    statement::{ballot, claim, committee_keys, dealing, decryption, notes},
};
use psephos_prover::{KeyRing, KeyStore, LoadStage, Manifest, Preparation, Proof, VerifyingKey};

use crate::{
    error::ExchangeError,
    progress::{Observer, Phase},
    proof::Statement,
};

/// The circuits and their keys.
#[derive(Default)]
pub struct Circuits {
    ring: KeyRing,
}

impl Circuits {
    /// The keys in this folder: a ceremony's, if it has a manifest, else development keys, made when they are needed.
    ///
    /// # Errors
    /// `Key` if the manifest is none.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ExchangeError> {
        Ok(Self { ring: KeyRing::open(folder)? })
    }

    /// Development keys kept in this folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { ring: KeyRing::new(KeyStore::new(folder)) }
    }

    /// The same keys, prepared for proofs in this way.
    #[must_use]
    pub fn with_preparation(self, preparation: Preparation) -> Self {
        Self { ring: self.ring.with_preparation(preparation) }
    }

    /// The manifest of a ceremony's keys.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.ring.manifest()
    }

    /// Loads (or, the first time, makes) the keys of ballots of these sizes and of decryption.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare(&self, sizes: &[usize], observer: &dyn Observer) -> Result<(), ExchangeError> {
        let ballots = sizes.iter().map(|size| Name::for_size("ballot", Some(*size)));
        self.load_all(ballots.chain([Ok(Name::Decryption)]), observer)
    }

    /// Loads (or makes) the keys with which a committee of this capacity is formed.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare_committee(&self, capacity: usize, observer: &dyn Observer) -> Result<(), ExchangeError> {
        self.load_all([Name::for_size("dealing", Some(capacity)), Ok(Name::CommitteeKeys)], observer)
    }

    /// Loads (or makes) the key of lists of notes.
    ///
    /// # Errors
    /// `Key`.
    pub fn prepare_sealing(&self, observer: &dyn Observer) -> Result<(), ExchangeError> {
        self.load_all([Ok(Name::Notes)], observer)
    }

    /// Loads (or makes) the key of claims for ballots of this size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn prepare_claims(&self, size: usize, observer: &dyn Observer) -> Result<(), ExchangeError> {
        self.load_all([Name::for_size("claim", Some(size))], observer)
    }

    /// Loads (or makes) the key of a circuit and prepares it, so that no proof waits for it.
    ///
    /// # Errors
    /// `Key`, `Prove`.
    pub fn warm(&self, circuit: Name, observer: &dyn Observer) -> Result<(), ExchangeError> {
        Ok(self.ring.prepare(circuit, note_stage(circuit, observer))?)
    }

    /// The key that verifies a circuit's proofs.
    ///
    /// # Errors
    /// `Key`.
    pub fn verifying_key(&self, circuit: Name) -> Result<&VerifyingKey, ExchangeError> {
        Ok(self.ring.verifying_key(circuit)?)
    }

    /// The key that verifies ballots of a size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn ballot_verifier(&self, size: usize) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::for_size("ballot", Some(size))?)
    }

    /// The key that verifies claims for ballots of this size.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn claim_verifier(&self, size: usize) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::for_size("claim", Some(size))?)
    }

    /// The key that verifies dealings to committees of this capacity.
    ///
    /// # Errors
    /// `Key`, `NoCircuit`.
    pub fn dealing_verifier(&self, capacity: usize) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::for_size("dealing", Some(capacity))?)
    }

    /// The key that verifies the hashes of a committee's keys.
    ///
    /// # Errors
    /// `Key`.
    pub fn committee_keys_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::CommitteeKeys)
    }

    /// The key that verifies shares.
    ///
    /// # Errors
    /// `Key`.
    pub fn decryption_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::Decryption)
    }

    /// The key that verifies lists of notes.
    ///
    /// # Errors
    /// `Key`.
    pub fn notes_verifier(&self) -> Result<&VerifyingKey, ExchangeError> {
        self.verifying_key(Name::Notes)
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
        Ok(self.ring.prove(chain_id, instance, witness)?)
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
        Ok(self.ring.prove(chain_id, instance, witness)?)
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
        Ok(self.ring.prove(chain_id, instance, witness)?)
    }

    /// Proves the hashes of a committee's keys for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key`.
    pub fn prove_committee_keys(&self, chain_id: u64, keys: KeyVector) -> Result<Proof, ExchangeError> {
        Ok(self.ring.prove(chain_id, committee_keys::Instance::from_keys(&keys), keys)?)
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
        Ok(self.ring.prove(chain_id, instance, witness)?)
    }

    /// Proves the root of a list of notes that is sealed under `context`, for use on a chain.
    ///
    /// # Errors
    /// `Prove`, `Key` (also for a development key on a chain that is not local).
    pub fn prove_notes(&self, chain_id: u64, list: NoteBatch, context: SealingContext) -> Result<Proof, ExchangeError> {
        Ok(self.ring.prove(chain_id, notes::build_instance(&list, context), list)?)
    }

    /// Proves a statement whose check has passed.
    pub(crate) fn prove_checked(&self, chain_id: u64, statement: Statement) -> Result<Proof, ExchangeError> {
        let ring = &self.ring;
        Ok(match statement {
            Statement::Ballot(instance, witness) => ring.prove_checked(chain_id, instance, witness),
            Statement::Claim(instance, witness) => ring.prove_checked(chain_id, instance, witness),
            Statement::Decryption(instance, witness) => ring.prove_checked(chain_id, instance, witness),
            Statement::Dealing(instance, witness) => ring.prove_checked(chain_id, instance, witness),
            Statement::Notes(instance, list) => ring.prove_checked(chain_id, instance, list),
            Statement::CommitteeKeys(instance, keys) => ring.prove_checked(chain_id, instance, keys),
        }?)
    }

    fn load_all(
        &self,
        circuits: impl IntoIterator<Item = Result<Name, NoCircuit>>,
        observer: &dyn Observer,
    ) -> Result<(), ExchangeError> {
        let circuits = circuits.into_iter().collect::<Result<Vec<_>, _>>()?;
        observer.begin(Phase::Keys, circuits.len() as u64);
        for circuit in circuits {
            self.ring.load(circuit, note_stage(circuit, observer))?;
            observer.advance(Phase::Keys, 1);
        }
        observer.end(Phase::Keys);
        Ok(())
    }
}

/// Reports when a development key is made, which takes seconds.
fn note_stage(circuit: Name, observer: &dyn Observer) -> impl FnMut(LoadStage) + '_ {
    move |stage| {
        if stage == LoadStage::Generating {
            observer.note(Phase::Keys, &format!("making the development key of {circuit}, once"));
        }
    }
}

/// A proof as the contracts' words.
pub fn proof_words(proof: &Proof) -> [U256; 8] {
    proof.to_words().map(U256::from_be_bytes)
}

/// The contracts' words as a proof.
///
/// # Errors
/// Those of encodings that are not canonical, and of points that are not of the groups.
pub fn words_proof(words: &[U256; 8]) -> Result<Proof, psephos_prover::ProofError> {
    Proof::from_words(&words.map(|word| word.to_be_bytes()))
}
