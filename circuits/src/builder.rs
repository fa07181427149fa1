//! The circuit builder, which allocates variables and collects constraints.

use ark_ff::{One, Zero};
use psephos_protocol::Fr;

use crate::num::{Index, Num};
use crate::r1cs::{R1cs, Row};
use psephos_engine::inversion::modular_inverse;

/// Builds a circuit in one of two modes with identical control flow: setup ([`Builder::for_setup`]) records constraints
/// and values; witness generation ([`Builder::for_witness`]) records only values, which is all that a prover needs
/// once the matrices are known.
///
/// In witness-generation mode, Poseidon and addition chains compute their values by shorter routes. Soundness does
/// not depend on these: values are the prover's hints, and constraints check them. Tests compare the two modes value
/// by value.
pub struct Builder {
    /// `None` in witness-generation mode.
    constraints: Option<Constraints>,
    assignment: Vec<Fr>,
    num_inputs: usize,
    /// The quotient that the builder assigns in the unconstrained case 0/0. An honest witness never divides by zero;
    /// a malicious prover may choose the quotient, which tests do to show that it gains nothing.
    unconstrained_quotient: Fr,
    exceptional_divisions: usize,
}

#[derive(Default)]
struct Constraints {
    a: Vec<Row>,
    b: Vec<Row>,
    c: Vec<Row>,
    sections: Vec<&'static str>,
    section_of: Vec<u16>,
    current_section: u16,
    free_inputs: Vec<usize>,
    assertions: Vec<(usize, &'static str)>,
}

impl Builder {
    /// Returns a builder in setup mode, which records constraints and values.
    pub fn for_setup() -> Builder {
        Builder::new(Some(Constraints { sections: vec!["start"], ..Default::default() }))
    }

    /// Returns a builder in witness-generation mode, which records values only.
    pub fn for_witness() -> Builder {
        Builder::new(None)
    }

    fn new(constraints: Option<Constraints>) -> Builder {
        Builder {
            constraints,
            assignment: vec![Fr::one()],
            num_inputs: 1,
            unconstrained_quotient: Fr::zero(),
            exceptional_divisions: 0,
        }
    }

    /// Names the section to which the constraints that follow belong. Sections are counted separately and appear in
    /// messages about unsatisfied constraints.
    pub fn enter_section(&mut self, name: &'static str) {
        if let Some(c) = &mut self.constraints {
            c.current_section = match c.sections.iter().position(|s| *s == name) {
                Some(i) => i as u16,
                None => {
                    c.sections.push(name);
                    (c.sections.len() - 1) as u16
                }
            };
        }
    }

    /// Allocates a public input. All of them come before the first witness variable.
    pub fn allocate_input(&mut self, value: Fr) -> Num {
        assert_eq!(self.num_inputs, self.assignment.len(), "public inputs are allocated before the witness");
        self.num_inputs += 1;
        self.allocate_variable(value)
    }

    /// Allocates a free witness input: a variable that no constraint determines from others, such as a key, a sibling
    /// or a coordinate that a hash binds. The rank check takes these as fixed and asks whether they determine all
    /// other variables.
    pub fn allocate_free(&mut self, value: Fr) -> Num {
        if let Some(c) = &mut self.constraints {
            c.free_inputs.push(self.assignment.len());
        }
        self.allocate_variable(value)
    }

    /// Allocates a witness variable that constraints must determine.
    pub fn allocate_witness(&mut self, value: Fr) -> Num {
        self.allocate_variable(value)
    }

    fn allocate_variable(&mut self, value: Fr) -> Num {
        let index = self.assignment.len() as Index;
        self.assignment.push(value);
        match self.constraints {
            Some(_) => Num::from_variable(index, value),
            None => Num::from_value(value),
        }
    }

    /// Assigns the next variable in witness-generation mode, where it needs no `Num`: only constraints would refer to
    /// it.
    pub(crate) fn record_value(&mut self, value: Fr) {
        debug_assert!(self.is_witness_generation(), "a variable without a `Num` cannot be constrained");
        self.assignment.push(value);
    }

    /// Returns whether the builder is in witness-generation mode.
    pub(crate) fn is_witness_generation(&self) -> bool {
        self.constraints.is_none()
    }

    /// Adds the constraint `a·b = c`.
    pub fn enforce(&mut self, a: &Num, b: &Num, c: &Num) {
        if let Some(s) = &mut self.constraints {
            let row = |n: &Num| n.terms().iter().map(|(v, k)| (*k, *v as usize)).collect();
            s.a.push(row(a));
            s.b.push(row(b));
            s.c.push(row(c));
            s.section_of.push(s.current_section);
        }
    }

    /// Adds the constraint `a·b = c` of the linear combinations `[a, b, c]`, which are not computed at all in
    /// witness-generation mode.
    pub(crate) fn enforce_lazily(&mut self, combinations: impl FnOnce() -> [Num; 3]) {
        if self.constraints.is_some() {
            let [a, b, c] = combinations();
            self.enforce(&a, &b, &c);
        }
    }

    /// Adds the constraint `a·b = c` on variables that others determine already.
    ///
    /// Each assertion has a name, and a test with a malicious witness that violates it alone. All other constraints
    /// determine a variable: if one of these is dropped, the rank check notices it.
    pub fn assert_product(&mut self, name: &'static str, a: &Num, b: &Num, c: &Num) {
        if let Some(s) = &mut self.constraints {
            s.assertions.push((s.a.len(), name));
        }
        self.enforce(a, b, c);
    }

    /// Asserts `a = 0`.
    pub fn assert_zero(&mut self, name: &'static str, a: &Num) {
        self.assert_product(name, a, &Num::one(), &Num::zero());
    }

    /// Adds the constraint `a = b`.
    pub fn enforce_equal(&mut self, a: &Num, b: &Num) {
        self.enforce(a, &Num::one(), b);
    }

    /// Returns `a·b`, for one constraint, or for none if either is a constant.
    pub fn mul(&mut self, a: &Num, b: &Num) -> Num {
        if a.is_constant() {
            return b.scale(a.value());
        }
        if b.is_constant() {
            return a.scale(b.value());
        }
        let c = self.allocate_witness(a.value() * b.value());
        self.enforce(a, b, &c);
        c
    }

    /// Returns `numerator / denominator`: a `q` with `q·denominator = numerator`.
    ///
    /// If both are zero, `q` is *unconstrained*: every caller argues why a prover cannot reach that case, or why it
    /// does not matter.
    pub fn div(&mut self, numerator: &Num, denominator: &Num) -> Num {
        let value = match modular_inverse(denominator.value()) {
            Some(inverse) => numerator.value() * inverse,
            None => {
                self.exceptional_divisions += 1;
                self.unconstrained_quotient
            }
        };
        let q = self.allocate_witness(value);
        self.enforce(&q, denominator, numerator);
        q
    }

    /// Returns the quotient of a numerator and a denominator, as [`Builder::div`]. In witness-generation mode neither
    /// is computed if the quotient is `known`.
    pub(crate) fn div_lazily(&mut self, known: Option<Fr>, parts: impl FnOnce() -> (Num, Num)) -> Num {
        match known {
            Some(value) if self.is_witness_generation() => self.allocate_witness(value),
            _ => {
                let (numerator, denominator) = parts();
                self.div(&numerator, &denominator)
            }
        }
    }

    /// Allocates a variable that is 0 or 1.
    pub fn allocate_bit(&mut self, value: bool) -> Num {
        let b = self.allocate_witness(if value { Fr::one() } else { Fr::zero() });
        self.enforce_lazily(|| [b.clone(), b.add_constant(-Fr::one()), Num::zero()]);
        b
    }

    /// Sets the quotient that a malicious prover chooses for 0/0.
    pub fn set_unconstrained_quotient(&mut self, value: Fr) {
        self.unconstrained_quotient = value;
    }

    /// Returns the number of divisions by zero that the witness has met.
    pub fn exceptional_divisions(&self) -> usize {
        self.exceptional_divisions
    }

    /// Returns the full assignment: one, public inputs, witness.
    pub fn into_assignment(self) -> Vec<Fr> {
        self.assignment
    }

    /// Returns the finished constraint system and the assignment with which it was built.
    ///
    /// # Panics
    /// In witness-generation mode, which has no matrices.
    pub fn into_system(self) -> (R1cs, Vec<Fr>) {
        let Some(c) = self.constraints else { panic!("a builder in witness-generation mode has no matrices") };
        let system = R1cs {
            num_inputs: self.num_inputs,
            num_variables: self.assignment.len(),
            matrices: [c.a, c.b, c.c],
            sections: c.sections,
            section_of: c.section_of,
            free_inputs: c.free_inputs,
            assertions: c.assertions,
        };
        (system, self.assignment)
    }
}
