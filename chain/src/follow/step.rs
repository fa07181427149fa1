//! One step of following: blocks that a reorganisation removed, and new logs.

use std::sync::Arc;

use alloy::{eips::BlockNumberOrTag, providers::Provider};
use psephos_state::{ChainState, Log, events};

use super::{
    Follower, apply_up_to,
    block::{Block, Step},
};
use crate::error::{ChainError, classify_error};

/// How often a step starts again because the chain changes while it is read.
const ATTEMPTS: usize = 4;

/// The data read before anything is changed.
struct Reading {
    /// The number of known blocks that the chain still has.
    common: usize,
    logs: Vec<Log>,
    tip: Block,
    head: Block,
}

impl Follower {
    /// Reads the next range of blocks, or finds that there is none. Nothing changes if it fails.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`, `FinalBlockLost`, `NotDeployed`, `State` with `Unexpected`: a later attempt may
    /// succeed.
    pub async fn try_step(&mut self) -> Result<Step, ChainError> {
        for _ in 0..ATTEMPTS {
            if let Some(reading) = self.read_range().await? {
                return Ok(self.apply_reading(reading));
            }
        }
        Err(ChainError::unexpected("the chain changes faster than it can be read"))
    }

    /// Returns `None` if the chain was reorganised meanwhile: the head was its newest block before and still is one of
    /// its blocks afterwards, so that all answers in between come from one and the same chain.
    async fn read_range(&mut self) -> Result<Option<Reading>, ChainError> {
        let Some(head) = self.read_block(BlockNumberOrTag::Latest).await? else {
            return Err(ChainError::unexpected("there is no newest block"));
        };
        let common = self.common_blocks(head).await?;
        if common == 0 && !self.blocks.is_empty() {
            self.check_reset(head).await?;
        }
        let last = common.checked_sub(1).map(|index| self.blocks[index]);
        let from = last.map_or(self.deployment.from_block, |last| last.number + 1);
        if from > head.number {
            let tip = last.unwrap_or(head);
            return Ok(Some(Reading { common, logs: Vec::new(), tip, head }));
        }
        let contracts = events::event_contracts(&self.deployment);
        let (end, logs) = self.ranges.read_next(&self.connection, &contracts, from, head.number).await?;
        let tip = if end == head.number { Some(head) } else { self.read_block(end.into()).await? };
        let still = self.read_block(head.number.into()).await?;
        let same = still.is_some_and(|still| still.hash == head.hash);
        let Some(tip) = tip.filter(|_| same) else { return Ok(None) };
        if logs.iter().any(|log| !(from..=end).contains(&log.block)) {
            return Err(ChainError::unexpected("the node returned logs of blocks that were not requested"));
        }
        Ok(Some(Reading { common, logs, tip, head }))
    }

    /// Checks that everything may be read again on a chain that has none of the known blocks: none of them was final,
    /// and the deployment is there. Otherwise the node was reset, or follows another chain.
    async fn check_reset(&self, head: Block) -> Result<(), ChainError> {
        // On a young chain the first known block is not final.
        let known = self.blocks.first().filter(|first| (1..=self.confirmed.block).contains(&first.number));
        match known {
            Some(Block { number, hash, .. }) => {
                Err(ChainError::FinalBlockLost { number: *number, hash: *hash, head: head.number })
            }
            None => self.connection.check_deployment(&self.deployment).await,
        }
    }

    /// Returns the number of known blocks that the chain still has.
    async fn common_blocks(&self, head: Block) -> Result<usize, ChainError> {
        for (index, known) in self.blocks.iter().enumerate().rev() {
            let found = match known.number.cmp(&head.number) {
                std::cmp::Ordering::Greater => continue,
                std::cmp::Ordering::Equal => Some(head),
                std::cmp::Ordering::Less => self.read_block(known.number.into()).await?,
            };
            if found.is_some_and(|found| found.hash == known.hash) {
                return Ok(index + 1);
            }
        }
        Ok(0)
    }

    async fn read_block(&self, which: BlockNumberOrTag) -> Result<Option<Block>, ChainError> {
        let answer = self.connection.provider().get_block_by_number(which).await;
        let block = answer.map_err(|error| classify_error(self.connection.url(), "a block", error))?;
        Ok(block.map(|block| Block {
            number: block.header.number,
            hash: block.header.hash,
            time: block.header.timestamp,
        }))
    }

    fn apply_reading(&mut self, reading: Reading) -> Step {
        let Reading { common, logs, tip, head } = reading;
        let back_to = (common < self.blocks.len()).then(|| common.checked_sub(1).map(|last| self.blocks[last].number));
        if back_to.is_some() {
            self.roll_back(common);
        }
        let known = self.blocks.last().copied();
        if known != Some(tip) {
            self.extend_blocks(&logs, tip, head.number);
        }
        Step { back_to, logs, block: tip, head: head.number }
    }

    /// Keeps this number of known blocks and rebuilds the newest state from the final one.
    fn roll_back(&mut self, common: usize) {
        self.blocks.truncate(common);
        match self.blocks.last() {
            None => {
                self.pending.clear();
                self.confirmed = Arc::new(ChainState::empty(self.deployment.clone()));
                self.newest = self.confirmed.clone();
            }
            Some(&tip) => {
                self.pending.retain(|log| log.block <= tip.number);
                let confirmed = (*self.confirmed).clone();
                self.newest = Arc::new(apply_up_to(confirmed, &self.pending, tip));
            }
        }
    }

    fn extend_blocks(&mut self, logs: &[Log], tip: Block, head: u64) {
        let limit = head.saturating_sub(self.options.confirmations);
        if self.pending.is_empty() && tip.number <= limit {
            // Below the final block one state is enough, and it is changed in place.
            self.newest = Arc::new(ChainState::empty(self.deployment.clone()));
            let confirmed = std::mem::replace(&mut self.confirmed, self.newest.clone());
            let confirmed = Arc::try_unwrap(confirmed).unwrap_or_else(|shared| (*shared).clone());
            self.confirmed = Arc::new(apply_up_to(confirmed, logs, tip));
            self.newest = self.confirmed.clone();
            self.blocks = vec![tip];
            return;
        }
        // A block with logs is one to fall back to; its time is only known if it is the last, or if the node returns it
        // with the logs.
        for log in logs {
            let (number, hash) = (log.block, log.block_hash);
            if self.blocks.last().is_none_or(|last| last.number < number) && number < tip.number {
                self.blocks.push(Block { number, hash, time: log.time.unwrap_or(self.newest.time) });
            }
        }
        self.blocks.push(tip);
        let newest = Arc::make_mut(&mut self.newest);
        newest.apply_logs(logs);
        (newest.block, newest.time) = (tip.number, tip.time);
        self.pending.extend(logs.iter().cloned());
        self.advance_confirmed(limit);
    }

    /// Makes the newest known block up to `limit` the final one.
    fn advance_confirmed(&mut self, limit: u64) {
        let Some(index) = self.blocks.iter().rposition(|block| block.number <= limit) else { return };
        let block = self.blocks[index];
        if block.number <= self.confirmed.block && index == 0 {
            return;
        }
        let later = self.pending.partition_point(|log| log.block <= block.number);
        let rest = self.pending.split_off(later);
        let logs = std::mem::replace(&mut self.pending, rest);
        self.blocks.drain(..index);
        if self.pending.is_empty() {
            // Nothing has happened since: the two states share everything again.
            self.confirmed = self.newest.clone();
            let confirmed = Arc::make_mut(&mut self.confirmed);
            (confirmed.block, confirmed.time) = (block.number, block.time);
        } else {
            let confirmed = Arc::make_mut(&mut self.confirmed);
            confirmed.apply_logs(&logs);
            (confirmed.block, confirmed.time) = (block.number, block.time);
        }
    }
}
