//! The check of what a rounded chamber publishes (specification, section 10).

use psephos_protocol::{
    Point,
    identifiers::ChamberId,
    rounding::BLINDING_BASE,
    statement::decision::{self, Instance},
};
use psephos_prover::VerifyingKey;
use psephos_state::{ChainState, DecryptionShare, Poll, PollChamber, RoundedResult, Tally};
use psephos_submission::proofs::proof_from_words;

use super::{Check, CheckName, VerifyError, decision::check_minimum};
use crate::{KeyRing, tally::Combination, trustee::shares_for};

/// Checks the proof that greatest option, choice and buckets follow from the totals in the commitments `W_j`, which the
/// encrypted total and the combined blinded shares leave. Only the teller can look at the totals themselves.
pub(super) fn check_rounded_totals(
    state: &ChainState,
    circuits: &KeyRing,
    poll: &Poll,
    id: ChamberId,
    chamber: &PollChamber,
) -> Result<Option<Check>, VerifyError> {
    let Some(tally) = &chamber.tally else { return Ok(None) };
    let Some(rounded) = tally.rounded() else {
        let reason = "it is rounded, and yet its exact totals were published".to_owned();
        return Ok(Some(Check::single(CheckName::Totals, Some(id), Err(reason))));
    };
    let verifier = circuits.verifying_key_for::<decision::Witness>(Some(poll.circuit_size()))?;
    let proved = compute_commitments(state, poll, chamber, tally, rounded)
        .and_then(|commitments| check_decision(verifier, poll, chamber, tally, rounded, &commitments));
    let failures: Vec<String> = proved.err().into_iter().chain(check_minimum(chamber).err()).collect();
    Ok(Some(Check::new(CheckName::Totals, Some(id), rounded.buckets.len(), failures)))
}

/// Computes the commitments that the contract has checked the posted ones against.
fn compute_commitments(
    state: &ChainState,
    poll: &Poll,
    chamber: &PollChamber,
    tally: &Tally,
    rounded: &RoundedResult,
) -> Result<Vec<Point>, String> {
    let total = chamber.encrypted_total(poll.circuit_size());
    let threshold = state.committees.get(&poll.committee()).map_or(0, |committee| committee.threshold);
    let combined: Vec<Point> = if total.c.is_identity() {
        // No share is needed, and `W_j = D_j + H`: a commitment is never the identity.
        vec![-*BLINDING_BASE; total.size()]
    } else {
        let shares: Vec<DecryptionShare> = shares_for(chamber, rounded.teller).into_iter().cloned().collect();
        Combination::from_mask(&shares, tally.trustees, threshold)
            .and_then(|combination| combination.combine_multiples(total.size()))
            .ok_or("it was tallied with too few blinded shares")?
    };
    Ok(total.d.iter().zip(&combined).take(poll.options()).map(|(d, e)| *d - *e).collect())
}

fn check_decision(
    verifier: &VerifyingKey,
    poll: &Poll,
    chamber: &PollChamber,
    tally: &Tally,
    rounded: &RoundedResult,
    commitments: &[Point],
) -> Result<(), String> {
    let parameters = poll.rounding_parameters(&chamber.rule).map_err(|error| error.to_string())?;
    let outcome = rounded.outcome(tally.choice);
    outcome.check(poll.options()).map_err(|error| error.to_string())?;
    let instance = Instance::from_posted(rounded.h, commitments, &parameters, &outcome, poll.circuit_size());
    let proof = proof_from_words(&rounded.proof).map_err(|error| error.to_string())?;
    let outcome = verifier.verify(&proof, &instance.to_inputs());
    outcome.map_err(|error| format!("what was published does not follow from the totals: {error}"))
}
