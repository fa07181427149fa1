//! Events of the contract of charters.

use alloy_primitives::U256;

use super::context::{InvalidEvent, Outcome, Position};
use crate::{
    bindings::ICharters::{self, IChartersEvents},
    chain_state::ChainState,
    charter::{CharterStage, CharterVersion},
    words,
};

impl ChainState {
    pub(super) fn apply_charter_event(&mut self, event: IChartersEvents, position: Position) -> Outcome {
        match event {
            IChartersEvents::CharterEnacted(event) => self.apply_enacted(event, position),
            IChartersEvents::StageSet(event) => {
                let number = words::to_u64(event.number)?;
                let stage = read_stage(event.stage, event.number)?;
                let unknown = || format!("version {number} of the charter was never enacted");
                self.charters.get_mut(&number).ok_or_else(unknown)?.stage = stage;
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
            stage: read_stage(version.stage, version.number)?,
            position: position.of_event(),
        };
        let newest = self.charters.last_key_value().map(|(number, last)| (*number, last.charter_hash));
        let (last, parent) = newest.unwrap_or_default();
        let is_next = last.checked_add(1) == Some(number) && enacted.parent == parent;
        self.charters.insert(number, enacted);
        match is_next {
            true => Ok(()),
            false => Err(invalid(format!("version {number} of the charter does not follow version {last}"))),
        }
    }
}

fn read_stage(stage: ICharters::Stage, number: U256) -> Result<CharterStage, InvalidEvent> {
    Ok(match stage {
        ICharters::Stage::Shadow => CharterStage::Shadow,
        ICharters::Stage::Pilot => CharterStage::Pilot,
        ICharters::Stage::Live => CharterStage::Live,
        ICharters::Stage::Paused => CharterStage::Paused,
        ICharters::Stage::Retired => CharterStage::Retired,
        _ => {
            return Err(format!("version {number} of the charter is in a stage that this program does not know").into());
        }
    })
}
