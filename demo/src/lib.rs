#![doc = include_str!("../README.md")]

pub mod charter;
pub mod election;
pub mod electorate;
pub mod error;
pub mod html;

pub use error::DemoError;
