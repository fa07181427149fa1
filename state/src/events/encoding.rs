//! The compact encoding of one block's logs.
//!
//! It consists of the distinct transaction hashes (a count, then 32 bytes each) and the logs (a count). A log consists
//! of its contract (one byte: 0 registry, 1 committee, 2 polls, 3 rewards, 4 sheets,
//! 5 charters, 6 rewards for sheets), the index of its transaction, its index in
//! the block, its topics (a count, then words) and its data (a length in bytes, its whole words, the remaining bytes as
//! they are). A word is its length without leading zeros and these bytes, or 33 and the first four bytes of the
//! signature of an event of the contracts. Counts, indices and lengths are variable-length integers.

use alloy_primitives::{Address, B256, Bytes, LogData};

use crate::{
    bindings::{
        ICharters::IChartersEvents, ICommittee::ICommitteeEvents, IPolls::IPollsEvents, IRewards::IRewardsEvents,
        ISheets::ISheetsEvents, IStakeholderRegistry::IStakeholderRegistryEvents,
    },
    bytes::{ByteReader, DecodeError, write_varint},
    deployment::Deployment,
    log::Log,
};

/// The length byte of a word that is the signature of an event of the contracts.
const SIGNATURE: u8 = 33;
const WORD: usize = 32;

/// Returns the contracts whose events make up the state, in the order of the bytes that stand for them.
pub fn event_contracts(deployment: &Deployment) -> [Address; 7] {
    let Deployment { registry, committee, polls, rewards, sheets, .. } = *deployment;
    [registry, committee, polls, rewards, sheets.sheets, sheets.charters, sheets.rewards]
}

/// Encodes the logs of one block; logs of other contracts are left out.
pub fn encode_logs(deployment: &Deployment, logs: &[Log]) -> Vec<u8> {
    let contracts = event_contracts(deployment);
    let contract = |log: &Log| contracts.iter().position(|address| *address == log.address);
    let ours: Vec<(usize, &Log)> = logs.iter().filter_map(|log| Some((contract(log)?, log))).collect();
    let mut transactions: Vec<B256> = Vec::new();
    let mut places = Vec::with_capacity(ours.len());
    for (_, log) in &ours {
        let hash = log.transaction;
        // The logs of a transaction are adjacent, so the last one nearly always matches.
        let place = transactions.iter().rposition(|known| *known == hash).unwrap_or_else(|| {
            transactions.push(hash);
            transactions.len() - 1
        });
        places.push(place);
    }
    let mut bytes = Vec::new();
    write_varint(&mut bytes, transactions.len() as u64);
    transactions.iter().for_each(|hash| bytes.extend(hash));
    write_varint(&mut bytes, ours.len() as u64);
    for ((contract, log), place) in ours.into_iter().zip(places) {
        bytes.push(contract as u8);
        write_varint(&mut bytes, place as u64);
        write_varint(&mut bytes, log.index);
        let topics = log.data.topics();
        bytes.push(topics.len() as u8);
        topics.iter().for_each(|topic| write_word(&mut bytes, &topic.0));
        let data = &log.data.data;
        write_varint(&mut bytes, data.len() as u64);
        let (words, rest) = data.as_chunks::<WORD>();
        words.iter().for_each(|word| write_word(&mut bytes, word));
        bytes.extend(rest);
    }
    bytes
}

/// Decodes the logs of a block.
///
/// # Errors
/// [`DecodeError`] if the bytes are not an encoding of logs.
pub fn decode_logs(deployment: &Deployment, block: u64, hash: B256, bytes: &[u8]) -> Result<Vec<Log>, DecodeError> {
    let contracts = event_contracts(deployment);
    let mut reader = ByteReader::new(bytes);
    let transactions =
        (0..reader.read_count(WORD)?).map(|_| reader.read_array().map(B256::new)).collect::<Result<Vec<_>, _>>()?;
    let count = reader.read_count(5)?;
    let mut logs = Vec::with_capacity(count);
    for _ in 0..count {
        let contract = contracts
            .get(usize::from(reader.read_u8()?))
            .ok_or(DecodeError::InvalidPart("a log of a contract outside the deployment"))?;
        let place = usize::try_from(reader.read_varint()?).map_err(|_| DecodeError::Truncated)?;
        let transaction =
            transactions.get(place).ok_or(DecodeError::InvalidPart("a log of an unlisted transaction"))?;
        let index = reader.read_varint()?;
        let topics = usize::from(reader.read_u8()?);
        if topics > 4 {
            return Err(DecodeError::InvalidPart("a log has more than four topics"));
        }
        let topics = (0..topics).map(|_| read_word(&mut reader).map(B256::new)).collect::<Result<_, _>>()?;
        let data = read_data(&mut reader)?;
        logs.push(Log {
            address: *contract,
            data: LogData::new_unchecked(topics, data),
            block,
            block_hash: hash,
            time: None,
            transaction: *transaction,
            index,
        });
    }
    reader.finish()?;
    Ok(logs)
}

fn read_data(reader: &mut ByteReader<'_>) -> Result<Bytes, DecodeError> {
    let length = usize::try_from(reader.read_varint()?).map_err(|_| DecodeError::Truncated)?;
    // Grown word by word: the stated length may exceed the bytes that follow.
    let mut data = Vec::new();
    for _ in 0..length / WORD {
        data.extend(read_word(reader)?);
    }
    data.extend(reader.read_slice(length % WORD)?);
    Ok(data.into())
}

fn write_word(bytes: &mut Vec<u8>, word: &[u8; WORD]) {
    if let Some(prefix) = word.first_chunk::<4>().filter(|prefix| find_signature(**prefix) == Some(*word)) {
        bytes.push(SIGNATURE);
        bytes.extend(prefix);
        return;
    }
    let used = word.iter().position(|byte| *byte != 0).map_or(&[][..], |first| &word[first..]);
    bytes.push(used.len() as u8);
    bytes.extend(used);
}

fn read_word(reader: &mut ByteReader<'_>) -> Result<[u8; WORD], DecodeError> {
    let length = reader.read_u8()?;
    if length == SIGNATURE {
        return find_signature(reader.read_array()?)
            .ok_or(DecodeError::InvalidPart("an event is unknown to this program"));
    }
    let mut word = [0; WORD];
    let start =
        WORD.checked_sub(usize::from(length)).ok_or(DecodeError::InvalidPart("a word has more than 32 bytes"))?;
    word[start..].copy_from_slice(reader.read_slice(usize::from(length))?);
    if word.get(start) == Some(&0) {
        return Err(DecodeError::InvalidPart("a word has leading zeros"));
    }
    Ok(word)
}

/// Finds the signature of an event of the contracts that begins with these bytes.
fn find_signature(prefix: [u8; 4]) -> Option<[u8; WORD]> {
    let all = [
        IStakeholderRegistryEvents::SELECTORS,
        ICommitteeEvents::SELECTORS,
        IPollsEvents::SELECTORS,
        IRewardsEvents::SELECTORS,
        ISheetsEvents::SELECTORS,
        IChartersEvents::SELECTORS,
    ];
    all.into_iter().flatten().find(|selector| selector.starts_with(&prefix)).copied()
}
