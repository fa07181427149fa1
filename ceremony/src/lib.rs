#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod batch;
mod columns;
pub mod contribute;
mod digest;
mod error;
pub mod folder;
pub mod initial;
pub mod powers;
pub mod published;
pub mod rehearsal;
mod scaling;
mod stream;
mod transcript;
mod unreduced;
pub mod verify;

pub use contribute::{contribute, contribute_beacon, seed_generator};
pub use error::CeremonyError;
pub use folder::Folder;
pub use initial::compute_initial_zkey;
pub use scaling::scale_points;
pub use stream::{MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS};
pub use verify::verify_ceremony;
