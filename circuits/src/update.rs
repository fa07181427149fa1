//! The statement `update` (specification, section 7) as a circuit. Twin of `psephos_protocol::statement::update`.
//!
//! A bit `m`, which nothing public tells, says whether the slot's content is masked (`m = 1`, by anyone) or replaced
//! (`m = 0`, by its owner).
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | context | a voter under keys of its own; a rule that allows more | `keys`, `rule`, `context` |
//! | member, or a mask | an outsider who replaces a ballot; a false weight | `identity`, `weight`, `leaf`, `census` |
//! | own slot, or a mask | a member who replaces another's ballot | `nullifier` |
//! | rule | a voter who counts more than the rule allows, or subtracts from an option | `rule`, `choice` |
//! | encryption of zero, if a mask | a stranger who adds votes to another's ballot | `mask`, `encryption` |
//! | content | a stranger who changes another's ballot in place of masking it | `content` |
//! | signature | a remote prover who casts another vote for its customer | `signature` |
//! | binding | a relayer who posts another ciphertext; an update of a content that counts no more | `binding` |
//!
//! *Not constrained*: the root of the census, the nullifier and the old content are free. `ctx` fixes the root, and all
//! of them are bound to what is posted and to the slot. The old content is an earlier one of the slot, so it is on the
//! curve: each was proved to be.

#[cfg(test)]
mod tests;

use ark_ff::BigInteger256;
use psephos_protocol::Fr;
use psephos_protocol::constants::tag;
use psephos_protocol::statement::update::{Instance, UpdateError, Witness, check};

use crate::gadgets::complete_addition::add_if;
use crate::gadgets::elgamal::{self, CommitteeKeys};
use crate::gadgets::member::Member;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::rule::Rule;
use crate::gadgets::signature::HIGH_BITS;
use crate::gadgets::{evaluate, poseidon, signature};
use crate::{Builder, Circuit, Num};

/// An update of a ballot slot of up to `M` options, where `M` is 3 or 8.
pub struct UpdateCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const M: usize> Circuit for UpdateCircuit<M> {
    type Error = UpdateError;

    const NAME: &'static str = match M {
        3 => "update-3",
        8 => "update-8",
        _ => panic!("updates have circuits of 3 and of 8 options"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        dummy::update_circuit()
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), UpdateError> {
        if self.witness.size != M {
            return Err(UpdateError::Size { size: self.witness.size, options: self.witness.rule.options });
        }
        check(&self.instance, &self.witness)
    }

    fn synthesize(&self, b: &mut Builder) {
        let w = &self.witness;
        // Exactly `M` choices: a witness of another length must not change the constraint structure.
        let x = std::array::from_fn(|j| Fr::from(w.x.get(j).copied().unwrap_or_default()));
        self.synthesize_with(b, &UncheckedWitness { ak: [w.ak.x(), w.ak.y()], x, challenge: None });
    }
}

/// Witness values that the protocol's types rule out, but a malicious prover may assign; see the ballot's.
struct UncheckedWitness<const M: usize> {
    ak: [Fr; 2],
    x: [Fr; M],
    challenge: Option<BigInteger256>,
}

impl<const M: usize> UpdateCircuit<M> {
    fn synthesize_with(&self, b: &mut Builder, unchecked: &UncheckedWitness<M>) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));

        b.enter_section("mask");
        let mask = b.allocate_bit(w.mask);
        let owner = &Num::one() - &mask;
        let member = Member::allocate(b, unchecked.ak, &w.nk, &w.weight, &w.membership.siblings);
        let root = b.allocate_free(w.root.to_fr());
        b.assert_product("a member, or a mask", &owner, &(&member.root - &root), &Num::zero());
        b.enter_section("keys");
        let keys = CommitteeKeys::allocate_free::<M>(b, &w.keys);
        let keys_hash = keys.hash(b);
        b.enter_section("rule");
        let rule = Rule::new(b, &w.rule, M);
        b.enter_section("context");
        let scope = b.allocate_free(w.scope.to_fr());
        let ctx = poseidon::hash(b, &[Num::constant(tag::poll()), scope, root, keys_hash, rule.pack()]);

        b.enter_section("nullifier");
        let own = member.derive_nullifier(b, &ctx);
        let nullifier = b.allocate_free(w.nullifier.to_fr());
        b.assert_product("the own slot, or a mask", &owner, &(&own - &nullifier), &Num::zero());
        b.enter_section("choice");
        let choices = rule.constrain_choices(b, &member.weight, &unchecked.x);
        let encrypted = elgamal::encrypt(b, &keys, &w.r, &choices.counted, Some(&mask));

        b.enter_section("content");
        let points = std::iter::once(&w.old.c).chain(&w.old.d).take(1 + M);
        let old: Vec<Edwards> = points.map(|point| Edwards::allocate_free(b, point)).collect();
        let new: Vec<Edwards> = encrypted.iter().zip(&old).map(|(e, old)| add_if(b, e, &mask, old)).collect();

        b.enter_section("binding");
        let mut elements = vec![ctx, nullifier];
        elements.extend(new.iter().chain(&old).flat_map(Edwards::coordinates));
        let mut hashed = vec![Num::constant(tag::update_hash())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);

        b.enter_section("signature");
        let message = poseidon::hash(b, &[Num::constant(tag::update()), h, z]);
        signature::verify(b, &w.signature, &member.ak, &message, unchecked.challenge, HIGH_BITS);
    }
}

/// The dummy instance.
mod dummy {
    use super::*;
    use psephos_protocol::census::MembershipProof;
    use psephos_protocol::committee::KeyVector;
    use psephos_protocol::elements::{CensusRoot, Nullifier, Scope};
    use psephos_protocol::encryption::Ciphertext;
    use psephos_protocol::identity::NullifierKey;
    use psephos_protocol::rule::{Rule, RuleKind};
    use psephos_protocol::signature::Signature;
    use psephos_protocol::{Point, Scalar, weight::Weight};

    pub(super) fn update_circuit<const M: usize>() -> UpdateCircuit<M> {
        let (zero, g) = (Fr::from(0u64), Point::generator());
        let rule = Rule::new(RuleKind::Approval, 1).to_parameters(M, false).expect("approval of one option is a rule");
        UpdateCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                size: M,
                mask: true,
                ak: g,
                nk: NullifierKey::from_fr(zero),
                weight: Weight::MIN,
                membership: MembershipProof { siblings: vec![] },
                root: CensusRoot::from_fr(zero),
                scope: Scope::from_fr(zero),
                rule,
                keys: KeyVector::new(std::array::from_fn(|j| g.mul_u64(j as u64 + 1)))
                    .expect("small multiples of the generator differ"),
                nullifier: Nullifier::from_fr(zero),
                x: vec![0; M],
                r: Scalar::from(1u64),
                old: Ciphertext { c: g, d: vec![g; M] },
                signature: Signature { nonce_point: g, response: Scalar::from(1u64) },
            },
        }
    }
}
