//! The protocol's types, native functions and statements.
