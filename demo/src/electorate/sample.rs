//! The built-in electorate: made up, the same every time, and small enough for a laptop.

use alloy::primitives::keccak256;
use psephos_state::Address;

use super::{CHAMBERS, Electorate, Voter};

/// Credits of each voter in the quadratic poll.
pub const QUADRATIC_BUDGET: u16 = 100;

const TITLE: &str = "Should the lab publish the model's weights after the safety review?";
const OPTIONS: [&str; 3] = ["For", "Against", "Abstain"];
/// Members of each chamber.
const MEMBERS: [usize; 3] = [18, 16, 26];
/// The heaviest weight of each chamber.
const HEAVIEST: [u64; 3] = [500_000, 40, 25_000];
/// Of ten voters of each chamber, how many are for the first option, how many for the second; the rest abstain.
const LEANING: [(u64, u64); 3] = [(7, 2), (4, 5), (6, 3)];

/// Sixty voters in three chambers. Accounts, weights and choices follow from their numbers.
pub fn sample_electorate() -> Electorate {
    let mut voters = Vec::new();
    for (chamber, members) in MEMBERS.into_iter().enumerate() {
        for member in 0..members {
            let digest = keccak256(format!("psephos sample voter {chamber} {member}"));
            let number = |from: usize| {
                u64::from(u32::from_be_bytes([digest[from], digest[from + 1], digest[from + 2], digest[from + 3]]))
            };
            let (first, second) = LEANING[chamber];
            let option = match number(4) % 10 {
                leaning if leaning < first => 0,
                leaning if leaning < first + second => 1,
                _ => 2,
            };
            let weight = 1 + number(0) % HEAVIEST[chamber];
            voters.push(Voter { account: Address::from_word(digest), weight, chamber, option });
        }
    }
    Electorate {
        source: "built-in sample".into(),
        division: "made up: 18 researchers, 16 policymakers, 26 members of the public".into(),
        title: TITLE.into(),
        options: OPTIONS.map(str::to_owned).to_vec(),
        chambers: CHAMBERS.map(str::to_owned).to_vec(),
        voters,
    }
}

/// The second poll's question.
pub(crate) const SECOND_TITLE: &str = "Which safety work should the grant fund?";
/// The second poll's options.
pub(crate) const SECOND_OPTIONS: [&str; 8] = [
    "Interpretability",
    "Evaluations",
    "Red teaming",
    "Robustness",
    "Governance research",
    "Incident reporting",
    "Compute monitoring",
    "Public education",
];

/// The option that more than half of each chamber's members put first.
const FAVOURITE: [usize; 3] = [1, 5, 1];

/// How a voter of the sample spends its credits in the second poll: between one and four options, never more than the budget.
pub(crate) fn quadratic_choice(voter: &Voter) -> Vec<u64> {
    let digest = keccak256(voter.account);
    let mut left = u64::from(QUADRATIC_BUDGET);
    let mut choice = vec![0; SECOND_OPTIONS.len()];
    let wishes = 1 + usize::from(digest[0] % 4);
    for wish in 0..wishes {
        let favours = wish == 0 && digest[9] % 5 < 3;
        let option = if favours { FAVOURITE[voter.chamber] } else { usize::from(digest[1 + 2 * wish]) % choice.len() };
        let value = (1 + u64::from(digest[2 + 2 * wish]) % 7).min(left.isqrt());
        if choice[option] == 0 {
            choice[option] = value;
            left -= value * value;
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_the_same_every_time_and_fits_the_rules() {
        let electorate = sample_electorate();
        assert_eq!(electorate, sample_electorate());
        assert_eq!(electorate.voters.len(), MEMBERS.iter().sum::<usize>());
        assert_eq!(electorate.plaintext_totals().iter().sum::<u64>(), electorate.total_weight());
        for voter in &electorate.voters {
            assert!(voter.weight >= 1 && voter.weight <= HEAVIEST[voter.chamber]);
            let spent: u64 = quadratic_choice(voter).iter().map(|value| value * value).sum();
            assert!((1..=u64::from(QUADRATIC_BUDGET)).contains(&spent));
        }
    }
}
