//! An index that lies: whatever it changes, the chain's views say otherwise, and by name.

use alloy::sol_types::SolEvent;
use psephos_chain::{
    B256, ChainError, U256, logs,
    source::indexer::{
        error::{IndexerError, Part},
        snapshot::Snapshot,
    },
};
use psephos_client::ChainState;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::Log;
use psephos_state::bindings::{
    ICommittee::{CommitteeReady, TrusteeRegistered},
    IPolls::{BallotCast, ChamberCounted, ChamberOpened, PollCreated, PollEnded, SharePosted},
    IStakeholderRegistry::{ChamberCreated, Enrolled, Removed},
};

use crate::scene::Scene;

struct Liar<'a> {
    scene: &'a Scene,
    logs: Vec<Log>,
    honest: ChainState,
}

pub(crate) async fn an_index(scene: &Scene) {
    let deployment = &scene.house.deployment;
    let honest = scene.replay().await;
    let contracts = psephos_state::events::event_contracts(deployment);
    let connection = scene.house.chain.connection();
    let logs = logs::read_logs(connection, &contracts, deployment.from_block, honest.block).await.unwrap();
    let liar = Liar { scene, logs, honest };
    liar.is_believed_when_it_does_not_lie().await;
    liar.about_chambers().await;
    liar.about_committees().await;
    liar.about_polls().await;
    liar.about_ballots().await;
    liar.about_the_count().await;
}

impl Liar<'_> {
    fn snapshot(&self, logs: &[Log], hash: B256) -> Snapshot {
        let mut state = ChainState::empty(self.scene.house.deployment.clone());
        state.apply_logs(logs);
        (state.block, state.time) = (self.honest.block, self.honest.time);
        Snapshot { state, hash }
    }

    async fn tip(&self) -> B256 {
        use alloy::providers::Provider;
        let provider = self.scene.house.chain.connection().provider();
        provider.get_block_by_number(self.honest.block.into()).await.unwrap().unwrap().header.hash
    }

    async fn outcome(&self, logs: &[Log]) -> Result<ChainState, ChainError> {
        self.snapshot(logs, self.tip().await).verify(self.scene.house.chain.connection()).await
    }

    async fn is_believed_when_it_does_not_lie(&self) {
        let replay = self.outcome(&self.logs).await.unwrap();
        assert_eq!(format!("{replay:?}"), format!("{:?}", self.honest));
        // One that lags behind is as good: the rest comes from the node.
        let half = self.logs.len() / 2;
        let block = self.logs[half].block;
        let early: Vec<Log> = self.logs.iter().filter(|log| log.block < block).cloned().collect();
        let mut snapshot = self.snapshot(&early, self.logs[half].block_hash);
        snapshot.state.block = block - 1;
        let error = snapshot.clone().verify(self.scene.house.chain.connection()).await.unwrap_err();
        assert!(
            matches!(&error, ChainError::Indexer(error) if matches!(**error, IndexerError::OtherBlock { .. })),
            "{error}"
        );
        let before = alloy::providers::Provider::get_block_by_number(
            self.scene.house.chain.connection().provider(),
            (block - 1).into(),
        );
        snapshot.hash = before.await.unwrap().unwrap().header.hash;
        let replay = snapshot.verify(self.scene.house.chain.connection()).await.unwrap();
        assert_eq!(format!("{replay:?}"), format!("{:?}", self.honest));
    }

    /// The logs with one of this event changed: by number among those that `which` names.
    fn changed<E: SolEvent>(&self, which: impl Fn(&E) -> bool, change: impl FnOnce(&mut E)) -> Vec<Log> {
        let mut logs = self.logs.clone();
        let (place, mut event) = self.find(which);
        change(&mut event);
        logs[place].data = event.encode_log_data();
        logs
    }

    fn without<E: SolEvent>(&self, which: impl Fn(&E) -> bool) -> Vec<Log> {
        let mut logs = self.logs.clone();
        logs.remove(self.find(which).0);
        logs
    }

    fn find<E: SolEvent>(&self, which: impl Fn(&E) -> bool) -> (usize, E) {
        let read = |(place, log): (usize, &Log)| {
            let data = &log.data;
            let ours = data.topics().first() == Some(&E::SIGNATURE_HASH);
            ours.then(|| (place, E::decode_raw_log(data.topics().iter().copied(), &data.data).unwrap()))
        };
        self.logs.iter().enumerate().filter_map(read).find(|(_, event)| which(event)).unwrap()
    }

    async fn differs(&self, logs: Vec<Log>, part: Part) {
        match self.outcome(&logs).await {
            Err(ChainError::Indexer(error)) => match *error {
                IndexerError::Differs(difference) => assert_eq!(difference.part, part, "{difference}"),
                error => panic!("expected {part}, got {error}"),
            },
            Err(error) => panic!("expected {part}, got {error}"),
            Ok(_) => panic!("nobody noticed {part}"),
        }
    }

    async fn about_chambers(&self) {
        let [first, _] = self.scene.chambers;
        let here = |event: &Enrolled| event.chamber == U256::from(first.get());
        let weight = self.changed(here, |event| event.weight += U256::from(1));
        self.differs(weight, Part::Chamber(first, "total weight")).await;
        let identity = self.changed(here, |event| event.id = U256::from(12));
        self.differs(identity, Part::Chamber(first, "census root")).await;
        self.differs(self.without(here), Part::Chamber(first, "number of members")).await;
        let removal = self.without(|event: &Removed| event.chamber == U256::from(first.get()));
        self.differs(removal, Part::Chamber(first, "number of members")).await;
        let name = self.changed(
            |event: &ChamberCreated| event.chamber == U256::from(first.get()),
            |event| {
                event.name = "Fools".into();
            },
        );
        self.differs(name, Part::Chamber(first, "name")).await;
    }

    async fn about_committees(&self) {
        let committee = self.scene.house.committee;
        let here = |event: &CommitteeReady| event.committee == U256::from(committee.get());
        // The same keys in another order: each is a point that the committee has.
        let keys = self.changed(here, |event| event.keys.rotate_right(2));
        self.differs(keys, Part::Committee(committee, "keys of size 3")).await;
        let none = self.without(here);
        self.differs(none, Part::Committee(committee, "keys of size 3")).await;
        let other = self.find(|event: &TrusteeRegistered| event.index == U256::from(1)).1.key;
        let transport = self.changed(|event: &TrusteeRegistered| event.index == U256::ZERO, |event| event.key = other);
        self.differs(transport, Part::Committee(committee, "transport keys")).await;
    }

    async fn about_polls(&self) {
        let [poll, other] = self.scene.polls;
        let [chamber, _] = self.scene.chambers;
        let here = |event: &PollCreated| event.poll == U256::from(poll.get());
        let close = self.changed(here, |event| event.parameters.closesAt -= 1);
        self.differs(close, Part::Poll(poll, "close")).await;
        let least = self.changed(here, |event| event.parameters.chambers[0].minBallots = 1);
        let number = self.find(here).1.parameters.chambers[0].chamber;
        self.differs(least, Part::PollChamber(poll, ChamberId::new(number), "rule")).await;
        let created = |event: &PollCreated| event.poll == U256::from(other.get());
        self.differs(self.without(created), Part::Deployment("number of polls")).await;
        let opened =
            |event: &ChamberOpened| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        let root = self.changed(opened, |event| event.root = U256::from(4));
        self.differs(root, Part::PollChamber(poll, chamber, "frozen census root")).await;
        let ctx = self.changed(opened, |event| event.ctx = U256::from(4));
        self.differs(ctx, Part::PollChamber(poll, chamber, "context")).await;
    }

    async fn about_ballots(&self) {
        let [poll, _] = self.scene.polls;
        let [chamber, _] = self.scene.chambers;
        let part = |what| Part::PollChamber(poll, chamber, what);
        let listed = &self.honest.polls[&poll].chambers[&chamber];
        let counting: Vec<U256> =
            listed.counted_ballots().map(|ballot| psephos_state::words::from_field(&ballot.posted.nullifier)).collect();
        let once: Vec<U256> = counting
            .iter()
            .filter(|nullifier| {
                let same = |ballot: &&psephos_state::Ballot| {
                    psephos_state::words::from_field(&ballot.posted.nullifier) == **nullifier
                };
                listed.ballots.iter().filter(same).count() == 1
            })
            .copied()
            .collect();
        let here = |event: &BallotCast| event.poll == U256::from(poll.get()) && event.nullifier == once[0];
        self.differs(self.without(here), part("number of ballots")).await;
        // `D_1` becomes the neutral element, which is a point like another: word 5 is its x, word 6 its y.
        let emptied = self.changed(here, |event| {
            let mut record = event.record.to_vec();
            record[5 * 32..7 * 32].fill(0);
            record[7 * 32 - 1] = 1;
            event.record = record.into();
        });
        self.differs(emptied, part("encrypted total")).await;
        // A note is in no total: only the slots tell.
        let note = self.changed(here, |event| {
            let mut record = event.record.to_vec();
            record[3 * 32 - 1] ^= 1;
            event.record = record.into();
        });
        self.differs(note, part("ballots")).await;
    }

    async fn about_the_count(&self) {
        let [poll, _] = self.scene.polls;
        let [chamber, _] = self.scene.chambers;
        let part = |what| Part::PollChamber(poll, chamber, what);
        let counted =
            |event: &ChamberCounted| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        let totals = self.changed(counted, |event| event.totals[0] += 1);
        self.differs(totals, part("totals")).await;
        let choice = self.changed(counted, |event| event.choice += 1);
        self.differs(choice, part("choice")).await;
        let share =
            |event: &SharePosted| event.poll == U256::from(poll.get()) && event.chamber == U256::from(chamber.get());
        self.differs(self.without(share), part("shares")).await;
        if self.honest.polls[&poll].ended.is_some() {
            let end = self.without(|event: &PollEnded| event.poll == U256::from(poll.get()));
            self.differs(end, Part::Poll(poll, "end")).await;
        }
    }
}
