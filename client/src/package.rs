//! A ballot on its way to a relayer: a small JSON file without any secret.
//!
//! Version 1. The relayer learns nothing from it that the chain will not show everybody.

use psephos_chain::Address;
use serde::{Deserialize, Serialize};

/// The format of package files that this version reads and writes.
pub const VERSION: u32 = 1;
/// No package is larger than this, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// One ballot, ready to be sent by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// `psephos-ballot`.
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The circuit's size: 3 or 8.
    pub circuit: usize,
    /// The chain it is for.
    pub chain_id: u64,
    /// The polls contract it is for.
    pub polls: Address,
    /// The poll.
    pub poll: u64,
    /// The chamber.
    pub chamber: u64,
    /// The ballot record (specification, section 9), `0x..`.
    pub record: String,
    /// The note and ciphertext that it replaces, `0x..`; absent for a first ballot.
    pub replaces: Option<String>,
}
