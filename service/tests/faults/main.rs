//! The table of faults: what is broken, how the service recovers from it without an operator, and the test that breaks
//! it. Each test prints how long the recovery took.
//!
//! | what is broken | what the service does | tests |
//! |---|---|---|
//! | the disk is full for a while | accepts nothing, is not ready, opens its files again | [`disk_full`] |
//! | clients do not read their answers | closes them; who stands still gives way to others | [`connections`] |
//! | SIGTERM while event streams are open | ends each stream at once, with a `retry` time | [`shutdown`] |
//! | the node has an empty chain | keeps what was final, is not ready, keeps asking | [`lost_chain`] |
//! | the NATS server is gone | refuses at once, is not ready, connects again | [`nats`] |
//! | the machine's clock is set back | follows it forwards only, also after a restart | [`clock`] |
//! | a component cannot continue | the process ends with a reason, for a supervisor | [`ended`] |
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod clock;
mod connections;
mod disk_full;
mod ended;
mod fixture;
#[allow(dead_code, reason = "shared with the tests of the relayer")]
#[path = "../relayer/harness.rs"]
mod harness;
#[allow(dead_code, unused_imports, reason = "shared with the tests of the relayer")]
#[path = "../relayer/local_system.rs"]
mod local_system;
mod lost_chain;
mod nats;
mod shutdown;
#[allow(dead_code, reason = "shared with the tests over loopback")]
#[path = "../it/support.rs"]
mod support;
