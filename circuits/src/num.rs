//! A linear combination of variables, together with its value.
//!
//! Additions and multiplications by constants cost no constraint, so gadgets pass `Num`s around and only products are
//! allocated. The value is carried along, so a witness needs no second evaluation.

use std::ops::{Add, Mul, Neg, Sub};

use psephos_protocol::Fr;

use ark_ff::{One, Zero};

/// Position of a variable in an assignment: 0 is the constant one, then the public inputs, then the witness.
pub type Index = u32;

/// The constant one.
pub const ONE: Index = 0;

/// A linear combination `sum c_i·v_i` with its value.
///
/// `constant` is kept beside the terms because a builder that only assigns values records no terms, and gadgets (Poseidon on
/// a domain tag) allocate less for constants: both kinds of building must take the same turns.
#[derive(Clone)]
pub struct Num {
    /// Sorted by variable, no zero coefficients; empty while only values are wanted.
    pub(crate) terms: Vec<(Index, Fr)>,
    pub(crate) value: Fr,
    pub(crate) constant: bool,
    pub(crate) symbolic: bool,
}

impl Num {
    /// The constant `value`.
    pub fn constant(value: impl Into<Fr>) -> Num {
        let value = value.into();
        let terms = if value.is_zero() { vec![] } else { vec![(ONE, value)] };
        Num { terms, value, constant: true, symbolic: true }
    }

    /// The constant 0.
    pub fn zero() -> Num {
        Num::constant(0u64)
    }

    /// The constant 1.
    pub fn one() -> Num {
        Num::constant(1u64)
    }

    pub(crate) fn variable(index: Index, value: Fr, symbolic: bool) -> Num {
        let terms = if symbolic { vec![(index, Fr::one())] } else { vec![] };
        Num { terms, value, constant: false, symbolic }
    }

    /// The value under the current witness.
    pub fn value(&self) -> Fr {
        self.value
    }

    /// Whether this is a constant of the circuit, whatever the witness.
    pub fn is_constant(&self) -> bool {
        self.constant
    }

    /// `self + k·other`.
    pub fn add_scaled(&self, k: Fr, other: &Num) -> Num {
        let value = self.value + k * other.value;
        let constant = self.constant && other.constant;
        let symbolic = self.symbolic && other.symbolic;
        let terms = if symbolic { merge(&self.terms, k, &other.terms) } else { vec![] };
        Num { terms, value, constant, symbolic }
    }

    /// `k·self`.
    pub fn scale(&self, k: impl Into<Fr>) -> Num {
        let k = k.into();
        if k.is_zero() {
            return Num::zero();
        }
        let terms = self.terms.iter().map(|(v, c)| (*v, *c * k)).collect();
        Num { terms, value: self.value * k, ..*self }
    }

    /// `self + k`.
    pub fn add_constant(&self, k: impl Into<Fr>) -> Num {
        let k = k.into();
        if self.symbolic {
            return self.add_scaled(Fr::one(), &Num::constant(k));
        }
        Num { terms: vec![], value: self.value + k, ..*self }
    }

    /// `sum k_i·n_i`.
    pub fn linear<'a>(parts: impl IntoIterator<Item = (Fr, &'a Num)>) -> Num {
        parts.into_iter().fold(Num::zero(), |sum, (k, n)| if k.is_zero() { sum } else { sum.add_scaled(k, n) })
    }

    /// `sum n_i`.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Num>) -> Num {
        Num::linear(parts.into_iter().map(|n| (Fr::one(), n)))
    }
}

/// Two sorted lists of terms, `a + k·b`.
fn merge(a: &[(Index, Fr)], k: Fr, b: &[(Index, Fr)]) -> Vec<(Index, Fr)> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => {
                out.push(a[i]);
                i += 1;
            }
            std::cmp::Ordering::Greater => {
                out.push((b[j].0, k * b[j].1));
                j += 1;
            }
            std::cmp::Ordering::Equal => {
                let c = a[i].1 + k * b[j].1;
                if !c.is_zero() {
                    out.push((a[i].0, c));
                }
                i += 1;
                j += 1;
            }
        }
    }
    out.extend_from_slice(&a[i..]);
    out.extend(b[j..].iter().map(|(v, c)| (*v, k * c)));
    out
}

impl Add for &Num {
    type Output = Num;
    fn add(self, other: &Num) -> Num {
        self.add_scaled(Fr::one(), other)
    }
}

impl Sub for &Num {
    type Output = Num;
    fn sub(self, other: &Num) -> Num {
        self.add_scaled(-Fr::one(), other)
    }
}

impl Neg for &Num {
    type Output = Num;
    fn neg(self) -> Num {
        self.scale(-Fr::one())
    }
}

impl Mul<Fr> for &Num {
    type Output = Num;
    fn mul(self, k: Fr) -> Num {
        self.scale(k)
    }
}
