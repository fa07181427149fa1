mod committees;
mod polls;
mod proofs;
mod recorded;
mod rewards;
mod story;
mod together;
