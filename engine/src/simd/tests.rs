//! Vector arithmetic compared with arkworks', for arbitrary representatives within the bounds.

use ark_bn254::{Fq, Fq2, FqConfig, FrConfig};
use ark_ff::{AdditiveGroup, BigInteger, Field, MontConfig, UniformRand};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::coordinate::Coordinate;
use super::field::{Field8, FieldOps};
use super::fq2::Fq2x8;
use super::prime::{Prime, PrimeFieldElement, decode_limbs, encode_limbs};
use super::vector::{Ifma, Kernel, V, transpose_8x8};

/// Runs a test with the processor features enabled, or skips it if the processor does not support them.
fn with_lanes(test: impl FnOnce(Ifma)) {
    struct Test<T>(T);
    impl<T: FnOnce(Ifma)> Kernel for Test<T> {
        type Output = ();
        fn compute_on(self, ifma: Ifma) {
            (self.0)(ifma);
        }
    }
    if let Some(ifma) = Ifma::detect() {
        ifma.run_kernel(Test(test));
    }
}

/// Returns an element and its limbs with up to `max_multiple` (at most 4, to fit 256 bits) times the modulus added.
fn loose_element<M: Prime>(rng: &mut StdRng, max_multiple: u32) -> ([u64; 4], PrimeFieldElement<M>) {
    let element = match rng.gen_range(0..8) {
        0 => PrimeFieldElement::<M>::ZERO,
        1 => PrimeFieldElement::<M>::from(1u64),
        2 => -PrimeFieldElement::<M>::from(1u64),
        _ => PrimeFieldElement::<M>::rand(rng),
    };
    let mut words = ark_ff::BigInt::<4>(encode_limbs(element));
    for _ in 0..rng.gen_range(0..=max_multiple) {
        assert!(!words.add_with_carry(&M::MODULUS));
    }
    (words.0, element)
}

fn check_field<M: Prime>() {
    with_lanes(|ifma| {
        let c = FieldOps::<M>::new(ifma);
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..3000 {
            let a: [_; 8] = std::array::from_fn(|_| loose_element::<M>(&mut rng, 4));
            let b: [_; 8] = std::array::from_fn(|_| loose_element::<M>(&mut rng, 1));
            let (x, y) = (c.load_lanes(a.each_ref().map(|(w, _)| w)), c.load_lanes(b.each_ref().map(|(w, _)| w)));
            let check = |result: Field8<M>,
                         expected: &dyn Fn(PrimeFieldElement<M>, PrimeFieldElement<M>) -> PrimeFieldElement<M>,
                         what: &str| {
                for (lane, words) in result.store_lanes().iter().enumerate() {
                    assert_eq!(decode_limbs::<M>(words), expected(a[lane].1, b[lane].1), "{what}");
                }
            };
            check(x, &|a, _| a, "load and store");
            check(c.load_packed(&x.store_packed()), &|a, _| a, "store and load of packed limbs");
            check(c.mul(&x, &y), &|a, b| a * b, "product");
            check(c.mul(&x, &x), &|a, _| a * a, "square");
            check(c.mul(&x, &c.one()), &|a, _| a, "one");
            check(c.add(&y, &y), &|_, b| b + b, "sum");
            check(c.sub(&y, &y, 2), &|_, _| PrimeFieldElement::<M>::ZERO, "difference");
            check(c.sub_reduced(&x, &y, 2), &|a, b| a - b, "difference, reduced");
            check(c.sub_two(&y, &y, &y, 4), &|_, b| -b, "two differences");
            check(c.add_reduced(&x, &y), &|a, b| a + b, "sum, reduced");
            let [p, q] = c.mul_interleaved([&x, &y], [&y, &y]);
            check(p, &|a, b| a * b, "first of two");
            check(q, &|_, b| b * b, "second of two");
            // A reduced element is below 1.06 times the modulus.
            let mut bound = M::MODULUS.0.map(u128::from);
            bound.iter_mut().rev().take(1).for_each(|word| *word += *word * 6 / 100);
            let reduced = c.reduce_element(&x).store_lanes();
            assert!(
                reduced.iter().all(|words| u128::from(words[3]) <= bound[3]),
                "a reduced element is not below 1.06 p"
            );
            check(c.reduce_element(&x), &|a, _| a, "reduced");
        }
    });
}

#[test]
fn base_field_matches_arkworks() {
    check_field::<FqConfig>();
}

#[test]
fn scalar_field_matches_arkworks() {
    check_field::<FrConfig>();
}

#[test]
fn zero_differences_are_never_missed() {
    with_lanes(|ifma| {
        let c = FieldOps::<FqConfig>::new(ifma);
        let mut rng = StdRng::seed_from_u64(2);
        for _ in 0..300 {
            let element = Fq::rand(&mut rng);
            let raised = |times: u32| {
                let mut words = ark_ff::BigInt::<4>(encode_limbs(element));
                (0..times).for_each(|_| assert!(!words.add_with_carry(&FqConfig::MODULUS)));
                c.load_lanes([&words.0; 8])
            };
            // Reduction may leave an element just above the modulus instead of a tiny one, so both representatives
            // occur.
            let (low, high) = (raised(0), raised(1));
            for (a, b) in [(&low, &low), (&low, &high), (&high, &low)] {
                assert_eq!(c.may_be_zero(&c.sub(a, b, 2)), 0xff);
            }
            let other = encode_limbs(Fq::rand(&mut rng));
            assert_eq!(
                c.may_be_zero(&c.sub(&low, &c.load_lanes([&other; 8]), 2)),
                0,
                "a false report has probability 2^-50"
            );
        }
    });
}

#[test]
fn quadratic_extension_matches_arkworks() {
    with_lanes(|ifma| {
        let mut rng = StdRng::seed_from_u64(3);
        for _ in 0..2000 {
            let random = |rng: &mut StdRng| -> ([[[u64; 4]; 2]; 8], [Fq2; 8]) {
                let pairs: [_; 8] =
                    std::array::from_fn(|_| [loose_element::<FqConfig>(rng, 1), loose_element::<FqConfig>(rng, 1)]);
                (pairs.map(|[a, b]| [a.0, b.0]), pairs.map(|[a, b]| Fq2::new(a.1, b.1)))
            };
            let ((a, x), (b, y)) = (random(&mut rng), random(&mut rng));
            let (p, q) = (Fq2x8::load_lanes(ifma, a.each_ref()), Fq2x8::load_lanes(ifma, b.each_ref()));
            let check = |result: Fq2x8, expected: &dyn Fn(Fq2, Fq2) -> Fq2, what: &str| {
                for (lane, words) in result.store_lanes().iter().enumerate() {
                    assert_eq!(Fq2x8::decode_element(words), expected(x[lane], y[lane]), "{what}");
                }
            };
            check(p, &|x, _| x, "load and store");
            check(p.mul(ifma, &q), &|x, y| x * y, "product");
            check(Fq2x8::square_pair(ifma, [&p, &q])[0], &|x, _| x.square(), "square");
            check(p.sub(ifma, &q, 2), &|x, y| x - y, "difference");
            let mut words = b;
            if y.iter().all(|y| *y != Fq2::ZERO) {
                Fq2x8::invert_lanes(&mut words);
                for (lane, words) in words.iter().enumerate() {
                    assert_eq!(Some(Fq2x8::decode_element(words)), y[lane].inverse());
                }
            }
        }
    });
}

/// Components are as large as a squaring allows.
#[test]
fn squares_of_loose_elements_match_arkworks() {
    with_lanes(|ifma| {
        let mut rng = StdRng::seed_from_u64(4);
        for _ in 0..500 {
            let pairs: [_; 8] = std::array::from_fn(|_| {
                [loose_element::<FqConfig>(&mut rng, 3), loose_element::<FqConfig>(&mut rng, 3)]
            });
            let words = pairs.map(|[a, b]| [a.0, b.0]);
            let x = Fq2x8::load_lanes(ifma, words.each_ref());
            for square in Fq2x8::square_pair(ifma, [&x, &x]) {
                for (words, [a, b]) in square.store_lanes().iter().zip(pairs) {
                    assert_eq!(Fq2x8::decode_element(words), Fq2::new(a.1, b.1).square());
                }
            }
        }
    });
}

#[test]
fn transposition_swaps_rows_and_columns() {
    with_lanes(|ifma| {
        let rows: [[u64; 8]; 8] = std::array::from_fn(|i| std::array::from_fn(|j| (i * 8 + j) as u64));
        let columns = transpose_8x8(rows.each_ref().map(|row| ifma.load_array(row))).map(V::to_array);
        for (i, column) in columns.iter().enumerate() {
            assert!(column.iter().zip(rows).all(|(lane, row)| *lane == row[i]));
        }
    });
}
