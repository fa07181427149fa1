//! The events of a sheet poll of eleven statements in two camps, with one chamber: blocks 1 and 2 hold its cells.

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{
    Scalar,
    constants::{CAMP_COUNTER_BITS, WIDE_COUNTER_BITS},
    elements::{NoteCommitment, Nullifier, StatementHash},
    identifiers::{ChamberId, CommitteeId, SheetId},
    sheet::{Axis, EncryptedSheet, Form, FormKind, hash_agenda, hash_pilot},
    statement::sheet::PostedSheet,
};

use super::story::{CREATOR, Story, deployment, keys};
use crate::{
    bindings::{
        ICommittee::CommitteeReady,
        ISheets::{
            AdoptionRule, BallotCast, BlockSharePosted, BlockTallied, SheetChamber as SheetRule, SheetChamberOpened,
            SheetCreated, SheetEnded, SheetOpened, SheetParameters, State, TurnoutTallied,
        },
    },
    sheet::{SheetChamber, SheetContent, SheetPoll},
    words,
};

/// The sheet poll of most tests.
pub(super) const SHEET: SheetId = SheetId::new(1);
/// Its number of statements.
pub(super) const COUNT: usize = 11;
/// The account that may cancel it.
pub(super) const CANCELLER: Address = Address::repeat_byte(0xca);
/// The trustee that posts shares.
pub(super) const TRUSTEE: Address = Address::repeat_byte(6);

pub(super) fn texts() -> Vec<String> {
    (0..COUNT).map(|place| format!("Statement {place}")).collect()
}

pub(super) fn form() -> Form {
    let axis = Axis { weights: vec![[1, -1]; COUNT], threshold: 0, pilot: hash_pilot(b"a pilot") };
    Form::new(16, COUNT, FormKind::Statements { camps: Some(axis) }).unwrap()
}

/// Returns the parameters of a sheet poll in chamber 0, open from 10 to 20 and tallied until 30.
pub(super) fn sheet_parameters() -> SheetParameters {
    SheetParameters {
        proposal: B256::repeat_byte(0x55),
        metadata: "eleven statements".into(),
        agenda: hash_agenda(texts().iter().map(String::as_str)).into(),
        size: 16,
        form: (&form()).into(),
        chambers: vec![SheetRule { chamber: 0, minBallots: 2, leastCamp: 1 }],
        adoption: AdoptionRule { theta: 8_500, quorum: 1, required: 1 },
        committee: 0,
        canceller: CANCELLER,
        cancelDeadline: 12,
        opensAt: 10,
        closesAt: 20,
        tallyDeadline: 30,
    }
}

/// Returns a sheet by its nullifier and the value of its turnout: each cell has the same value.
pub(super) fn sheet(nullifier: u64, note: u64, turnout: u64, cell: u64) -> PostedSheet {
    let values: Vec<u64> = std::iter::once(turnout).chain([cell; 16]).collect();
    let scalars = [1, 2, 3].map(|block| Scalar::from(nullifier * 100 + note * 10 + block));
    let ciphertext = EncryptedSheet::encrypt(&values, &keys(), &scalars);
    let (nullifier, note) = (Nullifier::from_u64(nullifier), NoteCommitment::from_u64(note));
    PostedSheet { h: StatementHash::from_u64(5), nullifier, note, ciphertext }
}

/// Returns a sheet of a member of the lower camp that agrees with all.
pub(super) fn lower(nullifier: u64, note: u64) -> PostedSheet {
    sheet(nullifier, note, 1, 1)
}

/// Returns a sheet of a member of the upper camp that disagrees with all.
pub(super) fn upper(nullifier: u64, note: u64) -> PostedSheet {
    sheet(nullifier, note, 1 << WIDE_COUNTER_BITS, 1 << (3 * CAMP_COUNTER_BITS))
}

/// Returns the packed total of cells with which all of the lower camp agree and all of the upper one disagree.
pub(super) fn packed(lower: u64, upper: u64) -> u64 {
    lower | upper << (3 * CAMP_COUNTER_BITS)
}

/// Returns a trustee's share of a block, of as many points as it takes.
pub(super) fn share(block: u64) -> BlockSharePosted {
    let points = if block == 0 { 3 } else { 8 };
    BlockSharePosted {
        sheet: U256::from(1),
        chamber: U256::ZERO,
        trustee: TRUSTEE,
        blockIndex: U256::from(block),
        index: U256::from(2),
        share: words::from_points(&keys().keys()[..points]),
        h: U256::from(5),
        proof: [U256::from(6); 8],
    }
}

pub(super) fn turnout(lower: u32, upper: u32) -> TurnoutTallied {
    let trustees = U256::from(0b101);
    TurnoutTallied { sheet: U256::from(1), chamber: U256::ZERO, turnout: [lower, upper], trustees }
}

pub(super) fn block(number: u64, totals: Vec<u64>) -> BlockTallied {
    let (index, trustees) = (U256::from(number), U256::from(0b11));
    BlockTallied { sheet: U256::from(1), chamber: U256::ZERO, blockIndex: index, totals, trustees }
}

pub(super) fn ended(sheet: u64, state: State) -> SheetEnded {
    SheetEnded { sheet: U256::from(sheet), state }
}

impl Story {
    /// Returns a story with three members and a committee of one that has its keys.
    pub(super) fn with_members() -> Self {
        let mut story = Self::new();
        story.chamber().enrol(1, 0, 10).enrol(2, 1, 10).enrol(3, 2, 10).create_committee(1, 1).register(0);
        let keys = words::from_points(story.deal(0).key_vector().unwrap().keys()).try_into().unwrap();
        story.committee(&CommitteeReady { committee: U256::ZERO, keys });
        story
    }

    /// Returns the event of a new sheet poll, as the contract emits it.
    pub(super) fn sheet_created(&self, number: u64, parameters: SheetParameters) -> SheetCreated {
        let deployment = deployment();
        let content = SheetContent::new(deployment.chain_id, deployment.sheets.sheets, CREATOR, &parameters);
        let keys = self.0.committees.get(&CommitteeId::new(parameters.committee)).and_then(|one| one.keys.as_ref());
        let fingerprint =
            keys.map(|keys| content.fingerprint(SheetId::new(number), &parameters, keys.hash_keys(8)).to_bytes());
        SheetCreated {
            sheet: U256::from(number),
            proposal: parameters.proposal,
            creator: CREATOR,
            fingerprint: fingerprint.unwrap_or_default().into(),
            formHash: words::from_field(&form().hash()),
            parameters,
        }
    }

    pub(super) fn create_sheet(&mut self, number: u64) -> &mut Self {
        let created = self.sheet_created(number, sheet_parameters());
        self.sheets(&created)
    }

    pub(super) fn open_sheet(&mut self, number: u64) -> &mut Self {
        let (sheet, chamber) = (U256::from(number), U256::ZERO);
        let root = words::from_field(&self.0.chambers[&ChamberId::new(0)].census.root());
        self.sheets(&SheetChamberOpened { sheet, chamber, root, ctx: U256::from(77) });
        self.sheets(&SheetOpened { sheet })
    }

    pub(super) fn cast_sheet(&mut self, posted: &PostedSheet, previous: [u8; 32]) -> &mut Self {
        self.sheets(&sheet_cast(posted, previous))
    }

    /// Returns a story in which two of the lower and one of the upper camp have cast in sheet poll 1.
    pub(super) fn with_sheets() -> Self {
        let mut story = Self::with_members();
        story.create_sheet(1).open_sheet(1);
        story.cast_sheet(&lower(1, 1), [0; 32]).cast_sheet(&lower(2, 1), [0; 32]).cast_sheet(&upper(3, 1), [0; 32]);
        story
    }

    /// Tallies all of sheet poll 1 of [`Story::with_sheets`], and ends it.
    pub(super) fn tally_sheet(&mut self) -> &mut Self {
        self.sheets(&turnout(2, 1)).sheets(&block(1, vec![packed(2, 1); 8])).sheets(&block(2, vec![packed(2, 1); 3]));
        self.sheets(&ended(1, State::Finished))
    }

    pub(super) fn sheet_poll(&self) -> &SheetPoll {
        &self.0.sheets[&SHEET]
    }

    pub(super) fn sheet_chamber(&self) -> &SheetChamber {
        &self.sheet_poll().chambers[&ChamberId::new(0)]
    }

    /// Asserts that each finding contains a text, in their order, and is about sheet poll 1 alone.
    pub(super) fn assert_sheet_findings(&self, expected: &[&str]) {
        let findings = self.findings();
        assert_eq!(findings.len(), expected.len(), "{findings:#?}");
        for (finding, expected) in self.0.findings.iter().zip(expected) {
            assert!(finding.description.contains(expected), "{} is not: {expected}", finding.description);
            assert!(finding.concerns_sheet(SHEET), "{finding}");
            assert!(!finding.concerns_sheet(SheetId::new(2)), "{finding}");
            assert!(!finding.concerns_poll(psephos_protocol::identifiers::PollId::new(1)), "{finding}");
        }
    }
}

pub(super) fn sheet_cast(posted: &PostedSheet, previous: [u8; 32]) -> BallotCast {
    BallotCast {
        poll: U256::from(1),
        chamber: U256::ZERO,
        nullifier: words::from_field(&posted.nullifier),
        previous: B256::from(previous),
        record: posted.to_bytes().into(),
    }
}
