//! The relayer: sends ballots and claims of others, in batches, and never loses or doubles one.
