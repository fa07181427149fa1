//! Events of the committees contract.

use alloy_primitives::U256;
use psephos_protocol::{
    Fr, Point,
    committee::{KeyVector, PolynomialCommitments, TransportKey},
    constants::COMMITTEE_KEYS,
    statement::dealing::EncryptedShare,
};

use super::context::{InvalidEvent, Outcome};
use crate::{
    bindings::ICommittee::ICommitteeEvents,
    chain_state::ChainState,
    committee::{Committee, Dealing, Registration},
    words::{self, Provenance},
};

impl ChainState {
    pub(super) fn apply_committee_event(&mut self, event: ICommitteeEvents, source: Provenance) -> Outcome {
        use ICommitteeEvents as Event;
        match event {
            Event::CommitteeCreated(event) => {
                let id = words::to_committee(event.committee)?;
                let created = Committee {
                    trustees: event.trustees,
                    threshold: words::to_u64(event.threshold)?,
                    registration_deadline: event.registrationDeadline,
                    dealing_deadline: event.dealingDeadline,
                    lifetime: event.lifetime.into(),
                    replaces: None,
                    registrations: Vec::new(),
                    dealings: Vec::new(),
                    gathered: 0,
                    keys: None,
                    retired: false,
                    retired_trustees: Vec::new(),
                };
                if self.committees.insert(id, created).is_some() {
                    return Err(format!("committee {id} is created twice").into());
                }
            }
            Event::CommitteeReplaces(event) => {
                let old = words::to_committee(event.old)?;
                self.committee_mut(event.committee)?.replaces = Some(old);
            }
            Event::TrusteeRegistered(event) => {
                let [point] = points(&event.key, source)?;
                let registration = Registration {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    key: TransportKey::new(point).map_err(|error| error.to_string())?,
                    challenge: event.challenge,
                    response: event.response,
                };
                self.committee_mut(event.committee)?.add_registration(registration)?;
            }
            Event::Dealt(event) => {
                let [ephemeral] = points(&event.ephemeral, source)?;
                let commitments = PolynomialCommitments::new(words::to_points_from(&event.commitments, source)?);
                let dealing = Dealing {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    ephemeral,
                    commitments: commitments.map_err(|error| error.to_string())?,
                    shares: encrypted_shares(&event.shares)?,
                    h: words::to_field(event.h)?,
                    proof: event.proof,
                };
                self.committee_mut(event.committee)?.add_dealing(dealing)?;
            }
            Event::DealingsGathered(event) => {
                self.committee_mut(event.committee)?.gathered = words::to_u64(event.dealings)? as usize;
            }
            Event::CommitteeReady(event) => {
                let keys = key_vector(&event.keys, source)?;
                self.committee_mut(event.committee)?.set_keys(keys)?;
            }
            Event::CommitteeRetired(event) => self.committee_mut(event.committee)?.retired = true,
            Event::TrusteeRetired(event) => {
                let index = words::to_u64(event.index)?;
                self.committee_mut(event.committee)?.retire_trustee(event.trustee, index)?;
            }
        }
        Ok(())
    }

    fn committee_mut(&mut self, id: U256) -> Result<&mut Committee, InvalidEvent> {
        let id = words::to_committee(id)?;
        self.committees.get_mut(&id).ok_or_else(|| format!("committee {id} was never created").into())
    }
}

fn key_vector(coordinates: &[U256; 16], source: Provenance) -> Result<KeyVector, InvalidEvent> {
    Ok(KeyVector::new(points(coordinates, source)?).map_err(|error| error.to_string())?)
}

fn points<const N: usize>(coordinates: &[U256], source: Provenance) -> Result<[Point; N], InvalidEvent> {
    let points = words::to_points_from(coordinates, source)?;
    Ok(points.try_into().map_err(|points: Vec<Point>| format!("expected {N} points, got {}", points.len()))?)
}

/// Decodes eight words for each trustee.
fn encrypted_shares(list: &[U256]) -> Result<Vec<EncryptedShare>, InvalidEvent> {
    let (shares, []) = list.as_chunks::<COMMITTEE_KEYS>() else {
        return Err(format!("{} words are no encrypted shares of {COMMITTEE_KEYS} words", list.len()).into());
    };
    let mut read = Vec::with_capacity(shares.len());
    for share in shares {
        let mut elements = [Fr::default(); COMMITTEE_KEYS];
        for (element, word) in elements.iter_mut().zip(share) {
            *element = words::to_field(*word)?;
        }
        read.push(EncryptedShare::new(elements));
    }
    Ok(read)
}
