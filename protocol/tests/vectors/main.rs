//! Equality with independent implementations, on the frozen vectors of `vectors/`.

mod census;
mod committee;
mod curve;
mod dealing;
mod decision;
mod poseidon;
mod read;
mod rewards;
mod rounding;
mod sheets;
mod specification;
mod statements;
