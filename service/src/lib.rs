#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod clock;
pub mod component;
pub mod config;
mod database;
pub mod http;
pub mod indexer;
mod key_file;
pub mod logging;
pub mod ohttp;
pub mod prover;
pub mod queue;
pub mod relayer;
pub mod serve;
