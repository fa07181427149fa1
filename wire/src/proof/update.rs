//! The witness of an update of a ballot slot as JSON.

use psephos_protocol::{
    Point,
    census::MembershipProof,
    committee::KeyVector,
    elements::{CensusRoot, Nullifier, Scope},
    encryption::Ciphertext,
    identity::NullifierKey,
    rule::RuleParameters,
    signature::Signature,
    statement::update,
    weight::Weight,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{
    RequestError,
    secret::{SecretField, SecretScalar},
    witness::{Choices, WitnessFormat},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateWitness {
    size: usize,
    mask: bool,
    ak: Point,
    nk: SecretField,
    weight: Weight,
    membership: MembershipProof,
    root: CensusRoot,
    scope: Scope,
    /// The ballot rule, packed: [`RuleParameters::pack_u64`].
    rule: u64,
    keys: KeyVector,
    nullifier: Nullifier,
    x: Choices,
    randomness: SecretScalar,
    old: Ciphertext,
    signature: Signature,
}

impl WitnessFormat for UpdateWitness {
    type Witness = update::Witness;

    fn encode(witness: &update::Witness) -> Self {
        Self {
            size: witness.size,
            mask: witness.mask,
            ak: witness.ak,
            nk: SecretField(*witness.nk.expose()),
            weight: witness.weight,
            membership: witness.membership.clone(),
            root: witness.root,
            scope: witness.scope,
            rule: witness.rule.pack_u64(),
            keys: witness.keys.clone(),
            nullifier: witness.nullifier,
            x: Choices::new(witness.x.clone()),
            randomness: SecretScalar(witness.r),
            old: witness.old.clone(),
            signature: witness.signature,
        }
    }

    fn decode(mut self) -> Result<update::Witness, RequestError> {
        Ok(update::Witness {
            size: self.size,
            mask: self.mask,
            ak: self.ak,
            nk: NullifierKey::from_fr(self.nk.0),
            weight: self.weight,
            membership: std::mem::replace(&mut self.membership, MembershipProof { siblings: Vec::new() }),
            root: self.root,
            scope: self.scope,
            rule: RuleParameters::unpack(self.rule).map_err(|error| RequestError::Witness(error.to_string()))?,
            keys: self.keys.clone(),
            nullifier: self.nullifier,
            x: self.x.take_values(),
            r: self.randomness.0,
            old: self.old.clone(),
            signature: self.signature,
        })
    }
}

impl Drop for UpdateWitness {
    fn drop(&mut self) {
        self.mask.zeroize();
        self.nk.0.zeroize();
        self.weight.zeroize();
        self.randomness.0.zeroize();
    }
}
