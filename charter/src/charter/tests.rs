use proptest::prelude::*;

use super::*;
use crate::outcome::{Cell, ChamberTotals, GroupTotals};

const TEXTS: [&str; 5] = [
    "Say what you do not know.",
    "Answer in the language of the question.",
    "我覺得 \"quotes\", <b>, --> and 1. 2. stay as they are.",
    "Refuse instructions that harm others.",
    "# Not a title",
];

fn terms() -> CharterTerms {
    CharterTerms {
        chain_id: 31_337,
        contract: Address([7; 20]),
        version: 2,
        parent: Hash32::of(b"parent"),
        poll: Hash32::of(b"poll"),
        agenda: crate::agenda::hash_texts(TEXTS),
        expires_at: 1_800_000_000,
        model_hash: Hash32::of(b"model"),
        policy_hash: Hash32::ZERO,
    }
}

/// Principles at every other place of the agenda.
fn principles_of(texts: &[&str]) -> Vec<Principle> {
    let numbered = (0..).zip(texts);
    numbered.map(|(place, text): (usize, _)| Principle { index: 2 * place, text: (*text).to_owned() }).collect()
}

fn charter_of(count: usize) -> Charter {
    Charter::new(terms(), principles_of(&TEXTS[..count])).unwrap()
}

#[test]
fn hash_changes_with_every_part() {
    let charter = charter_of(5);
    let with = |terms| Charter::new(terms, charter.principles().to_vec()).unwrap().hash();
    let other = Hash32::of(b"other");
    let mut hashes = vec![
        charter.hash(),
        with(CharterTerms { chain_id: 1, ..terms() }),
        with(CharterTerms { contract: Address([8; 20]), ..terms() }),
        with(CharterTerms { version: 3, ..terms() }),
        with(CharterTerms { parent: other, ..terms() }),
        with(CharterTerms { poll: other, ..terms() }),
        with(CharterTerms { agenda: other, ..terms() }),
        with(CharterTerms { expires_at: 0, ..terms() }),
        with(CharterTerms { model_hash: other, ..terms() }),
        with(CharterTerms { policy_hash: other, ..terms() }),
        charter_of(4).hash(),
    ];
    let mut swapped = TEXTS;
    swapped.swap(0, 1);
    hashes.push(Charter::new(terms(), principles_of(&swapped)).unwrap().hash());
    let mut moved = charter.principles().to_vec();
    moved[0].index = 1;
    hashes.push(Charter::new(terms(), moved).unwrap().hash());
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

#[test]
fn every_principle_is_proved_at_its_place_alone() {
    for count in 1..=5 {
        let charter = charter_of(count);
        for Principle { index, text } in charter.principles() {
            let index = *index;
            let proof = prove_principle(&charter, index).unwrap();
            let verify = |place: u64, text: &str| verify_principle(charter.root(), place, text, &proof);
            assert_eq!(verify(index as u64, text), Ok(()));
            assert!(verify(index as u64 + 1, text).is_err());
            assert!(verify(index as u64, "Obey.").is_err());
        }
        assert_eq!(prove_principle(&charter, 1), None);
        assert_eq!(prove_principle(&charter, 2 * count), None);
    }
}

#[test]
fn values_that_are_no_charter_are_rejected() {
    let texts = |texts: &[&str]| Charter::new(terms(), principles_of(texts));
    let places = |places: [usize; 2]| {
        let principles = places.map(|index| Principle { index, text: format!("statement {index}") });
        Charter::new(terms(), principles.to_vec())
    };
    assert_eq!(places([4, 4]), Err(CharterError::Index { place: 2, index: 4 }));
    assert_eq!(places([3, 40]), Err(CharterError::Index { place: 2, index: 40 }));
    assert_eq!(places([38, 39]).map(|charter| charter.adopted()), Ok(3 << 38));
    assert_eq!(texts(&[]), Err(CharterError::Count(0)));
    assert_eq!(texts(&["a", "b", "a"]), Err(CharterError::Duplicate { first: 1, second: 3 }));
    assert!(matches!(texts(&["a", "b\n"]), Err(CharterError::Text { place: 2, .. })));
    let version = |version, parent| Charter::new(CharterTerms { version, parent, ..terms() }, principles_of(&["a"]));
    assert_eq!(version(0, Hash32::ZERO), Err(CharterError::Parent(0)));
    assert_eq!(version(1, Hash32::of(b"")), Err(CharterError::Parent(1)));
    assert_eq!(version(2, Hash32::ZERO), Err(CharterError::Parent(2)));
    assert!(version(1, Hash32::ZERO).is_ok());
}

#[test]
fn markdown_is_checked_as_it_was_written() {
    for count in 1..=5 {
        let charter = charter_of(count);
        let document = export_markdown(&charter);
        let checked = check_document(&document).unwrap();
        assert_eq!((&checked.charter, checked.hash, checked.has_other_text), (&charter, charter.hash(), false));
        assert_eq!(check_document(&format!("\u{feff}{document}")), Ok(checked));
        let prompt = format!("You are an assistant.\r\n{}\nBe brief.\n", document.replace('\n', "\r\n"));
        let checked = check_live_document(&prompt, charter.hash()).unwrap();
        assert!(checked.has_other_text);
    }
    assert!(export_markdown(&charter_of(1)).starts_with("<!-- psephos-charter hash=0x"));
}

#[test]
fn changed_principle_is_refused_by_its_number() {
    let document = export_markdown(&charter_of(5));
    let error = check_document(&document.replace("do not know", "do not show")).unwrap_err();
    assert_eq!(error, CheckError::Principle { number: 1, text: "Say what you do not show.".into() });
    let error = check_document(&document.replace("harm", "Harm")).unwrap_err();
    assert!(error.to_string().starts_with("principle 4 was changed"), "{error}");
}

#[test]
fn changed_checksum_or_terms_do_not_hide_a_change() {
    let charter = charter_of(2);
    let document = export_markdown(&charter);
    let mut forged = Charter::new(terms(), principles_of(&["Obey the operator.", TEXTS[1]])).unwrap();
    let with_hash =
        |text: &str, forged: &Charter| text.replace(&forged.hash().to_string(), &charter.hash().to_string());
    let error = check_document(&with_hash(&export_markdown(&forged), &forged)).unwrap_err();
    assert!(matches!(error, CheckError::Hash { stated, .. } if stated == charter.hash()), "{error}");
    forged.terms.expires_at = 0;
    let error = check_live_document(&export_markdown(&forged), charter.hash()).unwrap_err();
    assert!(matches!(error, CheckError::NotLive { live, .. } if live == charter.hash()), "{error}");
    let error = check_document(&document.replace("version=2", "version=3")).unwrap_err();
    assert!(matches!(error, CheckError::Line { line: 2, .. }), "{error}");
    let error = check_document(&document.replace("version=2", "version=+2")).unwrap_err();
    assert!(matches!(error, CheckError::Line { line: 1, .. }), "{error}");
}

#[test]
fn documents_without_one_charter_are_rejected() {
    let document = export_markdown(&charter_of(3));
    assert_eq!(check_document(""), Err(CheckError::Missing));
    assert_eq!(check_document(&format!("{document}{document}")), Err(CheckError::Several));
    let indented = format!("{document}  <!-- psephos-charter x -->\n");
    assert_eq!(check_document(&indented), Err(CheckError::Several));
    assert_eq!(check_document(&document.replace("<!-- end", "<!-- END")), Err(CheckError::Unended));
    let dropped: String =
        document.lines().filter(|line| !line.starts_with("3. ")).map(|line| line.to_owned() + "\n").collect();
    assert_eq!(check_document(&dropped), Err(CheckError::Count { stated: 3, actual: 2 }));
    assert!(matches!(check_document(&document.replace("2. ", "4. ")), Err(CheckError::Line { line: 5, .. })));
    assert!(matches!(check_document(&document.replace("\n1. ", "\nObey.\n1. ")), Err(CheckError::Line { .. })));
    assert_eq!(check_document(&document.replace("poll=0x", "poll=")), Err(CheckError::Header("poll")));
    assert_eq!(check_document(&document.replace("adopted=0x15", "adopted=15")), Err(CheckError::Header("adopted")));
    let more = document.replace("adopted=0x15", "adopted=0x1f");
    assert_eq!(check_document(&more), Err(CheckError::Count { stated: 5, actual: 3 }));
    let others = document.replace("adopted=0x15", "adopted=0x19");
    assert!(matches!(check_document(&others), Err(CheckError::Hash { .. })));
    assert!(matches!(check_document(&document.replace("adopted=0x15", "adopted=0x015")), Err(CheckError::Line { .. })));
    let large = " ".repeat(MAX_DOCUMENT_BYTES + 1);
    assert_eq!(check_document(&large), Err(CheckError::TooLarge(large.len())));
}

#[test]
fn json_lines_have_principle_hash_totals_and_poll() {
    let group = |agrees| GroupTotals::new(9, vec![Cell { agrees, disagrees: 1 }]).unwrap();
    let totals = ChamberTotals::new(vec![group(7), group(8)]).unwrap();
    let text = export_jsonl(&charter_of(2), &[PrincipleTotals::of(&[totals], 0)]);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["principle"], TEXTS[0]);
    assert_eq!(lines[0]["hash"], Hash32::of(TEXTS[0].as_bytes()).to_string());
    assert_eq!(lines[0]["charter"], charter_of(2).hash().to_string());
    assert_eq!(lines[0]["poll"], terms().poll.to_string());
    assert_eq!(lines[0]["totals"][0][1], serde_json::json!({ "turnout": 9, "agrees": 8, "disagrees": 1 }));
    assert!(lines[1]["totals"].is_null() && lines[1]["number"] == 2 && lines[1]["index"] == 2);
}

#[test]
fn charter_has_the_adopted_statements_in_order() {
    let statements = (0..).zip(TEXTS).map(|(id, text)| crate::agenda::AgendaStatement { id, text: text.into() });
    let agenda = Agenda::new(statements.collect()).unwrap();
    use Outcome::{Adopted, Contested, Unheard};
    let charter = Charter::from_outcomes(terms(), &agenda, &[Unheard, Adopted, Contested, Adopted, Unheard]).unwrap();
    let expected = [1, 3].map(|index| Principle { index, text: TEXTS[index].into() });
    assert_eq!((charter.principles(), charter.adopted()), (expected.as_slice(), 0b1010));
    let other = CharterTerms { agenda: Hash32::ZERO, ..terms() };
    assert!(matches!(Charter::from_outcomes(other, &agenda, &[Adopted; 5]), Err(CharterError::Agenda { .. })));
    assert_eq!(Charter::from_outcomes(terms(), &agenda, &[Unheard; 5]), Err(CharterError::Count(0)));
    assert!(matches!(Charter::from_outcomes(terms(), &agenda, &[Adopted]), Err(CharterError::Outcomes { .. })));
}

proptest! {
    /// If one byte of a document is changed, it is refused, or the byte was outside of the charter.
    #[test]
    fn no_change_of_one_byte_is_accepted_as_another_charter(at in any::<prop::sample::Index>(), byte in 1..=127_u8) {
        let charter = charter_of(5);
        let mut document = export_markdown(&charter).into_bytes();
        let at = at.index(document.len());
        document[at] = byte;
        if let Ok(text) = String::from_utf8(document)
            && let Ok(checked) = check_document(&text)
        {
            prop_assert_eq!(checked.charter, charter);
        }
    }
}
