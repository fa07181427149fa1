//! The statement `notes` (specification, section 11) as a circuit. Twin of `psephos_protocol::statement::notes`.
//!
//! The attacker who benefits without it seals another root than that of the posted notes: it would put notes of its
//! own making into the tree, with any weight and choice, and claim with them. `h` is the root itself, which fixes all
//! leaves; `y` shows that they are the ones that were posted to the contract.

#[cfg(test)]
mod tests;

use ark_ff::Zero;
use psephos_protocol::Fr;
use psephos_protocol::constants::BATCH_NOTES;
use psephos_protocol::elements::{NoteCommitment, SealingContext};
use psephos_protocol::note::NoteBatch;
use psephos_protocol::statement::notes::{Instance, NotesError, build_instance, check};

use crate::gadgets::{evaluate, note};
use crate::{Builder, Circuit, Num};

/// The root of a note batch.
pub struct NotesCircuit {
    /// The public inputs.
    pub instance: Instance,
    /// The notes. They are not secret.
    pub batch: NoteBatch,
}

impl Circuit for NotesCircuit {
    type Error = NotesError;

    const NAME: &'static str = "notes";

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let batch = NoteBatch::new(vec![NoteCommitment::from_fr(Fr::from(1u64))]).expect("one is not zero");
        NotesCircuit { instance: build_instance(&batch, SealingContext::from_fr(Fr::zero())), batch }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), NotesError> {
        check(&self.instance, &self.batch)
    }

    fn synthesize(&self, b: &mut Builder) {
        self.synthesize_with(b, &self.batch.leaves());
    }
}

impl NotesCircuit {
    /// `leaves` are the batch's leaves, which a malicious prover may choose beyond the protocol's types, for instance
    /// with zeros between notes; tests do.
    fn synthesize_with(&self, b: &mut Builder, leaves: &[Fr]) {
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));
        b.enter_section("root");
        assert_eq!(leaves.len(), BATCH_NOTES, "a note batch has {BATCH_NOTES} leaves");
        let leaves: Vec<Num> = leaves.iter().map(|leaf| b.allocate_free(*leaf)).collect();
        let root = note::root_of_leaves(b, &leaves);
        b.enter_section("binding");
        b.enforce_equal(&root, &h);
        evaluate(b, &leaves, &z, &y);
    }
}
