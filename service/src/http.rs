//! HTTP infrastructure shared by the components' endpoints: listeners, access control, rate limit and error responses.

mod admin;
mod body;
mod connections;
mod guarded_stream;
mod layers;
mod listener;
mod problem;
mod public_routes;
mod rate_limit;
mod status_page;
mod tokens;

pub use admin::Admin;
pub(crate) use body::{complete_body, too_large_problem};
pub use connections::{ConnectionLimits, Connections};
pub use layers::HttpLayers;
pub use listener::{BoundListener, HttpSettings, ListenError, RunningListener};
pub use problem::Problem;
pub use public_routes::{openapi_description, public_router};
pub use rate_limit::{RateLimit, RateLimiter};
pub use tokens::{InvalidTokenHash, Tokens, generate_token};
