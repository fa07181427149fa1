//! What the chain shows of updates: the bytes of each, its place in its batch, whether it was skipped, and of its
//! transaction the size, gas, fees and times.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    consensus::Transaction as _, eips::BlockNumberOrTag, network::TransactionResponse, primitives::Address,
    providers::Provider, sol_types::SolCall,
};
use psephos_state::{bindings::IPolls::castBatchCall, record::BallotRecord};
use psephos_wire::Package;

use super::{super::scene::MaskedScene, Sample};

/// Returns what is seen of all updates that an account has sent after a block; `replacements` are those of voters.
pub(super) async fn observe_updates(
    scene: &MaskedScene,
    from: u64,
    account: Address,
    replacements: &[Package],
) -> Vec<Sample> {
    let provider = scene.system.chain.connection().provider();
    let bytes = |package: &Package| package.contents().unwrap().to_bytes();
    let replaced: BTreeSet<Vec<u8>> = replacements.iter().map(bytes).collect();
    let length = replaced.first().unwrap().len();
    let record_length = replacements[0].contents().unwrap().record.to_bytes().len();
    let ballots = scene.ballots().await;
    let to = provider.get_block_number().await.unwrap();
    let mut samples = Vec::new();
    let mut last_time = None;
    for number in from + 1..=to {
        let block = provider.get_block_by_number(BlockNumberOrTag::Number(number)).full().await.unwrap().unwrap();
        let time = block.header.timestamp as f64;
        for transaction in block.transactions.txns() {
            if transaction.from() != account {
                continue;
            }
            let Ok(call) = castBatchCall::abi_decode(transaction.input()) else { continue };
            let receipt = provider.get_transaction_receipt(transaction.tx_hash()).await.unwrap().unwrap();
            let updates: Vec<&[u8]> = call.replacements.chunks(length).collect();
            let count = updates.len() as f64;
            for (index, update) in updates.iter().enumerate() {
                let posted = BallotRecord::from_bytes(&update[..record_length], 3).unwrap().posted;
                let is_accepted = ballots.iter().any(|ballot| ballot.posted == posted);
                let mut features = vec![
                    index as f64 / count,
                    index as f64,
                    count,
                    transaction.input().len() as f64,
                    receipt.gas_used as f64 / count,
                    alloy::consensus::Transaction::max_fee_per_gas(transaction) as f64,
                    transaction.gas_limit() as f64 / count,
                    transaction.transaction_index.unwrap() as f64,
                    time - last_time.unwrap_or(time),
                    f64::from(u8::from(is_accepted)),
                ];
                features.extend(describe_bytes(update));
                samples.push(Sample { features, replaced: replaced.contains(*update) });
            }
            last_time = Some(time);
        }
    }
    samples
}

/// Returns features of the bytes: of each word the first and the last byte, and how often each of a few values
/// occurs.
fn describe_bytes(update: &[u8]) -> Vec<f64> {
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    update.iter().for_each(|byte| *counts.entry(*byte).or_default() += 1);
    let frequent = [0, 1, 0x7f, 0xff].map(|byte| counts.get(&byte).copied().unwrap_or_default() as f64);
    let sum: f64 = update.iter().map(|byte| f64::from(*byte)).sum();
    let ones: u32 = update.iter().map(|byte| byte.count_ones()).sum();
    let words = update.chunks(32).flat_map(|word| [word[0], word[word.len() - 1]]).map(f64::from);
    words.chain(frequent).chain([sum, f64::from(ones)]).collect()
}
