//! The statement `claim` (specification, section 12) as a circuit. Twin of `psephos_protocol::statement::claim`.
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | note | a non-voter; a voter who invents another vote or weight | `identity`, `opening`, `note`, `batch`, `tree` |
//! | reward nullifier | a voter who claims twice | `nullifier` |
//! | amount | a voter who wants more than the policy gives | `policy`, `choice`, `amount` |
//! | signature | a remote prover who redirects its customer's reward to itself | `signature` |
//! | binding | a relayer who posts another claim than the proven one | `binding` |
//!
//! The tests of the clauses note and reward nullifier are in `tests/note.rs`, those of the amount in
//! `tests/amount.rs`, of the signature in `tests/signature.rs` and of the binding in `tests.rs`.
//!
//! Two conditions are *not* needed. That the note is not zero: it is a hash that the circuit computes, so a zero leaf
//! would take a preimage of zero. And that the leaf has a particular index: a note that is in the tree twice has one
//! reward nullifier.

#[cfg(test)]
mod tests;

use ark_ff::BigInteger256;
use psephos_protocol::constants::{VALUE_BITS, tag};
use psephos_protocol::reward::CAP_OFFSET;
use psephos_protocol::statement::claim::{ClaimError, Instance, Witness, check};
use psephos_protocol::{Fr, Point, weight::Weight};

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::compare::is_at_least;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::{evaluate, lean_imt, note, poseidon, power_of_two, signature};
use crate::{Builder, Circuit, Num};

/// A claim for a note with up to `M` choices, where `M` is 3 or 8.
pub struct ClaimCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

/// The number of high bits of the challenge that are compared. With 64, one honest signature in `2^63` is refused,
/// and the circuit for eight options stays below `2^13` constraints.
const COMPARED_HIGH_BITS: usize = 64;

impl<const M: usize> Circuit for ClaimCircuit<M> {
    type Error = ClaimError;

    const NAME: &'static str = match M {
        3 => "claim-3",
        8 => "claim-8",
        _ => panic!("claims have circuits of 3 and of 8 options"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        dummy::claim_circuit()
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), ClaimError> {
        match self.witness.size() == M {
            true => check(&self.instance, &self.witness),
            false => Err(ClaimError::Size { size: self.witness.size() }),
        }
    }

    fn synthesize(&self, b: &mut Builder) {
        let ratified = self.witness.terms.policy.terms().ratified;
        let ak = self.witness.ak;
        let unchecked = UncheckedWitness {
            ak: [ak.x(), ak.y()],
            leaf: None,
            cap: Fr::from(self.witness.terms.policy.terms().cap),
            ratified: std::array::from_fn(|j| ratified == Some(j)),
            cap_comparison_bits: None,
            option_comparison_bits: [None; M],
            challenge: None,
        };
        self.synthesize_with(b, &unchecked);
    }
}

/// Witness values that the protocol's types rule out, but a malicious prover may assign. Tests assign them; nothing
/// in the circuit relies on an honest witness.
struct UncheckedWitness<const M: usize> {
    ak: [Fr; 2],
    /// The value at the note's position in its note batch, if it is not the note.
    leaf: Option<Fr>,
    cap: Fr,
    ratified: [bool; M],
    /// The lower bits that comparisons use instead of the true ones: of the weight with the cap, and of the ratified
    /// option with the others (the last entry is not used).
    cap_comparison_bits: Option<BigInteger256>,
    option_comparison_bits: [Option<BigInteger256>; M],
    challenge: Option<BigInteger256>,
}

impl<const M: usize> ClaimCircuit<M> {
    fn synthesize_with(&self, b: &mut Builder, unchecked: &UncheckedWitness<M>) {
        let w = &self.witness;
        let policy = w.terms.policy.terms();
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));

        b.enter_section("identity");
        let ak = Edwards { x: b.allocate_free(unchecked.ak[0]), y: b.allocate_free(unchecked.ak[1]) };
        ak.assert_on_curve(b);
        let nk = b.allocate_free(*w.nk.expose());
        let id = poseidon::hash(b, &[Num::constant(tag::id()), ak.x.clone(), ak.y.clone(), nk.clone()]);
        b.enter_section("opening");
        let number = |b: &mut Builder, value: u64| pack_bits(&allocate_bits(b, value, VALUE_BITS));
        let weight = number(b, w.opening.weight.get());
        // Exactly `M` choices: a witness of another length must not change the constraint structure.
        let x: Vec<Num> = (0..M).map(|j| number(b, w.opening.x.get(j).copied().unwrap_or_default())).collect();
        b.enter_section("note");
        let (ctx, blinder) = (b.allocate_free(w.terms.ctx.to_fr()), b.allocate_free(*w.opening.blinder.expose()));
        let note = note::derive(b, &id, &ctx, &weight, &x, &blinder);
        b.enter_section("batch");
        let batch_root = note::batch_root_from(b, &note, w.path.levels(), unchecked.leaf);
        b.enter_section("tree");
        let root = lean_imt::root_from(b, &batch_root, &w.path.upper_path().siblings, lean_imt::NOTES_TREE_BLOCKS);
        b.enter_section("nullifier");
        let nullifier = poseidon::hash(b, &[Num::constant(tag::reward()), nk, id, ctx.clone()]);

        b.enter_section("policy");
        let [cap, per_weight, bonus] =
            [unchecked.cap, Fr::from(policy.per_weight), Fr::from(policy.bonus)].map(|n| b.allocate_free(n));
        let ratified: Vec<Num> = unchecked.ratified.iter().map(|is| b.allocate_bit(*is)).collect();
        let any = Num::sum(&ratified);
        b.assert_product("one ratified option at most", &any, &any.add_constant(-Fr::from(1u64)), &Num::zero());
        let selector = &pack_bits(&ratified) + &cap.scale(power_of_two(CAP_OFFSET));
        let counted = cap_weight(b, &weight, &cap, unchecked);
        b.enter_section("choice");
        let chosen = chooses(b, &x, &ratified, &any, unchecked);
        b.enter_section("amount");
        let amount = &b.mul(&per_weight, &counted) + &b.mul(&bonus, &chosen);

        b.enter_section("binding");
        let binding = b.allocate_free(w.terms.binding.to_fr());
        let elements = [root, ctx, nullifier, amount, selector, per_weight, bonus, binding];
        let mut hashed = vec![Num::constant(tag::claim())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);

        b.enter_section("signature");
        signature::verify(b, &w.signature, &ak, &h, unchecked.challenge, COMPARED_HIGH_BITS);
    }
}

/// Computes `min(weight, cap)`.
///
/// The weight has 40 bits. The comparison shows that the cap differs from it by less than `2^40`, so the cap is a
/// small integer, and `ratified + cap·2^8` can be read in only one way: two readings would differ by less than `2^50`
/// in absolute value, and such a difference is a multiple of `r` only if it is zero.
fn cap_weight<const M: usize>(b: &mut Builder, weight: &Num, cap: &Num, unchecked: &UncheckedWitness<M>) -> Num {
    let above = is_at_least(b, "weight against the cap", weight, cap, VALUE_BITS, unchecked.cap_comparison_bits);
    weight - &b.mul(&above, &(weight - cap))
}

/// Returns 1 if there is a ratified option and its choice is above all others, otherwise 0. Twin of
/// `psephos_protocol::reward::chosen_option`.
///
/// The last option takes the ratified one's position, so that `M - 1` comparisons are enough. `x_j > x_i` is
/// `x_j - 1 >= x_i`, of numbers that have 40 bits, so the difference is from `-2^40` to `2^40 - 2`. Its lowest value
/// is outside the comparison's range but needs no exclusion: it is `x_j = 0`, `x_i = 2^40 - 1`, whose sum with `2^40`
/// is 0, which fits in 41 bits as well.
fn chooses<const M: usize>(
    b: &mut Builder,
    x: &[Num],
    ratified: &[Num],
    any: &Num,
    unchecked: &UncheckedWitness<M>,
) -> Num {
    let last = &x[M - 1];
    let moved: Vec<Num> = x.iter().zip(ratified).take(M - 1).map(|(x, is)| b.mul(is, &(last - x))).collect();
    let own = (last - &Num::sum(&moved)).add_constant(-Fr::from(1u64));
    let others = x.iter().zip(&moved).zip(&unchecked.option_comparison_bits);
    let above: Vec<Num> = others
        .map(|((x, moved), lower)| is_at_least(b, "choice against another", &own, &(x + moved), VALUE_BITS, *lower))
        .collect();
    above.iter().fold(any.clone(), |all, above| b.mul(&all, above))
}

/// The dummy instance.
mod dummy {
    use super::*;
    use psephos_protocol::Scalar;
    use psephos_protocol::census::MembershipProof;
    use psephos_protocol::constants::BATCH_ARITIES;
    use psephos_protocol::elements::{ClaimBinding, Context};
    use psephos_protocol::identity::NullifierKey;
    use psephos_protocol::note::{NoteBlinder, NoteOpening, NotePath, PathLevel};
    use psephos_protocol::reward::{self, Policy};
    use psephos_protocol::signature::Signature;
    use psephos_protocol::statement::claim::ClaimTerms;

    pub(super) fn claim_circuit<const M: usize>() -> ClaimCircuit<M> {
        let zero = Fr::from(0u64);
        let g = Point::generator();
        let levels = BATCH_ARITIES.map(|arity| PathLevel { siblings: vec![zero; arity - 1], index: 0 });
        let path = NotePath::new(levels.to_vec(), MembershipProof { siblings: vec![] });
        let policy = Policy::new(reward::PolicyTerms::default()).expect("an all-zero policy is valid");
        ClaimCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                ak: g,
                nk: NullifierKey::from_fr(zero),
                opening: NoteOpening { weight: Weight::MIN, x: vec![0; M], blinder: NoteBlinder::from_fr(zero) },
                path: path.expect("the levels have the arities of a note batch"),
                terms: ClaimTerms { ctx: Context::from_fr(zero), policy, binding: ClaimBinding::from_fr(zero) },
                signature: Signature { nonce_point: g, response: Scalar::from(1u64) },
            },
        }
    }
}
