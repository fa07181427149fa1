//! What the prover knows of a circuit.

use psephos_protocol::Fr;

use crate::{Builder, CircuitVersion, R1cs};

/// A statement's circuit with one instance and witness.
///
/// A witness is secret: implementors have no `Debug`.
pub trait Circuit: Sized + Send + Sync {
    /// Why a witness does not satisfy the statement; names the clause.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Stable name, for keys and messages: `ballot-3`.
    const NAME: &'static str;

    /// Version of its matrices. A change of the matrices after a release needs the next one.
    const VERSION: CircuitVersion = CircuitVersion::FIRST;

    /// Names of the public inputs, in order.
    const INPUTS: &'static [&'static str];

    /// Some instance of the right shape, for building matrices. It need not be satisfied.
    fn blank() -> Self;

    /// The public inputs, in the order of [`Circuit::INPUTS`].
    fn inputs(&self) -> Vec<Fr>;

    /// The protocol's native check of the same statement.
    fn check(&self) -> Result<(), Self::Error>;

    /// Allocates and constrains. Takes the same turns for every witness.
    fn synthesize(&self, builder: &mut Builder);

    /// The constraint system, from a blank instance.
    fn system() -> R1cs {
        let mut builder = Builder::shape();
        Self::blank().synthesize(&mut builder);
        builder.finish().0
    }

    /// The full assignment of this witness: one, public inputs, witness. It is secret.
    fn assignment(&self) -> Vec<Fr> {
        let mut builder = Builder::assignment();
        self.synthesize(&mut builder);
        builder.into_assignment()
    }
}
