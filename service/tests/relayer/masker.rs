//! A relayer that masks: when slots are updated, what of, and what no one can tell.

mod carrying;
mod classifier;
mod crash;
mod kill;
mod scene;
