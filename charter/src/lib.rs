#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod agenda;
pub mod answers;
pub mod axis;
pub mod charter;
pub mod hash;
pub mod lot;
pub mod mechanisms;
pub mod outcome;
pub mod pilot;
pub mod plot;
pub mod polis;
pub mod text;

/// Greatest number of statements of an agenda: the cells of the greatest sheet.
pub const MAX_STATEMENTS: usize = 40;
