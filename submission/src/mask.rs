//! Masks of ballots of masked polls: a ballot encrypted anew, without a change of any total (specification, section 7).
//!
//! Anyone can mask. Nothing here needs a secret of a voter, and the randomness of a mask is gone once it is proved.

use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{
    constants::size_for_options,
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
    rule::RuleError,
    statement::{
        ballot::PostedBallot,
        update::{Instance, SlotContent, UpdateDraft, UpdateError, Witness},
    },
};
use psephos_prover::{KeyRing, KeyRingError};
use psephos_state::{
    Ballot, ChainState, PollState, StateError,
    record::{BallotRecord, ReplacedBallot},
};
use psephos_wire::{Package, ballot::Contents};
use rand::rngs::OsRng;

use crate::{
    parameters::{ParametersError, ballot_parameters, chamber_scope, committee_keys, require_context},
    proofs::proof_to_words,
};

/// A failure to mask a ballot. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// The events do not contain what was asked for, or the poll is not open.
    #[error(transparent)]
    State(#[from] StateError),
    /// The chamber's ballot rule cannot be derived.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// The slot's ciphertext is not of the size that the poll's rule asks for.
    #[error("the ballot in the slot does not fit the ballot rule: {0}")]
    Rule(#[from] RuleError),
    /// The update does not satisfy its statement.
    #[error("this update is invalid: {0}")]
    Update(#[from] UpdateError),
    /// The poll is not masked.
    #[error("poll {0} is not masked: only the ballots of a masked poll can be re-encrypted by others")]
    NotMasked(PollId),
    /// No ballot of this nullifier counts.
    #[error("no ballot of the nullifier {nullifier} counts in this chamber of poll {poll}: there is nothing to mask")]
    EmptySlot {
        /// The poll.
        poll: PollId,
        /// The nullifier.
        nullifier: String,
    },
    /// The mask cannot be proved, or its circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
}

impl From<NoCircuit> for MaskError {
    fn from(error: NoCircuit) -> Self {
        Self::Keys(error.into())
    }
}

/// A mask that is not proved yet. Its witness holds the randomness: without `Debug`.
pub struct MaskDraft {
    /// The public inputs.
    pub instance: Instance,
    /// The witness.
    pub witness: Witness,
    /// What is posted beside the proof.
    pub posted: PostedBallot,
    /// The content that is masked.
    pub old: ReplacedBallot,
}

/// Draws a mask of the ballot that counts in a slot, with fresh randomness: one that is made again after another update
/// of the slot must be a new one.
///
/// # Errors
/// Returns `State` with `UnknownPollChamber`, or with `WrongPollState` if the poll is not open; `NotMasked`;
/// `EmptySlot`.
pub fn draft_mask(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    nullifier: &Nullifier,
) -> Result<MaskDraft, MaskError> {
    state.require_poll_state(poll, PollState::Open)?;
    if !state.poll(poll)?.is_masked() {
        return Err(MaskError::NotMasked(poll));
    }
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let empty = || MaskError::EmptySlot { poll, nullifier: nullifier.to_hex() };
    let counted = listed.counted_ballot(nullifier).ok_or_else(empty)?;
    let slot = read_slot(state, poll, chamber, counted)?;
    let (instance, witness, posted) = UpdateDraft::mask(slot, &mut OsRng)?;
    require_context(frozen, witness.compute_context()?, poll, chamber)?;
    Ok(MaskDraft { instance, witness, posted, old: ReplacedBallot::from_posted(&counted.posted, counted.previous) })
}

/// Makes a mask of the ballot that counts in a slot: a package like that of any other update. Blocks the thread and
/// uses all cores.
///
/// # Errors
/// As [`draft_mask`], and `Keys`.
pub fn prove_mask(
    state: &ChainState,
    keys: &KeyRing,
    poll: PollId,
    chamber: ChamberId,
    nullifier: &Nullifier,
) -> Result<Package, MaskError> {
    let MaskDraft { instance, witness, posted, old } = draft_mask(state, poll, chamber, nullifier)?;
    let fingerprint = state.poll(poll)?.require_fingerprint()?;
    let proof = keys.prove(state.deployment.chain_id, instance, witness)?;
    let contents = Contents { record: BallotRecord { proof: proof_to_words(&proof), posted }, old: Some(old) };
    Ok(Package::new(&state.deployment, (poll, fingerprint), chamber, &contents))
}

/// Reads what an update needs to know of a slot, all of which is public.
///
/// # Errors
/// Returns `State`, `Parameters`, or `Rule` if the slot's ciphertext is of another size than the poll's.
pub fn read_slot(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    counted: &Ballot,
) -> Result<SlotContent, MaskError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let rule = ballot_parameters(entry, listed)?;
    let fits = size_for_options(rule.options) == Some(counted.posted.ciphertext.size());
    if !fits {
        let actual = counted.posted.ciphertext.size();
        return Err(RuleError::Length { expected: rule.options, actual }.into());
    }
    Ok(SlotContent {
        nullifier: counted.posted.nullifier,
        note: counted.posted.note,
        old: counted.posted.ciphertext.clone(),
        previous: counted.fingerprint(),
        root: frozen.root,
        scope: chamber_scope(state, poll, chamber)?,
        rule,
        keys: committee_keys(state, entry)?.clone(),
    })
}
