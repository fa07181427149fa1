//! A whole election as a value: its logs, its transactions and the contracts' views, recorded once on a local chain. A
//! test alters what it wants of it and looks who notices.

mod stage;

use std::{collections::BTreeMap, sync::Arc};

use alloy::primitives::B256;
use psephos_client::{KeyRing, verify::PollEvidence};
use psephos_protocol::identifiers::PollId;
use psephos_state::{ChainState, Deployment, Log, TransactionCall, fees::FeeBooks};

use stage::Stage;

/// A recorded election, with every event that the contracts have.
///
/// Poll 1 has two chambers and is decided: its ballots come in batches, one of them through the fee pot, one is
/// replaced and two are skipped; a share is refused; its reward is ratified by poll 3, sealed and claimed. Poll 2 ends
/// undecided for want of shares. Poll 4 is rounded and tallied by its teller; poll 5 is rounded, and its teller does
/// not tally it. The committee has replaced another one, and is retired at the end, and a trustee of it
/// after it.
pub struct RecordedElection {
    /// The contracts.
    pub deployment: Deployment,
    /// The circuits' keys.
    pub circuits: Arc<KeyRing>,
    /// The decided poll, the undecided one, the one that ratifies the first, and two rounded ones, of which the teller
    /// tallied the first.
    pub polls: [PollId; 5],
    /// All logs of the contracts, in order.
    pub logs: Vec<Log>,
    /// The transactions of these logs.
    pub calls: BTreeMap<B256, TransactionCall>,
    /// The time of the last block.
    pub time: u64,
    /// The evidence about each poll.
    pub evidence: BTreeMap<PollId, PollEvidence>,
}

impl RecordedElection {
    /// Holds the election. Takes about a minute: dealings, ballots, a note batch and claims are proved.
    pub async fn record() -> Self {
        let stage = Stage::prepare().await;
        let polls = stage.hold_polls().await;
        stage.pay_rewards(polls).await;
        stage.settle(polls).await;
        stage.record(polls).await
    }

    /// Returns the state that these logs lead to, with the calls of a poll loaded; `before` is the state to start from.
    pub fn apply(&self, before: &ChainState, logs: &[Log], poll: PollId) -> ChainState {
        let mut state = before.clone();
        state.apply_logs(logs);
        (state.block, state.time) = (self.evidence[&poll].state.block, self.time);
        // There may be no such poll any more: then there is nothing to load.
        let _ = state.load_calls(poll, &self.calls);
        state
    }

    /// Returns the evidence about a poll if the chain had these logs and this state, and all views were as recorded.
    pub fn evidence_of(&self, poll: PollId, state: ChainState, logs: &[Log]) -> PollEvidence {
        let recorded = &self.evidence[&poll];
        let mut evidence = PollEvidence { state, ..recorded.clone() };
        if let Some(pot) = &mut evidence.pot {
            let balance = pot.books.as_ref().unwrap().balance;
            pot.books = self.read_books(logs).map(|books| FeeBooks { balance, ..books });
            let (contract, calls) = (self.deployment.fee_pot.unwrap(), &self.calls);
            let created = pot.books.as_ref().ok().and_then(|books| books.pots.get(&poll));
            pot.creation = created.map(|pot| pot.judge_creation(contract, poll, calls.get(&pot.created_in)));
        }
        evidence
    }

    fn read_books(&self, logs: &[Log]) -> Result<FeeBooks, String> {
        let mut books = FeeBooks::default();
        for log in logs.iter().filter(|log| Some(log.address) == self.deployment.fee_pot) {
            books.apply_log(log).map_err(|error| error.to_string())?;
        }
        Ok(books)
    }
}
