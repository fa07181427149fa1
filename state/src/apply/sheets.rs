//! Events of the contract of sheet polls. Casting's have the signatures of those of polls: the address tells them
//! apart.

mod tally;

use std::sync::Arc;

use alloy_primitives::U256;
use psephos_protocol::{
    constants::COMMITTEE_KEYS,
    identifiers::{CommitteeId, SheetId},
};

use super::{
    context::{InvalidEvent, LogBatch, Outcome, Position},
    prepare::{ReadSheet, decode_sheet},
};
use crate::{
    bindings::ISheets::{self, ISheetsEvents},
    chain_state::ChainState,
    poll::{BallotBatch, ProofData, SkippedBallot},
    proofs::CallBallots,
    sheet::{
        CastSheet, FrozenSheetChamber, RefusedBlockShare, SheetChamber, SheetContent, SheetParameters, SheetPoll,
        SheetState,
    },
    words,
};

impl ChainState {
    pub(super) fn apply_sheet_event(
        &mut self,
        event: ISheetsEvents,
        position: Position,
        batch: &mut LogBatch<'_>,
    ) -> Outcome {
        use ISheetsEvents as Event;
        match event {
            Event::SheetCreated(event) => self.apply_sheet_created(*Box::new(event))?,
            Event::SheetOpened(event) => self.sheet_mut(event.sheet)?.opened = true,
            Event::SheetChamberOpened(event) => self.apply_sheet_chamber_opened(event, batch)?,
            Event::BallotCast(event) => {
                let posted = decode_sheet(&event, position.source);
                self.apply_cast_sheet(event, posted, position)?;
            }
            Event::BallotsForwarded(event) => self.apply_forwarded_sheets(&event, position)?,
            Event::BallotSkipped(event) => {
                let chamber = self.sheet_chamber_mut(event.poll, event.chamber)?;
                let after = chamber.sheets.len();
                chamber.skips.push(SkippedBallot { nullifier: event.nullifier, position: position.of_event(), after });
            }
            Event::BlockSharePosted(event) => self.apply_block_share(event, position)?,
            Event::BlockShareRefused(event) => {
                let (index, block) = (words::to_u64(event.index)?, words::to_u64(event.blockIndex)? as usize);
                let refusal = RefusedBlockShare { trustee: event.trustee, index, block, position: position.of_event() };
                self.sheet_chamber_mut(event.sheet, event.chamber)?.refusals.push(refusal);
            }
            Event::TurnoutTallied(event) => self.apply_turnout(&event, position)?,
            Event::CampTooSmall(event) => self.apply_small_camp(&event)?,
            Event::BlockTallied(event) => self.apply_block_tally(event, position)?,
            Event::BlockSharesMissing(event) => {
                let block = words::to_u64(event.blockIndex)? as usize;
                self.sheet_chamber_mut(event.sheet, event.chamber)?.missing_trustees.insert(block, event.trustees);
            }
            Event::SheetEnded(event) => {
                let sheet = words::to_sheet(event.sheet)?;
                let state = SheetState::from_final(event.state).ok_or_else(|| {
                    let what = format!("sheet poll {sheet} ends in non-final state {}", event.state as u8);
                    InvalidEvent::of_sheet(sheet, what)
                })?;
                self.sheet_mut(event.sheet)?.ended = Some((state, position.of_event()));
            }
        }
        Ok(())
    }

    /// Adds a sheet poll with the fingerprint that follows from its parameters, whatever the event says.
    fn apply_sheet_created(&mut self, event: ISheets::SheetCreated) -> Outcome {
        let id = words::to_sheet(event.sheet)?;
        let ISheets::SheetCreated { creator, fingerprint: stated, formHash: form_hash, parameters, .. } = event;
        let content = SheetContent::new(self.deployment.chain_id, self.deployment.sheets.sheets, creator, &parameters);
        let keys = self.committees.get(&CommitteeId::new(parameters.committee)).and_then(|one| one.keys.as_ref());
        let fingerprint = keys.map(|keys| content.fingerprint(id, &parameters, keys.hash_keys(COMMITTEE_KEYS)));
        let parameters = SheetParameters::from(parameters);
        let form = parameters.form.as_ref().map(|form| words::from_field(&form.hash())).map_err(Clone::clone);
        let proposal = parameters.proposal;
        let chambers = parameters.chambers.iter().map(|rule| (rule.chamber, SheetChamber::new(*rule))).collect();
        let content = content.hash();
        let created = SheetPoll { parameters, creator, content, fingerprint, chambers, opened: false, ended: None };
        let invalid = |what: String| Err(InvalidEvent::of_sheet(id, what));
        if self.sheets.insert(id, created.into()).is_some() {
            return invalid(format!("sheet poll {id} is created twice"));
        }
        if event.proposal != proposal {
            return invalid(format!(
                "sheet poll {id} is about proposal {proposal}, but its event is filed under another"
            ));
        }
        if let Some(what) = self.sheet_outside_life(id) {
            return invalid(format!("sheet poll {id} {what}"));
        }
        match form {
            Ok(hash) if hash == form_hash => {}
            Ok(hash) => {
                return invalid(format!("the form of sheet poll {id} has hash {hash}, its event says {form_hash}"));
            }
            Err(reason) => return invalid(format!("sheet poll {id}: {reason}")),
        }
        match fingerprint.filter(|computed| computed.to_bytes() != stated.0) {
            Some(computed) => {
                invalid(format!("sheet poll {id} has fingerprint {computed}, but its event says {stated}"))
            }
            None => Ok(()),
        }
    }

    /// Returns what is wrong with a new sheet poll that is outside its committee's life: the contract creates none.
    fn sheet_outside_life(&self, id: SheetId) -> Option<String> {
        let sheet = &self.sheets.get(&id)?.parameters;
        let life = self.committee_life(sheet.committee).ok()?;
        life.find_excess(sheet.committee, life.sheets.len(), sheet.tally_deadline)
    }

    fn apply_sheet_chamber_opened(&mut self, event: ISheets::SheetChamberOpened, batch: &mut LogBatch<'_>) -> Outcome {
        let (sheet, id) = (words::to_sheet(event.sheet)?, words::to_chamber(event.chamber)?);
        self.insert_leaves(id, batch);
        let checkpoint = batch.checkpoint.map(|checkpoint| checkpoint.frozen_sheets.get(&(sheet, id)));
        let chamber = checkpoint.unwrap_or_else(|| self.chambers.get(&id));
        let unknown = || InvalidEvent::of_sheet(sheet, format!("chamber {id} was never created"));
        let chamber = chamber.ok_or_else(unknown)?.clone();
        let frozen =
            FrozenSheetChamber { root: words::to_field(event.root)?, ctx: words::to_field(event.ctx)?, chamber };
        let settled = frozen.chamber.require_unmarked(format_args!("sheet poll {sheet} opens in chamber {id}"));
        self.sheet_chamber_mut(event.sheet, event.chamber)?.frozen = Some(frozen);
        settled.map_err(|what| InvalidEvent::of_sheet(sheet, what))
    }

    pub(super) fn apply_cast_sheet(
        &mut self,
        event: ISheets::BallotCast,
        posted: ReadSheet,
        position: Position,
    ) -> Outcome {
        let id = words::to_sheet(event.poll)?;
        let size = self.sheet_mut(event.poll)?.parameters.size;
        let invalid = |what: String| InvalidEvent::of_sheet(id, what);
        let posted = posted.map_err(|error| invalid(format!("a sheet does not decode: {error}")))?;
        if posted.ciphertext.size() != size {
            let actual = posted.ciphertext.size();
            return Err(invalid(format!("a sheet of {actual} cells in a sheet poll of {size}")));
        }
        if posted.nullifier.to_bytes() != event.nullifier.to_be_bytes::<32>() {
            return Err(invalid("a sheet whose record has another nullifier than its event".into()));
        }
        let chamber = self.sheet_chamber_mut(event.poll, event.chamber)?;
        let next = chamber.sheets.len();
        let mut ordinal = chamber.latest.len();
        let before = chamber.latest.insert(posted.nullifier, next);
        if let Some(old) = before.and_then(|index| chamber.sheets.get_mut(index)) {
            old.replaced = true;
            ordinal = old.ordinal;
        }
        let (previous, position) = (event.previous.0, position.of_event());
        chamber.sheets.push(CastSheet {
            posted,
            previous,
            position,
            ordinal,
            replaced: false,
            proof: ProofData::NotLoaded,
        });
        Ok(())
    }

    fn apply_forwarded_sheets(&mut self, event: &ISheets::BallotsForwarded, position: Position) -> Outcome {
        let size = self.sheet_mut(event.poll)?.parameters.size;
        let given = CallBallots::of_sheets(&event.records, &event.replacements, size);
        let chamber = self.sheet_chamber_mut(event.poll, event.chamber)?;
        chamber.batches.push(BallotBatch { transaction: position.transaction, nullifiers: given.nullifiers() });
        let of_this_call = |cast: &&mut CastSheet| cast.position.transaction == position.transaction;
        for cast in chamber.sheets.iter_mut().rev().take_while(of_this_call) {
            if cast.proof == ProofData::NotLoaded
                && let Some(found) = given.find_proofs(&cast.posted.to_bytes())
            {
                cast.proof = found;
            }
        }
        Ok(())
    }

    fn sheet_mut(&mut self, id: U256) -> Result<&mut SheetPoll, InvalidEvent> {
        let id = words::to_sheet(id)?;
        let found = self.sheets.get_mut(&id).map(Arc::make_mut);
        found.ok_or_else(|| InvalidEvent::of_sheet(id, format!("sheet poll {id} was never created")))
    }

    fn sheet_chamber_mut(&mut self, sheet: U256, chamber: U256) -> Result<&mut SheetChamber, InvalidEvent> {
        let (id, chamber): (SheetId, _) = (words::to_sheet(sheet)?, words::to_chamber(chamber)?);
        let found = self.sheet_mut(sheet)?.chambers.get_mut(&chamber);
        found.ok_or_else(|| InvalidEvent::of_sheet(id, format!("sheet poll {id} has no chamber {chamber}")))
    }
}
