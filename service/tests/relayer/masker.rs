//! A relayer that masks: when slots are updated, what of, and what nobody can tell.

mod carrying;
mod classifier;
mod crash;
mod kill;
mod scene;
