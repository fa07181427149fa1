//! The exported Solidity verifier and the Rust verifier agree on valid proofs and on every altered one.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::primitives::U256;
use psephos_chain::{ChainError, LocalChain, deploy};
use psephos_circuits::{Circuit, decryption::DecryptionCircuit};
use psephos_protocol::{
    Fr, Point,
    committee::KeyShare,
    elements::Context,
    scalar,
    statement::decryption::{Instance, build_share},
};
use psephos_prover::{KeyStore, Proof, VerifyError, VerifyingKey};
use psephos_state::{
    PollBounds,
    bindings::IGroth16Verifier::{verifyBatchCall, verifyCall},
    words,
};
use psephos_testkit::create_funded_account;
use rand::rngs::OsRng;

/// A proof and public inputs, as anyone may send them.
type Call = ([U256; 8], Vec<U256>);

/// A verdict, in names that both sides share.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Valid,
    InvalidProof,
    InputOutOfField,
    PublicInputCount,
}

fn verify_in_rust(key: &VerifyingKey, (proof, inputs): &Call) -> Verdict {
    let fields: Result<Vec<Fr>, _> = inputs.iter().map(|word| words::to_field(*word)).collect();
    if inputs.len() != key.info().inputs.len() {
        return Verdict::PublicInputCount;
    }
    let Ok(fields) = fields else { return Verdict::InputOutOfField };
    let Ok(proof) = Proof::from_words(&proof.map(|word| word.to_be_bytes())) else { return Verdict::InvalidProof };
    match key.verify(&proof, &fields) {
        Ok(()) => Verdict::Valid,
        Err(VerifyError::PublicInputCount { .. }) => Verdict::PublicInputCount,
        Err(_) => Verdict::InvalidProof,
    }
}

fn verdict_of<T>(answer: Result<T, ChainError>) -> Verdict {
    match answer {
        Ok(_) => Verdict::Valid,
        Err(ChainError::Reverted(revert)) => match revert.name.as_str() {
            "InvalidProof" => Verdict::InvalidProof,
            "InputOutOfField" => Verdict::InputOutOfField,
            "PublicInputCount" => Verdict::PublicInputCount,
            other => panic!("the verifier reverts with {other}"),
        },
        Err(error) => panic!("{error}"),
    }
}

/// Returns the orders of `F_r` and of the field of the curve's coordinates.
fn field_orders() -> [U256; 2] {
    let order = |text: &str| U256::from_str_radix(text, 10).unwrap();
    [
        order("21888242871839275222246405745257275088548364400416034343698204186575808495617"),
        order("21888242871839275222246405745257275088696311157297823662689037894645226208583"),
    ]
}

fn altered_calls((proof, inputs): &Call, other: &Call) -> Vec<(String, Call)> {
    let [r, q] = field_orders();
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
async fn solidity_and_rust_verifiers_agree() {
    let key = KeyStore::new(KeyStore::default_dir()).load_development::<DecryptionCircuit>(|_| {}).unwrap();
    let secret = KeyShare::new(std::array::from_fn(|_| scalar::random_scalar(&mut OsRng)));
    let prove = |ctx: u64| -> Call {
        let (instance, witness, _): (Instance, _, _) =
            build_share(Context::from_u64(ctx), &Point::generator().mul_u64(77), &secret, 8);
        let circuit = DecryptionCircuit { instance, witness };
        let inputs = circuit.public_inputs().iter().map(words::from_field).collect();
        (key.prove(&circuit, &mut OsRng).unwrap().to_words().map(U256::from_be_bytes), inputs)
    };
    let (call, other) = (prove(5), prove(6));

    let chain = LocalChain::start().await.unwrap();
    let dao = create_funded_account(chain.connection()).await;
    let deployed = deploy::deploy_system(&dao, PollBounds::NONE).await.unwrap().deployment;
    let at = deployed.verifiers.decryption;
    let single = async |(proof, inputs): &Call| {
        verdict_of(dao.call(at, &verifyCall { proof: *proof, inputs: inputs.clone() }).await)
    };
    let batch = async |calls: &[&Call]| {
        let proofs = calls.iter().map(|call| call.0).collect();
        let inputs = calls.iter().flat_map(|call| call.1.clone()).collect();
        verdict_of(dao.call(at, &verifyBatchCall { proofs, inputs }).await)
    };

    let vk = key.verifying_key();
    for honest in [&call, &other] {
        assert_eq!((single(honest).await, verify_in_rust(vk, honest)), (Verdict::Valid, Verdict::Valid));
    }
    assert_eq!(batch(&[&call, &other, &call]).await, Verdict::Valid);
    let altered = altered_calls(&call, &other);
    assert!(altered.len() > 40);
    for (what, call) in &altered {
        let expected = verify_in_rust(vk, call);
        assert_eq!(single(call).await, expected, "{what}");
        assert_eq!(batch(&[&other, call]).await, expected, "{what}, in a batch");
        assert_eq!(expected == Verdict::Valid, what.ends_with("again"), "{what}");
    }
}
