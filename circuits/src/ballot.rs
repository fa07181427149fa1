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
use psephos_protocol::committee::KeyVector;
use psephos_protocol::constants::{KEY_SPLIT_BITS, VALUE_BITS, tag};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::statement::ballot::{BallotError, Instance, Witness, check};
use std::sync::LazyLock;

use crate::gadgets::bits::{allocate_bits, bit_to_digit, pack_bits};
use crate::gadgets::fixed_base::PairTable;
use crate::gadgets::ladder;
use crate::gadgets::montgomery::{ConstantPoint, Edwards, coefficient_a};
use crate::gadgets::rule::{Choices, Rule};
use crate::gadgets::scalar::{DigitPair, allocate_digit_pairs};
use crate::gadgets::signature::HIGH_BITS;
use crate::gadgets::{evaluate, lean_imt, note, poseidon, signature};
use crate::{Builder, Circuit, Num};

/// A ballot of up to `M` options, where `M` is 3 or 8.
pub struct BallotCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

/// The offset of the ladders for `r·PK_j`, a point of unknown discrete logarithm.
static KEY_LADDER_OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.key"));

/// The table for `r·G`, also used for `sk·G` in decryption and for `e·G` and `a·G` in dealings.
pub(crate) static GENERATOR_TABLE: LazyLock<PairTable> =
    LazyLock::new(|| PairTable::for_digit_pairs(Point::generator(), hash_to_point("psephos.v1.offset.generator")));

/// The table for `u·G`, minus the offset that remains after the ladder for `r·PK_j`.
static VALUE_TABLE: LazyLock<PairTable> = LazyLock::new(|| {
    PairTable::for_value_bits(
        Point::generator(),
        VALUE_BITS,
        -ladder::offset_residue(*KEY_LADDER_OFFSET, KEY_SPLIT_BITS),
    )
});

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

        b.enter_section("identity");
        let ak = Edwards { x: b.allocate_free(unchecked.ak[0]), y: b.allocate_free(unchecked.ak[1]) };
        ak.assert_on_curve(b);
        let nk = b.allocate_free(*w.nk.expose());
        let id = poseidon::hash(b, &[Num::constant(tag::id()), ak.x.clone(), ak.y.clone(), nk.clone()]);
        b.enter_section("weight");
        let weight = pack_bits(&allocate_bits(b, w.weight.to_fr(), VALUE_BITS));
        b.enter_section("leaf");
        let leaf = poseidon::hash(b, &[Num::constant(tag::leaf()), id.clone(), weight.clone()]);
        b.enter_section("census");
        let root = lean_imt::census_root_from(b, &leaf, &w.membership.siblings);
        b.enter_section("keys");
        let keys = CommitteeKeys::allocate_free::<M>(b, &w.keys);
        let keys_hash = keys.hash(b);
        b.enter_section("rule");
        let rule = Rule::new(b, &w.rule, M);
        b.enter_section("context");
        let scope = b.allocate_free(w.scope.to_fr());
        let ctx = poseidon::hash(b, &[Num::constant(tag::poll()), scope, root, keys_hash, rule.pack()]);

        b.enter_section("nullifier");
        let nullifier = poseidon::hash(b, &[Num::constant(tag::nullifier()), nk, id.clone(), ctx.clone()]);
        b.enter_section("choice");
        let choices = rule.constrain_choices(b, &weight, &unchecked.x);
        b.enter_section("note");
        let blinder = b.allocate_free(*w.randomness.blinder().expose());
        let noted = rule.select_noted_choices(b, &choices.x);
        let note = note::derive(b, &id, &ctx, &weight, &noted, &blinder);
        let ciphertext = self.encrypt(b, &keys, &choices);

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
        signature::verify(b, &w.signature, &ak, &message, unchecked.challenge, HIGH_BITS);
    }

    /// Computes `C = r·G`, `D_j = u_j·G + r·PK_j`.
    ///
    /// `D_j` is the sum of `2^126·T + r·PK_j` and `u_j·G - 2^126·T` for the ladder's offset `T`. Equal operands would
    /// reveal the discrete logarithm of `T`, as a known combination of `PK_j` and `G`.
    fn encrypt(&self, b: &mut Builder, keys: &CommitteeKeys, choices: &Choices) -> Vec<Edwards> {
        b.enter_section("randomness");
        let r = allocate_digit_pairs(b, self.witness.randomness.expose());
        let c = GENERATOR_TABLE.multiply(b, &r);
        let mut ciphertext = vec![c.to_edwards(b)];
        b.enter_section("encryption");
        let a = Num::constant(coefficient_a());
        let offset = ConstantPoint::from(*KEY_LADDER_OFFSET);
        for ((key, shifted), u) in keys.0.iter().zip(&choices.counted) {
            let (key, shifted) = (key.to_montgomery(b), shifted.to_montgomery(b));
            let blinding = ladder::multiply_joint(b, &r, &key, &shifted, offset);
            let digits: Vec<Num> = u.iter().map(bit_to_digit).collect();
            let pairs: Vec<DigitPair> = digits.chunks(2).map(|d| DigitPair::new(b, &d[0], &d[1])).collect();
            let value = VALUE_TABLE.multiply(b, &pairs);
            let d = blinding.add(b, &value, &a);
            ciphertext.push(d.to_edwards(b));
        }
        ciphertext
    }
}

/// The committee's keys `PK_j` and shifted keys `2^126·PK_j`, which `ctx` binds.
struct CommitteeKeys(Vec<(Edwards, Edwards)>);

impl CommitteeKeys {
    fn allocate_free<const M: usize>(b: &mut Builder, keys: &KeyVector) -> CommitteeKeys {
        let shifted = keys.shifted();
        let pairs = keys.keys().iter().zip(&shifted).take(M);
        CommitteeKeys(pairs.map(|(k, s)| (Edwards::allocate_free(b, k), Edwards::allocate_free(b, s))).collect())
    }

    /// Computes `K_M` of the specification, section 5.
    fn hash(&self, b: &mut Builder) -> Num {
        self.0.iter().fold(Num::constant(tag::keys()), |hash, (key, shifted)| {
            let [x, y] = key.coordinates();
            let [shifted_x, shifted_y] = shifted.coordinates();
            poseidon::hash(b, &[hash, x, y, shifted_x, shifted_y])
        })
    }
}

/// The dummy instance.
mod dummy {
    use super::*;
    use psephos_protocol::census::MembershipProof;
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
