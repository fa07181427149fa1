//! Negative tests of the sheet circuit: for each assertion a malicious voter's witness that violates it and nothing
//! else, and how the circuit rejects other malicious witnesses.

use std::sync::LazyLock;

use ark_ff::{BigInteger, BigInteger256, One, PrimeField};
use psephos_protocol::census::{MembershipProof, Sibling};
use psephos_protocol::constants::{CHALLENGE_BITS, THRESHOLD_BITS, pairs_of, sheet_blocks};
use psephos_protocol::elements::{Challenge, PilotHash, Scope};
use psephos_protocol::identity::NullifierKey;
use psephos_protocol::note::NoteBlinder;
use psephos_protocol::sheet::{Answer, Answers, Axis, FormKind, SheetRandomness};
use psephos_protocol::signature::{Signature, to_signed_challenge};
use psephos_protocol::statement::sheet as statement;
use psephos_protocol::testing::key_vector;
use psephos_protocol::{Point, Scalar, sheet, transcript, weight::Weight};

use super::*;
use crate::R1cs;

const ASK: u64 = 987_654_321;

/// The systems, synthesized once for all tests.
static SYSTEM_16: LazyLock<R1cs> = LazyLock::new(SheetCircuit::<16>::constraint_system);
static SYSTEM_40: LazyLock<R1cs> = LazyLock::new(SheetCircuit::<40>::constraint_system);

/// The witness of a malicious voter: all values that it may choose. Starts honest.
struct MaliciousWitness<const K: usize> {
    form: sheet::Form,
    /// The words that the witness has; the context is the one that follows from them.
    values: FormValues,
    cells: Vec<[bool; 2]>,
    ranks: Vec<u8>,
    weight: u64,
    scalars: Vec<Scalar>,
    compared: Option<BigInteger256>,
    /// Changes the elements that are posted and hashed.
    posted: fn(&mut [Fr]),
    nonce: u64,
    response_shift: u64,
    alias: bool,
    ak: Option<[Fr; 2]>,
}

impl<const K: usize> MaliciousWitness<K> {
    fn honest(form: sheet::Form, answers: &Answers) -> MaliciousWitness<K> {
        MaliciousWitness {
            values: FormValues::from_form(&form),
            form,
            cells: answers.cells.iter().map(|answer| answer.bits()).collect(),
            ranks: answers.ranks.clone(),
            weight: 1_000,
            scalars: (0..sheet_blocks(K) as u64).map(|block| Scalar::from(424_242 + block)).collect(),
            compared: None,
            posted: |_| (),
            nonce: 5,
            response_shift: 0,
            alias: false,
            ak: None,
        }
    }

    fn statements(count: usize, cells: &[Answer]) -> MaliciousWitness<K> {
        Self::of_kind(count, FormKind::Statements { camps: None }, cells)
    }

    fn of_kind(count: usize, kind: FormKind, cells: &[Answer]) -> MaliciousWitness<K> {
        let form = sheet::Form::new(K, count, kind).unwrap();
        let answers = Answers::new(&form, cells.to_vec());
        Self::honest(form, &answers)
    }

    fn ak(&self) -> [Fr; 2] {
        let ak = Point::generator().mul(&Scalar::from(ASK));
        self.ak.unwrap_or([ak.x(), ak.y()])
    }

    fn circuit(&self, instance: Instance, signature: Signature) -> SheetCircuit<K> {
        let siblings = (0..20).map(|i| Sibling { value: Fr::from(1000 + i as u64), on_left: i % 2 == 0 }).collect();
        let witness = Witness {
            ak: Point::generator().mul(&Scalar::from(ASK)),
            nk: NullifierKey::from_fr(Fr::from(31u64)),
            weight: Weight::new_unchecked(self.weight),
            membership: MembershipProof { siblings },
            scope: Scope::from_u64(77),
            form: self.form.clone(),
            keys: key_vector(9),
            answers: Answers { cells: vec![], ranks: self.ranks.clone() },
            randomness: SheetRandomness::from_parts(self.scalars.clone(), NoteBlinder::from_fr(Fr::from(99u64))),
            signature,
        };
        SheetCircuit { instance, witness }
    }

    fn unchecked(&self, challenge: Option<BigInteger256>) -> UncheckedWitness {
        let FormValues { shape, threshold, pilot, ref bytes } = self.values;
        let form = FormValues { shape, threshold, pilot, bytes: bytes.clone() };
        UncheckedWitness { ak: self.ak(), form, cells: self.cells.clone(), compared: self.compared, challenge }
    }

    /// Returns the elements that the circuit computes, whatever the malicious choice makes of them: points of no curve,
    /// for instance.
    fn elements(&self) -> Vec<Fr> {
        let any = Signature { nonce_point: Point::generator(), response: Scalar::from(1u64) };
        let circuit = self.circuit(Instance::from_inputs([Fr::from(0u64); 3]), any);
        let elements = circuit.synthesize_with(&mut Builder::for_witness(), &self.unchecked(None));
        elements.iter().map(Num::value).collect()
    }

    /// Generates the assignment, with values that are consistent except where the malicious choice rules it out;
    /// returns it with the system, which no witness changes.
    fn synthesize(&self) -> (&'static R1cs, Vec<Fr>) {
        let mut elements = self.elements();
        (self.posted)(&mut elements);
        let (h, z) = (statement::hash_elements(&elements), Challenge::from_u64(123_456_789));
        let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };

        let message = statement::derive_message(h, z).to_fr();
        let nonce_point = Point::generator().mul(&Scalar::from(self.nonce));
        // With a key of order two `R = s·G + (0, -1)`, which negates both coordinates, for any challenge.
        let (secret, sign) = if self.ak.is_some() { (0, -Fr::one()) } else { (ASK, Fr::one()) };
        let ([x, y], [nonce_x, nonce_y]) = (self.ak(), [sign * nonce_point.x(), sign * nonce_point.y()]);
        let hash = psephos_protocol::poseidon::hash(&[tag::signature(), nonce_x, nonce_y, x, y, message]);
        let bits = if self.alias { alias_of(hash) } else { hash.into_bigint() };
        let e = (0..CHALLENGE_BITS).fold(0u128, |e, i| e | u128::from(bits.get_bit(i)) << i);
        let response = Scalar::from(self.nonce) + to_signed_challenge(e) * Scalar::from(secret);
        let signature = Signature { nonce_point, response: response + Scalar::from(self.response_shift) };

        let mut b = Builder::for_witness();
        self.circuit(instance, signature).synthesize_with(&mut b, &self.unchecked(Some(bits)));
        let system = if K == 16 { &SYSTEM_16 } else { &SYSTEM_40 };
        (system, b.into_assignment())
    }

    /// Returns the names of the violated assertions, and the sections of all other violated constraints.
    fn violated_constraints(&self) -> Vec<&'static str> {
        let (system, assignment) = self.synthesize();
        name_violated(system, &assignment)
    }
}

fn name_violated(system: &R1cs, assignment: &[Fr]) -> Vec<&'static str> {
    let name = |i| match system.assertions().iter().find(|(a, _)| *a == i) {
        Some((_, name)) => *name,
        None => system.section_of(i),
    };
    system.violated_constraints(assignment).map(name).collect()
}

/// Returns the other 254-bit integer that represents this element, if there is one, and otherwise the canonical one.
fn alias_of(x: Fr) -> BigInteger256 {
    let mut other = x.into_bigint();
    let overflow = other.add_with_carry(&Fr::MODULUS);
    if overflow || other.num_bits() > 254 { x.into_bigint() } else { other }
}

fn camps(count: usize, weight: [i8; 2], threshold: i16) -> FormKind {
    let axis = Axis { weights: vec![weight; count], threshold, pilot: PilotHash::from_u64(5) };
    FormKind::Statements { camps: Some(axis) }
}

use Answer::{Agree, Disagree, Pass};

const ANSWERS: [Answer; 4] = [Agree, Pass, Disagree, Agree];

#[test]
fn honest_witness_satisfies() {
    assert!(MaliciousWitness::<16>::statements(9, &ANSWERS).violated_constraints().is_empty());
    assert!(MaliciousWitness::<40>::of_kind(40, camps(40, [3, -5], 0), &ANSWERS).violated_constraints().is_empty());
    let form = sheet::Form::ranking(16, 6).unwrap();
    let answers = Answers::from_ranks(&form, &[3, 15, 0, 3, 9, 1]);
    assert!(MaliciousWitness::<16>::honest(form, &answers).violated_constraints().is_empty());
}

/// Both bits would be one voice for and one against: a vote for two.
#[test]
fn agreement_with_disagreement_is_rejected_for_each_cell() {
    for cell in 0..16 {
        let mut malicious = MaliciousWitness::<16>::statements(16, &[]);
        malicious.cells[cell] = [true, true];
        assert_eq!(malicious.violated_constraints(), ["agreement or disagreement"], "cell {cell}");
    }
    let mut malicious = MaliciousWitness::<16>::of_kind(16, camps(16, [1, -1], 5), &[]);
    malicious.cells[3] = [true, true];
    assert_eq!(malicious.violated_constraints(), ["agreement or disagreement"], "with camps");
}

#[test]
fn answer_behind_the_used_cells_is_rejected() {
    for cell in 1..16 {
        for bits in [[true, false], [false, true]] {
            let mut malicious = MaliciousWitness::<16>::statements(cell, &[]);
            malicious.cells[cell] = bits;
            assert_eq!(malicious.violated_constraints(), ["no answer to an unused cell"], "cell {cell}");
        }
    }
    // The first cell of none: no form uses no cell, but the circuit rejects it all the same.
    let mut malicious = MaliciousWitness::<16>::statements(1, &[Agree]);
    malicious.values.shape = 0;
    assert_eq!(malicious.violated_constraints(), ["no answer to an unused cell"]);
}

#[test]
fn disagreement_with_a_candidate_or_project_is_rejected() {
    let groups = FormKind::Groups { lasts: 1 << 15, exact: false };
    let costs = FormKind::Approval { costs: vec![1; 16], budget: 5 };
    for kind in [groups, costs] {
        for cell in 0..16 {
            let mut malicious = MaliciousWitness::<16>::of_kind(16, kind.clone(), &[]);
            malicious.cells[cell] = [false, true];
            // In an approval, it would even lower what has been spent.
            assert_eq!(malicious.violated_constraints(), ["agreement only"], "cell {cell}");
        }
    }
}

#[test]
fn second_candidate_of_a_group_is_rejected_for_each_cell() {
    for cell in 1..16 {
        // Groups of one, but for the one that ends with this cell.
        let kind = FormKind::Groups { lasts: 0xffff ^ 1 << (cell - 1), exact: false };
        let mut malicious = MaliciousWitness::<16>::of_kind(16, kind, &[]);
        malicious.cells[cell] = [true, false];
        assert!(malicious.violated_constraints().is_empty());
        malicious.cells[cell - 1] = [true, false];
        assert_eq!(malicious.violated_constraints(), ["one agreement in a group"], "cell {cell}");
    }
    // Three of one group, and a group whose two voices would make up for another's none.
    let kind = |exact| FormKind::Groups { lasts: 0b1001, exact };
    let cells = [Agree, Agree, Agree, Agree];
    let malicious = MaliciousWitness::<16>::of_kind(4, kind(false), &cells);
    assert_eq!(malicious.violated_constraints(), ["one agreement in a group"; 2]);
    let malicious = MaliciousWitness::<16>::of_kind(4, kind(true), &[Pass, Agree, Agree, Pass]);
    assert!(malicious.violated_constraints().contains(&"one agreement in a group"));
}

#[test]
fn group_without_a_candidate_is_rejected_if_one_is_asked_for() {
    for (lasts, cells) in [(0b1001, &[Agree][..]), (0b1001, &[Pass, Agree]), (0b1000, &[])] {
        let malicious = |exact| MaliciousWitness::<16>::of_kind(4, FormKind::Groups { lasts, exact }, cells);
        assert_eq!(malicious(true).violated_constraints(), ["an agreement in every group"]);
        assert!(malicious(false).violated_constraints().is_empty());
    }
}

/// For each pair, both answers that the ranks do not give: among them the cycles of three options.
#[test]
fn pair_against_the_ranks_is_rejected_for_each_cell() {
    let form = sheet::Form::ranking(16, 6).unwrap();
    let ranks = [3, 15, 0, 3, 9, 1];
    let honest = Answers::from_ranks(&form, &ranks);
    for cell in 0..pairs_of(6) {
        for answer in [Pass, Agree, Disagree].into_iter().filter(|answer| *answer != honest.cells[cell]) {
            let mut malicious = MaliciousWitness::<16>::honest(form.clone(), &honest);
            malicious.cells[cell] = answer.bits();
            assert_eq!(malicious.violated_constraints(), ["pairs as the ranks have them"], "cell {cell}");
        }
    }
    // The pairs of options that a smaller ranking does not have are not compared.
    let form = sheet::Form::ranking(16, 3).unwrap();
    let mut answers = Answers::from_ranks(&form, &ranks[..3]);
    answers.ranks[4] = 15;
    assert!(MaliciousWitness::<16>::honest(form, &answers).violated_constraints().is_empty());
}

#[test]
fn costs_above_the_budget_are_rejected() {
    let kind = |budget| FormKind::Approval { costs: vec![65_535; 16], budget };
    let violated = |budget| MaliciousWitness::<16>::of_kind(16, kind(budget), &[Agree; 16]).violated_constraints();
    assert_eq!(violated(16 * 65_535 - 1), ["costs within the budget"]);
    assert!(violated(16 * 65_535).is_empty());
    assert_eq!(violated(0), ["costs within the budget"]);
}

/// The comparison has one result: with other lower bits, its highest is no bit. This voter is in the upper camp, and
/// wants to count in the lower one.
#[test]
fn camp_cannot_be_chosen() {
    let honest = MaliciousWitness::<16>::of_kind(16, camps(16, [1, -1], 2), &[Agree; 3]);
    assert!(honest.violated_constraints().is_empty());
    let limit_less_score = -Fr::one();
    let shifted = (limit_less_score + crate::gadgets::power_of_two(THRESHOLD_BITS)).into_bigint();
    for lower in [0, 1, shifted.0[0] - 1, shifted.0[0] ^ 1 << 20] {
        let malicious = MaliciousWitness { compared: Some(lower.into()), ..self_of(&honest) };
        assert!(malicious.violated_constraints().contains(&"a score in range"), "{lower}");
    }
    // Without camps nothing else depends on it, so that this assertion is violated alone.
    let mut malicious = MaliciousWitness::<16>::statements(16, &[Agree; 3]);
    malicious.compared = Some(1u64.into());
    assert_eq!(malicious.violated_constraints(), ["a score in range"]);
}

fn self_of<const K: usize>(witness: &MaliciousWitness<K>) -> MaliciousWitness<K> {
    let cells: Vec<Answer> = vec![Pass; K];
    let mut copy = MaliciousWitness::honest(witness.form.clone(), &Answers::new(&witness.form, cells));
    copy.cells.clone_from(&witness.cells);
    copy
}

/// One word has many readings if its bytes may have more than eight bits: here `256 + 0 = 0 + 1·256`, and the voter has
/// another axis under the same context. Only the constraint of the one bit that is none rejects it.
#[test]
fn weights_are_ranged_in_the_circuit() {
    let honest = MaliciousWitness::<16>::of_kind(16, camps(16, [1, -1], 2), &[Pass, Agree]);
    let (system, mut assignment) = honest.synthesize();
    let [a, ..] = system.matrices();
    let in_form = (0..system.num_constraints()).filter(|i| system.section_of(*i) == "form");
    // Bits of the shape, 16 used, 16 last and five flags; then those of the bytes.
    let bits: Vec<usize> = in_form.take(37 + 256).map(|i| a[i][0].1).collect();
    let (agree, disagree) = (&bits[37..45], &bits[45..53]);
    assert_eq!(assignment[agree[7]], Fr::one(), "129 = 128 + 1");
    assignment[agree[7]] += Fr::from(2u64);
    assignment[disagree[0]] -= Fr::one();
    assert_eq!(name_violated(system, &assignment), ["form"]);
}

/// Another axis, threshold, pilot, mask or flag is another context.
#[test]
fn context_binds_every_word_of_the_form() {
    let honest = || MaliciousWitness::<16>::of_kind(16, camps(16, [1, -1], 2), &[Pass, Agree]);
    let ctx = |change: fn(&mut FormValues)| {
        let mut malicious = honest();
        change(&mut malicious.values);
        malicious.elements()[0]
    };
    let changes: [fn(&mut FormValues); 8] = [
        |_| (),
        |values| values.bytes[0] += 1,
        |values| values.bytes[31] += 1,
        |values| values.threshold += Fr::one(),
        |values| values.pilot += Fr::one(),
        |values| values.shape ^= 1 << 15,
        |values| values.shape ^= 1 << 55,
        |values| values.shape ^= 1 << 84,
    ];
    let contexts = changes.map(ctx);
    for (i, one) in contexts.iter().enumerate() {
        assert!(contexts[..i].iter().all(|other| one != other), "change {i}");
    }
}

/// One member, one voice: neither ciphertexts nor note depend on the weight.
#[test]
fn weight_counts_for_nothing() {
    let of_weight = |weight| {
        let mut member = MaliciousWitness::<16>::of_kind(9, camps(9, [7, -7], 3), &ANSWERS);
        member.weight = weight;
        (member.elements(), member.violated_constraints())
    };
    let ((light, none), (heavy, nothing)) = (of_weight(1), of_weight((1 << 40) - 1));
    assert!(none.is_empty() && nothing.is_empty());
    assert_eq!(light[3..], heavy[3..]);
    assert_ne!(light[..3], heavy[..3], "another leaf, so another root");
}

/// A voter who encrypts two blocks with one scalar shows the difference of its answers. That is its own loss, and the
/// statement holds; drafts refuse it.
#[test]
fn equal_randomness_of_two_blocks_satisfies() {
    let mut malicious = MaliciousWitness::<16>::statements(9, &ANSWERS);
    malicious.scalars[2] = malicious.scalars[1];
    assert!(malicious.violated_constraints().is_empty());
}

#[test]
fn posted_elements_are_bound() {
    let violated = |posted| {
        let malicious = MaliciousWitness { posted, ..MaliciousWitness::<16>::statements(9, &ANSWERS) };
        malicious.violated_constraints()
    };
    let both = ["binding", "binding"];
    assert_eq!(violated(|elements| elements[0] += Fr::one()), both, "context");
    assert_eq!(violated(|elements| elements[1] += Fr::one()), both, "nullifier");
    assert_eq!(violated(|elements| elements[2] += Fr::one()), both, "note");
    assert_eq!(violated(|elements| elements[5] += Fr::one()), both, "turnout");
    assert_eq!(violated(|elements| elements[42] += Fr::one()), both, "last cell");
}

#[test]
fn wrong_signature_is_rejected() {
    let mut malicious = MaliciousWitness::<16>::statements(9, &ANSWERS);
    malicious.response_shift = 1;
    assert_eq!(malicious.violated_constraints(), ["the signed challenge"]);
    // `(x, -1)` is off the curve, and anyone can sign for it.
    let mut malicious = MaliciousWitness::<16>::statements(9, &ANSWERS);
    malicious.ak = Some([Fr::from(7u64), -Fr::one()]);
    assert_eq!(malicious.violated_constraints(), ["a key on the curve"]);
    let mut malicious = MaliciousWitness::<16>::statements(9, &ANSWERS);
    malicious.alias = true;
    let violated: Vec<_> = (1..12)
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
        "a key on the curve",
        "agreement or disagreement",
        "no answer to an unused cell",
        "agreement only",
        "one agreement in a group",
        "an agreement in every group",
        "pairs as the ranks have them",
        "a score in range",
        "costs within the budget",
        "the signed challenge",
        "at most a constant",
    ];
    let count = |name: &str, system: &R1cs| system.assertions().iter().filter(|(_, n)| *n == name).count();
    for (k, pairs, system) in [(16, 15, &*SYSTEM_16), (40, 36, &*SYSTEM_40)] {
        let expected = [1, k, k, 1, k - 1, 1, pairs, 1, 1, 1, 1];
        assert_eq!(known.map(|n| count(n, system)), expected);
        assert_eq!(system.assertions().len(), expected.iter().sum::<usize>());
    }
}
