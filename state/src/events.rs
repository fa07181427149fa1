//! A deployment's logs in a compact encoding: an indexer stores and serves them, and a client applies them as if a node
//! had returned them.

mod encoding;
mod page;

pub use encoding::{decode_logs, encode_logs, event_contracts};
pub use page::{EventBlock, EventPage, EventPageHeader};

#[cfg(test)]
mod tests;
