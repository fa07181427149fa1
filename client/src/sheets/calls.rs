//! What a DAO does about sheet polls and charters: each is a [`Call`], which its account sends or exports.

use psephos_chain::{Address, ChainError, Sent, U256};
use psephos_charter::agenda::SheetText;
use psephos_protocol::{
    identifiers::{CommitteeId, SheetId},
    sheet::{Form, hash_agenda},
};
use psephos_state::{
    B256, Cancellation, CharterStage, Deployment,
    bindings::{
        ICharters::{self, CharterEnacted, enactCall, setStageCall},
        ISheets::{self, SheetCreated},
    },
    fingerprint::hash_text,
    sheet::{AdoptionTerms, SheetChamberRule},
    words,
};

use crate::operator::{Call, find_event};

/// A sheet poll to create.
#[derive(Clone, Debug)]
pub struct NewSheet {
    /// Its question and its statements.
    pub text: SheetText,
    /// Its form; as many cells are used as there are statements.
    pub form: Form,
    /// The chambers that vote.
    pub chambers: Vec<SheetChamberRule>,
    /// How statements are adopted; `None` without a rule.
    pub adoption: Option<AdoptionTerms>,
    /// The committee that decrypts the totals.
    pub committee: CommitteeId,
    /// Who may cancel it; `None` if it cannot be cancelled.
    pub cancellation: Option<Cancellation>,
    /// Time from which it may be opened, in seconds since 1970.
    pub opens_at: u64,
    /// Time from which no sheet is accepted.
    pub closes_at: u64,
    /// Time until which it must be tallied.
    pub tally_deadline: u64,
}

/// Builds the call that creates a sheet poll. Its proposal is the hash of its text.
pub fn create_sheet_call(deployment: &Deployment, sheet: &NewSheet) -> Call {
    let metadata = sheet.text.to_json();
    let texts = sheet.text.agenda.statements().iter().map(|statement| statement.text.as_str());
    let (canceller, deadline) = sheet.cancellation.map_or((Address::ZERO, 0), |one| (one.canceller, one.deadline));
    let parameters = ISheets::SheetParameters {
        proposal: hash_text(&metadata),
        agenda: hash_agenda(texts).into(),
        metadata,
        // 16 or 40.
        size: u8::try_from(sheet.form.size()).unwrap_or(u8::MAX),
        form: ISheets::Form::from(&sheet.form),
        chambers: sheet.chambers.iter().map(|rule| (*rule).into()).collect(),
        adoption: AdoptionTerms::to_contract(sheet.adoption),
        committee: sheet.committee.get(),
        canceller,
        cancelDeadline: deadline,
        opensAt: sheet.opens_at,
        closesAt: sheet.closes_at,
        tallyDeadline: sheet.tally_deadline,
    };
    let chambers: Vec<String> = sheet.chambers.iter().map(|rule| rule.chamber.to_string()).collect();
    let description = format!(
        "create the sheet poll {:?} of {} statements in the chambers {}, under committee {}, open from {} to {} and \
         tallied until {} (times in seconds since 1970)",
        sheet.text.question,
        sheet.text.agenda.len(),
        chambers.join(", "),
        sheet.committee,
        sheet.opens_at,
        sheet.closes_at,
        sheet.tally_deadline
    );
    Call::new(deployment.sheets.sheets, &ISheets::createCall { parameters }, description)
}

/// Reads the number of the sheet poll that a transaction created.
///
/// # Errors
/// Returns `State` if it created none.
pub fn created_sheet(deployment: &Deployment, sent: &Sent) -> Result<SheetId, ChainError> {
    let event = find_event::<SheetCreated>(sent, deployment.sheets.sheets)?;
    Ok(words::to_sheet(event.sheet)?)
}

/// Builds the call that opens a sheet poll: anyone may.
pub fn open_sheet_call(deployment: &Deployment, sheet: SheetId) -> Call {
    let call = ISheets::openCall { sheet: U256::from(sheet.get()) };
    Call::new(deployment.sheets.sheets, &call, format!("open sheet poll {sheet}"))
}

/// Builds the call that cancels a sheet poll: its canceller may, for a while.
pub fn cancel_sheet_call(deployment: &Deployment, sheet: SheetId) -> Call {
    let call = ISheets::cancelCall { sheet: U256::from(sheet.get()) };
    Call::new(deployment.sheets.sheets, &call, format!("cancel sheet poll {sheet}"))
}

/// Builds the call that enacts the adopted statements of a finished sheet poll as the next version of the charter. The
/// owner of the contract sends it: the DAO's timelock.
pub fn enact_call(
    deployment: &Deployment,
    sheet: SheetId,
    parent: B256,
    expires_at: u64,
    hashes: [B256; 2],
    text: &SheetText,
) -> Call {
    let [model, policy] = hashes;
    let enactment = ICharters::Enactment {
        sheet: U256::from(sheet.get()),
        parent,
        expiresAt: expires_at,
        modelHash: model,
        policyHash: policy,
    };
    let texts = text.agenda.statements().iter().map(|statement| statement.text.clone()).collect();
    let description = format!(
        "enact what sheet poll {sheet} adopted as the version of the charter after {parent}, until {expires_at}"
    );
    Call::new(deployment.sheets.charters, &enactCall { enactment, texts }, description)
}

/// Reads number and hash of the version that a transaction enacted.
///
/// # Errors
/// Returns `State` if it enacted none.
pub fn enacted_version(deployment: &Deployment, sent: &Sent) -> Result<(u64, B256), ChainError> {
    let event = find_event::<CharterEnacted>(sent, deployment.sheets.charters)?;
    Ok((words::to_u64(event.number)?, event.charterHash))
}

/// Builds the call that sets how far the adoption of a version is; `None` for [`CharterStage::Retired`], which has a
/// call of its own and no way back.
pub fn set_stage_call(deployment: &Deployment, version: u64, stage: CharterStage) -> Option<Call> {
    let to = match stage {
        CharterStage::Shadow => ICharters::Stage::Shadow,
        CharterStage::Pilot => ICharters::Stage::Pilot,
        CharterStage::Live => ICharters::Stage::Live,
        CharterStage::Paused => ICharters::Stage::Paused,
        CharterStage::Retired => return None,
    };
    let call = setStageCall { number: U256::from(version), stage: to };
    Some(Call::new(deployment.sheets.charters, &call, format!("set version {version} of the charter to {stage}")))
}
