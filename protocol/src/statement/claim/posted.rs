//! What goes on chain beside the proof, and what the contract knows.

use serde::{Deserialize, Serialize};

use crate::{Fr, constants::CLAIM_ELEMENTS, field, reward::Policy};

/// What the contract knows or computes: of which chamber a claim is, under which policy, and to whom it pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The chamber's context.
    #[serde(with = "field::serde_hex")]
    pub ctx: Fr,
    /// The chamber's policy. A size `M` of 3 has no ratified option behind the third.
    pub policy: Policy,
    /// [`crate::context::claim_binding`] of vault, recipient, relayer and fee.
    #[serde(with = "field::serde_hex")]
    pub binding: Fr,
}

/// What goes on chain beside the proof, recipient, relayer and fee. All of it is public; none of it occurs in the ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// `Chain(CLAIM, L)`, which fixes the proven values before `z` exists.
    #[serde(with = "field::serde_hex")]
    pub h: Fr,
    /// A root of the chamber's note tree.
    #[serde(with = "field::serde_hex")]
    pub note_root: Fr,
    /// One value a member, chamber and poll.
    #[serde(with = "field::serde_hex")]
    pub reward_nullifier: Fr,
    /// In the policy's units, below `2^81`, `base` included.
    #[serde(with = "word")]
    pub amount: u128,
}

/// Serde of an amount as a word, like all that is posted.
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

impl Posted {
    /// `L = (note_root, ctx, reward_nullifier, amount - base, selector, per_weight, bonus, binding)`, with `selector = ratified + cap·2^8` the lowest 48 bits of the packed
    /// policy.
    pub fn elements(&self, terms: &Terms) -> [Fr; CLAIM_ELEMENTS] {
        let policy = terms.policy.terms();
        [
            self.note_root,
            terms.ctx,
            self.reward_nullifier,
            Fr::from(self.amount) - Fr::from(policy.base),
            Fr::from(terms.policy.selector()),
            Fr::from(policy.per_weight),
            Fr::from(policy.bonus),
            terms.binding,
        ]
    }
}
