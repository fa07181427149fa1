//! Plans are ended by running them again, whatever has stopped them, and no step is paid for twice.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod full_disk;
mod interrupted;
mod lies;
mod remote_signer;
mod support;
