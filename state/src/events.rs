//! A deployment's logs as compact bytes: what an index keeps and hands out, and what a client replays as if a node had answered.

mod encoding;
mod page;

pub use encoding::{decode_logs, encode_logs, event_contracts};
pub use page::{EventBlock, EventPage, EventPageHeader};

#[cfg(test)]
mod tests;
