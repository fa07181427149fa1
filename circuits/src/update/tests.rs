//! Negative tests of the update circuit: for each assertion a malicious witness that violates it and nothing else, and
//! how the circuit rejects other malicious witnesses.

use ark_ff::{BigInteger, BigInteger256, Field, One, PrimeField};
use psephos_protocol::census::{MembershipProof, Sibling, hash_leaf};
use psephos_protocol::constants::{CHALLENGE_BITS, VALUE_BITS};
use psephos_protocol::elements::{CensusRoot, Challenge, Context, Nullifier, Scope};
use psephos_protocol::encryption::{Ciphertext, encrypt_values};
use psephos_protocol::identity::{IdentityCommitment, NullifierKey};
use psephos_protocol::rule::{Rule as NativeRule, RuleKind, RuleParameters};
use psephos_protocol::signature::{Signature, to_signed_challenge};
use psephos_protocol::statement::update;
use psephos_protocol::testing::key_vector;
use psephos_protocol::{Point, Scalar, nullifier, transcript, weight::Weight};

use super::*;
use crate::gadgets::power_of_two;

const WEIGHT: u64 = 1_000;
const ASK: u64 = 987_654_321;

/// The witness of a malicious prover: all values that it may choose. Starts as an honest replacement.
struct MaliciousWitness<const M: usize> {
    mask: bool,
    rule: RuleParameters,
    packed: Fr,
    x: [Fr; M],
    /// Added to the weight that the witness claims, not to that of the leaf in the census.
    more_weight: u64,
    /// Whether the slot is another voter's.
    other_slot: bool,
    /// Added to the first coordinate of `D'_1` in what is posted.
    shift: Fr,
    nonce: u64,
    response_shift: u64,
    alias: bool,
    ak: Option<[Fr; 2]>,
}

impl<const M: usize> MaliciousWitness<M> {
    fn honest(kind: RuleKind, parameter: u16, options: usize, x: [u64; M]) -> MaliciousWitness<M> {
        let rule = NativeRule::new(kind, parameter).to_parameters(options, true).unwrap();
        MaliciousWitness {
            mask: false,
            rule,
            packed: rule.pack(),
            x: x.map(Fr::from),
            more_weight: 0,
            other_slot: false,
            shift: Fr::from(0u64),
            nonce: 5,
            response_shift: 0,
            alias: false,
            ak: None,
        }
    }

    /// Returns a mask by a stranger of another voter's slot.
    fn mask(kind: RuleKind, parameter: u16, options: usize, x: [u64; M]) -> MaliciousWitness<M> {
        let honest = MaliciousWitness::honest(kind, parameter, options, x);
        MaliciousWitness { mask: true, other_slot: true, more_weight: 7, ..honest }
    }

    /// Returns the content of the slot before the update.
    fn old() -> Ciphertext {
        let mut u = vec![0; M];
        u[1] = WEIGHT;
        encrypt_values(&u, &key_vector(9), &Scalar::from(77u64))
    }

    /// Synthesizes the circuit in setup mode, with values that are consistent except where the malicious choice rules
    /// it out; returns the system and the assignment.
    fn synthesize(&self) -> (crate::R1cs, Vec<Fr>) {
        let ak = Point::generator().mul(&Scalar::from(ASK));
        let nk = NullifierKey::from_fr(Fr::from(31u64));
        let siblings = (0..20).map(|i| Sibling { value: Fr::from(1000 + i as u64), on_left: i % 2 == 0 }).collect();
        let membership = MembershipProof { siblings };
        let coordinates = self.ak.unwrap_or([ak.x(), ak.y()]);
        let id = psephos_protocol::poseidon::hash(&[tag::id(), coordinates[0], coordinates[1], *nk.expose()]);
        let id = IdentityCommitment::from_fr(id).unwrap();
        let root = membership.compute_root(hash_leaf(&id, Weight::new_unchecked(WEIGHT)));
        let weight = Weight::new_unchecked(WEIGHT + self.more_weight);
        let scope = Scope::from_u64(77);
        let keys = key_vector(9);
        let hashed = [tag::poll(), scope.to_fr(), root.to_fr(), keys.hash_keys(M).to_fr(), self.packed];
        let ctx = Context::from_fr(psephos_protocol::poseidon::hash(&hashed));
        let own = nullifier::derive_nullifier(&nk, &id, ctx);
        let slot = if self.other_slot { Nullifier::from_u64(4_711) } else { own };

        let r = Scalar::from(424_242u64);
        let factor = if self.rule.weighted { weight.to_fr() } else { Fr::one() };
        let cut = |x: &Fr| if self.mask { 0 } else { low_limb(&(factor * x)) & ((1 << VALUE_BITS) - 1) };
        let encrypted = encrypt_values(&self.x.each_ref().map(cut), &keys, &r);
        let old = Self::old();
        let new = if self.mask { old.add(&encrypted) } else { encrypted };
        let mut elements = update::list_elements(ctx, slot, &new, &old);
        elements[4] += self.shift;
        let (h, z) = (update::hash_elements(&elements), Challenge::from_u64(123_456_789));
        let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };

        let message = update::derive_message(h, z);
        let nonce_point = Point::generator().mul(&Scalar::from(self.nonce));
        // With a key of order two `R = s·G + (0, -1)`, which negates both coordinates, for any challenge.
        let (secret, sign) = if self.ak.is_some() { (0, -Fr::one()) } else { (ASK, Fr::one()) };
        let nonce = [sign * nonce_point.x(), sign * nonce_point.y()];
        let inputs = [tag::signature(), nonce[0], nonce[1], coordinates[0], coordinates[1], message.to_fr()];
        let hash = psephos_protocol::poseidon::hash(&inputs);
        let bits = if self.alias { alias_of(hash) } else { hash.into_bigint() };
        let e = (0..CHALLENGE_BITS).fold(0u128, |e, i| e | u128::from(bits.get_bit(i)) << i);
        let response = Scalar::from(self.nonce) + to_signed_challenge(e) * Scalar::from(secret);
        let signature = Signature { nonce_point, response: response + Scalar::from(self.response_shift) };
        let witness = Witness {
            size: M,
            mask: self.mask,
            ak,
            nk,
            weight,
            membership,
            root: CensusRoot::from_fr(root.to_fr()),
            scope,
            rule: self.rule,
            keys,
            nullifier: slot,
            x: self.x.iter().map(low_limb).collect(),
            r,
            old,
            signature,
        };
        let mut b = Builder::for_setup();
        UpdateCircuit::<M> { instance, witness }
            .synthesize_with(&mut b, &UncheckedWitness { ak: coordinates, x: self.x, challenge: Some(bits) });
        b.into_system()
    }

    /// Returns the names of the violated assertions, and the sections of all other violated constraints.
    fn violated_constraints(&self) -> Vec<&'static str> {
        let (system, assignment) = self.synthesize();
        let name = |i| match system.assertions().iter().find(|(a, _)| *a == i) {
            Some((_, name)) => *name,
            None => system.section_of(i),
        };
        system.violated_constraints(&assignment).map(name).collect()
    }
}

fn low_limb(x: &Fr) -> u64 {
    x.into_bigint().0[0]
}

/// Returns the other 254-bit integer that represents this element, if there is one, and otherwise the canonical one.
fn alias_of(x: Fr) -> BigInteger256 {
    let mut other = x.into_bigint();
    let overflow = other.add_with_carry(&Fr::MODULUS);
    if overflow || other.num_bits() > 254 { x.into_bigint() } else { other }
}

fn replacement(x: [u64; 3]) -> MaliciousWitness<3> {
    MaliciousWitness::honest(RuleKind::Plurality, 0, 3, x)
}

fn stranger(x: [u64; 3]) -> MaliciousWitness<3> {
    MaliciousWitness::mask(RuleKind::Plurality, 0, 3, x)
}

#[test]
fn replacements_and_masks_satisfy() {
    assert!(replacement([0, 1, 0]).violated_constraints().is_empty());
    assert!(stranger([1, 0, 0]).violated_constraints().is_empty());
    let borda = [7, 6, 5, 4, 3, 2, 1, 0];
    assert!(MaliciousWitness::<8>::honest(RuleKind::Borda, 0, 8, borda).violated_constraints().is_empty());
    assert!(MaliciousWitness::<8>::mask(RuleKind::Borda, 0, 8, borda).violated_constraints().is_empty());
}

/// A mask of the owner, which cannot be told from its replacement, satisfies too.
#[test]
fn owner_may_mask_its_own_slot() {
    let mask = MaliciousWitness { mask: true, ..replacement([0, 1, 0]) };
    assert!(mask.violated_constraints().is_empty());
}

#[test]
fn stranger_cannot_replace() {
    // Neither with a weight of its own, in its own slot, ..
    let mut malicious = stranger([1, 0, 0]);
    (malicious.mask, malicious.other_slot) = (false, false);
    assert_eq!(malicious.violated_constraints(), ["a member, or a mask"]);
    // .. nor as a member in the slot of another, nor as a stranger there.
    let mut malicious = replacement([1, 0, 0]);
    malicious.other_slot = true;
    assert_eq!(malicious.violated_constraints(), ["the own slot, or a mask"]);
    malicious.more_weight = 1;
    assert_eq!(malicious.violated_constraints(), ["a member, or a mask", "the own slot, or a mask"]);
}

/// With a half of each, a stranger could escape both selected clauses: the bit is constrained to be one.
#[test]
fn mask_is_a_bit() {
    let system = UpdateCircuit::<3>::constraint_system();
    let (mut altered, rows) = (stranger([1, 0, 0]).synthesize().1, system.matrices());
    // The first variable behind the public inputs.
    let mask = system.num_inputs();
    assert!(altered[mask].is_one());
    altered[mask] = crate::gadgets::power_of_two(1).inverse().unwrap();
    let violated: Vec<_> = system.violated_constraints(&altered).map(|index| system.section_of(index)).collect();
    assert_eq!(violated.first(), Some(&"mask"), "{violated:?}, {} constraints", rows[0].len());
}

/// What a mask adds is an encryption of zero under the poll's keys: a point that is shifted is another content.
#[test]
fn mask_cannot_shift_a_point() {
    let mut malicious = stranger([1, 0, 0]);
    malicious.shift = Fr::one();
    assert_eq!(malicious.violated_constraints(), ["binding", "binding"]);
    // Nor can it add the choice that it proves to have: with the bit of a mask no choice is counted.
    let mut replaced = replacement([1, 0, 0]);
    replaced.other_slot = true;
    replaced.mask = true;
    let (system, assignment) = replaced.synthesize();
    assert!(system.check_satisfied(&assignment).is_ok(), "it is a mask, whose choice does not count");
}

#[test]
fn rule_holds_for_replacements() {
    let violated = |kind, parameter, x| MaliciousWitness::<3>::honest(kind, parameter, 3, x).violated_constraints();
    assert_eq!(violated(RuleKind::Score, 5, [6, 0, 0]), ["choice at most the cap"]);
    assert_eq!(violated(RuleKind::Approval, 1, [1, 0, 1]), ["sum within the budget"]);
    assert_eq!(violated(RuleKind::Plurality, 0, [0, 0, 0]), ["the whole budget"]);
    assert_eq!(violated(RuleKind::Borda, 0, [1, 1, 1]), ["a permutation"]);
    let unused = MaliciousWitness::<3>::honest(RuleKind::Approval, 1, 2, [0, 0, 1]);
    assert_eq!(unused.violated_constraints(), ["no choice of an unused option"]);
    let mut malicious = MaliciousWitness::<3>::honest(RuleKind::Approval, 2, 3, [0, 0, 0]);
    malicious.packed -= power_of_two(34);
    malicious.rule.options = 0;
    assert_eq!(malicious.violated_constraints(), ["one number of options"]);
    let mut negative = MaliciousWitness::<3>::honest(RuleKind::Cumulative, 0, 3, [0, 1000, 1]);
    negative.x[0] = -Fr::one();
    assert_eq!(negative.violated_constraints(), ["choice"]);
}

#[test]
fn wrong_signature_is_rejected() {
    for mut malicious in [replacement([0, 1, 0]), stranger([0, 1, 0])] {
        malicious.response_shift = 1;
        assert_eq!(malicious.violated_constraints(), ["the signed challenge"]);
    }
    let mut malicious = replacement([0, 1, 0]);
    malicious.ak = Some([Fr::from(7u64), -Fr::one()]);
    assert_eq!(malicious.violated_constraints(), ["a key on the curve"]);
    let mut malicious = replacement([0, 1, 0]);
    malicious.alias = true;
    let violated: Vec<_> = (1..40)
        .map(|nonce| {
            malicious.nonce = nonce;
            malicious.violated_constraints()
        })
        .collect();
    assert!(violated.iter().all(|c| c.is_empty() || *c == ["at most a constant"]));
    assert!(violated.iter().any(|c| !c.is_empty()) && violated.iter().any(|c| c.is_empty()));
}

/// Every assertion has a test above.
#[test]
fn every_assertion_has_a_negative_test() {
    let known = [
        "a member, or a mask",
        "the own slot, or a mask",
        "one number of options",
        "choice at most the cap",
        "no choice of an unused option",
        "sum within the budget",
        "the whole budget",
        "a permutation",
        "the signed challenge",
        "at most a constant",
        "a key on the curve",
    ];
    let count = |name: &str, system: &crate::R1cs| system.assertions().iter().filter(|(_, n)| *n == name).count();
    for (m, system) in [(3, UpdateCircuit::<3>::constraint_system()), (8, UpdateCircuit::<8>::constraint_system())] {
        let expected = [1, 1, 1, m, m - 1, 1, 1, 1, 1, 1, 1];
        assert_eq!(known.map(|n| count(n, &system)), expected);
        assert_eq!(system.assertions().len(), expected.iter().sum::<usize>());
    }
}
