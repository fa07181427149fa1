//! Events of the contract of charters.

use alloy_primitives::U256;

use super::context::{InvalidEvent, Outcome, Position};
use crate::{
    bindings::ICharters::{self, IChartersEvents},
    chain_state::ChainState,
    charter::{CharterStage, CharterVersion},
    sheet::SheetState,
    words,
};

impl ChainState {
    pub(super) fn apply_charter_event(&mut self, event: IChartersEvents, position: Position) -> Outcome {
        match event {
            IChartersEvents::CharterEnacted(event) => self.apply_enacted(event, position),
            IChartersEvents::StageSet(event) => {
                let number = words::to_u64(event.number)?;
                // Nothing says of which sheet poll it would be.
                let unknown = || format!("version {number} of the charter was never enacted");
                let version = self.charters.get_mut(&number).ok_or_else(unknown)?;
                let sheet = version.sheet;
                let stage = CharterStage::from_contract(event.stage);
                version.stage = stage.ok_or_else(|| InvalidEvent::of_sheet(sheet, format_unknown_stage(number)))?;
                Ok(())
            }
        }
    }

    fn apply_enacted(&mut self, event: ICharters::CharterEnacted, position: Position) -> Outcome {
        let ICharters::CharterEnacted { number, charterHash: hash, sheet, version, texts } = event;
        let sheet = words::to_sheet(sheet)?;
        let invalid = |what: String| InvalidEvent::of_sheet(sheet, what);
        let stated = (version.number, version.charterHash, version.sheet);
        if stated != (number, hash, U256::from(sheet.get())) {
            return Err(invalid(format!(
                "version {number} of the charter is filed under another number, hash or sheet"
            )));
        }
        let number = words::to_u64(number)?;
        let stage = CharterStage::from_contract(version.stage).ok_or_else(|| invalid(format_unknown_stage(number)))?;
        let enacted = CharterVersion {
            charter_hash: hash,
            parent: version.parent,
            sheet,
            adopted: version.adopted,
            root: version.root,
            expires_at: version.expiresAt,
            model_hash: version.modelHash,
            policy_hash: version.policyHash,
            texts,
            stage,
            position: position.of_event(),
        };
        let newest = self.charters.last_key_value().map(|(number, last)| (*number, last.charter_hash));
        let (last, parent) = newest.unwrap_or_default();
        let is_next = last.checked_add(1) == Some(number) && enacted.parent == parent;
        let foreign = self.find_foreign_text(&enacted);
        self.charters.insert(number, enacted);
        if !is_next {
            return Err(invalid(format!("version {number} of the charter does not follow version {last}")));
        }
        foreign.map_or(Ok(()), |what| Err(invalid(format!("version {number} of the charter {what}"))))
    }

    /// Returns why a version is not of its sheet poll: the contract enacts the texts of one that is finished.
    fn find_foreign_text(&self, version: &CharterVersion) -> Option<String> {
        let id = version.sheet;
        let Some(sheet) = self.sheets.get(&id) else { return Some(format!("is of sheet poll {id}, which is none")) };
        if sheet.ended.is_none_or(|(state, _)| state != SheetState::Finished) {
            return Some(format!("is of sheet poll {id}, which is not finished"));
        }
        (version.agenda() != sheet.parameters.agenda)
            .then(|| format!("has other texts than the agenda of sheet poll {id}"))
    }
}

fn format_unknown_stage(number: u64) -> String {
    format!("version {number} of the charter is in a stage that this program does not know")
}
