//! Rewards for sheets: as those for ballots, by a contract of their own, with the same amount for every sheet. A note
//! of a sheet holds the weight 1 and no answers, so the smallest claim circuit pays it, and an amount can say nothing.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    constants::BATCH_NOTES,
    context,
    elements::NoteCommitment,
    identifiers::{ChamberId, PollId, SheetId},
    note::NoteOpening,
    nullifier,
    reward::Policy,
    statement::{
        claim::{ClaimDraft, ClaimTerms},
        sheet::NOTED_CHOICES,
    },
    weight::Weight,
};
use psephos_state::{
    ChainState, Claim, Deployment, Reward, StateError,
    sheet::{CastSheet, SheetChamber},
};
use psephos_submission::{proofs::proof_to_words, verifiers::check_contracts};
use rand::rngs::OsRng;

use super::SheetsError;
use crate::{
    KeyRing,
    operator::Call,
    parameters::inconsistent,
    progress::{Observer, Phase},
    reward::{self, ClaimPackage, NewReward, Payout, RewardError, SealedNote},
    voter::Voter,
};

/// Returns a deployment whose rewards are those of sheets: the calls of rewards are the same, and what they bind.
fn of_sheets(deployment: &Deployment) -> Deployment {
    let rewards = deployment.sheets.rewards;
    Deployment { rewards, ..deployment.clone() }
}

/// Returns the number that the contract of rewards has for a sheet poll.
fn number_of(sheet: SheetId) -> PollId {
    PollId::new(sheet.get())
}

/// Builds the calls that set the reward of a sheet poll and fund its pool, before it opens. `new.poll` is ignored.
///
/// # Errors
/// Returns `Reward` with `Policy`; the contract refuses a policy with a bonus or by weight.
pub fn sheet_reward_calls(
    deployment: &Deployment,
    sheet: SheetId,
    new: &NewReward,
    amount: U256,
) -> Result<Vec<Call>, SheetsError> {
    let (deployment, poll) = (of_sheets(deployment), number_of(sheet));
    let create = reward::create_reward_call(&deployment, &NewReward { poll, ..new.clone() })?;
    let fund = reward::fund_reward_calls(&deployment, new.token, poll, amount);
    Ok(std::iter::once(create).chain(fund).collect())
}

/// Seals the notes of the sheets that count, as far as they are not sealed yet, once the sheet poll has closed. Anyone
/// may.
///
/// # Errors
/// Returns `Reward`, or `Chain` with `Inconsistent` if sealed notes are not those of the sheets that count.
pub async fn seal_sheet_notes(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    sheet: SheetId,
    observer: &dyn Observer,
) -> Result<Vec<Sent>, SheetsError> {
    let rewards = state.deployment.sheets.rewards;
    check_contracts(circuits, connection, &state.deployment, &[Name::Notes]).await?;
    let entry = require_reward(state, sheet)?;
    let mut due = Vec::new();
    for (&chamber, batches) in &entry.batches {
        let (listed, _) = state.opened_sheet_chamber(sheet, chamber)?;
        let sheets = sheets_by_ordinal(listed);
        rebuild_notes(entry, chamber, &sheets)?;
        let rest = sheets.get(entry.sealed_notes(chamber)..).unwrap_or_default();
        for (index, part) in rest.chunks(BATCH_NOTES).enumerate() {
            due.push((chamber, batches.len() + index, part.to_vec()));
        }
    }
    observer.begin(Phase::Seal, due.len() as u64);
    let mut sealed = Vec::new();
    for (chamber, batch, sheets) in due {
        let items: Vec<SealedNote> = sheets.iter().map(|cast| SealedNote::of_sheet(cast)).collect();
        let place = (state.deployment.chain_id, rewards);
        let call = reward::build_call(circuits, place, number_of(sheet), chamber, batch, &items)?;
        match connection.send_call(rewards, &call).await {
            Ok(sent) => sealed.push(sent),
            // Anyone may seal, and someone else did.
            Err(error) if matches!(error.revert_name(), Some("WrongBatchLength" | "WrongNote")) => {}
            Err(error) => return Err(error.into()),
        }
        observer.advance(Phase::Seal, 1);
    }
    observer.end(Phase::Seal);
    Ok(sealed)
}

/// Opens the claims of a sheet poll. Anyone may.
///
/// # Errors
/// Returns `Reverted` with `PollHasNotEnded`, `NotSealed`, `InsufficientPool`, .., or another [`ChainError`].
pub async fn open_sheet_claims(
    connection: &Connection,
    deployment: &Deployment,
    sheet: SheetId,
) -> Result<Sent, ChainError> {
    reward::open_claims(connection, &of_sheets(deployment), number_of(sheet)).await
}

/// Proves a claim for the voter's sheet that counts. The chain learns the reward nullifier, the amount and the chamber,
/// and nothing else.
///
/// # Errors
/// Returns `Reward` with `AlreadyClaimed`, `FeeTooHigh` or `Terms`; `NotMember`, `NoSheet`; `Keys`; and `Chain` with
/// `Inconsistent` if the sealed notes are not those of the sheets that count.
pub fn prove_sheet_claim(
    state: &ChainState,
    circuits: &KeyRing,
    voter: Voter<'_>,
    (sheet, chamber): (SheetId, ChamberId),
    payout: Payout,
) -> Result<ClaimPackage, SheetsError> {
    let (entry, poll) = (require_reward(state, sheet)?, number_of(sheet));
    let (listed, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let (identity, ctx) = (voter.identity, frozen.ctx);
    let (id, nk) = (identity.commitment(), identity.nullifier_key());
    let reward_nullifier = nullifier::derive_reward_nullifier(&nk, &id, ctx);
    if entry.is_claimed(chamber, &reward_nullifier) {
        return Err(RewardError::AlreadyClaimed { poll, chamber }.into());
    }
    let cast = listed.counted_sheet(&nullifier::derive_nullifier(&nk, &id, ctx));
    let cast = cast.ok_or(SheetsError::NoSheet { sheet })?;
    let first = cast.posted.ciphertext.blocks().first().ok_or_else(|| inconsistent("a sheet without a turnout"))?;
    let blinder = identity.derive_note_blinder(ctx, &first.c);
    let opening = NoteOpening { weight: Weight::MIN, x: NOTED_CHOICES.to_vec(), blinder };
    if opening.compute_note(&id, ctx) != Ok(cast.posted.note) {
        return Err(SheetsError::OtherSoftware { sheet });
    }
    let nothing = || psephos_submission::reward::RewardError::NothingPaid { poll, chamber };
    let policy: Policy = entry
        .chamber_policy(chamber, false)
        .ok_or_else(nothing)
        .map_err(RewardError::from)?
        .map_err(|error| RewardError::from(psephos_submission::reward::RewardError::from(error)))?;
    let amount = policy.compute_amount(opening.weight, &opening.x);
    if payout.fee > U256::from(amount).saturating_mul(entry.unit()) {
        return Err(RewardError::FeeTooHigh { fee: payout.fee, amount, unit: entry.unit() }.into());
    }
    let tree = rebuild_notes(entry, chamber, &sheets_by_ordinal(listed))?;
    let (batch, index) =
        tree.find_note(cast.posted.note).ok_or_else(|| inconsistent("the note is in no sealed batch"))?;
    let path = tree.prove_note(batch, index).map_err(inconsistent)?;
    let (deployment, relayer) = (of_sheets(&state.deployment), payout.relayer.unwrap_or_default());
    let [vault, recipient, payee] = [deployment.rewards, payout.recipient, relayer].map(Address::into_array);
    let fee = payout.fee.to_be_bytes();
    let binding = context::derive_claim_binding(deployment.chain_id, vault, recipient, payee, fee);
    let draft = ClaimDraft::new(identity.authorising_key(), nk, opening, path, ClaimTerms { ctx, policy, binding });
    let draft = draft.map_err(RewardError::from)?;
    let signature = identity.sign(draft.message(), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(signature);
    let proof = circuits.prove(deployment.chain_id, instance, witness)?;
    let claim = Claim {
        reward_nullifier: posted.reward_nullifier,
        amount: U256::from(posted.amount),
        recipient: payout.recipient,
        relayer,
        fee: payout.fee,
        h: posted.h,
        proof: proof_to_words(&proof),
    };
    Ok(ClaimPackage::new(&deployment, poll, chamber, &claim))
}

fn require_reward(state: &ChainState, sheet: SheetId) -> Result<&Reward, StateError> {
    let reward = state.sheet_rewards.get(&sheet).map(AsRef::as_ref);
    reward.ok_or(StateError::NoReward { poll: number_of(sheet) })
}

/// Returns the sheets that count, ordered by the ordinals of their nullifiers: the order in which notes are sealed.
fn sheets_by_ordinal(listed: &SheetChamber) -> Vec<&CastSheet> {
    let mut sheets: Vec<&CastSheet> = listed.counted_sheets().collect();
    sheets.sort_by_key(|cast| cast.ordinal);
    sheets
}

fn rebuild_notes(
    entry: &Reward,
    chamber: ChamberId,
    sheets: &[&CastSheet],
) -> Result<psephos_protocol::note::NotesTree, StateError> {
    let notes: Vec<NoteCommitment> = sheets.iter().map(|cast| cast.posted.note).collect();
    entry.rebuild_notes_tree(chamber, &notes).map_err(StateError::Inconsistent)
}
