mod committees;
mod polls;
mod proofs;
mod story;
