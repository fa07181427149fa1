//! Conversions between the ABI structs of sheet polls and the types of the state.

use alloy_primitives::{
    Address, Bytes, U256,
    aliases::{U24, U40},
};
use psephos_protocol::{
    Fr,
    constants::AXIS_BYTES_PER_WORD,
    elements::PilotHash,
    identifiers::{ChamberId, CommitteeId},
    sheet::{Form, FormKind, FormWords},
};

use super::{AdoptionTerms, SheetChamberRule, SheetParameters, SheetState};
use crate::{bindings::ISheets, poll::Cancellation, words};

impl From<ISheets::SheetParameters> for SheetParameters {
    fn from(parameters: ISheets::SheetParameters) -> Self {
        let form = read_form(&parameters.form, parameters.size.into());
        Self {
            proposal: parameters.proposal,
            metadata: parameters.metadata,
            agenda: parameters.agenda.0,
            form,
            size: parameters.size.into(),
            chambers: parameters.chambers.iter().map(SheetChamberRule::from).collect(),
            adoption: AdoptionTerms::from_contract(&parameters.adoption),
            committee: CommitteeId::new(parameters.committee),
            cancellation: (parameters.canceller != Address::ZERO)
                .then_some(Cancellation { canceller: parameters.canceller, deadline: parameters.cancelDeadline }),
            opens_at: parameters.opensAt,
            closes_at: parameters.closesAt,
            tally_deadline: parameters.tallyDeadline,
        }
    }
}

impl From<&ISheets::SheetChamber> for SheetChamberRule {
    fn from(rule: &ISheets::SheetChamber) -> Self {
        Self { chamber: ChamberId::new(rule.chamber), min_ballots: rule.minBallots, least_camp: rule.leastCamp }
    }
}

impl From<SheetChamberRule> for ISheets::SheetChamber {
    fn from(rule: SheetChamberRule) -> Self {
        Self { chamber: rule.chamber.get(), minBallots: rule.min_ballots, leastCamp: rule.least_camp }
    }
}

impl AdoptionTerms {
    /// Reads a rule of adoption; `None` for the contract's way to say that there is none, all zeros.
    pub fn from_contract(rule: &ISheets::AdoptionRule) -> Option<Self> {
        let ISheets::AdoptionRule { theta, quorum, required } = *rule;
        ((theta, quorum, required) != (0, 0, 0)).then_some(Self { theta, quorum, required })
    }

    /// Returns the contract's words of a rule of adoption, or of none.
    pub fn to_contract(terms: Option<Self>) -> ISheets::AdoptionRule {
        let Self { theta, quorum, required } = terms.unwrap_or(Self { theta: 0, quorum: 0, required: 0 });
        ISheets::AdoptionRule { theta, quorum, required }
    }
}

impl SheetState {
    /// Returns the state in which a sheet poll has ended; `None` for a contract's state that is not final.
    pub fn from_final(state: ISheets::State) -> Option<Self> {
        match state {
            ISheets::State::Finished => Some(Self::Finished),
            ISheets::State::Undecided => Some(Self::Undecided),
            ISheets::State::Cancelled => Some(Self::Cancelled),
            _ => None,
        }
    }
}

impl From<&Form> for ISheets::Form {
    fn from(form: &Form) -> Self {
        let (kind, exact, lasts) = match form.kind() {
            FormKind::Statements { .. } => (ISheets::Kind::Statements, false, 0),
            FormKind::Groups { lasts, exact } => (ISheets::Kind::Groups, *exact, *lasts),
            FormKind::Ranking { .. } => (ISheets::Kind::Ranking, false, 0),
            FormKind::Approval { .. } => (ISheets::Kind::Approval, false, 0),
        };
        let words = form.to_words();
        Self {
            kind,
            exact,
            // A sheet has at most 40 cells.
            count: u8::try_from(form.count()).unwrap_or(u8::MAX),
            lasts: U40::from(lasts),
            camps: form.axis().is_some(),
            axis: Bytes::from(form.axis_bytes()),
            threshold: U24::from(words.threshold),
            pilot: words::from_field(&words.pilot),
            lot: U256::ZERO,
        }
    }
}

/// Reads a form from a contract's struct.
fn read_form(form: &ISheets::Form, size: usize) -> Result<Form, String> {
    let pilot: PilotHash = words::to_field(form.pilot).map_err(|error| error.to_string())?;
    if form.lot != U256::ZERO {
        return Err("the form has a lot, which is reserved".to_owned());
    }
    let axis = form.axis.chunks(AXIS_BYTES_PER_WORD).map(read_axis_word).collect::<Result<Vec<Fr>, _>>()?;
    let given = FormWords { shape: shape(form)?, threshold: form.threshold.to::<u32>(), pilot, axis };
    Form::from_words(size, &given).map_err(|error| error.to_string())
}

/// Returns up to 31 bytes, the first one lowest, as a field element.
fn read_axis_word(bytes: &[u8]) -> Result<Fr, String> {
    let mut word = [0; 32];
    for (target, byte) in word.iter_mut().rev().zip(bytes) {
        *target = *byte;
    }
    psephos_protocol::field::from_bytes(&word).map_err(|error| error.to_string())
}

/// Returns the shape of a contract's form, as `SheetForm.shape` does.
fn shape(form: &ISheets::Form) -> Result<u128, String> {
    let kind = match form.kind {
        ISheets::Kind::Statements => 0,
        ISheets::Kind::Groups => 1 << 80,
        ISheets::Kind::Ranking => 1 << 82,
        ISheets::Kind::Approval => 1 << 83,
        ISheets::Kind::__Invalid => return Err("the form is of a kind that this program does not know".to_owned()),
    };
    let used = (1u128 << form.count.min(64)) - 1;
    let marks = u128::from(form.lasts.to::<u64>()) << 40;
    Ok(used | marks | kind | u128::from(form.exact) << 81 | u128::from(form.camps) << 84)
}

#[cfg(test)]
mod tests {
    use psephos_protocol::{constants::CAMP_THRESHOLD_OFFSET, sheet::Axis};

    use super::*;

    fn all_forms() -> Vec<Form> {
        let axis = Axis {
            weights: vec![[7, -128], [127, 0], [-3, 4]],
            threshold: -5,
            pilot: psephos_protocol::sheet::hash_pilot(b"a pilot"),
        };
        vec![
            Form::new(16, 3, FormKind::Statements { camps: Some(axis.clone()) }).unwrap(),
            Form::new(40, 3, FormKind::Statements { camps: Some(axis) }).unwrap(),
            Form::new(40, 40, FormKind::Statements { camps: None }).unwrap(),
            Form::new(16, 5, FormKind::Groups { lasts: 0b10010, exact: true }).unwrap(),
            Form::ranking(16, 6).unwrap(),
            Form::new(40, 2, FormKind::Approval { costs: vec![300, 65_535], budget: 1_000 }).unwrap(),
        ]
    }

    #[test]
    fn every_kind_of_form_converts_there_and_back() {
        for form in all_forms() {
            assert_eq!(read_form(&ISheets::Form::from(&form), form.size()), Ok(form));
        }
    }

    #[test]
    fn forms_that_the_contract_refuses_are_not_read() {
        let valid = || ISheets::Form::from(&all_forms()[2]);
        assert_eq!(valid().threshold.to::<u32>(), CAMP_THRESHOLD_OFFSET);
        let with_lot = ISheets::Form { lot: U256::from(1), ..valid() };
        let with_kind = ISheets::Form { kind: ISheets::Kind::__Invalid, ..valid() };
        let with_count = ISheets::Form { count: 41, ..valid() };
        let with_mark = ISheets::Form { lasts: U40::from(1), ..valid() };
        let with_pilot = ISheets::Form { pilot: U256::from(1), ..valid() };
        let with_axis = ISheets::Form { axis: vec![0x80; 79].into(), ..valid() };
        for form in [with_lot, with_kind, with_count, with_mark, with_pilot, with_axis] {
            assert!(read_form(&form, 40).is_err(), "{form:?}");
        }
    }

    #[test]
    fn no_rule_of_adoption_is_all_zeros() {
        assert_eq!(AdoptionTerms::from_contract(&AdoptionTerms::to_contract(None)), None);
        let terms = AdoptionTerms { theta: 8_500, quorum: 0, required: 1 };
        assert_eq!(AdoptionTerms::from_contract(&AdoptionTerms::to_contract(Some(terms))), Some(terms));
    }
}
