//! Applying many logs at once leads to the same state as applying them one by one, and so does a checkpoint with the
//! remaining logs.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEvent;
use psephos_protocol::{
    Fr,
    identifiers::{ChamberId, PollId, SheetId},
};

use super::{
    sheet_story::{lower, share, sheet_cast, sheet_parameters, turnout},
    story::{CREATOR, ballot, deployment, id, log, poll_created, poll_parameters},
};
use crate::{
    bindings::{
        IPolls::{BallotCast, ChamberOpened, PollOpened},
        ISheets::{SheetChamberOpened, SheetCreated, SheetOpened},
        IStakeholderRegistry::{ChamberCreated, Enrolled, KeyRotated, RemovalMarked, Removed},
    },
    bytes::DecodeError,
    chain_state::ChainState,
    checkpoint::{Checkpoint, Restoration},
    log::Log,
    words,
};

/// Logs of one block each.
#[derive(Default)]
struct Tale(Vec<Log>);

impl Tale {
    fn push(&mut self, contract: Address, event: &impl SolEvent) {
        let block = self.0.len() as u64;
        self.0.push(Log { block, ..log(contract, event) });
    }

    fn registry(&mut self, event: &impl SolEvent) {
        self.push(deployment().registry, event);
    }

    fn enrol(&mut self, chamber: u64, member: u8, index: u64) {
        let subject = Address::repeat_byte(member);
        let id = words::from_field(&id(member).value());
        let (chamber, index) = (U256::from(chamber), U256::from(index));
        self.registry(&Enrolled { chamber, subject, index, id, weight: U256::from(member) });
    }

    fn open(&mut self, poll: u64, chamber: u64) {
        let (poll, chamber) = (U256::from(poll), U256::from(chamber));
        let (root, ctx) = (U256::from(5), U256::from(77));
        self.push(deployment().polls, &ChamberOpened { poll, chamber, root, ctx, packedRule: U256::ZERO });
        self.push(deployment().polls, &PollOpened { poll });
    }

    fn poll(&mut self, poll: u64, chambers: &[u64]) {
        let parameters = poll_parameters(chambers);
        self.push(deployment().polls, &poll_created(poll, parameters));
    }

    fn sheets(&mut self, event: &impl SolEvent) {
        self.push(deployment().sheets.sheets, event);
    }

    /// Creates sheet poll 1 in chamber 0, and opens it.
    fn open_sheet(&mut self) {
        let (sheet, parameters) = (U256::from(1), sheet_parameters());
        let proposal = parameters.proposal;
        self.sheets(&SheetCreated {
            sheet,
            proposal,
            creator: CREATOR,
            fingerprint: B256::ZERO,
            formHash: words::from_field(&super::sheet_story::form().hash()),
            parameters,
        });
        self.sheets(&SheetChamberOpened { sheet, chamber: U256::ZERO, root: U256::from(5), ctx: U256::from(77) });
        self.sheets(&SheetOpened { sheet });
    }

    fn cast(&mut self, poll: u64, spoil: bool) {
        let posted = ballot(1, poll, [0, 1, 0]);
        let mut record = posted.to_bytes();
        if spoil {
            // (0, -1) is on the curve and not in the subgroup.
            record[96..128].fill(0);
            record[128..160].copy_from_slice(&psephos_protocol::field::to_bytes(&-Fr::from(1)));
        }
        let (poll, nullifier) = (U256::from(poll), words::from_field(&posted.nullifier));
        let event = BallotCast { poll, chamber: U256::ZERO, nullifier, previous: B256::ZERO, record: record.into() };
        self.push(deployment().polls, &event);
    }
}

/// Two chambers whose enrolments alternate, every kind of change between them, and many inconsistent events.
fn tale() -> Vec<Log> {
    let mut tale = Tale::default();
    let created = |chamber: u64| ChamberCreated {
        chamber: U256::from(chamber),
        name: format!("chamber {chamber}"),
        policy: Address::ZERO,
    };
    tale.enrol(0, 1, 0);
    (0..2).for_each(|chamber| tale.registry(&created(chamber)));
    for member in 1..20u8 {
        tale.enrol(0, member, u64::from(member) - 1);
        tale.enrol(1, member + 50, u64::from(member) - 1);
    }
    tale.enrol(0, 3, 19);
    tale.enrol(0, 21, 40);
    tale.poll(1, &[0, 1]);
    tale.open(1, 0);
    tale.open(1, 1);
    let subject = Address::repeat_byte(4);
    let (chamber, index, weight) = (U256::ZERO, U256::from(3), U256::from(9));
    tale.enrol(0, 22, 20);
    tale.registry(&KeyRotated { chamber, subject, index, id: words::from_field(&id(99).value()), weight });
    tale.registry(&Removed { chamber: U256::from(1), subject, index });
    tale.registry(&RemovalMarked { chamber: U256::from(1), subject: Address::repeat_byte(54) });
    tale.registry(&RemovalMarked { chamber: U256::from(1), subject: Address::repeat_byte(55) });
    tale.registry(&Removed { chamber: U256::from(1), subject: Address::repeat_byte(54), index });
    tale.cast(1, false);
    tale.enrol(1, 89, 19);
    let purged = Removed { chamber: U256::from(1), subject: Address::repeat_byte(55), index: U256::from(4) };
    tale.registry(&purged);
    tale.enrol(1, 90, 19);
    tale.open_sheet();
    tale.sheets(&sheet_cast(&lower(1, 1), [0; 32]));
    // A share that is none, in a block with a finding: its points are checked again.
    tale.sheets(&share(3));
    tale.enrol(0, 23, 21);
    tale.sheets(&turnout(1, 0));
    tale.poll(2, &[0]);
    tale.open(2, 0);
    tale.cast(2, true);
    tale.cast(2, false);
    tale.registry(&created(1));
    tale.enrol(1, 91, 0);
    tale.registry(&RemovalMarked { chamber: U256::ZERO, subject: Address::repeat_byte(6) });
    tale.0
}

fn one_by_one(logs: &[Log]) -> ChainState {
    let mut state = ChainState::empty(deployment());
    logs.iter().for_each(|log| state.apply_log(log));
    state
}

fn text(state: &ChainState) -> String {
    format!("{state:#?}")
}

#[test]
fn batch_and_single_application_agree() {
    let logs = tale();
    let expected = one_by_one(&logs);
    assert_eq!(expected.findings.len(), 8, "{:?}", expected.findings);
    assert_eq!(
        expected.polls[&PollId::new(1)].chambers[&ChamberId::new(1)].frozen.as_ref().unwrap().chamber.census.len(),
        19
    );
    let sheet = &expected.sheets[&SheetId::new(1)].chambers[&ChamberId::new(0)];
    let frozen = sheet.frozen.as_ref().unwrap().chamber.members.len();
    assert_eq!((frozen + 1, sheet.sheets.len()), (expected.chambers[&ChamberId::new(0)].members.len(), 1));
    let mut all = ChainState::empty(deployment());
    all.apply_logs(&logs);
    assert_eq!(text(&all), text(&expected));
    for split in [1, 7, 40, 46, 50] {
        let mut parts = ChainState::empty(deployment());
        parts.apply_logs(&logs[..split]);
        parts.apply_logs(&logs[split..]);
        assert_eq!(text(&parts), text(&expected), "{split}");
    }
}

#[test]
fn clone_does_not_follow_later_changes() {
    let logs = tale();
    for split in 0..logs.len() {
        let before = one_by_one(&logs[..split]);
        let mut after = before.clone();
        after.apply_logs(&logs[split..]);
        assert_eq!(text(&before), text(&one_by_one(&logs[..split])));
    }
}

#[test]
fn checkpoint_with_remaining_logs_restores_the_state() {
    let logs = tale();
    let expected = one_by_one(&logs);
    for split in 0..=logs.len() {
        let bytes = Checkpoint::from_state(&one_by_one(&logs[..split])).to_bytes();
        let mut restoration = Restoration::new(deployment(), Checkpoint::from_bytes(&bytes).unwrap());
        let registry = deployment().registry;
        let kept: Vec<Log> = logs[..split].iter().filter(|log| log.address != registry).cloned().collect();
        restoration.apply_logs(&kept);
        let mut state = restoration.into_state();
        // Block 0 is the first log's own: what follows an empty checkpoint is everything.
        state.apply_logs(&logs[split..]);
        assert_eq!(text(&state), text(&expected), "{split}");
    }
}

#[test]
fn changed_checkpoint_is_rejected() {
    let bytes = Checkpoint::from_state(&one_by_one(&tale())).to_bytes();
    for place in (0..bytes.len()).step_by(97) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(Checkpoint::from_bytes(&changed).is_err(), "{place}");
    }
    assert_eq!(Checkpoint::from_bytes(&bytes[..40]).unwrap_err(), DecodeError::WrongChecksum);
    assert!(matches!(Checkpoint::from_bytes(b"").unwrap_err(), DecodeError::UnknownFormat(_)));
}
