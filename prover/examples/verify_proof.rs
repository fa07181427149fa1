//! Verifies a snarkjs proof: `cargo run --example verify_proof -- verification_key.json proof.json public.json`.
//!
//! The proof may be of any circuit and any trusted setup: nothing here depends on Psephos' circuits. The exit code is 0
//! if and only if the proof is valid.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use psephos_prover::snarkjs::{parse_inputs, parse_proof, parse_verification_key};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [key, proof, public] = paths.as_slice() else {
        return Err("usage: verify_proof VERIFICATION_KEY.json PROOF.json PUBLIC.json".into());
    };
    let key = parse_verification_key(&fs::read_to_string(key)?)?;
    let proof = parse_proof(&fs::read_to_string(proof)?)?;
    let inputs = parse_inputs(&fs::read_to_string(public)?)?;
    // `verify` returns no boolean: an invalid proof is an error, which ends the program with exit code 1.
    key.verify(&proof, &inputs)?;
    println!("valid: {} with {} public inputs", key.info().circuit, inputs.len());
    Ok(())
}
