//! A deployment's logs as compact bytes: what an index keeps and hands out, and what a client replays as if a node had answered.

mod encoding;
mod page;

pub use encoding::{contracts, decode, encode};
pub use page::{Page, PageBlock, PageHeader};

#[cfg(test)]
mod tests;
