//! The roles of clients on local chains, each test on a chain of its own.

mod backup;
mod ceremony;
mod lying_nodes;
mod masked_polls;
mod membership;
mod operator_calls;
mod rounded_polls;
mod sheet_polls;
mod signing;
mod transaction_kinds;
mod verdicts;
