//! A masker is killed again and again, while voters replace their ballots: each slot is updated as often as it should
//! be, and the total is what voters chose.
//!
//! Proofs take most of the time, so the test in CI has 24 slots. A thousand slots and five kills:
//!
//! ```console
//! cargo test -p psephos-service --test relayer -- --ignored --nocapture masker::kill::thousand
//! ```

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use alloy::{
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use psephos_chain::hex;
use psephos_client::relayer::Submission;
use psephos_protocol::{elements::Nullifier, identifiers::PollId};
use psephos_service::relayer::{MaskerSettings, RelayerSettings};
use psephos_state::PollChamber;
use psephos_wire::{Package, relay::Receipt};
use rand::{Rng, rngs::OsRng};

use crate::{
    harness::quick_settings,
    kill::{CHILD, ChildInput, KillableRelayer},
    local_system::LocalSystem,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn masker_killed_again_and_again_updates_each_slot_as_planned() {
    sweep_under_fire(24, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes long: a thousand slots are swept twice"]
async fn thousand_slots_are_swept_while_the_masker_is_killed_five_times() {
    sweep_under_fire(1_000, 5).await;
}

/// The time before the close at which the sweep ends, in seconds.
const LAST_CALL: u64 = 450;

/// A poll, the process that masks it, and a miner.
struct Battle {
    system: LocalSystem,
    poll: PollId,
    closes_at: u64,
    masker: KillableRelayer,
    port: PathBuf,
    client: reqwest::Client,
    /// Replacements that the masker accepted: the voter, its option, the package.
    accepted: Vec<(usize, usize, Package)>,
    begun: Instant,
}

async fn sweep_under_fire(slots: usize, kills: usize) {
    if std::env::var(CHILD).is_ok() {
        return;
    }
    let begun = Instant::now();
    let system = LocalSystem::new(slots).await;
    let poll = system.open_masked_poll().await;
    let first = system.prove_ballots(poll, 0..slots).await;
    let first: Vec<_> = first.iter().map(|package| Submission::new("first", package)).collect();
    let report = system.relay_packages(&first).await;
    assert!(!report.is_incomplete());
    eprintln!("{slots} first ballots are cast, {:.0} s since the start", begun.elapsed().as_secs_f64());

    let folder = tempfile::tempdir().unwrap();
    let order = ChildInput {
        rpc: system.chain.connection().url().to_owned(),
        deployment: system.deployment.clone(),
        key: hex::encode(PrivateKeySigner::to_bytes(&system.signer)),
        file: folder.path().join("relayer"),
        port: folder.path().join("port"),
        settings: RelayerSettings {
            // Several batches in each half of the sweep, between which it is killed.
            batch: if slots > 100 { 32 } else { 6 },
            patience: 30,
            confirmations: 2,
            interval_ms: 50,
            last_call: LAST_CALL,
            ..quick_settings()
        },
        // The mean is low for a thousand slots, only to save time: the sweep updates each of them twice.
        masker: MaskerSettings {
            enabled: true,
            mean: if slots > 100 { 0 } else { 2 },
            wait: 0,
            ..MaskerSettings::default()
        },
        index: Some(folder.path().join("index")),
    };
    let closes_at = system.read_chain_state().await.polls[&poll].parameters.closes_at;
    let provider = system.chain.connection().provider().clone();
    // The chain's clock advances by a second with each block, and at a slow machine's pace.
    provider.anvil_set_auto_mine(false).await.unwrap();
    provider.anvil_set_block_timestamp_interval(1).await.unwrap();
    let pause = Duration::from_secs(if slots > 100 { 3 } else { 1 });
    let over = Arc::new(AtomicBool::new(false));
    let miner = tokio::spawn({
        let (over, provider) = (over.clone(), provider.clone());
        async move {
            while !over.load(Ordering::SeqCst) {
                provider.anvil_mine(Some(1), None).await.unwrap();
                tokio::time::sleep(pause).await;
            }
        }
    });
    let masker = KillableRelayer::start_child(&order);
    let (port, client, accepted) = (order.port.clone(), reqwest::Client::new(), Vec::new());
    let mut battle = Battle { system, poll, closes_at, masker, port, client, accepted, begun };
    let (early, late) = (kills / 3, kills - kills / 3);
    battle.replace_before_the_sweep(early).await;
    // Nothing is under way while the clock moves into the sweep, so that what follows can be counted.
    battle.masker.kill();
    let before = battle.wait_until_mined().await;
    battle.advance_to(closes_at - 1_130).await;
    battle.masker.restart();
    battle.kill_until_updated(&before, 1, late / 2).await;
    battle.advance_to(closes_at - LAST_CALL + 5).await;
    let ended = battle.kill_until_updated(&before, 2, late - late / 2).await;
    assert_eq!(count_updates(&before, &ended), vec![2; slots], "each slot once in each half of the sweep");
    over.store(true, Ordering::SeqCst);
    miner.await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    provider.anvil_remove_block_timestamp_interval().await.unwrap();

    assert!(ended.skips.is_empty(), "no update was sent twice");
    let (expected, carried) = battle.expected_totals(&ended);
    let transactions = provider.get_transaction_count(battle.system.signer.address()).await.unwrap();
    eprintln!(
        "{slots} slots, {kills} kills: {} updates in {transactions} transactions, {carried} of {} replacements carried, \
         {:.0} s",
        ended.ballots.len() - slots,
        battle.accepted.len(),
        battle.begun.elapsed().as_secs_f64()
    );
    let Battle { system, masker, .. } = battle;
    drop(masker);
    assert_eq!(system.close_and_tally(poll).await, expected);
}

/// Returns, by slot, how many updates came between two states.
fn count_updates(before: &PollChamber, after: &PollChamber) -> Vec<usize> {
    let count = |listed: &PollChamber| {
        let mut counts: BTreeMap<Nullifier, usize> = BTreeMap::new();
        listed.ballots.iter().for_each(|ballot| *counts.entry(ballot.posted.nullifier).or_default() += 1);
        counts
    };
    let before = count(before);
    count(after).into_iter().map(|(slot, after)| after - before.get(&slot).copied().unwrap_or_default()).collect()
}

impl Battle {
    async fn chamber(&self) -> PollChamber {
        self.system.read_chain_state().await.polls[&self.poll].chambers[&self.system.chamber].clone()
    }

    /// Moves the chain's clock, and mines a block.
    async fn advance_to(&self, time: u64) {
        let provider = self.system.chain.connection().provider();
        let now = self.system.dao.newest_time().await.unwrap();
        provider.anvil_set_next_block_timestamp(time.max(now + 10)).await.unwrap();
        provider.anvil_mine(Some(1), None).await.unwrap();
    }

    /// Goes through the poll in steps, in each of which a voter replaces its ballot; kills the masker some times.
    async fn replace_before_the_sweep(&mut self, kills: usize) {
        let (start, steps) = (self.system.dao.newest_time().await.unwrap(), 20);
        let end = self.closes_at - 1_801;
        for step in 1..=steps {
            self.advance_to(start + (end - start) * step / steps).await;
            let voter = OsRng.gen_range(0..self.system.voters.len());
            let option = OsRng.gen_range(0..3);
            let package = self.system.prove_ballot(self.poll, voter, option, true).await;
            if self.hand_over(&package).await.is_some() {
                self.accepted.push((voter, option, package));
            }
            if (step as usize) <= kills {
                tokio::time::sleep(Duration::from_millis(OsRng.gen_range(0..500))).await;
                self.masker.kill_and_restart();
                eprintln!("killed before the sweep, {:.0} s since the start", self.begun.elapsed().as_secs_f64());
            }
        }
    }

    /// Hands an update over until it is accepted, or overtaken.
    async fn hand_over(&self, package: &Package) -> Option<Receipt> {
        loop {
            if let Ok(address) = std::fs::read_to_string(&self.port)
                && let Ok(answer) =
                    self.client.post(format!("http://{address}/v1/ballots")).body(package.to_json()).send().await
            {
                match answer.status().as_u16() {
                    202 => return answer.json().await.ok(),
                    409 => return None,
                    429 | 503 => {}
                    status => panic!("{status}: {:?}", answer.text().await),
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until no transaction of the masker is pending.
    async fn wait_until_mined(&self) -> PollChamber {
        let (provider, account) = (self.system.chain.connection().provider(), self.system.signer.address());
        loop {
            let mined = provider.get_transaction_count(account).await.unwrap();
            if provider.get_transaction_count(account).pending().await.unwrap() == mined {
                return self.chamber().await;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Kills the masker at random moments while it sweeps, and waits until each slot has this many more updates.
    async fn kill_until_updated(&mut self, before: &PollChamber, times: usize, kills: usize) -> PollChamber {
        let slots = self.system.voters.len();
        let mut moments: Vec<usize> = (0..kills).map(|_| OsRng.gen_range(0..slots)).collect();
        moments.sort_unstable();
        let mut moments = moments.into_iter().peekable();
        for _ in 0..40_000 {
            let now = self.chamber().await;
            let updated = count_updates(before, &now).into_iter().filter(|count| *count >= times).count();
            while moments.next_if(|moment| updated >= *moment).is_some() {
                tokio::time::sleep(Duration::from_millis(OsRng.gen_range(0..2_000))).await;
                self.masker.kill_and_restart();
                let seconds = self.begun.elapsed().as_secs_f64();
                eprintln!("killed with {updated} of {slots} slots updated, {seconds:.0} s since the start");
            }
            if updated == slots && moments.peek().is_none() {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("not all slots were updated");
    }

    /// Returns the totals of what counts now, and how many replacements were carried.
    fn expected_totals(&self, ended: &PollChamber) -> (Vec<u64>, usize) {
        let mut options: Vec<usize> = (0..self.system.voters.len()).map(|voter| voter % 3).collect();
        let position = |package: &Package| {
            let posted = package.contents().unwrap().record.posted;
            ended.ballots.iter().position(|ballot| ballot.posted == posted)
        };
        let mut carried: Vec<_> = self
            .accepted
            .iter()
            .filter_map(|(voter, option, package)| Some((position(package)?, *voter, *option)))
            .collect();
        carried.sort_unstable();
        for (_, voter, option) in &carried {
            options[*voter] = *option;
        }
        let total = |option: usize| options.iter().filter(|chosen| **chosen == option).count() as u64;
        ((0..3).map(total).collect(), carried.len())
    }
}
