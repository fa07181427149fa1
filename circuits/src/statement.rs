//! Statements and the circuits that prove them: how an instance and a witness become a circuit.

use psephos_protocol::committee::KeyVector;
use psephos_protocol::note::NoteBatch;
use psephos_protocol::statement::{
    ballot, blinded, claim, committee_keys, dealing, decision, decryption, notes, sheet, update,
};

use crate::Circuit;
use crate::ballot::BallotCircuit;
use crate::blinded::BlindedCircuit;
use crate::claim::ClaimCircuit;
use crate::committee_keys::CommitteeKeysCircuit;
use crate::dealing::DealingCircuit;
use crate::decision::DecisionCircuit;
use crate::decryption::DecryptionCircuit;
use crate::notes::NotesCircuit;
use crate::sheet::SheetCircuit;
use crate::update::UpdateCircuit;

/// The witness of a statement, which determines the circuit that proves it.
pub trait StatementWitness: 'static {
    /// The public part of the statement.
    type Instance: 'static;

    /// Name of the statement: that of its circuits, without their size.
    const STATEMENT: &'static str;

    /// The size of the circuit that it fits, if the statement has circuits of several sizes.
    fn size(&self) -> Option<usize>;
}

/// A circuit of a statement, which is built from an instance and a witness.
pub trait StatementCircuit: Circuit + 'static {
    /// The witness of its statement.
    type Witness: StatementWitness;

    /// Builds the circuit. Whether the statement holds is not checked here.
    fn assemble(instance: <Self::Witness as StatementWitness>::Instance, witness: Self::Witness) -> Self;
}

/// Implements both traits for a statement: `generics; circuit type { witness field } : name, |witness| size`.
macro_rules! statement {
    ([$($generics:tt)*] $circuit:ty, $field:ident: $witness:ty, $instance:ty, $name:literal, |$this:ident| $size:expr) => {
        impl StatementWitness for $witness {
            type Instance = $instance;
            const STATEMENT: &'static str = $name;

            fn size(&self) -> Option<usize> {
                let $this = self;
                $size
            }
        }

        impl<$($generics)*> StatementCircuit for $circuit {
            type Witness = $witness;

            fn assemble(instance: $instance, $field: $witness) -> Self {
                Self { instance, $field }
            }
        }
    };
}

statement!([const M: usize] BallotCircuit<M>, witness: ballot::Witness, ballot::Instance, "ballot", |this| Some(this.size));
statement!([const M: usize] BlindedCircuit<M>, witness: blinded::Witness, blinded::Instance, "blinded", |this| {
    Some(this.size())
});
statement!([const M: usize] ClaimCircuit<M>, witness: claim::Witness, claim::Instance, "claim", |this| Some(this.size()));
statement!([] CommitteeKeysCircuit, keys: KeyVector, committee_keys::Instance, "committee-keys", |_this| None);
statement!([const N: usize] DealingCircuit<N>, witness: dealing::Witness, dealing::Instance, "dealing", |this| {
    Some(this.recipients.capacity())
});
statement!([const M: usize] DecisionCircuit<M>, witness: decision::Witness, decision::Instance, "decision", |this| {
    Some(this.size)
});
statement!([] DecryptionCircuit, witness: decryption::Witness, decryption::Instance, "decryption", |_this| None);
statement!([] NotesCircuit, batch: NoteBatch, notes::Instance, "notes", |_this| None);
statement!([const K: usize] SheetCircuit<K>, witness: sheet::Witness, sheet::Instance, "sheet", |this| {
    Some(this.form.size())
});
statement!([const M: usize] UpdateCircuit<M>, witness: update::Witness, update::Instance, "update", |this| Some(this.size));
