#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod batch;
mod chain;
mod columns;
pub mod contribute;
mod digest;
mod error;
pub mod first;
pub mod folder;
pub mod powers;
pub mod published;
mod raw;
pub mod rehearsal;
mod scaling;
mod stream;
pub mod verify;

pub use contribute::{beacon, contribute, generator};
pub use error::CeremonyError;
pub use first::first_key;
pub use folder::Folder;
pub use scaling::scale;
pub use stream::{MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS};
pub use verify::verify;
