//! Contract bindings and the replay of events into state.
