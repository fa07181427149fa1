mod committees;
mod fingerprints;
mod polls;
mod proofs;
mod recorded;
mod rewards;
mod story;
mod together;
