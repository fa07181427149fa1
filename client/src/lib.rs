//! What a voter, a trustee, a relayer or an operator does.
