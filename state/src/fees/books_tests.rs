use alloy_sol_types::SolEvent;
use psephos_protocol::identifiers::PollId;

use super::*;
use crate::bindings::IFeePot::{BallotsPaid, CreditWithdrawn, PotCreated, PotFunded, PotReclaimed};

const RELAYER: Address = Address::repeat_byte(1);
const OTHER: Address = Address::repeat_byte(2);

fn wei(amount: u64) -> U256 {
    U256::from(amount)
}

fn log(event: &impl SolEvent) -> Log {
    Log { address: Address::repeat_byte(9), data: event.encode_log_data(), ..Log::default() }
}

fn opened(poll: u64, fee: u64) -> Log {
    log(&PotCreated { poll: wei(poll), fee: wei(fee), relayers: vec![RELAYER, OTHER] })
}

fn funded(poll: u64, amount: u64) -> Log {
    log(&PotFunded { poll: wei(poll), from: OTHER, amount: wei(amount) })
}

fn paid(poll: u64, relayer: Address, ballots: u64, amount: u64) -> Log {
    log(&BallotsPaid { poll: wei(poll), chamber: wei(0), relayer, ballots: wei(ballots), amount: wei(amount) })
}

fn withdrawn(relayer: Address, amount: u64) -> Log {
    log(&CreditWithdrawn { relayer, to: OTHER, amount: wei(amount) })
}

fn reclaimed(poll: u64, amount: u64) -> Log {
    log(&PotReclaimed { poll: wei(poll), to: OTHER, amount: wei(amount) })
}

fn read(logs: &[Log]) -> Result<FeeBooks, StateError> {
    let mut books = FeeBooks::default();
    logs.iter().try_for_each(|log| books.apply_log(log))?;
    Ok(books)
}

#[test]
fn all_ether_is_accounted_for() {
    let mut books = read(&[
        opened(1, 10),
        funded(1, 95),
        opened(2, 7),
        paid(1, RELAYER, 3, 30),
        funded(2, 14),
        paid(1, OTHER, 2, 20),
        withdrawn(RELAYER, 30),
        paid(2, RELAYER, 1, 7),
        reclaimed(1, 45),
    ])
    .unwrap();
    let pot = books.pot(PollId::new(1)).unwrap();
    assert_eq!((pot.remaining(), pot.ballots_covered(), pot.paid, pot.ballots), (wei(0), wei(0), wei(50), 5));
    assert_eq!(pot.earned, BTreeMap::from([(RELAYER, wei(30)), (OTHER, wei(20))]));
    assert_eq!(
        (books.pot(PollId::new(2)).unwrap().remaining(), books.pot(PollId::new(2)).unwrap().ballots_covered()),
        (wei(7), wei(1))
    );
    assert_eq!((books.credit(RELAYER), books.credit(OTHER)), (wei(7), wei(20)));
    // 109 came in, 30 and 45 went out.
    assert_eq!(books.total_owed(), wei(34));
    assert!(!books.is_solvent());
    books.balance = wei(34);
    assert!(books.is_solvent());
    assert!(matches!(books.pot(PollId::new(3)), Err(StateError::NoPot { poll }) if poll == PollId::new(3)));
}

#[test]
fn impossible_events_are_rejected() {
    let start = [opened(1, 10), funded(1, 20)];
    for bad in [
        opened(1, 10),
        opened(2, 0),
        funded(2, 1),
        paid(1, RELAYER, 3, 21),
        paid(1, RELAYER, 1, 9),
        paid(1, RELAYER, 0, 0),
        paid(1, Address::repeat_byte(3), 1, 10),
        paid(2, RELAYER, 1, 1),
        withdrawn(RELAYER, 1),
        reclaimed(1, 21),
        log(&PotFunded { poll: U256::MAX, from: OTHER, amount: wei(1) }),
        log(&PotFunded { poll: wei(1), from: OTHER, amount: U256::MAX }),
        Log::default(),
    ] {
        let logs = [&start[..], std::slice::from_ref(&bad)].concat();
        assert!(matches!(read(&logs), Err(StateError::Unexpected(_))), "{bad:?}");
    }
    assert!(read(&start).is_ok());
}
