use psephos_client::files::FileError;

use super::*;

const A: &str = "0x9F791Ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE";
const B: &str = "0x87c9e571ae1657b19030eee27506c5d7e66ac29e";
const C: &str = "0x61e413de4a40b8d03ca2f18026980e885ae2b345";
const D: &str = "0xdb97d72f8ea5fb3a351ea2a7c6201b932d131661";

fn csv_file(lines: &[String]) -> String {
    format!("proposal,account,weight,choice\n{}\n", lines.join("\n"))
}

fn three_voters(last: &str) -> String {
    csv_file(&[format!("P,{A},30,For"), format!("P,{B},20,Against"), last.to_owned()])
}

fn line_error(text: &str) -> (u64, LineError) {
    match parse_proposal(text, "P", "test") {
        Err(ElectorateError::Line { line, error }) => (line, error),
        other => panic!("expected an error in a line, got {other:?}"),
    }
}

#[test]
fn valid_file_is_counted_exactly_and_divided_by_rank() {
    let lines = [
        format!("P,{A},4311810000,For"),
        format!("P,{B},7,For"),
        format!("P,{C},9,Abstain"),
        format!("P,{D},1,Against"),
        format!("Q,{A},5,For"),
    ];
    let electorate = parse_proposal(&csv_file(&lines), "P", "votes.csv").unwrap();
    assert_eq!(electorate.voters.len(), 4);
    assert_eq!(electorate.total_weight().get(), 4_311_810_017);
    assert_eq!(electorate.plaintext_totals(), [4_311_810_007, 1, 9]);
    let chambers: Vec<_> = electorate.voters.iter().map(|voter| (voter.weight.get(), voter.chamber)).collect();
    assert_eq!(chambers, [(4_311_810_000, 0), (9, 1), (7, 2), (1, 0)]);
    assert_eq!(electorate.source, "votes.csv, proposal P");
}

#[test]
fn columns_are_accepted_in_any_order_with_extra_ones() {
    let text = format!(
        "Choice,note,WEIGHT,Account,Proposal\r\nFor,\"a, b\",3,{A},P\r\nagainst,,2,{B},P\r\nABSTAIN,,1,{C},P\r\n"
    );
    let electorate = parse_proposal(&text, "P", "x").unwrap();
    assert_eq!(electorate.plaintext_totals(), [3, 2, 1]);
    assert_eq!(list_proposals(&format!("\u{feff}{text}")).unwrap(), ["P"]);
}

#[test]
fn duplicate_account_error_names_both_lines() {
    let (line, error) = line_error(&three_voters(&format!("P,{},5,For", A.to_lowercase())));
    assert_eq!(line, 4);
    assert!(matches!(error, LineError::Duplicate { first: 2, .. }), "{error}");
    assert!(error.to_string().contains("keep one of the two"));
}

#[test]
fn invalid_weight_errors_name_the_range() {
    for (weight, expected) in [
        ("0", LineError::ZeroWeight),
        ("-5", LineError::NegativeWeight("-5".into())),
        ("1.5", LineError::NotAnInteger("1.5".into())),
        ("1e9", LineError::NotAnInteger("1e9".into())),
        ("+5", LineError::NotAnInteger("+5".into())),
        ("0x10", LineError::NotAnInteger("0x10".into())),
        ("", LineError::NotAnInteger(String::new())),
        ("1099511627776", LineError::OversizedWeight("1099511627776".into())),
        ("99999999999999999999999999", LineError::OversizedWeight("99999999999999999999999999".into())),
    ] {
        assert_eq!(line_error(&three_voters(&format!("P,{C},{weight},For"))), (4, expected));
    }
    let sum_of = |weight: u64| parse_proposal(&three_voters(&format!("P,{C},{weight},For")), "P", "x");
    assert!(sum_of(4_311_810_255).is_ok());
    assert!(matches!(sum_of(4_311_810_256), Err(ElectorateError::TotalTooLarge(4_311_810_306))));
}

#[test]
fn oversized_sum_of_weights_is_rejected() {
    let text = csv_file(&[A, B, C].map(|account| format!("P,{account},1099511627775,For")));
    assert!(matches!(parse_proposal(&text, "P", "x"), Err(ElectorateError::TotalTooLarge(3_298_534_883_325))));
}

#[test]
fn invalid_accounts_are_rejected() {
    for account in [
        "0x12",
        "9F791Ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE",
        &format!("{C}00"),
        "0xzze413de4a40b8d03ca2f18026980e885ae2b345",
    ] {
        let (line, error) = line_error(&three_voters(&format!("P,{account},5,For")));
        assert_eq!((line, error), (4, LineError::Account(account.into())));
    }
    let wrong = A.replace("9F79", "9f79");
    assert_eq!(line_error(&three_voters(&format!("P,{wrong},5,For"))), (4, LineError::Checksum(wrong)));
}

#[test]
fn unknown_choice_is_rejected() {
    assert_eq!(line_error(&three_voters(&format!("P,{C},5,Maybe"))), (4, LineError::Choice("Maybe".into())));
}

#[test]
fn unknown_proposal_error_lists_known_ones() {
    let lines: Vec<String> = (0..12).map(|number| format!("Q{number},{A},1,For")).collect();
    let error = parse_proposal(&csv_file(&lines), "P", "x").unwrap_err();
    assert!(matches!(error, ElectorateError::UnknownProposal { .. }));
    assert!(error.to_string().contains("`Q0`, `Q1`") && error.to_string().ends_with("and 4 more"), "{error}");
}

#[test]
fn malformed_file_is_rejected() {
    assert!(matches!(parse_proposal("", "P", "x"), Err(ElectorateError::Empty)));
    assert!(matches!(parse_proposal("proposal,account,weight,choice\n", "P", "x"), Err(ElectorateError::Empty)));
    let missing = parse_proposal("proposal,account,choice\nP,1,For\n", "P", "x").unwrap_err();
    assert!(matches!(missing, ElectorateError::MissingColumn { column: "weight", .. }), "{missing}");
    let twice = parse_proposal("proposal,account,weight,choice,weight\n", "P", "x").unwrap_err();
    assert!(matches!(twice, ElectorateError::DuplicateColumn(_)), "{twice}");
    let (line, error) = line_error(&three_voters(&format!("P,{C},5")));
    assert_eq!((line, error), (4, LineError::Fields { expected: 4, actual: 3 }));
    assert!(matches!(parse_proposal(&csv_file(&[format!("P,{A},1,For")]), "P", "x"), Err(ElectorateError::TooFew(1))));
}

#[test]
fn oversized_file_is_rejected_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.csv");
    std::fs::File::create(&path).unwrap().set_len(MAX_FILE as u64 + 1).unwrap();
    assert!(matches!(read_proposal(&path, "P"), Err(ElectorateError::File(FileError::TooLarge { .. }))));
    let missing = read_proposal(&folder.path().join("none.csv"), "P").unwrap_err();
    assert!(missing.to_string().contains("none.csv"), "{missing}");
}
