use super::*;

const OPTIONS: DecisionKind = DecisionKind::Options;

fn names(options: &[&str]) -> Vec<String> {
    options.iter().map(|option| (*option).to_owned()).collect()
}

fn check(title: &str, options: &[&str]) -> Result<(), MetadataError> {
    let metadata = Metadata { title: title.into(), options: names(options), ..Metadata::new("", &[]) };
    let text = metadata.to_json(OPTIONS, options.len())?;
    assert_eq!(Metadata::parse(&text, OPTIONS, options.len()), Ok(metadata));
    Ok(())
}

fn part(name: &str) -> String {
    name.to_owned()
}

#[test]
fn text_of_many_languages_is_accepted() {
    check("Which model should we train?", &["Small (7B)", "Large – 70B", "None"]).unwrap();
    check("Grün für München?", &["Öffentlich", "Geschlossen"]).unwrap();
    check("どのモデルを訓練しますか？", &["小さい", "大きい"]).unwrap();
    check("Какую модель обучать?", &["Малую", "Большую"]).unwrap();
    check("¿Cuál?", &["≤ 5 €", "≥ 5 €"]).unwrap();
}

#[test]
fn characters_that_hide_or_reorder_text_are_refused() {
    for (name, c) in [
        ("right-to-left override", '\u{202e}'),
        ("isolate", '\u{2066}'),
        ("zero-width space", '\u{200b}'),
        ("zero-width joiner", '\u{200d}'),
        ("soft hyphen", '\u{ad}'),
        ("hangul filler", '\u{3164}'),
        ("variation selector", '\u{fe0f}'),
        ("escape", '\u{1b}'),
        ("line feed", '\n'),
        ("delete", '\u{7f}'),
        ("next line", '\u{85}'),
        ("byte order mark", '\u{feff}'),
        ("tag", '\u{e0041}'),
        ("private use", '\u{e000}'),
        ("no-break space", '\u{a0}'),
    ] {
        let refused = |part: &str| Err(MetadataError::ForbiddenCharacter { part: part.to_owned(), code: c.into() });
        assert_eq!(check(&format!("Fund{c}it?"), &["Yes", "No"]), refused("title"), "{name}");
        assert_eq!(check("Fund it?", &["Yes", &format!("N{c}o")]), refused("name of option 2"), "{name}");
    }
}

#[test]
fn options_that_look_alike_are_refused() {
    for (first, second) in [
        ("For", "For"),
        ("For", "FOR"),
        ("For", "F or"),
        // Cyrillic o, and capital I for small l.
        ("For", "F\u{43e}r"),
        ("AIl", "All"),
        ("paypa1", "paypal"),
    ] {
        let confusable = MetadataError::Confusable { first: first.into(), second: second.into() };
        assert_eq!(check("Fund it?", &[first, second]), Err(confusable));
    }
}

#[test]
fn text_has_bounds_and_no_padding() {
    let long = |length: usize| "x".repeat(length);
    check(&long(MAX_TITLE_BYTES), &["Yes", &long(MAX_OPTION_BYTES)]).unwrap();
    let too_long = |name: &str, length, greatest| Err(MetadataError::TooLong { part: part(name), length, greatest });
    assert_eq!(check(&long(257), &["Yes", "No"]), too_long("title", 257, 256));
    assert_eq!(check("?", &["Yes", &long(97)]), too_long("name of option 2", 97, 96));
    assert_eq!(check("", &["Yes", "No"]), Err(MetadataError::Empty(part("title"))));
    assert_eq!(check("?", &["Yes", ""]), Err(MetadataError::Empty(part("name of option 2"))));
    assert_eq!(check("?", &["Yes", "No "]), Err(MetadataError::Padded(part("name of option 2"))));
    assert_eq!(check("A\u{308}", &["Yes", "No"]), Err(MetadataError::NotNormalised(part("title"))));
    let huge = format!(r#"{{"version":1,"title":"{}"}}"#, long(10_000));
    let refused = Metadata::parse(&huge, DecisionKind::Motion, 3);
    assert_eq!(refused, Err(MetadataError::TooLong { part: part("metadata"), length: huge.len(), greatest: 4_096 }));
}

#[test]
fn new_metadata_is_normalised() {
    let metadata = Metadata::new(" A\u{308}? ", &names(&["o\u{308}", "u"]));
    assert_eq!((metadata.title.as_str(), metadata.options.as_slice()), ("Ä?", names(&["ö", "u"]).as_slice()));
    assert!(metadata.to_json(OPTIONS, 2).is_ok());
}

#[test]
fn form_version_and_number_of_options_are_checked() {
    let parse = |text: &str| Metadata::parse(text, OPTIONS, 2).unwrap_err();
    assert!(matches!(parse("Fund it?"), MetadataError::Form(_)));
    assert!(matches!(parse(r#"{"title":"?","options":["A","B"]}"#), MetadataError::Form(_)));
    let unknown = r#"{"version":1,"title":"?","options":["A","B"],"html":"x"}"#;
    assert!(matches!(parse(unknown), MetadataError::Form(_)));
    let twice = r#"{"version":1,"title":"?","title":"!","options":["A","B"]}"#;
    assert!(matches!(parse(twice), MetadataError::Form(_)));
    assert_eq!(parse(r#"{"version":2,"title":"?","options":["A","B"]}"#), MetadataError::Version(2));
    let three = parse(r#"{"version":1,"title":"?","options":["A","B","C"]}"#);
    assert_eq!(three, MetadataError::OptionCount { named: 3, options: 2 });
}

#[test]
fn options_of_a_motion_cannot_be_named() {
    let motion = DecisionKind::Motion;
    let metadata = Metadata::new("Fund the audit", &[]);
    let text = metadata.to_json(motion, 3).unwrap();
    assert_eq!(Metadata::parse(&text, motion, 3).unwrap().option_names(motion), ["Against", "For", "Abstain"]);
    let swapped = Metadata::new("Fund the audit", &names(&["For", "Against", "Abstain"]));
    assert_eq!(swapped.to_json(motion, 3), Err(MetadataError::NamedMotion));
}

#[test]
fn link_has_the_hash_of_its_content() {
    let check = |link: &str| {
        let text = format!(r#"{{"version":1,"title":"?","options":["A","B"],"link":{link}}}"#);
        Metadata::parse(&text, OPTIONS, 2).map(|_| ())
    };
    let hash = format!("0x{}", "ab".repeat(32));
    let link = |uri: &str, hash: &str| check(&format!(r#"{{"uri":"{uri}","sha256":"{hash}"}}"#));
    assert_eq!(link("https://dao.example/7", &hash), Ok(()));
    assert_eq!(link("ipfs://bafy", &hash), Ok(()));
    assert!(matches!(check(r#"{"uri":"https://dao.example/7"}"#), Err(MetadataError::Form(_))));
    for wrong in ["http://dao.example", "javascript:alert(1)", "https://däo.example", "https://a b"] {
        assert_eq!(link(wrong, &hash), Err(MetadataError::InvalidUri(wrong.into())), "{wrong}");
    }
    for wrong in ["", "0x", &hash[2..], &hash.to_uppercase(), &hash[..65]] {
        assert_eq!(link("https://dao.example/7", wrong), Err(MetadataError::InvalidLinkHash), "{wrong}");
    }
}

#[test]
fn description_has_lines_of_readable_text() {
    let describe = |text: &str| Metadata { description: Some(text.into()), ..Metadata::new("?", &names(&["A", "B"])) };
    assert!(describe("One line.\n\nAnother.").to_json(OPTIONS, 2).is_ok());
    let hidden = describe("One\u{202e}line").to_json(OPTIONS, 2);
    assert!(matches!(hidden, Err(MetadataError::ForbiddenCharacter { code: 0x202e, .. })));
    let long = describe(&"x".repeat(2_049)).to_json(OPTIONS, 2);
    assert!(matches!(long, Err(MetadataError::TooLong { length: 2_049, .. })));
}
