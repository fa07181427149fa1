//! Twin tests: each gadget against its native function, with its inputs as constants, public inputs and witnesses,
//! and against arkworks' complete formulas.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{PrimeField, UniformRand};
use ark_r1cs_std::GR1CSVar;
use ark_r1cs_std::alloc::{AllocVar, AllocationMode};
use ark_r1cs_std::boolean::Boolean;
use ark_r1cs_std::fields::fp::FpVar;
use ark_r1cs_std::groups::CurveVar;
use ark_r1cs_std::groups::curves::twisted_edwards::AffineVar;
use ark_relations::gr1cs::ConstraintSystem;
use common::seeded_rng;
use psephos_circuits::gadgets::montgomery::{ConstantPoint, Edwards, Montgomery};
use psephos_circuits::gadgets::scalar::{DigitPair, allocate_digit_pairs};
use psephos_circuits::gadgets::{compare, complete_addition, evaluate, fixed_base, ladder, lean_imt, note, poseidon};
use psephos_circuits::interop::embed;
use psephos_circuits::{Builder, Num};
use psephos_protocol::census::Sibling;
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::elements::{CensusLeaf, Challenge};
use psephos_protocol::note::{NoteBatch, NotesTree};
use psephos_protocol::{Fr, Scalar};
use rand::Rng;

fn random_elements(n: usize) -> Vec<Fr> {
    let mut rng = seeded_rng(n as u64);
    (0..n).map(|i| if i == 0 { Fr::from(0u64) } else { Fr::rand(&mut rng) }).collect()
}

/// Runs a gadget in arkworks' constraint systems, with its inputs as constants, public inputs and witnesses, and
/// returns the outputs' values, which must be equal in all modes.
fn in_all_modes(inputs: &[Fr], gadget: impl Fn(&mut Builder, &[Num]) -> Vec<Num>) -> Vec<Fr> {
    let modes = [AllocationMode::Constant, AllocationMode::Input, AllocationMode::Witness];
    let results = modes.map(|mode| {
        let cs = ConstraintSystem::<Fr>::new_ref();
        let inputs: Vec<FpVar<Fr>> =
            inputs.iter().map(|v| FpVar::new_variable(cs.clone(), || Ok(*v), mode).unwrap()).collect();
        let outputs = embed(&cs, &inputs, &gadget).unwrap();
        assert!(cs.is_satisfied().unwrap(), "{mode:?}");
        outputs.iter().map(|o| o.value().unwrap()).collect::<Vec<_>>()
    });
    assert!(results[0] == results[1] && results[1] == results[2]);
    results[2].clone()
}

#[test]
fn poseidon_agrees_with_native() {
    for n in 1..=12 {
        let inputs = random_elements(n);
        let hashed = in_all_modes(&inputs, |b, x| vec![poseidon::hash(b, x)]);
        assert_eq!(hashed, [psephos_protocol::poseidon::hash(&inputs)], "{n} inputs");
    }
    for n in [12, 13, 23, 24, 36] {
        let inputs = random_elements(n);
        let hashed = in_all_modes(&inputs, |b, x| vec![poseidon::chain(b, x)]);
        assert_eq!(hashed, [psephos_protocol::poseidon::chain(&inputs)], "{n} inputs");
    }
}

/// The cost is `3·(8·t + partial rounds)`, less the constraints that a constant capacity saves.
#[test]
fn poseidon_costs_three_constraints_per_s_box() {
    let partial = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65];
    for n in 1..=12usize {
        let mut b = Builder::for_setup();
        let x: Vec<Num> = random_elements(n).into_iter().map(|v| b.allocate_free(v)).collect();
        poseidon::hash(&mut b, &x);
        assert_eq!(b.into_system().0.num_constraints(), 3 * (8 * (n + 1) + partial[n - 1]) - 3, "{n} inputs");
    }
}

#[test]
fn evaluation_agrees_with_native() {
    for n in 0..9 {
        let elements = random_elements(n);
        let z = Fr::from(987_654u64);
        let y = psephos_protocol::transcript::evaluate(&elements, Challenge::from_fr(z)).to_fr();
        for (result, holds) in [(y, true), (y + Fr::from(1u64), false)] {
            let mut b = Builder::for_setup();
            let e: Vec<Num> = elements.iter().map(|v| b.allocate_free(*v)).collect();
            let (z, y) = (b.allocate_free(z), b.allocate_free(result));
            evaluate(&mut b, &e, &z, &y);
            let (system, assignment) = b.into_system();
            assert_eq!(system.check_satisfied(&assignment).is_ok(), holds, "{n} elements");
        }
    }
}

#[test]
fn every_path_length_gives_the_native_root() {
    let mut rng = seeded_rng(4);
    for length in 0..=20 {
        let siblings: Vec<Sibling> =
            (0..length).map(|_| Sibling { value: Fr::rand(&mut rng), on_left: rng.r#gen() }).collect();
        let leaf = Fr::rand(&mut rng);
        let mut b = Builder::for_setup();
        let node = b.allocate_free(leaf);
        let root = lean_imt::census_root_from(&mut b, &node, &siblings).value();
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
        assert_eq!(system.num_constraints(), 20 * 241 + 5);
        let proof = psephos_protocol::census::MembershipProof { siblings };
        assert_eq!(root, proof.compute_root(CensusLeaf::from_fr(leaf)).to_fr(), "{length} siblings");
    }
}

/// Every position in a note batch, and every length of path that the batches above it can have.
#[test]
fn every_position_in_a_batch_gives_the_native_root() {
    let batch = common::note_batch(3, 256);
    let leaves: Vec<Num> = batch.leaves().into_iter().map(Num::constant).collect();
    assert_eq!(note::root_of_leaves(&mut Builder::for_setup(), &leaves).value(), batch.root().to_fr());
    let short = NoteBatch::new(batch.notes()[..9].to_vec()).unwrap();
    assert_eq!(in_all_modes(&short.leaves(), |b, x| vec![note::root_of_leaves(b, x)]), [short.root().to_fr()]);

    let mut tree = NotesTree::new();
    for _ in 0..3 {
        tree.append_batch(batch.clone()).unwrap();
    }
    for index in 0..256 {
        let path = tree.prove_note(index % 3, index).unwrap();
        let mut b = Builder::for_setup();
        let node = b.allocate_free(batch.notes()[index].to_fr());
        let root = note::batch_root_from(&mut b, &node, path.levels(), None);
        assert_eq!(root.value(), batch.root().to_fr(), "index {index}");
        let root = lean_imt::root_from(&mut b, &root, &path.upper_path().siblings, lean_imt::NOTES_TREE_BLOCKS);
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
        assert_eq!(root.value(), tree.root().to_fr(), "index {index}");
        assert_eq!(system.num_constraints(), 2 * 409 + 300 + 12 * 241 + 4);
    }
}

#[test]
fn comparisons_agree_with_native() {
    for bits in [1, 8, 40] {
        let greatest = (1u64 << bits) - 1;
        let mut numbers = vec![0, 1, greatest / 2, greatest / 2 + 1, greatest - 1, greatest];
        numbers.dedup();
        for (a, c) in numbers.iter().flat_map(|a| numbers.iter().map(move |c| (*a, *c))) {
            let mut b = Builder::for_setup();
            let (left, right) = (b.allocate_free(Fr::from(a)), b.allocate_free(Fr::from(c)));
            let above = compare::is_at_least(&mut b, "test", &left, &right, bits, None);
            assert_eq!(above.value(), Fr::from(a >= c), "{a} and {c}, {bits} bits");
            let (system, assignment) = b.into_system();
            system.check_satisfied(&assignment).unwrap();
            assert_eq!((system.num_constraints(), system.assertions().len()), (bits + 1, 1));
        }
        // For differences outside the range there is no highest bit, for any lower ones.
        for lower in [0, 1, greatest] {
            let mut b = Builder::for_setup();
            let (left, right) = (b.allocate_free(Fr::from(greatest + 1)), b.allocate_free(Fr::from(0u64)));
            compare::is_at_least(&mut b, "test", &left, &right, bits, Some(lower.into()));
            let (system, assignment) = b.into_system();
            assert!(system.check_satisfied(&assignment).is_err());
        }
    }
}

fn edge_scalars() -> Vec<Scalar> {
    let mut rng = seeded_rng(5);
    let minus_one = -Scalar::from(1u64);
    let mut all: Vec<Scalar> = [0u64, 1, 2, 3].map(Scalar::from).to_vec();
    all.extend([minus_one, minus_one - Scalar::from(1u64)]);
    all.extend((0..4).map(|_| Scalar::rand(&mut rng)));
    all
}

fn edwards_values(b: &mut Builder, p: &Montgomery) -> (Fr, Fr) {
    let e = p.to_edwards(b);
    (e.x.value(), e.y.value())
}

fn point_coordinates(p: Point) -> (Fr, Fr) {
    (p.x(), p.y())
}

#[test]
fn fixed_base_multiplication_agrees_with_native() {
    let g = Point::generator();
    let offset = hash_to_point("a test's offset");
    let split = fixed_base::PairTable::for_digit_pairs(g, offset);
    let signed = fixed_base::SignedTable::new(g, offset);
    for k in edge_scalars() {
        let mut b = Builder::for_setup();
        let product = signed.multiply(&mut b, &k);
        assert_eq!(edwards_values(&mut b, &product), point_coordinates(offset + g.mul(&k)));
        if k != Scalar::from(0u64) {
            let digits = allocate_digit_pairs(&mut b, &k);
            let product = split.multiply(&mut b, &digits);
            assert_eq!(edwards_values(&mut b, &product), point_coordinates(g.mul(&k)));
        }
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
    }
}

#[test]
fn value_table_agrees_with_native() {
    let offset = hash_to_point("a test's offset");
    let table = fixed_base::PairTable::for_value_bits(Point::generator(), 40, offset);
    for u in [0u64, 1, 2, (1 << 40) - 1, 1 << 39, 123_456_789] {
        let mut b = Builder::for_setup();
        let bits = psephos_circuits::gadgets::bits::allocate_bits(&mut b, Fr::from(u), 40);
        let digits: Vec<Num> = bits.iter().map(psephos_circuits::gadgets::bits::bit_to_digit).collect();
        let pairs: Vec<DigitPair> = digits.chunks(2).map(|d| DigitPair::new(&mut b, &d[0], &d[1])).collect();
        let p = table.multiply(&mut b, &pairs);
        assert_eq!(edwards_values(&mut b, &p), point_coordinates(offset + Point::generator().mul_u64(u)));
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
        assert_eq!(system.num_constraints(), 40 + 20 + 19 * 3 + 2);
    }
}

/// The joint ladder against arkworks' double-and-add with complete formulas.
#[test]
fn joint_ladder_agrees_with_arkworks() {
    let offset = hash_to_point("a test's offset");
    let base = Point::generator().mul(&Scalar::from(55_555u64));
    let split = Scalar::from(2u64).pow_126();
    for k in edge_scalars() {
        let mut b = Builder::for_setup();
        let (p, q) = (Edwards::allocate_free(&mut b, &base), Edwards::allocate_free(&mut b, &base.mul(&split)));
        let (p, q) = (p.to_montgomery(&mut b), q.to_montgomery(&mut b));
        let digits = allocate_digit_pairs(&mut b, &k);
        let joint = ladder::multiply_joint(&mut b, &digits, &p, &q, ConstantPoint::from(offset));
        let expected = offset.mul(&split) + base.mul(&k);
        assert_eq!(edwards_values(&mut b, &joint), point_coordinates(expected));
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();

        let cs = ConstraintSystem::<Fr>::new_ref();
        type Var = AffineVar<taceo_ark_babyjubjub::EdwardsConfig, FpVar<Fr>>;
        let affine = taceo_ark_babyjubjub::EdwardsAffine::new(base.x(), base.y());
        let var = Var::new_witness(cs.clone(), || Ok(affine)).unwrap();
        let bits: Vec<Boolean<Fr>> = ark_ff::BitIteratorLE::new(k.into_bigint())
            .map(|bit| Boolean::new_witness(cs.clone(), || Ok(bit)).unwrap())
            .collect();
        let product = var.scalar_mul_le(bits.iter()).unwrap().value().unwrap();
        let peer: taceo_ark_babyjubjub::EdwardsAffine = product.into();
        assert_eq!((peer.x, peer.y), point_coordinates(base.mul(&k)));
    }
}

trait Shift {
    fn pow_126(&self) -> Scalar;
}

impl Shift for Scalar {
    fn pow_126(&self) -> Scalar {
        ark_ff::Field::pow(self, [126])
    }
}

/// Equal, opposite and neutral operands are where an incomplete addition fails.
#[test]
fn complete_addition_agrees_with_native() {
    let (p, q) = (Point::generator().mul_u64(7), Point::generator().mul_u64(1_000));
    let pairs = [(p, q), (p, p), (p, -p), (p, Point::identity()), (Point::identity(), p)];
    for (point, other) in pairs {
        for bit in [0u64, 1] {
            let inputs = [point.x(), point.y(), Fr::from(bit), other.x(), other.y()];
            let sum = in_all_modes(&inputs, |b, v| {
                let (point, other) =
                    (Edwards { x: v[0].clone(), y: v[1].clone() }, Edwards { x: v[3].clone(), y: v[4].clone() });
                complete_addition::add_if(b, &point, &v[2], &other).coordinates().to_vec()
            });
            let expected = if bit == 1 { point + other } else { point };
            assert_eq!(sum, [expected.x(), expected.y()]);
        }
    }
    let mut b = Builder::for_setup();
    let [point, other] = [p, q].map(|point| Edwards::allocate_free(&mut b, &point));
    let bit = b.allocate_free(Fr::from(1u64));
    complete_addition::add_if(&mut b, &point, &bit, &other);
    assert_eq!(b.into_system().0.num_constraints(), 8);
}

/// What is added where the bit is zero does not matter, even if it is no point.
#[test]
fn complete_addition_of_nothing_ignores_the_other_operand() {
    let p = Point::generator().mul_u64(7);
    let mut b = Builder::for_setup();
    let point = Edwards::allocate_free(&mut b, &p);
    let other = Edwards { x: b.allocate_free(Fr::from(3u64)), y: b.allocate_free(Fr::from(5u64)) };
    let bit = b.allocate_bit(false);
    let sum = complete_addition::add_if(&mut b, &point, &bit, &other);
    assert_eq!((sum.x.value(), sum.y.value()), (p.x(), p.y()));
    assert_eq!(b.exceptional_divisions(), 0);
    let (system, assignment) = b.into_system();
    system.check_satisfied(&assignment).unwrap();
}
