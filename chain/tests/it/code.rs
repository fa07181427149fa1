//! Every contract of a deployment is compared with what this program was built with, and named if it differs.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::{primitives::B256, providers::ext::AnvilApi};
use psephos_chain::{
    Address, Bytes, ChainError, Connection, LocalChain,
    code::{check_code, error::CodeError},
    deploy::{Installation, deploy_system},
};
use psephos_state::{Deployment, PollBounds};

/// Exchanges an address of a deployment.
type Exchange = fn(&mut Deployment, Address);

async fn check(connection: &Connection, deployment: &Deployment) -> Result<(), CodeError> {
    match check_code(connection, deployment).await {
        Err(ChainError::Code(error)) => Err(*error),
        other => {
            other.unwrap();
            Ok(())
        }
    }
}

async fn set_code(chain: &LocalChain, address: Address, code: Bytes) {
    chain.connection().provider().anvil_set_code(address, code).await.unwrap();
}

fn name_of(error: &CodeError) -> &str {
    match error {
        CodeError::Missing { contract, .. }
        | CodeError::OtherCode { contract, .. }
        | CodeError::OtherDependency { contract, .. }
        | CodeError::InvalidNumber { contract, .. } => contract,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_contract_is_compared_with_the_built_one() {
    let chain = LocalChain::start().await.unwrap();
    let dao = psephos_testkit::create_funded_account(chain.connection()).await;
    // Bounds that differ from each other and from zero: they are part of the code.
    let bounds =
        PollBounds { min_ballots: 3, least_camp: 5, min_casting_time: 60, min_tally_time: 70, max_duration: 86_400 };
    let Installation { deployment, contracts } = deploy_system(&dao, bounds).await.unwrap();
    check(&dao, &deployment).await.unwrap();

    let compared: Vec<_> = contracts.iter().filter(|contract| !contract.name.ends_with("Verifier")).collect();
    assert_eq!(compared.len(), 24, "fourteen contracts and ten libraries");
    for (index, contract) in compared.iter().enumerate() {
        let name = contract.name.trim_end_matches(" of sheets").to_owned();
        let code = dao.read_code(contract.address).await.unwrap();

        // The code of another contract.
        let other = dao.read_code(compared[(index + 1) % compared.len()].address).await.unwrap();
        set_code(&chain, contract.address, other).await;
        let error = check(&dao, &deployment).await.unwrap_err();
        assert!(matches!(&error, CodeError::OtherCode { address, .. } if *address == contract.address), "{error}");
        assert_eq!(name_of(&error), name);

        // One bit of one byte, at the beginning, in the middle and at the end.
        for at in [0, code.len() / 2, code.len() - 1] {
            let mut changed = code.to_vec();
            changed[at] ^= 1;
            set_code(&chain, contract.address, changed.into()).await;
            let error = check(&dao, &deployment).await.unwrap_err();
            assert_eq!(name_of(&error), name, "byte {at}: {error}");
        }

        // No code.
        set_code(&chain, contract.address, Bytes::new()).await;
        let error = check(&dao, &deployment).await.unwrap_err();
        assert_eq!(error, CodeError::Missing { contract: name, address: contract.address });

        set_code(&chain, contract.address, code).await;
    }
    check(&dao, &deployment).await.unwrap();
    refuse_other_addresses(&dao, &deployment).await;
    refuse_other_libraries(&chain, &dao, &deployment, &contracts[..]).await;
}

/// An address of the deployment file is replaced: with an account, or with a contract of the same code.
async fn refuse_other_addresses(dao: &Connection, deployment: &Deployment) {
    let account = dao.sender().unwrap();
    let cases: [(&str, Exchange); 14] = [
        ("StakeholderRegistry", |file, address| file.registry = address),
        ("AllowListPolicy", |file, address| file.policy = address),
        ("Committee", |file, address| file.committee = address),
        ("Polls", |file, address| file.polls = address),
        ("Rounding", |file, address| file.rounding = address),
        ("Rewards", |file, address| file.rewards = address),
        ("FeePot", |file, address| file.fee_pot = Some(address)),
        ("Sheets", |file, address| file.sheets.sheets = address),
        ("Bridging", |file, address| file.sheets.bridging = address),
        ("Charters", |file, address| file.sheets.charters = address),
        ("Outcomes", |file, address| file.sheets.outcomes = address),
        ("ActionClasses", |file, address| file.sheets.action_classes = address),
        ("Rewards", |file, address| file.sheets.rewards = address),
        ("FeePot", |file, address| file.sheets.fee_pot = address),
    ];
    for (name, replace) in cases {
        let mut file = deployment.clone();
        replace(&mut file, account);
        assert_eq!(
            check(dao, &file).await.unwrap_err(),
            CodeError::Missing { contract: name.into(), address: account }
        );
    }
    // Honest contracts of another deployment have the same code, but the polls are not those that use them.
    let other = deploy_system(dao, PollBounds::NONE).await.unwrap().deployment;
    let file = Deployment { registry: other.registry, ..deployment.clone() };
    let error = check(dao, &file).await.unwrap_err();
    let expected = CodeError::OtherDependency {
        contract: "Polls".into(),
        address: deployment.polls,
        what: "registry",
        expected: other.registry,
        actual: deployment.registry.into_word(),
    };
    assert_eq!(error, expected);
    // Each verifier has one purpose: two of the deployment's own must not change places.
    let mut file = deployment.clone();
    std::mem::swap(&mut file.verifiers.ballot3, &mut file.verifiers.ballot8);
    let error = check(dao, &file).await.unwrap_err();
    assert!(matches!(error, CodeError::OtherDependency { what: "verifier of ballots of 3 options", .. }), "{error}");
    for (name, replace) in [
        ("Committee", (|file, at| file.verifiers.decryption = at) as fn(&mut Deployment, Address)),
        ("Committee", |file, at| file.verifiers.dealing5 = at),
        ("Committee", |file, at| file.verifiers.dealing16 = at),
        ("Committee", |file, at| file.verifiers.committee_keys = at),
        ("Polls", |file, at| file.verifiers.ballot8 = at),
        ("Rewards", |file, at| file.verifiers.notes = at),
        ("Rewards", |file, at| file.verifiers.claim3 = at),
        ("Rewards", |file, at| file.verifiers.claim8 = at),
        ("Sheets", |file, at| file.verifiers.sheet16 = at),
        ("Sheets", |file, at| file.verifiers.sheet40 = at),
    ] {
        let mut file = deployment.clone();
        replace(&mut file, account);
        let error = check(dao, &file).await.unwrap_err();
        assert!(matches!(error, CodeError::OtherDependency { .. }), "{error}");
        assert_eq!(name_of(&error), name);
    }
    let elsewhere = Deployment { chain_id: psephos_protocol::identifiers::ChainId::new(1), ..deployment.clone() };
    assert!(matches!(check_code(dao, &elsewhere).await, Err(ChainError::WrongChain { .. })));
}

/// The contracts' own code stays as it is, but it calls libraries of other code.
async fn refuse_other_libraries(
    chain: &LocalChain,
    dao: &Connection,
    deployment: &Deployment,
    contracts: &[psephos_chain::deploy::Deployed],
) {
    let find = |name: &str| contracts.iter().find(|contract| contract.name == name).unwrap().address;
    let (tally, polls) = (find("PollTally"), deployment.polls);
    let library = dao.read_code(tally).await.unwrap();
    let code = dao.read_code(polls).await.unwrap();

    // A copy of the library elsewhere holds another address than its own.
    let copy = Address::repeat_byte(0xc0);
    set_code(chain, copy, library.clone()).await;
    let mut calls_copy = code.to_vec();
    let place = code.windows(20).position(|bytes| bytes == tally.as_slice()).unwrap();
    calls_copy[place..place + 20].copy_from_slice(copy.as_slice());
    set_code(chain, polls, calls_copy.into()).await;
    let error = check(dao, deployment).await.unwrap_err();
    assert!(matches!(&error, CodeError::OtherCode { address, .. } if *address == copy), "{error}");
    assert_eq!(name_of(&error), "PollTally");

    // With its own address in it, it is the library.
    let mut own = library.to_vec();
    own[1..21].copy_from_slice(copy.as_slice());
    set_code(chain, copy, own.into()).await;
    check(dao, deployment).await.unwrap();
    set_code(chain, polls, code.clone()).await;

    // One of several places of a dependency.
    let place = code.windows(32).rposition(|bytes| bytes == deployment.committee.into_word().as_slice()).unwrap();
    let mut changed = code.to_vec();
    changed[place..place + 32].copy_from_slice(B256::repeat_byte(7).as_slice());
    set_code(chain, polls, changed.into()).await;
    let error = check(dao, deployment).await.unwrap_err();
    assert!(matches!(error, CodeError::OtherDependency { what: "committee contract", .. }), "{error}");
    set_code(chain, polls, code).await;
    check(dao, deployment).await.unwrap();
}
