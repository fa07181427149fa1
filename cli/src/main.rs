//! The `psephos` command.
fn main() {}
