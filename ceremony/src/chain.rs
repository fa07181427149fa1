//! Verification of the contribution transcript, from delta one to the key's delta.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use psephos_formats::elements::FilePoint;
use psephos_formats::zkey::{Contribution, Secret, Transcript};

use crate::CeremonyError;
use crate::contribute::transcript_hash;
use crate::powers::same_ratio;
use crate::stream::{MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS, Stream, hash_to_g2};

/// Verifies that every contributor knew its factor, that each contribution follows from the one before, and that
/// together they give this delta.
///
/// | check | attacker who benefits without it |
/// |---|---|
/// | points in their groups, none infinity | makes delta a point that pairings do not see |
/// | transcript hash | leaves out, reorders or replaces earlier contributions |
/// | `S`, `S·d` and `S'·d` agree | copies another contribution, or knows no factor |
/// | delta follows | inserts a delta of its own |
/// | no factor of one, delta not one | wants `gamma = delta`, a degenerate key under which proofs are forgeable |
/// | no `S` twice | counts one contribution as two |
/// | nothing after a beacon | wants to choose the outcome |
/// | the beacon's secret | presents a secret of its own as a beacon |
///
/// # Errors
/// Returns `Contribution` with the first contribution that fails, or `NotTheKey` if the key's delta is not that of the
/// last one.
pub(crate) fn check(transcript: &Transcript, delta_g1: G1Affine, delta_g2: G2Affine) -> Result<(), CeremonyError> {
    let mut before = Transcript { circuit: transcript.circuit, contributions: Vec::new() };
    let mut delta = G1Affine::generator();
    let refuse = |index: usize, problem| {
        let name = transcript.contributions.get(index).and_then(|contribution| contribution.name.clone());
        CeremonyError::Contribution { number: index + 1, name, problem }
    };
    for (index, contribution) in transcript.contributions.iter().enumerate() {
        check_one(&before, delta, contribution).map_err(|problem| refuse(index, problem))?;
        delta = contribution.delta_after;
        before.contributions.push(contribution.clone());
    }
    // Checked last, as it takes longest.
    if let Some(Contribution { secret: Secret::Beacon { value, iterations }, s, sx, .. }) =
        transcript.contributions.last()
    {
        let last = transcript.contributions.len() - 1;
        check_beacon(value, *iterations, s, sx).map_err(|problem| refuse(last, problem))?;
    }
    if delta_g1 != delta {
        return Err(CeremonyError::NotTheKey("its delta is not that of the last contribution"));
    }
    let fits = delta_g2.in_group().is_ok() && same_ratio(G1Affine::generator(), delta_g2, delta, G2Affine::generator());
    if fits { Ok(()) } else { Err(CeremonyError::NotTheKey("its delta in G2 does not match that in G1")) }
}

fn check_one(before: &Transcript, delta: G1Affine, this: &Contribution) -> Result<(), &'static str> {
    let Contribution { delta_after, s, sx, spx, transcript, .. } = this;
    if before.contributions.last().is_some_and(|last| last.secret != Secret::Drawn) {
        return Err("it comes after the beacon, so its contributor could choose the outcome");
    }
    let in_group = [delta_after, s, sx].iter().all(|point| point.in_group().is_ok()) && spx.in_group().is_ok();
    if !in_group {
        return Err("one of its points is not on its curve, or outside its group");
    }
    if [delta_after, s, sx].iter().any(|point| point.is_zero()) || spx.is_zero() {
        return Err("one of its points is infinity");
    }
    if transcript_hash(before, s, sx) != *transcript {
        return Err("its hash does not match the contributions before it: one is missing, out of order or altered");
    }
    if before.contributions.iter().any(|other| other.s == *s || other.sx == *sx) {
        return Err("it repeats another contribution");
    }
    if sx == s || *delta_after == delta {
        return Err("it contributes a factor of one");
    }
    if *delta_after == G1Affine::generator() || *delta_after == -G1Affine::generator() {
        return Err("it makes delta equal to gamma up to its sign: anyone could forge proofs under such a key");
    }
    let hashed = hash_to_g2(transcript);
    if !same_ratio(*s, *spx, *sx, hashed) {
        return Err("it does not prove that its contributor knew the factor");
    }
    if !same_ratio(delta, *spx, *delta_after, hashed) {
        return Err("its delta is not the previous delta times its factor");
    }
    Ok(())
}

fn check_beacon(value: &[u8], iterations: u8, s: &G1Affine, sx: &G1Affine) -> Result<(), &'static str> {
    if !(MIN_BEACON_ITERATIONS..=MAX_BEACON_ITERATIONS).contains(&iterations) {
        return Err("its beacon has too few iterations, or too many to be verified");
    }
    let mut stream = Stream::from_beacon(value, iterations);
    let (d, expected): (Fr, G1Affine) = (stream.scalar(), stream.g1());
    if expected != *s || (expected * d).into_affine() != *sx {
        return Err("its factor is not the beacon's");
    }
    Ok(())
}
