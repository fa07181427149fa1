//! Reward policies: the amount that a vote is paid (specification, section 12).

use ark_ff::{BigInteger, PrimeField};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Fr,
    constants::{MAX_OPTIONS, VALUE_BITS},
    field,
    weight::Weight,
};

/// The reason why a reward policy is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PolicyError {
    /// A number has more than 40 bits.
    #[error("`{name}` does not fit in {VALUE_BITS} bits")]
    TooLarge {
        /// The name of the number.
        name: &'static str,
    },
    /// The ratified option is one that no poll has.
    #[error("there is no option {option}: a poll has at most {MAX_OPTIONS} options, numbered from 0")]
    Option {
        /// The option, from 0.
        option: usize,
    },
    /// The word is not the packed form of any policy.
    #[error("not a packed reward policy: expected 168 bits, of which at most one of the lowest eight is set")]
    Encoding,
}

/// The numbers of a reward policy, in units that the vault chooses: a token's smallest unit or a multiple of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyTerms {
    /// The amount for every vote, below `2^40`.
    pub base: u64,
    /// The additional amount per unit of weight, below `2^40`.
    pub per_weight: u64,
    /// The weight up to which `per_weight` counts, below `2^40`.
    pub cap: u64,
    /// The additional amount for a vote that chose the ratified option, below `2^40`.
    pub bonus: u64,
    /// The ratified option from 0, if there is one.
    pub ratified: Option<usize>,
}

/// A reward policy whose numbers fit:
/// `amount = base + per_weight·min(weight, cap) + bonus·[x chooses the ratified option]`, below `2^81`.
///
/// The amount of a claim is public. Without `per_weight` it reveals no more than whether the claimant chose the
/// ratified option; with it, it reveals the weight up to the cap, and so identifies a member whose weight is unique.
/// Fixed denominations are a policy with `per_weight = 0`, or with a cap that nearly all members reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyTerms", into = "PolicyTerms")]
pub struct Policy(PolicyTerms);

/// Bit offsets of the numbers in a packed policy. The lowest eight bits are the ratified option, one-hot.
const OFFSETS: [usize; 4] = [CAP_OFFSET, 48, 88, 128];
/// Bit offset of the cap in a packed policy.
pub const CAP_OFFSET: usize = 8;

impl Policy {
    /// Returns a policy with these terms.
    ///
    /// # Errors
    /// Returns [`PolicyError::TooLarge`] if a number has more than 40 bits, and [`PolicyError::Option`] if no poll has
    /// the ratified option.
    pub fn new(terms: PolicyTerms) -> Result<Policy, PolicyError> {
        let PolicyTerms { base, per_weight, cap, bonus, ratified } = terms;
        let numbers = [("base", base), ("per_weight", per_weight), ("cap", cap), ("bonus", bonus)];
        if let Some((name, _)) = numbers.into_iter().find(|(_, value)| value >> VALUE_BITS != 0) {
            return Err(PolicyError::TooLarge { name });
        }
        match ratified.filter(|option| *option >= MAX_OPTIONS) {
            Some(option) => Err(PolicyError::Option { option }),
            None => Ok(Policy(terms)),
        }
    }

    /// Returns the policy's numbers.
    pub fn terms(&self) -> &PolicyTerms {
        &self.0
    }

    /// Returns the amount that a vote is paid, in the policy's units, below `2^81`.
    pub fn compute_amount(&self, weight: Weight, x: &[u64]) -> u128 {
        let PolicyTerms { base, per_weight, cap, bonus, ratified } = self.0;
        let earned = ratified.is_some() && chosen_option(x) == ratified;
        u128::from(base)
            + u128::from(per_weight) * u128::from(weight.get().min(cap))
            + if earned { u128::from(bonus) } else { 0 }
    }

    /// Packs the policy into a word: `ratified + cap·2^8 + per_weight·2^48 + bonus·2^88 + base·2^128`, where `ratified`
    /// is `2^j` for option `j` from 0, or 0: 168 bits.
    pub fn pack(&self) -> Fr {
        let PolicyTerms { base, per_weight, cap, bonus, .. } = self.0;
        let low = u128::from(self.selector()) | u128::from(per_weight) << OFFSETS[1];
        let high = u128::from(bonus) << (OFFSETS[2] - 48) | u128::from(base) << (OFFSETS[3] - 48);
        debug_assert_eq!(cap, self.selector() >> CAP_OFFSET);
        Fr::from(low) + Fr::from(high) * Fr::from(1u64 << 48)
    }

    /// Returns the lowest 48 bits of the packed form: `ratified + cap·2^8`.
    pub fn selector(&self) -> u64 {
        self.0.ratified.map_or(0, |option| 1 << option) | self.0.cap << CAP_OFFSET
    }

    /// Returns the policy of a packed form.
    ///
    /// # Errors
    /// Returns [`PolicyError::Encoding`] if the word is not the packed form of any policy.
    pub fn unpack(packed: &Fr) -> Result<Policy, PolicyError> {
        let number = packed.into_bigint();
        let bits = |from: usize, n: usize| (0..n).fold(0u64, |sum, i| sum | u64::from(number.get_bit(from + i)) << i);
        let mask = bits(0, MAX_OPTIONS);
        let [cap, per_weight, bonus, base] = OFFSETS.map(|from| bits(from, VALUE_BITS));
        let ratified = (mask != 0).then_some(mask.trailing_zeros() as usize);
        let policy = Policy(PolicyTerms { base, per_weight, cap, bonus, ratified });
        // A word with other bits set differs from the packed form of what was read from it.
        if policy.pack() == *packed { Ok(policy) } else { Err(PolicyError::Encoding) }
    }

    /// Returns [`Policy::pack`] as 32 big-endian bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        field::to_bytes(&self.pack())
    }
}

impl TryFrom<PolicyTerms> for Policy {
    type Error = PolicyError;
    fn try_from(terms: PolicyTerms) -> Result<Policy, PolicyError> {
        Policy::new(terms)
    }
}

impl From<Policy> for PolicyTerms {
    fn from(policy: Policy) -> PolicyTerms {
        policy.0
    }
}

/// Returns the option, from 0, that a choice gives more than each other option, under every rule: the one option of
/// plurality, the only approval, the highest score, the largest part of a budget, the first rank of a ranking. Returns
/// `None` if there is a tie for it.
///
/// A chamber's choice is defined on its totals in the same way (section 10). It cannot be hedged: approving every
/// option, or giving each something, chooses none. If `x_j > 0` were enough, it would cost nothing to be on the right
/// side.
pub fn chosen_option(x: &[u64]) -> Option<usize> {
    let most = x.iter().max()?;
    let mut at = x.iter().enumerate().filter(|(_, value)| *value == most).map(|(option, _)| option);
    let first = at.next();
    if at.next().is_some() { None } else { first }
}
