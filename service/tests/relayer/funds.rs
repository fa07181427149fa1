//! funds
