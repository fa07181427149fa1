use psephos_chain::B256;

use super::*;

fn claim() -> ClaimPackage {
    ClaimPackage {
        format: "psephos-claim".into(),
        version: 1,
        chain_id: ChainId::new(5),
        rewards: Address::repeat_byte(1),
        poll: PollId::new(2),
        chamber: ChamberId::new(3),
        reward_nullifier: B256::repeat_byte(4),
        amount: "10".into(),
        recipient: Address::repeat_byte(6),
        relayer: Address::ZERO,
        fee: "0".into(),
        h: B256::repeat_byte(7),
        proof: String::new(),
    }
}

#[test]
fn plan_is_stored_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let schedule = |account| Schedule::beside(&folder.path().join("me.identity"), account);
    let (other, schedule) = (schedule(Some(Address::repeat_byte(9))), schedule(None));
    let (chain, contract, claim) = (ChainId::new(5), Address::repeat_byte(1), claim());
    let find = |chamber| schedule.find(chain, contract, PollId::new(2), ChamberId::new(chamber));
    assert_eq!(find(3).unwrap(), None);
    let planned = schedule.plan(claim.clone(), 1_000, 60).unwrap();
    assert!((1_000..=1_060).contains(&planned.not_before));
    assert_eq!(find(3).unwrap(), Some(planned.clone()));
    assert_eq!(schedule.list(chain, contract).unwrap(), [planned]);
    assert_eq!(schedule.list(chain, Address::repeat_byte(2)).unwrap(), []);
    assert_eq!(find(4).unwrap(), None);
    other.plan(claim.clone(), 1, 1).unwrap();
    other.remove(&claim).unwrap();
    assert!(find(3).unwrap().is_some(), "an account's claims are its own");
    assert!(matches!(schedule.plan(claim.clone(), 1, 1), Err(FileError::Exists { .. })));
    std::fs::write(schedule.path_of(&claim), "{").unwrap();
    assert!(matches!(find(3), Err(ScheduleError::Damaged { .. })));
    assert!(schedule.list(chain, contract).is_err());
    schedule.remove(&claim).unwrap();
    assert_eq!(find(3).unwrap(), None);
}

#[test]
fn plans_of_the_field_name_before_are_read() {
    let json = serde_json::json!({ "not_before": 7, "claim": claim() }).to_string();
    let planned: Planned<ClaimPackage> = serde_json::from_str(&json).unwrap();
    assert_eq!((planned.not_before, planned.package), (7, claim()));
}

#[test]
fn moments_are_drawn_from_the_whole_window() {
    let folder = tempfile::tempdir().unwrap();
    let schedule = Schedule::beside(&folder.path().join("me.identity"), None);
    let draw = || {
        let planned = schedule.plan(claim(), 1_000, 400).unwrap();
        schedule.remove(&planned.package).unwrap();
        planned.not_before - 1_000
    };
    let mut quarters = [0u32; 4];
    for _ in 0..400 {
        quarters[(draw() / 101) as usize] += 1;
    }
    // Each quarter is expected 100 times, with a deviation of 9: six of these are exceeded once in a billion runs.
    assert!(quarters.iter().all(|count| (46..=154).contains(count)), "{quarters:?}");
}

#[test]
fn window_ends_before_the_last_minutes_of_a_poll() {
    let window = |left: u64, within: u64| hand_over_window(PollId::new(1), 1_000, 1_000 + left, within).ok();
    let hour = 3_600;
    assert_eq!(window(100 * hour, 5 * hour), Some(5 * hour));
    assert_eq!(window(5 * hour, 5 * hour), Some(5 * hour - HAND_OVER_MARGIN));
    assert_eq!(window(5 * hour, 8_760 * hour), Some(5 * hour - HAND_OVER_MARGIN));
    assert_eq!(window(HAND_OVER_MARGIN + MIN_WINDOW, hour), Some(MIN_WINDOW));
    for (left, within) in
        [(HAND_OVER_MARGIN + MIN_WINDOW - 1, hour), (HAND_OVER_MARGIN, hour), (0, hour), (100 * hour, MIN_WINDOW - 1)]
    {
        assert_eq!(window(left, within), None, "{left} {within}");
    }
    // A poll that has closed has no time left.
    assert!(hand_over_window(PollId::new(1), 1_000, 10, hour).is_err());
    assert!(hand_over_window(PollId::new(1), u64::MAX, u64::MAX, u64::MAX).is_err());
}
