//! Plans are ended by running them again, whatever has stopped them, and no step is paid for twice.

mod interrupted;
mod lies;
mod support;
