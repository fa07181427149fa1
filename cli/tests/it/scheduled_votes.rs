//! `vote --within` by commands: a ballot waits for a random moment, and nothing is lost or shown meanwhile.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::organisation::{self, Organisation, vote};
use crate::running_relayer::{quick_settings, start_relayer};
use crate::support;
use psephos_testkit::RecordingProxy;
use serde_json::Value;

const HOUR: u64 = 3_600;
/// The poll of the fixture is open for this long.
const OPEN: u64 = 100_000;

/// A `vote --within` that waits for its moment.
struct WaitingVote {
    child: Child,
    said: String,
}

impl WaitingVote {
    /// Starts it, and returns once it says when it hands the ballot over.
    fn start(organisation: &Organisation, name: &str, arguments: &[&str]) -> Self {
        let (identity, out) = (format!("{name}.identity"), format!("{name}.json"));
        let vote = ["--json", "vote", "--poll", "1", "--chamber", "0", "--identity", &identity, "--out", &out];
        let mut command = organisation.folder.command(&[&vote[..], arguments].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its messages")).lines();
        let mut said = String::new();
        let waits = lines.any(|line| {
            said += &(line.expect("text") + "\n");
            said.contains("vote --resume")
        });
        assert!(waits, "it does not wait: {said}");
        Self { child, said }
    }

    /// Stops it as Ctrl-C does, and returns its exit code and its result.
    fn interrupt(self) -> (i32, Value) {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill").success());
        let output = self.child.wait_with_output().expect("it ends");
        let result = serde_json::from_slice(&output.stdout).expect("one JSON object");
        (output.status.code().unwrap_or(-1), result)
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ballot_waits_for_a_random_moment_and_is_not_lost() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let (url, _stop) = start_relayer(&organisation, quick_settings()).await;
    let proxy = RecordingProxy::start(&[("relay.onion", &url)]).await;
    let (folder, socks) = (&organisation.folder, proxy.url());
    let through = ["--relayer", "http://relay.onion", "--proxy", &socks];
    let opened = organisation.chain.connection().newest_time().await.expect("the time");

    // Interrupted while it waits: the ballot is stored, and no one was asked anything.
    let waiting =
        WaitingVote::start(&organisation, "ada", &[&["--option", "1", "--within", "5"], &through[..]].concat());
    assert!(waiting.said.contains("is handed over at 20"), "{}", waiting.said);
    let (code, result) = waiting.interrupt();
    assert_eq!((code, &result["scheduled"]), (1, &Value::Bool(true)), "{result}");
    let moment = result["planned"].as_u64().expect("a time");
    assert!((opened..=opened + 5 * HOUR + 60).contains(&moment), "{moment}");
    assert!(proxy.take_connections().is_empty(), "the relayer was asked before the moment");
    let package = std::fs::read_to_string(folder.path("ada.json")).expect("a package");
    assert!(!package.contains(&moment.to_string()), "the package has no time in it");
    assert!(!folder.path("ada.json.receipt").exists());

    // Another ballot of the same voter would compete with it.
    let again = |arguments: &[&str]| vote(&organisation, "ada", &[&["--out", "again.json"], arguments].concat());
    again(&["--option", "2"]).fails(2, "is scheduled for poll 1, chamber 0").fails(2, "--discard");
    vote(&organisation, "ada", &[&["--resume", "--out", "members.csv"], &through[..]].concat()).fails(2, "members.csv");

    // Its moment has passed: it is handed over at once, by a command that knows neither seed nor passphrase.
    organisation.later(moment + 1).await;
    let resume = ["--json", "vote", "--resume", "--identity", "ada.identity", "--out", "ada.json"];
    let resumed = folder.run(&[&resume[..], &["--passphrase-file", "none"], &through[..]].concat()).json();
    assert!(resumed["promise"]["by"].as_u64().is_some(), "{resumed}");
    assert!(folder.path("ada.json.receipt").exists() && !proxy.take_connections().is_empty());
    organisation::wait_until_counted(&organisation, "ada").await;
    folder.run(&[&resume[..], &through[..]].concat()).fails(2, "no ballot of this identity is scheduled");

    // Killed, and handed over before its moment; the window is cut to the close. A changed choice waits as well.
    let beyond =
        WaitingVote::start(&organisation, "ben", &[&["--option", "1", "--within", "8760"], &through[..]].concat());
    assert!(beyond.said.contains("min, not within 8760 h"), "{}", beyond.said);
    kill(beyond);
    let now = ["--resume", "--now", "--out", "ben.json"];
    vote(&organisation, "ben", &[&now[..], &through[..]].concat()).json();
    organisation::wait_until_counted(&organisation, "ben").await;
    std::fs::rename(folder.path("ben.json"), folder.path("first.json")).expect("moved");
    std::fs::remove_file(folder.path("ben.json.receipt")).expect("removed");
    let changed = ["--option", "2", "--replace", "--within", "2"];
    kill(WaitingVote::start(&organisation, "ben", &[&changed[..], &through[..]].concat()));
    let replaced = vote(&organisation, "ben", &[&now[..], &through[..]].concat()).json();
    assert_eq!(replaced["replaces"], true, "{replaced}");
    organisation::wait_until_counted(&organisation, "ben").await;

    // Deleted, and refused where too little time is left.
    kill(WaitingVote::start(&organisation, "cem", &[&["--option", "1", "--within", "1"], &through[..]].concat()));
    vote(&organisation, "cem", &["--discard"]).json();
    vote(&organisation, "cem", &["--discard"]).fails(2, "no ballot of this identity is scheduled");
    std::fs::remove_file(folder.path("cem.json")).expect("removed");
    organisation.later(opened + OPEN - 2_000).await;
    let late =
        vote(&organisation, "cem", &[&["--option", "1", "--within", "1", "--out", "late.json"], &through[..]].concat());
    late.fails(2, "poll 1 closes in").fails(2, "without --within");
    assert!(!folder.path("late.json").exists(), "nothing was proved");
}

fn kill(mut waiting: WaitingVote) {
    waiting.child.kill().expect("killed");
    waiting.child.wait().expect("it ends");
    std::thread::sleep(Duration::from_millis(10));
}

#[test]
fn invalid_windows_are_refused() {
    let folder = support::CommandFolder::new();
    let vote = |arguments: &[&str]| folder.run(&[&["vote", "--option", "1"], arguments].concat());
    let relayer = ["--relayer", "https://relayer.example"];
    for hours in ["0", "8761", "1.5", "soon", ""] {
        vote(&[&["--within", hours], &relayer[..]].concat()).fails(2, "--within");
    }
    vote(&["--within", "1"]).fails(2, "--relayer");
    vote(&["--resume", "--relayer", "https://relayer.example"]).fails(2, "cannot be used with");
    folder.run(&["vote", "--resume"]).fails(2, "--relayer");
    folder.run(&["vote", "--check", "--within", "1", "--relayer", "x"]).fails(2, "cannot be used with");
    folder.run(&["vote", "--now"]).fails(2, "--resume");
}
