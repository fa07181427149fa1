//! The check of decryption shares, blinded or not, and their proofs.

use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr, Point,
    constants::COMMITTEE_KEYS,
    elements::Context,
    encryption::Ciphertext,
    identifiers::ChamberId,
    statement::{
        blinded::{self, PostedBlinded},
        decryption::{Instance, PostedShare},
    },
};
use psephos_prover::VerifyingKey;
use psephos_state::{ChainState, Committee, DecryptionShare, Poll, PollChamber, PostedWords, RefusedShare};
use psephos_submission::proofs::proof_from_words;

use super::{Check, CheckName, VerifyError};
use crate::KeyRing;

/// Checks a chamber's decryption shares; `None` if it has none: then its totals are checked against the encrypted total
/// itself.
pub(super) fn check_shares(
    state: &ChainState,
    circuits: &KeyRing,
    poll: &Poll,
    id: ChamberId,
) -> Result<Option<Check>, VerifyError> {
    let Some(chamber) = poll.chambers.get(&id) else { return Ok(None) };
    let (Some(frozen), [_, ..]) = (&chamber.frozen, chamber.shares.as_slice()) else { return Ok(None) };
    let committee = state.committees.get(&poll.committee());
    let total = chamber.encrypted_total(poll.circuit_size());
    let verifier = share_verifier(circuits, poll, chamber)?;
    let mut failures = Vec::new();
    for share in &chamber.shares {
        let of = committee.filter(|committee| committee.trustee_index(share.trustee) == Some(share.index));
        let Some(committee) = of else {
            failures.push(format!("{} is not a trustee of the poll's committee", share.trustee));
            continue;
        };
        let outcome = match share.blinding.is_some() == chamber.rule.is_rounded() {
            true => verify_share(verifier, share, committee, frozen.ctx, &total),
            false => Err("blinded shares are for rounded chambers, and only they".to_owned()),
        };
        failures.extend(outcome.err().map(|reason| format!("the share of {}: {reason}", share.trustee)));
    }
    Ok(Some(Check::new(CheckName::Share, Some(id), chamber.shares.len(), failures)))
}

/// Returns the verifier of a chamber's shares.
pub(super) fn share_verifier<'a>(
    circuits: &'a KeyRing,
    poll: &Poll,
    chamber: &PollChamber,
) -> Result<&'a VerifyingKey, VerifyError> {
    match chamber.rule.is_rounded() {
        true => Ok(circuits.verifying_key_for::<blinded::Witness>(Some(poll.circuit_size()))?),
        false => Ok(circuits.verifying_key(Name::Decryption)?),
    }
}

fn verify_share(
    verifier: &VerifyingKey,
    share: &DecryptionShare,
    committee: &Committee,
    ctx: Context,
    total: &Ciphertext,
) -> Result<(), String> {
    let inputs = public_inputs(share, committee, ctx, total)?;
    let proof = proof_from_words(&share.proof).map_err(|error| error.to_string())?;
    verifier.verify(&proof, &inputs).map_err(|error| error.to_string())
}

/// Verifies a share that was refused, in words of calldata.
///
/// # Errors
/// Returns the reason why it is not a share of the trustee that sent it.
pub(super) fn verify_words(
    verifier: &VerifyingKey,
    committee: Option<&Committee>,
    poll: &Poll,
    chamber: &PollChamber,
    refusal: &RefusedShare,
    words: &PostedWords,
) -> Result<(), String> {
    let committee = committee.ok_or("the poll has no committee")?;
    let frozen = chamber.frozen.as_ref().ok_or("the chamber was not opened")?;
    let share = refusal.read_share(words).map_err(|error| error.to_string())?;
    if share.blinding.is_some() != chamber.rule.is_rounded() {
        return Err("blinded shares are for rounded chambers, and only they".to_owned());
    }
    verify_share(verifier, &share, committee, frozen.ctx, &chamber.encrypted_total(poll.circuit_size()))
}

/// Returns the public inputs as the contract computes them, from dealings and a total that were summed up here.
fn public_inputs(
    share: &DecryptionShare,
    committee: &Committee,
    ctx: Context,
    total: &Ciphertext,
) -> Result<[Fr; 3], String> {
    let commitments = committee.commitments().ok_or("the committee has no keys")?;
    let size = total.size();
    if share.points.len() != size {
        return Err(format!("it has {} points for a total of {size}", share.points.len()));
    }
    let own_keys = commitments.evaluate_at(share.index + 1);
    if let Some(blinding) = &share.blinding {
        let registration = committee.registration(blinding.teller);
        let teller = registration.ok_or_else(|| format!("trustee {} has no transport key", blinding.teller))?;
        if blinding.factors.words.len() != size {
            return Err(format!("it has {} blinding factors for a total of {size}", blinding.factors.words.len()));
        }
        let factors = blinding.factors.clone();
        let posted = PostedBlinded { h: share.h, points: share.points.clone(), factors };
        let instance = blinded::Instance::from_posted(&posted, ctx, &total.c, &teller.key, &own_keys[..size]);
        return Ok(instance.to_inputs());
    }
    let fill = |used: &[Point], filler: Point| -> [Point; COMMITTEE_KEYS] {
        std::array::from_fn(|index| used.get(index).copied().unwrap_or(filler))
    };
    let keys = fill(&own_keys[..size], Point::generator());
    let posted = PostedShare { h: share.h, keys, share: fill(&share.points, total.c) };
    Ok(Instance::from_posted(&posted, ctx, &total.c).to_inputs())
}
