use alloy_primitives::{Address, B256, LogData, U256};
use alloy_sol_types::SolEvent;

use super::*;
use crate::{
    bindings::{
        IPolls::BallotCast,
        IStakeholderRegistry::{ChamberCreated, Enrolled},
    },
    bytes::DecodeError,
    deployment::{Deployment, LOCAL_CHAIN_ID, placeholder},
    log::Log,
};

fn deployment() -> Deployment {
    placeholder(Address::repeat_byte)
}

fn log(contract: Address, transaction: u8, index: u64, data: LogData) -> Log {
    Log {
        address: contract,
        data,
        block: 12,
        block_hash: B256::repeat_byte(7),
        time: None,
        transaction: B256::repeat_byte(transaction),
        index,
    }
}

fn logs() -> Vec<Log> {
    let (one, registry) = (U256::from(1), deployment().registry);
    let created = ChamberCreated { chamber: one, name: "Founders".into(), policy: Address::repeat_byte(2) };
    let enrolled = Enrolled { chamber: one, subject: Address::repeat_byte(9), index: one, id: U256::MAX, weight: one };
    let (nullifier, previous) = (U256::from(300), B256::ZERO);
    let cast = BallotCast { poll: one, chamber: one, nullifier, previous, record: vec![0, 1, 2].into() };
    let strange = LogData::new_unchecked(vec![B256::repeat_byte(1)], vec![0; 45].into());
    vec![
        log(registry, 1, 0, created.encode_log_data()),
        log(registry, 1, 1, enrolled.encode_log_data()),
        log(deployment().polls, 2, 200, cast.encode_log_data()),
        log(deployment().rewards, 1, 201, strange),
        log(deployment().committee, 3, 202, LogData::default()),
    ]
}

fn page() -> EventPage {
    let (chain_id, polls, hash) = (LOCAL_CHAIN_ID, deployment().polls, B256::repeat_byte(7));
    let header = EventPageHeader { chain_id, polls, from: 3, to: 20, head: 40, hash, time: 99 };
    EventPage { header, blocks: vec![EventBlock::from_logs(&deployment(), 12, hash, &logs())] }
}

#[test]
fn logs_round_trip_through_their_encoding() {
    let mut given = logs();
    given.push(log(Address::repeat_byte(77), 1, 203, LogData::default()));
    let bytes = encode_logs(&deployment(), &given);
    assert_eq!(decode_logs(&deployment(), 12, B256::repeat_byte(7), &bytes).unwrap(), logs());
    let enrolment = encode_logs(&deployment(), &given[1..2]);
    assert!(enrolment.len() < 110, "{} bytes", enrolment.len());
}

#[test]
fn truncated_or_extended_logs_are_rejected() {
    let bytes = encode_logs(&deployment(), &logs());
    for end in 0..bytes.len() {
        assert!(decode_logs(&deployment(), 12, B256::ZERO, &bytes[..end]).is_err(), "{end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(decode_logs(&deployment(), 12, B256::ZERO, &longer), Err(DecodeError::TrailingBytes(1)));
}

#[test]
fn page_round_trips_and_changed_pages_are_rejected() {
    let bytes = page().to_bytes();
    let read = EventPage::from_bytes(&bytes).unwrap();
    assert_eq!(read, page());
    assert_eq!(read.decode_logs(&deployment()).unwrap(), logs());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 4;
        assert!(EventPage::from_bytes(&changed).is_err(), "{place}");
    }
}

#[test]
fn blocks_out_of_range_or_order_are_rejected() {
    for number in [2, 21] {
        let mut page = page();
        page.blocks[0].number = number;
        assert!(EventPage::from_bytes(&page.to_bytes()).is_err(), "{number}");
    }
    let mut page = page();
    page.blocks.push(page.blocks[0].clone());
    assert!(EventPage::from_bytes(&page.to_bytes()).is_err());
}
