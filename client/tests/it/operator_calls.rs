//! Calls are simulated in order, from the account that would make them.

use psephos_chain::{Address, LocalChain, deploy};
use psephos_client::operator::{self, error::OperatorError, simulate_calls};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::PollBounds;
use psephos_testkit::create_funded_account;

#[tokio::test]
async fn call_is_simulated_on_the_state_that_those_before_it_leave() {
    let chain = LocalChain::start().await.unwrap();
    let dao = create_funded_account(chain.connection()).await;
    let owner = dao.sender().unwrap();
    let deployment = deploy::deploy_system(&dao, PollBounds::NONE).await.unwrap().deployment;
    let next = ChamberId::new(1);
    let second = operator::new_chamber_calls(&deployment, "Public", next, &[(owner, 7)]);
    assert_eq!(second.len(), 3);
    let refused = simulate_calls(&dao, owner, &second).await.unwrap_err();
    let OperatorError::WouldFail { from, description, revert } = refused else { panic!("{refused}") };
    assert_eq!((from, revert.text.as_str()), (owner, "UnexpectedChamber(expected: 1, next: 0)"));
    assert_eq!(description, "require that the next chamber is chamber 1");

    let first = operator::create_chamber_call(&deployment, "Researchers");
    let both = [&[first], second.as_slice()].concat();
    let gas = simulate_calls(&dao, owner, &both).await.unwrap();
    assert!(gas.is_some_and(|gas| gas > 4 * 21_000), "{gas:?}");
    let stranger = simulate_calls(&dao, Address::repeat_byte(7), &both).await.unwrap_err();
    assert!(
        matches!(&stranger, OperatorError::WouldFail { revert, .. } if revert.name == "OwnableUnauthorizedAccount")
    );
    assert_eq!(operator::next_chamber(&dao, &deployment).await.unwrap(), ChamberId::new(0), "nothing was sent");
}
