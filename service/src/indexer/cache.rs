//! A cache of responses. A census is served as the same bytes for as long as it does not change, so that HTTP caches
//! between here and the client stay valid.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::body::Bytes;
use psephos_protocol::{
    elements::CensusRoot,
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

/// The maximum size of cached censuses, in bytes; the least recently used are evicted first.
const MOST: usize = 192 << 20;

/// The maximum number of censuses whose checksums are cached.
const HEADERS: usize = 4096;

/// A response body with its checksum.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) bytes: Bytes,
    /// The SHA-256 hash, in hexadecimal.
    pub(super) sha256: String,
}

impl Content {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { sha256: hex::encode(sha256(&bytes)), bytes: bytes.into() }
    }
}

#[derive(Debug, Default)]
struct Inner {
    /// By chamber, root and number of leaves: the header with which a census was first served, and its checksum.
    headers: BTreeMap<(ChamberId, CensusRoot, usize), (CensusHeader, String)>,
    /// Encoded censuses, least recently used first.
    contents: Vec<((ChamberId, CensusRoot, usize), Content)>,
    /// By poll and chamber: the number of ballots that the cached encrypted total covers, and the total.
    totals: BTreeMap<(PollId, ChamberId), (usize, Vec<String>)>,
}

/// The cached responses.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Inner>);

impl Cache {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A panic with the lock held leaves complete entries.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clears the cache: after a reorganisation the cached responses name blocks that are gone.
    pub(super) fn clear(&self) {
        *self.inner() = Inner::default();
    }

    /// Returns a complete census.
    pub(super) fn census(&self, status: &Status, id: ChamberId, chamber: &Chamber) -> Content {
        let key = (id, chamber.census.root(), chamber.census.len());
        let known = {
            let mut inner = self.inner();
            if let Some(index) = inner.contents.iter().position(|(known, _)| *known == key) {
                let found = inner.contents.remove(index);
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

    /// Returns the length and checksum of a complete census.
    pub(super) fn artefact(&self, status: &Status, id: ChamberId, chamber: &Chamber, path: String) -> Artefact {
        let key = (id, chamber.census.root(), chamber.census.len());
        let known = self.inner().headers.get(&key).map(|(_, sha256)| sha256.clone());
        let sha256 = known.unwrap_or_else(|| self.census(status, id, chamber).sha256);
        Artefact { path, bytes: census::encoded_length(chamber.census.len() as u64), sha256 }
    }

    /// Returns the encrypted total of the ballots that count, as coordinates in hexadecimal.
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
