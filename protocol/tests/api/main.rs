//! The public interface: edge cases, properties, and a negative test for each clause of each statement.

mod ballot;
mod census;
mod claim;
mod committee;
mod context;
mod curve;
mod dealing;
mod decryption;
mod encryption;
mod field;
mod fixture;
mod notes;
mod privacy;
mod recovery;
mod reward;
mod rounding;
mod rule;
mod secrets;
mod sheet;
mod sheet_form;
mod signature;
mod update;
