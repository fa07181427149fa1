//! The relayer's responses: its description of itself, receipts, and the status of what it has accepted.

mod info;
mod receipt;
mod status;

pub use info::{FeePot, RelayInfo};
pub use receipt::{Receipt, ReceiptError, ballot_id, claim_id};
pub use status::{SubmissionKind, SubmissionStage, SubmissionStatus};
