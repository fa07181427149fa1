//! Multiplication of many points with one scalar, which dominates the time of a contribution.
//!
//! The scalar is split by GLV decomposition into two halves of 127 bits, and both are written with signed digits. All
//! points share the same addition chain, so every doubling and addition is done for a whole chunk at once in affine
//! coordinates, with one shared inversion: about seven products per doubling and six per addition, and nothing to
//! normalise at the end.
//!
//! Affine addition has exceptional cases (equal or opposite operands). Whether one occurs depends on the scalar alone,
//! as all points have the same prime order: the chain is first run on scalars, and a scalar that meets an exceptional
//! case (0, 1, 3, ..) is multiplied in projective coordinates instead.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Zero};
use rayon::prelude::*;
use zeroize::{DefaultIsZeroes, Zeroizing};

use crate::batch::{FinitePoint, InversionBuffer, TABLE_SIZE, TableEntry, build_tables, glv_digits, to_affine};

/// Number of points that share an inversion: enough to spread its cost, few enough to stay in the cache.
const CHUNK: usize = 512;

/// A step of the addition chain that all points share. The steps reveal the scalar, and are wiped like it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum ChainStep {
    /// Starts with an entry of the table.
    Start(TableEntry),
    #[default]
    Double,
    Add(TableEntry),
}

impl DefaultIsZeroes for ChainStep {}

/// Computes `k·P` for every point. Not constant-time: contributors use machines of their own. Lists that reveal `k` are
/// wiped; copies that arithmetic leaves in registers and on the stack are not.
pub fn scale_points(points: &[G1Affine], k: Fr) -> Vec<G1Affine> {
    let Some(steps) = plan_chain(k) else {
        let scaled: Vec<G1Projective> = points.par_iter().map(|point| *point * k).collect();
        return G1Projective::normalize_batch(&scaled);
    };
    points.par_chunks(CHUNK).flat_map_iter(|chunk| scale_chunk(chunk, &steps)).collect()
}

/// Returns the addition chain of a scalar, or `None` if a step would be an exceptional case.
fn plan_chain(k: Fr) -> Option<Zeroizing<Vec<ChainStep>>> {
    let digits = glv_digits(k);
    let length = digits.iter().map(|digits| digits.len()).max()?;
    let mut steps = Zeroizing::new(Vec::with_capacity(3 * length));
    for position in (0..length).rev() {
        if !steps.is_empty() {
            steps.push(ChainStep::Double);
        }
        for (half, digits) in digits.iter().enumerate() {
            if let Some(entry) = digits.get(position).and_then(|digit| TableEntry::from_digit(*digit, half)) {
                let step = if steps.is_empty() { ChainStep::Start(entry) } else { ChainStep::Add(entry) };
                steps.push(step);
            }
        }
    }
    (avoids_exceptional_cases(&steps) && !steps.is_empty()).then_some(steps)
}

fn avoids_exceptional_cases(steps: &[ChainStep]) -> bool {
    let mut sum = Fr::zero();
    steps.iter().all(|step| {
        let (next, fine) = match step {
            ChainStep::Start(entry) => (entry.as_scalar(), true),
            ChainStep::Double => (sum.double(), true),
            ChainStep::Add(entry) => (sum + entry.as_scalar(), sum != entry.as_scalar() && sum != -entry.as_scalar()),
        };
        sum = next;
        fine
    })
}

fn scale_chunk(points: &[G1Affine], steps: &[ChainStep]) -> Vec<G1Affine> {
    // Infinity stays infinity, and has no affine coordinates.
    let finite: Vec<usize> = (0..points.len()).filter(|i| !points[*i].is_zero()).collect();
    let tables: Vec<[FinitePoint; TABLE_SIZE]> = build_tables(points).into_iter().flatten().collect();
    let mut scratch = InversionBuffer::default();
    let mut sums = Vec::new();
    for step in steps {
        match step {
            ChainStep::Start(entry) => sums = tables.iter().map(|table| entry.select_point(table)).collect(),
            ChainStep::Double => scratch.double_all(&mut sums),
            ChainStep::Add(entry) => scratch.add_all(&mut sums, |i| entry.select_point(&tables[i])),
        }
    }
    let mut out = vec![G1Affine::zero(); points.len()];
    finite.iter().zip(sums).for_each(|(i, sum)| out[*i] = to_affine(Some(sum)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::g1;
    use ark_ec::scalar_mul::glv::GLVConfig;
    use ark_ff::{Field, One, UniformRand};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn random_points(count: usize) -> Vec<G1Affine> {
        let mut rng = StdRng::seed_from_u64(1);
        let mut points: Vec<G1Affine> = (0..count).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
        points[count / 2] = G1Affine::zero();
        points
    }

    fn assert_scaled(points: &[G1Affine], k: Fr) {
        let expected: Vec<G1Affine> = points.iter().map(|point| (*point * k).into_affine()).collect();
        assert!(scale_points(points, k) == expected, "{k}");
    }

    #[test]
    fn random_scalars_are_multiplied_correctly() {
        let mut rng = StdRng::seed_from_u64(2);
        for k in (0..6).map(|_| Fr::rand(&mut rng)) {
            assert!(plan_chain(k).is_some(), "no exceptional case occurs by chance");
            assert_scaled(&random_points(CHUNK + 9), k);
        }
    }

    #[test]
    fn scalars_with_exceptional_cases_are_multiplied_correctly() {
        let points = random_points(5);
        let lambda = g1::Config::LAMBDA;
        for k in (0..40u64).map(Fr::from).chain([lambda, lambda + Fr::one(), lambda.inverse().unwrap_or_default()]) {
            assert_scaled(&points, k);
            assert_scaled(&points, -k);
        }
    }
}
