//! The report's parts in sentences and sums, for a page and for a terminal alike.

use super::{ElectionReport, PollReport, RewardReport};

impl ElectionReport {
    /// Describes in a few sentences how ballots were rewarded.
    pub fn describe_reward(&self) -> String {
        let reward = &self.reward;
        let paid = self.polls.iter().find(|poll| poll.public.poll == reward.poll);
        let option = reward.ratified.and_then(|option| paid.and_then(|poll| poll.public.options.get(option)));
        let bonus = match option {
            Some(option) => {
                format!("poll {} found \"{option}\" beneficial, which earned {} more", reward.ratified_by, reward.bonus)
            }
            None => "no option was found beneficial".into(),
        };
        format!(
            "Every ballot of poll {} was paid {} units; {bonus}. {} notes were sealed in {} note batches, {} claims paid, \
             {} with the bonus; {:.2} s per proof.",
            reward.poll,
            reward.base,
            reward.sealed,
            reward.batches,
            reward.claims,
            reward.bonuses,
            reward.seconds_per_proof
        )
    }

    /// Describes how many trustees were absent.
    pub fn describe_absence(&self) -> String {
        format!("{} were absent at the close.", self.absent)
    }
}

impl PollReport {
    /// Returns the plaintext count of all chambers together.
    pub fn combined_plaintext(&self) -> Vec<u64> {
        let option = |option: usize| self.plaintext.iter().filter_map(|counts| counts.get(option)).sum();
        (0..self.public.options.len()).map(option).collect()
    }
}

impl RewardReport {
    /// Returns the entries of the pool's books, in units.
    pub fn books(&self) -> [(&'static str, u64); 5] {
        [
            ("funded", self.funded),
            ("paid by claims, fees included", self.paid),
            ("due by the votes", self.plaintext),
            ("back to the DAO", self.withdrawn),
            ("left", self.left),
        ]
    }
}
