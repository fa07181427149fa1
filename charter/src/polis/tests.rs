use super::*;
use crate::{
    answers::Answer,
    text::{Changes, TextError},
};

const COMMENTS: &str = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n\
                        1,x,0,7,1,0,1,\"Cats, dogs\"\n1,x,2,7,1,0,0,Second\n1,x,1,8,0,1,-1,First\n";
const VOTES: &str = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2\n\
                     5,0,1,3,1,1,1,-1,0\n6,,0,1,0,1,,,-1\n";

fn line_error(result: Result<Export, PolisError>) -> (PolisFile, u64, LineError) {
    match result {
        Err(PolisError::Line { file, line, error }) => (file, line, error),
        other => panic!("expected an error in a line, got {other:?}"),
    }
}

#[test]
fn statements_are_sorted_and_answers_follow_them() {
    let export = parse_export(COMMENTS, VOTES).unwrap();
    let statements: Vec<_> = export
        .statements
        .iter()
        .map(|statement| (statement.id, statement.text.as_str(), statement.moderated))
        .collect();
    assert_eq!(statements, [(0, "Cats, dogs", 1), (1, "First", -1), (2, "Second", 0)]);
    assert_eq!(export.participants[0].answers, [Some(Answer::Agree), Some(Answer::Disagree), Some(Answer::Pass)]);
    assert_eq!((export.participants[0].id, export.participants[0].group), (5, Some(0)));
    assert_eq!(export.participants[1].answers, [None, None, Some(Answer::Disagree)]);
    assert_eq!(export.participants[1].group, None);
    assert!(export.notices.is_empty());
}

#[test]
fn other_column_orders_quotes_and_floats_are_read() {
    let comments = "Comment-Body,moderated,comment-id\r\n\"Cats, dogs\",1.0,0\r\nFirst,-1.0,\"1\"\r\nSecond,,2\r\n";
    let votes = "2,\"1\",group-id,0,participant\r\n0.0,-1.0,0.0,1.0,5.0\r\n-1.0,,,,\"6\"\r\n";
    let bytes = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let export = read_export(&bytes(comments)[..], &bytes(votes)[..]).unwrap();
    assert_eq!(export, parse_export(COMMENTS, VOTES).unwrap());
}

#[test]
fn missing_optional_columns_are_noticed() {
    let comments = "comment-id,comment-body\n0,a\n1,b\n3,c\n";
    let export = parse_export(comments, "participant,0,1,2,note\n5,1,-1,0,hello\n").unwrap();
    assert_eq!(
        export.notices,
        [
            Notice::MissingColumn { file: PolisFile::Comments, column: "moderated" },
            Notice::MissingColumn { file: PolisFile::Votes, column: "group-id" },
            Notice::UnknownStatements(vec![2]),
            Notice::WithoutAnswers(vec![3]),
            Notice::IgnoredColumns(vec!["`note`".into()]),
        ]
    );
    assert!(export.statements.iter().all(|statement| statement.moderated == 0));
    assert_eq!(export.participants[0].answers, [Some(Answer::Agree), Some(Answer::Disagree), None]);
    assert!(export.notices.iter().all(|notice| !notice.to_string().is_empty()));
}

#[test]
fn changed_and_unusable_texts_are_noticed() {
    let long = "a".repeat(10 << 20);
    let comments = format!("comment-id,moderated,comment-body\n0,1,\"two\r\nlines \"\n1,1,\" \"\n2,1,{long}\n");
    let export = parse_export(&comments, "participant,group-id,0,1,2\n5,0,1,1,1\n").unwrap();
    let changes = Changes { line_breaks: true, ..Changes::default() };
    assert_eq!(
        export.notices,
        [
            Notice::ChangedText { statement: 0, line: 2, changes },
            Notice::LeftOut { statement: 1, line: 4, reason: TextError::Empty },
            Notice::LeftOut { statement: 2, line: 5, reason: TextError::TooLong(10 << 20) },
        ]
    );
    assert_eq!(export.statements.len(), 1);
    assert_eq!(export.statements[0].text, "two lines");
}

#[test]
fn missing_and_duplicate_columns_are_named() {
    let error = parse_export("comment-id,text\n1,a\n", VOTES).unwrap_err();
    assert_eq!(
        error.to_string(),
        "comments.csv, line 1: there is no column `comment-body`, only `comment-id`, `text`: export the conversation \
         again, or add the column"
    );
    let error = parse_export(COMMENTS, "group-id,0\n1,1\n").unwrap_err();
    assert!(matches!(error, PolisError::MissingColumn { file: PolisFile::Votes, column: "participant", .. }));
    let error = parse_export(COMMENTS, "participant,0,1,0.0\n1,1,1,1\n").unwrap_err();
    assert!(matches!(error, PolisError::DuplicateColumn { file: PolisFile::Votes, ref column } if column == "0"));
    let error = parse_export("comment-id,comment-body,Comment-ID\n1,a,1\n", VOTES).unwrap_err();
    assert!(matches!(error, PolisError::DuplicateColumn { file: PolisFile::Comments, .. }));
    let error = parse_export(COMMENTS, "participant,77\n1,1\n").unwrap_err();
    assert!(matches!(error, PolisError::NoStatements));
}

#[test]
fn duplicate_rows_name_both_lines() {
    let (file, line, error) = line_error(parse_export(COMMENTS, &format!("{VOTES}5,0,1,3,1,1,1,-1,0\n")));
    assert_eq!((file, line), (PolisFile::Votes, 4));
    assert_eq!(error, LineError::Duplicate { what: "participant", id: 5, first: 2 });
    let (file, line, error) = line_error(parse_export(&format!("{COMMENTS}1,x,2,7,1,0,0,Third\n"), VOTES));
    assert_eq!((file, line), (PolisFile::Comments, 5));
    assert_eq!(error, LineError::Duplicate { what: "statement", id: 2, first: 3 });
}

#[test]
fn invalid_cells_name_line_and_column() {
    let (_, line, error) = line_error(parse_export(COMMENTS, &VOTES.replace("-1,0\n", "-2,0\n")));
    assert_eq!(line, 2);
    assert!(matches!(error, LineError::Answer { statement: 1, .. }), "{error}");
    let (_, _, error) = line_error(parse_export(COMMENTS, &VOTES.replace("\n5,", "\nfive,")));
    assert_eq!(error, LineError::NoNumber { column: "participant", value: "five".into() });
    let (_, _, error) = line_error(parse_export(COMMENTS, &VOTES.replace("5,0,", "5,red,")));
    assert_eq!(error, LineError::NoNumber { column: "group-id", value: "red".into() });
    let (_, _, error) = line_error(parse_export(&COMMENTS.replace(",0,0,Second", ",0,2,Second"), VOTES));
    assert_eq!(error, LineError::Moderation("2".into()));
    let (_, line, error) = line_error(parse_export(COMMENTS, &VOTES.replace("5,0,", "5,")));
    assert_eq!((line, error), (2, LineError::Fields { expected: 9, actual: 8 }));
}

#[test]
fn open_quote_is_named_where_it_begins() {
    let comments = COMMENTS.replace("Second", "\"Second");
    let (file, line, error) = line_error(parse_export(&comments, VOTES));
    assert_eq!((file, line, error), (PolisFile::Comments, 3, LineError::OpenQuote));
    // A quoted field at the end of a row may have many lines.
    let closed = COMMENTS.replace("Second", "\"Three\n\n\"\"more\"\"\nlines\"");
    assert_eq!(parse_export(&closed, VOTES).unwrap().statements[2].text, "Three \"more\" lines");
}

#[test]
fn other_encodings_are_refused_by_name() {
    let read = |bytes: &[u8]| read_export(bytes, VOTES.as_bytes()).unwrap_err();
    let encode = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let text = format!("{}{COMMENTS}", if mark { "\u{feff}" } else { "" });
        text.encode_utf16().flat_map(order).collect()
    };
    for mark in [false, true] {
        for (order, expected) in [
            (u16::to_le_bytes as fn(u16) -> [u8; 2], Encoding::Utf16LittleEndian),
            (u16::to_be_bytes, Encoding::Utf16BigEndian),
        ] {
            let error = read(&encode(order, mark));
            assert!(matches!(error, PolisError::Encoding { line: 1, encoding, .. } if encoding == expected), "{error}");
        }
    }
    let latin: Vec<u8> = COMMENTS.replace("First", "é").chars().map(|c| c as u8).collect();
    let error = read(&latin);
    assert!(matches!(error, PolisError::Encoding { line: 4, encoding: Encoding::Latin1, .. }), "{error}");
    assert!(error.to_string().ends_with("looks like Latin-1 or Windows-1252: save the file as UTF-8"));
}

#[test]
fn empty_large_and_differently_separated_files_are_refused() {
    for text in ["", "participant,0\n", "\n\n"] {
        assert!(matches!(parse_export(COMMENTS, text), Err(PolisError::Empty { file: PolisFile::Votes })), "{text:?}");
    }
    let error = parse_export(&COMMENTS.replace("\"Cats, dogs\"", "Cats").replace(',', ";"), VOTES).unwrap_err();
    assert!(matches!(error, PolisError::Separator { separator: ';', .. }), "{error}");
    let endless = std::io::repeat(b'a');
    let error = read_export(endless, VOTES.as_bytes()).unwrap_err();
    assert!(matches!(error, PolisError::TooLarge { file: PolisFile::Comments }), "{error}");
    let broken = std::io::Read::chain(&b"a"[..], FailingReader);
    assert!(matches!(read_export(broken, VOTES.as_bytes()), Err(PolisError::Io { .. })));
}

struct FailingReader;

impl Read for FailingReader {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
}
