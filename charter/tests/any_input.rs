//! No input makes a reader panic.

use proptest::prelude::*;
use psephos_charter::{
    agenda::{Agenda, SelectionOptions, select_agenda},
    axis::AxisFile,
    charter::check_document,
    pilot::Pilot,
    polis::{parse_export, read_export},
    text::{check_text, normalise_text},
};

const COMMENTS: &str = "comment-id,moderated,comment-body\n0,1,\"One, two\"\n1,-1,\"a\nb\"\n2,,c\n";
const VOTES: &str = "participant,group-id,0,1,2\n7,0,1,-1,0\n8,1.0,,1.0,\n";

/// Pieces of which tables, JSON and charters are made, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "\"",
        "\"\"",
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        "-1",
        "1.0",
        "0",
        "99999999999999999999",
        "nan",
        "\u{feff}",
        "é",
        "comment-id",
        "comment-body",
        "participant",
        "group-id",
        "moderated",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\"version\":1",
        "<!-- psephos-charter ",
        " -->",
        "hash=0x",
        "checksums=",
        "# Charter 1",
        "1. ",
        "<!-- end of psephos-charter -->",
    ]);
    prop::collection::vec(prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<String>()], 0..40)
        .prop_map(|pieces| pieces.concat())
}

fn read_all(text: &str) {
    let _ = parse_export(text, VOTES);
    let _ = parse_export(COMMENTS, text);
    if let Ok(export) = parse_export(text, text) {
        let _ = select_agenda(&export, &SelectionOptions { least_answers: 0, ..SelectionOptions::default() });
    }
    let _ = Agenda::parse_json(text);
    let _ = AxisFile::parse_json(text);
    let _ = check_document(text);
    let _ = Pilot::read_csv(text.as_bytes());
    let _ = check_text(&normalise_text(text).0);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in pieces()) {
        read_all(&text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_export(&bytes[..], VOTES.as_bytes());
        let _ = read_export(COMMENTS.as_bytes(), &bytes[..]);
        let _ = Pilot::read_csv(&bytes[..]);
    }

    /// A piece of a valid file is replaced by others.
    #[test]
    fn damaged_exports_are_read_or_refused(
        start in any::<prop::sample::Index>(), length in 0..8_usize, text in pieces(), in_votes in any::<bool>(),
    ) {
        let whole = if in_votes { VOTES } else { COMMENTS };
        let start = start.index(whole.len());
        let end = (start + length).min(whole.len());
        let damaged = format!("{}{text}{}", &whole[..start], &whole[end..]);
        let result = if in_votes { parse_export(COMMENTS, &damaged) } else { parse_export(&damaged, VOTES) };
        if let Ok(export) = result {
            prop_assert!(export.participants.iter().all(|person| person.answers.len() == export.statements.len()));
            let _ = select_agenda(&export, &SelectionOptions { least_answers: 0, ..SelectionOptions::default() });
        }
    }
}
