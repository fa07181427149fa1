use std::collections::BTreeMap;

use psephos_protocol::{
    fingerprint::ContentHash,
    identifiers::SheetId,
    rule::RuleKind,
    sheet::{Form, FormKind},
};
use psephos_state::{B256, SheetPoll, sheet::SheetParameters};

use super::*;
use crate::{
    secret_file::create_secret_file,
    test_state::{CLOSES, COMMITTEE, DEADLINE, OPENS, POLL, TRUSTEE, open_poll_state, trustee_secret},
    trustee::{KIND, create_key_file, to_text},
};

/// Writes the key file of the only trustee of the state's committee.
fn write_keys(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("trustee.keys");
    let public = to_text(&trustee_secret().transport_key());
    create_secret_file(&path, KIND, &[0xbb; 32], "passphrase", &public).unwrap();
    path
}

fn state_at(time: u64) -> ChainState {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    state.time = time;
    state
}

#[test]
fn key_is_needed_while_a_poll_is_open_or_another_can_come() {
    let folder = tempfile::tempdir().unwrap();
    let keys = write_keys(&folder);
    let find = |state: &ChainState| Retirement::find(state, TRUSTEE, &keys).unwrap();
    let open = find(&state_at(OPENS));
    assert!(open.has_key_file && !open.is_stated && open.committee() == COMMITTEE);
    let refusal = open.require_end().unwrap_err();
    assert_eq!(refusal.to_string(), "refused: poll 1 of committee 0 still needs its keys");
    // Closed with too few ballots to decrypt; one more poll may come until the end.
    let closed = find(&state_at(CLOSES)).require_end().unwrap_err();
    assert!(
        matches!(closed, TrusteeError::Refused(Refusal::CommitteeLives { polls: 1, until: DEADLINE, .. })),
        "{closed}"
    );
    let over = find(&state_at(DEADLINE));
    over.require_end().unwrap();
    assert_eq!(over.life.exposed, [POLL]);
}

/// Polls and sheet polls are counted apart, and each that is pending needs the key.
#[test]
fn key_is_needed_while_a_sheet_poll_is_pending() {
    let folder = tempfile::tempdir().unwrap();
    let keys = write_keys(&folder);
    let mut state = state_at(CLOSES);
    let parameters = SheetParameters {
        proposal: B256::ZERO,
        metadata: String::new(),
        agenda: [1; 32],
        form: Ok(Form::new(16, 3, FormKind::Statements { camps: None }).unwrap()),
        size: 16,
        chambers: Vec::new(),
        adoption: None,
        committee: COMMITTEE,
        cancellation: None,
        opens_at: OPENS,
        closes_at: DEADLINE - 1,
        tally_deadline: DEADLINE,
    };
    let sheet = SheetPoll {
        parameters,
        creator: Address::ZERO,
        content: ContentHash::from_bytes([4; 32]),
        fingerprint: None,
        chambers: BTreeMap::new(),
        opened: true,
        ended: None,
    };
    state.sheets.insert(SheetId::new(7), sheet.into());
    let find = |state: &ChainState| Retirement::find(state, TRUSTEE, &keys).unwrap();
    let refusal = find(&state).require_end().unwrap_err();
    assert_eq!(refusal.to_string(), "refused: sheet poll 7 of committee 0 still needs its keys");
    state.time = OPENS;
    let refusal = find(&state).require_end().unwrap_err();
    assert_eq!(refusal.to_string(), "refused: poll 1 and sheet poll 7 of committee 0 still need its keys");
    state.time = DEADLINE - 1;
    let lives = find(&state).require_end().unwrap_err().to_string();
    assert!(lives.contains("1 polls and 1 sheet polls may still be created"), "{lives}");
    state.time = DEADLINE;
    find(&state).require_end().unwrap();
}

#[test]
fn destroyed_key_leaves_a_note_from_which_a_later_run_continues() {
    let folder = tempfile::tempdir().unwrap();
    let keys = write_keys(&folder);
    let leftover = folder.path().join("trustee.keys.0123456789abcdef.new");
    std::fs::copy(&keys, &leftover).unwrap();
    let mut state = state_at(DEADLINE);
    Retirement::find(&state, TRUSTEE, &keys).unwrap().destroy_key().unwrap();
    assert!(!keys.exists() && !leftover.exists());
    let resumed = Retirement::find(&state, TRUSTEE, &keys).unwrap();
    assert!(!resumed.has_key_file && !resumed.is_stated && resumed.committee() == COMMITTEE);
    // Dying after the note and before the wipe: the file is found again, and the note is no obstacle.
    let again = write_keys(&folder);
    Retirement::find(&state, TRUSTEE, &again).unwrap().destroy_key().unwrap();
    assert!(!again.exists());

    state.committees.get_mut(&COMMITTEE).unwrap().retired_trustees.push(TRUSTEE);
    assert!(Retirement::find(&state, TRUSTEE, &keys).unwrap().is_stated);
    let other = Address::repeat_byte(1);
    assert!(matches!(Retirement::find(&state, other, &keys), Err(TrusteeError::NotTrustee { .. })));
    state.deployment.committee = other;
    assert!(matches!(Retirement::find(&state, TRUSTEE, &keys), Err(TrusteeError::OtherDeployment { .. })));
}

#[test]
fn keys_of_others_and_of_no_committee_are_refused_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let keys = write_keys(&folder);
    let state = state_at(DEADLINE);
    let other = Address::repeat_byte(1);
    assert!(matches!(Retirement::find(&state, other, &keys), Err(TrusteeError::NotTrustee { .. })));
    let fresh = folder.path().join("fresh.keys");
    create_key_file(&fresh, "passphrase").unwrap();
    assert!(matches!(Retirement::find(&state, TRUSTEE, &fresh), Err(TrusteeError::NothingToRetire)));
    let absent = folder.path().join("absent.keys");
    assert!(matches!(Retirement::find(&state, TRUSTEE, &absent), Err(TrusteeError::SecretFile(_))));
    std::fs::write(folder.path().join("absent.keys.retired"), "{}").unwrap();
    assert!(matches!(Retirement::find(&state, TRUSTEE, &absent), Err(TrusteeError::File(_))));
    assert!(keys.exists() && fresh.exists());
}
