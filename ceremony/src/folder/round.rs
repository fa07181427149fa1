//! A round: one contribution to every circuit.

use psephos_circuits::catalogue::Name;
use psephos_prover::iden3::zkey::{self, Contribution, Secret, Transcript};

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

impl Folder {
    /// Contributes to every circuit that this round is still missing for, each with a secret of its own.
    ///
    /// With `resume`, an interrupted round goes on under the same name. Without, a contribution that is there already is refused: names prove
    /// nothing, and somebody else may have begun the round under this one.
    ///
    /// # Errors
    /// `Folder` if a round is not finished and this is not meant to finish it, or the beacon is in; as [`contribute`].
    pub fn contribute(
        &self,
        name: &str,
        entropy: &[u8],
        resume: bool,
        progress: Progress<'_>,
    ) -> Result<Vec<Added>, CeremonyError> {
        let mut rng = generator(entropy);
        self.round(Some(name), resume, progress, |source, out| contribute(source, out, name, &mut rng))
    }

    /// Ends the ceremony with a beacon, for every circuit that is still without.
    ///
    /// # Errors
    /// `Folder` if nobody has contributed, a round is not finished, or another beacon is in; as [`beacon`].
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
        self.round(None, true, progress, |source, out| beacon(source, out, value, iterations))
    }

    /// `name`: the contributor's, or `None` for a beacon.
    fn round(
        &self,
        name: Option<&str>,
        resume: bool,
        progress: Progress<'_>,
        mut extend: impl FnMut(
            std::io::BufReader<std::fs::File>,
            &mut std::io::BufWriter<&std::fs::File>,
        ) -> Result<Contribution, CeremonyError>,
    ) -> Result<Vec<Added>, CeremonyError> {
        let counts = self.circuits.iter().map(|circuit| self.contributions(*circuit)).collect::<Result<Vec<_>, _>>()?;
        let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
        for (circuit, count) in self.circuits.iter().zip(&counts) {
            self.may_follow(*circuit, *count, (least < most).then_some(most), name)?;
            if least < most && *count == most && !resume {
                return Err(CeremonyError::Folder(format!(
                    "{} is there already: go on with --resume if you made it, else delete it",
                    self.path(*circuit, most).display()
                )));
            }
        }
        let mut added = Vec::new();
        for (circuit, count) in self.circuits.iter().zip(counts) {
            // Somebody began this round already: it is finished, and no other begun.
            if least == most || count < most {
                let (before, after) = (self.path(*circuit, count), self.path(*circuit, count + 1));
                let source = open_file(&before)?;
                let contribution = write_new(&after, |out| extend(source, out)).map_err(|e| named(&before, e))?;
                let file_hash = file_hash(&after)?;
                added.push(Added { circuit: *circuit, number: count + 1, contribution, file_hash, before: false });
            } else if let Some(contribution) = self.transcript(*circuit, count)?.contributions.pop() {
                let file_hash = file_hash(&self.path(*circuit, count))?;
                added.push(Added { circuit: *circuit, number: count, contribution, file_hash, before: true });
            }
            progress(*circuit);
        }
        Ok(added)
    }

    fn may_follow(
        &self,
        circuit: Name,
        count: usize,
        unfinished: Option<usize>,
        name: Option<&str>,
    ) -> Result<(), CeremonyError> {
        let refuse = |what: String| Err(CeremonyError::Folder(what));
        let transcript = self.transcript(circuit, count)?;
        if transcript.circuit != self.transcript(circuit, 0)?.circuit {
            return refuse(format!("{} is no key of this ceremony", self.path(circuit, count).display()));
        }
        let Some(last) = transcript.contributions.last() else { return Ok(()) };
        match unfinished {
            Some(round) if count == round && last.name.as_deref() != name => refuse(format!(
                "round {round} of {:?} is not finished: it goes on under that name, or its files of this round are deleted",
                last.name.as_deref().unwrap_or("the beacon")
            )),
            Some(round) if count + 1 < round => {
                refuse(format!("{circuit} is {} rounds behind the others", round - count))
            }
            _ if last.secret != Secret::Drawn && unfinished.is_none_or(|round| count < round) => {
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
