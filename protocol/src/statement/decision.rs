//! The statement `decision` (specification, section 10): commitments to a chamber's exact totals give a published
//! outcome. It proves the same rule as [`crate::decision::choose_option`] and the contract's.

use thiserror::Error;
use zeroize::Zeroize;

use crate::{
    Fr, Point, Scalar,
    constants::{CIRCUIT_SIZES, DECISION_VALUE_BITS, tag},
    elements::StatementHash,
    poseidon,
    rounding::{BLINDING_BASE, BlindingFactors, Outcome, OutcomeError, RoundingParameters, commit_total},
    transcript,
};

/// The clause of the statement that does not hold.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum DecisionError {
    /// There is no circuit of this size, or not a total and a factor for each option.
    #[error(
        "{totals} totals and {factors} factors do not fit {options} options in a circuit of size {size}: sizes are {CIRCUIT_SIZES:?}"
    )]
    Size {
        /// The size.
        size: usize,
        /// The number of the poll's options.
        options: usize,
        /// The number of totals.
        totals: usize,
        /// The number of factors.
        factors: usize,
    },
    /// A total has too many bits.
    #[error("the total of option {0} (from 0) has more than {DECISION_VALUE_BITS} bits")]
    Total(usize),
    /// A commitment would be the identity, which the circuit cannot take.
    #[error("the commitment of option {0} (from 0) is the identity")]
    Identity(usize),
    /// The totals give another outcome.
    #[error("the totals give another outcome than the published one")]
    Outcome,
    /// The outcome is none of this chamber.
    #[error(transparent)]
    InvalidOutcome(#[from] OutcomeError),
    /// A public input differs from that of the witness.
    #[error("binding: the public input {name} is {expected}, the witness gives {actual}")]
    Binding {
        /// The name of the public input.
        name: &'static str,
        /// The public input.
        expected: Fr,
        /// The value that the witness gives.
        actual: Fr,
    },
}

super::instance!("The hash of `L`.");

impl Instance {
    /// Computes the public inputs, as the contract does from its own parameters, the commitments that it has checked,
    /// and the posted outcome.
    pub fn from_posted(
        h: StatementHash,
        commitments: &[Point],
        parameters: &RoundingParameters,
        outcome: &Outcome,
        size: usize,
    ) -> Instance {
        let elements = list_elements(commitments, parameters, outcome, size);
        let z = transcript::derive_challenge(h, &elements);
        Instance { h, z, y: transcript::evaluate(&elements, z) }
    }
}

/// The witness. Erased on drop, without `Debug`.
#[derive(Clone)]
pub struct Witness {
    /// The circuit size `M`, 3 or 8.
    pub size: usize,
    /// The chamber's parameters.
    pub parameters: RoundingParameters,
    /// The exact totals `V_1..V_m`.
    pub totals: Vec<u64>,
    /// The factors `B_1..B_m` of their commitments.
    pub factors: BlindingFactors,
    /// The published outcome.
    pub outcome: Outcome,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.totals.zeroize();
    }
}

impl Witness {
    /// Returns the total and the factor of each place of the circuit: `(0, -1)` behind the poll's options, so that
    /// their commitment is `H`.
    pub fn padded(&self) -> impl Iterator<Item = (u64, Scalar)> {
        let pairs = self.totals.iter().copied().zip(self.factors.expose().iter().copied());
        pairs.chain(std::iter::repeat((0, -Scalar::from(1u64)))).take(self.size)
    }

    /// Computes the commitments `W_1..W_m`.
    pub fn commit(&self) -> Vec<Point> {
        self.totals.iter().zip(self.factors.expose()).map(|(total, factor)| commit_total(*total, factor)).collect()
    }

    fn check_shape(&self) -> Result<(), DecisionError> {
        let (size, options) = (self.size, self.parameters.options());
        let (totals, factors) = (self.totals.len(), self.factors.expose().len());
        if !CIRCUIT_SIZES.contains(&size) || options > size || totals != options || factors != options {
            return Err(DecisionError::Size { size, options, totals, factors });
        }
        match self.totals.iter().position(|total| total >> DECISION_VALUE_BITS != 0) {
            Some(option) => Err(DecisionError::Total(option)),
            None => Ok(()),
        }
    }
}

/// Returns `L = (W_1.x, W_1.y, .., W_M.y, parameters, outcome, buckets..)`; `W_j = H` behind the poll's options.
pub fn list_elements(
    commitments: &[Point],
    parameters: &RoundingParameters,
    outcome: &Outcome,
    size: usize,
) -> Vec<Fr> {
    let all = commitments.iter().chain(std::iter::repeat(&*BLINDING_BASE)).take(size);
    let mut elements: Vec<Fr> = all.flat_map(|point| [point.x(), point.y()]).collect();
    elements.push(parameters.pack());
    elements.extend(outcome.pack(size));
    elements
}

/// Returns `h = Chain(DECISION, L)`.
pub fn hash_elements(elements: &[Fr]) -> StatementHash {
    let mut inputs = vec![tag::decision()];
    inputs.extend(elements);
    StatementHash::from_fr(poseidon::chain(&inputs))
}

/// Makes the statement of a chamber's exact totals, with the factors of their commitments.
///
/// # Errors
/// Returns [`DecisionError`] if there are not as many totals and factors as options, a total is too great or a
/// commitment is the identity.
pub fn build_decision(
    size: usize,
    parameters: RoundingParameters,
    totals: Vec<u64>,
    factors: BlindingFactors,
) -> Result<(Instance, Witness, StatementHash), DecisionError> {
    let outcome = Outcome::from_totals(&parameters, &totals)?;
    let witness = Witness { size, parameters, totals, factors, outcome };
    witness.check_shape()?;
    let commitments = witness.commit();
    if let Some(option) = commitments.iter().position(Point::is_identity) {
        return Err(DecisionError::Identity(option));
    }
    let h = hash_elements(&list_elements(&commitments, &parameters, &witness.outcome, size));
    let instance = Instance::from_posted(h, &commitments, &parameters, &witness.outcome, size);
    Ok((instance, witness, h))
}

/// Checks the whole statement as the circuit does.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(instance: &Instance, witness: &Witness) -> Result<(), DecisionError> {
    witness.check_shape()?;
    let commitments = witness.commit();
    if let Some(option) = commitments.iter().position(Point::is_identity) {
        return Err(DecisionError::Identity(option));
    }
    if Outcome::from_totals(&witness.parameters, &witness.totals)? != witness.outcome {
        return Err(DecisionError::Outcome);
    }
    let elements = list_elements(&commitments, &witness.parameters, &witness.outcome, witness.size);
    let (h, y) = (hash_elements(&elements), transcript::evaluate(&elements, instance.z));
    for (name, expected, actual) in [("h", instance.h.to_fr(), h.to_fr()), ("y", instance.y.to_fr(), y.to_fr())] {
        if expected != actual {
            return Err(DecisionError::Binding { name, expected, actual });
        }
    }
    Ok(())
}
