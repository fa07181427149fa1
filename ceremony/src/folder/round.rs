//! Rounds: one contribution to every circuit.

use psephos_circuits::catalogue::Name;
use psephos_formats::zkey::{self, Contribution, FactorSource, Transcript};

use super::{Folder, Progress, file_hash, open_file, with_path, write_new};
use crate::{CeremonyError, contribute, contribute_beacon, seed_generator};

/// A contribution that was added to a circuit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedContribution {
    /// The circuit.
    pub circuit: Name,
    /// Number of the contribution, from 1.
    pub number: usize,
    /// Its record.
    pub contribution: Contribution,
    /// BLAKE2b hash of the file that contains it.
    pub file_hash: [u8; 64],
    /// Whether it existed already, from an interrupted round.
    pub before: bool,
}

/// The progress of one circuit.
struct CircuitProgress<'a> {
    circuit: Name,
    count: usize,
    last: Option<&'a Contribution>,
}

/// A round over all circuits.
struct Round<'a> {
    /// Its number, if some circuits have it already.
    begun: Option<usize>,
    /// Whether a contribution belongs to this round.
    mine: &'a dyn Fn(&Contribution) -> bool,
    resume: bool,
    /// Whether all circuits have it.
    complete: bool,
}

impl Folder {
    /// Contributes to every circuit that lacks this round, each with a secret of its own.
    ///
    /// With `resume`, an interrupted round continues under the same name, and a complete one is returned again. Without
    /// it, an existing contribution is an error: names prove nothing, and another party may have started the round
    /// under this name.
    ///
    /// # Errors
    /// Returns `Folder` if a round is unfinished and this call does not resume it, or if the ceremony has its beacon;
    /// otherwise as [`contribute()`].
    pub fn contribute(
        &self,
        name: &str,
        entropy: &[u8],
        resume: bool,
        progress: Progress<'_>,
    ) -> Result<Vec<AddedContribution>, CeremonyError> {
        let mut rng = seed_generator(entropy);
        let mine = |last: &Contribution| last.secret == FactorSource::Drawn && last.name.as_deref() == Some(name);
        self.add_round(&mine, resume, progress, |source, out| contribute(source, out, name, &mut rng))
    }

    /// Ends the ceremony with a beacon, for every circuit that has none yet.
    ///
    /// # Errors
    /// Returns `Folder` if there is no contribution, a round is unfinished, or there is another beacon; otherwise as
    /// [`contribute_beacon`].
    pub fn add_beacon(
        &self,
        value: &[u8],
        iterations: u8,
        progress: Progress<'_>,
    ) -> Result<Vec<AddedContribution>, CeremonyError> {
        let expected = FactorSource::Beacon { value: value.to_vec(), iterations };
        for circuit in &self.circuits {
            let transcript = self.read_transcript(*circuit, self.count_contributions(*circuit)?)?;
            match transcript.contributions.last() {
                None => return Err(CeremonyError::Folder(format!("no one has contributed to {circuit} yet"))),
                Some(last) if last.secret != FactorSource::Drawn && last.secret != expected => {
                    return Err(CeremonyError::Folder(format!("{circuit} has another beacon already")));
                }
                Some(_) => {}
            }
        }
        // Its secret is public: any party that started this round has done what this call would do.
        let mine = |last: &Contribution| last.secret == expected;
        self.add_round(&mine, true, progress, |source, out| contribute_beacon(source, out, value, iterations))
    }

    /// Adds a round. `mine` decides whether an existing contribution belongs to it.
    fn add_round(
        &self,
        mine: &dyn Fn(&Contribution) -> bool,
        resume: bool,
        progress: Progress<'_>,
        mut extend: impl FnMut(
            std::io::BufReader<std::fs::File>,
            &mut std::io::BufWriter<&std::fs::File>,
        ) -> Result<Contribution, CeremonyError>,
    ) -> Result<Vec<AddedContribution>, CeremonyError> {
        let lasts =
            self.circuits.iter().map(|circuit| self.last_contribution(*circuit)).collect::<Result<Vec<_>, _>>()?;
        let most = lasts.iter().map(|(count, _)| *count).max().unwrap_or_default();
        let begun = lasts.iter().any(|(count, _)| *count < most);
        let complete = resume && !begun && lasts.iter().all(|(_, last)| last.as_ref().is_some_and(mine));
        let there = |count: usize| complete || (begun && count == most);
        let round = Round { begun: begun.then_some(most), mine, resume, complete };
        for (circuit, (count, last)) in self.circuits.iter().zip(&lasts) {
            self.check_may_follow(CircuitProgress { circuit: *circuit, count: *count, last: last.as_ref() }, &round)?;
        }
        let mut added = Vec::new();
        for (circuit, (count, last)) in self.circuits.iter().zip(lasts) {
            match last.filter(|_| there(count)) {
                Some(contribution) => {
                    let file_hash = file_hash(&self.zkey_path(*circuit, count))?;
                    added.push(AddedContribution {
                        circuit: *circuit,
                        number: count,
                        contribution,
                        file_hash,
                        before: true,
                    });
                }
                None => {
                    let (before, after) = (self.zkey_path(*circuit, count), self.zkey_path(*circuit, count + 1));
                    let source = open_file(&before)?;
                    let contribution =
                        write_new(&after, |out| extend(source, out)).map_err(|e| with_path(&before, e))?;
                    let file_hash = file_hash(&after)?;
                    added.push(AddedContribution {
                        circuit: *circuit,
                        number: count + 1,
                        contribution,
                        file_hash,
                        before: false,
                    });
                }
            }
            progress(*circuit);
        }
        Ok(added)
    }

    /// Returns the number of a circuit's contributions, and the last of them.
    fn last_contribution(&self, circuit: Name) -> Result<(usize, Option<Contribution>), CeremonyError> {
        let count = self.count_contributions(circuit)?;
        let transcript = self.read_transcript(circuit, count)?;
        if transcript.circuit != self.read_transcript(circuit, 0)?.circuit {
            let path = self.zkey_path(circuit, count);
            return Err(CeremonyError::Folder(format!("{} is not a key of this ceremony", path.display())));
        }
        Ok((count, transcript.contributions.into_iter().next_back()))
    }

    /// Checks that a circuit may be extended in this round.
    fn check_may_follow(&self, at: CircuitProgress<'_>, round: &Round<'_>) -> Result<(), CeremonyError> {
        let refuse = |what: String| Err(CeremonyError::Folder(what));
        let CircuitProgress { circuit, count, last } = at;
        match (round.begun, last) {
            (Some(most), Some(last)) if count == most && !(round.mine)(last) => refuse(format!(
                "round {most} of {:?} is not finished: resume it under that name, or delete its files of this round",
                last.name.as_deref().unwrap_or("the beacon")
            )),
            (Some(most), _) if count == most && !round.resume => refuse(format!(
                "{} exists already: continue with --resume if you made it, otherwise delete it",
                self.zkey_path(circuit, most).display()
            )),
            (Some(most), _) if count + 1 < most => {
                refuse(format!("{circuit} is {} rounds behind the others: add its missing files", most - count))
            }
            (begun, Some(last)) if last.secret != FactorSource::Drawn && !round.complete && begun != Some(count) => {
                refuse(format!("the ceremony of {circuit} has already ended with a beacon"))
            }
            _ => Ok(()),
        }
    }

    /// Reads the transcript of a circuit after `count` contributions; its file must contain exactly that number.
    pub(super) fn read_transcript(&self, circuit: Name, count: usize) -> Result<Transcript, CeremonyError> {
        let path = self.zkey_path(circuit, count);
        let read = || zkey::read_transcript(&mut zkey::open_zkey(open_file(&path)?)?).map_err(CeremonyError::from);
        let transcript = read().map_err(|error| with_path(&path, error))?;
        match transcript.contributions.len() == count {
            true => Ok(transcript),
            false => Err(CeremonyError::Folder(format!(
                "{} has {} contributions, its name states {count}",
                path.display(),
                transcript.contributions.len()
            ))),
        }
    }
}
