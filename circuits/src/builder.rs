//! Allocates variables and collects constraints.

use ark_ff::{One, Zero};
use psephos_protocol::Fr;

use crate::num::{Index, Num};
use crate::r1cs::{R1cs, Row};
use psephos_engine::inverse::inverse;

/// Builds a circuit in one of two ways that take exactly the same turns: [`Builder::shape`] records constraints (and
/// values), [`Builder::assignment`] only values, which is what a prover needs once the matrices are known.
///
/// Where only values are wanted, Poseidon and chains of additions take shorter ways to them. Soundness does not rest on
/// these: values are the prover's claim, which constraints judge. Tests compare both ways value by value.
pub struct Builder {
    /// `None` while only values are wanted.
    constraints: Option<Constraints>,
    assignment: Vec<Fr>,
    inputs: usize,
    /// What a division by zero returns. An honest witness never divides by zero; a cheating one may choose the quotient,
    /// which tests do to show that it gains nothing.
    free_quotient: Fr,
    exceptional: usize,
}

#[derive(Default)]
struct Constraints {
    a: Vec<Row>,
    b: Vec<Row>,
    c: Vec<Row>,
    sections: Vec<&'static str>,
    section_of: Vec<u16>,
    current: u16,
    given: Vec<usize>,
    assertions: Vec<(usize, &'static str)>,
}

impl Builder {
    /// Records constraints and values.
    pub fn shape() -> Builder {
        Builder::new(Some(Constraints { sections: vec!["start"], ..Default::default() }))
    }

    /// Records values only.
    pub fn assignment() -> Builder {
        Builder::new(None)
    }

    fn new(constraints: Option<Constraints>) -> Builder {
        Builder { constraints, assignment: vec![Fr::one()], inputs: 1, free_quotient: Fr::zero(), exceptional: 0 }
    }

    /// Names the constraints that follow, for counts by section and for messages about unsatisfied ones.
    pub fn section(&mut self, name: &'static str) {
        if let Some(c) = &mut self.constraints {
            c.current = match c.sections.iter().position(|s| *s == name) {
                Some(i) => i as u16,
                None => {
                    c.sections.push(name);
                    (c.sections.len() - 1) as u16
                }
            };
        }
    }

    /// A public input. All of them come before the first witness variable.
    pub fn input(&mut self, value: Fr) -> Num {
        assert_eq!(self.inputs, self.assignment.len(), "public inputs are allocated before the witness");
        self.inputs += 1;
        self.allocate(value)
    }

    /// A witness variable that comes from outside the circuit: a key, a sibling, a coordinate that a hash binds. The rank
    /// check takes these as fixed and asks whether they determine everything else.
    pub fn given(&mut self, value: Fr) -> Num {
        if let Some(c) = &mut self.constraints {
            c.given.push(self.assignment.len());
        }
        self.allocate(value)
    }

    /// A witness variable that constraints are to determine.
    pub fn witness(&mut self, value: Fr) -> Num {
        self.allocate(value)
    }

    fn allocate(&mut self, value: Fr) -> Num {
        let index = self.assignment.len() as Index;
        self.assignment.push(value);
        match self.constraints {
            Some(_) => Num::variable(index, value),
            None => Num::known(value),
        }
    }

    /// A variable that nothing but constraints mentions, while only values are wanted.
    pub(crate) fn record(&mut self, value: Fr) {
        debug_assert!(self.values_only(), "a variable that is recorded has no name for constraints");
        self.assignment.push(value);
    }

    /// Whether only values are wanted.
    pub(crate) fn values_only(&self) -> bool {
        self.constraints.is_none()
    }

    /// `a·b = c`.
    pub fn enforce(&mut self, a: &Num, b: &Num, c: &Num) {
        if let Some(s) = &mut self.constraints {
            let row = |n: &Num| n.terms().iter().map(|(v, k)| (*k, *v as usize)).collect();
            s.a.push(row(a));
            s.b.push(row(b));
            s.c.push(row(c));
            s.section_of.push(s.current);
        }
    }

    /// `a·b = c` of combinations `[a, b, c]` that are not made while only values are wanted.
    pub(crate) fn constrain(&mut self, combinations: impl FnOnce() -> [Num; 3]) {
        if self.constraints.is_some() {
            let [a, b, c] = combinations();
            self.enforce(&a, &b, &c);
        }
    }

    /// `a·b = c` about variables that are determined already. Each assertion has a name and a test with a witness that
    /// violates it alone; all other constraints determine a variable, and the rank check misses any of them that is dropped.
    pub fn assert(&mut self, name: &'static str, a: &Num, b: &Num, c: &Num) {
        if let Some(s) = &mut self.constraints {
            s.assertions.push((s.a.len(), name));
        }
        self.enforce(a, b, c);
    }

    /// Asserts `a = 0`.
    pub fn assert_zero(&mut self, name: &'static str, a: &Num) {
        self.assert(name, a, &Num::one(), &Num::zero());
    }

    /// `a = b`.
    pub fn equal(&mut self, a: &Num, b: &Num) {
        self.enforce(a, &Num::one(), b);
    }

    /// `a·b`; free if either is a constant.
    pub fn mul(&mut self, a: &Num, b: &Num) -> Num {
        if a.is_constant() {
            return b.scale(a.value());
        }
        if b.is_constant() {
            return a.scale(b.value());
        }
        let c = self.witness(a.value() * b.value());
        self.enforce(a, b, &c);
        c
    }

    /// `numerator / denominator`: a `q` with `q·denominator = numerator`.
    ///
    /// If both are zero, `q` is *free*: whoever calls this argues why that cannot be reached, or does not matter.
    pub fn div(&mut self, numerator: &Num, denominator: &Num) -> Num {
        let value = match inverse(denominator.value()) {
            Some(inverse) => numerator.value() * inverse,
            None => {
                self.exceptional += 1;
                self.free_quotient
            }
        };
        let q = self.witness(value);
        self.enforce(&q, denominator, numerator);
        q
    }

    /// [`Builder::div`] of a pair of numerator and denominator, which are not even made where only values are wanted and the
    /// quotient is known.
    pub(crate) fn quotient(&mut self, known: Option<Fr>, parts: impl FnOnce() -> (Num, Num)) -> Num {
        match known {
            Some(value) if self.values_only() => self.witness(value),
            _ => {
                let (numerator, denominator) = parts();
                self.div(&numerator, &denominator)
            }
        }
    }

    /// A variable that is 0 or 1.
    pub fn bit(&mut self, value: bool) -> Num {
        let b = self.witness(if value { Fr::one() } else { Fr::zero() });
        self.constrain(|| [b.clone(), b.add_constant(-Fr::one()), Num::zero()]);
        b
    }

    /// The cheating prover's choice for quotients of zero by zero.
    pub fn set_free_quotient(&mut self, value: Fr) {
        self.free_quotient = value;
    }

    /// How many divisions by zero the witness met.
    pub fn exceptional(&self) -> usize {
        self.exceptional
    }

    /// The full assignment: one, public inputs, witness.
    pub fn into_assignment(self) -> Vec<Fr> {
        self.assignment
    }

    /// The finished system and the assignment it was built with.
    ///
    /// # Panics
    /// If this builder records values only.
    pub fn finish(self) -> (R1cs, Vec<Fr>) {
        let Some(c) = self.constraints else { panic!("a builder of assignments has no matrices") };
        let system = R1cs {
            inputs: self.inputs,
            variables: self.assignment.len(),
            matrices: [c.a, c.b, c.c],
            sections: c.sections,
            section_of: c.section_of,
            given: c.given,
            assertions: c.assertions,
        };
        (system, self.assignment)
    }
}
