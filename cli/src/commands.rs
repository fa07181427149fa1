//! The subcommands: one module each, with its arguments and its implementation.

pub(crate) mod ceremony;
pub(crate) mod chamber;
pub(crate) mod charter;
pub(crate) mod committee;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod documentation;
pub(crate) mod electorate;
pub(crate) mod enrol;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod ownership;
pub(crate) mod poll;
pub(crate) mod relay;
pub(crate) mod reward;
pub(crate) mod sender;
pub(crate) mod serve;
pub(crate) mod submission;
pub(crate) mod tally;
pub(crate) mod trustee;
pub(crate) mod verify;
pub(crate) mod vote;

use crate::args::RootCommand;
use crate::failure::Failure;
use crate::session::Session;

/// Runs a command and returns its exit code.
pub(crate) async fn run(session: &Session, command: RootCommand) -> Result<u8, Failure> {
    match command {
        RootCommand::Demo(args) => demo::run(session, args).await,
        RootCommand::Identity(command) => identity::run(session, command).await,
        RootCommand::Sender(command) => sender::run(session, command).await,
        RootCommand::Deploy(args) => deploy::run(session, args).await,
        RootCommand::Chamber(command) => chamber::run(session, command).await,
        RootCommand::Committee(command) => committee::run(session, command).await,
        RootCommand::Enrol(args) => enrol::run(session, args).await,
        RootCommand::Ownership(command) => ownership::run(session, command).await,
        RootCommand::Poll(command) => poll::run(session, command).await,
        RootCommand::Vote(args) => vote::run(session, *args).await,
        RootCommand::Relay(args) => relay::run(session, args).await,
        RootCommand::Reward(command) => reward::run(session, command).await,
        RootCommand::Trustee(command) => trustee::run(session, command).await,
        RootCommand::Tally(args) => tally::run(session, args).await,
        RootCommand::Verify(args) => verify::run(session, args).await,
        RootCommand::Keys(command) => keys::run(session, &command),
        RootCommand::Ceremony(command) => tokio::task::block_in_place(|| ceremony::run(session, &command)),
        RootCommand::Serve(args) => serve::run(session, args).await,
        RootCommand::Worker(args) => serve::run_worker(session, args).await,
        RootCommand::Completions(args) => documentation::print_completions(session, &args),
        RootCommand::Man(args) => documentation::write_manual(session, &args),
        RootCommand::Electorate(command) => electorate::run(session, command),
        RootCommand::Charter(command) => charter::run(session, &command).await,
    }
}
