//! Sums of multiples, in every arithmetic that this processor has, against arkworks': for all sizes, plans, and the scalars and bases
//! that fast formulas get wrong.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, g1, g2};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, One, UniformRand, Zero};
use proptest::prelude::*;
use psephos_engine::{Arithmetic, Bases, Digits, Plan, Summed, split_all};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn arithmetics() -> Vec<Arithmetic> {
    // On a processor without vectors both are the same, and the first half of every test still says something.
    vec![Arithmetic::portable(), Arithmetic::detect()]
}

fn sum<C: Summed>(arithmetic: Arithmetic, plan: Plan, bases: &[Affine<C>], scalars: &[Fr]) -> Projective<C> {
    let digits = Digits::new(plan, &split_all(scalars));
    Bases::new(arithmetic, plan, bases).sum(&digits)
}

fn check<C: Summed>(plan: Plan, bases: &[Affine<C>], scalars: &[Fr], what: &str) {
    let expected = Projective::<C>::msm(bases, scalars).unwrap();
    for arithmetic in arithmetics() {
        assert!(sum(arithmetic, plan, bases, scalars) == expected, "{what}, {plan:?}, {}", arithmetic.name());
    }
}

fn random<C: Summed>(count: usize, seed: u64) -> Vec<Affine<C>> {
    let mut rng = StdRng::seed_from_u64(seed);
    let points: Vec<Projective<C>> = (0..count).map(|_| Projective::<C>::rand(&mut rng)).collect();
    Projective::<C>::normalize_batch(&points)
}

fn scalars(count: usize, seed: u64) -> Vec<Fr> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

const PLANS: [Plan; 7] = [
    Plan { bits: 4, tables: 1 },
    Plan { bits: 7, tables: 3 },
    Plan { bits: 8, tables: 16 },
    Plan { bits: 11, tables: 1 },
    Plan { bits: 13, tables: 4 },
    Plan { bits: 13, tables: 10 },
    Plan { bits: 16, tables: 8 },
];

fn sizes_and_plans<C: Summed>() {
    for plan in PLANS {
        for count in [0, 1, 2, 3, 31, 32, 33, 700] {
            check::<C>(plan, &random(count, 1), &scalars(count, 2), &format!("{count} bases"));
        }
    }
}

#[test]
fn sizes_and_plans_in_g1() {
    sizes_and_plans::<g1::Config>();
}

#[test]
fn sizes_and_plans_in_g2() {
    sizes_and_plans::<g2::Config>();
}

#[test]
fn many_bases() {
    // More than a block of entries, more than a part of scalars, more than a chunk of tables.
    check::<g1::Config>(Plan::new(9001, 0), &random(9001, 1), &scalars(9001, 2), "many");
    check::<g2::Config>(Plan::new(5001, 0), &random(5001, 1), &scalars(5001, 2), "many");
    check::<g1::Config>(Plan::new(5001, 90_000), &random(5001, 1), &scalars(5001, 2), "many, tables");
}

/// What a caller may not do is stopped where it is done.
#[test]
fn mistakes() {
    let (bases, scalars) = (random::<g1::Config>(3, 1), split_all(&scalars(3, 2)));
    let plan = Plan { bits: 8, tables: 1 };
    let stops = |work: &dyn Fn()| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err();
        std::panic::set_hook(hook);
        assert!(stopped);
    };
    let prepared = Bases::new(Arithmetic::detect(), plan, &bases);
    stops(&|| _ = prepared.sum(&Digits::new(Plan { bits: 9, tables: 1 }, &scalars)));
    stops(&|| _ = prepared.sum(&Digits::new(plan, &scalars[..2])));
    stops(&|| _ = Digits::new(Plan { bits: 1, tables: 1 }, &scalars));
    stops(&|| _ = Digits::new(Plan { bits: 17, tables: 1 }, &scalars));
    stops(&|| _ = Digits::new(Plan { bits: 8, tables: 0 }, &scalars));
    stops(&|| _ = Digits::new(Plan { bits: 8, tables: 17 }, &scalars));
    stops(&|| _ = Bases::<g1::Config>::new(Arithmetic::portable(), plan, &[Affine::identity()]));
}

/// Scalars at which a digit, a carry or a half is extreme.
fn edges() -> Vec<Fr> {
    let lambda = g1::Config::LAMBDA;
    let two = Fr::from(2u64);
    let named = [Fr::zero(), Fr::one(), two, lambda, lambda + Fr::one(), lambda.square(), two.inverse().unwrap()];
    let powers = (0..254).map(|n| two.pow([n]));
    named.into_iter().chain(powers).flat_map(|k| [k, -k, k - Fr::one()]).collect()
}

fn extreme_scalars<C: Summed>(plan: Plan) {
    let edges = edges();
    let bases = random::<C>(edges.len(), 3);
    check(plan, &bases, &edges, "edges");
    for k in [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(1u64 << 40)] {
        check(plan, &bases, &vec![k; bases.len()], &format!("all {k}"));
    }
}

#[test]
fn extreme_scalars_in_both_groups() {
    for plan in PLANS {
        extreme_scalars::<g1::Config>(plan);
    }
    extreme_scalars::<g2::Config>(PLANS[3]);
}

/// Bases with equal or opposite `x`, so that equal digits meet in a bucket: doubling, cancellation, and sums that cancel later.
fn related_bases<C: Summed>(plan: Plan) {
    let points = random::<C>(8, 4);
    let (p, q) = (points[0], points[1]);
    let same = scalars(1, 5)[0];
    let beta = C::beta();
    let image = |p: Affine<C>| Affine::new_unchecked(p.x * beta, p.y);
    let lists: [(&str, Vec<Affine<C>>); 8] = [
        ("equal", vec![p; 40]),
        ("opposite", [p, -p].repeat(20)),
        ("an odd one left", [p, -p, q].repeat(13)),
        ("sums that cancel", [p, q, -p, -q].repeat(9)),
        ("sums that are equal", [p, q, q, p].repeat(9)),
        ("the generator, which stands in", vec![Affine::generator(), -p, p, -Affine::<C>::generator(), p, -p]),
        ("images", vec![p, image(p), image(image(p)), -image(p)]),
        ("all different but the last", [points.clone(), vec![points[7]]].concat()),
    ];
    for (what, bases) in lists {
        for k in [same, Fr::one(), -Fr::one(), g1::Config::LAMBDA, Fr::from(5u64)] {
            check(plan, &bases, &vec![k; bases.len()], what);
        }
        let alternating: Vec<Fr> = (0..bases.len()).map(|i| if i % 2 == 0 { same } else { -same }).collect();
        check(plan, &bases, &alternating, what);
        let multiples: Vec<Fr> = (0..bases.len()).map(|i| same * Fr::from(i as u64 % 3)).collect();
        check(plan, &bases, &multiples, what);
    }
}

#[test]
fn related_bases_in_both_groups() {
    for plan in PLANS {
        related_bases::<g1::Config>(plan);
    }
    related_bases::<g2::Config>(PLANS[1]);
    related_bases::<g2::Config>(PLANS[4]);
}

/// Cancellations in each of several blocks: what stands in is taken away where it stands.
#[test]
fn cancellations_everywhere() {
    let (points, scalars) = (random::<g1::Config>(2, 6), scalars(1500, 7));
    let [p, q] = [points[0], points[1]];
    let mut bases = Vec::new();
    let mut all = Vec::new();
    for (i, k) in scalars.iter().enumerate() {
        bases.extend(if i % 3 == 0 { [p, -p, q] } else { [q, -q, q] });
        all.extend([*k, *k, if i % 5 == 0 { *k } else { -*k }]);
    }
    check(Plan { bits: 4, tables: 1 }, &bases, &all, "cancellations");
    check(Plan { bits: 6, tables: 5 }, &bases, &all, "cancellations");
}

/// A base of a list that is made by chance: new, or one of those before or its opposite or double.
fn chance(choices: &[(u8, u64)]) -> (Vec<Affine<g1::Config>>, Vec<Fr>) {
    let mut bases: Vec<Affine<g1::Config>> = Vec::new();
    let mut scalars = Vec::new();
    for (kind, seed) in choices {
        let mut rng = StdRng::seed_from_u64(*seed);
        let before = (!bases.is_empty()).then(|| bases[rng.gen_range(0..bases.len())]);
        bases.push(match (kind % 4, before) {
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
    fn by_chance(
        choices in prop::collection::vec(any::<(u8, u64)>(), 0..300),
        bits in 3u32..12,
        sets in 1usize..8,
    ) {
        let windows = 128usize.div_ceil(bits as usize);
        let plan = Plan { bits, tables: windows.div_ceil(sets) };
        let (bases, scalars) = chance(&choices);
        let expected = Projective::<g1::Config>::msm(&bases, &scalars).unwrap();
        for arithmetic in arithmetics() {
            prop_assert_eq!(sum(arithmetic, plan, &bases, &scalars), expected);
        }
    }
}
