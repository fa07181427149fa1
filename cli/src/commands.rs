//! The subcommands: one module each, with its arguments and its implementation.

pub(crate) mod ceremony;
pub(crate) mod chamber;
pub(crate) mod committee;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod electorate;
pub(crate) mod enrol;
pub(crate) mod handing;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod poll;
pub(crate) mod relay;
pub(crate) mod reward;
pub(crate) mod sender;
pub(crate) mod serve;
pub(crate) mod tally;
pub(crate) mod trustee;
pub(crate) mod verify;
pub(crate) mod vote;

use crate::args::Command;
use crate::failure::Failure;
use crate::session::Session;

/// Runs a command and returns its exit code.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Demo(args) => demo::run(session, args).await,
        Command::Identity(command) => identity::run(session, command),
        Command::Sender(command) => sender::run(session, command),
        Command::Deploy(args) => deploy::run(session, args).await,
        Command::Chamber(command) => chamber::run(session, command).await,
        Command::Committee(command) => committee::run(session, command).await,
        Command::Enrol(args) => enrol::run(session, args).await,
        Command::Poll(command) => poll::run(session, command).await,
        Command::Vote(args) => vote::run(session, args).await,
        Command::Relay(args) => relay::run(session, args).await,
        Command::Reward(command) => reward::run(session, command).await,
        Command::Trustee(command) => trustee::run(session, command).await,
        Command::Tally(args) => tally::run(session, args).await,
        Command::Verify(args) => verify::run(session, args).await,
        Command::Keys(command) => keys::run(session, &command),
        Command::Ceremony(command) => tokio::task::block_in_place(|| ceremony::run(session, &command)),
        Command::Serve(args) => serve::run(session, args).await,
        Command::Worker(args) => serve::work(session, args).await,
        Command::Electorate(command) => electorate::run(session, command),
    }
}
