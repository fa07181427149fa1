#![doc = include_str!("../README.md")]

pub mod account;
pub mod files;
pub mod keystore;
pub mod operator;
pub mod parameters;
pub mod relayer;
pub mod remote;
pub mod reward;
pub mod secret_file;
pub mod tally;
pub mod trustee;
pub mod verify;
pub mod voter;

pub use account::Account;
pub use psephos_chain::{ChainError, Connection, LocalChain};
pub use psephos_exchange::{Circuits, Observer, Package, Phase, Silent};
pub use psephos_exchange::{ExchangeError, ballot as package, keys, progress};
pub use psephos_state::{ChainState, Deployment, StateError};

#[cfg(test)]
mod test_state;
