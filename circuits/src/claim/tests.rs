//! Negative tests of the claim circuit: for each assertion a malicious claimant's witness that violates it and
//! nothing else, and how the circuit rejects other malicious witnesses.

use ark_ff::{BigInteger, BigInteger256, Field, One, PrimeField, Zero};
use psephos_protocol::census::{MembershipProof, Sibling};
use psephos_protocol::constants::{BATCH_ARITIES, CHALLENGE_BITS, VALUES_PER_WORD};
use psephos_protocol::elements::{ClaimBinding, Context, NoteCommitment};
use psephos_protocol::identity::{IdentityCommitment, NullifierKey};
use psephos_protocol::note::{NoteBlinder, NoteOpening, NotePath, PathLevel};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::signature::{Signature, to_signed_challenge};
use psephos_protocol::statement::claim::{ClaimTerms, hash_elements};
use psephos_protocol::{Scalar, nullifier, transcript, weight::Weight};

use super::*;

const ASK: u64 = 987_654_321;
const MASK: u64 = (1 << VALUE_BITS) - 1;
// Indices of the elements of `L`.
const ROOT: usize = 0;
const CTX: usize = 1;
const NULLIFIER: usize = 2;
const AMOUNT: usize = 3;
const SELECTOR: usize = 4;
const PER_WEIGHT: usize = 5;
const BONUS: usize = 6;
const BINDING: usize = 7;

/// The witness of a malicious claimant: all values that it may choose. Starts honest: a vote for option 1, which is
/// ratified, with a weight of 1000, and a cap of 50.
#[derive(Clone)]
struct MaliciousWitness<const M: usize> {
    weight: u64,
    x: [u64; M],
    ctx: u64,
    nk: u64,
    ak: Option<[Fr; 2]>,
    leaf: Option<Fr>,
    /// Number of siblings above the note batch; the honest path has 12.
    siblings_above: usize,
    cap: Fr,
    ratified: [bool; M],
    cap_comparison_bits: Option<u64>,
    option_comparison_bits: [Option<u64>; M],
    binding: u64,
    nonce: u64,
    response_shift: u64,
    alias: bool,
    /// The signed message, if not `h`.
    signed: Option<Fr>,
}

impl<const M: usize> MaliciousWitness<M> {
    fn honest() -> MaliciousWitness<M> {
        MaliciousWitness {
            weight: 1_000,
            x: std::array::from_fn(|j| u64::from(j == 1)),
            ctx: 99,
            nk: 31,
            ak: None,
            leaf: None,
            siblings_above: 12,
            cap: Fr::from(50u64),
            ratified: std::array::from_fn(|j| j == 1),
            cap_comparison_bits: None,
            option_comparison_bits: [None; M],
            binding: 4_321,
            nonce: 5,
            response_shift: 0,
            alias: false,
            signed: None,
        }
    }

    fn ak(&self) -> [Fr; 2] {
        let ak = Point::generator().mul(&Scalar::from(ASK));
        self.ak.unwrap_or([ak.x(), ak.y()])
    }

    fn id(&self) -> IdentityCommitment {
        let [x, y] = self.ak();
        let id = psephos_protocol::poseidon::hash(&[tag::id(), x, y, Fr::from(self.nk)]);
        IdentityCommitment::from_fr(id).unwrap()
    }

    fn path(&self) -> NotePath {
        let sibling = |i: usize| Sibling { value: Fr::from(1000 + i as u64), on_left: i.is_multiple_of(2) };
        let others = |arity: usize| (1..arity).map(|i| Fr::from((500 + 10 * arity + i) as u64)).collect();
        let levels = BATCH_ARITIES.map(|arity| PathLevel { siblings: others(arity), index: arity - 2 });
        NotePath::new(levels.to_vec(), MembershipProof { siblings: (0..self.siblings_above).map(sibling).collect() })
            .unwrap()
    }

    /// Computes the note as `psephos_protocol::note::derive_commitment`, from the low bits of values that are out of
    /// range.
    fn note_commitment(&self) -> Fr {
        let values: Vec<Fr> = std::iter::once(self.weight).chain(self.x).map(|value| Fr::from(value & MASK)).collect();
        let word = |part: &[Fr]| (0..).zip(part).map(|(i, v)| power_of_two(VALUE_BITS * i) * v).sum::<Fr>();
        let mut inputs = vec![tag::note(), self.id().value(), Fr::from(self.ctx)];
        inputs.extend(values.chunks(VALUES_PER_WORD).map(word));
        inputs.push(Fr::from(123_456u64));
        psephos_protocol::poseidon::hash(&inputs)
    }

    /// Computes `L` as the circuit does, including the malicious values.
    fn proven_elements(&self) -> [Fr; 8] {
        let policy = policy_terms();
        let [weight, last] = [self.weight & MASK, self.x[M - 1] & MASK].map(Fr::from);
        let counted = weight - highest_bit(weight - self.cap, self.cap_comparison_bits) * (weight - self.cap);
        let bit = |is: bool| Fr::from(is);
        let moved: Vec<Fr> = (0..M - 1).map(|j| bit(self.ratified[j]) * (last - Fr::from(self.x[j] & MASK))).collect();
        let own = last - moved.iter().sum::<Fr>() - Fr::one();
        let any: Fr = self.ratified.iter().map(|is| bit(*is)).sum();
        let above = |j: usize| highest_bit(own - Fr::from(self.x[j] & MASK) - moved[j], self.option_comparison_bits[j]);
        let chosen = (0..M - 1).fold(any, |all, j| all * above(j));
        let nk = NullifierKey::from_fr(Fr::from(self.nk));
        let mask = (0..M).fold(0u64, |mask, j| mask | u64::from(self.ratified[j]) << j);
        [
            self.path()
                .compute_root(NoteCommitment::from_fr(self.leaf.unwrap_or_else(|| self.note_commitment())))
                .to_fr(),
            Fr::from(self.ctx),
            nullifier::derive_reward_nullifier(&nk, &self.id(), Context::from_u64(self.ctx)).to_fr(),
            Fr::from(policy.per_weight) * counted + Fr::from(policy.bonus) * chosen,
            Fr::from(mask) + self.cap * power_of_two(CAP_OFFSET),
            Fr::from(policy.per_weight),
            Fr::from(policy.bonus),
            Fr::from(self.binding),
        ]
    }

    /// Returns the names of the violated assertions, and the sections of all other violated constraints, for a
    /// contract whose elements `L` are `posted`. `h` is the prover's own.
    fn violated_constraints(&self, posted: [Fr; 8]) -> Vec<&'static str> {
        let proven = self.proven_elements();
        let h = hash_elements(&proven);
        let z = transcript::derive_challenge(h, &posted);
        let instance = Instance { h, z, y: transcript::evaluate(&posted, z) };
        let (signature, challenge) = self.sign_claim(self.signed.unwrap_or(h.to_fr()), h.to_fr());
        let witness = Witness {
            ak: Point::generator().mul(&Scalar::from(ASK)),
            nk: NullifierKey::from_fr(Fr::from(self.nk)),
            opening: NoteOpening {
                weight: Weight::new_unchecked(self.weight),
                x: self.x.to_vec(),
                blinder: NoteBlinder::from_fr(Fr::from(123_456u64)),
            },
            path: self.path(),
            terms: ClaimTerms {
                ctx: Context::from_u64(self.ctx),
                policy: Policy::new(policy_terms()).unwrap(),
                binding: ClaimBinding::from_u64(self.binding),
            },
            signature,
        };
        let free = UncheckedWitness {
            ak: self.ak(),
            leaf: self.leaf,
            cap: self.cap,
            ratified: self.ratified,
            cap_comparison_bits: self.cap_comparison_bits.map(BigInteger256::from),
            option_comparison_bits: self.option_comparison_bits.map(|lower| lower.map(BigInteger256::from)),
            challenge: Some(challenge),
        };
        let mut b = Builder::for_setup();
        ClaimCircuit::<M> { instance, witness }.synthesize_with(&mut b, &free);
        let (system, assignment) = b.into_system();
        let name = |i| match system.assertions().iter().find(|(a, _)| *a == i) {
            Some((_, name)) => *name,
            None => system.section_of(i),
        };
        system.violated_constraints(&assignment).map(name).collect()
    }

    /// Returns a signature of `message`, and the integer that the witness uses as the challenge hash of `h`.
    fn sign_claim(&self, message: Fr, h: Fr) -> (Signature, BigInteger256) {
        let nonce_point = Point::generator().mul(&Scalar::from(self.nonce));
        // With a key of order two `R = s·G + (0, -1)`, which negates both coordinates, for any challenge.
        let (secret, sign) = if self.ak.is_some() { (0, -Fr::one()) } else { (ASK, Fr::one()) };
        let hash = |message: Fr| {
            let [x, y] = self.ak();
            let nonce = [sign * nonce_point.x(), sign * nonce_point.y()];
            psephos_protocol::poseidon::hash(&[tag::signature(), nonce[0], nonce[1], x, y, message])
        };
        let bits = |hash: Fr| if self.alias { alias_of(hash) } else { hash.into_bigint() };
        let of = bits(hash(message));
        let e = (0..CHALLENGE_BITS).fold(0u128, |e, i| e | u128::from(of.get_bit(i)) << i);
        let response = Scalar::from(self.nonce) + to_signed_challenge(e) * Scalar::from(secret);
        (Signature { nonce_point, response: response + Scalar::from(self.response_shift) }, bits(hash(h)))
    }

    /// Returns the elements that a contract posts for the honest claim of this size.
    fn honest_elements() -> [Fr; 8] {
        MaliciousWitness::<M>::honest().proven_elements()
    }
}

/// Returns the terms of the contract's policy, except for the cap and the ratified option.
fn policy_terms() -> reward::PolicyTerms {
    reward::PolicyTerms { base: 0, per_weight: 1_000, cap: 0, bonus: 77, ratified: None }
}

/// Returns the highest bit of `difference + 2^40` for these lower bits, or for the true ones.
fn highest_bit(difference: Fr, lower: Option<u64>) -> Fr {
    let power = power_of_two(VALUE_BITS);
    let shifted = difference + power;
    let lower = lower.unwrap_or(shifted.into_bigint().0[0] & MASK);
    (shifted - Fr::from(lower)) * power.inverse().unwrap()
}

/// Returns the other 254-bit integer that represents this element, if there is one, and otherwise the canonical one.
fn alias_of(x: Fr) -> BigInteger256 {
    let mut other = x.into_bigint();
    let overflow = other.add_with_carry(&Fr::MODULUS);
    if overflow || other.num_bits() > 254 { x.into_bigint() } else { other }
}

fn malicious_witness<const M: usize>(change: impl FnOnce(&mut MaliciousWitness<M>)) -> MaliciousWitness<M> {
    let mut malicious = MaliciousWitness::honest();
    change(&mut malicious);
    malicious
}

/// Returns the constraints that a claim violates where the contract posts the honest claim's elements.
fn violated_against_honest<const M: usize>(change: impl FnOnce(&mut MaliciousWitness<M>)) -> Vec<&'static str> {
    malicious_witness(change).violated_constraints(MaliciousWitness::<M>::honest_elements())
}

/// Returns the constraints that a claim violates whose posted elements are its own.
fn violated_against_own<const M: usize>(change: impl FnOnce(&mut MaliciousWitness<M>)) -> Vec<&'static str> {
    let malicious = malicious_witness(change);
    malicious.violated_constraints(malicious.proven_elements())
}

mod amount;
mod note;
mod signature;

#[test]
fn honest_witness_satisfies() {
    assert!(violated_against_honest::<3>(|_| ()).is_empty());
    assert!(violated_against_honest::<8>(|_| ()).is_empty());
    let amount = Fr::from(50_000u64 + 77);
    assert_eq!(
        [MaliciousWitness::<3>::honest_elements()[AMOUNT], MaliciousWitness::<8>::honest_elements()[AMOUNT]],
        [amount; 2]
    );
}

/// For any change of a posted element, exactly one binding constraint is violated, that of `y`.
#[test]
fn change_of_any_posted_element_breaks_binding() {
    for element in [ROOT, CTX, NULLIFIER, AMOUNT, SELECTOR, PER_WEIGHT, BONUS, BINDING] {
        for shift in [Fr::one(), -Fr::one(), power_of_two(40)] {
            let mut posted = MaliciousWitness::<3>::honest_elements();
            posted[element] += shift;
            assert_eq!(malicious_witness::<3>(|_| ()).violated_constraints(posted), ["binding"], "element {element}");
        }
    }
}

/// Every assertion has a test in the modules above.
#[test]
fn every_assertion_has_a_negative_test() {
    let known = [
        "a key on the curve",
        "one ratified option at most",
        "weight against the cap",
        "choice against another",
        "the signed challenge",
        "at most a constant",
    ];
    let count = |name: &str, system: &crate::R1cs| system.assertions().iter().filter(|(_, n)| *n == name).count();
    for (m, system) in [(3, ClaimCircuit::<3>::constraint_system()), (8, ClaimCircuit::<8>::constraint_system())] {
        let expected = [1, 1, 1, m - 1, 1, 1];
        assert_eq!(known.map(|n| count(n, &system)), expected);
        assert_eq!(system.assertions().len(), expected.iter().sum::<usize>());
    }
}
