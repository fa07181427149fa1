//! Pages of blocks: the answer to "what came after block n".

use alloy_primitives::{Address, B256};

use super::encoding::{decode, encode};
use crate::{
    bytes::{Malformed, Reader, put_bytes, seal, unseal},
    deployment::Deployment,
    log::Log,
};

const MAGIC: &[u8; 8] = b"PSEVENT1";

/// Which blocks a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageHeader {
    /// The chain.
    pub chain_id: u64,
    /// The contract of the polls, by which a deployment is known.
    pub polls: Address,
    /// The first block that was looked at.
    pub from: u64,
    /// The last one; the next page begins after it.
    pub to: u64,
    /// Up to which block the index has read.
    pub head: u64,
    /// The hash of that block.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
}

/// A block with logs of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its logs, encoded.
    pub logs: Vec<u8>,
}

/// All logs of a range of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which blocks.
    pub header: PageHeader,
    /// Those that have logs, ascending.
    pub blocks: Vec<PageBlock>,
}

impl PageBlock {
    /// The logs of one block, encoded.
    pub fn of(deployment: &Deployment, number: u64, hash: B256, logs: &[Log]) -> Self {
        Self { number, hash, logs: encode(deployment, logs) }
    }
}

impl Page {
    /// The bytes of the page: `PSEVENT1`, the header's fields in order (numbers of eight bytes), then for every block its number, its hash, and the length
    /// and bytes of its logs; a SHA-256 of all that at the end.
    pub fn to_bytes(&self) -> Vec<u8> {
        let PageHeader { chain_id, polls, from, to, head, hash, time } = self.header;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(chain_id.to_be_bytes());
        bytes.extend(polls);
        [from, to, head].iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        bytes.extend(hash);
        bytes.extend(time.to_be_bytes());
        for block in &self.blocks {
            bytes.extend(block.number.to_be_bytes());
            bytes.extend(block.hash);
            put_bytes(&mut bytes, &block.logs);
        }
        seal(bytes)
    }

    /// The page of these bytes.
    ///
    /// # Errors
    /// [`Malformed`]; also if blocks are not ascending and within the page.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if !bytes.starts_with(MAGIC) {
            return Err(Malformed::Format("a page of events"));
        }
        let mut reader = Reader::new(unseal(bytes)?);
        reader.take(MAGIC.len())?;
        let header = PageHeader {
            chain_id: reader.u64()?,
            polls: Address::new(reader.array()?),
            from: reader.u64()?,
            to: reader.u64()?,
            head: reader.u64()?,
            hash: B256::new(reader.array()?),
            time: reader.u64()?,
        };
        let mut blocks: Vec<PageBlock> = Vec::new();
        while !reader.is_empty() {
            let (number, hash) = (reader.u64()?, B256::new(reader.array()?));
            let after = blocks.last().is_none_or(|last| last.number < number);
            if !after || !(header.from..=header.to).contains(&number) {
                return Err(Malformed::Part("blocks are not in their order, or not those of the page"));
            }
            blocks.push(PageBlock { number, hash, logs: reader.bytes()?.to_vec() });
        }
        Ok(Self { header, blocks })
    }

    /// All logs, in order.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn logs(&self, deployment: &Deployment) -> Result<Vec<Log>, Malformed> {
        let mut logs = Vec::new();
        for block in &self.blocks {
            logs.extend(decode(deployment, block.number, block.hash, &block.logs)?);
        }
        Ok(logs)
    }
}
