//! The statements, each as `Instance`, `Witness`, what is posted beside the proof, and one native `check` that names the
//! clause that fails. The circuits prove exactly what `check` accepts.

pub mod ballot;
pub mod committee_keys;
pub mod dealing;
pub mod decryption;
