//! The keys of all circuits, loaded when they are first needed and kept in memory.

use std::any::Any;
use std::path::PathBuf;
use std::sync::OnceLock;

use psephos_circuits::catalogue::{CatalogueCircuit, Name, NoCircuit, assemble};
use psephos_circuits::statement::StatementWitness;
use psephos_circuits::with_circuit;
use psephos_protocol::identifiers::ChainId;
use rand::rngs::OsRng;

use crate::manifest::Manifest;
use crate::split::{ExtendedWitness, PartialSums, WitnessShare};
use crate::{KeyError, KeyStore, LoadStage, Preparation, Proof, ProveError, ProvingKey, VerifyingKey};

/// The keys of the catalogue's circuits, over a [`KeyStore`].
///
/// This is the one place that finds a key by a circuit's type, name or statement. It follows the catalogue's list
/// ([`psephos_circuits::catalogue`]), so a new circuit needs no change here.
pub struct KeyRing {
    store: KeyStore,
    /// The proving key of each circuit, by the position of its name in [`Name::ALL`].
    keys: [OnceLock<Box<dyn Any + Send + Sync>>; Name::ALL.len()],
}

/// Why a key ring has no key or no proof.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The key cannot be loaded, or must not be used on this chain.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// No circuit proves statements of this size.
    #[error(transparent)]
    NoCircuit(#[from] NoCircuit),
    /// A witness share is for another key of the circuit.
    #[error("the key of {circuit} is another one than the witness share is for: use the keys of the same ceremony")]
    OtherKey {
        /// The circuit.
        circuit: Name,
    },
    /// The circuit proves another statement than the one at hand.
    #[error("circuit {circuit} does not prove the statement {statement}")]
    OtherStatement {
        /// The circuit.
        circuit: Name,
        /// The statement.
        statement: &'static str,
    },
}

impl Default for KeyRing {
    /// Development keys in [`KeyStore::default_dir`].
    fn default() -> KeyRing {
        KeyRing::new(KeyStore::new(KeyStore::default_dir()))
    }
}

impl KeyRing {
    /// The keys of a store.
    pub fn new(store: KeyStore) -> KeyRing {
        KeyRing { store, keys: std::array::from_fn(|_| OnceLock::new()) }
    }

    /// The keys in this folder: a ceremony's if it has a manifest, otherwise development keys, which are made when they
    /// are first needed.
    ///
    /// # Errors
    /// Returns [`KeyError::Manifest`] or [`KeyError::Io`] if the manifest cannot be read.
    pub fn open(folder: impl Into<PathBuf>) -> Result<KeyRing, KeyError> {
        Ok(KeyRing::new(KeyStore::open(folder)?))
    }

    /// Prepares keys for proofs in this way from now on.
    #[must_use]
    pub fn with_preparation(self, preparation: Preparation) -> KeyRing {
        KeyRing { store: self.store.with_preparation(preparation), ..self }
    }

    /// The store that keys are loaded from.
    pub fn store(&self) -> &KeyStore {
        &self.store
    }

    /// The manifest of a ceremony's keys; `None` for development keys.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.store.manifest()
    }

    /// Returns the key of a circuit, which is loaded (or made) the first time.
    ///
    /// # Errors
    /// As [`KeyStore::load_key`].
    pub fn key<C: CatalogueCircuit>(&self) -> Result<&ProvingKey<C>, KeyError> {
        self.load_key(|_| {})
    }

    /// [`KeyRing::key`], with a report of each stage if the key is loaded now.
    ///
    /// # Errors
    /// As [`KeyStore::load_key`].
    pub fn load_key<C: CatalogueCircuit>(&self, progress: impl FnMut(LoadStage)) -> Result<&ProvingKey<C>, KeyError> {
        let slot = &self.keys[C::CIRCUIT as usize];
        let key = match slot.get() {
            Some(key) => key,
            None => {
                // Not `get_or_init`, which has no place for an error. Of two threads that load at once, one's key is
                // dropped.
                let key = self.store.load_key::<C>(progress)?;
                slot.get_or_init(|| Box::new(key))
            }
        };
        Ok(key.downcast_ref().expect("the slot of a circuit holds the key of that circuit"))
    }

    /// Loads (or makes) the key of a circuit by its name, with a report of each stage, and returns its verifying half.
    ///
    /// # Errors
    /// As [`KeyStore::load_key`].
    pub fn load(&self, circuit: Name, progress: impl FnMut(LoadStage)) -> Result<&VerifyingKey, KeyError> {
        with_circuit!(circuit, C => Ok(self.load_key::<C>(progress)?.verifying_key()))
    }

    /// Returns the key that verifies a circuit's proofs.
    ///
    /// # Errors
    /// As [`KeyStore::load_key`].
    pub fn verifying_key(&self, circuit: Name) -> Result<&VerifyingKey, KeyError> {
        self.load(circuit, |_| {})
    }

    /// Returns the key that verifies a statement of this size, by the type of the statement's witness.
    ///
    /// # Errors
    /// Returns [`KeyRingError::NoCircuit`] if there is no circuit of this size, or [`KeyRingError::Key`].
    pub fn verifying_key_for<W: StatementWitness>(&self, size: Option<usize>) -> Result<&VerifyingKey, KeyRingError> {
        Ok(self.verifying_key(Name::for_statement::<W>(size)?)?)
    }

    /// Loads (or makes) the key of a circuit and prepares it, so that no proof waits for it.
    ///
    /// # Errors
    /// Returns [`KeyRingError::Key`], or [`KeyRingError::Prove`] if the circuit is too large.
    pub fn prepare(&self, circuit: Name, progress: impl FnMut(LoadStage)) -> Result<(), KeyRingError> {
        with_circuit!(circuit, C => Ok(self.load_key::<C>(progress)?.prepare()?))
    }

    /// Proves a statement for use on a chain, with the circuit that fits its witness.
    ///
    /// # Errors
    /// Returns [`KeyRingError::NoCircuit`], [`KeyRingError::Prove`], or [`KeyRingError::Key`], also for a development
    /// key on a chain that is not local.
    pub fn prove<W: StatementWitness>(
        &self,
        chain_id: ChainId,
        instance: W::Instance,
        witness: W,
    ) -> Result<Proof, KeyRingError> {
        with_circuit!(Name::for_witness(&witness)?, C => {
            let (key, circuit) = self.assemble::<C, W>(chain_id, instance, witness)?;
            Ok(key.prove(&circuit, &mut OsRng)?)
        })
    }

    /// [`KeyRing::prove`] for a statement whose native check has passed already. If it has not, there is still no
    /// proof: the new one does not verify.
    ///
    /// # Errors
    /// As [`KeyRing::prove`], but without the clause that fails.
    pub fn prove_checked<W: StatementWitness>(
        &self,
        chain_id: ChainId,
        instance: W::Instance,
        witness: W,
    ) -> Result<Proof, KeyRingError> {
        with_circuit!(Name::for_witness(&witness)?, C => {
            let (key, circuit) = self.assemble::<C, W>(chain_id, instance, witness)?;
            Ok(key.prove_checked(&circuit, &mut OsRng)?)
        })
    }

    /// Checks a statement for use on a chain, and computes what two provers make its proof from ([`crate::split`]).
    ///
    /// # Errors
    /// As [`KeyRing::prove`].
    pub fn extend_witness<W: StatementWitness>(
        &self,
        chain_id: ChainId,
        instance: W::Instance,
        witness: W,
    ) -> Result<ExtendedWitness, KeyRingError> {
        with_circuit!(Name::for_witness(&witness)?, C => {
            let (key, circuit) = self.assemble::<C, W>(chain_id, instance, witness)?;
            Ok(key.extend_witness(&circuit)?)
        })
    }

    /// Returns the number of elements of a circuit's witness shares, for the key with this hash
    /// ([`crate::KeyInfo::key_hash`]).
    ///
    /// # Errors
    /// Returns [`KeyRingError::OtherKey`] if the key is another one, or [`KeyRingError::Key`].
    pub fn share_length(&self, circuit: Name, key_hash: &[u8; 32]) -> Result<usize, KeyRingError> {
        with_circuit!(circuit, C => {
            let key = self.key::<C>()?;
            match key.info().key_hash == *key_hash {
                true => Ok(key.share_length()),
                false => Err(KeyRingError::OtherKey { circuit }),
            }
        })
    }

    /// Computes the sums of a witness share.
    ///
    /// # Errors
    /// Returns [`KeyRingError::Prove`] for a share of another circuit, or [`KeyRingError::Key`].
    pub fn sum_share(&self, circuit: Name, share: &WitnessShare) -> Result<PartialSums, KeyRingError> {
        with_circuit!(circuit, C => Ok(self.key::<C>()?.sum_share(share)?))
    }

    /// Makes a proof from the answers of two provers.
    ///
    /// # Errors
    /// Returns [`KeyRingError::Prove`] with [`ProveError::InvalidSums`] whatever is wrong with the answers, or
    /// [`KeyRingError::Key`].
    pub fn combine_sums(
        &self,
        circuit: Name,
        witness: &ExtendedWitness,
        answers: [&[u8]; 2],
    ) -> Result<Proof, KeyRingError> {
        with_circuit!(circuit, C => Ok(self.key::<C>()?.combine_sums(witness, answers, &mut OsRng)?))
    }

    /// Returns the key and the circuit of a statement. A key that must not be used on the chain is rejected first.
    fn assemble<C: CatalogueCircuit, W: StatementWitness>(
        &self,
        chain_id: ChainId,
        instance: W::Instance,
        witness: W,
    ) -> Result<(&ProvingKey<C>, C), KeyRingError> {
        let key = self.key::<C>()?;
        key.verifying_key().check_chain(chain_id)?;
        let other = KeyRingError::OtherStatement { circuit: C::CIRCUIT, statement: W::STATEMENT };
        Ok((key, assemble::<C, W>(instance, witness).ok_or(other)?))
    }
}
