//! Compiled contracts, as the contracts' build writes them.
