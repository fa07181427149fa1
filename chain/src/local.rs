//! A local chain.
/// x
#[derive(Debug)]
pub struct LocalChain;
