//! Replay.
/// x
#[derive(Debug)]
pub struct Replay;
