//! Split proofs against arkworks' prover without blinding, what each prover sees, and provers that lie.

use std::collections::HashSet;

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField, UniformRand};
use ark_groth16::Groth16;
use psephos_circuits::Builder;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::decryption::DecryptionCircuit;
use psephos_circuits::update::UpdateCircuit;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::encoding::{from_word, g1_words, g2_words, to_word};
use crate::examples::Example;
use crate::groth16::tests::to_arkworks_key;
use crate::reduction::CircomReduction;

fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// `x·x·x + x = y`.
struct Cubic {
    x: Fr,
}

impl Cubic {
    fn y(&self) -> Fr {
        self.x * self.x * self.x + self.x
    }
}

impl Circuit for Cubic {
    type Error = std::convert::Infallible;
    const NAME: &'static str = "cubic";
    const PUBLIC_INPUTS: &'static [&'static str] = &["y"];

    fn dummy() -> Cubic {
        Cubic { x: Fr::ZERO }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        vec![self.y()]
    }

    fn check(&self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn synthesize(&self, builder: &mut Builder) {
        let y = builder.allocate_input(self.y());
        let x = builder.allocate_witness(self.x);
        let square = builder.mul(&x, &x);
        let cube = builder.mul(&square, &x);
        builder.enforce_equal(&(&cube + &x), &y);
    }
}

impl Example for Cubic {
    fn example() -> Cubic {
        Cubic { x: Fr::from(0x1234_5678_9abc_def0u64) }
    }
}

/// Both shares of a split, as the provers have them.
fn shares(split: &SplitWitness, length: usize) -> [WitnessShare; 2] {
    [WitnessShare::from_seed(&split.seed, length), WitnessShare::from_bytes(&split.rest, length).unwrap()]
}

/// Returns what two honest provers answer.
fn honest_answers<C: Circuit>(key: &ProvingKey<C>, witness: &ExtendedWitness, seed: u64) -> [[u8; SUMS_BYTES]; 2] {
    let split = witness.split(&mut rng(seed));
    shares(&split, witness.share_length()).map(|share| key.sum_share(&share).unwrap().to_bytes())
}

fn assert_sums_are_those_of_arkworks<C: Example>() {
    let key = ProvingKey::<C>::generate_development().unwrap();
    let circuit = C::example();
    let assignment = circuit.generate_assignment();
    let (system, zkey) = (key.system(), key.engine().zkey());
    let unsplit = Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(
        &to_arkworks_key(zkey),
        Fr::ZERO,
        Fr::ZERO,
        system.matrices(),
        system.num_inputs(),
        system.num_constraints(),
        &assignment,
    )
    .unwrap();
    let witness = key.extend_witness(&circuit).unwrap();
    assert_eq!(witness.share_length(), key.share_length());
    for seed in [1, 2] {
        let answers = honest_answers(&key, &witness, seed);
        let [one, two] = answers.each_ref().map(|answer| PartialSums::from_bytes(answer).unwrap());
        assert_eq!((one.a + two.a + zkey.header.alpha_g1).into_affine(), unsplit.a, "{}: A", C::NAME);
        assert_eq!((one.b + two.b + zkey.header.beta_g2).into_affine(), unsplit.b, "{}: B", C::NAME);
        assert_eq!((one.c + two.c).into_affine(), unsplit.c, "{}: C", C::NAME);
        let proof = key.combine_sums(&witness, answers.each_ref().map(|a| &a[..]), &mut rng(seed + 10)).unwrap();
        key.verifying_key().verify(&proof, &circuit.public_inputs()).unwrap();
        let (a, b, c) = proof.points();
        assert!(a != unsplit.a && b != unsplit.b && c != unsplit.c, "{}: the proof is blinded", C::NAME);
    }
}

#[test]
fn split_sums_are_those_of_arkworks_for_a_small_circuit() {
    assert_sums_are_those_of_arkworks::<Cubic>();
}

#[test]
fn split_sums_are_those_of_arkworks_for_ballots() {
    assert_sums_are_those_of_arkworks::<BallotCircuit<3>>();
}

#[test]
fn split_sums_are_those_of_arkworks_for_updates_and_claims() {
    assert_sums_are_those_of_arkworks::<UpdateCircuit<3>>();
    assert_sums_are_those_of_arkworks::<ClaimCircuit<3>>();
}

#[test]
fn split_sums_are_those_of_arkworks_for_committees() {
    assert_sums_are_those_of_arkworks::<DecryptionCircuit>();
    assert_sums_are_those_of_arkworks::<CommitteeKeysCircuit>();
}

/// What the first prover sees is a seed; what the second sees is the difference to the seed's elements, in which no
/// value of the witness or the instance occurs, and nothing of another split of the same witness.
#[test]
fn neither_view_contains_a_value_of_the_witness_or_of_another_split() {
    let key = ProvingKey::<BallotCircuit<3>>::generate_development().unwrap();
    let circuit = BallotCircuit::<3>::example();
    let witness = key.extend_witness(&circuit).unwrap();
    let words = |list: &[Fr]| list.iter().map(|element| to_word(*element)).collect::<HashSet<_>>();
    let known: HashSet<[u8; 32]> = &words(&witness.elements) | &words(&circuit.public_inputs());
    let mut seen: HashSet<[u8; 32]> = HashSet::new();
    let mut generator = rng(7);
    for _ in 0..2 {
        let split = witness.split(&mut generator);
        assert_eq!(split.seed.len(), 32);
        let rest = split.rest.as_chunks::<32>().0;
        assert_eq!(rest.len(), witness.share_length());
        let [first, second] = shares(&split, witness.share_length());
        for (index, element) in witness.elements.iter().enumerate() {
            assert_eq!(first.elements()[index] + second.elements()[index], *element, "element {index}");
        }
        for word in rest.iter().copied().chain(words(first.elements())).chain([*split.seed]) {
            assert!(!known.contains(&word), "a value of the witness is in a prover's view");
            assert!(seen.insert(word), "an element occurs twice, or in two splits");
        }
    }
    // The shares are of full size: none of the witness' many small values shows.
    assert!(witness.elements.iter().filter(|element| element.into_bigint().0[3] == 0).count() > 1_000);
    assert!(seen.iter().filter(|word| word[..8] == [0; 8]).count() == 0);
}

/// A point of the twist outside the subgroup.
fn outside_subgroup() -> G2Affine {
    let one = Fq::from(1u64);
    let candidates = (1u64..).filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), one), false));
    let mut outside = candidates.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve());
    outside.next().unwrap()
}

#[test]
fn lies_are_noticed_and_indistinguishable() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let witness = key.extend_witness(&Cubic::example()).unwrap();
    let honest = honest_answers(&key, &witness, 1);
    let combine = |answers: [&[u8]; 2]| key.combine_sums(&witness, answers, &mut rng(5));
    combine([&honest[0], &honest[1]]).unwrap();
    // Nothing depends on which of the provers answered what.
    combine([&honest[1], &honest[0]]).unwrap();
    let put = |from: usize, words: &[[u8; 32]]| {
        let words = words.as_flattened().to_vec();
        move |answer: &mut Vec<u8>| answer[32 * from..][..words.len()].copy_from_slice(&words)
    };
    let points = |answer: &[u8]| Proof::from_bytes(answer).unwrap().points();
    let other = honest_answers(&key, &witness, 2);
    for liar in [0, 1] {
        let (a, b, c) = points(&honest[liar]);
        let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
        let above = to_word(Fq::from(0u64));
        type Lie = Box<dyn Fn(&mut Vec<u8>)>;
        let lies: Vec<(&str, Lie)> = vec![
            ("A + G", Box::new(put(0, &g1_words(&(a + g1).into_affine())))),
            ("B + G", Box::new(put(2, &g2_words(&(b + g2).into_affine())))),
            ("C + G", Box::new(put(6, &g1_words(&(c + g1).into_affine())))),
            ("-A", Box::new(put(0, &g1_words(&-a)))),
            ("A and C exchanged", Box::new(put(0, &g1_words(&c)))),
            ("A at infinity", Box::new(put(0, &[above; 2]))),
            ("B at infinity", Box::new(put(2, &[above; 4]))),
            ("C at infinity", Box::new(put(6, &[above; 2]))),
            ("A off the curve", Box::new(put(0, &[to_word(Fq::from(1u64)); 2]))),
            ("B off the curve", Box::new(put(2, &[to_word(Fq::from(1u64)); 4]))),
            ("C off the curve", Box::new(put(6, &[to_word(Fq::from(1u64)); 2]))),
            ("B outside the subgroup", Box::new(put(2, &g2_words(&outside_subgroup())))),
            ("a coordinate of 2^256 - 1", Box::new(put(0, &[[0xff; 32]]))),
            ("too short", Box::new(|answer: &mut Vec<u8>| answer.truncate(SUMS_BYTES - 1))),
            ("empty", Box::new(Vec::clear)),
            ("too long", Box::new(|answer: &mut Vec<u8>| answer.push(0))),
            ("the sums of another split", Box::new(put(0, other[liar].as_chunks::<32>().0))),
            ("the sums of the other prover", Box::new(put(0, honest[1 - liar].as_chunks::<32>().0))),
            // What makes A of both together infinity: the proof could not be blinded.
            (
                "the negative of all else in A",
                Box::new(put(
                    0,
                    &g1_words(&(-(points(&honest[1 - liar]).0 + key.engine().zkey().header.alpha_g1)).into_affine()),
                )),
            ),
        ];
        for (name, lie) in lies {
            let mut answers = honest.map(Vec::from);
            lie(&mut answers[liar]);
            assert_ne!(answers, honest.map(Vec::from), "{name}");
            let refused = combine([&answers[0], &answers[1]]).err().unwrap_or_else(|| panic!("{name} is accepted"));
            assert!(matches!(refused, ProveError::InvalidSums), "{name}: {refused}");
            assert_eq!(refused.to_string(), ProveError::InvalidSums.to_string(), "{name}");
        }
    }
}

/// The condition under which a lie is accepted, `x·b0 + a0·y + x·y = delta·z`: who knows the whole witness can make
/// such sums, and the proof that follows is as valid and as uniform as any.
#[test]
fn consistent_change_is_accepted_as_the_equation_says() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let witness = key.extend_witness(&Cubic::example()).unwrap();
    let honest = honest_answers(&key, &witness, 1);
    let header = &key.engine().zkey().header;
    let [one, two] = honest.each_ref().map(|answer| PartialSums::from_bytes(answer).unwrap());
    // x = s·delta, y = 0, z = s·b0, with b0 in G1 from the witness.
    let s = Fr::from(77u64);
    let b_in_g1 = key.engine().zkey().b_g1.iter().zip(witness.assignment()).map(|(point, w)| *point * *w);
    let b0 = b_in_g1.fold(header.beta_g1.into_group(), |sum, point| sum + point);
    let changed =
        PartialSums { a: (header.delta_g1 * s + one.a).into_affine(), b: one.b, c: (b0 * s + one.c).into_affine() };
    key.combine_sums(&witness, [&changed.to_bytes(), &two.to_bytes()], &mut rng(3)).unwrap();
}

#[test]
fn unsatisfied_assignment_is_not_blamed_on_the_provers() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let mut assignment = Cubic::example().generate_assignment();
    *assignment.last_mut().unwrap() += Fr::from(1u64);
    let witness = key.extend_assignment(&assignment).unwrap();
    let answers = honest_answers(&key, &witness, 1);
    let refused = key.combine_sums(&witness, answers.each_ref().map(|a| &a[..]), &mut rng(1));
    assert!(matches!(refused, Err(ProveError::Unsatisfied(Unsatisfied::Constraint { .. }))));
    assert!(matches!(key.extend_assignment(&assignment[1..]), Err(ProveError::Unsatisfied(_))));
}

#[test]
fn shares_of_another_length_or_encoding_are_refused() {
    let key = ProvingKey::<Cubic>::generate_development().unwrap();
    let length = key.share_length();
    for other in [0, 1, length - 1, length + 1, 2 * length] {
        let refused = key.sum_share(&WitnessShare::from_seed(&[1; 32], other)).err();
        assert!(matches!(refused, Some(ProveError::Share(ShareError::Length { .. }))), "{other}");
    }
    let words = vec![[0u8; 32]; length];
    assert!(WitnessShare::from_bytes(words.as_flattened(), length).is_ok());
    for cut in [0, 31, 32 * length - 1, 32 * length - 32] {
        let refused = WitnessShare::from_bytes(&words.as_flattened()[..cut], length).err();
        assert_eq!(refused, Some(ShareError::Length { expected: length, actual: cut / 32 }));
    }
    let mut longer = words.as_flattened().to_vec();
    longer.push(0);
    assert!(WitnessShare::from_bytes(&longer, length).is_err());
    let mut order = [0; 32];
    order.copy_from_slice(&ark_ff::BigInteger::to_bytes_be(&Fr::MODULUS));
    assert!(from_word::<Fr>(&order).is_err());
    for (index, word) in [(0, order), (length - 1, [0xff; 32])] {
        let mut words = words.clone();
        words[index] = word;
        let refused = WitnessShare::from_bytes(words.as_flattened(), length).err();
        assert_eq!(refused, Some(ShareError::NotCanonical { index }));
    }
    let mut random = rng(1);
    let uniform: Vec<[u8; 32]> = (0..length).map(|_| to_word(Fr::rand(&mut random))).collect();
    assert!(key.sum_share(&WitnessShare::from_bytes(uniform.as_flattened(), length).unwrap()).is_ok());
}
