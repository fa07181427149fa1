use psephos_circuits::{
    ballot::BallotCircuit, claim::ClaimCircuit, committee_keys::CommitteeKeysCircuit, dealing::DealingCircuit,
    decryption::DecryptionCircuit, notes::NotesCircuit, sheet::SheetCircuit,
};
use psephos_protocol::identifiers::ChainId;
use psephos_prover::examples::Example;

use super::*;

/// One statement of each circuit.
fn example_statements() -> Vec<Statement> {
    let ballot3 = BallotCircuit::<3>::example();
    let ballot8 = BallotCircuit::<8>::example();
    let (sheet16, sheet40) = (SheetCircuit::<16>::example(), SheetCircuit::<40>::example());
    let (claim3, claim8) = (ClaimCircuit::<3>::example(), ClaimCircuit::<8>::example());
    let (dealing5, dealing16) = (DealingCircuit::<5>::example(), DealingCircuit::<16>::example());
    let (decryption, notes) = (DecryptionCircuit::example(), NotesCircuit::example());
    let keys = CommitteeKeysCircuit::example();
    vec![
        Statement::Ballot(ballot3.instance, ballot3.witness),
        Statement::Ballot(ballot8.instance, ballot8.witness),
        Statement::Sheet(sheet16.instance, sheet16.witness),
        Statement::Sheet(sheet40.instance, sheet40.witness),
        Statement::Claim(claim3.instance, claim3.witness),
        Statement::Claim(claim8.instance, claim8.witness),
        Statement::Dealing(dealing5.instance, dealing5.witness),
        Statement::Dealing(dealing16.instance, dealing16.witness),
        Statement::Decryption(decryption.instance, decryption.witness),
        Statement::Notes(notes.instance, notes.batch),
        Statement::CommitteeKeys(keys.instance, keys.keys),
    ]
}

fn encode_request(statement: Statement) -> String {
    let json = ProofRequest { chain_id: ChainId::new(31_337), statement }.to_json().unwrap();
    String::from_utf8(json.to_vec()).unwrap()
}

#[test]
fn every_request_round_trips_within_the_maximum_size() {
    for statement in example_statements() {
        let (kind, inputs) = (statement.kind(), statement.to_inputs());
        let text = encode_request(statement);
        println!("{kind}: {} bytes", text.len());
        assert!(text.len() <= MAX_REQUEST_BYTES);
        let request = ProofRequest::parse(text.as_bytes()).unwrap();
        let statement = request.statement;
        assert_eq!((statement.kind(), statement.to_inputs()), (kind, inputs));
        assert!(text == encode_request(statement.clone()), "{kind} is encoded as it was parsed");
        assert!(statement.check().is_ok(), "{kind}");
    }
}

/// Every value of every request is changed to one above the field's order, or shortened: each is rejected, and the
/// message does not repeat it.
#[test]
fn non_canonical_values_are_rejected_without_repeating_them() {
    for statement in example_statements() {
        let (kind, text) = (statement.kind(), encode_request(statement));
        let assert_rejected = |changed: String| match ProofRequest::parse(changed.as_bytes()) {
            Err(error) => {
                let message = error.to_string();
                assert!(!message.contains("0x") && message.len() < 160, "{kind}: {message}");
            }
            Ok(_) => panic!("{kind} accepts {changed:.200}"),
        };
        for (position, _) in text.match_indices("\"0x") {
            // 2^256 - 1 and below are above the orders of both fields.
            assert_rejected(format!("{}ffff{}", &text[..position + 3], &text[position + 7..]));
            assert_rejected(format!("{}{}", &text[..position + 3], &text[position + 4..]));
        }
        assert_rejected(format!("{text} 1"));
        assert_rejected(text.replacen("\"chain_id\"", "\"more\":1,\"chain_id\"", 1));
        assert_rejected(text.replacen("\"instance\"", "\"more\":1,\"instance\"", 1));
        assert_rejected(format!("{}{}", "[".repeat(4_000), "]".repeat(4_000)));
        for length in (0..text.len()).step_by(97) {
            assert_rejected(text[..length].to_owned());
        }
    }
    assert_eq!(
        ProofRequest::parse(&vec![b' '; MAX_REQUEST_BYTES + 1]).err(),
        Some(RequestError::TooLarge(MAX_REQUEST_BYTES + 1))
    );
}

/// Well-formed statements that do not hold are rejected with their clause: with each public input changed, and with
/// choices that break the ballot rule.
#[test]
fn check_names_the_clause_that_fails() {
    for statement in example_statements() {
        let (kind, text) = (statement.kind(), encode_request(statement));
        for name in ["h", "z", "y"] {
            let position = text.find(&format!("\"{name}\":\"0x")).unwrap() + name.len() + 6 + 63;
            let digit = if text.as_bytes()[position] == b'1' { '2' } else { '1' };
            let changed = format!("{}{digit}{}", &text[..position], &text[position + 1..]);
            let clause = ProofRequest::parse(changed.as_bytes()).unwrap().statement.check().err().unwrap();
            assert!(!clause.to_string().is_empty(), "{kind}");
        }
    }
    let ballot = BallotCircuit::<3>::example();
    let mut witness = ballot.witness.clone();
    witness.x = vec![1, 1, 0];
    let clause = Statement::Ballot(ballot.instance, witness).check().err().unwrap();
    assert!(clause.to_string().contains("rule"), "{clause}");
}

#[test]
fn sizes_without_a_circuit_are_rejected_without_panic() {
    let ballot = BallotCircuit::<3>::example();
    for (size, x) in [(4, vec![0; 4]), (0, vec![]), (3, vec![0; 900]), (8, vec![1, 0, 0])] {
        let mut witness = ballot.witness.clone();
        (witness.size, witness.x) = (size, x);
        let text = encode_request(Statement::Ballot(ballot.instance, witness));
        assert!(ProofRequest::parse(text.as_bytes()).unwrap().statement.check().is_err(), "size {size}");
    }
    let dealing = DealingCircuit::<5>::example();
    let text = encode_request(Statement::Dealing(dealing.instance, dealing.witness));
    let cut = text.replacen("\"polynomials\":[[", "\"polynomials\":[[],[", 1);
    assert!(matches!(ProofRequest::parse(cut.as_bytes()), Err(RequestError::Witness(_))));
}

#[test]
fn answers_ranks_and_forms_of_no_sheet_are_rejected() {
    let sheet = SheetCircuit::<16>::example();
    let text = encode_request(Statement::Sheet(sheet.instance, sheet.witness));
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        ProofRequest::parse(text.replacen(from, to, 1).as_bytes()).err()
    };
    assert!(matches!(changed("\"ranks\":[0", "\"ranks\":[256"), Some(RequestError::Witness(_))));
    assert!(changed("\"answers\":[", "\"answers\":[3,").is_some_and(|error| error.to_string().contains("pass")));
    assert!(changed("\"count\":16", "\"count\":17").is_some(), "a form that is not canonical");
    // Another length is a statement that does not hold.
    let longer = text.replacen("\"answers\":[", "\"answers\":[0,", 1);
    assert!(ProofRequest::parse(longer.as_bytes()).unwrap().statement.check().is_err());
}

#[test]
fn kinds_have_one_name_in_text_and_json() {
    for kind in StatementKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert!("ballot-3".parse::<StatementKind>().is_err());
    // A circuit whose statement were missing here could not be requested from a prover. Blinded shares and decisions
    // are not: their trustees prove them, because a prover would learn the totals that are not published.
    for circuit in psephos_circuits::catalogue::Name::ALL {
        let own = ["blinded", "decision"].contains(&circuit.statement());
        assert_eq!(circuit.statement().parse::<StatementKind>().is_ok(), !own, "{circuit}");
    }
}
