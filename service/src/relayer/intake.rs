//! Intake of ballots and claims: requests that arrive together are verified together, stored together, and answered.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use psephos_state::{B256, ChainState};
use psephos_submission::{
    PackageOutcome, RelayReport, Submission,
    ballots::check_ballots,
    claims::{ClaimRefusal, FeePolicy, NotesRoots, check_claim},
};
use psephos_wire::{
    ClaimPackage, Package,
    ballot::MAX_BYTES,
    claim::MAX_CLAIM_BYTES,
    relay::{Receipt, SubmissionKind, ballot_id, claim_id},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    CrashPoint, Relayer, RelayerError,
    item::DecodedPackage,
    masker::is_update,
    problems::{ballot_problem, claim_problem, queue_full_problem, stopping_problem},
    store::StoreChanges,
};
use crate::http::{Problem, too_large_problem};

/// The maximum number of requests that are verified together.
const MAX_VERIFIED_TOGETHER: usize = 128;

/// A request that has arrived.
pub(super) struct IntakeRequest {
    pub(super) id: B256,
    pub(super) work: DecodedPackage,
    pub(super) json: String,
    answer: oneshot::Sender<Result<Receipt, Problem>>,
}

impl Relayer {
    /// Accepts a ballot package.
    ///
    /// # Errors
    /// Returns the reason for a rejection: 400, 409, 413, 422, 429, 503.
    pub async fn accept_ballot(&self, body: &[u8]) -> Result<Receipt, Problem> {
        if body.len() > MAX_BYTES {
            return Err(too_large_problem(MAX_BYTES));
        }
        let package = Package::parse(body).map_err(|error| Problem::bad_request("malformed", error.to_string()))?;
        // Points are decompressed and checked: too much work for a thread that serves other requests.
        let decoded = tokio::task::spawn_blocking(move || package.contents().map(|contents| (package, contents)));
        let decoded = decoded.await.map_err(|_| Problem::internal_error())?;
        let (package, contents) = decoded.map_err(|error| Problem::bad_request("encoding", error.to_string()))?;
        let id = ballot_id(&package, &contents);
        let json = package.to_json();
        self.enqueue_request(
            id,
            DecodedPackage::Ballot { package: Box::new(package), contents: Box::new(contents) },
            json,
            self.settings.ballots,
        )
        .await
    }

    /// Accepts a claim.
    ///
    /// # Errors
    /// See [`Relayer::accept_ballot`].
    pub async fn accept_claim(&self, body: &[u8]) -> Result<Receipt, Problem> {
        if body.len() > MAX_CLAIM_BYTES {
            return Err(too_large_problem(MAX_CLAIM_BYTES));
        }
        let package =
            ClaimPackage::parse(body).map_err(|error| Problem::bad_request("malformed", error.to_string()))?;
        let id = claim_id(&package).map_err(|error| Problem::bad_request("encoding", error.to_string()))?;
        let json = package.to_json();
        self.enqueue_request(id, DecodedPackage::Claim { package: Box::new(package) }, json, self.settings.claims).await
    }

    async fn enqueue_request(
        &self,
        id: B256,
        work: DecodedPackage,
        json: String,
        open: bool,
    ) -> Result<Receipt, Problem> {
        if let Some(item) = self.store.get_item(&id).map_err(|error| self.store_problem(&error))? {
            return Ok(item.receipt);
        }
        if !open {
            return Err(Problem::unavailable(
                "not_taken",
                "this relayer is not configured to accept this kind of package: use another relayer",
            ));
        }
        let (answer, answered) = oneshot::channel();
        let request = IntakeRequest { id, work, json, answer };
        let sent = self.requests.try_send(request);
        sent.map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => queue_full_problem(),
            mpsc::error::TrySendError::Closed(_) => stopping_problem(),
        })?;
        answered.await.unwrap_or_else(|_| Err(self.obstacle_problem().unwrap_or_else(stopping_problem)))
    }

    /// Verifies and stores incoming requests until `shutdown` is cancelled; requests that it has begun with are
    /// finished.
    pub(super) async fn collect_requests(
        &self,
        mut incoming: mpsc::Receiver<IntakeRequest>,
        shutdown: &CancellationToken,
    ) -> Result<(), RelayerError> {
        let mut deferred: Vec<IntakeRequest> = Vec::new();
        loop {
            let mut window = std::mem::take(&mut deferred);
            if window.is_empty() {
                let request = tokio::select! {
                    request = incoming.recv() => request,
                    () = shutdown.cancelled() => None,
                };
                match request {
                    Some(request) => window.push(request),
                    None => return Ok(()),
                }
            }
            let pause = Duration::from_millis(self.settings.collect_ms);
            let deadline = tokio::time::Instant::now() + pause;
            while window.len() < MAX_VERIFIED_TOGETHER {
                match tokio::time::timeout_at(deadline, incoming.recv()).await {
                    Ok(Some(request)) => window.push(request),
                    Ok(None) | Err(_) => break,
                }
            }
            // Deduplicate by id within a batch: if the proof of one request does not hold, that of the next with the
            // same id may.
            let mut seen_ids = BTreeMap::new();
            let (first, repeated) = window.into_iter().partition(|request| seen_ids.insert(request.id, ()).is_none());
            deferred = repeated;
            match self.process_requests(first).await {
                Ok(()) => {}
                Err(error @ RelayerError::StoppedAt(_)) => return Err(error),
                // The waiting callers receive 503 and retry: their answer channels are dropped.
                Err(error) => {
                    tracing::error!(%error, "incoming packages could not be processed; their clients will retry");
                    self.metrics.count_failure("accept");
                }
            }
        }
    }

    async fn process_requests(&self, requests: Vec<IntakeRequest>) -> Result<(), RelayerError> {
        // Cloned outside of the match: the lock must not be held across an await.
        let cached = self.observed().chain_state.clone();
        let chain_state = match cached {
            Some(chain_state) => chain_state,
            None => self.view.newest_state().await?,
        };
        let mut verified = Vec::new();
        let mut free_capacity = self.free_capacity();
        let mut submissions = Vec::new();
        for request in requests {
            match self.store.get_item(&request.id)? {
                Some(item) => send_answer(request, Ok(item.receipt)),
                None if free_capacity == 0 && !is_update(&chain_state, &request.work) => {
                    send_answer(request, Err(queue_full_problem()))
                }
                None => match self.obstacle_problem() {
                    Some(problem) => send_answer(request, Err(problem)),
                    None => {
                        // Updates have a limit of their own, so that neither kind keeps the other out.
                        if !is_update(&chain_state, &request.work) {
                            free_capacity -= 1;
                        }
                        submissions.push(Submission { name: String::new(), json: request.json.clone().into_bytes() });
                        verified.push(request);
                    }
                },
            }
        }
        if verified.is_empty() {
            return Ok(());
        }
        let outcomes = self.verify_requests(chain_state.clone(), &verified, submissions).await?;
        self.reach_crash_point(CrashPoint::ProofVerified)?;
        let all = self.store.pending_items();
        let mut changes = StoreChanges::default();
        let mut answers = Vec::new();
        for (request, outcome) in verified.into_iter().zip(outcomes) {
            let kind = kind_of(&request.work);
            let outcome = match outcome {
                Ok(()) => self.confirm_context(&chain_state, &request.work).await,
                Err(problem) => Err(problem),
            };
            let outcome = match outcome {
                Ok(()) => self.admit_request(&chain_state, &request, &all, &changes.accepted),
                Err(problem) => Err(problem),
            };
            match outcome {
                Ok(mut held) => {
                    // That a voter handed over an update is neither logged nor counted.
                    if held.item.update.is_none() {
                        tracing::debug!(id = %request.id, kind = kind.as_str(), "accepted");
                        self.metrics.accepted.get_or_create(&[("kind", kind.as_str())]).inc();
                    }
                    self.keep_one_update(&mut held, &all, &mut changes);
                    answers.push((request.answer, Ok(held.item.receipt.clone())));
                    changes.accepted.push(held);
                }
                Err(problem) => {
                    if !is_update(&chain_state, &request.work) {
                        self.metrics.refused.get_or_create(&[("kind", kind.as_str())]).inc();
                    }
                    answers.push((request.answer, Err(problem)));
                }
            }
        }
        self.store_changes(changes).await?;
        self.reach_crash_point(CrashPoint::AcceptanceStored)?;
        for (answer, result) in answers {
            // The caller may have disconnected; a repeated request gets the same receipt.
            let _ = answer.send(result);
        }
        self.send_wakeup.notify_one();
        Ok(())
    }

    /// Confirms, on the other nodes, the context that a ballot's proof was verified under.
    async fn confirm_context(&self, chain_state: &ChainState, work: &DecodedPackage) -> Result<(), Problem> {
        let DecodedPackage::Ballot { package, .. } = work else { return Ok(()) };
        self.contexts.confirm(chain_state, package.poll, package.chamber).await.map_err(|error| {
            tracing::error!(%error, "the nodes do not confirm a poll: ballots for it are not accepted");
            Problem::unavailable("not_confirmed", "this relayer's nodes do not agree about the poll: retry later")
        })
    }

    /// Verifies the proofs.
    async fn verify_requests(
        &self,
        chain_state: Arc<ChainState>,
        requests: &[IntakeRequest],
        submissions: Vec<Submission>,
    ) -> Result<Vec<Result<(), Problem>>, RelayerError> {
        let circuits = self.circuits.clone();
        let kinds: Vec<SubmissionKind> = requests.iter().map(|request| kind_of(&request.work)).collect();
        let fee_policy = FeePolicy { account: Some(self.address()), min_fee: self.settings.min_fee };
        let tokens = self.settings.tokens.clone();
        let checked = tokio::task::spawn_blocking(move || -> Result<Vec<Result<(), Problem>>, RelayerError> {
            let (mut ballots, mut positions) = (Vec::new(), Vec::new());
            let mut outcomes: Vec<Result<(), Problem>> = kinds.iter().map(|_| Ok(())).collect();
            let mut roots = NotesRoots::default();
            for (position, (kind, submission)) in kinds.iter().zip(submissions).enumerate() {
                match kind {
                    SubmissionKind::Ballot => {
                        positions.push(position);
                        ballots.push(submission);
                    }
                    SubmissionKind::Claim => {
                        let checked = check_claim(&chain_state, &circuits, &submission.json, fee_policy, &mut roots)?;
                        // A fee in a worthless token pays for no gas.
                        let checked = checked.and_then(|package| match chain_state.rewards.get(&package.poll) {
                            Some(reward) if fee_policy.min_fee.is_zero() || is_accepted_token(reward, &tokens) => {
                                Ok(())
                            }
                            _ => Err((
                                ClaimRefusal::Fee,
                                "this relayer accepts no fee in the token of this reward".into(),
                            )),
                        });
                        if let (Err((why, message)), Some(outcome)) = (checked, outcomes.get_mut(position)) {
                            *outcome = Err(claim_problem(why, message));
                        }
                    }
                }
            }
            let mut report = RelayReport::pending(&ballots);
            check_ballots(&chain_state, &circuits, &ballots, &mut report)?;
            for (position, entry) in positions.into_iter().zip(report.packages) {
                if let (PackageOutcome::Refused { reason, message }, Some(outcome)) =
                    (entry.outcome, outcomes.get_mut(position))
                {
                    *outcome = Err(ballot_problem(reason, message));
                }
            }
            Ok(outcomes)
        });
        checked.await.map_err(|_| RelayerError::WorkerLost)?
    }

    fn free_capacity(&self) -> usize {
        let [waiting, sent, _] = self.store.status_counts();
        self.settings.capacity.saturating_sub(waiting + sent)
    }

    fn obstacle_problem(&self) -> Option<Problem> {
        let obstacle = self.current_obstacle()?;
        Some(Problem::unavailable(obstacle.problem_code(), obstacle.problem_detail()))
    }
}

/// Returns whether a reward is paid in the native token or in one of these tokens.
fn is_accepted_token(reward: &psephos_state::Reward, tokens: &[psephos_chain::Address]) -> bool {
    reward.parameters.token.is_zero() || tokens.contains(&reward.parameters.token)
}

fn send_answer(request: IntakeRequest, result: Result<Receipt, Problem>) {
    let _ = request.answer.send(result);
}

fn kind_of(work: &DecodedPackage) -> SubmissionKind {
    match work {
        DecodedPackage::Ballot { .. } => SubmissionKind::Ballot,
        DecodedPackage::Claim { .. } => SubmissionKind::Claim,
    }
}
