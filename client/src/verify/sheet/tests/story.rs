//! A sheet poll of eleven statements in two camps, from its events to the version of the charter that follows. Block
//! `n` has the time `n` and one transaction.

use std::collections::BTreeMap;

use alloy::sol_types::{SolCall, SolEvent};
use psephos_charter::{
    charter::{Charter, CharterTerms, Principle},
    hash::{Address as CharterAddress, Hash32},
};
use psephos_protocol::{
    Scalar,
    constants::{COMMITTEE_KEYS, WIDE_COUNTER_BITS},
    elements::{NoteCommitment, Nullifier, StatementHash},
    sheet::EncryptedSheet,
    statement::{decryption, sheet::PostedSheet},
};
use psephos_state::{
    Address, B256, ChainState, Log, TransactionCall, U256,
    bindings::{
        ICharters,
        ISheets::{self, State},
    },
    sheet::{SheetContent, record::SheetRecord},
    words,
};

use super::fixture::{
    COUNT, CREATOR, PROOF, SHEET, cell_value, combination, form, parameters, proof, texts, transaction,
};
use crate::{
    test_state::{CHAMBER, COMMITTEE, TRUSTEE, chamber_of, committee_of_one, test_deployment, trustee_secret},
    trustee::recover_key_share,
};

/// The state and the calls so far.
pub(super) struct Story {
    pub(super) state: ChainState,
    pub(super) calls: BTreeMap<B256, TransactionCall>,
}

impl Story {
    /// Returns the story of a sheet poll with this many members of the lower and of the upper camp, that was cast, and
    /// whose turnout was tallied. The camps need two members each.
    pub(super) fn with_turnout(lower: u32, upper: u32) -> Self {
        let mut state = ChainState::empty(test_deployment());
        state.chambers.insert(CHAMBER, chamber_of((1..5).map(|number| (number, number, 10))).into());
        state.committees.insert(COMMITTEE, committee_of_one(&state));
        let mut story = Self { state, calls: BTreeMap::new() };
        story.create();
        story.cast(lower, upper);
        story.post_shares(21, &[0]);
        let turnout = [lower, upper];
        let (sheet, chamber, trustees) = (U256::from(1), U256::ZERO, U256::from(1));
        story.sheets(22, &[&ISheets::TurnoutTallied { sheet, chamber, turnout, trustees }]);
        if lower.min(upper) < 2 {
            story.sheets(22, &[&ISheets::CampTooSmall { sheet, chamber, turnout, leastCamp: 2 }]);
        }
        let call = ISheets::tallyTurnoutCall { sheet, chamber, turnout, combination: combination() };
        story.call(22, call.abi_encode());
        story
    }

    /// Returns a finished one with two voters in each camp, from which a charter was enacted that is live: all agree
    /// with the first statement, and the camps are divided on the others.
    pub(super) fn enacted() -> Self {
        let mut story = Self::with_turnout(2, 2);
        story.post_shares(23, &[1, 2]);
        for (block, cells) in [(1, 0..8), (2, 8..COUNT)] {
            let totals: Vec<u64> = cells.map(|cell| 2 * cell_value(cell, 0) + 2 * cell_value(cell, 1)).collect();
            let (sheet, chamber, block_index) = (U256::from(1), U256::ZERO, U256::from(block));
            let trustees = U256::from(1);
            story.sheets(
                23 + block,
                &[&ISheets::BlockTallied { sheet, chamber, blockIndex: block_index, totals: totals.clone(), trustees }],
            );
            let combination = combination();
            let call = ISheets::tallyBlockCall { sheet, chamber, blockIndex: block_index, totals, combination };
            story.call(23 + block, call.abi_encode());
        }
        story.end(26, State::Finished);
        story.enact();
        story
    }

    pub(super) fn end(&mut self, block: u64, state: State) {
        self.sheets(block, &[&ISheets::SheetEnded { sheet: U256::from(1), state }]);
    }

    fn create(&mut self) {
        let parameters = parameters();
        let deployment = test_deployment();
        let content = SheetContent::new(deployment.chain_id, deployment.sheets.sheets, CREATOR, &parameters);
        let keys = self.state.committees[&COMMITTEE].keys.clone().unwrap().hash_keys(COMMITTEE_KEYS);
        let created = ISheets::SheetCreated {
            sheet: U256::from(1),
            proposal: parameters.proposal,
            creator: CREATOR,
            fingerprint: content.fingerprint(SHEET, &parameters, keys).to_bytes().into(),
            formHash: words::from_field(&form().hash()),
            parameters,
        };
        self.sheets(8, &[&created]);
        let entry = self.state.sheet(SHEET).unwrap();
        let scope = psephos_protocol::context::derive_scope(entry.fingerprint.unwrap(), CHAMBER);
        let root = self.state.chambers[&CHAMBER].census.root();
        let ctx = psephos_protocol::context::derive_sheet_context(scope, root, keys, form().hash());
        self.sheets(
            10,
            &[
                &ISheets::SheetOpened { sheet: U256::from(1) },
                &ISheets::SheetChamberOpened {
                    sheet: U256::from(1),
                    chamber: U256::ZERO,
                    root: words::from_field(&root),
                    ctx: words::from_field(&ctx),
                },
            ],
        );
    }

    fn cast(&mut self, lower: u32, upper: u32) {
        let keys = self.state.committees[&COMMITTEE].keys.clone().unwrap();
        let mut records = Vec::new();
        for number in 0..u64::from(lower + upper) {
            let camp = usize::from(number >= u64::from(lower));
            let cells = (0..16).map(|cell| if cell < COUNT { cell_value(cell, camp) } else { 0 });
            let values: Vec<u64> = std::iter::once(1 << (WIDE_COUNTER_BITS * camp)).chain(cells).collect();
            let scalars = [1, 2, 3].map(|block| Scalar::from(number * 10 + block));
            let posted = PostedSheet {
                h: StatementHash::from_u64(5),
                nullifier: Nullifier::from_u64(100 + number),
                note: NoteCommitment::from_u64(200 + number),
                ciphertext: EncryptedSheet::encrypt(&values, &keys, &scalars),
            };
            self.sheets(
                12,
                &[&ISheets::BallotCast {
                    poll: U256::from(1),
                    chamber: U256::ZERO,
                    nullifier: words::from_field(&posted.nullifier),
                    previous: B256::ZERO,
                    record: posted.to_bytes().into(),
                }],
            );
            records.extend(SheetRecord { proof: proof(PROOF), posted }.to_bytes());
        }
        let (sheet, chamber) = (U256::from(1), U256::ZERO);
        let call = ISheets::castBatchCall { sheet, chamber, records: records.into(), replacements: Vec::new().into() };
        self.call(12, call.abi_encode());
        self.state.load_sheet_calls(SHEET, &self.calls).unwrap();
    }

    /// Posts the trustee's shares of some blocks.
    pub(super) fn post_shares(&mut self, block: u64, blocks: &[usize]) {
        let key_share = recover_key_share(&self.state, COMMITTEE, 0, &trustee_secret()).unwrap();
        let (listed, frozen) = self.state.opened_sheet_chamber(SHEET, CHAMBER).unwrap();
        let (total, ctx) = (listed.encrypted_total(16), frozen.ctx);
        let mut shares = Vec::new();
        for &index in blocks {
            let size = if index == 0 { 3 } else { COMMITTEE_KEYS };
            let (_, _, posted) = decryption::build_share(ctx, &total.blocks()[index].c, &key_share, size);
            shares.push(ISheets::BlockShare {
                chamber: U256::ZERO,
                blockIndex: U256::from(index),
                share: words::from_points(&posted.share[..size]),
                h: words::from_field(&posted.h),
                proof: proof(PROOF),
            });
        }
        for share in &shares {
            self.sheets(
                block,
                &[&ISheets::BlockSharePosted {
                    sheet: U256::from(1),
                    chamber: U256::ZERO,
                    trustee: TRUSTEE,
                    blockIndex: share.blockIndex,
                    index: U256::ZERO,
                    share: share.share.clone(),
                    h: share.h,
                    proof: share.proof,
                }],
            );
        }
        let (sheet, index, keys) = (U256::from(1), U256::ZERO, Vec::new());
        let call = ISheets::postSharesCall { sheet, index, keys, otherKeysHash: B256::ZERO, shares };
        self.call(block, call.abi_encode());
    }

    fn enact(&mut self) {
        let entry = self.state.sheet(SHEET).unwrap();
        let terms = CharterTerms {
            chain_id: self.state.deployment.chain_id.get(),
            contract: CharterAddress(self.state.deployment.sheets.charters.into_array()),
            version: 1,
            parent: Hash32::ZERO,
            poll: Hash32(entry.fingerprint.unwrap().to_bytes()),
            agenda: Hash32(entry.parameters.agenda),
            expires_at: 1_000,
            model_hash: Hash32([7; 32]),
            policy_hash: Hash32::ZERO,
        };
        let charter = Charter::new(terms, vec![Principle { index: 0, text: texts()[0].clone() }]).unwrap();
        let version = ICharters::Version {
            charterHash: charter.hash().0.into(),
            number: U256::from(1),
            parent: B256::ZERO,
            sheet: U256::from(1),
            adopted: 1,
            root: charter.root().0.into(),
            expiresAt: 1_000,
            modelHash: B256::repeat_byte(7),
            policyHash: B256::ZERO,
            stage: ICharters::Stage::Shadow,
        };
        let (number, charter_hash) = (version.number, version.charterHash);
        let charters = self.state.deployment.sheets.charters;
        let enacted = ICharters::CharterEnacted {
            number,
            charterHash: charter_hash,
            sheet: U256::from(1),
            version,
            texts: texts(),
        };
        self.apply(charters, 27, enacted.encode_log_data());
        let live = ICharters::StageSet { number, stage: ICharters::Stage::Live };
        self.apply(charters, 28, live.encode_log_data());
    }

    fn call(&mut self, block: u64, data: Vec<u8>) {
        let to = Some(self.state.deployment.sheets.sheets);
        self.calls.insert(transaction(block), TransactionCall { from: TRUSTEE, to, data: data.into() });
    }

    pub(super) fn sheets(&mut self, block: u64, events: &[&dyn Encode]) {
        let address = self.state.deployment.sheets.sheets;
        events.iter().for_each(|event| self.apply(address, block, event.encode()));
    }

    fn apply(&mut self, address: Address, block: u64, data: psephos_state::LogData) {
        let log = Log { address, data, block, transaction: transaction(block), ..Log::default() };
        self.state.apply_logs(&[log]);
        (self.state.block, self.state.time) = (block, block);
    }
}

/// An event of any type.
pub(super) trait Encode {
    fn encode(&self) -> psephos_state::LogData;
}

impl<E: SolEvent> Encode for E {
    fn encode(&self) -> psephos_state::LogData {
        self.encode_log_data()
    }
}
