//! An indexer that serves false events: every change contradicts a view of the contracts, and the error names the part.

use alloy::sol_types::SolEvent;
use psephos_chain::{
    Address, B256, ChainError, U256, logs,
    source::indexer::{
        error::{IndexerError, Part},
        snapshot::Snapshot,
    },
};
use psephos_protocol::{
    elements::{NoteCommitment, Nullifier, StatementHash},
    identifiers::ChamberId,
    sheet::EncryptedSheet,
    statement::sheet::PostedSheet,
};
use psephos_state::{
    Ballot, ChainState, Log,
    bindings::{
        ICharters,
        ICommittee::{CommitteeReady, TrusteeRegistered},
        IPolls::{BallotCast, ChamberOpened, ChamberTallied, PollCreated, PollEnded, SharePosted},
        ISheets::{self, SheetChamberOpened, SheetCreated, SheetOpened},
        IStakeholderRegistry::{ChamberCreated, Enrolled, Removed},
    },
    events, words,
};

use crate::scenario::Scenario;

struct FalseIndexer<'a> {
    scenario: &'a Scenario,
    logs: Vec<Log>,
    honest: ChainState,
}

pub(crate) async fn detect_every_false_event(scenario: &Scenario) {
    let deployment = &scenario.local.deployment;
    let honest = scenario.read_state().await;
    let contracts = events::event_contracts(deployment);
    let connection = scenario.local.chain.connection();
    let logs = logs::read_logs(connection, &contracts, deployment.from_block, honest.block).await.unwrap();
    let indexer = FalseIndexer { scenario, logs, honest };
    indexer.accept_true_events().await;
    indexer.detect_false_chambers().await;
    indexer.detect_false_committees().await;
    indexer.detect_false_polls().await;
    indexer.detect_false_ballots().await;
    indexer.detect_false_tally().await;
    indexer.detect_false_sheets().await;
}

impl FalseIndexer<'_> {
    fn build_snapshot(&self, logs: &[Log], hash: B256) -> Snapshot {
        let mut state = ChainState::empty(self.scenario.local.deployment.clone());
        state.apply_logs(logs);
        (state.block, state.time) = (self.honest.block, self.honest.time);
        Snapshot { state, hash }
    }

    async fn newest_hash(&self) -> B256 {
        use alloy::providers::Provider;
        let provider = self.scenario.local.chain.connection().provider();
        provider.get_block_by_number(self.honest.block.into()).await.unwrap().unwrap().header.hash
    }

    async fn verify_snapshot(&self, logs: &[Log]) -> Result<ChainState, ChainError> {
        self.build_snapshot(logs, self.newest_hash().await).verify(self.scenario.local.chain.connection()).await
    }

    async fn accept_true_events(&self) {
        let state = self.verify_snapshot(&self.logs).await.unwrap();
        assert_eq!(format!("{state:?}"), format!("{:?}", self.honest));
        // One that lags behind is as good: the remaining events come from the node.
        let half = self.logs.len() / 2;
        let block = self.logs[half].block;
        let early: Vec<Log> = self.logs.iter().filter(|log| log.block < block).cloned().collect();
        let mut snapshot = self.build_snapshot(&early, self.logs[half].block_hash);
        snapshot.state.block = block - 1;
        let error = snapshot.clone().verify(self.scenario.local.chain.connection()).await.unwrap_err();
        assert!(
            matches!(&error, ChainError::Indexer(error) if matches!(**error, IndexerError::OtherBlock { .. })),
            "{error}"
        );
        let before = alloy::providers::Provider::get_block_by_number(
            self.scenario.local.chain.connection().provider(),
            (block - 1).into(),
        );
        snapshot.hash = before.await.unwrap().unwrap().header.hash;
        let state = snapshot.verify(self.scenario.local.chain.connection()).await.unwrap();
        assert_eq!(format!("{state:?}"), format!("{:?}", self.honest));
    }

    /// Returns the logs with one event changed: the first of its type for which `which` holds.
    fn change_event<E: SolEvent>(&self, which: impl Fn(&E) -> bool, change: impl FnOnce(&mut E)) -> Vec<Log> {
        let mut logs = self.logs.clone();
        let (place, mut event) = self.find_event(which);
        change(&mut event);
        logs[place].data = event.encode_log_data();
        logs
    }

    fn remove_event<E: SolEvent>(&self, which: impl Fn(&E) -> bool) -> Vec<Log> {
        let mut logs = self.logs.clone();
        logs.remove(self.find_event(which).0);
        logs
    }

    fn find_event<E: SolEvent>(&self, which: impl Fn(&E) -> bool) -> (usize, E) {
        let read = |(place, log): (usize, &Log)| {
            let data = &log.data;
            let ours = data.topics().first() == Some(&E::SIGNATURE_HASH);
            ours.then(|| (place, E::decode_raw_log(data.topics().iter().copied(), &data.data).unwrap()))
        };
        self.logs.iter().enumerate().filter_map(read).find(|(_, event)| which(event)).unwrap()
    }

    async fn assert_detected(&self, logs: Vec<Log>, part: Part) {
        self.assert_one_detected(logs, &[part]).await;
    }

    /// Asserts that one of these parts is said to differ: a false event may falsify several, which are compared at
    /// once.
    async fn assert_one_detected(&self, logs: Vec<Log>, parts: &[Part]) {
        match self.verify_snapshot(&logs).await {
            Err(ChainError::Indexer(error)) => match *error {
                IndexerError::Differs(difference) => assert!(parts.contains(&difference.part), "{difference}"),
                error => panic!("expected {parts:?}, got {error}"),
            },
            Err(error) => panic!("expected {parts:?}, got {error}"),
            Ok(_) => panic!("the false {parts:?} were not detected"),
        }
    }

    async fn detect_false_chambers(&self) {
        let [first, _] = self.scenario.chambers;
        let here = |event: &Enrolled| event.chamber == U256::from(first.get());
        let weight = self.change_event(here, |event| event.weight += U256::from(1));
        self.assert_detected(weight, Part::Chamber(first, "total weight")).await;
        let identity = self.change_event(here, |event| event.id = U256::from(12));
        self.assert_detected(identity, Part::Chamber(first, "census root")).await;
        self.assert_detected(self.remove_event(here), Part::Chamber(first, "number of members")).await;
        let removal = self.remove_event(|event: &Removed| event.chamber == U256::from(first.get()));
        // Without the purge its mark stands, under which no one enrols: one member more, and one fewer.
        self.assert_detected(removal, Part::Chamber(first, "total weight")).await;
        let name = self.change_event(
            |event: &ChamberCreated| event.chamber == U256::from(first.get()),
            |event| {
                event.name = "Impostors".into();
            },
        );
        self.assert_detected(name, Part::Chamber(first, "name")).await;
    }

    async fn detect_false_committees(&self) {
        let committee = self.scenario.local.committee;
        let here = |event: &CommitteeReady| event.committee == U256::from(committee.get());
        // The keys in another order: each of them is a key of the committee.
        let keys = self.change_event(here, |event| event.keys.rotate_right(2));
        // The keys are in the fingerprints of the committee's polls too.
        let [first, second] = self.scenario.polls.map(|poll| Part::Poll(poll, "fingerprint"));
        let third = Part::Sheet(self.scenario.sheet, "fingerprint");
        let parts = [Part::Committee(committee, "hash of the first 3 keys"), first, second, third];
        self.assert_one_detected(keys, &parts).await;
        let none = self.remove_event(here);
        self.assert_one_detected(none, &parts).await;
        let other = self.find_event(|event: &TrusteeRegistered| event.index == U256::from(1)).1.key;
        let transport =
            self.change_event(|event: &TrusteeRegistered| event.index == U256::ZERO, |event| event.key = other);
        self.assert_detected(transport, Part::Committee(committee, "transport keys")).await;
    }

    async fn detect_false_polls(&self) {
        let [poll, other] = self.scenario.polls;
        let [chamber, _] = self.scenario.chambers;
        let here = |event: &PollCreated| event.poll == U256::from(poll.get());
        let close = self.change_event(here, |event| event.parameters.closesAt -= 1);
        self.assert_detected(close, Part::Poll(poll, "fingerprint")).await;
        let least = self.change_event(here, |event| event.parameters.chambers[0].minBallots = 1);
        self.assert_detected(least, Part::Poll(poll, "fingerprint")).await;
        // The names of the options are in no other view.
        let swapped = self.change_event(here, |event| {
            let metadata = &mut event.parameters.metadata;
            *metadata = metadata.replace("For", "X").replace("Against", "For").replace('X', "Against");
        });
        self.assert_detected(swapped, Part::Poll(poll, "fingerprint")).await;
        let created = |event: &PollCreated| event.poll == U256::from(other.get());
        self.assert_detected(self.remove_event(created), Part::Deployment("number of polls")).await;
        let opened =
            |event: &ChamberOpened| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        let root = self.change_event(opened, |event| event.root = U256::from(4));
        self.assert_detected(root, Part::PollChamber(poll, chamber, "frozen census root")).await;
        let ctx = self.change_event(opened, |event| event.ctx = U256::from(4));
        self.assert_detected(ctx, Part::PollChamber(poll, chamber, "context")).await;
    }

    async fn detect_false_ballots(&self) {
        let [poll, _] = self.scenario.polls;
        let [chamber, _] = self.scenario.chambers;
        let part = |what| Part::PollChamber(poll, chamber, what);
        let listed = &self.honest.polls[&poll].chambers[&chamber];
        let counting: Vec<U256> =
            listed.counted_ballots().map(|ballot| words::from_field(&ballot.posted.nullifier)).collect();
        let once: Vec<U256> = counting
            .iter()
            .filter(|nullifier| {
                let same = |ballot: &&Ballot| words::from_field(&ballot.posted.nullifier) == **nullifier;
                listed.ballots.iter().filter(same).count() == 1
            })
            .copied()
            .collect();
        let here = |event: &BallotCast| event.poll == U256::from(poll.get()) && event.nullifier == once[0];
        self.assert_detected(self.remove_event(here), part("number of ballots")).await;
        // `D_1` becomes the identity, a valid point: word 5 is its x, word 6 its y.
        let emptied = self.change_event(here, |event| {
            let mut record = event.record.to_vec();
            record[5 * 32..7 * 32].fill(0);
            record[7 * 32 - 1] = 1;
            event.record = record.into();
        });
        self.assert_detected(emptied, part("encrypted total")).await;
        // A note commitment is in no total: only the ballot slots contradict it.
        let note = self.change_event(here, |event| {
            let mut record = event.record.to_vec();
            record[3 * 32 - 1] ^= 1;
            event.record = record.into();
        });
        self.assert_detected(note, part("ballots")).await;
    }

    async fn detect_false_tally(&self) {
        let [poll, _] = self.scenario.polls;
        let [chamber, _] = self.scenario.chambers;
        let part = |what| Part::PollChamber(poll, chamber, what);
        let counted =
            |event: &ChamberTallied| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        let totals = self.change_event(counted, |event| event.totals[0] += 1);
        self.assert_detected(totals, part("totals")).await;
        let choice = self.change_event(counted, |event| event.choice += 1);
        self.assert_detected(choice, part("choice")).await;
        let share =
            |event: &SharePosted| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        self.assert_detected(self.remove_event(share), part("shares")).await;
        if self.honest.polls[&poll].ended.is_some() {
            let end = self.remove_event(|event: &PollEnded| event.poll == U256::from(poll.get()));
            self.assert_detected(end, Part::Poll(poll, "end")).await;
        }
    }
    async fn detect_false_sheets(&self) {
        let sheet = self.scenario.sheet;
        let [chamber, second] = self.scenario.chambers;
        let here = |event: &SheetCreated| event.sheet == U256::from(sheet.get());
        self.assert_detected(self.remove_event(here), Part::Deployment("number of sheet polls")).await;
        let part = |what| Part::Sheet(sheet, what);
        let agenda = self.change_event(here, |event| event.parameters.agenda = B256::ZERO);
        self.assert_detected(agenda, part("fingerprint")).await;
        let adoption = self.change_event(here, |event| event.parameters.adoption.theta = 5_000);
        self.assert_detected(adoption, part("fingerprint")).await;
        let swapped = self.change_event(here, |event| event.parameters.chambers.reverse());
        self.assert_detected(swapped, part("fingerprint")).await;
        let opened = self.remove_event(|event: &SheetOpened| event.sheet == U256::from(sheet.get()));
        self.assert_detected(opened, part("opened")).await;
        let of = |id: ChamberId| move |event: &SheetChamberOpened| event.chamber == U256::from(id.get());
        let root = self.change_event(of(chamber), |event| event.root = U256::from(4));
        self.assert_detected(root, Part::SheetChamber(sheet, chamber, "frozen census root")).await;
        let ctx = self.change_event(of(second), |event| event.ctx = U256::from(4));
        self.assert_detected(ctx, Part::SheetChamber(sheet, second, "context")).await;
        let unopened = self.remove_event(of(second));
        self.assert_detected(unopened, Part::SheetChamber(sheet, second, "status")).await;
        self.detect_invented_events().await;
    }

    /// A sheet, and a version of the charter, that the contracts do not have.
    async fn detect_invented_events(&self) {
        let (sheet, contracts) = (self.scenario.sheet, self.scenario.local.deployment.sheets);
        let [chamber, _] = self.scenario.chambers;
        let nullifier = Nullifier::from_u64(5);
        let posted = PostedSheet {
            h: StatementHash::from_u64(1),
            nullifier,
            note: NoteCommitment::from_u64(2),
            ciphertext: EncryptedSheet::zero(16),
        };
        let cast = ISheets::BallotCast {
            poll: U256::from(sheet.get()),
            chamber: U256::from(chamber.get()),
            nullifier: words::from_field(&nullifier),
            previous: B256::ZERO,
            record: posted.to_bytes().into(),
        };
        let logs = self.append_event(contracts.sheets, &cast);
        self.assert_detected(logs, Part::SheetChamber(sheet, chamber, "number of sheets")).await;
        let version = ICharters::Version {
            charterHash: B256::repeat_byte(1),
            number: U256::from(1),
            parent: B256::ZERO,
            sheet: U256::from(sheet.get()),
            adopted: 1,
            root: B256::ZERO,
            expiresAt: u64::MAX,
            modelHash: B256::ZERO,
            policyHash: B256::ZERO,
            stage: ICharters::Stage::Live,
        };
        let (number, hash, of) = (version.number, version.charterHash, version.sheet);
        let enacted =
            ICharters::CharterEnacted { number, charterHash: hash, sheet: of, version, texts: vec!["Obey".into()] };
        let logs = self.append_event(contracts.charters, &enacted);
        self.assert_detected(logs, Part::Deployment("number of charter versions")).await;
    }

    /// Returns the logs with one more, of this contract, in the last block.
    fn append_event(&self, contract: Address, event: &impl SolEvent) -> Vec<Log> {
        let mut logs = self.logs.clone();
        let last = logs.last().unwrap().clone();
        logs.push(Log { address: contract, data: event.encode_log_data(), ..last });
        logs
    }
}
