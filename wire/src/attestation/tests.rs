use alloy::signers::{SignerSync, local::PrivateKeySigner};

use super::*;

fn example() -> Attestation {
    let chamber = |number: u8| AttestedChamber {
        chamber: ChamberId::new(number.into()),
        ctx: B256::repeat_byte(number + 1),
        root: B256::repeat_byte(number + 2),
        members: 5,
    };
    Attestation {
        chain_id: ChainId::new(1),
        polls: Address::repeat_byte(1),
        registry: Address::repeat_byte(2),
        committee: Address::repeat_byte(3),
        poll: PollId::new(4),
        fingerprint: PollFingerprint::from_bytes([5; 32]),
        keys_hash: B256::repeat_byte(6),
        chambers: vec![chamber(0), chamber(1)],
        block: 7,
        block_hash: B256::repeat_byte(8),
        trustee: Address::ZERO,
        signature: String::new(),
    }
}

fn sign(attestation: Attestation, signer: &PrivateKeySigner) -> Attestation {
    attestation.sign(signer.address(), |hash| signer.sign_hash_sync(hash)).expect("the key signs")
}

const CHANGES: [fn(&mut Attestation); 14] = [
    |one| one.chain_id = ChainId::new(2),
    |one| one.polls = Address::ZERO,
    |one| one.registry = Address::ZERO,
    |one| one.committee = Address::ZERO,
    |one| one.poll = PollId::new(1),
    |one| one.fingerprint = PollFingerprint::from_bytes([1; 32]),
    |one| one.keys_hash = B256::ZERO,
    |one| one.chambers.truncate(1),
    |one| one.chambers[1].chamber = ChamberId::new(2),
    |one| one.chambers[0].ctx = B256::ZERO,
    |one| one.chambers[0].root = B256::ZERO,
    |one| one.chambers[0].members = 6,
    |one| one.block = 8,
    |one| one.block_hash = B256::ZERO,
];

#[test]
fn attestation_with_any_field_changed_is_rejected() {
    let signer = PrivateKeySigner::random();
    let signed = sign(example(), &signer);
    assert_eq!(signed.verify(), Ok(()));
    assert_eq!(sign(example(), &signer), signed, "signing is deterministic");
    for (number, change) in CHANGES.iter().enumerate() {
        let mut changed = signed.clone();
        change(&mut changed);
        assert!(changed.verify().is_err(), "change {number}");
    }
    let other = Attestation { trustee: Address::ZERO, ..signed.clone() };
    assert_eq!(other.verify(), Err(AttestationError::OtherAccount(signer.address())));
    assert_eq!(Attestation { signature: "0x".into(), ..signed }.verify(), Err(AttestationError::InvalidSignature));
}

#[test]
fn chambers_are_few_and_in_order() {
    let signer = PrivateKeySigner::random();
    let mut swapped = example();
    swapped.chambers.reverse();
    let mut many = example();
    many.chambers = (0..=MAX_CHAMBERS as u64)
        .map(|number| AttestedChamber { chamber: ChamberId::new(number), ..example().chambers[0] })
        .collect();
    for wrong in [swapped, many, Attestation { chambers: Vec::new(), ..example() }] {
        assert_eq!(sign(wrong, &signer).verify(), Err(AttestationError::Chambers));
    }
}

#[test]
fn two_statements_about_one_poll_are_an_equivocation_and_two_blocks_are_none() {
    let signer = PrivateKeySigner::random();
    let signed = sign(example(), &signer);
    for (number, change) in CHANGES.iter().enumerate() {
        let mut changed = example();
        change(&mut changed);
        let other = sign(changed, &signer);
        // Another chain, contract or poll is another subject; a later block says the same again.
        assert_eq!(signed.equivocates(&other), ![0, 1, 4, 12, 13].contains(&number), "change {number}");
    }
    let by_another = sign(Attestation { keys_hash: B256::ZERO, ..example() }, &PrivateKeySigner::random());
    assert!(!signed.equivocates(&by_another) && !signed.agrees_with(&by_another));
}
