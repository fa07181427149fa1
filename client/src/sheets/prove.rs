//! A voter's sheet: from answers to a package that anyone may send.

use psephos_charter::answers::Answer as CharterAnswer;
use psephos_protocol::{
    context,
    fingerprint::PollFingerprint,
    identifiers::{ChamberId, SheetId},
    identity::Identity,
    nullifier,
    sheet::{Answer, Answers},
    statement::sheet::{PostedSheet, SheetDraft, UnsignedWitness},
};
use psephos_prover::Proof;
use psephos_state::{
    ChainState, Deployment, SheetState, StateError,
    sheet::record::{ReplacedSheet, SheetRecord},
};
use psephos_submission::proofs::proof_to_words;
use psephos_wire::{SheetPackage, proof::Statement, sheet::SheetContents, with_statement};
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::{SheetsError, read_sheet_text};
use crate::{KeyRing, parameters::inconsistent, progress::Observer, remote::Provers, voter::Voter};

/// A signed sheet that is not proved yet. It holds the answers: without `Debug`.
pub struct SheetVote {
    sheet: (SheetId, PollFingerprint),
    chamber: ChamberId,
    deployment: Deployment,
    statement: Statement,
    posted: PostedSheet,
    old: Option<ReplacedSheet>,
}

impl SheetVote {
    /// Whether it replaces a sheet.
    pub fn replaces(&self) -> bool {
        self.old.is_some()
    }
}

/// Prepares and signs a sheet of statements: finds the voter's leaf in the frozen census, encrypts the answers, and
/// takes the sheet that it replaces from the chain. `None` as an answer counts like a pass.
///
/// With `replace`, the voter's earlier sheet is replaced; without, there must be none.
///
/// # Errors
/// Returns `Chain` with `UnknownSheetChamber`, with `WrongSheetState` if the sheet poll is not open, or with
/// `Inconsistent` if the chain's context is not that of its own events; `UnreadableText` or `OtherAgenda` if its
/// statements are not those that sheets are bound to; `Voter` if the account or the identity is no member's;
/// `AlreadyVoted`, `NothingToReplace`; `Answers`.
pub fn prepare_sheet(
    state: &ChainState,
    voter: Voter<'_>,
    sheet: SheetId,
    chamber: ChamberId,
    answers: &[Option<CharterAnswer>],
    replace: bool,
) -> Result<SheetVote, SheetsError> {
    let entry = state.sheet(sheet)?;
    state.require_sheet_state(sheet, SheetState::Open)?;
    let text = read_sheet_text(sheet, entry)?;
    let (listed, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let (identity, account) = (voter.identity, voter.account);
    let id = identity.commitment();
    let member = match frozen.chamber.members.get(&account) {
        Some(member) if member.id == id => member,
        Some(_) => return Err(SheetsError::OtherIdentity { sheet, chamber, account }),
        None => return Err(SheetsError::NotMember { sheet, chamber, account }),
    };
    if answers.len() != text.agenda.len() {
        return Err(SheetsError::OtherCount { sheet, statements: text.agenda.len(), cells: answers.len() });
    }
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &id, frozen.ctx);
    let counted = match (listed.counted_sheet(&nullifier), replace) {
        (Some(_), false) => return Err(SheetsError::AlreadyVoted { sheet }),
        (None, true) => return Err(SheetsError::NothingToReplace { sheet }),
        (counted, _) => counted,
    };
    let old = counted.map(|cast| ReplacedSheet::from_posted(&cast.posted, cast.previous));
    let previous = old.as_ref().map_or([0; 32], ReplacedSheet::fingerprint);
    let form = entry.form()?.clone();
    let cells = Zeroizing::new(answers.iter().map(|answer| to_cell(*answer)).collect::<Vec<_>>());
    let fingerprint = entry.require_fingerprint()?;
    let keys = state.committee(entry.parameters.committee)?.keys.clone();
    let keys = keys.ok_or_else(|| inconsistent("the sheet poll was opened, but its committee has no keys"))?;
    let draft = SheetDraft::new(UnsignedWitness {
        ak: identity.authorising_key(),
        nk: identity.nullifier_key(),
        weight: member.weight,
        membership: frozen.chamber.census.prove_membership(member.index).map_err(inconsistent)?,
        scope: context::derive_scope(fingerprint, chamber),
        answers: Answers::new(&form, cells.to_vec()),
        randomness: identity.draw_sheet_randomness(frozen.ctx, form.size(), &mut OsRng),
        form,
        keys,
    })?;
    if draft.ctx() != frozen.ctx {
        let [in_force, given] = [frozen.ctx, draft.ctx()].map(|ctx| ctx.to_hex());
        return Err(inconsistent(format_args!(
            "sheet poll {sheet}, chamber {chamber}: the context in force is {in_force}, its events give {given}"
        ))
        .into());
    }
    let signature = identity.sign(draft.message(previous), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(previous, signature);
    let (statement, deployment) = (Statement::Sheet(instance, witness), state.deployment.clone());
    Ok(SheetVote { sheet: (sheet, fingerprint), chamber, deployment, statement, posted, old })
}

/// Proves a sheet. Blocks the thread and uses all cores.
///
/// # Errors
/// Returns `Keys` if the sheet cannot be proved or its circuit's key cannot be used.
pub fn prove_sheet(circuits: &KeyRing, vote: SheetVote) -> Result<SheetPackage, SheetsError> {
    let SheetVote { sheet, chamber, deployment, statement, posted, old } = vote;
    let chain_id = deployment.chain_id;
    let proof = with_statement!(statement, (instance, witness) => circuits.prove(chain_id, instance, witness))?;
    Ok(build_package(&deployment, sheet, chamber, &proof, posted, old))
}

/// Has a sheet proved elsewhere: by one service, which learns the answers, or by two, of which neither does. The proof
/// is verified here.
///
/// # Errors
/// Returns `Remote` or `Keys`.
pub async fn prove_sheet_remotely(
    provers: &Provers,
    circuits: &KeyRing,
    vote: SheetVote,
    observer: &dyn Observer,
) -> Result<SheetPackage, SheetsError> {
    let SheetVote { sheet, chamber, deployment, statement, posted, old } = vote;
    let proof = provers.prove_statement(circuits, deployment.chain_id, statement, observer).await?;
    Ok(build_package(&deployment, sheet, chamber, &proof, posted, old))
}

/// Whether a voter's sheet counts. With `expected`, the public part of a package, only that one will do: a relayer that
/// withholds a replacement leaves the old sheet counting.
///
/// # Errors
/// Returns `UnknownSheet`, `UnknownSheetChamber`, or `WrongSheetState` before the sheet poll is opened.
pub fn is_sheet_counted(
    state: &ChainState,
    identity: &Identity,
    sheet: SheetId,
    chamber: ChamberId,
    expected: Option<&PostedSheet>,
) -> Result<bool, StateError> {
    let (listed, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    let counted = listed.counted_sheet(&nullifier);
    Ok(counted.is_some_and(|cast| expected.is_none_or(|posted| cast.posted == *posted)))
}

fn to_cell(answer: Option<CharterAnswer>) -> Answer {
    match answer {
        Some(CharterAnswer::Agree) => Answer::Agree,
        Some(CharterAnswer::Disagree) => Answer::Disagree,
        Some(CharterAnswer::Pass) | None => Answer::Pass,
    }
}

fn build_package(
    deployment: &Deployment,
    sheet: (SheetId, PollFingerprint),
    chamber: ChamberId,
    proof: &Proof,
    posted: PostedSheet,
    old: Option<ReplacedSheet>,
) -> SheetPackage {
    let contents = SheetContents { record: SheetRecord { proof: proof_to_words(proof), posted }, old };
    SheetPackage::new(deployment, sheet, chamber, &contents)
}
