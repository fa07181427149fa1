//! A linear combination of variables, together with its value.
//!
//! Additions and multiplications by constants cost no constraint, so gadgets pass `Num`s around and only products are
//! allocated. The value is carried along, so a witness needs no second evaluation.

use std::borrow::Cow;
use std::ops::{Add, Mul, Neg, Sub};

use psephos_protocol::Fr;

use ark_ff::{One, Zero};

/// Position of a variable in an assignment: 0 is the constant one, then the public inputs, then the witness.
pub type Index = u32;

/// The constant one.
pub const ONE: Index = 0;

/// A linear combination `sum c_i·v_i` with its value.
#[derive(Clone)]
pub struct Num {
    form: Form,
    value: Fr,
}

/// What is known of a [`Num`] beside its value.
///
/// Constants are told apart even where no terms are recorded, because gadgets (Poseidon on a domain tag) allocate less for
/// them: both kinds of building must take the same turns.
#[derive(Clone)]
enum Form {
    /// A constant of the circuit: its value is its only coefficient.
    Constant,
    /// Not a constant; only values are wanted, so its terms are not recorded.
    Value,
    /// Sorted by variable, no zero coefficients.
    Terms(Vec<(Index, Fr)>),
}

impl Num {
    /// The constant `value`.
    #[inline]
    pub fn constant(value: impl Into<Fr>) -> Num {
        Num { form: Form::Constant, value: value.into() }
    }

    /// The constant 0.
    pub fn zero() -> Num {
        Num::constant(Fr::zero())
    }

    /// The constant 1.
    pub fn one() -> Num {
        Num::constant(Fr::one())
    }

    /// A variable.
    pub(crate) fn variable(index: Index, value: Fr) -> Num {
        Num { form: Form::Terms(vec![(index, Fr::one())]), value }
    }

    /// A variable, or anything made of variables, of which only the value is wanted.
    #[inline]
    pub(crate) fn known(value: Fr) -> Num {
        Num { form: Form::Value, value }
    }

    /// The value under the current witness.
    #[inline]
    pub fn value(&self) -> Fr {
        self.value
    }

    /// Whether this is a constant of the circuit, whatever the witness.
    #[inline]
    pub fn is_constant(&self) -> bool {
        matches!(self.form, Form::Constant)
    }

    /// Whether only the value of this is recorded, and it is not a constant.
    #[inline]
    pub(crate) fn is_value(&self) -> bool {
        matches!(self.form, Form::Value)
    }

    /// The terms, a constant's included; none while only values are wanted.
    pub(crate) fn terms(&self) -> Cow<'_, [(Index, Fr)]> {
        match &self.form {
            Form::Constant if self.value.is_zero() => Cow::Borrowed(&[]),
            Form::Constant => Cow::Owned(vec![(ONE, self.value)]),
            Form::Value => Cow::Borrowed(&[]),
            Form::Terms(terms) => Cow::Borrowed(terms),
        }
    }

    /// `self + k·other`.
    #[inline]
    pub fn add_scaled(&self, k: Fr, other: &Num) -> Num {
        self.joined(k, other, self.value + k * other.value)
    }

    /// `self + k·other`, which has this value.
    #[inline]
    fn joined(&self, k: Fr, other: &Num, value: Fr) -> Num {
        let form = match (&self.form, &other.form) {
            (Form::Value, _) | (_, Form::Value) => Form::Value,
            (Form::Constant, Form::Constant) => Form::Constant,
            _ => Form::Terms(merge(&self.terms(), k, &other.terms())),
        };
        Num { form, value }
    }

    /// `2·self`.
    pub fn double(&self) -> Num {
        self + self
    }

    /// `k·self`.
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

    /// `self + k`.
    pub fn add_constant(&self, k: impl Into<Fr>) -> Num {
        self + &Num::constant(k)
    }

    /// `sum k_i·n_i`.
    pub fn linear<'a>(parts: impl IntoIterator<Item = (Fr, &'a Num)>) -> Num {
        parts.into_iter().fold(Num::zero(), |sum, (k, n)| if k.is_zero() { sum } else { sum.add_scaled(k, n) })
    }

    /// `sum n_i`.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Num>) -> Num {
        parts.into_iter().fold(Num::zero(), |sum, n| &sum + n)
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
    #[inline]
    fn add(self, other: &Num) -> Num {
        self.joined(Fr::one(), other, self.value + other.value)
    }
}

impl Sub for &Num {
    type Output = Num;
    #[inline]
    fn sub(self, other: &Num) -> Num {
        self.joined(-Fr::one(), other, self.value - other.value)
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
