//! A round: one contribution to every circuit.

use psephos_circuits::catalogue::Name;
use psephos_formats::zkey::{self, Contribution, Secret, Transcript};

use super::{Folder, Progress, file_hash, named, open_file, write_new};
use crate::{CeremonyError, beacon, contribute, generator};

/// What was added to a circuit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The circuit.
    pub circuit: Name,
    /// Which contribution, from 1.
    pub number: usize,
    /// Its record.
    pub contribution: Contribution,
    /// BLAKE2b hash of the file that has it.
    pub file_hash: [u8; 64],
    /// Whether it was there already, from a round that was interrupted.
    pub before: bool,
}

/// Where a circuit is.
struct Place<'a> {
    circuit: Name,
    count: usize,
    last: Option<&'a Contribution>,
}

/// What is to be done to all circuits.
struct Round<'a> {
    /// Its number, if some circuits have it already.
    begun: Option<usize>,
    /// Whether a contribution is one of it.
    mine: &'a dyn Fn(&Contribution) -> bool,
    resume: bool,
    /// Whether all circuits have it.
    complete: bool,
}

impl Folder {
    /// Contributes to every circuit that this round is still missing for, each with a secret of its own.
    ///
    /// With `resume`, an interrupted round goes on under the same name, and a complete one is shown again. Without, a contribution that is there already is refused: names prove
    /// nothing, and somebody else may have begun the round under this one.
    ///
    /// # Errors
    /// `Folder` if a round is not finished and this is not meant to finish it, or the beacon is in; as [`contribute()`].
    pub fn contribute(
        &self,
        name: &str,
        entropy: &[u8],
        resume: bool,
        progress: Progress<'_>,
    ) -> Result<Vec<Added>, CeremonyError> {
        let mut rng = generator(entropy);
        let mine = |last: &Contribution| last.secret == Secret::Drawn && last.name.as_deref() == Some(name);
        self.round(&mine, resume, progress, |source, out| contribute(source, out, name, &mut rng))
    }

    /// Ends the ceremony with a beacon, for every circuit that is still without.
    ///
    /// # Errors
    /// `Folder` if nobody has contributed, a round is not finished, or another beacon is in; as [`beacon()`].
    pub fn beacon(&self, value: &[u8], iterations: u8, progress: Progress<'_>) -> Result<Vec<Added>, CeremonyError> {
        let expected = Secret::Beacon { value: value.to_vec(), iterations };
        for circuit in &self.circuits {
            let transcript = self.transcript(*circuit, self.contributions(*circuit)?)?;
            match transcript.contributions.last() {
                None => return Err(CeremonyError::Folder(format!("nobody has contributed to {circuit} yet"))),
                Some(last) if last.secret != Secret::Drawn && last.secret != expected => {
                    return Err(CeremonyError::Folder(format!("{circuit} has another beacon already")));
                }
                Some(_) => {}
            }
        }
        // Its secret is public: whoever began it has done what this would.
        let mine = |last: &Contribution| last.secret == expected;
        self.round(&mine, true, progress, |source, out| beacon(source, out, value, iterations))
    }

    /// `mine` says whether a contribution is one of this round's.
    fn round(
        &self,
        mine: &dyn Fn(&Contribution) -> bool,
        resume: bool,
        progress: Progress<'_>,
        mut extend: impl FnMut(
            std::io::BufReader<std::fs::File>,
            &mut std::io::BufWriter<&std::fs::File>,
        ) -> Result<Contribution, CeremonyError>,
    ) -> Result<Vec<Added>, CeremonyError> {
        let lasts = self.circuits.iter().map(|circuit| self.last(*circuit)).collect::<Result<Vec<_>, _>>()?;
        let most = lasts.iter().map(|(count, _)| *count).max().unwrap_or_default();
        let begun = lasts.iter().any(|(count, _)| *count < most);
        let complete = resume && !begun && lasts.iter().all(|(_, last)| last.as_ref().is_some_and(mine));
        let there = |count: usize| complete || (begun && count == most);
        let round = Round { begun: begun.then_some(most), mine, resume, complete };
        for (circuit, (count, last)) in self.circuits.iter().zip(&lasts) {
            self.may_follow(Place { circuit: *circuit, count: *count, last: last.as_ref() }, &round)?;
        }
        let mut added = Vec::new();
        for (circuit, (count, last)) in self.circuits.iter().zip(lasts) {
            match last.filter(|_| there(count)) {
                Some(contribution) => {
                    let file_hash = file_hash(&self.path(*circuit, count))?;
                    added.push(Added { circuit: *circuit, number: count, contribution, file_hash, before: true });
                }
                None => {
                    let (before, after) = (self.path(*circuit, count), self.path(*circuit, count + 1));
                    let source = open_file(&before)?;
                    let contribution = write_new(&after, |out| extend(source, out)).map_err(|e| named(&before, e))?;
                    let file_hash = file_hash(&after)?;
                    added.push(Added { circuit: *circuit, number: count + 1, contribution, file_hash, before: false });
                }
            }
            progress(*circuit);
        }
        Ok(added)
    }

    /// How many contributions a circuit has, and the last of them.
    fn last(&self, circuit: Name) -> Result<(usize, Option<Contribution>), CeremonyError> {
        let count = self.contributions(circuit)?;
        let transcript = self.transcript(circuit, count)?;
        if transcript.circuit != self.transcript(circuit, 0)?.circuit {
            let path = self.path(circuit, count);
            return Err(CeremonyError::Folder(format!("{} is no key of this ceremony", path.display())));
        }
        Ok((count, transcript.contributions.into_iter().next_back()))
    }

    /// Refuses what must not be built on. `begun`: the number of a round that is not finished.
    fn may_follow(&self, at: Place<'_>, round: &Round<'_>) -> Result<(), CeremonyError> {
        let refuse = |what: String| Err(CeremonyError::Folder(what));
        let Place { circuit, count, last } = at;
        match (round.begun, last) {
            (Some(most), Some(last)) if count == most && !(round.mine)(last) => refuse(format!(
                "round {most} of {:?} is not finished: it goes on under that name, or its files of this round are deleted",
                last.name.as_deref().unwrap_or("the beacon")
            )),
            (Some(most), _) if count == most && !round.resume => refuse(format!(
                "{} is there already: go on with --resume if you made it, else delete it",
                self.path(circuit, most).display()
            )),
            (Some(most), _) if count + 1 < most => {
                refuse(format!("{circuit} is {} rounds behind the others", most - count))
            }
            (begun, Some(last)) if last.secret != Secret::Drawn && !round.complete && begun != Some(count) => {
                refuse(format!("the ceremony of {circuit} has ended with its beacon"))
            }
            _ => Ok(()),
        }
    }

    /// The transcript of a circuit after so many contributions, of which its file must have as many.
    pub(super) fn transcript(&self, circuit: Name, count: usize) -> Result<Transcript, CeremonyError> {
        let path = self.path(circuit, count);
        let read = || zkey::transcript(&mut zkey::open(open_file(&path)?)?).map_err(CeremonyError::from);
        let transcript = read().map_err(|error| named(&path, error))?;
        match transcript.contributions.len() == count {
            true => Ok(transcript),
            false => Err(CeremonyError::Folder(format!(
                "{} has {} contributions, its name says {count}",
                path.display(),
                transcript.contributions.len()
            ))),
        }
    }
}
