use alloy::primitives::{Bytes, U256};

use super::*;
use crate::{LocalChain, connection::tests::mocked_on};

#[test]
fn contracts_and_clients_agree_on_the_chains_of_ethereum() {
    let source = include_str!("../../../verifier-contracts/src/libraries/Chains.sol");
    let listed: Vec<u64> =
        source.match_indices("id == ").map(|(at, text)| parse_number(&source[at + text.len()..])).collect();
    assert!(listed.len() > 3, "{listed:?}");
    let mut expected: Vec<u64> = CHAINS.iter().map(|chain| chain.id.get()).collect();
    expected.retain(|&id| has_only_known_transactions(ChainId::new(id)));
    assert_eq!(sorted(listed), sorted(expected));
}

fn parse_number(text: &str) -> u64 {
    text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

fn sorted(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn local_chain_is_suitable() {
    let chain = LocalChain::start().await.unwrap();
    require_suitable(chain.connection(), false).await.unwrap();
}

#[tokio::test]
async fn unsuitable_and_unlisted_chains_are_refused_by_name() {
    for (id, says) in [(324, "ZKsync Era"), (4_242, "Ethereum (1)")] {
        let (connection, _) = mocked_on(id);
        let error = require_suitable(&connection, false).await.unwrap_err().to_string();
        assert!(error.contains(says) && error.contains(&id.to_string()), "{error}");
    }
    // With the flag, what it can do is asked; no flag helps a chain that is known to be unsuitable.
    let (connection, answers) = mocked_on(4_242);
    let mut words = [255, 255, 1, 1].map(U256::from);
    let encode = |words: &[U256]| Bytes::from(words.iter().flat_map(U256::to_be_bytes::<32>).collect::<Vec<u8>>());
    answers.push_success(&encode(&words));
    require_suitable(&connection, true).await.unwrap();
    let (zksync, _) = mocked_on(324);
    require_suitable(&zksync, true).await.unwrap_err();

    for (index, missing) in [(0, "CLZ"), (1, "MCOPY"), (2, "pairing"), (3, "pairing")] {
        let right = std::mem::replace(&mut words[index], U256::from(7));
        answers.push_success(&encode(&words));
        words[index] = right;
        let error = require_suitable(&connection, true).await.unwrap_err().to_string();
        assert!(error.contains(missing), "{error}");
    }
    answers.push_success(&Bytes::new());
    assert!(require_suitable(&connection, true).await.unwrap_err().to_string().contains("creation code"));
    answers.push_failure_msg("invalid opcode: opcode 0x1e not defined");
    assert!(require_suitable(&connection, true).await.unwrap_err().to_string().contains("PUSH0"));
}
