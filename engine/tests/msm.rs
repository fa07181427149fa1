//! Multi-scalar multiplication in every backend that this processor supports, compared with arkworks: for many sizes
//! and plans, and for scalars and bases that are exceptional cases of the affine formulas.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, g1, g2};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, One, UniformRand, Zero};
use proptest::prelude::*;
use psephos_engine::{Backend, Bases, Digits, MsmCurve, MsmPlan, decompose_scalars};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn all_backends() -> [Backend; 2] {
    // On a processor without AVX-512 IFMA both are the portable one, which is then tested twice.
    [Backend::portable(), Backend::detect()]
}

fn compute_msm<C: MsmCurve>(backend: Backend, plan: MsmPlan, bases: &[Affine<C>], scalars: &[Fr]) -> Projective<C> {
    let digits = Digits::new(plan, &decompose_scalars(scalars));
    Bases::new(backend, plan, bases).multiscalar_mul(&digits)
}

fn check_msm<C: MsmCurve>(plan: MsmPlan, bases: &[Affine<C>], scalars: &[Fr], what: &str) {
    let expected = Projective::<C>::msm(bases, scalars).unwrap();
    for backend in all_backends() {
        assert!(compute_msm(backend, plan, bases, scalars) == expected, "{what}, {plan:?}, {}", backend.name());
    }
}

fn random_bases<C: MsmCurve>(count: usize, seed: u64) -> Vec<Affine<C>> {
    let mut rng = StdRng::seed_from_u64(seed);
    let points: Vec<Projective<C>> = (0..count).map(|_| Projective::<C>::rand(&mut rng)).collect();
    Projective::<C>::normalize_batch(&points)
}

fn random_scalars(count: usize, seed: u64) -> Vec<Fr> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

const PLANS: [MsmPlan; 7] = [
    MsmPlan { bits: 4, tables: 1 },
    MsmPlan { bits: 7, tables: 3 },
    MsmPlan { bits: 8, tables: 16 },
    MsmPlan { bits: 11, tables: 1 },
    MsmPlan { bits: 13, tables: 4 },
    MsmPlan { bits: 13, tables: 10 },
    MsmPlan { bits: 16, tables: 8 },
];

fn check_sizes_and_plans<C: MsmCurve>() {
    for plan in PLANS {
        for count in [0, 1, 2, 3, 31, 32, 33, 700] {
            check_msm::<C>(plan, &random_bases(count, 1), &random_scalars(count, 2), &format!("{count} bases"));
        }
    }
}

#[test]
fn any_size_and_plan_matches_arkworks_in_g1() {
    check_sizes_and_plans::<g1::Config>();
}

#[test]
fn any_size_and_plan_matches_arkworks_in_g2() {
    check_sizes_and_plans::<g2::Config>();
}

#[test]
fn many_bases_match_arkworks() {
    // More bases than a chunk of tables, and more entries than a block.
    check_msm::<g1::Config>(MsmPlan::new(9001, 0), &random_bases(9001, 1), &random_scalars(9001, 2), "many");
    check_msm::<g2::Config>(MsmPlan::new(5001, 0), &random_bases(5001, 1), &random_scalars(5001, 2), "many");
    check_msm::<g1::Config>(
        MsmPlan::new(5001, 90_000),
        &random_bases(5001, 1),
        &random_scalars(5001, 2),
        "many, tables",
    );
}

#[test]
fn invalid_arguments_panic() {
    let (bases, scalars) = (random_bases::<g1::Config>(3, 1), decompose_scalars(&random_scalars(3, 2)));
    let plan = MsmPlan { bits: 8, tables: 1 };
    let assert_panics = |work: &dyn Fn()| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err();
        std::panic::set_hook(hook);
        assert!(panicked);
    };
    let prepared = Bases::new(Backend::detect(), plan, &bases);
    assert_panics(&|| _ = prepared.multiscalar_mul(&Digits::new(MsmPlan { bits: 9, tables: 1 }, &scalars)));
    assert_panics(&|| _ = prepared.multiscalar_mul(&Digits::new(plan, &scalars[..2])));
    assert_panics(&|| _ = Digits::new(MsmPlan { bits: 1, tables: 1 }, &scalars));
    assert_panics(&|| _ = Digits::new(MsmPlan { bits: 17, tables: 1 }, &scalars));
    assert_panics(&|| _ = Digits::new(MsmPlan { bits: 8, tables: 0 }, &scalars));
    assert_panics(&|| _ = Digits::new(MsmPlan { bits: 8, tables: 17 }, &scalars));
    assert_panics(&|| _ = Bases::<g1::Config>::new(Backend::portable(), plan, &[Affine::identity()]));
}

/// Returns scalars with an extreme digit, carry or half.
fn edge_case_scalars() -> Vec<Fr> {
    let lambda = g1::Config::LAMBDA;
    let two = Fr::from(2u64);
    let named = [Fr::zero(), Fr::one(), two, lambda, lambda + Fr::one(), lambda.square(), two.inverse().unwrap()];
    let powers = (0..254).map(|n| two.pow([n]));
    named.into_iter().chain(powers).flat_map(|k| [k, -k, k - Fr::one()]).collect()
}

fn check_edge_case_scalars<C: MsmCurve>(plan: MsmPlan) {
    let scalars = edge_case_scalars();
    let bases = random_bases::<C>(scalars.len(), 3);
    check_msm(plan, &bases, &scalars, "edge cases");
    for k in [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(1u64 << 40)] {
        check_msm(plan, &bases, &vec![k; bases.len()], &format!("all {k}"));
    }
}

#[test]
fn edge_case_scalars_match_arkworks_in_both_groups() {
    for plan in PLANS {
        check_edge_case_scalars::<g1::Config>(plan);
    }
    check_edge_case_scalars::<g2::Config>(PLANS[3]);
}

/// Checks bases with equal `x`, whose points meet in one bucket if their digits are equal: doublings, cancellations,
/// and partial sums that cancel later.
fn check_related_bases<C: MsmCurve>(plan: MsmPlan) {
    let points = random_bases::<C>(8, 4);
    let (p, q) = (points[0], points[1]);
    let same = random_scalars(1, 5)[0];
    let beta = C::endomorphism_coefficient();
    let image = |p: Affine<C>| Affine::new_unchecked(p.x * beta, p.y);
    let lists: [(&str, Vec<Affine<C>>); 8] = [
        ("equal", vec![p; 40]),
        ("opposite", [p, -p].repeat(20)),
        ("opposite, with an odd one left", [p, -p, q].repeat(13)),
        ("partial sums that cancel", [p, q, -p, -q].repeat(9)),
        ("partial sums that are equal", [p, q, q, p].repeat(9)),
        (
            "the generator, which stands in for infinity",
            vec![Affine::generator(), -p, p, -Affine::<C>::generator(), p, -p],
        ),
        ("images under the endomorphism", vec![p, image(p), image(image(p)), -image(p)]),
        ("the last one repeated", [points.clone(), vec![points[7]]].concat()),
    ];
    for (what, bases) in lists {
        for k in [same, Fr::one(), -Fr::one(), g1::Config::LAMBDA, Fr::from(5u64)] {
            check_msm(plan, &bases, &vec![k; bases.len()], what);
        }
        let alternating: Vec<Fr> = (0..bases.len()).map(|i| if i % 2 == 0 { same } else { -same }).collect();
        check_msm(plan, &bases, &alternating, what);
        let multiples: Vec<Fr> = (0..bases.len()).map(|i| same * Fr::from(i as u64 % 3)).collect();
        check_msm(plan, &bases, &multiples, what);
    }
}

#[test]
fn related_bases_match_arkworks_in_both_groups() {
    for plan in PLANS {
        check_related_bases::<g1::Config>(plan);
    }
    check_related_bases::<g2::Config>(PLANS[1]);
    check_related_bases::<g2::Config>(PLANS[4]);
}

/// Cancellations in every one of several blocks: the stand-ins for infinity are subtracted from the right lists.
#[test]
fn cancellations_in_every_block_match_arkworks() {
    let (points, scalars) = (random_bases::<g1::Config>(2, 6), random_scalars(1500, 7));
    let [p, q] = [points[0], points[1]];
    let mut bases = Vec::new();
    let mut all = Vec::new();
    for (i, k) in scalars.iter().enumerate() {
        bases.extend(if i % 3 == 0 { [p, -p, q] } else { [q, -q, q] });
        all.extend([*k, *k, if i % 5 == 0 { *k } else { -*k }]);
    }
    check_msm(MsmPlan { bits: 4, tables: 1 }, &bases, &all, "cancellations");
    check_msm(MsmPlan { bits: 6, tables: 5 }, &bases, &all, "cancellations");
}

/// Generates bases, each new, or equal to an earlier one or its negative or double, and scalars, of which many are
/// small or repeated.
fn generate_related(choices: &[(u8, u64)]) -> (Vec<Affine<g1::Config>>, Vec<Fr>) {
    let mut bases: Vec<Affine<g1::Config>> = Vec::new();
    let mut scalars = Vec::new();
    for (kind, seed) in choices {
        let mut rng = StdRng::seed_from_u64(*seed);
        let earlier = (!bases.is_empty()).then(|| bases[rng.gen_range(0..bases.len())]);
        bases.push(match (kind % 4, earlier) {
            (0, Some(point)) => point,
            (1, Some(point)) => -point,
            (2, Some(point)) => (point + point).into(),
            _ => Projective::rand(&mut rng).into_affine(),
        });
        scalars.push(match kind / 4 % 6 {
            0 => Fr::zero(),
            1 => Fr::one(),
            2 => -Fr::one(),
            3 => Fr::from(rng.r#gen::<u16>()),
            4 => scalars.last().copied().unwrap_or(Fr::ZERO),
            _ => Fr::rand(&mut rng),
        });
    }
    (bases, scalars)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn generated_bases_and_scalars_match_arkworks(
        choices in prop::collection::vec(any::<(u8, u64)>(), 0..300),
        bits in 3u32..12,
        sets in 1usize..8,
    ) {
        let windows = 128usize.div_ceil(bits as usize);
        let plan = MsmPlan { bits, tables: windows.div_ceil(sets) };
        let (bases, scalars) = generate_related(&choices);
        let expected = Projective::<g1::Config>::msm(&bases, &scalars).unwrap();
        for backend in all_backends() {
            prop_assert_eq!(compute_msm(backend, plan, &bases, &scalars), expected);
        }
    }
}
