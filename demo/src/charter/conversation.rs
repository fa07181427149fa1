//! The conversation that the demonstration plays: its statements, its voters with their real answers, and the axis of a
//! pilot.

use std::fs::File;

use psephos_charter::{
    MAX_STATEMENTS,
    agenda::{SelectionOptions, SheetText, Voter, select_agenda},
    axis::AxisFile,
    hash::Hash32,
    mechanisms::ChamberMask,
    outcome::{AdoptionRule, ChamberTotals, Outcome, count_answers, decide_by_plain_majority, decide_outcomes},
    pilot::Pilot,
    polis::{PolisError, PolisFile, read_export},
};
use psephos_protocol::{
    constants::SHEET_SIZES,
    elements::PilotHash,
    field,
    sheet::{Axis, Form, FormKind},
};

use super::CharterConfig;
use crate::error::ConversationError;

/// The question of the sheet poll.
const QUESTION: &str = "Do you agree with these statements?";

/// A conversation, ready to be voted on.
pub(super) struct Conversation {
    /// Question and statements.
    pub(super) text: SheetText,
    /// The voters with their real answers, in the order of the lot.
    pub(super) voters: Vec<Voter>,
    /// The number of all people who would be voters.
    pub(super) all_voters: usize,
    /// The hash of the pilot.
    pub(super) pilot: Hash32,
    /// The form of the sheet, with the pilot's axis.
    pub(super) form: Form,
    /// What the plain computation gives: the totals by camp.
    pub(super) totals: ChamberTotals,
    /// What it adopts.
    pub(super) outcomes: Vec<Outcome>,
    /// What a plain majority would adopt.
    pub(super) plain: Vec<bool>,
}

/// Reads an export, draws the pilot and the voters by lot, and computes what must come out.
///
/// # Errors
/// Returns why the export has no agenda, no axis, or too few voters.
pub(super) fn read_conversation(config: &CharterConfig) -> Result<Conversation, ConversationError> {
    let open =
        |file: PolisFile| File::open(config.polis.join(file.name())).map_err(|source| PolisError::Io { file, source });
    let export = read_export(open(PolisFile::Comments)?, open(PolisFile::Votes)?)?;
    let options = SelectionOptions {
        statements: MAX_STATEMENTS,
        least_moderation: config.least_moderation,
        least_answers: config.min_answers,
    };
    let selection = select_agenda(&export, &options)?;
    let (agenda, mut voters) = (selection.agenda, selection.voters);
    let all_voters = voters.len();
    if all_voters < config.pilot {
        return Err(ConversationError::SmallPilot { voters: all_voters, pilot: config.pilot });
    }
    // The pilot is drawn by the same lot: its people are the first of the voters.
    let pilot = Pilot::new(voters.iter().take(config.pilot).map(|voter| voter.answers.clone()).collect())?;
    let axis = AxisFile::learn(&agenda, &pilot)?;
    if let Some(most) = config.voters {
        if most > all_voters {
            return Err(ConversationError::FewVoters { voters: all_voters, asked: most });
        }
        voters.truncate(most);
    }
    let rows = || voters.iter().map(|voter| voter.answers.as_slice());
    let totals = count_answers(&axis.axis, rows())?;
    let chamber = ChamberMask::of(&[0]).map_err(psephos_charter::outcome::OutcomeError::from)?;
    let rule = AdoptionRule::new(config.theta, config.quorum, chamber)?;
    let chambers = std::slice::from_ref(&totals);
    let (outcomes, plain) = (decide_outcomes(&rule, chambers)?, decide_by_plain_majority(&rule, chambers)?);
    let form = build_form(&axis)?;
    Ok(Conversation {
        text: SheetText::new(QUESTION, agenda)?,
        voters,
        all_voters,
        pilot: pilot.hash(),
        form,
        totals,
        outcomes,
        plain,
    })
}

/// Returns the form of the smallest sheet that the axis' statements fit, with the axis.
fn build_form(file: &AxisFile) -> Result<Form, ConversationError> {
    let count = file.axis.len();
    let size = SHEET_SIZES.into_iter().find(|size| count <= *size).unwrap_or(MAX_STATEMENTS);
    let weights = file.axis.agree().iter().zip(file.axis.disagree()).map(|(agree, disagree)| [*agree, *disagree]);
    let pilot = field::from_bytes(&file.pilot.to_element().0).map(PilotHash::from_fr);
    let pilot = pilot.map_err(|error| ConversationError::Pilot(error.to_string()))?;
    let axis = Axis { weights: weights.collect(), threshold: file.axis.threshold(), pilot };
    Ok(Form::new(size, count, FormKind::Statements { camps: Some(axis) })?)
}
