//! Twin tests against arkworks' prover: for any satisfied system, equal randomness gives an equal proof.

use ark_bn254::{Bn254, Fr};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, One, UniformRand};
use ark_groth16::Groth16;
use proptest::prelude::*;
use psephos_circuits::R1cs;
use psephos_circuits::r1cs::Row;
use psephos_engine::Backend;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Groth16Prover, Preparation};
use crate::Proof;
use crate::reduction::CircomReduction;
use psephos_formats::zkey::Zkey;

/// Converts a key to arkworks' type.
pub(crate) fn to_arkworks_key(key: &Zkey) -> ark_groth16::ProvingKey<Bn254> {
    let header = &key.header;
    ark_groth16::ProvingKey {
        vk: ark_groth16::VerifyingKey {
            alpha_g1: header.alpha_g1,
            beta_g2: header.beta_g2,
            gamma_g2: header.gamma_g2,
            delta_g2: header.delta_g2,
            gamma_abc_g1: key.ic.clone(),
        },
        beta_g1: header.beta_g1,
        delta_g1: header.delta_g1,
        a_query: key.a.clone(),
        b_g1_query: key.b_g1.clone(),
        b_g2_query: key.b_g2.clone(),
        h_query: key.h.clone(),
        l_query: key.l.clone(),
    }
}

/// Parameters of a random constraint system.
#[derive(Debug, Clone, Copy)]
struct Recipe {
    constraints: usize,
    inputs: usize,
    /// Whether all variables are zero.
    zero: bool,
    /// Whether every variable has a twin with equal entries and value, so that their bases are equal.
    twins: bool,
    seed: u64,
}

/// Builds a system with an assignment that satisfies it: each constraint's product is a new variable.
fn build_system(recipe: Recipe) -> (R1cs, Vec<Fr>) {
    let mut rng = StdRng::seed_from_u64(recipe.seed);
    let mut value = |zero: bool| match (zero, rng.gen_range(0..6)) {
        (true, _) | (_, 0) => Fr::ZERO,
        (_, 1) => Fr::one(),
        (_, 2) => -Fr::one(),
        (_, 3) => Fr::from(rng.r#gen::<u32>()),
        _ => Fr::rand(&mut rng),
    };
    let mut assignment = vec![Fr::one()];
    for _ in 0..2 * recipe.inputs {
        let value = value(recipe.zero);
        let twin = if recipe.twins { assignment.len() % 2 == 0 } else { false };
        assignment.push(if twin { assignment[assignment.len() - 1] } else { value });
    }
    let mut rng = StdRng::seed_from_u64(recipe.seed ^ 1);
    let mut rows: [Vec<Row>; 3] = Default::default();
    for _ in 0..recipe.constraints {
        let mut row = || -> Row {
            let first = if recipe.zero { 1 } else { 0 };
            let mut row = Row::new();
            for _ in 0..rng.gen_range(1..4) {
                let variable = rng.gen_range(first..assignment.len());
                let coefficient = match rng.gen_range(0..3) {
                    0 => Fr::one(),
                    1 => -Fr::one(),
                    _ => Fr::rand(&mut rng),
                };
                row.push((coefficient, variable));
                let twin = if variable % 2 == 1 { variable + 1 } else { variable.max(2) - 1 };
                if recipe.twins && twin <= 2 * recipe.inputs && variable <= 2 * recipe.inputs && variable > 0 {
                    row.push((coefficient, twin));
                }
            }
            row.sort_by_key(|(_, variable)| *variable);
            row.dedup_by_key(|(_, variable)| *variable);
            row
        };
        let (a, b) = (row(), row());
        let of = |row: &Row| row.iter().map(|(k, v)| *k * assignment[*v]).sum::<Fr>();
        let product = of(&a) * of(&b);
        rows[2].push(vec![(Fr::one(), assignment.len())]);
        rows[0].push(a);
        rows[1].push(b);
        assignment.push(product);
    }
    let [a, b, c] = rows;
    let system = R1cs::from_matrices(1 + recipe.inputs, assignment.len(), a, b, c).unwrap();
    system.check_satisfied(&assignment).unwrap();
    (system, assignment)
}

fn assert_equal_proofs(recipe: Recipe) {
    let (system, assignment) = build_system(recipe);
    let engine = Groth16Prover::generate_key(&system, &mut StdRng::seed_from_u64(recipe.seed ^ 2)).unwrap();
    let key = to_arkworks_key(engine.zkey());
    let mut rng = StdRng::seed_from_u64(recipe.seed ^ 3);
    let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let expected = Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(
        &key,
        r,
        s,
        system.matrices(),
        system.num_inputs(),
        system.num_constraints(),
        &assignment,
    )
    .unwrap();
    let expected = Proof::from_points(expected.a, expected.b, expected.c).unwrap();
    for arithmetic in [Backend::portable(), Backend::detect()] {
        for tables in [0, 1 << 22] {
            let engine = Groth16Prover::new(engine.zkey().clone(), &system).unwrap();
            let engine = engine.with_preparation(Preparation { arithmetic, tables });
            let proof =
                engine.prove_unchecked(&system, &assignment, &mut StdRng::seed_from_u64(recipe.seed ^ 3)).unwrap();
            assert!(proof == expected, "{recipe:?}, {}, {tables} bytes of tables", arithmetic.name());
        }
    }
    let prepared = ark_groth16::prepare_verifying_key(&key.vk);
    let (a, b, c) = expected.points();
    let proof = ark_groth16::Proof { a, b, c };
    assert!(Groth16::<Bn254>::verify_proof(&prepared, &proof, &assignment[1..system.num_inputs()]).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn proofs_equal_those_of_arkworks(log in 0u32..10, inputs in 1usize..6, twins: bool, seed: u64) {
        let constraints = (1usize << log) + (seed % (1 << log)) as usize;
        assert_equal_proofs(Recipe { constraints, inputs, zero: false, twins, seed });
    }
}

/// A key in which B is infinity for one variable in G1 and for another one in G2: none of its proofs verifies, but they
/// must equal arkworks'.
#[test]
fn digits_are_shared_only_between_points_of_equal_variables() {
    let (system, assignment) = build_system(Recipe { constraints: 40, inputs: 2, zero: false, twins: false, seed: 3 });
    let engine = Groth16Prover::generate_key(&system, &mut StdRng::seed_from_u64(4)).unwrap();
    let mut key = engine.zkey().clone();
    let counts = |variable: &usize| !key.b_g1[*variable].is_zero() && assignment[*variable] != Fr::ZERO;
    let both: Vec<usize> = (0..key.b_g1.len()).filter(counts).take(2).collect();
    key.b_g1[both[0]] = Default::default();
    key.b_g2[both[1]] = Default::default();
    let (stock, mut rng) = (to_arkworks_key(&key), StdRng::seed_from_u64(5));
    let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let (matrices, inputs, constraints) = (system.matrices(), system.num_inputs(), system.num_constraints());
    let expected = Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(
        &stock,
        r,
        s,
        matrices,
        inputs,
        constraints,
        &assignment,
    );
    let expected = expected.map(|proof| Proof::from_points(proof.a, proof.b, proof.c).unwrap()).unwrap();
    let engine = Groth16Prover::new(key, &system).unwrap();
    assert!(engine.prove_unchecked(&system, &assignment, &mut StdRng::seed_from_u64(5)).unwrap() == expected);
}

#[test]
fn proof_of_four_thousand_constraints_equals_arkworks() {
    assert_equal_proofs(Recipe { constraints: 4090, inputs: 4, zero: false, twins: false, seed: 1 });
}

#[test]
fn proof_of_zero_witness_equals_arkworks() {
    for constraints in [1, 60, 500] {
        assert_equal_proofs(Recipe { constraints, inputs: 2, zero: true, twins: false, seed: 5 });
    }
}
