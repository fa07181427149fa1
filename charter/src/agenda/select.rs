//! The agenda of a conversation: its most answered statements, and the participants as voters.

use std::collections::{HashMap, hash_map::Entry};

use super::{Agenda, AgendaError, AgendaStatement};
use crate::{
    MAX_STATEMENTS,
    answers::{Answer, Row},
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
    let is_moderated = |position: &usize| export.statements[*position].moderated >= options.least_moderation;
    let moderated: Vec<usize> = (0..export.statements.len()).filter(is_moderated).collect();
    let is_answered = |participant: &Participant, position: usize| participant.answers[position].is_some();
    let count_answers =
        |participant: &Participant| moderated.iter().filter(|position| is_answered(participant, **position)).count();
    let mut participants: Vec<&Participant> =
        export.participants.iter().filter(|participant| count_answers(participant) >= options.least_answers).collect();
    if participants.is_empty() {
        return Err(SelectionError::NoVoters(options.least_answers));
    }
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
    sort_by_lot(&mut participants, |participant| participant.id);
    let take = |participant: &Participant| -> Vec<Option<Answer>> {
        chosen.iter().map(|position| participant.answers[*position]).collect()
    };
    let voters = participants.into_iter().map(|participant| Voter {
        participant: participant.id,
        group: participant.group,
        answers: take(participant),
    });
    Ok(Selection { voters: voters.collect(), agenda, repeated })
}
