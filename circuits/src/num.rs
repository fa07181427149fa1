//! Linear combinations of variables, together with their values.
//!
//! Additions and multiplications by constants cost no constraint, so gadgets pass `Num`s around and only products are
//! allocated. The value is carried along, so that a witness needs no second evaluation. (bellman has the same type
//! under the same name.)

use std::borrow::Cow;
use std::ops::{Add, Mul, Neg, Sub};

use psephos_protocol::Fr;

use ark_ff::{One, Zero};

/// The position of a variable in an assignment: 0 is the constant one, then come the public inputs, then the witness.
pub type Index = u32;

/// The constant one.
pub const ONE: Index = 0;

/// A linear combination `sum c_i·v_i` with its value.
#[derive(Clone)]
pub struct Num {
    form: Form,
    value: Fr,
}

/// The symbolic part of a [`Num`], beside its value.
///
/// Constants are distinguished even in witness-generation mode, where no terms are recorded, because gadgets allocate
/// fewer variables for them (Poseidon on a domain tag): both modes must have the same control flow.
#[derive(Clone)]
enum Form {
    /// A constant of the circuit: its value is its only coefficient.
    Constant,
    /// Not a constant, in witness-generation mode: its terms are not recorded.
    ValueOnly,
    /// The terms, sorted by variable, without zero coefficients.
    Terms(Vec<(Index, Fr)>),
}

impl Num {
    /// Returns the constant `value`.
    #[inline]
    pub fn constant(value: impl Into<Fr>) -> Num {
        Num { form: Form::Constant, value: value.into() }
    }

    /// Returns the constant 0.
    pub fn zero() -> Num {
        Num::constant(Fr::zero())
    }

    /// Returns the constant 1.
    pub fn one() -> Num {
        Num::constant(Fr::one())
    }

    /// Returns a variable.
    pub(crate) fn from_variable(index: Index, value: Fr) -> Num {
        Num { form: Form::Terms(vec![(index, Fr::one())]), value }
    }

    /// Returns a variable, or anything computed from variables, of which only the value is recorded.
    #[inline]
    pub(crate) fn from_value(value: Fr) -> Num {
        Num { form: Form::ValueOnly, value }
    }

    /// Returns the value under the current witness.
    #[inline]
    pub fn value(&self) -> Fr {
        self.value
    }

    /// Returns whether this is a constant of the circuit, the same for every witness.
    #[inline]
    pub fn is_constant(&self) -> bool {
        matches!(self.form, Form::Constant)
    }

    /// Returns whether only the value is recorded, and it is not a constant.
    #[inline]
    pub(crate) fn is_value_only(&self) -> bool {
        matches!(self.form, Form::ValueOnly)
    }

    /// Returns the terms, including the single term of a constant; none in witness-generation mode.
    pub(crate) fn terms(&self) -> Cow<'_, [(Index, Fr)]> {
        match &self.form {
            Form::Constant if self.value.is_zero() => Cow::Borrowed(&[]),
            Form::Constant => Cow::Owned(vec![(ONE, self.value)]),
            Form::ValueOnly => Cow::Borrowed(&[]),
            Form::Terms(terms) => Cow::Borrowed(terms),
        }
    }

    /// Returns `self + k·other`.
    #[inline]
    pub fn add_scaled(&self, k: Fr, other: &Num) -> Num {
        self.combine_with_value(k, other, self.value + k * other.value)
    }

    /// Returns `self + k·other`, whose value the caller has computed.
    #[inline]
    fn combine_with_value(&self, k: Fr, other: &Num, value: Fr) -> Num {
        let form = match (&self.form, &other.form) {
            (Form::ValueOnly, _) | (_, Form::ValueOnly) => Form::ValueOnly,
            (Form::Constant, Form::Constant) => Form::Constant,
            _ => Form::Terms(merge_terms(&self.terms(), k, &other.terms())),
        };
        Num { form, value }
    }

    /// Returns `2·self`.
    pub fn double(&self) -> Num {
        self + self
    }

    /// Returns `k·self`.
    pub fn scale(&self, k: impl Into<Fr>) -> Num {
        let k = k.into();
        if k.is_zero() {
            return Num::zero();
        }
        let form = match &self.form {
            Form::Terms(terms) => Form::Terms(terms.iter().map(|(v, c)| (*v, *c * k)).collect()),
            form => form.clone(),
        };
        Num { form, value: self.value * k }
    }

    /// Returns `self + k`.
    pub fn add_constant(&self, k: impl Into<Fr>) -> Num {
        self + &Num::constant(k)
    }

    /// Returns `sum k_i·n_i`.
    pub fn linear_combination<'a>(parts: impl IntoIterator<Item = (Fr, &'a Num)>) -> Num {
        parts.into_iter().fold(Num::zero(), |sum, (k, n)| if k.is_zero() { sum } else { sum.add_scaled(k, n) })
    }

    /// Returns `sum n_i`.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Num>) -> Num {
        parts.into_iter().fold(Num::zero(), |sum, n| &sum + n)
    }
}

/// Returns the terms of `a + k·b`, for two sorted lists of terms.
fn merge_terms(a: &[(Index, Fr)], k: Fr, b: &[(Index, Fr)]) -> Vec<(Index, Fr)> {
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
    #[inline]
    fn add(self, other: &Num) -> Num {
        self.combine_with_value(Fr::one(), other, self.value + other.value)
    }
}

impl Sub for &Num {
    type Output = Num;
    #[inline]
    fn sub(self, other: &Num) -> Num {
        self.combine_with_value(-Fr::one(), other, self.value - other.value)
    }
}

impl Neg for &Num {
    type Output = Num;
    fn neg(self) -> Num {
        let form = match &self.form {
            Form::Terms(terms) => Form::Terms(terms.iter().map(|(v, c)| (*v, -*c)).collect()),
            form => form.clone(),
        };
        Num { form, value: -self.value }
    }
}

impl Mul<Fr> for &Num {
    type Output = Num;
    fn mul(self, k: Fr) -> Num {
        self.scale(k)
    }
}
