//! What is handed out, made once. A census stays the same bytes for as long as it is the same census, so caches between here and the client hold.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::body::Bytes;
use psephos_protocol::{
    Fr,
    encryption::Ciphertext,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{
    Chamber, PollChamber,
    bytes::sha256,
    census::{self, CensusHeader},
    hex, words,
};

use super::{Status, views::Artefact};

/// How many bytes of censuses are kept; the oldest go first.
const MOST: usize = 192 << 20;

/// How many censuses are remembered by their checksums.
const HEADERS: usize = 4096;

/// Bytes that are handed out.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) bytes: Bytes,
    /// SHA-256, in hexadecimal.
    pub(super) sha256: String,
}

impl Content {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { sha256: hex::encode(sha256(&bytes)), bytes: bytes.into() }
    }
}

#[derive(Debug, Default)]
struct Inner {
    /// By chamber, root and number of places: what a census was first handed out as.
    headers: BTreeMap<(ChamberId, Fr, usize), (CensusHeader, String)>,
    /// The newest last.
    contents: Vec<((ChamberId, Fr, usize), Content)>,
    /// By poll and chamber, the number of ballots that the total is of.
    totals: BTreeMap<(PollId, ChamberId), (usize, Vec<String>)>,
}

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Inner>);

impl Cache {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        // Whoever panicked with the lock left entries that are whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything: blocks were taken back, and what was made names them.
    pub(super) fn clear(&self) {
        *self.inner() = Inner::default();
    }

    /// A whole census.
    pub(super) fn census(&self, status: &Status, id: ChamberId, chamber: &Chamber) -> Content {
        let key = (id, chamber.census.root(), chamber.census.len());
        let known = {
            let mut inner = self.inner();
            if let Some(place) = inner.contents.iter().position(|(known, _)| *known == key) {
                let found = inner.contents.remove(place);
                let content = found.1.clone();
                inner.contents.push(found);
                return content;
            }
            inner.headers.get(&key).map(|(header, _)| *header)
        };
        let header = known.unwrap_or_else(|| header(status, id));
        let content = Content::new(census::encode_census(&header, chamber, 0));
        let mut inner = self.inner();
        if inner.headers.len() >= HEADERS {
            inner.headers.clear();
        }
        inner.headers.insert(key, (header, content.sha256.clone()));
        inner.contents.push((key, content.clone()));
        let mut bytes: usize = inner.contents.iter().map(|(_, content)| content.bytes.len()).sum();
        while bytes > MOST && inner.contents.len() > 1 {
            bytes -= inner.contents.remove(0).1.bytes.len();
        }
        content
    }

    /// Length and checksum of a whole census.
    pub(super) fn artefact(&self, status: &Status, id: ChamberId, chamber: &Chamber, path: String) -> Artefact {
        let key = (id, chamber.census.root(), chamber.census.len());
        let known = self.inner().headers.get(&key).map(|(_, sha256)| sha256.clone());
        let sha256 = known.unwrap_or_else(|| self.census(status, id, chamber).sha256);
        Artefact { path, bytes: census::encoded_length(chamber.census.len() as u64), sha256 }
    }

    /// The sum of the ballots that count, as coordinates in hexadecimal.
    pub(super) fn total(&self, poll: PollId, chamber: ChamberId, size: usize, listed: &PollChamber) -> Vec<String> {
        let count = listed.ballots.len();
        if let Some((of, total)) = self.inner().totals.get(&(poll, chamber))
            && *of == count
        {
            return total.clone();
        }
        let total: Ciphertext = listed.encrypted_total(size);
        let total: Vec<String> = total.coordinates().iter().map(|word| hexadecimal(words::from_field(word))).collect();
        self.inner().totals.insert((poll, chamber), (count, total.clone()));
        total
    }
}

pub(super) fn header(status: &Status, chamber: ChamberId) -> CensusHeader {
    let deployment = &status.state.deployment;
    let (block, hash) = status.block.map_or_else(Default::default, |block| (block.number, block.hash));
    CensusHeader { chain_id: deployment.chain_id, registry: deployment.registry, chamber, block, hash }
}

pub(super) fn hexadecimal(word: psephos_chain::U256) -> String {
    format!("0x{word:064x}")
}
