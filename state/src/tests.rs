mod committees;
mod polls;
mod proofs;
mod rewards;
mod story;
mod together;
