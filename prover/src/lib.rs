//! Groth16 keys, proofs, formats and Solidity export.
