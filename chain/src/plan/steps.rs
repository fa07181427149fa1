//! Plans whose steps are all known from the beginning.

use alloy::primitives::B256;

use super::{
    execute::Executor,
    file::Store,
    journal::{Header, Journal},
    price::{Price, price_steps},
    step::{PlanObserver, Step, StepResult},
};
use crate::{connection::Connection, error::ChainError};

/// Steps from a connection's account, with their journal.
pub struct PlannedSteps<'a> {
    connection: &'a Connection,
    steps: Vec<Step>,
    journal: Journal<()>,
}

impl<'a> PlannedSteps<'a> {
    /// Plans the steps of a command, which follow from its inputs and the chain, or reads the journal of an unfinished
    /// run. Nothing is written or sent.
    ///
    /// # Errors
    /// `NoSender`; `Plan` with `Journal` or `OtherRun`.
    pub async fn prepare(
        connection: &'a Connection,
        command: &str,
        inputs: B256,
        steps: Vec<Step>,
        store: Box<dyn Store>,
    ) -> Result<Self, ChainError> {
        let account = connection.sender().ok_or(ChainError::NoSender)?;
        let header = Header { command: command.to_owned(), chain_id: connection.chain_id(), account, inputs };
        let journal = Journal::open(store, header, async || Ok::<_, ChainError>(())).await?;
        Ok(Self { connection, steps, journal })
    }

    /// Simulates and prices the steps that are not done.
    ///
    /// # Errors
    /// `Plan` with `WouldFail`; `NodeUnreachable`, `Provider`.
    pub async fn price(&self) -> Result<Price, ChainError> {
        price_steps(self.connection, &self.journal, &self.steps).await
    }

    /// Runs what is not done yet, and removes the journal.
    ///
    /// # Errors
    /// `Plan`, `NodeUnreachable`, `Provider`. Whatever it is, another run continues.
    pub async fn run(mut self, observer: &dyn PlanObserver) -> Result<Vec<StepResult>, ChainError> {
        let mut results = Vec::new();
        let mut executor = Executor::new(self.connection, &mut self.journal, observer, self.steps.len())?;
        for step in &self.steps {
            results.push(executor.run(step).await?);
        }
        self.journal.finish()?;
        Ok(results)
    }
}
