//! Versions of the charter, and events of them that no contract emits.

use alloy_primitives::{B256, U256};
use psephos_protocol::identifiers::{PollId, SheetId};

use super::{
    sheet_story::{ended, texts},
    story::Story,
};
use crate::{
    bindings::{
        ICharters::{CharterEnacted, Stage, StageSet, Version},
        ISheets::State,
    },
    charter::CharterStage,
};

/// Returns the hash of a version.
pub(super) fn hash_of(number: u64) -> B256 {
    match number {
        0 => B256::ZERO,
        number => B256::from(U256::from(number << 32)),
    }
}

/// Returns a version of sheet poll `number`, in which statements 0 and 10 are adopted, live until 100 times its number.
pub(super) fn version(number: u64) -> Version {
    Version {
        charterHash: hash_of(number),
        number: U256::from(number),
        parent: hash_of(number.saturating_sub(1)),
        sheet: U256::from(number),
        adopted: 1 << 10 | 1,
        root: B256::repeat_byte(0x71),
        expiresAt: 100 * number,
        modelHash: B256::repeat_byte(0x72),
        policyHash: B256::repeat_byte(0x73),
        stage: Stage::Shadow,
    }
}

fn enacted(version: Version) -> CharterEnacted {
    let (number, hash, sheet) = (version.number, version.charterHash, version.sheet);
    CharterEnacted { number, charterHash: hash, sheet, version, texts: texts() }
}

/// Returns a story with two finished sheet polls.
pub(super) fn finished() -> Story {
    let mut story = Story::with_sheets();
    story.tally_sheet().create_sheet(2).open_sheet(2).sheets(&ended(2, State::Finished));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    story
}

/// Returns a story with two versions, of which none is live.
pub(super) fn with_versions() -> Story {
    let mut story = finished();
    story.charters(&enacted(version(1))).charters(&enacted(version(2)));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    story
}

fn set(story: &mut Story, number: u64, stage: Stage) {
    story.charters(&StageSet { number: U256::from(number), stage });
}

#[test]
fn versions_follow_their_events() {
    let story = with_versions();
    let second = &story.0.charters[&2];
    assert_eq!((second.charter_hash, second.parent, second.sheet), (hash_of(2), hash_of(1), SheetId::new(2)));
    assert_eq!((second.expires_at, second.stage, second.position.block), (200, CharterStage::Shadow, 9));
    assert_eq!(second.principles().collect::<Vec<_>>(), [(0, "Statement 0"), (10, "Statement 10")]);
    assert_eq!(story.0.live_charter(), None, "enacted, and used nowhere");
}

#[test]
fn newest_live_version_that_has_not_expired_is_in_force() {
    let mut story = with_versions();
    let live = |story: &mut Story, time: u64| {
        story.0.time = time;
        story.0.live_charter().map(|(number, _)| number)
    };
    set(&mut story, 1, Stage::Live);
    assert_eq!((live(&mut story, 50), live(&mut story, 100), live(&mut story, 101)), (Some(1), Some(1), None));
    set(&mut story, 2, Stage::Pilot);
    assert_eq!(live(&mut story, 50), Some(1), "a pilot is not in force");
    set(&mut story, 2, Stage::Live);
    assert_eq!((live(&mut story, 50), live(&mut story, 150), live(&mut story, 201)), (Some(2), Some(2), None));
    set(&mut story, 2, Stage::Paused);
    assert_eq!((live(&mut story, 50), live(&mut story, 150)), (Some(1), None), "the one before holds again");
    set(&mut story, 2, Stage::Live);
    set(&mut story, 2, Stage::Retired);
    assert_eq!((live(&mut story, 50), story.0.charters[&2].stage), (Some(1), CharterStage::Retired));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
}

/// Changes the event of version 1.
type Alteration = fn(&mut CharterEnacted);

#[test]
fn impossible_versions_become_findings_of_their_sheet_poll() {
    let alterations: [(&str, Alteration); 10] = [
        ("filed under another", |event| event.number = U256::from(2)),
        ("filed under another", |event| event.charterHash = B256::ZERO),
        ("filed under another", |event| event.version.sheet = U256::from(2)),
        ("version 2 of the charter does not follow version 0", |event| {
            (event.number, event.version.number) = (U256::from(2), U256::from(2));
        }),
        ("version 1 of the charter does not follow version 0", |event| event.version.parent = B256::repeat_byte(1)),
        ("has other texts than the agenda of sheet poll 1", |event| event.texts[3].push('!')),
        ("has other texts than the agenda of sheet poll 1", |event| event.texts.swap(0, 1)),
        ("has other texts than the agenda of sheet poll 1", |event| event.texts.truncate(10)),
        ("does not follow version 0", |event| {
            (event.number, event.version.number) = (U256::ZERO, U256::ZERO);
        }),
        ("a stage that this program does not know", |event| event.version.stage = Stage::None),
    ];
    for (expected, alter) in alterations {
        let mut story = finished();
        let mut event = enacted(version(1));
        alter(&mut event);
        story.charters(&event);
        let findings = story.findings();
        assert!(findings.len() == 1 && findings[0].contains(expected), "{findings:?} / {expected}");
        let finding = &story.0.findings[0];
        assert!(finding.concerns_sheet(SheetId::new(1)) && !finding.concerns_sheet(SheetId::new(2)), "{finding}");
        assert!(!finding.concerns_poll(PollId::new(1)), "{finding}");
    }
    let mut unfinished = Story::with_sheets();
    unfinished.charters(&enacted(version(1)));
    assert!(unfinished.findings()[0].contains("is of sheet poll 1, which is not finished"));
    let mut unknown = Story::new();
    unknown.charters(&enacted(version(1)));
    assert!(unknown.findings()[0].contains("is of sheet poll 1, which is none"));
    let mut twice = with_versions();
    twice.charters(&enacted(version(1)));
    assert!(twice.findings()[0].contains("version 1 of the charter does not follow version 2"));
    set(&mut twice, 7, Stage::Live);
    assert!(twice.findings()[1].contains("version 7 of the charter was never enacted"));
}
