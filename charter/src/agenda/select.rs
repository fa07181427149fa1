//! The agenda of a conversation: its most answered statements, and the participants as voters.

use std::collections::{HashMap, hash_map::Entry};

use super::{Agenda, AgendaError, AgendaStatement};
use crate::{
    MAX_STATEMENTS,
    answers::Row,
    lot::sort_by_lot,
    polis::{Export, Participant},
};

/// Which statements and participants are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionOptions {
    /// Greatest number of statements.
    pub statements: usize,
    /// Least moderation: 0 takes what moderators did not reject, 1 what they accepted, -1 everything.
    pub least_moderation: i8,
    /// Least number of moderated statements that a participant must have answered to be a voter.
    pub least_answers: usize,
}

impl Default for SelectionOptions {
    /// 40 statements that moderators did not reject, of participants with at least 7 answers, the number from which
    /// Polis puts a participant in a group.
    fn default() -> Self {
        Self { statements: MAX_STATEMENTS, least_moderation: 0, least_answers: 7 }
    }
}

/// A participant as a voter on an agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voter {
    /// Its number in the conversation.
    pub participant: u64,
    /// Its opinion group there.
    pub group: Option<u64>,
    /// Its answers, in the order of the agenda.
    pub answers: Row,
}

/// An agenda with its voters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The statements, by ascending number.
    pub agenda: Agenda,
    /// The voters in the order of the lot: a pilot is the first of them.
    pub voters: Vec<Voter>,
    /// Statements that were passed over because a more answered one has the same text: their number, and that one's.
    pub repeated: Vec<(u64, u64)>,
}

/// A conversation from which no agenda follows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No participant has answered enough.
    #[error("no participant answered {0} of the moderated statements: ask for fewer answers, or for less moderation")]
    NoVoters(usize),
    /// The statements are no agenda: none was answered.
    #[error("the selected statements are no agenda: {0}")]
    Agenda(#[from] AgendaError),
    /// A statement of the agenda is none of the conversation's.
    #[error("statement {id} of the agenda is none of the export's: take the export from which the agenda was made")]
    Unknown {
        /// Its number.
        id: u64,
    },
    /// A statement of the agenda has another text in the conversation.
    #[error(
        "statement {id} has another text in the agenda than in the export: take the export from which the agenda was \
         made, or make the agenda again"
    )]
    OtherText {
        /// Its number.
        id: u64,
    },
}

/// Selects the most answered statements and the voters.
///
/// Of the statements with enough moderation, those with most answers of the voters are taken (agree, disagree and pass
/// alike; of equally many the one with the smaller number) and put in order of their numbers. A statement that no voter
/// answered is not taken, nor one with the text of another that is. Participants with too few answers are no voters,
/// and their answers do not count.
///
/// # Errors
/// [`SelectionError`], if nothing is left.
pub fn select_agenda(export: &Export, options: &SelectionOptions) -> Result<Selection, SelectionError> {
    let moderated = list_moderated(export, options);
    let participants = list_voters(export, &moderated, options)?;
    let counts = moderated.iter().map(|&position| {
        let answers = participants.iter().filter(|participant| is_answered(participant, position)).count();
        (std::cmp::Reverse(answers), position)
    });
    let mut counts: Vec<_> = counts.filter(|(answers, _)| answers.0 > 0).collect();
    counts.sort_unstable();
    let (mut taken, mut chosen, mut repeated) = (HashMap::new(), Vec::new(), Vec::new());
    for (_, position) in counts {
        if chosen.len() >= options.statements {
            break;
        }
        let statement = &export.statements[position];
        match taken.entry(statement.text.as_str()) {
            Entry::Occupied(first) => repeated.push((statement.id, *first.get())),
            Entry::Vacant(place) => {
                place.insert(statement.id);
                chosen.push(position);
            }
        }
    }
    chosen.sort_unstable();
    let statements = chosen.iter().map(|position| &export.statements[*position]);
    let statements =
        statements.map(|statement| AgendaStatement { id: statement.id, text: statement.text.clone() }).collect();
    let agenda = Agenda::new(statements)?;
    let voters = draw_voters(participants, &chosen);
    Ok(Selection { voters, agenda, repeated })
}

/// Returns the voters on a given agenda in the order of the lot, the same that [`select_agenda`] returns with the same
/// options: what a pilot and an outcome are computed from once an agenda is a file.
///
/// # Errors
/// [`SelectionError`], if a statement of the agenda is not, or not with this text, in the export, or no one answered
/// enough.
pub fn select_voters(
    export: &Export,
    agenda: &Agenda,
    options: &SelectionOptions,
) -> Result<Vec<Voter>, SelectionError> {
    let places: HashMap<u64, usize> =
        export.statements.iter().enumerate().map(|(position, statement)| (statement.id, position)).collect();
    let find = |statement: &AgendaStatement| {
        let id = statement.id;
        let position = *places.get(&id).ok_or(SelectionError::Unknown { id })?;
        let same = export.statements[position].text == statement.text;
        if same { Ok(position) } else { Err(SelectionError::OtherText { id }) }
    };
    let chosen: Vec<usize> = agenda.statements().iter().map(find).collect::<Result<_, _>>()?;
    let participants = list_voters(export, &list_moderated(export, options), options)?;
    Ok(draw_voters(participants, &chosen))
}

/// Lists the positions of the statements with enough moderation.
fn list_moderated(export: &Export, options: &SelectionOptions) -> Vec<usize> {
    let is_moderated = |position: &usize| export.statements[*position].moderated >= options.least_moderation;
    (0..export.statements.len()).filter(is_moderated).collect()
}

/// Lists the participants who answered enough of the moderated statements.
fn list_voters<'a>(
    export: &'a Export,
    moderated: &[usize],
    options: &SelectionOptions,
) -> Result<Vec<&'a Participant>, SelectionError> {
    let count_answers =
        |participant: &Participant| moderated.iter().filter(|position| is_answered(participant, **position)).count();
    let participants: Vec<&Participant> =
        export.participants.iter().filter(|participant| count_answers(participant) >= options.least_answers).collect();
    if participants.is_empty() { Err(SelectionError::NoVoters(options.least_answers)) } else { Ok(participants) }
}

fn is_answered(participant: &Participant, position: usize) -> bool {
    participant.answers[position].is_some()
}

/// Sorts participants by the lot and takes their answers to the statements at these positions.
fn draw_voters(mut participants: Vec<&Participant>, chosen: &[usize]) -> Vec<Voter> {
    sort_by_lot(&mut participants, |participant| participant.id);
    let take = |participant: &Participant| -> Row { chosen.iter().map(|at| participant.answers[*at]).collect() };
    let voters = participants.into_iter().map(|participant| Voter {
        participant: participant.id,
        group: participant.group,
        answers: take(participant),
    });
    voters.collect()
}
