//! Rewards by commands alone: set, fund, vote, ratify, seal, claim through a relayer, directly and scheduled, and
//! withdraw the rest.

use crate::organisation::{Organisation, prepare, trustee};
use crate::running_service::{RunningService, wait_until_ready};
use crate::support;
use psephos_protocol::identifiers::PollId;
use serde_json::{Value, json};

const DAY: u64 = 86_400;
/// Fresh addresses.
const FRESH: [&str; 2] = ["0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222"];

#[tokio::test(flavor = "multi_thread")]
async fn rewards_are_claimed_by_commands_alone() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    create_poll(&organisation, 1, now, None);
    set_reward(&organisation, now);
    cast_ballots(&organisation, PollId::new(1), now + 10, &[("ada", "1"), ("ben", "2")]).await;
    assert_eq!(organisation.folder.run(&["--json", "poll", "show", "1"]).json()["reward"]["status"], "owed");
    organisation.run("dao", &["reward", "fund", "--poll", "1", "--amount", "1"]).fails(3, "PollHasOpened");
    organisation.run("dao", &["reward", "sweep", "--poll", "1"]).fails(3, "TooEarly");
    let early = run_claim(&organisation, "ada", &["--recipient", FRESH[0]]);
    early.fails(3, "waiting for the poll to close").fails(3, "reward status");
    organisation.run("relayer", &["reward", "seal", "--poll", "1"]).fails(3, "PollHasNotEnded");
    tally_poll(&organisation, PollId::new(1), now + 10 + DAY).await;

    let later = now + 3 * DAY;
    organisation.later(later).await;
    create_poll(&organisation, 2, later, Some(1));
    refuse_bonus_without_choices(&organisation, later);
    cast_ballots(&organisation, PollId::new(2), later + 10, &[("ada", "1"), ("cem", "1")]).await;
    organisation.run("relayer", &["reward", "ratify", "--poll", "1", "--by", "2"]).fails(3, "NotRatifying");
    tally_poll(&organisation, PollId::new(2), later + 10 + DAY).await;

    organisation.run("relayer", &["reward", "open-claims", "--poll", "1"]).fails(3, "NotRatified");
    organisation.run("relayer", &["reward", "ratify", "--poll", "1", "--by", "1"]).fails(3, "NotRatifying");
    organisation.run("relayer", &["reward", "ratify", "--poll", "1", "--by", "2"]).json();
    organisation.run("relayer", &["reward", "open-claims", "--poll", "1"]).fails(3, "NotSealed");
    let sealed = organisation.run("relayer", &["reward", "seal", "--poll", "1"]).json();
    assert_eq!((&sealed["batches"][0]["notes"], sealed["batches"][1].is_null()), (&json!(2), true));
    assert_eq!(
        organisation.run("relayer", &["reward", "seal", "--poll", "1"]).json()["batches"],
        json!([]),
        "sealing is idempotent"
    );
    organisation.run("relayer", &["reward", "open-claims", "--poll", "1"]).json();

    let claims = claim_rewards(&organisation).await;
    assert_eq!(claims, ["15", "10"], "the base amount, and the bonus for the ratified option");
    let status = organisation.folder.run(&["--json", "reward", "status"]).json();
    let figures = |name: &str| status["rewards"][0][name].clone();
    assert_eq!((figures("paid"), figures("stage")), (json!("0x61a8"), json!("claims")), "25 units of 1,000");
    assert!(organisation.folder.run(&["reward", "status", "--poll", "1"]).stdout.contains("open for claims"));
    organisation.run("dao", &["reward", "withdraw", "--poll", "1"]).json();
    organisation.run("dao", &["reward", "sweep", "--poll", "1"]).fails(3, "TooEarly");
    organisation.later(now + 20 * DAY + 1).await;
    run_claim(&organisation, "cem", &["--recipient", FRESH[0]]).fails(3, "over");
    organisation.run("relayer", &["reward", "sweep", "--poll", "1"]).fails(3, "owner");
    organisation.run("dao", &["reward", "sweep", "--poll", "1"]).json();
    for poll in ["1", "2"] {
        let verify = ["--json", "verify", "--poll", poll, "--report", &format!("{poll}.html")];
        assert_eq!(organisation.folder.run(&verify).json()["passed"], true);
    }
    let page = std::fs::read_to_string(organisation.folder.path("1.html")).expect("a page");
    for expected in ["Poll 2 ratified &quot;Yes&quot;.", "2 claims paid", FRESH[0], FRESH[1], "Rejected"] {
        assert!(page.contains(expected), "missing: {expected}");
    }
}

fn create_poll(organisation: &Organisation, number: u64, now: u64, ratifies: Option<u64>) {
    let rule = json!({ "kind": "plurality", "choice_in_note": ratifies.is_none() });
    let poll = json!({
        "title": "Which?", "options": ["Yes", "No"], "rule": rule, "opens_at": now + 5,
        "closes_at": now + DAY, "tally_deadline": now + 2 * DAY, "committee": 0, "chambers_required": 1, "ratifies": ratifies,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    assert_eq!(organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json()["poll"], number);
}

/// Sets a reward of 10 units per ballot and 5 for the ratified option, of 1,000 wei each, and funds it for all members.
fn set_reward(organisation: &Organisation, now: u64) {
    let reward = |poll: PollId, bonus: u64| {
        let chambers = json!([{ "chamber": 0, "base": 10, "bonus": bonus }]);
        let (ratification, claims) = (now + 10 * DAY, now + 20 * DAY);
        json!({ "poll": poll, "unit": 1_000, "ratification_deadline": ratification, "claim_deadline": claims, "chambers": chambers })
    };
    organisation.folder.put("none.json", &reward(PollId::new(1), 0).to_string());
    organisation.run("dao", &["reward", "create", "none.json"]).fails(2, "no bonus");
    organisation.folder.put("other.json", &reward(PollId::new(7), 5).to_string());
    organisation.run("dao", &["reward", "create", "other.json"]).fails(3, "UnknownPoll");
    organisation.folder.put("reward.json", &reward(PollId::new(1), 5).to_string());
    organisation.run("relayer", &["reward", "create", "reward.json"]).fails(3, "owner");
    organisation.run("dao", &["reward", "fund", "--poll", "1", "--amount", "1"]).fails(2, "no reward was set");
    organisation.run("dao", &["reward", "create", "reward.json"]).json();
    organisation.run("dao", &["reward", "create", "reward.json"]).fails(3, "AlreadySet");
    organisation.run("dao", &["reward", "fund", "--poll", "1", "--amount", "-5"]).fails(2, "");
    organisation.run("relayer", &["reward", "fund", "--poll", "1", "--amount", "20000"]).json();
    let reward = || organisation.folder.run(&["--json", "poll", "show", "1"]).json()["reward"].clone();
    assert_eq!((&reward()["status"], &reward()["worst_case"]), (&json!("pending"), &json!("0xafc8")), "3 members");
    organisation.run("dao", &["reward", "fund", "--poll", "1", "--amount", "25000"]).json();
}

/// The notes of the ratifying poll hold no choice, so it can pay no bonus.
fn refuse_bonus_without_choices(organisation: &Organisation, now: u64) {
    let (ratification, claims) = (now + 10 * DAY, now + 20 * DAY);
    let reward = json!({
        "poll": 2, "unit": 1, "ratification_deadline": ratification, "claim_deadline": claims,
        "chambers": [{ "chamber": 0, "base": 10, "bonus": 5 }],
    });
    organisation.folder.put("blank.json", &reward.to_string());
    let refused = organisation.run("dao", &["reward", "create", "blank.json"]);
    refused.fails(3, "NotesHoldNoChoice").fails(3, "choice_in_note");
}

async fn cast_ballots(organisation: &Organisation, poll: PollId, opens: u64, votes: &[(&str, &str)]) {
    let poll = poll.to_string();
    organisation.later(opens).await;
    organisation.run("relayer", &["poll", "open", &poll]).json();
    let mut packages = Vec::new();
    for (name, choice) in votes {
        let (identity, out) = (format!("{name}.identity"), format!("{name}-{poll}.json"));
        let vote =
            ["vote", "--poll", &poll, "--chamber", "0", "--identity", &identity, "--option", choice, "--out", &out];
        organisation.folder.run(&[&["--json"], &vote[..]].concat()).json();
        packages.push(out);
    }
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    organisation.run("relayer", &[&["relay"], &packages[..]].concat()).json();
}

/// Advances to the close and has the only trustee do all due tasks.
async fn tally_poll(organisation: &Organisation, poll: PollId, closes: u64) {
    organisation.later(closes).await;
    let done = trustee(organisation, "tia", &["watch", "--once"]).json();
    let tasks: Vec<&Value> = done["done"].as_array().expect("tasks").iter().map(|one| &one["task"]["task"]).collect();
    assert_eq!(tasks, ["decrypt", "tally", "end"], "poll {poll}");
}

fn run_claim(organisation: &Organisation, name: &str, arguments: &[&str]) -> support::Run {
    let identity = format!("{name}.identity");
    organisation.run(
        name,
        &[&["reward", "claim", "--poll", "1", "--chamber", "0", "--identity", &identity], arguments].concat(),
    )
}

/// Claims for Ada with a proof by two services, which are one under two names, and leaves the package in `claim.json`.
async fn claim_by_two_provers(organisation: &Organisation, relayed: &[&str]) -> Value {
    let service = RunningService::start_with(organisation, "", &["--only", "prover"]);
    wait_until_ready(&service).await;
    let claim = |provers: &str| {
        let rest = ["--fee", "2000", "--max-fee", "2000", "--out", "claim.json", "--provers", provers];
        run_claim(organisation, "ada", &[relayed, &rest].concat())
    };
    claim(&service.url).fails(2, "--provers needs two services, and names 1");
    let claimed = claim(&format!("{},{}", service.url, service.url.replace("127.0.0.1", "localhost")));
    assert!(claimed.stderr.contains("Each alone learns your network address"), "{claimed:#?}");
    service.stop();
    claimed.json()
}

/// Claims for Ada through a relayer, and for Ben directly at a scheduled time; returns the amounts.
async fn claim_rewards(organisation: &Organisation) -> [String; 2] {
    let relayer = organisation.run("relayer", &["sender", "show"]).json()["address"].as_str().expect("one").to_owned();
    let member = organisation.run("cem", &["sender", "show"]).json()["address"].as_str().expect("one").to_owned();
    organisation.swap("claim3", "swapped.json");
    let swapped = ["--recipient", FRESH[0], "--deployment", "swapped.json"];
    run_claim(organisation, "ada", &swapped).fails(3, "is not the verifier of our claim-3 key");
    run_claim(organisation, "ada", &[]).fails(2, "--recipient");
    run_claim(organisation, "ada", &["--recipient", &member]).fails(2, "would identify the voter");
    run_claim(organisation, "cem", &["--recipient", FRESH[0]]).fails(3, "no ballot");
    let paid = |fee: &'static str, out: &'static str| {
        run_claim(
            organisation,
            "ada",
            &["--recipient", FRESH[0], "--relayer-account", &relayer, "--fee", fee, "--max-fee", "2000", "--out", out],
        )
    };
    paid("15001", "much.json").fails(2, "exceeds the reward");
    // A fee of more than a tenth is a slip, unless it is said to be none.
    let unsaid = ["--recipient", FRESH[0], "--relayer-account", &relayer, "--fee", "2000", "--out", "claim.json"];
    run_claim(organisation, "ada", &unsaid).fails(2, "accept it with --max-fee 2000").fails(2, "13000 wei is left");
    paid("2001", "more.json").fails(2, "more than 2000 wei");
    let ada = claim_by_two_provers(organisation, &["--recipient", FRESH[0], "--relayer-account", &relayer]).await;
    let file = std::fs::read_to_string(organisation.folder.path("claim.json")).expect("a claim");
    organisation.folder.put("half.json", &file[..file.len() / 2]);
    organisation.folder.put("stolen.json", &file.replace("0x11111111", "0x99999999"));
    organisation.folder.put("more.json", &file.replace("\"15\"", "\"16\""));
    let relay = ["reward", "relay", "claim.json", "half.json", "stolen.json", "more.json", "--min-fee", "2000"];
    let relayed = organisation.run("relayer", &relay);
    assert_eq!((relayed.code, relayed.stdout.matches("\"paid\"").count()), (1, 1), "{relayed:#?}");
    assert_eq!(relayed.stdout.matches("\"refused\"").count(), 3, "{relayed:#?}");
    organisation.run("relayer", &["reward", "relay", "claim.json", "--min-fee", "2001"]).fails(1, "");
    organisation.run("cem", &["reward", "relay", "claim.json"]).fails(2, "is enrolled as a member");
    let again = organisation.run("relayer", &["reward", "relay", "claim.json", "--min-fee", "2000"]).json();
    assert_eq!(again["claims"][0]["outcome"], "already_paid");
    run_claim(organisation, "ada", &["--recipient", FRESH[1]]).fails(3, "has been claimed already");

    let plan = run_claim(organisation, "ben", &["--recipient", FRESH[1], "--delay-within", "48"]).json();
    let due = plan["planned"].as_u64().expect("a time");
    let now = organisation.chain.connection().newest_time().await.expect("the time");
    assert!((now..=now + 48 * 3_600).contains(&due));
    if due > now {
        assert_eq!(run_claim(organisation, "ben", &[]).json()["stored"], true, "not due yet");
    }
    run_claim(organisation, "ben", &["--recipient", FRESH[0]]).fails(2, "is scheduled already");
    assert_eq!(run_claim(organisation, "ben", &["--discard"]).json()["stored"], false);
    run_claim(organisation, "ben", &["--discard"]).fails(2, "no claim of this identity is scheduled");
    let plan = run_claim(organisation, "ben", &["--recipient", FRESH[1], "--delay-within", "8760"]).json();
    let due = plan["planned"].as_u64().expect("a time");
    assert!(due < now + 10 * DAY, "at most half of the time to the claim deadline");
    organisation.later(due + 1).await;
    run_claim(organisation, "ben", &[]).fails(2, "is enrolled as a member").fails(2, "--expose-sender");
    let ben = run_claim(organisation, "ben", &["--expose-sender"]).json();
    assert!(ben["transaction"].is_string());
    let stored = std::fs::read_dir(organisation.folder.path("ben.identity.claims")).expect("a folder").count();
    assert_eq!(stored, 0, "a claim that was sent is deleted");
    run_claim(organisation, "ben", &["--recipient", FRESH[0]]).fails(3, "has been claimed already");
    for (address, wei) in [(FRESH[0], 13_000u64), (FRESH[1], 10_000)] {
        let balance =
            organisation.chain.connection().read_balance(address.parse().expect("an address")).await.expect("known");
        assert_eq!(balance.to::<u64>(), wei);
    }
    [ada, ben].map(|claim| claim["amount"].as_str().expect("an amount").to_owned())
}
