//! The checks of the committee: registrations with proofs of possession, dealings with proofs, and the election keys.

use psephos_protocol::{
    committee::{ProofOfPossession, Recipients},
    identifiers::CommitteeId,
    scalar,
    statement::dealing::{Instance, PostedDealing, Witness},
};
use psephos_prover::VerifyingKey;
use psephos_state::{
    ChainState, Committee, Dealing, Registration, StateError, bindings::ICommittee::CommitteeView, words,
};
use psephos_submission::proofs::proof_from_words;

use super::{Check, CheckName, VerifyError};
use crate::{KeyRing, trustee::trustee_context};

/// Checks the committee of a poll or sheet poll against the contract's view of it.
pub(super) fn check_committee(
    state: &ChainState,
    circuits: &KeyRing,
    id: CommitteeId,
    view: Option<&CommitteeView>,
) -> Result<Vec<Check>, VerifyError> {
    let (Some(committee), Some(view)) = (state.committees.get(&id), view) else {
        let failure = format!("committee {id} was never created");
        return Ok(vec![Check::single(CheckName::CommitteeKeys, None, Err(failure))]);
    };
    let unpossessed = |one: &Registration| {
        check_possession(state, id, one).err().map(|reason| format!("trustee {}: {reason}", one.trustee))
    };
    let registrations = committee.registrations.iter().filter_map(unpossessed).collect();
    let recipients = committee.recipients()?;
    let verifier = circuits.verifying_key_for::<Witness>(Some(recipients.capacity()))?;
    let mut dealings = find_unproved_dealings(state, verifier, &recipients, id)?;
    if committee.dealings.len() as u64 != committee.threshold {
        dealings.push(format!(
            "there are {} dealings for a threshold of {}",
            committee.dealings.len(),
            committee.threshold
        ));
    }
    Ok(vec![
        Check::new(CheckName::Registrations, None, committee.registrations.len(), registrations),
        Check::new(CheckName::Dealings, None, committee.dealings.len(), dealings),
        Check::single(CheckName::CommitteeKeys, None, check_keys(committee, view)),
    ])
}

/// Checks a transport key's proof of possession.
fn check_possession(state: &ChainState, committee: CommitteeId, registration: &Registration) -> Result<(), String> {
    let challenge = u128::try_from(registration.challenge).map_err(|_| "its challenge has more than 128 bits")?;
    let response = scalar::from_bytes(&registration.response.to_be_bytes())
        .map_err(|error| format!("its response is invalid: {error}"))?;
    let ctx = trustee_context(state, committee, registration.trustee);
    ProofOfPossession { challenge, response }.verify(&registration.key, ctx).map_err(|error| error.to_string())
}

/// Returns every dealing of a committee whose proof is invalid.
pub(crate) fn find_unproved_dealings(
    state: &ChainState,
    verifier: &VerifyingKey,
    recipients: &Recipients,
    id: CommitteeId,
) -> Result<Vec<String>, StateError> {
    let committee = state.committee(id)?;
    let verify_dealing = |dealing: &Dealing| {
        let posted = PostedDealing {
            h: dealing.h,
            ephemeral: dealing.ephemeral,
            commitments: dealing.commitments.clone(),
            shares: dealing.shares.clone(),
        };
        let ctx = trustee_context(state, id, dealing.trustee);
        let instance = Instance::from_posted(&posted, ctx, recipients).map_err(|error| error.to_string())?;
        let proof = proof_from_words(&dealing.proof).map_err(|error| error.to_string())?;
        verifier.verify(&proof, &instance.to_inputs()).map_err(|error| error.to_string())
    };
    let unproved = |dealing: &Dealing| {
        let reason: Option<String> = verify_dealing(dealing).err();
        reason.map(|reason| format!("the dealing of {}: {reason}", dealing.trustee))
    };
    Ok(committee.dealings.iter().filter_map(unproved).collect())
}

/// Checks that the keys are the sums of the dealings, and that the contract answers with their hashes and with those of
/// the verification keys.
fn check_keys(committee: &Committee, view: &CommitteeView) -> Result<(), String> {
    let sums = committee.commitments().ok_or("there are too few dealings for election keys")?;
    let keys = sums.key_vector().map_err(|error| error.to_string())?;
    if committee.keys.as_ref() != Some(&keys) {
        return Err("the election keys are not the sums of the dealings".into());
    }
    if [view.hash3, view.hash8] != [3, 8].map(|size| words::from_field(&keys.hash_keys(size))) {
        return Err("the contract has other hashes of the election keys".into());
    }
    if view.verificationKeys.len() != committee.trustees.len() {
        return Err(format!("the contract has verification keys of {} trustees", view.verificationKeys.len()));
    }
    let is_stored = |index: u64| {
        view.verificationKeys.get(index as usize).is_some_and(|hash| hash.0 == sums.verification_key_at(index + 1))
    };
    match committee.registrations.iter().find(|registration| !is_stored(registration.index)) {
        None => Ok(()),
        Some(other) => {
            Err(format!("the contract's verification key of {} differs from that of the dealings", other.trustee))
        }
    }
}
