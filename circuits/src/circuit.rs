//! The circuit trait: a statement with an instance and a witness that can be turned into constraints.

use psephos_protocol::Fr;

use crate::{Builder, CircuitVersion, R1cs};

/// A statement's circuit together with one instance and witness.
///
/// A witness is secret: implementors have no `Debug`.
pub trait Circuit: Sized + Send + Sync {
    /// The reason why a witness does not satisfy the statement; it names the clause that fails.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The circuit's stable name, used for keys and in messages: `ballot-3`.
    const NAME: &'static str;

    /// The version of its matrices. A change of the matrices after a release needs the next one.
    const VERSION: CircuitVersion = CircuitVersion::FIRST;

    /// The names of the public inputs, in order.
    const PUBLIC_INPUTS: &'static [&'static str];

    /// Returns a dummy instance: values with the circuit's layout, from which the matrices are built. It need not be
    /// satisfied.
    fn dummy() -> Self;

    /// Returns the public inputs, in the order of [`Circuit::PUBLIC_INPUTS`].
    fn public_inputs(&self) -> Vec<Fr>;

    /// Runs the protocol's native check of the same statement.
    ///
    /// # Errors
    /// The clause that the instance and witness do not satisfy.
    fn check(&self) -> Result<(), Self::Error>;

    /// Allocates the variables and adds the constraints.
    ///
    /// The constraint structure must not depend on the witness: every witness allocates the same variables in the
    /// same order and takes the same branches.
    fn synthesize(&self, builder: &mut Builder);

    /// Returns the constraint system, built in setup mode from the dummy instance.
    fn constraint_system() -> R1cs {
        let mut builder = Builder::for_setup();
        Self::dummy().synthesize(&mut builder);
        builder.into_system().0
    }

    /// Returns the full assignment of this witness, computed in witness-generation mode: one, public inputs, witness.
    /// It is secret.
    fn generate_assignment(&self) -> Vec<Fr> {
        let mut builder = Builder::for_witness();
        self.synthesize(&mut builder);
        builder.into_assignment()
    }
}
