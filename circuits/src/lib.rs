//! R1CS circuits of the statements.
