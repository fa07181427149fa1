use psephos_circuits::{
    ballot::BallotCircuit, claim::ClaimCircuit, committee_keys::CommitteeKeysCircuit, dealing::DealingCircuit,
    decryption::DecryptionCircuit, notes::NotesCircuit,
};
use psephos_prover::examples::Example;

use super::*;

/// One statement of each kind and size.
fn examples() -> Vec<Statement> {
    let ballot3 = BallotCircuit::<3>::example();
    let ballot8 = BallotCircuit::<8>::example();
    let (claim3, claim8) = (ClaimCircuit::<3>::example(), ClaimCircuit::<8>::example());
    let (dealing5, dealing16) = (DealingCircuit::<5>::example(), DealingCircuit::<16>::example());
    let (decryption, notes) = (DecryptionCircuit::example(), NotesCircuit::example());
    let keys = CommitteeKeysCircuit::example();
    vec![
        Statement::Ballot(ballot3.instance, ballot3.witness),
        Statement::Ballot(ballot8.instance, ballot8.witness),
        Statement::Claim(claim3.instance, claim3.witness),
        Statement::Claim(claim8.instance, claim8.witness),
        Statement::Dealing(dealing5.instance, dealing5.witness),
        Statement::Dealing(dealing16.instance, dealing16.witness),
        Statement::Decryption(decryption.instance, decryption.witness),
        Statement::Notes(notes.instance, notes.batch),
        Statement::CommitteeKeys(keys.instance, keys.keys),
    ]
}

fn json(statement: Statement) -> String {
    let json = ProofRequest { chain_id: 31_337, statement }.to_json().unwrap();
    String::from_utf8(json.to_vec()).unwrap()
}

#[test]
fn every_statement_comes_back_holds_and_fits_its_bound() {
    for statement in examples() {
        let (kind, circuit, inputs) = (statement.kind(), statement.circuit(), statement.inputs());
        let text = json(statement);
        println!("{circuit}: {} bytes", text.len());
        assert!(text.len() <= MAX_REQUEST_BYTES);
        let request = ProofRequest::parse(text.as_bytes()).unwrap();
        let statement = request.statement;
        assert_eq!((statement.kind(), statement.circuit(), statement.inputs()), (kind, circuit, inputs));
        assert!(text == json(statement.clone()), "{circuit} is written as it was read");
        assert!(statement.check().is_ok(), "{circuit}");
    }
}

/// Every value of every request, made larger than its field or cut: refused, and the message does not repeat it.
#[test]
fn no_value_is_reduced_completed_or_repeated() {
    for statement in examples() {
        let (circuit, text) = (statement.circuit(), json(statement));
        let refuse = |changed: String| match ProofRequest::parse(changed.as_bytes()) {
            Err(error) => {
                let said = error.to_string();
                assert!(!said.contains("0x") && said.len() < 160, "{circuit}: {said}");
            }
            Ok(_) => panic!("{circuit} takes {changed:.200}"),
        };
        for (place, _) in text.match_indices("\"0x") {
            // 2^256 - 1 and below are above both fields' orders.
            refuse(format!("{}ffff{}", &text[..place + 3], &text[place + 7..]));
            refuse(format!("{}{}", &text[..place + 3], &text[place + 4..]));
        }
        refuse(format!("{text} 1"));
        refuse(text.replacen("\"chain_id\"", "\"more\":1,\"chain_id\"", 1));
        refuse(text.replacen("\"instance\"", "\"more\":1,\"instance\"", 1));
        refuse(format!("{}{}", "[".repeat(4_000), "]".repeat(4_000)));
        for length in (0..text.len()).step_by(97) {
            refuse(text[..length].to_owned());
        }
    }
    assert_eq!(
        ProofRequest::parse(&vec![b' '; MAX_REQUEST_BYTES + 1]).err(),
        Some(RequestError::TooLarge(MAX_REQUEST_BYTES + 1))
    );
}

/// What is well-formed and does not hold is refused with its clause: each element of the public inputs, and a vote that breaks the rule.
#[test]
fn a_statement_that_does_not_hold_names_its_clause() {
    for statement in examples() {
        let (kind, text) = (statement.kind(), json(statement));
        for name in ["h", "z", "y"] {
            let place = text.find(&format!("\"{name}\":\"0x")).unwrap() + name.len() + 6 + 63;
            let digit = if text.as_bytes()[place] == b'1' { '2' } else { '1' };
            let changed = format!("{}{digit}{}", &text[..place], &text[place + 1..]);
            let clause = ProofRequest::parse(changed.as_bytes()).unwrap().statement.check().err().unwrap();
            assert!(!clause.0.is_empty(), "{kind}");
        }
    }
    let ballot = BallotCircuit::<3>::example();
    let mut witness = ballot.witness.clone();
    witness.x = vec![1, 1, 0];
    let clause = Statement::Ballot(ballot.instance, witness).check().err().unwrap();
    assert!(clause.0.contains("rule"), "{clause}");
}

#[test]
fn shapes_that_no_circuit_has_are_refused_without_a_panic() {
    let ballot = BallotCircuit::<3>::example();
    for (size, x) in [(4, vec![0; 4]), (0, vec![]), (3, vec![0; 900]), (8, vec![1, 0, 0])] {
        let mut witness = ballot.witness.clone();
        (witness.size, witness.x) = (size, x);
        let text = json(Statement::Ballot(ballot.instance, witness));
        assert!(ProofRequest::parse(text.as_bytes()).unwrap().statement.check().is_err(), "size {size}");
    }
    let dealing = DealingCircuit::<5>::example();
    let text = json(Statement::Dealing(dealing.instance, dealing.witness));
    let cut = text.replacen("\"polynomials\":[[", "\"polynomials\":[[],[", 1);
    assert!(matches!(ProofRequest::parse(cut.as_bytes()), Err(RequestError::Witness(_))));
}

#[test]
fn a_proof_is_text_of_one_form() {
    assert!(proof_from_hex("0x00").is_err());
    assert!(proof_from_hex(&format!("0x{}", "0".repeat(512))).is_err(), "infinity");
    assert!(proof_from_hex(&"0".repeat(514)).is_err());
}
