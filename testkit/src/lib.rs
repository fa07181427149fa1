#![doc = include_str!("../README.md")]
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be built fails the test that asks for it")]

mod account;
pub mod alteration;
#[cfg(feature = "deployment")]
mod deployment;
pub mod emitter;
mod faulty_node;
mod lying_node;
#[cfg(feature = "deployment")]
mod recording;
mod recording_proxy;
mod signer_double;
mod small_disk;
mod stub;
mod timelock;

pub use account::{FUNDS, create_funded_account};
#[cfg(feature = "deployment")]
pub use deployment::{CommitteeSize, HOUR, LocalDeployment, Member, Trustee};
pub use faulty_node::{Fault, FaultyNode, Received};
pub use lying_node::{LyingNode, RpcAnswer, RpcCall};
#[cfg(feature = "deployment")]
pub use recording::RecordedElection;
pub use recording_proxy::{ProxiedConnection, RecordedRequest, RecordingProxy};
pub use signer_double::{SignerDouble, SignerLie};
pub use small_disk::SmallDisk;
pub use stub::{StubDeployment, poll_parameters, stub_addresses};
pub use timelock::{Operation, Timelock};
