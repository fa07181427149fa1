//! Equality with independent implementations on the frozen vectors of `vectors/`.

mod census;
mod curve;
mod poseidon;
mod read;
mod specification;
mod statements;
