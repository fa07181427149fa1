//! HTTP infrastructure shared by the components' endpoints: listeners, access control, rate limit and error responses.

mod admin;
mod limit;
mod listen;
mod page;
mod problem;
mod public;
mod shell;
mod tokens;

pub use admin::Admin;
pub use limit::{Limiter, Rate};
pub use listen::{Bound, HttpSettings, ListenError, Listening};
pub use problem::Problem;
pub use public::{openapi, public_router};
pub use shell::Shell;
pub use tokens::{BadHash, Tokens, new_token};
