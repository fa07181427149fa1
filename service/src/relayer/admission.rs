//! Admission: a verified request that can still be included on chain gets a receipt, any other is rejected.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::sync::Arc;

use alloy::signers::SignerSync;
use axum::http::StatusCode;
use psephos_state::{B256, ChainState, PollState};
use psephos_wire::{
    ballot::Contents,
    relay::{Receipt, SubmissionKind},
};

use super::{
    Relayer,
    evaluation::{OVERTAKEN, Verdict, evaluate_item},
    intake::IntakeRequest,
    item::{DecodedPackage, ItemStatus, RelayItem},
    masker::{UpdatedContent, is_update, update_times},
    problems::conflict_problem,
    store::PendingItem,
};
use crate::http::Problem;

impl Relayer {
    /// Returns the item to store for a verified request, with its receipt.
    ///
    /// # Errors
    /// Returns the reason why it cannot be included on chain.
    pub(super) fn admit_request(
        &self,
        chain_state: &ChainState,
        request: &IntakeRequest,
        all: &[PendingItem],
        new: &[PendingItem],
    ) -> Result<PendingItem, Problem> {
        let (poll, chamber) = request.work.place();
        let is_update = is_update(chain_state, &request.work);
        let verdict = match evaluate_item(chain_state, &request.work, all) {
            // The ballot that it replaces may have arrived in the same batch.
            Verdict::Rejected("wrong_previous") => evaluate_item(chain_state, &request.work, new),
            Verdict::Rejected(OVERTAKEN) => Verdict::Rejected("wrong_previous"),
            other => other,
        };
        let state = match verdict {
            Verdict::OnChain { transaction, block } => ItemStatus::Included { transaction, block },
            Verdict::Sendable | Verdict::WaitsForOther => ItemStatus::Waiting,
            Verdict::Rejected(reason) => return Err(conflict_problem(reason)),
        };
        let mut arrived = self.clock.now_seconds();
        let (mut accepted_at, mut promised_by) = receipt_times(arrived, self.settings.max_age, self.settings.promise);
        let mut update = None;
        if let DecodedPackage::Ballot { contents, .. } = &request.work {
            let closes_at = chain_state.polls.get(&poll).map_or(u64::MAX, |poll| poll.parameters.closes_at);
            if state == ItemStatus::Waiting {
                if chain_state.poll_state(poll).ok() != Some(PollState::Open)
                    || chain_state.time.saturating_add(self.settings.last_call) >= closes_at
                {
                    return Err(conflict_problem("closed"));
                }
                match is_update {
                    true => self.check_update(chain_state, (poll, chamber), contents)?,
                    false => {
                        self.check_pending_ballots(chain_state, (poll, chamber), contents, all.iter().chain(new))?
                    }
                }
            }
            promised_by = promised_by.min(closes_at.max(accepted_at));
            if self.settings.mix > 1 {
                // It waits for others, and not for a time. The receipts of all ballots of a poll have the same times,
                // or they would tell apart the ballots of one batch, which may have come days apart.
                let opens_at = chain_state.polls.get(&poll).map_or(accepted_at, |poll| poll.parameters.opens_at);
                (accepted_at, promised_by) = (opens_at, closes_at.max(opens_at));
            }
            if is_update {
                (accepted_at, promised_by) = update_times(chain_state, poll);
                (arrived, update) = (0, Some(UpdatedContent::of(contents)));
            }
        }
        let subject = (request.id, &request.work, request.json.clone());
        let item = self.sign_item(chain_state, subject, (accepted_at, promised_by), arrived, state, update)?;
        let work = DecodedPackage::decode_item(&item).ok_or_else(Problem::internal_error)?;
        Ok(PendingItem { item, work: Arc::new(work) })
    }

    /// Returns the item of a package, with its receipt.
    ///
    /// # Errors
    /// Returns 500 if the poll or the account's signature cannot be had.
    pub(super) fn sign_item(
        &self,
        chain_state: &ChainState,
        (id, work, json): (B256, &DecodedPackage, String),
        (accepted_at, promised_by): (u64, u64),
        arrived: u64,
        state: ItemStatus,
        update: Option<UpdatedContent>,
    ) -> Result<RelayItem, Problem> {
        let (kind, contract) = match work {
            DecodedPackage::Ballot { package, .. } => (SubmissionKind::Ballot, package.polls),
            DecodedPackage::Claim { package } => (SubmissionKind::Claim, package.rewards),
        };
        let (poll, chamber) = work.place();
        // The poll is known: the package was checked against this state.
        let fingerprint = chain_state.poll(poll).and_then(|poll| poll.require_fingerprint());
        let fingerprint = fingerprint.map_err(|_| Problem::internal_error())?;
        let receipt = Receipt {
            id,
            kind,
            chain_id: self.deployment.chain_id,
            contract,
            poll,
            fingerprint,
            chamber,
            accepted_at,
            promised_by,
            relayer: self.address(),
            signature: String::new(),
        };
        let receipt = receipt
            .sign(self.address(), |hash| self.signer.sign_hash_sync(hash))
            .map_err(|_| Problem::internal_error())?;
        Ok(RelayItem { receipt, arrived, update, json: Some(json), state })
    }

    /// Rejects a second ballot that replaces the same one as a pending ballot does, and further ballots of a nullifier
    /// that has reached its limit. Updates of masked polls are not counted: strangers make them too.
    fn check_pending_ballots<'a>(
        &self,
        chain_state: &ChainState,
        (poll, chamber): (PollId, ChamberId),
        contents: &Contents,
        here: impl Iterator<Item = &'a PendingItem>,
    ) -> Result<(), Problem> {
        let nullifier = contents.record.posted.nullifier;
        let listed = chain_state.polls.get(&poll).and_then(|poll| poll.chambers.get(&chamber));
        let mut cast = match listed.filter(|listed| listed.counted_ballot(&nullifier).is_some()) {
            Some(listed) => listed.ballots.iter().filter(|ballot| ballot.posted.nullifier == nullifier).count(),
            None => 0,
        };
        for held in here.filter(|held| held.item.state.is_pending() && held.item.update.is_none()) {
            let DecodedPackage::Ballot { package, contents: other } = &*held.work else { continue };
            if (package.poll, package.chamber) == (poll, chamber) && other.record.posted.nullifier == nullifier {
                cast += 1;
                if other.previous() == contents.previous() {
                    return Err(conflict_problem("already_cast"));
                }
            }
        }
        if cast >= self.settings.ballots_per_nullifier {
            let detail =
                "this voter has reached this relayer's limit of ballots per poll and chamber: send the ballot directly";
            return Err(Problem::new(StatusCode::CONFLICT, "too_many_ballots", detail));
        }
        Ok(())
    }
}

/// Returns the times of a receipt, in seconds: when the package was accepted, and by when inclusion is promised. Both
/// are the same for all packages that arrive within one span of `max_age` seconds. Anyone who has a ballot from the
/// chain can request its receipt; the exact second would tell that ballot apart from those it was mixed with.
fn receipt_times(arrived: u64, max_age: u64, promise: u64) -> (u64, u64) {
    let span = max_age.max(1);
    let accepted_at = arrived - arrived % span;
    (accepted_at, accepted_at + (span - 1) + promise)
}

#[cfg(test)]
mod tests {
    use super::receipt_times;

    #[test]
    fn receipts_of_one_span_have_equal_times_and_keep_the_promise() {
        let all: Vec<_> = (1_200..1_320).map(|arrived| receipt_times(arrived, 120, 900)).collect();
        assert!(all.iter().all(|times| *times == (1_200, 2_219)), "{all:?}");
        assert_eq!(receipt_times(1_320, 120, 900).0, 1_320);
        assert!((0..500).all(|arrived| receipt_times(arrived, 120, 900).1 >= arrived + 900));
        assert_eq!(receipt_times(77, 0, 60), (77, 137));
    }
}
