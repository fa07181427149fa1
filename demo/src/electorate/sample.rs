//! The built-in electorate: invented, deterministic, and small enough for a laptop.

use alloy::primitives::keccak256;
use psephos_protocol::weight::Weight;
use psephos_state::Address;

use super::{CHAMBER_NAMES, Electorate, Voter};

/// Budget of each voter in the quadratic poll, in credits.
pub const QUADRATIC_BUDGET: u16 = 100;

const TITLE: &str = "Should the lab publish the model's weights after the safety review?";
const OPTIONS: [&str; 3] = ["For", "Against", "Abstain"];
/// Number of members of each chamber.
const MEMBERS: [usize; 3] = [18, 16, 26];
/// Maximum weight in each chamber.
const MAX_WEIGHTS: [u64; 3] = [500_000, 40, 25_000];
/// Of ten voters of each chamber, the number for the first option and for the second; the rest abstain.
const OPTION_SHARES: [(u64, u64); 3] = [(7, 2), (4, 5), (6, 3)];

/// Returns sixty voters in three chambers. Accounts, weights and choices are derived from their indices.
pub fn sample_electorate() -> Electorate {
    let mut voters = Vec::new();
    for (chamber, members) in MEMBERS.into_iter().enumerate() {
        for member in 0..members {
            let digest = keccak256(format!("psephos sample voter {chamber} {member}"));
            let number = |from: usize| {
                u64::from(u32::from_be_bytes([digest[from], digest[from + 1], digest[from + 2], digest[from + 3]]))
            };
            let (first, second) = OPTION_SHARES[chamber];
            let option = match number(4) % 10 {
                leaning if leaning < first => 0,
                leaning if leaning < first + second => 1,
                _ => 2,
            };
            let weight = Weight::new(1 + number(0) % MAX_WEIGHTS[chamber]).unwrap_or(Weight::MIN);
            voters.push(Voter { account: Address::from_word(digest), weight, chamber, option });
        }
    }
    Electorate {
        source: "built-in sample".into(),
        division: "invented: 18 researchers, 16 policymakers, 26 members of the public".into(),
        title: TITLE.into(),
        options: OPTIONS.map(str::to_owned).to_vec(),
        chambers: CHAMBER_NAMES.map(str::to_owned).to_vec(),
        voters,
    }
}

/// The quadratic poll's question.
pub(crate) const QUADRATIC_TITLE: &str = "Which safety work should the grant fund?";
/// The quadratic poll's options.
pub(crate) const QUADRATIC_OPTIONS: [&str; 8] = [
    "Interpretability",
    "Evaluations",
    "Red teaming",
    "Robustness",
    "Governance research",
    "Incident reporting",
    "Compute monitoring",
    "Public education",
];

/// The option to which more than half of each chamber's members give credits first.
const FAVOURED_OPTIONS: [usize; 3] = [1, 5, 1];

/// Returns a sample voter's choice in the quadratic poll: credits on one to four options, within the budget.
pub(crate) fn quadratic_choice(voter: &Voter) -> Vec<u64> {
    let digest = keccak256(voter.account);
    let mut left = u64::from(QUADRATIC_BUDGET);
    let mut choice = vec![0; QUADRATIC_OPTIONS.len()];
    let wishes = 1 + usize::from(digest[0] % 4);
    for wish in 0..wishes {
        let favours = wish == 0 && digest[9] % 5 < 3;
        let option =
            if favours { FAVOURED_OPTIONS[voter.chamber] } else { usize::from(digest[1 + 2 * wish]) % choice.len() };
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
    fn sample_is_deterministic_and_satisfies_its_ballot_rules() {
        let electorate = sample_electorate();
        assert_eq!(electorate, sample_electorate());
        assert_eq!(electorate.voters.len(), MEMBERS.iter().sum::<usize>());
        assert_eq!(electorate.plaintext_totals().iter().sum::<u64>(), electorate.total_weight().get());
        for voter in &electorate.voters {
            assert!(voter.weight.get() <= MAX_WEIGHTS[voter.chamber]);
            let spent: u64 = quadratic_choice(voter).iter().map(|value| value * value).sum();
            assert!((1..=u64::from(QUADRATIC_BUDGET)).contains(&spent));
        }
    }
}
