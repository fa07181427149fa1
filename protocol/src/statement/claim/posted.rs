//! The values of a claim that are posted on chain beside the proof, and the terms that the contract knows.

use serde::{Deserialize, Serialize};

use crate::{
    Fr,
    constants::CLAIM_ELEMENTS,
    elements::{ClaimBinding, Context, NotesRoot, RewardNullifier, StatementHash},
    reward::Policy,
};

/// The terms of a claim, which the contract knows or computes: the chamber, the reward policy, and the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimTerms {
    /// The chamber's context.
    pub ctx: Context,
    /// The chamber's reward policy. For a size `M` of 3, no option after the third can be ratified.
    pub policy: Policy,
    /// The [`crate::context::derive_claim_binding`] of vault, recipient, relayer and fee.
    pub binding: ClaimBinding,
}

/// The values that are posted on chain beside the proof, recipient, relayer and fee. All of them are public; none of
/// them occurs in the ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedClaim {
    /// The hash `Chain(CLAIM, L)`, which fixes the proven values before `z` exists.
    pub h: StatementHash,
    /// A notes root of the chamber.
    pub notes_root: NotesRoot,
    /// The reward nullifier: one value per member, chamber and poll.
    pub reward_nullifier: RewardNullifier,
    /// The amount in the policy's units, below `2^81`, `base` included.
    #[serde(with = "word")]
    pub amount: u128,
}

/// Serde of an amount as a word, like all posted values.
mod word {
    use ark_ff::PrimeField;
    use serde::{Deserializer, Serializer, de::Error};

    use crate::{Fr, field::serde_hex};

    pub(super) fn serialize<S: Serializer>(amount: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serde_hex::serialize(&Fr::from(*amount), serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let [low, high, rest @ ..] = serde_hex::deserialize(deserializer)?.into_bigint().0;
        match rest {
            [0, 0] => Ok(u128::from(high) << 64 | u128::from(low)),
            _ => Err(D::Error::custom("an amount has at most 128 bits")),
        }
    }
}

impl PostedClaim {
    /// Returns `L = (notes_root, ctx, reward_nullifier, amount - base, selector, per_weight, bonus, binding)`, with
    /// `selector = ratified + cap·2^8` the lowest 48 bits of the packed policy.
    pub fn elements(&self, terms: &ClaimTerms) -> [Fr; CLAIM_ELEMENTS] {
        let policy = terms.policy.terms();
        [
            self.notes_root.to_fr(),
            terms.ctx.to_fr(),
            self.reward_nullifier.to_fr(),
            Fr::from(self.amount) - Fr::from(policy.base),
            Fr::from(terms.policy.selector()),
            Fr::from(policy.per_weight),
            Fr::from(policy.bonus),
            terms.binding.to_fr(),
        ]
    }
}
