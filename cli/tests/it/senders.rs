//! The account that sends a ballot: one that is enrolled is refused, before anything is sent.

use crate::organisation::{self, Organisation, vote};

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_not_sent_from_accounts_of_members() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    for name in ["ada", "ben"] {
        vote(&organisation, name, &["--option", "1", "--out", &format!("{name}.json")]).json();
    }
    let block = async || organisation.chain.connection().newest_block().await.expect("a block");
    let before = block().await;
    // Its own ballot, another member's, and several: whose they are, no one can see who did not make them.
    for packages in [&["ada.json"][..], &["ben.json"], &["ada.json", "ben.json"]] {
        let refused = organisation.run("ada", &[&["relay"], packages].concat());
        refused.fails(2, "is a member of chamber 0: the chain would show for ever").fails(2, "--expose-sender");
        refused.fails(2, &format!("sent {} of its ballots", packages.len()));
    }
    assert_eq!(block().await, before, "nothing was sent");
    // `vote` sends nothing, and says so.
    let named = organisation.run("cem", &["vote", "--poll", "1", "--identity", "cem.identity", "--option", "1"]);
    named.fails(2, "--sender has no use here").fails(2, "whose ballot it is");
    assert!(!organisation.folder.path("ballot.json").exists());

    organisation.run("ada", &["relay", "ada.json", "--expose-sender"]).json();
    organisation.run("relayer", &["relay", "ben.json"]).json();
    // Nothing is sent any more, so nothing is refused.
    organisation.run("ada", &["relay", "ada.json", "ben.json"]).json();
}
