//! What a voter, a trustee and a relayer believe, when nodes, trustees and announcements lie: whatever differs is named
//! before anything is proved, signed or sent.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod attesting;
mod false_census;
mod fixture;
mod sources;
