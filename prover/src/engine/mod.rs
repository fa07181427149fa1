//! The Groth16 prover: setup and proof.
//!
//! The only place that knows how a proof is made. Its key is a [`Zkey`] as it stands in its file; before the first proof it is prepared
//! for `psephos_engine`, which does the arithmetic.

mod matrices;
mod query;

use std::sync::OnceLock;

use ark_bn254::{Bn254, Fr, G1Affine, g1, g2};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{UniformRand, Zero};
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use psephos_circuits::R1cs;
use psephos_circuits::r1cs::Synthesizer;
use psephos_engine::{Arithmetic, Domain, Halves, split_all};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use self::matrices::Sparse;
use self::query::{Budget, Query};
use crate::iden3::elements::FilePoint;
use crate::iden3::zkey::{Header, Shape, Zkey};
use crate::key::Points;
use crate::quotient::OddPoints;
use crate::{Proof, ProofError};

/// A proving key.
pub(crate) struct Engine {
    key: Zkey,
    prepared: OnceLock<Option<Prepared>>,
}

/// A key as proofs need it.
struct Prepared {
    a: Query<g1::Config>,
    b_g1: Query<g1::Config>,
    b_g2: Query<g2::Config>,
    /// L and H: two lists, one sum.
    c: Query<g1::Config>,
    matrices: [Sparse; 2],
    domain: Domain,
}

/// How a key is prepared.
#[derive(Clone, Copy)]
pub struct Preparation {
    /// The arithmetic that proofs are made with.
    pub arithmetic: Arithmetic,
    /// Bytes that tables of the key's points may take. They save about a fifth of a proof's time, and take as long to make as two
    /// proofs: zero, one table of each list, is right for a few proofs.
    pub tables: usize,
}

impl Default for Preparation {
    fn default() -> Preparation {
        Preparation { arithmetic: Arithmetic::detect(), tables: 0 }
    }
}

/// Why the engine made no proof.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error("the circuit is too large for the field's roots of unity")]
    Domain,
    #[error("the key is prepared already, in another way")]
    Prepared,
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Engine {
    /// Makes a key. Whoever knows the state of `rng` can forge.
    pub(crate) fn setup(system: &R1cs, rng: &mut (impl RngCore + CryptoRng)) -> Result<Engine, SynthesisError> {
        let synthesizer = Synthesizer { system, assignment: None };
        let key = Groth16::<Bn254, OddPoints>::generate_random_parameters_with_reduction(synthesizer, rng)?;
        let zkey = Zkey {
            header: Header {
                alpha_g1: key.vk.alpha_g1,
                beta_g1: key.beta_g1,
                beta_g2: key.vk.beta_g2,
                gamma_g2: key.vk.gamma_g2,
                delta_g1: key.delta_g1,
                delta_g2: key.vk.delta_g2,
            },
            ic: key.vk.gamma_abc_g1,
            a: key.a_query,
            b_g1: key.b_g1_query,
            b_g2: key.b_g2_query,
            l: key.l_query,
            h: key.h_query,
        };
        Ok(Engine { key: zkey, prepared: OnceLock::new() })
    }

    /// The engine of a key; `None` if it has another shape than the system's keys.
    pub(crate) fn new(key: Zkey, system: &R1cs) -> Option<Engine> {
        let Shape { variables, inputs, domain } = Shape::of(system);
        let lengths = [key.a.len(), key.b_g1.len(), key.b_g2.len(), key.l.len(), key.h.len(), key.ic.len()];
        let fits = lengths == [variables, variables, variables, variables - inputs, domain, inputs];
        fits.then(|| Engine { key, prepared: OnceLock::new() })
    }

    /// Whether the points that blind a proof are those of the verifying half. If they were not, proofs would still verify, and tell the
    /// witness to whoever made the key.
    pub(crate) fn blinds(&self) -> bool {
        let Header { beta_g1, beta_g2, delta_g1, delta_g2, .. } = self.key.header;
        let there = |point: &G1Affine| !point.is_zero() && point.in_group().is_ok();
        // By their ratio: a key that was made in one go may have other generators.
        [beta_g1, delta_g1].iter().all(there)
            && Bn254::multi_pairing([beta_g1, -delta_g1], [delta_g2, beta_g2]).is_zero()
    }

    /// Prepares the key for proofs, which the first of them does otherwise.
    pub(crate) fn prepare(&self, system: &R1cs, preparation: Preparation) -> Result<(), EngineError> {
        let prepared = Prepared::new(&self.key, system, preparation).ok_or(EngineError::Domain)?;
        self.prepared.set(Some(prepared)).map_err(|_| EngineError::Prepared)
    }

    /// A zero-knowledge proof for an assignment that satisfies the key's system. Does not look whether it does.
    pub(crate) fn prove(
        &self,
        system: &R1cs,
        assignment: &[Fr],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, EngineError> {
        let prepared = self.prepared.get_or_init(|| Prepared::new(&self.key, system, Preparation::default()));
        let prepared = prepared.as_ref().ok_or(EngineError::Domain)?;
        let header = &self.key.header;
        let blinding = Zeroizing::new([Fr::rand(rng), Fr::rand(rng)]);
        let [r, s] = *blinding;
        let z = split_all(assignment);
        let first = || (prepared.a.sum(&prepared.a.digits(&[&z])), prepared.b(&z));
        let second = || {
            let h = prepared.quotient(assignment, self.key.ic.len());
            prepared.c.sum(&prepared.c.digits(&[&z[self.key.ic.len()..], &h]))
        };
        let ((a, (b_g1, b_g2)), c) = rayon::join(first, second);
        let a = header.delta_g1 * r + header.alpha_g1 + a;
        let b_g1 = header.delta_g1 * s + header.beta_g1 + b_g1;
        let b = header.delta_g2 * s + header.beta_g2 + b_g2;
        let c = c + a * s + b_g1 * r - header.delta_g1 * (r * s);
        Ok(Proof::from_points(a.into_affine(), b.into_affine(), c.into_affine())?)
    }

    /// The verifying half.
    pub(crate) fn points(&self) -> Points {
        Points {
            alpha: self.key.header.alpha_g1,
            beta: self.key.header.beta_g2,
            gamma: self.key.header.gamma_g2,
            delta: self.key.header.delta_g2,
            ic: self.key.ic.clone(),
        }
    }

    /// The key's points.
    pub(crate) fn zkey(&self) -> &Zkey {
        &self.key
    }
}

impl Prepared {
    fn new(key: &Zkey, system: &R1cs, Preparation { arithmetic, tables }: Preparation) -> Option<Prepared> {
        let points = key.a.len() + key.b_g1.len() + 2 * key.b_g2.len() + key.l.len() + key.h.len();
        let budget = Budget { bytes: tables, of: points * size_of::<G1Affine>() };
        let domain = Domain::new(arithmetic, key.h.len())?;
        let first = || (Query::new(arithmetic, budget, &[&key.a]), Query::new(arithmetic, budget, &[&key.b_g1]));
        let second = || {
            let b_g2 = Query::new(arithmetic, budget, &[&key.b_g2]);
            (b_g2, Query::new(arithmetic, budget, &[&key.l, &key.h]))
        };
        let ((a, b_g1), (b_g2, c)) = rayon::join(first, second);
        let [a_rows, b_rows, _] = system.matrices();
        Some(Prepared { a, b_g1, b_g2, c, matrices: [Sparse::new(a_rows), Sparse::new(b_rows)], domain })
    }

    /// B in both groups: the digits are the same if the same points are infinity, which is so in any key that was made honestly.
    fn b(&self, z: &[Halves]) -> (ark_bn254::G1Projective, ark_bn254::G2Projective) {
        let digits = self.b_g1.digits(&[z]);
        let in_g2 = || match self.b_g1.shares_digits(&self.b_g2) {
            true => self.b_g2.sum(&digits),
            false => self.b_g2.sum(&self.b_g2.digits(&[z])),
        };
        rayon::join(|| self.b_g1.sum(&digits), in_g2)
    }

    /// The quotient's values between the points of the domain.
    fn quotient(&self, assignment: &[Fr], inputs: usize) -> Zeroizing<Vec<Halves>> {
        let [a, b] = &self.matrices;
        let size = self.domain.size();
        let (mut a_values, b_values) = rayon::join(|| a.times(assignment, size), || b.times(assignment, size));
        // The rows that make the public inputs' polynomials independent.
        let rows = a.rows();
        a_values[rows..rows + inputs].copy_from_slice(&assignment[..inputs]);
        self.domain.quotient(a_values, b_values)
    }
}
