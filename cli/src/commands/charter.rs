//! `psephos charter`: from a conversation to an agenda, an axis and answers, and the check of a charter. No command
//! needs a node.

mod answer;
mod ask;
mod axis;
mod check;
mod import;
mod inputs;
mod notices;
mod pilot;
mod simulate;

use clap::Subcommand;

use crate::failure::Failure;
use crate::session::Session;

/// Subcommands of `charter`.
#[derive(Debug, Subcommand)]
pub(crate) enum CharterCommand {
    /// Make an agenda of the most answered statements of a Polis conversation
    Import(import::ImportArgs),
    /// Draw a pilot by lot from an export, for demonstrations; a real pilot is drawn among the members
    Pilot(pilot::PilotArgs),
    /// Compute the axis of an agenda from a pilot, or compute one again and compare it
    Axis(axis::AxisArgs),
    /// Compute on public answers what a poll would adopt: a computation, not a vote
    Simulate(simulate::SimulateArgs),
    /// Answer the statements of an agenda one after the other, or check a file of answers
    Answer(answer::AnswerArgs),
    /// Check that a prompt holds the charter with this hash, unchanged; exit code 1 if not
    Check(check::CheckArgs),
    /// Show the charter of a document
    Show(check::ShowArgs),
}

/// Runs the command.
pub(crate) fn run(session: &Session, command: &CharterCommand) -> Result<u8, Failure> {
    match command {
        CharterCommand::Import(args) => import::run(session, args),
        CharterCommand::Pilot(args) => pilot::run(session, args),
        CharterCommand::Axis(args) => axis::run(session, args),
        CharterCommand::Simulate(args) => simulate::run(session, args),
        CharterCommand::Answer(args) => answer::run(session, args),
        CharterCommand::Check(args) => check::check_prompt(session, args),
        CharterCommand::Show(args) => check::show_charter(session, args),
    }
}
