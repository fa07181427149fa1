#![doc = include_str!("../README.md")]

pub mod attestation;
pub mod ballot;
pub mod claim;
pub mod oblivious;
pub mod package;
pub mod proof;
pub mod relay;
pub mod sheet;
pub mod sums;

pub use attestation::Attestation;
pub use ballot::Package;
pub use claim::ClaimPackage;
pub use package::PackageError;
pub use sheet::SheetPackage;
