#![doc = include_str!("../README.md")]
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be built fails the test that asks for it")]

mod account;
#[cfg(feature = "deployment")]
mod deployment;
pub mod emitter;
mod lying_node;
mod stub;
mod timelock;

pub use account::{FUNDS, create_funded_account};
#[cfg(feature = "deployment")]
pub use deployment::{CommitteeSize, HOUR, LocalDeployment, Member, Trustee};
pub use lying_node::{LyingNode, RpcAnswer, RpcCall};
pub use stub::{StubDeployment, poll_parameters, stub_addresses};
pub use timelock::{Operation, Timelock};
