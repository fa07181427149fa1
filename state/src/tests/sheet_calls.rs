//! Where the proofs of sheets are found, and that nothing else is taken for one.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use psephos_protocol::{identifiers::SheetId, statement::sheet::PostedSheet};

use super::{
    sheet_story::{SHEET, lower, upper},
    story::{Story, deployment},
};
use crate::{
    bindings::ISheets::{BallotsForwarded, castBatchCall, castCall, replaceCall},
    error::StateError,
    poll::ProofData,
    sheet::record::{ReplacedSheet, SheetRecord, record_length, replacement_length},
    transaction::TransactionCall,
};

/// The transaction of all events of a story.
const TRANSACTION: B256 = B256::repeat_byte(8);

fn proof(number: u64) -> [U256; 8] {
    [U256::from(number); 8]
}

fn record(posted: &PostedSheet, number: u64) -> Bytes {
    let bytes = SheetRecord { proof: proof(number), posted: posted.clone() }.to_bytes();
    assert_eq!(bytes.len(), record_length(16));
    bytes.into()
}

fn replacement(posted: &PostedSheet, old: &PostedSheet, number: u64) -> Bytes {
    let old = ReplacedSheet::from_posted(old, [0; 32]).to_bytes();
    let bytes = [&record(posted, number)[..], &old].concat();
    assert_eq!(bytes.len(), replacement_length(16));
    bytes.into()
}

/// Returns the proofs of two sheets of a story, the second of which replaces another, once this call is loaded.
fn load(to: Address, data: Option<Vec<u8>>) -> Vec<ProofData> {
    let mut story = Story::with_members();
    story.create_sheet(1).open_sheet(1);
    story.cast_sheet(&lower(1, 1), [0; 32]).cast_sheet(&upper(2, 1), [0; 32]);
    assert_eq!(story.0.sheet_transactions_to_load(SHEET).unwrap(), [TRANSACTION].into());
    let call = data.map(|data| TransactionCall { from: Address::ZERO, to: Some(to), data: data.into() });
    let calls: BTreeMap<_, _> = call.map(|call| (TRANSACTION, call)).into_iter().collect();
    story.0.load_sheet_calls(SHEET, &calls).unwrap();
    assert!(story.0.sheet_transactions_to_load(SHEET).unwrap().is_empty());
    story.sheet_chamber().sheets.iter().map(|sheet| sheet.proof.clone()).collect()
}

fn is_missing(proof: &ProofData) -> bool {
    matches!(proof, ProofData::Missing(_))
}

#[test]
fn calldata_of_a_direct_call_holds_the_proofs() {
    let (sheet, chamber, contract) = (U256::from(1), U256::ZERO, deployment().sheets.sheets);
    let (first, second) = (lower(1, 1), upper(2, 1));
    let cast = castCall { sheet, chamber, record: record(&first, 3) }.abi_encode();
    let proofs = load(contract, Some(cast));
    assert!(proofs[0] == ProofData::Found(vec![proof(3)]) && is_missing(&proofs[1]), "{proofs:?}");
    let replace = replaceCall { sheet, chamber, replacement: replacement(&second, &lower(2, 5), 4) }.abi_encode();
    let proofs = load(contract, Some(replace));
    assert!(is_missing(&proofs[0]) && proofs[1] == ProofData::Found(vec![proof(4)]), "{proofs:?}");
    // A batch may hold a sheet twice: any proof that verifies will do.
    let records = [record(&first, 5), record(&second, 6), record(&first, 7)].concat().into();
    let batch = castBatchCall { sheet, chamber, records, replacements: Bytes::new() }.abi_encode();
    let found = [vec![proof(5), proof(7)], vec![proof(6)]].map(ProofData::Found);
    assert_eq!(load(contract, Some(batch)), found);
}

#[test]
fn decoys_are_not_taken_for_proofs_of_sheets() {
    let (sheet, chamber, contract) = (U256::from(1), U256::ZERO, deployment().sheets.sheets);
    let call = |sheet, chamber| castCall { sheet, chamber, record: record(&lower(1, 1), 3) }.abi_encode();
    let all_missing = |to, data| load(to, data).iter().all(is_missing);
    assert!(all_missing(contract, None), "a transaction that no one knows");
    assert!(all_missing(deployment().polls, Some(call(sheet, chamber))), "a call of another contract");
    assert!(all_missing(contract, Some(call(U256::from(2), chamber))), "of another sheet poll");
    assert!(all_missing(contract, Some(call(sheet, U256::from(1)))), "of another chamber");
    let torn = castCall { sheet, chamber, record: record(&lower(1, 1), 3)[1..].to_vec().into() }.abi_encode();
    assert!(all_missing(contract, Some(torn)), "no whole record");
    let error = Story::new().0.load_sheet_calls(SheetId::new(4), &BTreeMap::new());
    assert!(matches!(error, Err(StateError::UnknownSheet { .. })), "{error:?}");
}

#[test]
fn forwarded_proofs_of_sheets_are_read_from_their_event() {
    let (first, second, third) = (lower(1, 1), upper(2, 1), upper(1, 2));
    let mut story = Story::with_members();
    story.create_sheet(1).open_sheet(1);
    let (poll, chamber) = (U256::from(1), U256::ZERO);
    story.cast_sheet(&first, [0; 32]);
    story.sheets(&BallotsForwarded { poll, chamber, records: record(&first, 1), replacements: Bytes::new() });
    // A second call in the same transaction: its sheets are its own, whatever its arguments are.
    story.cast_sheet(&second, [0; 32]).cast_sheet(&third, first.fingerprint([0; 32]));
    let records = [record(&first, 9), record(&second, 2)].concat().into();
    story.sheets(&BallotsForwarded { poll, chamber, records, replacements: replacement(&third, &first, 3) });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let read = story.sheet_chamber();
    let proofs: Vec<_> = read.sheets.iter().map(|sheet| sheet.proof.clone()).collect();
    assert_eq!(proofs, [1, 2, 3].map(|number| ProofData::Found(vec![proof(number)])));
    assert_eq!(read.batches.iter().map(|batch| batch.nullifiers.len()).collect::<Vec<_>>(), [1, 3]);
    assert!(story.0.sheet_transactions_to_load(SHEET).unwrap().is_empty());
}
