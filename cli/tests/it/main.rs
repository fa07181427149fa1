//! The command as its users run it, all tests in one program: they run beside each other, and are linked once.
//!
//! What a test does not tell the command it does not find: every test has a folder, an environment and a chain of its
//! own.

mod accounts;
mod bad_input;
mod ceremony;
mod charter;
mod charter_answers;
mod charter_chain;
mod charter_input;
mod committee_end;
mod demo;
mod exposure;
mod fees;
mod journal;
mod masked;
mod membership;
mod motion;
mod node;
mod oblivious;
mod proxies;
mod recorded_requests;
mod relayer;
mod restore;
mod rewards;
mod rounded;
mod scheduled_votes;
mod secrets;
mod senders;
mod service;
mod sources;
mod terminal;
mod timelock;
mod whole_poll;

#[path = "../support/organisation.rs"]
mod organisation;
#[path = "../support/running_relayer.rs"]
mod running_relayer;
#[path = "../support/running_service.rs"]
mod running_service;
#[path = "../support/mod.rs"]
mod support;
