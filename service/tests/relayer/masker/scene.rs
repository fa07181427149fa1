//! A masked poll of an hour and a relayer that masks it: no masks before the sweep, which takes the last half hour.

use std::{path::PathBuf, time::Duration};

use alloy::providers::Provider;
use psephos_chain::local;
use psephos_client::voter;
use psephos_protocol::{elements::Nullifier, identifiers::PollId};
use psephos_service::relayer::{CrashProbe, MaskerSettings, RelayerSettings};
use psephos_state::Ballot;
use psephos_wire::{Package, relay::Receipt};
use tempfile::TempDir;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

pub(super) struct MaskedScene {
    pub(super) system: LocalSystem,
    pub(super) poll: PollId,
    pub(super) closes_at: u64,
    pub(super) settings: RelayerSettings,
    pub(super) masker: MaskerSettings,
    folder: TempDir,
}

impl MaskedScene {
    /// Opens a masked poll of this many voters.
    pub(super) async fn open(voters: usize) -> Self {
        let system = LocalSystem::new(voters).await;
        let poll = system.open_masked_poll().await;
        let closes_at = system.read_chain_state().await.polls[&poll].parameters.closes_at;
        // Every replacement is carried, unless a test says otherwise: the selection has tests of its own.
        let masker = MaskerSettings { enabled: true, mean: 0, wait: 0, own_percent: 0, ..MaskerSettings::default() };
        let settings = RelayerSettings { batch: 64, confirmations: 1_000, last_call: 60, ..quick_settings() };
        Self { system, poll, closes_at, settings, masker, folder: tempfile::tempdir().unwrap() }
    }

    /// Opens another poll of the same voters, which the scene is about from then on.
    pub(super) async fn open_another_poll(&mut self) {
        self.poll = self.system.open_masked_poll().await;
        self.closes_at = self.system.read_chain_state().await.polls[&self.poll].parameters.closes_at;
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("relayer")
    }

    pub(super) async fn start(&self, probe: Option<CrashProbe>) -> RelayerHarness {
        let settings = (self.settings.clone(), self.masker.clone());
        RelayerHarness::start_masker(&self.system, &self.file(), settings, probe).await
    }

    /// Casts the first ballots of all voters, each for the option of its number modulo 3.
    pub(super) async fn cast_first_ballots(&self, harness: &RelayerHarness) {
        let first = self.system.prove_ballots(self.poll, 0..self.system.voters.len()).await;
        let answers = first.iter().map(|package| harness.submit_ballot(package));
        futures_util::future::join_all(answers).await.into_iter().for_each(|answer| drop(answer.unwrap()));
        self.wait_for_updates(|ballots| ballots.len() == first.len()).await;
    }

    /// Returns a voter's replacement of the ballot that counts now.
    pub(super) async fn replace(&self, voter: usize, option: usize) -> Package {
        self.system.prove_ballot(self.poll, voter, option, true).await
    }

    /// Returns a mask, by anyone, of the ballot of a voter that counts now.
    pub(super) async fn mask(&self, voter: usize) -> Package {
        let state = self.system.read_chain_state().await;
        let mask = voter::prepare_mask(&state, self.poll, self.system.chamber, &self.nullifier(voter).await).unwrap();
        voter::prove_ballot(&self.system.circuits, mask).unwrap()
    }

    pub(super) async fn nullifier(&self, voter: usize) -> Nullifier {
        let state = self.system.read_chain_state().await;
        let (_, frozen) = state.opened_chamber(self.poll, self.system.chamber).unwrap();
        let identity = &self.system.voters[voter].identity;
        psephos_protocol::nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx)
    }

    /// Moves the chain's clock, and mines a block.
    pub(super) async fn advance_to(&self, time: u64) {
        local::advance_time(self.system.chain.connection(), time).await.unwrap();
    }

    /// Moves to the end of the sweep's first half: each slot is updated once.
    pub(super) async fn advance_to_turn(&self) {
        self.advance_to(self.closes_at - 935).await;
    }

    /// Moves to the end of its second half: each slot is updated once more.
    pub(super) async fn advance_to_end(&self) {
        self.advance_to(self.closes_at - 30).await;
    }

    pub(super) async fn ballots(&self) -> Vec<Ballot> {
        self.system.read_chain_state().await.polls[&self.poll].chambers[&self.system.chamber].ballots.clone()
    }

    /// Returns the number of updates of each voter's slot.
    pub(super) async fn updates(&self) -> Vec<usize> {
        let ballots = self.ballots().await;
        let mut counts = Vec::new();
        for voter in 0..self.system.voters.len() {
            let slot = self.nullifier(voter).await;
            counts.push(ballots.iter().filter(|ballot| ballot.posted.nullifier == slot).count() - 1);
        }
        counts
    }

    /// Waits until this many slots have been updated, by any sender, and no transaction of the relayer is pending.
    pub(super) async fn wait_until_swept(&self, slots: usize) {
        let provider = self.system.chain.connection().provider();
        let account = self.system.signer.address();
        self.wait_for_updates(|ballots| {
            let counted = ballots.iter().filter(|ballot| !ballot.replaced);
            counted.filter(|ballot| ballot.previous != [0; 32]).count() >= slots
        })
        .await;
        for _ in 0..600 {
            let mined = provider.get_transaction_count(account).await.unwrap();
            if provider.get_transaction_count(account).pending().await.unwrap() == mined {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("a transaction of the relayer stays pending");
    }

    /// Waits until the ballots on the chain are as they should be.
    pub(super) async fn wait_for_updates(&self, reached: impl Fn(&[Ballot]) -> bool) -> Vec<Ballot> {
        for _ in 0..1_200 {
            let ballots = self.ballots().await;
            if reached(&ballots) {
                return ballots;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the chain has {} ballots", self.ballots().await.len());
    }
}

/// Returns whether this very update is among the ballots on the chain.
pub(super) fn is_among(ballots: &[Ballot], package: &Package) -> bool {
    let posted = package.contents().unwrap().record.posted;
    ballots.iter().any(|ballot| ballot.posted == posted)
}

/// Returns a receipt without what names the package.
pub(super) fn without_name(receipt: &Receipt) -> Receipt {
    Receipt { id: psephos_chain::B256::ZERO, signature: String::new(), ..receipt.clone() }
}
