//! The report's parts in sentences and sums, for a page and for a terminal alike.

use super::{CommitteeReport, ElectionReport, Outcome, PollReport, RewardReport};

impl ElectionReport {
    /// Describes in a few sentences how ballots were rewarded.
    pub fn describe_reward(&self) -> String {
        let reward = &self.reward;
        let paid = self.polls.iter().find(|poll| poll.poll == reward.poll);
        let option = reward.ratified.and_then(|option| paid.and_then(|poll| poll.options.get(option)));
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
}

impl CommitteeReport {
    /// Describes in one sentence which trustees took part.
    pub fn describe(&self) -> String {
        let trustees = &self.trustees;
        let dealt = trustees.iter().filter(|trustee| trustee.dealt).count();
        let absent = trustees.iter().filter(|trustee| trustee.absent).count();
        let decrypted = trustees.iter().filter(|trustee| trustee.shares > 0).count();
        format!(
            "{} of {} trustees decrypt a total: {dealt} dealt, {absent} were absent at the close, \
             {decrypted} posted decryption shares.",
            self.threshold,
            trustees.len()
        )
    }
}

impl PollReport {
    /// Describes an outcome, with the option's name.
    pub fn describe_outcome(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Decided(option) => match self.options.get(option) {
                Some(name) => format!("Decided: {name}"),
                None => format!("Decided: option {option}"),
            },
            Outcome::Rejected => "Rejected".into(),
            Outcome::Undecided => "Undecided".into(),
            Outcome::Pending => "Pending".into(),
        }
    }

    /// Returns the totals of all chambers together, on chain and in plaintext. None unless there are several
    /// chambers, all have been tallied, and all count in the same unit: weights and members do not add up.
    pub fn combined_totals(&self) -> Option<(Vec<u64>, Vec<u64>)> {
        let first = self.chambers.first()?;
        if self.chambers.len() < 2 || self.chambers.iter().any(|chamber| chamber.weighted != first.weighted) {
            return None;
        }
        let mut sums = (vec![0_u64; self.options.len()], vec![0_u64; self.options.len()]);
        for chamber in &self.chambers {
            let totals = chamber.totals.as_ref()?;
            let pairs = totals.iter().zip(&chamber.plaintext).zip(sums.0.iter_mut().zip(sums.1.iter_mut()));
            for ((total, plaintext), (on_chain, expected)) in pairs {
                *on_chain = on_chain.saturating_add(*total);
                *expected = expected.saturating_add(*plaintext);
            }
        }
        Some(sums)
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
