//! The indexer: follows the chain and hands out what it holds.
