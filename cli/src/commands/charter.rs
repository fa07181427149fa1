//! `psephos charter`: from a conversation to an agenda, an axis and answers; sheet polls on an agenda, and the charter
//! that follows from them; and the check of a charter in a prompt.

pub(crate) mod answer;
pub(crate) mod ask;
mod axis;
mod check;
mod create;
mod enact;
mod import;
mod inputs;
mod notices;
mod pilot;
mod sheet;
mod simulate;
mod tally;
mod totals;
mod versions;

use clap::Subcommand;

use crate::failure::Failure;
use crate::session::Session;

pub(crate) use inputs::read_text;

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
    /// Create a sheet poll: the statements of an agenda on one ballot
    Create(Box<create::CreateArgs>),
    /// Open a sheet poll: freeze the census roots of its chambers
    Open(tally::SheetArgs),
    /// Cancel a sheet poll, from the account that it names for this, before its cancel deadline
    Cancel(tally::CancelArgs),
    /// Compute the turnout and the totals from decryption shares, submit them, and end the sheet poll
    Tally(tally::SheetArgs),
    /// Enact what a finished sheet poll adopted as the next version of the charter
    Enact(enact::EnactArgs),
    /// Set how far the adoption of a version is
    Stage(enact::StageArgs),
    /// Write a version of the charter as a document for a prompt, or as lines of JSON
    Export(versions::ExportVersionArgs),
    /// Check that a prompt holds the charter in force, or the one with a hash, unchanged; exit code 1 if not
    Check(check::CheckArgs),
    /// Show the versions and the sheet polls of the chain, one sheet poll, or the charter of a document
    Show(check::ShowArgs),
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: &CharterCommand) -> Result<u8, Failure> {
    match command {
        CharterCommand::Import(args) => import::run(session, args),
        CharterCommand::Pilot(args) => pilot::run(session, args),
        CharterCommand::Axis(args) => axis::run(session, args),
        CharterCommand::Simulate(args) => simulate::run(session, args),
        CharterCommand::Answer(args) => answer::run(session, args),
        CharterCommand::Create(args) => create::run(session, args).await,
        CharterCommand::Open(args) => tally::open_sheet(session, args).await,
        CharterCommand::Cancel(args) => tally::cancel_sheet(session, args).await,
        CharterCommand::Tally(args) => tally::tally(session, args).await,
        CharterCommand::Enact(args) => enact::enact(session, args).await,
        CharterCommand::Stage(args) => enact::set_stage(session, args).await,
        CharterCommand::Export(args) => versions::export(session, args).await,
        CharterCommand::Check(args) => check::check_prompt(session, args).await,
        CharterCommand::Show(args) => check::show_charter(session, args).await,
    }
}
