//! Running the steps of a plan, one after another.
//!
//! A step is looked at, then acted upon, until it is done. What is done follows from what the chain shows now and from
//! the journal, never from what this run remembers: a run that begins in the middle does the same.

use std::time::Duration;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256},
    rpc::types::TransactionRequest,
};
use serde::Serialize;
use tokio::time::Instant;

use super::{
    error::PlanError,
    journal::{Entry, Journal},
    price::{build_request, estimate_step},
    state::State,
    step::{PlanObserver, Step, StepResult},
};
use crate::{
    broadcast::{Broadcast, recognise_refusal},
    connection::Connection,
    error::ChainError,
    gas_price::Fees,
    sending::ATTEMPTS,
    transaction::{GAS_CAP, MARGIN},
};

/// Runs the steps of a plan from the connection's account.
pub struct Executor<'a, F> {
    pub(super) connection: &'a Connection,
    pub(super) account: Address,
    pub(super) journal: &'a mut Journal<F>,
    observer: &'a dyn PlanObserver,
    /// The number of steps that the plan has, and of those that were run.
    total: usize,
    position: usize,
}

/// What this run has done about a step. It decides how long is waited, never whether something is sent.
struct Attempts {
    started: Instant,
    /// How often it was sent, and when last.
    sent: u32,
    last: Instant,
    pause: Duration,
    /// The refusal of the last version, unless the node has another version or says that the nonce is used.
    refusal: Option<Refusal>,
}

struct Refusal {
    message: String,
    /// How long to look whether the node has taken it all the same.
    patience: Duration,
}

impl<'a, F: Serialize> Executor<'a, F> {
    /// Creates an executor of a plan with this number of steps, and writes the journal.
    ///
    /// # Errors
    /// `NoSender`; `Plan` with `Journal` or `NonceChosen`.
    pub fn new(
        connection: &'a Connection,
        journal: &'a mut Journal<F>,
        observer: &'a dyn PlanObserver,
        total: usize,
    ) -> Result<Self, ChainError> {
        let account = connection.sender().ok_or(ChainError::NoSender)?;
        if connection.chosen_nonce().is_some() {
            return Err(PlanError::NonceChosen.into());
        }
        journal.save()?;
        Ok(Self { connection, account, journal, observer, total, position: 0 })
    }

    /// Skips the count of steps that were run before.
    pub fn skip(&mut self, steps: usize) {
        self.position += steps;
    }

    /// Runs a step to its end, unless it is done.
    ///
    /// # Errors
    /// `Plan`; `NodeUnreachable`, `Provider`.
    pub async fn run(&mut self, step: &Step) -> Result<StepResult, ChainError> {
        self.position += 1;
        let now = Instant::now();
        let pause = Duration::from_millis(4);
        let mut attempts = Attempts { started: now, sent: 0, last: now, pause, refusal: None };
        loop {
            let state = self.look(step).await?;
            match state {
                State::Done(transaction) => {
                    if let Some(mined) = &transaction {
                        self.journal.set_mined(step, mined)?;
                    }
                    self.observer.step_done(&step.name, transaction.as_ref());
                    return Ok(StepResult { name: step.name.clone(), transaction });
                }
                State::New => {
                    let request = self.begin(step).await?;
                    self.send(step, request, &mut attempts).await?;
                    continue;
                }
                State::Open { .. } if self.is_due(&attempts) => {
                    let request = self.renew(step, &attempts).await?;
                    self.send(step, request, &mut attempts).await?;
                    continue;
                }
                State::SpentElsewhere(by) => {
                    if let Some(entry) = self.journal.entry(step) {
                        self.observer.nonce_spent(&step.name, entry.nonce, by);
                    }
                    self.journal.give_up_nonce(step)?;
                    continue;
                }
                State::Failed(hash) => return Err(self.fail(step, hash).await?),
                State::Open { .. } | State::NoEffect(_) | State::Unexplained => {}
            }
            let patience = attempts.refusal.as_ref().map_or(self.connection.patience(), |refusal| refusal.patience);
            let since = if attempts.refusal.is_some() { attempts.last } else { attempts.started };
            if since.elapsed() >= patience {
                return Err(self.give_up(step, state, attempts.refusal.map(|refusal| refusal.message)).into());
            }
            tokio::time::sleep(attempts.pause).await;
            attempts.pause = (attempts.pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Gives a step its nonce, in the journal, and returns its transaction.
    async fn begin(&mut self, step: &Step) -> Result<TransactionRequest, ChainError> {
        let fees = self.connection.current_fees().await?;
        // What would fail or cannot be paid is refused before it has a nonce.
        let request = self.prepare(step, fees).await?;
        let after_block = self.connection.newest_block().await?;
        let nonces = self.connection.nonces(self.account).await?;
        // A nonce that is not used yet is used before any other: else a version that was never sent leaves a gap.
        let open = self.journal.open_nonce().filter(|nonce| nonces.latest <= *nonce);
        let nonce = open.unwrap_or_else(|| nonces.pending.max(self.journal.first_nonce()));
        let (to, value, data_hash) = (step.to, step.value, step.data_hash());
        let step = step.name.clone();
        let (transactions, mined) = (Vec::new(), None);
        self.journal.begin(Entry { step, to, value, data_hash, nonce, after_block, fees, transactions, mined })?;
        Ok(request.with_nonce(nonce))
    }

    /// Returns the next version of a step's transaction with the nonce that it has; with higher fees if this run has
    /// sent one already.
    async fn renew(&mut self, step: &Step, attempts: &Attempts) -> Result<TransactionRequest, ChainError> {
        let entry = self.journal.entry(step);
        let (nonce, last) = entry.map_or((0, None), |entry| (entry.nonce, Some(entry.fees)));
        let last = if attempts.sent == 0 { last } else { last.map(Fees::raised) };
        let current = self.connection.current_fees().await?;
        let fees = last.map_or(current, |last| current.at_least(last));
        let request = self.prepare(step, fees).await?.with_nonce(nonce);
        self.journal.set_fees(step, fees)?;
        Ok(request)
    }

    /// Sends a version of a step that the journal has.
    async fn send(
        &mut self,
        step: &Step,
        request: TransactionRequest,
        attempts: &mut Attempts,
    ) -> Result<(), ChainError> {
        let nonce = request.nonce.unwrap_or_default();
        attempts.sent += 1;
        attempts.last = Instant::now();
        attempts.refusal = None;
        match self.connection.send_once(request).await {
            Ok(hash) => {
                self.observer.step_sent(&step.name, hash, nonce);
                self.journal.add_transaction(step, hash)?;
                Ok(())
            }
            // The node may have taken it all the same, and the answer was lost: the chain tells.
            Err(error) => {
                let message = match error {
                    ChainError::Provider { message, .. } => message,
                    ChainError::Reverted(revert) => revert.text,
                    other => return Err(other),
                };
                let patience = match recognise_refusal(&message) {
                    None => self.connection.patience() / ATTEMPTS,
                    Some(Broadcast::InsufficientFunds) => Duration::ZERO,
                    Some(_) => return Ok(()),
                };
                attempts.refusal = Some(Refusal { message, patience });
                Ok(())
            }
        }
    }

    /// Simulates a step on the newest block, checks that the account can pay it, and builds its transaction, without a
    /// nonce.
    async fn prepare(&self, step: &Step, fees: Fees) -> Result<TransactionRequest, ChainError> {
        let gas = match estimate_step(self.connection, self.account, step).await {
            Err(ChainError::Reverted(revert)) => {
                return Err(PlanError::WouldFail { step: self.describe(step), revert }.into());
            }
            other => other?,
        };
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        let needed = U256::from(limit).saturating_mul(U256::from(fees.max_fee)).saturating_add(step.value);
        let (account, balance) = (self.account, self.connection.read_balance(self.account).await?);
        if balance < needed {
            return Err(PlanError::Unfunded { step: self.describe(step), account, balance, needed }.into());
        }
        let mut request =
            build_request(account, step).with_chain_id(self.connection.chain_id().get()).with_gas_limit(limit);
        fees.set_on(&mut request);
        Ok(request)
    }

    /// Whether a transaction that is not mined is sent, for the first time in this run or again with higher fees.
    fn is_due(&self, attempts: &Attempts) -> bool {
        let waited = attempts.last.elapsed() >= self.connection.patience() / ATTEMPTS;
        attempts.sent == 0 || (attempts.sent < ATTEMPTS && attempts.refusal.is_none() && waited)
    }

    /// Frees a step whose transaction failed, for the next run, and says why it failed.
    async fn fail(&mut self, step: &Step, hash: B256) -> Result<ChainError, ChainError> {
        let reason = match estimate_step(self.connection, self.account, step).await {
            Err(ChainError::Reverted(revert)) => revert.to_string(),
            _ => "it would succeed now".to_owned(),
        };
        self.journal.give_up_nonce(step)?;
        Ok(PlanError::Failed { step: self.describe(step), hash, reason }.into())
    }

    fn give_up(&self, step: &Step, state: State, refusal: Option<String>) -> PlanError {
        let (account, entry) = (self.account, self.journal.entry(step));
        let nonce = entry.map_or(0, |entry| entry.nonce);
        let step = self.describe(step);
        match (state, refusal) {
            (State::NoEffect(mined), _) => PlanError::NoEffect { step, hash: mined.hash, block: mined.block },
            (State::Open { .. }, Some(message)) => PlanError::Refused { step, account, nonce, message },
            (State::Open { latest }, None) => {
                let hash = entry.and_then(|entry| entry.transactions.last().copied());
                let seconds = self.connection.patience().as_secs();
                PlanError::NotMined { step, account, nonce, hash, latest, seconds }
            }
            _ => PlanError::UnexplainedNonce { step, account, nonce },
        }
    }

    /// Returns a step's position and name.
    fn describe(&self, step: &Step) -> String {
        format!("step {} of {} ({})", self.position, self.total, step.name)
    }
}
