//! Pages of events: the answer to "which events came after block n?".

use alloy_primitives::{Address, B256};
use psephos_protocol::identifiers::ChainId;

use super::encoding::{decode_logs, encode_logs};
use crate::{
    bytes::{ByteReader, DecodeError, append_checksum, verify_checksum, write_bytes},
    deployment::Deployment,
    log::Log,
};

const MAGIC: &[u8; 8] = b"PSEVENT1";

/// The range of blocks that a page covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPageHeader {
    /// The chain id.
    pub chain_id: ChainId,
    /// The polls contract, by which a deployment is identified.
    pub polls: Address,
    /// The first block of the range.
    pub from: u64,
    /// The last block of the range; the next page begins after it.
    pub to: u64,
    /// The number of the last block that the indexer has read.
    pub head: u64,
    /// The hash of that block.
    pub hash: B256,
    /// The time of that block, in seconds since 1970.
    pub time: u64,
}

/// A block with logs of the deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its logs, encoded.
    pub logs: Vec<u8>,
}

/// All logs of a range of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// The range.
    pub header: EventPageHeader,
    /// The blocks that have logs, in ascending order.
    pub blocks: Vec<EventBlock>,
}

impl EventBlock {
    /// Encodes the logs of one block.
    pub fn from_logs(deployment: &Deployment, number: u64, hash: B256, logs: &[Log]) -> Self {
        Self { number, hash, logs: encode_logs(deployment, logs) }
    }
}

impl EventPage {
    /// Encodes the page: `PSEVENT1`, the fields of the header in order (integers of eight bytes), then for each block
    /// its number, its hash, and the length and bytes of its logs; a SHA-256 checksum of all of it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let EventPageHeader { chain_id, polls, from, to, head, hash, time } = self.header;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(chain_id.get().to_be_bytes());
        bytes.extend(polls);
        [from, to, head].iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        bytes.extend(hash);
        bytes.extend(time.to_be_bytes());
        for block in &self.blocks {
            bytes.extend(block.number.to_be_bytes());
            bytes.extend(block.hash);
            write_bytes(&mut bytes, &block.logs);
        }
        append_checksum(bytes)
    }

    /// Decodes a page.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not a page, or its blocks are not ascending and within the range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if !bytes.starts_with(MAGIC) {
            return Err(DecodeError::UnknownFormat("a page of events"));
        }
        let mut reader = ByteReader::new(verify_checksum(bytes)?);
        reader.read_slice(MAGIC.len())?;
        let header = EventPageHeader {
            chain_id: ChainId::new(reader.read_u64()?),
            polls: Address::new(reader.read_array()?),
            from: reader.read_u64()?,
            to: reader.read_u64()?,
            head: reader.read_u64()?,
            hash: B256::new(reader.read_array()?),
            time: reader.read_u64()?,
        };
        let mut blocks: Vec<EventBlock> = Vec::new();
        while !reader.is_empty() {
            let (number, hash) = (reader.read_u64()?, B256::new(reader.read_array()?));
            let after = blocks.last().is_none_or(|last| last.number < number);
            if !after || !(header.from..=header.to).contains(&number) {
                return Err(DecodeError::InvalidPart("its blocks are not ascending, or are outside its range"));
            }
            blocks.push(EventBlock { number, hash, logs: reader.read_bytes()?.to_vec() });
        }
        Ok(Self { header, blocks })
    }

    /// Decodes all logs, in order.
    ///
    /// # Errors
    /// [`DecodeError`] if the logs of a block do not decode.
    pub fn decode_logs(&self, deployment: &Deployment) -> Result<Vec<Log>, DecodeError> {
        let mut logs = Vec::new();
        for block in &self.blocks {
            logs.extend(decode_logs(deployment, block.number, block.hash, &block.logs)?);
        }
        Ok(logs)
    }
}
