//! Negative tests of the ballot circuit: for each assertion a malicious voter's witness that violates it and nothing
//! else, and how the circuit rejects other malicious witnesses.

use ark_ff::{BigInteger, BigInteger256, Field, One, PrimeField};
use psephos_protocol::census::{MembershipProof, Sibling, hash_leaf};
use psephos_protocol::committee::{KeyShare, KeyVector};
use psephos_protocol::constants::{CHALLENGE_BITS, MAX_OPTIONS, VALUE_BITS, VALUES_PER_WORD};
use psephos_protocol::elements::{Challenge, Context, Scope};
use psephos_protocol::encryption::{Randomness, encrypt_values};
use psephos_protocol::identity::{IdentityCommitment, NullifierKey};
use psephos_protocol::note::NoteBlinder;
use psephos_protocol::rule::{Rule as NativeRule, RuleKind, RuleParameters};
use psephos_protocol::signature::{Signature, to_signed_challenge};
use psephos_protocol::statement::ballot;
use psephos_protocol::transcript;
use psephos_protocol::{Point, Scalar, nullifier, weight::Weight};

use super::*;
use crate::gadgets::power_of_two;

const WEIGHT: u64 = 1_000;
const ASK: u64 = 987_654_321;

fn committee_keys(seed: u64) -> KeyVector {
    let secrets = std::array::from_fn(|j| Scalar::from(seed).pow([j as u64 + 20]));
    KeyVector::new(KeyShare::new(secrets).public_keys()).unwrap()
}

/// The witness of a malicious voter: all values that it may choose. Starts honest.
struct MaliciousWitness<const M: usize> {
    rule: RuleParameters,
    packed: Fr,
    weight: u64,
    x: [Fr; M],
    noted: Option<[Fr; M]>,
    nonce: u64,
    response_shift: u64,
    alias: bool,
    keys: Option<KeyVector>,
    missing_siblings: usize,
    ak: Option<[Fr; 2]>,
}

impl<const M: usize> MaliciousWitness<M> {
    fn honest(kind: RuleKind, parameter: u16, options: usize, x: [u64; M]) -> MaliciousWitness<M> {
        let rule = NativeRule { choice_in_note: true, ..NativeRule::new(kind, parameter) };
        let rule = rule.to_parameters(options, true).unwrap();
        MaliciousWitness {
            rule,
            packed: rule.pack(),
            weight: WEIGHT,
            x: x.map(Fr::from),
            noted: None,
            nonce: 5,
            response_shift: 0,
            alias: false,
            keys: None,
            missing_siblings: 0,
            ak: None,
        }
    }

    /// Synthesizes the circuit in setup mode, with values that are consistent except where the malicious choice rules
    /// it out; returns the system and the assignment.
    fn synthesize(&self) -> (crate::R1cs, Vec<Fr>) {
        let ak = Point::generator().mul(&Scalar::from(ASK));
        let nk = NullifierKey::from_fr(Fr::from(31u64));
        let siblings: Vec<Sibling> =
            (0..20).map(|i| Sibling { value: Fr::from(1000 + i as u64), on_left: i % 2 == 0 }).collect();
        let mut membership = MembershipProof { siblings };
        let coordinates = self.ak.unwrap_or([ak.x(), ak.y()]);
        let id = psephos_protocol::poseidon::hash(&[tag::id(), coordinates[0], coordinates[1], *nk.expose()]);
        let id = IdentityCommitment::from_fr(id).unwrap();
        let own = hash_leaf(&id, Weight::new_unchecked(self.weight));
        let root = membership.compute_root(own);
        membership.siblings.truncate(20 - self.missing_siblings);
        let committee = committee_keys(9);
        let scope = Scope::from_u64(77);
        let (root, keys_hash) = (root.to_fr(), committee.hash_keys(M).to_fr());
        let ctx = psephos_protocol::poseidon::hash(&[tag::poll(), scope.to_fr(), root, keys_hash, self.packed]);
        let ctx = Context::from_fr(ctx);

        let r = Randomness::from_parts(Scalar::from(424_242u64), NoteBlinder::from_fr(Fr::from(99u64)));
        let factor = if self.rule.weighted { Fr::from(self.weight) } else { Fr::one() };
        let cut = |x: &Fr| low_limb(&(factor * x)) & ((1 << VALUE_BITS) - 1);
        let ciphertext = encrypt_values(&self.x.each_ref().map(cut), &committee, r.expose());
        let nullifier = nullifier::derive_nullifier(&nk, &id, ctx);
        let words: Vec<u64> = self.x.iter().map(low_limb).collect();
        let note = self.note_commitment(&id, ctx, r.blinder());
        let mut elements = vec![ctx.to_fr(), nullifier.to_fr(), note];
        elements.extend(ciphertext.coordinates());
        let (h, z) = (ballot::hash_elements(&elements), Challenge::from_u64(123_456_789));
        let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };

        let message = ballot::derive_message(h, z);
        let nonce_point = Point::generator().mul(&Scalar::from(self.nonce));
        // With a key of order two `R = s·G + (0, -1)`, which negates both coordinates, for any challenge.
        let (secret, sign) = if self.ak.is_some() { (0, -Fr::one()) } else { (ASK, Fr::one()) };
        let nonce = [sign * nonce_point.x(), sign * nonce_point.y()];
        let hash = challenge_hash(nonce, coordinates, message.to_fr());
        let bits = if self.alias { alias_of(hash) } else { hash.into_bigint() };
        let e = (0..CHALLENGE_BITS).fold(0u128, |e, i| e | u128::from(bits.get_bit(i)) << i);
        let response = Scalar::from(self.nonce) + to_signed_challenge(e) * Scalar::from(secret);
        let signature = Signature { nonce_point, response: response + Scalar::from(self.response_shift) };

        let keys = self.keys.clone().unwrap_or(committee);
        let witness = Witness {
            size: M,
            ak,
            nk,
            weight: Weight::new_unchecked(self.weight),
            membership,
            scope,
            rule: self.rule,
            keys,
            x: words,
            randomness: r,
            signature,
        };
        let mut b = Builder::for_setup();
        BallotCircuit::<M> { instance, witness }
            .synthesize_with(&mut b, &UncheckedWitness { ak: coordinates, x: self.x, challenge: Some(bits) });
        b.into_system()
    }

    /// Computes the note as `psephos_protocol::note::derive_commitment`, which rejects values that are out of range.
    fn note_commitment(&self, id: &IdentityCommitment, ctx: Context, blinder: &NoteBlinder) -> Fr {
        let values: Vec<Fr> = std::iter::once(Fr::from(self.weight)).chain(self.noted.unwrap_or(self.x)).collect();
        let word = |part: &[Fr]| (0..).zip(part).map(|(i, v)| power_of_two(VALUE_BITS * i) * v).sum::<Fr>();
        let mut inputs = vec![tag::note(), id.value(), ctx.to_fr()];
        inputs.extend(values.chunks(VALUES_PER_WORD).map(word));
        inputs.push(*blinder.expose());
        psephos_protocol::poseidon::hash(&inputs)
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

fn challenge_hash(nonce: [Fr; 2], ak: [Fr; 2], message: Fr) -> Fr {
    psephos_protocol::poseidon::hash(&[tag::signature(), nonce[0], nonce[1], ak[0], ak[1], message])
}

/// Returns the other 254-bit integer that represents this element, if there is one, and otherwise the canonical one.
fn alias_of(x: Fr) -> BigInteger256 {
    let mut other = x.into_bigint();
    let overflow = other.add_with_carry(&Fr::MODULUS);
    if overflow || other.num_bits() > 254 { x.into_bigint() } else { other }
}

fn plurality_ballot(x: [u64; 3]) -> MaliciousWitness<3> {
    MaliciousWitness::honest(RuleKind::Plurality, 0, 3, x)
}

#[test]
fn honest_witness_satisfies() {
    assert!(plurality_ballot([0, 1, 0]).violated_constraints().is_empty());
    assert!(
        MaliciousWitness::<8>::honest(RuleKind::Borda, 0, 8, [7, 6, 5, 4, 3, 2, 1, 0])
            .violated_constraints()
            .is_empty()
    );
}

#[test]
fn choice_above_cap_is_rejected_for_each_option() {
    for j in 0..8 {
        let mut x = [0; 8];
        x[j] = 6;
        assert_eq!(
            MaliciousWitness::<8>::honest(RuleKind::Score, 5, 8, x).violated_constraints(),
            ["choice at most the cap"],
            "option {j}"
        );
    }
}

#[test]
fn choice_of_unused_option_is_rejected() {
    for j in 2..8 {
        let mut x = [0; 8];
        x[j] = 1;
        assert_eq!(
            MaliciousWitness::<8>::honest(RuleKind::Approval, 1, 2, x).violated_constraints(),
            ["no choice of an unused option"],
            "option {j}"
        );
    }
    // The second option of one: no poll has a single option, but the circuit rejects it all the same.
    let mut malicious = MaliciousWitness::<8>::honest(RuleKind::Approval, 1, 2, [0, 1, 0, 0, 0, 0, 0, 0]);
    malicious.packed -= power_of_two(33) - power_of_two(32);
    malicious.rule.options = 1;
    assert_eq!(malicious.violated_constraints(), ["no choice of an unused option"]);
}

#[test]
fn rule_without_an_option_count_is_rejected() {
    let mut malicious = MaliciousWitness::<3>::honest(RuleKind::Approval, 2, 3, [0, 0, 0]);
    malicious.packed -= power_of_two(34);
    malicious.rule.options = 0;
    assert_eq!(malicious.violated_constraints(), ["one number of options"]);
}

#[test]
fn sum_above_budget_is_rejected() {
    assert_eq!(
        plurality_ballot([1, 1, 0]).violated_constraints(),
        ["sum within the budget", "the whole budget"],
        "two options"
    );
    assert_eq!(
        MaliciousWitness::<3>::honest(RuleKind::Approval, 1, 3, [1, 0, 1]).violated_constraints(),
        ["sum within the budget"]
    );
    assert_eq!(
        MaliciousWitness::<3>::honest(RuleKind::Cumulative, 0, 3, [400, 600, 1]).violated_constraints(),
        ["sum within the budget"]
    );
    assert_eq!(
        MaliciousWitness::<3>::honest(RuleKind::Quadratic, 0, 3, [30, 10, 1]).violated_constraints(),
        ["sum within the budget"]
    );
    assert!(MaliciousWitness::<3>::honest(RuleKind::Quadratic, 0, 3, [30, 10, 0]).violated_constraints().is_empty());
}

#[test]
fn sum_below_exact_budget_is_rejected() {
    assert_eq!(plurality_ballot([0, 0, 0]).violated_constraints(), ["the whole budget"]);
}

#[test]
fn ranking_that_is_no_permutation_is_rejected() {
    assert_eq!(
        MaliciousWitness::<3>::honest(RuleKind::Borda, 0, 3, [1, 1, 1]).violated_constraints(),
        ["a permutation"]
    );
    // Equal sums and sums of squares are not enough: the reason for fourth powers.
    let x = [1, 1, 1, 3, 4, 4, 7, 7];
    let power = |k: u32| x.iter().map(|v: &u64| v.pow(k)).sum::<u64>();
    assert_eq!((power(1), power(2)), (28, 142));
    assert!(MaliciousWitness::<8>::honest(RuleKind::Borda, 0, 8, x).violated_constraints().contains(&"a permutation"));
}

/// The gadget's claim: among multisets of `0..m`, only the permutation has a permutation's sum and sum of fourth
/// powers.
#[test]
fn sums_of_fourth_powers_determine_a_permutation() {
    fn multisets(m: u64, left: usize, from: u64, sum: u64, fourth: u64, found: &mut Vec<(u64, u64)>) {
        if left == 0 {
            return found.push((sum, fourth));
        }
        (from..m).for_each(|v| multisets(m, left - 1, v, sum + v, fourth + v.pow(4), found));
    }
    for m in 2..=MAX_OPTIONS as u64 {
        let target = ((0..m).sum(), (0..m).map(|v| v.pow(4)).sum());
        let mut found = vec![];
        multisets(m, m as usize, 0, 0, 0, &mut found);
        assert_eq!(found.iter().filter(|f| **f == target).count(), 1, "{m} options");
    }
}

#[test]
fn wrong_signature_response_is_rejected() {
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.response_shift = 1;
    assert_eq!(malicious.violated_constraints(), ["the signed challenge"]);
}

/// `(x, -1)` is off the curve and has the Montgomery form `(0, 0)`, of order two: every odd multiple of it is itself,
/// so anyone can sign for it.
#[test]
fn key_that_anyone_can_sign_for_is_rejected() {
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.ak = Some([Fr::from(7u64), -Fr::one()]);
    let violated = malicious.violated_constraints();
    assert_eq!(violated, ["a key on the curve"]);
}

/// A second challenge for one nonce: only the comparison with `r` prevents it.
#[test]
fn noncanonical_challenge_is_rejected() {
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.alias = true;
    let violated: Vec<_> = (1..40)
        .map(|nonce| {
            malicious.nonce = nonce;
            malicious.violated_constraints()
        })
        .collect();
    // About a third of all elements have an alias; for the others the challenge is canonical and passes.
    assert!(violated.iter().all(|c| c.is_empty() || *c == ["at most a constant"]));
    assert!(violated.iter().any(|c| !c.is_empty()) && violated.iter().any(|c| c.is_empty()));
}

/// Every assertion has a test above.
#[test]
fn every_assertion_has_a_negative_test() {
    let known = [
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
    for (m, system) in [(3, BallotCircuit::<3>::constraint_system()), (8, BallotCircuit::<8>::constraint_system())] {
        let expected = [1, m, m - 1, 1, 1, 1, 1, 1, 1];
        assert_eq!(known.map(|n| count(n, &system)), expected);
        assert_eq!(system.assertions().len(), expected.iter().sum::<usize>());
    }
}

/// A note with a choice would be a vote receipt that the rule excludes, one without would be paid no bonus: the rule
/// says which, and the ballot's voter has no say.
#[test]
fn note_holds_the_choice_exactly_where_the_rule_says_so() {
    let noted = |choice_in_note: bool, noted: [u64; 3]| {
        let mut ballot = plurality_ballot([0, 1, 0]);
        ballot.rule.choice_in_note = choice_in_note;
        ballot.packed = ballot.rule.pack();
        ballot.noted = Some(noted.map(Fr::from));
        ballot.violated_constraints()
    };
    assert!(noted(true, [0, 1, 0]).is_empty());
    assert!(noted(false, [0, 0, 0]).is_empty());
    assert_eq!(noted(true, [0, 0, 0]), ["binding", "binding"]);
    assert_eq!(noted(true, [1, 0, 0]), ["binding", "binding"]);
    for j in 0..3 {
        let mut x = [0; 3];
        x[j] = 1;
        assert_eq!(noted(false, x), ["binding", "binding"], "option {j}");
    }
}

#[test]
fn negative_choice_is_rejected() {
    let mut malicious = MaliciousWitness::<3>::honest(RuleKind::Score, 5, 3, [0, 1, 0]);
    malicious.x[0] = -Fr::one();
    // `cap + 1` fits in eight bits; what rejects the choice is that its counted value does not fit in 40.
    assert_eq!(malicious.violated_constraints(), ["choice"]);
    let mut malicious = MaliciousWitness::<3>::honest(RuleKind::Cumulative, 0, 3, [0, 1000, 1]);
    malicious.x[0] = -Fr::one();
    assert_eq!(malicious.violated_constraints(), ["choice"]);
}

#[test]
fn weight_above_40_bits_breaks_binding() {
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.weight = 1 << VALUE_BITS;
    assert!(malicious.violated_constraints().contains(&"binding"));
}

#[test]
fn changed_context_inputs_break_binding() {
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.rule.cap = 2;
    assert!(malicious.violated_constraints().contains(&"binding"), "another rule");
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.keys = Some(committee_keys(8));
    assert!(malicious.violated_constraints().contains(&"binding"), "other keys");
    let mut malicious = plurality_ballot([0, 1, 0]);
    malicious.missing_siblings = 1;
    assert!(malicious.violated_constraints().contains(&"binding"), "a shorter path");
}
