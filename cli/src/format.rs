//! Numbers as people read them, in the same form as in the demo's report.

pub(crate) use psephos_report::format::{percent, plural, thousands};
