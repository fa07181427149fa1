//! Input and output with a node, each test on a chain of its own.

mod code;
mod create2;
mod following;
mod nonces;
mod remote_signers;
mod sending;
mod unreliable_nodes;
