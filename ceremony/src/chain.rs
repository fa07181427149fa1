//! The chain of contributions, from delta one to the key's delta.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use psephos_formats::elements::FilePoint;
use psephos_formats::zkey::{Contribution, Secret, Transcript};

use crate::CeremonyError;
use crate::contribute::transcript_hash;
use crate::powers::same_ratio;
use crate::stream::{MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS, Stream, hash_to_g2};

/// Checks that every contributor knew its factor, that each builds on the one before, and that together they give this delta.
///
/// | check | who would want it gone |
/// |---|---|
/// | points in their groups, none infinity | whoever makes delta a point that pairings do not see |
/// | transcript hash | whoever leaves out, reorders or replaces what came before |
/// | `S`, `S·d` and `S'·d` agree | whoever copies another's contribution, or knows no factor |
/// | delta follows | whoever puts in a delta of its own |
/// | no factor of one, delta not one | whoever wants `gamma = delta`, with which anybody forges |
/// | no `S` twice | whoever counts one contribution as two |
/// | nothing after a beacon | whoever wants the last word |
/// | the beacon's secret | whoever calls a secret of its own a beacon |
///
/// # Errors
/// `Contribution` with the first that fails; `NotTheKey` if the key's delta is not the last one.
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
    // Last, as it takes longest: nothing else is wrong by then.
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
    if fits { Ok(()) } else { Err(CeremonyError::NotTheKey("its delta in G2 is not that in G1")) }
}

fn check_one(before: &Transcript, delta: G1Affine, this: &Contribution) -> Result<(), &'static str> {
    let Contribution { delta_after, s, sx, spx, transcript, .. } = this;
    if before.contributions.last().is_some_and(|last| last.secret != Secret::Drawn) {
        return Err("it comes after the beacon, so its contributor could choose the outcome");
    }
    let in_group = [delta_after, s, sx].iter().all(|point| point.in_group().is_ok()) && spx.in_group().is_ok();
    if !in_group {
        return Err("one of its points is on no curve, or outside its group");
    }
    if [delta_after, s, sx].iter().any(|point| point.is_zero()) || spx.is_zero() {
        return Err("one of its points is infinity");
    }
    if transcript_hash(before, s, sx) != *transcript {
        return Err("its hash is not that of what comes before it: a contribution is missing, out of order or altered");
    }
    if before.contributions.iter().any(|other| other.s == *s || other.sx == *sx) {
        return Err("it repeats another contribution");
    }
    if sx == s || *delta_after == delta {
        return Err("it contributes a factor of one");
    }
    if *delta_after == G1Affine::generator() || *delta_after == -G1Affine::generator() {
        return Err("delta is gamma after it, with which anybody forges");
    }
    let hashed = hash_to_g2(transcript);
    if !same_ratio(*s, *spx, *sx, hashed) {
        return Err("it does not show that its contributor knew the factor");
    }
    if !same_ratio(delta, *spx, *delta_after, hashed) {
        return Err("its delta is not the one before it times its factor");
    }
    Ok(())
}

fn check_beacon(value: &[u8], iterations: u8, s: &G1Affine, sx: &G1Affine) -> Result<(), &'static str> {
    if !(MIN_BEACON_ITERATIONS..=MAX_BEACON_ITERATIONS).contains(&iterations) {
        return Err("its beacon is hashed too few times, or too many to be checked");
    }
    let mut stream = Stream::from_beacon(value, iterations);
    let (d, expected): (Fr, G1Affine) = (stream.scalar(), stream.g1());
    if expected != *s || (expected * d).into_affine() != *sx {
        return Err("its factor is not the beacon's");
    }
    Ok(())
}
