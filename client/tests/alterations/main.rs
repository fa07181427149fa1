//! A source that lies about a recorded election: every field of every event is altered, and every event left out,
//! repeated, exchanged with its neighbour and moved. `verify` finds each alteration, or nothing that anyone believes
//! changes.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod coverage;
mod judge;
mod lies;
mod views;

use psephos_testkit::RecordedElection;

use coverage::Coverage;
use judge::{Judge, Verdict};
use lies::Lie;

#[tokio::test(flavor = "multi_thread")]
async fn every_alteration_is_found_or_changes_nothing() {
    let coverage = Coverage::read();
    let recorded = RecordedElection::record().await;
    let judge = Judge::new(&recorded);
    judge.accept_the_truth();
    views::assert_found(&recorded);
    let lies = lies::list_lies(&recorded);
    let verdicts = judge_all(&judge, &lies);
    let count = |which: fn(&Verdict) -> bool| verdicts.iter().filter(|(_, verdict)| which(verdict)).count();
    let found = count(|verdict| matches!(verdict, Verdict::Found(_) | Verdict::Refused(_)));
    let not_believed = count(|verdict| matches!(verdict, Verdict::NotBelieved));
    let hidden = coverage.assert_confirmed(&verdicts);
    println!("{} alterations: {found} found, {not_believed} not believed, {hidden} hidden", lies.len());
    assert_eq!(found + not_believed + hidden, lies.len());
    assert!(lies.len() > 1_700, "{}", lies.len());
}

#[test]
fn every_field_of_every_event_is_listed_in_the_book() {
    let coverage = Coverage::read();
    coverage.assert_complete();
    coverage.assert_in_book();
}

/// Judges all lies on all cores. Threads of their own: a thread of the pool that waits for a part of one verification
/// would begin with the next one, on the same stack.
fn judge_all<'a>(judge: &Judge<'_>, lies: &'a [Lie]) -> Vec<(&'a Lie, Verdict)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = |lies: &'a [Lie]| lies.iter().map(|lie| (lie, judge.judge(lie))).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let parts = lies.chunks(lies.len().div_ceil(threads));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || share(part))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
