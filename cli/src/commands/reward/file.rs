//! The JSON file that describes a reward.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::path::Path;

use psephos_chain::Address;
use psephos_client::files::read_text;
use psephos_client::reward::NewReward;
use psephos_protocol::reward::PolicyTerms;
use psephos_state::ChamberPolicy;
use serde::Deserialize;

use crate::failure::Failure;

/// The maximum size of the file, in bytes.
const MAX_BYTES: usize = 64 * 1024;
const FILE_HINT: &str = "the guide for DAOs describes the file field by field";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewardFile {
    poll: PollId,
    token: Option<Address>,
    unit: u128,
    ratification_deadline: Option<u64>,
    claim_deadline: u64,
    chambers: Vec<ChamberFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChamberFile {
    chamber: ChamberId,
    #[serde(default)]
    base: u64,
    #[serde(default)]
    per_weight: u64,
    #[serde(default)]
    cap: u64,
    #[serde(default)]
    bonus: u64,
}

/// Reads and checks the description of a reward. The contract checks it again.
pub(super) fn read_reward_file(path: &Path) -> Result<NewReward, Failure> {
    let text = read_text(path, MAX_BYTES)?;
    let file: RewardFile = serde_json::from_str(&text).map_err(|error| {
        Failure::invalid_input(format!("{} does not describe a reward: {error}", path.display()), FILE_HINT)
    })?;
    check_reward_file(&file)
        .map_err(|what| Failure::invalid_input(format!("{}: {what}", path.display()), FILE_HINT))?;
    let policy = |chamber: &ChamberFile| ChamberPolicy {
        chamber: chamber.chamber,
        terms: PolicyTerms {
            base: chamber.base,
            per_weight: chamber.per_weight,
            cap: chamber.cap,
            bonus: chamber.bonus,
            ratified: None,
        },
    };
    Ok(NewReward {
        poll: file.poll,
        token: file.token,
        unit: file.unit,
        ratification_deadline: file.ratification_deadline,
        claim_deadline: file.claim_deadline,
        chambers: file.chambers.iter().map(policy).collect(),
    })
}

fn check_reward_file(file: &RewardFile) -> Result<(), String> {
    if file.unit == 0 {
        return Err("unit is 0: it is the factor of all amounts, in the token's smallest unit".into());
    }
    if file.chambers.is_empty() {
        return Err("`chambers` is empty: a reward needs at least one chamber".into());
    }
    for (position, chamber) in file.chambers.iter().enumerate() {
        let number = chamber.chamber;
        if file.chambers[..position].iter().any(|earlier| earlier.chamber == number) {
            return Err(format!("chamber {number} is listed twice"));
        }
        if (chamber.per_weight == 0) != (chamber.cap == 0) {
            return Err(format!("chamber {number}: set both per_weight and cap, or neither"));
        }
        if chamber.base == 0 && chamber.per_weight == 0 && chamber.bonus == 0 {
            return Err(format!("chamber {number}: base, per_weight and bonus are all 0: leave the chamber out"));
        }
    }
    let bonus = file.chambers.iter().any(|chamber| chamber.bonus != 0);
    match (bonus, file.ratification_deadline) {
        (true, None) => Err("there is a bonus: it needs a ratification_deadline".into()),
        (false, Some(_)) => Err("there is a ratification_deadline, but no bonus".into()),
        (_, Some(deadline)) if deadline >= file.claim_deadline => {
            let claims = file.claim_deadline;
            Err(format!("ratification_deadline ({deadline}) must be before claim_deadline ({claims})"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{ "poll": 1, "unit": 1000, "ratification_deadline": 5, "claim_deadline": 9,
        "chambers": [{ "chamber": 0, "base": 3, "per_weight": 2, "cap": 10, "bonus": 4 }] }"#;

    fn read_modified(from: &str, to: &str) -> Result<NewReward, String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), GOOD.replace(from, to)).expect("written");
        read_reward_file(file.path()).map_err(|failure| failure.message())
    }

    #[test]
    fn valid_reward_file_is_read() {
        let reward = read_modified("", "").expect("valid");
        assert_eq!((reward.chambers[0].terms.cap, reward.token), (10, None));
    }

    #[test]
    fn invalid_reward_files_are_rejected_by_field() {
        let cases = [
            (r#""unit": 1000"#, r#""unit": 0"#, "unit"),
            (r#""per_weight": 2, "#, "", "or neither"),
            (r#""cap": 10, "#, "", "or neither"),
            (r#""base": 3, "per_weight": 2, "cap": 10, "bonus": 4"#, "", "trailing comma"),
            (r#", "bonus": 4"#, "", "no bonus"),
            (r#""ratification_deadline": 5, "#, "", "needs a ratification_deadline"),
            (r#""ratification_deadline": 5"#, r#""ratification_deadline": 9"#, "must be before"),
            (r#""base": 3"#, r#""base": -3"#, "-3"),
            (r#""base": 3"#, r#""bas": 3"#, "bas"),
            (r#""poll": 1"#, r#""poll": 1, "token": "0x12""#, "string length"),
        ];
        for (from, to, expected) in cases {
            let what = read_modified(from, to).map(drop).expect_err("rejected");
            assert!(what.contains(expected), "{to}: {what}");
        }
    }
}
