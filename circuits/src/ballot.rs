//! The statement `ballot` (specification, section 7) as a circuit. Twin of `psephos_protocol::statement::ballot`.
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | membership | an outsider; a false weight | `identity`, `weight`, `leaf`, `census`, `keys`, `rule`, `context` |
//! | nullifier | a member who votes twice | `nullifier` |
//! | rule | a voter who counts more than the rule allows, or subtracts from an option | `rule`, `choice` |
//! | encryption | a voter who spoils the encrypted total | `randomness`, `encryption` |
//! | note | a claimant who pretends to have voted otherwise; a seller of vote receipts | `note` |
//! | signature | a remote prover who casts another vote for its customer | `signature` |
//! | binding | a relayer who posts another ciphertext than the proven one | `binding` |

#[cfg(test)]
mod tests;

use ark_ff::BigInteger256;
use psephos_protocol::Fr;
use psephos_protocol::constants::tag;
use psephos_protocol::statement::ballot::{BallotError, Instance, Witness, check};

use crate::gadgets::elgamal::{self, CommitteeKeys};
use crate::gadgets::member::Member;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::rule::Rule;
use crate::gadgets::signature::HIGH_BITS;
use crate::gadgets::{evaluate, note, poseidon, signature};
use crate::{Builder, Circuit, Num};

/// A ballot of up to `M` options, where `M` is 3 or 8.
pub struct BallotCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const M: usize> Circuit for BallotCircuit<M> {
    type Error = BallotError;

    const NAME: &'static str = match M {
        3 => "ballot-3",
        8 => "ballot-8",
        _ => panic!("ballots have circuits of 3 and of 8 options"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        dummy::ballot_circuit()
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), BallotError> {
        if self.witness.size != M {
            return Err(BallotError::Size { size: self.witness.size, options: self.witness.rule.options });
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

/// Witness values that the protocol's types rule out, but a malicious prover may assign: coordinates that belong to
/// no point, choices that are out of the range of 64 bits, a non-canonical integer for the challenge. Tests assign
/// them; nothing in the circuit relies on an honest witness.
struct UncheckedWitness<const M: usize> {
    ak: [Fr; 2],
    x: [Fr; M],
    challenge: Option<BigInteger256>,
}

impl<const M: usize> BallotCircuit<M> {
    fn synthesize_with(&self, b: &mut Builder, unchecked: &UncheckedWitness<M>) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));

        let member = Member::allocate(b, unchecked.ak, &w.nk, &w.weight, &w.membership.siblings);
        b.enter_section("keys");
        let keys = CommitteeKeys::allocate_free::<M>(b, &w.keys);
        let keys_hash = keys.hash(b);
        b.enter_section("rule");
        let rule = Rule::new(b, &w.rule, M);
        b.enter_section("context");
        let scope = b.allocate_free(w.scope.to_fr());
        let root = member.root.clone();
        let ctx = poseidon::hash(b, &[Num::constant(tag::poll()), scope, root, keys_hash, rule.pack()]);

        b.enter_section("nullifier");
        let nullifier = member.derive_nullifier(b, &ctx);
        b.enter_section("choice");
        let choices = rule.constrain_choices(b, &member.weight, &unchecked.x);
        b.enter_section("note");
        let blinder = b.allocate_free(*w.randomness.blinder().expose());
        let noted = rule.select_noted_choices(b, &choices.x);
        let note = note::derive(b, &member.id, &ctx, &member.weight, &noted, &blinder);
        let ciphertext = elgamal::encrypt(b, &keys, w.randomness.expose(), &choices.counted, None);

        b.enter_section("binding");
        let mut elements = vec![ctx, nullifier, note];
        elements.extend(ciphertext.iter().flat_map(Edwards::coordinates));
        let mut hashed = vec![Num::constant(tag::ballot_hash())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);

        b.enter_section("signature");
        let message = poseidon::hash(b, &[Num::constant(tag::ballot()), h, z]);
        signature::verify(b, &w.signature, &member.ak, &message, unchecked.challenge, HIGH_BITS);
    }
}

/// The dummy instance.
mod dummy {
    use super::*;
    use psephos_protocol::census::MembershipProof;
    use psephos_protocol::committee::KeyVector;
    use psephos_protocol::elements::Scope;
    use psephos_protocol::encryption::Randomness;
    use psephos_protocol::identity::NullifierKey;
    use psephos_protocol::note::NoteBlinder;
    use psephos_protocol::rule::RuleParameters;
    use psephos_protocol::signature::Signature;
    use psephos_protocol::{Point, Scalar, weight::Weight};

    pub(super) fn ballot_circuit<const M: usize>() -> BallotCircuit<M> {
        let zero = Fr::from(0u64);
        let g = Point::generator();
        BallotCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                size: M,
                ak: g,
                nk: NullifierKey::from_fr(zero),
                weight: Weight::MIN,
                membership: MembershipProof { siblings: vec![] },
                scope: Scope::from_fr(zero),
                rule: RuleParameters {
                    weighted: false,
                    quadratic: false,
                    exact: false,
                    by_weight: false,
                    ranked: false,
                    capped: false,
                    choice_in_note: false,
                    cap: 0,
                    budget: 0,
                    options: M,
                },
                keys: KeyVector::new(std::array::from_fn(|j| g.mul_u64(j as u64 + 1)))
                    .expect("small multiples of the generator differ"),
                x: vec![0; M],
                randomness: Randomness::from_parts(Scalar::from(1u64), NoteBlinder::from_fr(zero)),
                signature: Signature { nonce_point: g, response: Scalar::from(1u64) },
            },
        }
    }
}
