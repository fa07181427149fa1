use std::sync::Arc;

use psephos_protocol::rule::RuleKind;
use psephos_state::Member;

use super::*;
use crate::test_state::{CHAMBER, POLL, chamber_mut, open_poll_state, test_voter};

const OWN: [Address; 3] = [Address::repeat_byte(0x11), Address::repeat_byte(0x22), Address::repeat_byte(0x33)];

fn new_seed(folder: &tempfile::TempDir, name: &str) -> VoterSeed {
    VoterSeed::create_file(&folder.path().join(name), "p").unwrap()
}

fn commitment(state: &ChainState, seed: &VoterSeed, account: Address) -> IdentityCommitment {
    seed.derive_identity(&state.deployment, account).unwrap().identity.commitment()
}

/// Makes the account a member of chamber 0, frozen in poll 1, with this identity commitment.
fn enrol(state: &mut ChainState, account: Address, id: IdentityCommitment) {
    let frozen = chamber_mut(state).frozen.as_mut().unwrap();
    let chamber = Arc::make_mut(&mut frozen.chamber);
    let member = Member { index: chamber.members.len(), id, weight: Weight::new(5).unwrap() };
    chamber.members.insert(account, member);
    let chamber = frozen.chamber.clone();
    state.chambers.insert(CHAMBER, chamber);
}

fn find(state: &ChainState, seed: &VoterSeed, account: Option<Address>) -> Result<Address, VoterError> {
    find_identity(state, seed, POLL, CHAMBER, account).map(|own| {
        assert_eq!(own.identity.commitment(), commitment(state, seed, own.account));
        own.account
    })
}

#[test]
fn own_account_is_found_without_being_named() {
    let folder = tempfile::tempdir().unwrap();
    let [seed, other] = ["a", "b"].map(|name| new_seed(&folder, name));
    let mut state = open_poll_state(RuleKind::Plurality, 0, 2);
    let nothing = find(&state, &seed, None).unwrap_err();
    assert!(matches!(nothing, VoterError::NoMemberOfSeed { poll: POLL, chamber: CHAMBER }), "{nothing}");

    let id = commitment(&state, &seed, OWN[0]);
    enrol(&mut state, OWN[0], id);
    assert_eq!(find(&state, &seed, None).unwrap(), OWN[0]);
    assert_eq!(find(&state, &seed, Some(OWN[0])).unwrap(), OWN[0]);
    assert!(matches!(find(&state, &other, None), Err(VoterError::NoMemberOfSeed { .. })));
    let wrong = find(&state, &other, Some(OWN[0])).unwrap_err();
    assert!(matches!(wrong, VoterError::OtherIdentity { account, .. } if account == OWN[0]), "{wrong}");
    assert!(matches!(find(&state, &seed, Some(OWN[1])), Err(VoterError::NotMember { .. })));

    let second = commitment(&state, &seed, OWN[1]);
    enrol(&mut state, OWN[1], second);
    let several = find(&state, &seed, None).unwrap_err();
    assert!(several.to_string().contains(&OWN[0].to_string()) && several.to_string().contains(&OWN[1].to_string()));
    assert!(matches!(several, VoterError::SeveralMembersOfSeed { ref accounts, .. } if accounts.len() == 2));
    assert_eq!(find(&state, &seed, Some(OWN[1])).unwrap(), OWN[1]);
    let listed = list_memberships(&state, &seed).unwrap();
    assert_eq!(
        listed.iter().map(|one| (one.chamber, one.account, one.id)).collect::<Vec<_>>(),
        [(CHAMBER, OWN[0], id), (CHAMBER, OWN[1], second)]
    );
    assert_eq!(list_memberships(&state, &other).unwrap(), []);
}

/// A member that copies another's commitment does not make the other's account ambiguous.
#[test]
fn copied_commitment_is_not_taken_for_an_own_account() {
    let folder = tempfile::tempdir().unwrap();
    let seed = new_seed(&folder, "a");
    let mut state = open_poll_state(RuleKind::Plurality, 0, 2);
    let id = commitment(&state, &seed, OWN[1]);
    for account in OWN {
        enrol(&mut state, account, id);
    }
    assert_eq!(find(&state, &seed, None).unwrap(), OWN[1]);
    assert_eq!(list_memberships(&state, &seed).unwrap().len(), 1);
    assert!(matches!(find(&state, &seed, Some(OWN[2])), Err(VoterError::OtherIdentity { .. })));
}

#[test]
fn memberships_with_the_same_identity_are_found() {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 2);
    let id = test_voter(9).commitment();
    assert_eq!(find_same_identity(&state, &id, (CHAMBER, OWN[0])), []);
    enrol(&mut state, OWN[0], id);
    enrol(&mut state, OWN[1], id);
    let second = ChamberId::new(1);
    state.chambers.insert(second, state.chambers[&CHAMBER].clone());
    let all = [(CHAMBER, OWN[0]), (CHAMBER, OWN[1]), (second, OWN[0]), (second, OWN[1])];
    assert_eq!(find_same_identity(&state, &id, all[0]), all[1..]);
    assert_eq!(find_same_identity(&state, &test_voter(8).commitment(), all[0]), []);
}
