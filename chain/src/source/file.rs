//! State from a file of events.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alloy::primitives::B256;
use async_trait::async_trait;
use psephos_state::{ChainState, Deployment, TransactionCall, bytes::DecodeError, events::EventPage};

use super::StateSource;
use crate::{error::ChainError, files::read_bytes};

/// The maximum size of a file of events, in bytes: that of a hundred thousand ballots is a tenth of it.
const MAX_BYTES: u64 = 1 << 30;

/// A file that holds one page of events, from the deployment's first block on, as an indexer sends it.
///
/// Nothing is compared with a chain: the state is as good as the file. It serves to look at a poll again without a
/// node. Calldata is in no event, so ballots whose proofs are there stay without them.
#[derive(Clone, Debug)]
pub struct FileSource {
    path: PathBuf,
    deployment: Deployment,
}

impl FileSource {
    /// Creates a source that reads this file.
    pub fn new(path: impl Into<PathBuf>, deployment: Deployment) -> Self {
        Self { path: path.into(), deployment }
    }

    /// Writes a page of events to a file, replacing the one there.
    ///
    /// # Errors
    /// `EventFile` if it cannot be written.
    pub fn write(path: &Path, page: &EventPage) -> Result<(), ChainError> {
        fs::write(path, page.to_bytes()).map_err(|error| refused(path, &error))
    }
}

#[async_trait]
impl StateSource for FileSource {
    fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Reads the state at the last block of the page.
    ///
    /// # Errors
    /// `EventFile` if the file cannot be read, is damaged, or is another deployment's.
    async fn read_state(&self) -> Result<ChainState, ChainError> {
        let bytes = read_bytes(&self.path, MAX_BYTES).map_err(|error| refused(&self.path, &error))?;
        let malformed = |error: DecodeError| refused(&self.path, &error);
        let page = EventPage::from_bytes(&bytes).map_err(malformed)?;
        let header = page.header;
        if (header.chain_id, header.polls) != (self.deployment.chain_id, self.deployment.polls) {
            let reason = format!("it is for {}:{}, not for {}", header.chain_id, header.polls, self.deployment.id());
            return Err(refused(&self.path, &reason));
        }
        if header.from > self.deployment.from_block || header.to != header.head {
            return Err(refused(&self.path, &"it does not hold all blocks of the deployment"));
        }
        let mut state = ChainState::empty(self.deployment.clone());
        state.apply_logs(&page.decode_logs(&self.deployment).map_err(malformed)?);
        (state.block, state.time) = (header.head, header.time);
        Ok(state)
    }

    async fn read_calls(&self, _: &BTreeSet<B256>) -> Result<BTreeMap<B256, TransactionCall>, ChainError> {
        Ok(BTreeMap::new())
    }
}

fn refused(path: &Path, reason: &impl ToString) -> ChainError {
    ChainError::EventFile { path: path.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{Address, U256},
        sol_types::SolEvent,
    };
    use psephos_state::{
        Log,
        bindings::IStakeholderRegistry::ChamberCreated,
        deployment::placeholder,
        events::{EventBlock, EventPageHeader},
        identifiers::{ChainId, ChamberId},
    };

    use super::*;

    fn page(deployment: &Deployment) -> EventPage {
        let event = ChamberCreated { chamber: U256::ZERO, name: "Founders".into(), policy: deployment.policy };
        let log = Log { address: deployment.registry, data: event.encode_log_data(), block: 4, ..Log::default() };
        let (chain_id, polls, hash) = (deployment.chain_id, deployment.polls, B256::repeat_byte(7));
        let header = EventPageHeader { chain_id, polls, from: 0, to: 9, head: 9, hash, time: 99 };
        EventPage { header, blocks: vec![EventBlock::from_logs(deployment, 4, hash, &[log])] }
    }

    #[tokio::test]
    async fn written_events_lead_to_the_state_they_record() {
        let folder = tempfile::tempdir().unwrap();
        let (path, deployment) = (folder.path().join("events"), placeholder(Address::repeat_byte));
        FileSource::write(&path, &page(&deployment)).unwrap();
        let state = FileSource::new(&path, deployment).read_state().await.unwrap();
        assert_eq!((state.block, state.time, state.chambers[&ChamberId::new(0)].name.as_str()), (9, 99, "Founders"));
    }

    #[tokio::test]
    async fn another_deployments_events_are_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let (path, deployment) = (folder.path().join("events"), placeholder(Address::repeat_byte));
        FileSource::write(&path, &page(&deployment)).unwrap();
        let other = Deployment { chain_id: ChainId::new(1), ..deployment };
        let error = FileSource::new(&path, other).read_state().await.unwrap_err();
        assert!(matches!(error, ChainError::EventFile { .. }), "{error}");
    }
}
