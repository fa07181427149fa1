//! The exported Solidity verifier and Rust give one verdict, on proofs that hold and on every way to spoil them.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::primitives::U256;
use psephos_chain::{ChainError, Connection, LocalChain, deploy, local};
use psephos_circuits::{Circuit, decryption::DecryptionCircuit};
use psephos_client::Account;
use psephos_protocol::{
    Fr, Point,
    committee::KeyShare,
    scalar,
    statement::decryption::{Instance, build},
};
use psephos_prover::{KeyStore, Proof, VerifyError, VerifyingKey};
use psephos_state::{
    bindings::IGroth16Verifier::{verifyBatchCall, verifyCall},
    words,
};
use rand::rngs::OsRng;

/// A proof and inputs as anybody may send them.
type Call = ([U256; 8], Vec<U256>);

/// What came of it, in the words that both sides share.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Holds,
    InvalidProof,
    InputOutOfField,
    PublicInputCount,
}

fn rust(key: &VerifyingKey, (proof, inputs): &Call) -> Verdict {
    let fields: Result<Vec<Fr>, _> = inputs.iter().map(|word| words::to_field(*word)).collect();
    if inputs.len() != key.info().inputs.len() {
        return Verdict::PublicInputCount;
    }
    let Ok(fields) = fields else { return Verdict::InputOutOfField };
    let Ok(proof) = Proof::from_words(&proof.map(|word| word.to_be_bytes())) else { return Verdict::InvalidProof };
    match key.verify(&proof, &fields) {
        Ok(()) => Verdict::Holds,
        Err(VerifyError::PublicInputCount { .. }) => Verdict::PublicInputCount,
        Err(_) => Verdict::InvalidProof,
    }
}

fn named<T>(answer: Result<T, ChainError>) -> Verdict {
    match answer {
        Ok(_) => Verdict::Holds,
        Err(ChainError::Reverted(revert)) => match revert.name.as_str() {
            "InvalidProof" => Verdict::InvalidProof,
            "InputOutOfField" => Verdict::InputOutOfField,
            "PublicInputCount" => Verdict::PublicInputCount,
            other => panic!("the verifier reverts with {other}"),
        },
        Err(error) => panic!("{error}"),
    }
}

/// The order of `F_r`, and of the field of the curve's coordinates.
fn orders() -> [U256; 2] {
    let order = |text: &str| U256::from_str_radix(text, 10).unwrap();
    [
        order("21888242871839275222246405745257275088548364400416034343698204186575808495617"),
        order("21888242871839275222246405745257275088696311157297823662689037894645226208583"),
    ]
}

fn spoilt((proof, inputs): &Call, other: &Call) -> Vec<(String, Call)> {
    let [r, q] = orders();
    let mut calls = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Call)| {
        let mut call = (*proof, inputs.clone());
        change(&mut call);
        calls.push((what, call));
    };
    for i in 0..8 {
        add(format!("word {i} + 1"), &|call| call.0[i] += U256::ONE);
        add(format!("word {i} + q"), &|call| call.0[i] += q);
        add(format!("word {i} is 0"), &|call| call.0[i] = U256::ZERO);
    }
    for (name, range) in [("A", 0..2), ("B", 2..6), ("C", 6..8)] {
        add(format!("another proof's {name}"), &|call| call.0[range.clone()].copy_from_slice(&other.0[range.clone()]));
        add(format!("{name} is the identity"), &|call| call.0[range.clone()].fill(U256::ZERO));
    }
    add("A negated".into(), &|call| call.0[1] = q - call.0[1]);
    add("C negated".into(), &|call| call.0[7] = q - call.0[7]);
    add("A and B negated: the same proof again".into(), &|call| {
        [1, 4, 5].into_iter().for_each(|i| call.0[i] = q - call.0[i]);
    });
    add("B's parts swapped".into(), &|call| call.0.swap(2, 3));
    add("nothing but zeros".into(), &|call| call.0 = [U256::ZERO; 8]);
    for i in 0..inputs.len() {
        add(format!("input {i} + 1"), &|call| call.1[i] += U256::ONE);
        add(format!("input {i} + r"), &|call| call.1[i] += r);
    }
    add("another statement".into(), &|call| call.1.clone_from(&other.1));
    add("one input fewer".into(), &|call| {
        call.1.pop();
    });
    add("one input more".into(), &|call| call.1.push(U256::ZERO));
    add("no inputs".into(), &|call| call.1.clear());
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn one_verdict() {
    let key = KeyStore::new(KeyStore::default_dir()).development::<DecryptionCircuit>(|_| {}).unwrap();
    let secret = KeyShare::new(std::array::from_fn(|_| scalar::random(&mut OsRng)));
    let prove = |ctx: u64| -> Call {
        let (instance, witness, _): (Instance, _, _) =
            build(Fr::from(ctx), &Point::generator().mul_u64(77), &secret, 8);
        let circuit = DecryptionCircuit { instance, witness };
        let inputs = circuit.inputs().iter().map(words::from_field).collect();
        (key.prove(&circuit, &mut OsRng).unwrap().words().map(U256::from_be_bytes), inputs)
    };
    let (call, other) = (prove(5), prove(6));

    let chain = LocalChain::start().await.unwrap();
    let dao = funded(chain.connection()).await;
    let deployed = deploy::deploy_system(&dao).await.unwrap().deployment;
    let at = deployed.verifiers.decryption;
    let single =
        async |(proof, inputs): &Call| named(dao.call(at, &verifyCall { proof: *proof, inputs: inputs.clone() }).await);
    let batch = async |calls: &[&Call]| {
        let proofs = calls.iter().map(|call| call.0).collect();
        let inputs = calls.iter().flat_map(|call| call.1.clone()).collect();
        named(dao.call(at, &verifyBatchCall { proofs, inputs }).await)
    };

    let vk = key.verifying_key();
    for honest in [&call, &other] {
        assert_eq!((single(honest).await, rust(vk, honest)), (Verdict::Holds, Verdict::Holds));
    }
    assert_eq!(batch(&[&call, &other, &call]).await, Verdict::Holds);
    let spoilt = spoilt(&call, &other);
    assert!(spoilt.len() > 40);
    for (what, call) in &spoilt {
        let expected = rust(vk, call);
        assert_eq!(single(call).await, expected, "{what}");
        assert_eq!(batch(&[&other, call]).await, expected, "{what}, in a batch");
        assert_eq!(expected == Verdict::Holds, what.ends_with("again"), "{what}");
    }
}

async fn funded(connection: &Connection) -> Connection {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(10u64).pow(U256::from(20u64))).await.unwrap();
    connection.with_wallet(account.wallet()).unwrap()
}
