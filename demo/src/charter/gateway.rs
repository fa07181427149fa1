//! A toy gateway: it serves a model only with the constitution in force, and asks the chain which one that is.

use psephos_chain::Connection;
use psephos_charter::{
    charter::{CheckError, check_live_document},
    hash::Hash32,
};
use psephos_client::{ChainError, sheets};
use psephos_state::Deployment;

use super::{GatewayReport, enact::Enacted};
use crate::{DemoError, election::setup::Actors};

/// A gateway that serves a model with a constitution as its prompt.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// The hash of the charter that it serves.
    pub charter: Hash32,
    /// The number of its principles.
    pub principles: usize,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// No charter is in force.
    #[error("no version of the charter is in force: a model would be served without a constitution")]
    NoneLive,
    /// The charter in force is none.
    #[error("the charter in force cannot be read: {0}")]
    Unreadable(String),
    /// The prompt is not the constitution in force.
    #[error("the prompt is not the constitution in force: {0}")]
    Refused(#[from] CheckError),
}

impl Gateway {
    /// Starts a gateway, if its prompt holds the charter that is in force on the chain, and nothing else.
    ///
    /// # Errors
    /// Returns [`GatewayError`].
    pub async fn start(connection: &Connection, deployment: &Deployment, prompt: &str) -> Result<Self, GatewayError> {
        let state = psephos_chain::read_state(connection, deployment).await?;
        let (number, _) = state.live_charter().ok_or(GatewayError::NoneLive)?;
        let charter = sheets::charter_from_version(&state, number);
        let charter = charter.map_err(|error| GatewayError::Unreadable(error.to_string()))?;
        let checked = check_live_document(prompt, charter.hash())?;
        Ok(Self { charter: checked.hash, principles: checked.charter.principles().len() })
    }
}

/// Starts the gateway with the constitution, and tries to start it with one whose last principle is missing a letter,
/// and without any.
pub(super) async fn try_gateway(
    actors: &Actors,
    deployment: &Deployment,
    enacted: &Enacted,
) -> Result<GatewayReport, DemoError> {
    let connection = actors.chain.connection();
    let started = Gateway::start(connection, deployment, &enacted.prompt).await;
    let last = enacted.charter.principles().last().map(|principle| principle.text.clone()).unwrap_or_default();
    let mut shorter = last.clone();
    shorter.pop();
    let changed = enacted.prompt.replacen(&last, &shorter, 1);
    let refused = Gateway::start(connection, deployment, &changed).await;
    let empty = Gateway::start(connection, deployment, "You are a helpful assistant.").await;
    Ok(GatewayReport {
        started: started.is_ok_and(|gateway| gateway.charter == enacted.charter.hash()),
        refused: [refused, empty]
            .into_iter()
            .filter_map(|outcome| outcome.err().map(|error| error.to_string()))
            .collect(),
    })
}
