//! The decision to decrypt a total: every check of a trustee, on values alone.

use psephos_protocol::{
    committee::{KeyShare, TransportSecret},
    elements::Context,
    encryption::Ciphertext,
    identifiers::{ChamberId, CommitteeId, PollId},
    statement::dealing,
};
use psephos_state::{Address, ChainState, DecryptionShare, U256, words};

use crate::{
    KeyRing,
    trustee::{
        Refusal, TrusteeError, hash_other_keys, recover_key_share,
        teller::{current_teller, shares_for},
    },
    verify::{self, recompute_context},
};

/// The total that a trustee is to decrypt.
#[derive(Clone, Copy, Debug)]
pub(super) struct DecryptionCase {
    /// The trustee's account.
    pub(super) account: Address,
    /// The poll.
    pub(super) poll: PollId,
    /// The chamber.
    pub(super) chamber: ChamberId,
}

/// Evidence that a poll's close is past and final.
#[derive(Clone, Copy, Debug)]
pub(super) struct CloseEvidence {
    /// The trustee's own time, in seconds since 1970; `None` if the chain's time is moved by hand.
    pub(super) clock: Option<u64>,
    /// Number of blocks that must follow the first one after the close.
    pub(super) confirmations: u64,
    /// Time of the block that as many others follow, in seconds since 1970; `None` if the chain is shorter.
    pub(super) confirmed_time: Option<u64>,
}

/// Everything that the decision depends on.
pub(super) struct Evidence {
    /// The state from the chain's events, with the proofs of the poll's ballots loaded.
    pub(super) state: ChainState,
    /// The total to decrypt.
    pub(super) case: DecryptionCase,
    /// The evidence about the close.
    pub(super) close: CloseEvidence,
    /// The chamber's encrypted total, as the contract answers.
    pub(super) total: Vec<U256>,
    /// The chamber's context, as the contract answers.
    pub(super) ctx: U256,
}

/// The verification of the proofs that the evidence contains.
pub(super) trait ProofChecks {
    /// Returns every dealing of a committee whose proof is invalid.
    ///
    /// # Errors
    /// Returns [`TrusteeError`] if the proofs cannot be verified.
    fn find_unproved_dealings(&self, state: &ChainState, committee: CommitteeId) -> Result<Vec<String>, TrusteeError>;

    /// Returns every ballot of a chamber whose proof is missing or invalid.
    ///
    /// # Errors
    /// Returns [`TrusteeError`] if the proofs cannot be verified.
    fn find_unproved_ballots(
        &self,
        state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<Vec<String>, TrusteeError>;
}

/// The verification of proofs with our own verifying keys.
pub(super) struct VerifyingKeys<'a>(pub(super) &'a KeyRing);

impl ProofChecks for VerifyingKeys<'_> {
    fn find_unproved_dealings(&self, state: &ChainState, committee: CommitteeId) -> Result<Vec<String>, TrusteeError> {
        let recipients = state.committee(committee)?.recipients()?;
        let verifier = self.0.verifying_key_for::<dealing::Witness>(Some(recipients.capacity()))?;
        Ok(verify::find_unproved_dealings(state, verifier, &recipients, committee)?)
    }

    fn find_unproved_ballots(
        &self,
        state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<Vec<String>, TrusteeError> {
        let (listed, frozen) = state.opened_chamber(poll, chamber)?;
        let verifiers = verify::BallotVerifiers::new(self.0, state.poll(poll)?)?;
        Ok(verify::find_unproved_ballots(&verifiers, listed, frozen))
    }
}

/// The result of the checks that need the state alone.
pub(super) struct CheckedCase {
    total: Ciphertext,
    threshold_reached: bool,
}

impl CheckedCase {
    /// Whether as many shares as the threshold were posted.
    pub(super) fn is_threshold_reached(&self) -> bool {
        self.threshold_reached
    }
}

/// The decision about a total.
pub(super) enum Decision {
    /// As many shares as the threshold were posted before.
    ThresholdReached,
    /// The total's randomness is zero: it is readable as it is.
    TotalIsPublic,
    /// Every check has passed.
    Decrypt(Box<DecisionToDecrypt>),
}

/// The inputs of a decryption share. It holds the trustee's share of the election keys: without `Debug`.
pub(super) struct DecisionToDecrypt {
    pub(super) index: u64,
    pub(super) ctx: Context,
    pub(super) total: Ciphertext,
    pub(super) key_share: KeyShare,
    pub(super) other_keys_hash: [u8; 32],
}

/// Checks a case against the state alone, and returns the total that may be decrypted, from the ballots on chain.
///
/// # Errors
/// Returns `Refused`, or `Chain` if there is no such poll, chamber or committee.
pub(super) fn check_case(state: &ChainState, case: DecryptionCase) -> Result<CheckedCase, TrusteeError> {
    let DecryptionCase { account, poll, chamber } = case;
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    if !entry.is_closed_at(state.time) {
        return Err(Refusal::NotClosed { poll, state: entry.state_at(state.time) }.into());
    }
    if listed.tally.is_some() {
        return Err(Refusal::AlreadyTallied { chamber }.into());
    }
    let committee = state.committee(entry.committee())?;
    // Only shares for the teller of this time count: a later one gets shares of its own.
    let counting: Vec<&DecryptionShare> = match listed.rule.is_rounded() {
        true => shares_for(listed, current_teller(entry, listed, committee, state.time)),
        false => listed.shares.iter().collect(),
    };
    if counting.iter().any(|share| share.trustee == account) {
        return Err(Refusal::AlreadyPosted { chamber }.into());
    }
    let ballots = listed.latest.len();
    if ballots < listed.rule.min_ballots as usize {
        return Err(Refusal::TooFewBallots { chamber, ballots, minimum: listed.rule.min_ballots }.into());
    }
    if let Some(finding) = state.findings.iter().find(|finding| finding.concerns_poll(poll)) {
        return Err(Refusal::InvalidEvents(finding.to_string()).into());
    }
    let recomputed = recompute_context(state, poll, chamber)?;
    if recomputed != frozen.ctx {
        let reason = format!("{} is in force, the events give {}", frozen.ctx.to_hex(), recomputed.to_hex());
        return Err(Refusal::WrongContext { chamber, reason }.into());
    }
    let threshold_reached = counting.len() as u64 >= committee.threshold;
    Ok(CheckedCase { total: listed.encrypted_total(entry.circuit_size()), threshold_reached })
}

/// Checks that the close is past by the trustee's own clock, and final.
///
/// Ballots bind the close, but the times of blocks are whatever the node reports. No reorganisation of at most
/// `confirmations` blocks changes the ballots of a poll that had closed as of the confirmed block.
///
/// # Errors
/// Returns `Refused` with `ClockDisagrees` or `NotConfirmed`, or `Chain` if there is no such poll.
pub(super) fn check_close(state: &ChainState, poll: PollId, close: &CloseEvidence) -> Result<(), TrusteeError> {
    let closes_at = state.poll(poll)?.parameters.closes_at;
    if let Some(now) = close.clock.filter(|now| *now < closes_at) {
        return Err(Refusal::ClockDisagrees { poll, closes_at, now }.into());
    }
    match close.confirmed_time {
        Some(time) if time >= closes_at => Ok(()),
        _ => Err(Refusal::NotConfirmed { poll, confirmations: close.confirmations }.into()),
    }
}

/// Decides whether a total may be decrypted. Every check is here, in this order; a decryption share can be computed
/// from the result only.
///
/// # Errors
/// Returns `Refused` with the first check that fails; `NotTrustee`; `Chain` if there is no such poll, chamber or
/// committee.
pub(super) fn decide_decryption(
    evidence: &Evidence,
    secret: &TransportSecret,
    proofs: &dyn ProofChecks,
) -> Result<Decision, TrusteeError> {
    let Evidence { state, case, close, .. } = evidence;
    let DecryptionCase { account, poll, chamber } = *case;
    let CheckedCase { total, threshold_reached } = check_case(state, *case)?;
    if threshold_reached {
        return Ok(Decision::ThresholdReached);
    }
    check_close(state, poll, close)?;
    let committee = state.poll(poll)?.committee();
    let entry = state.committee(committee)?;
    let index = entry.trustee_index(account).ok_or(TrusteeError::NotTrustee { committee, account })?;
    let key_share = recover_key_share(state, committee, index, secret)?;
    check_dealings(state, committee, proofs)?;
    check_ballots(state, poll, chamber, proofs)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let expected: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    if evidence.total != expected || evidence.ctx != words::from_field(&frozen.ctx) {
        return Err(Refusal::WrongTotal { chamber, ballots: listed.latest.len() }.into());
    }
    if total.c.is_identity() {
        return Ok(Decision::TotalIsPublic);
    }
    let other_keys_hash = hash_other_keys(entry, index)?;
    Ok(Decision::Decrypt(Box::new(DecisionToDecrypt { index, ctx: frozen.ctx, total, key_share, other_keys_hash })))
}

/// Checks that every dealing is proved. Keys that were dealt without a proof could be anyone's.
fn check_dealings(state: &ChainState, committee: CommitteeId, proofs: &dyn ProofChecks) -> Result<(), TrusteeError> {
    match proofs.find_unproved_dealings(state, committee)?.into_iter().next() {
        Some(reason) => Err(Refusal::UnprovedDealing { committee, reason }.into()),
        None => Ok(()),
    }
}

/// Checks that every ballot is proved and replaces the one before it, and that there are no more ballots than members.
fn check_ballots(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    proofs: &dyn ProofChecks,
) -> Result<(), TrusteeError> {
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let mut reasons = proofs.find_unproved_ballots(state, poll, chamber)?;
    reasons.extend(verify::find_invalid_replacements(state.poll(poll)?, listed));
    reasons.extend(verify::check_ballot_count(listed, frozen).err());
    match reasons.into_iter().next() {
        Some(reason) => Err(Refusal::UnprovedBallot { chamber, reason }.into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
