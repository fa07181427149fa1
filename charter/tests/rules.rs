//! Rules and hashes of charters against `vectors/charter-*.json`, which the contracts' tests read too.

use psephos_charter::{
    agenda::hash_texts,
    charter::{Charter, CharterTerms, Principle, prove_principle, verify_principle},
    hash::Hash32,
    mechanisms::{
        ChamberMask, copeland::decide_ranking, median, profile::Profile, requirements, sunset, top::TopError,
        top::TopRule, top::choose_top,
    },
    outcome::{AdoptionRule, Cell, ChamberTotals, GroupTotals, Outcome, decide_outcomes},
};
use psephos_protocol::decision::{ChamberChoice, Decision, DecisionKind};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

const ADOPTION: &str = include_str!("../../vectors/charter-adoption.json");
const RULES: &str = include_str!("../../vectors/charter-rules.json");
const MASKS: &str = include_str!("../../vectors/charter-masks.json");
const HASHES: &str = include_str!("../../vectors/charter-hashes.json");
/// Stand for "no option" and "pending" in the vectors.
const NONE: usize = 100;
const PENDING: usize = 101;

fn read<T: DeserializeOwned>(file: &str, name: &str) -> Vec<T> {
    let vectors: Value = serde_json::from_str(file).expect("vectors are JSON");
    serde_json::from_value(vectors[name].clone()).expect("vectors have the form")
}

#[derive(Deserialize)]
struct Adoption {
    camps: bool,
    count: usize,
    theta: u16,
    quorum: u32,
    required: u16,
    cells: Vec<Vec<u64>>,
    adopted: u64,
    contested: u64,
    unheard: u64,
}

#[test]
fn outcomes_equal_vectors() {
    let cases: Vec<Adoption> = read(ADOPTION, "adoption");
    assert!(cases.len() >= 40);
    for case in cases {
        let totals = |counters: &Vec<u64>| {
            let group = |first: usize| {
                let cells = counters.chunks(4).map(|cell| Cell { agrees: cell[first], disagrees: cell[first + 1] });
                GroupTotals::new(1_000, cells.collect()).unwrap()
            };
            ChamberTotals::new(if case.camps { vec![group(0), group(2)] } else { vec![group(0)] }).unwrap()
        };
        let chambers: Vec<ChamberTotals> = case.cells.iter().map(totals).collect();
        assert_eq!(chambers[0].statements(), case.count);
        let rule = AdoptionRule::new(case.theta, case.quorum, ChamberMask::from_bits(case.required)).unwrap();
        let outcomes = decide_outcomes(&rule, &chambers).unwrap();
        let mask = |wanted| {
            outcomes.iter().enumerate().fold(0, |mask, (j, outcome)| mask | u64::from(*outcome == wanted) << j)
        };
        let masks = (mask(Outcome::Adopted), mask(Outcome::Contested), mask(Outcome::Unheard));
        assert_eq!(masks, (case.adopted, case.contested, case.unheard));
    }
}

#[derive(Deserialize)]
struct RuleCase {
    theta: u16,
    required: u16,
    chambers: usize,
    valid: bool,
}

#[test]
fn rules_of_adoption_are_refused_as_vectors_say() {
    for case in read::<RuleCase>(ADOPTION, "adoption_rules") {
        let cell = Cell { agrees: 1, disagrees: 0 };
        let chamber = ChamberTotals::new(vec![GroupTotals::new(1, vec![cell]).unwrap()]).unwrap();
        let rule = AdoptionRule::new(case.theta, 0, ChamberMask::from_bits(case.required));
        let is_valid = rule.is_ok_and(|rule| decide_outcomes(&rule, &vec![chamber; case.chambers]).is_ok());
        assert_eq!(is_valid, case.valid, "{} {} {}", case.theta, case.required, case.chambers);
    }
}

#[derive(Deserialize)]
struct Top {
    totals: Vec<u64>,
    whole: u64,
    places: usize,
    least_bps: u16,
    tie: bool,
    valid: bool,
    winners: Vec<usize>,
}

#[test]
fn highest_totals_equal_vectors() {
    for case in read::<Top>(RULES, "top") {
        let rule = TopRule { seats: case.places, threshold_bps: case.least_bps };
        let chosen = choose_top(rule, &case.totals, case.whole);
        assert_eq!(chosen.is_ok(), case.valid);
        match chosen {
            Ok(winners) => assert_eq!(winners, case.winners),
            Err(TopError::Tie { .. }) => assert!(case.tie),
            Err(_) => assert!(case.places == 0 || case.least_bps > 10_000),
        }
    }
}

#[derive(Deserialize)]
struct Medians {
    chambers: Vec<Vec<u64>>,
    valid: bool,
    medians: Vec<usize>,
    bucket: usize,
}

#[test]
fn medians_equal_vectors() {
    for case in read::<Medians>(RULES, "medians") {
        let bucket = median::find_median_of_chambers(case.chambers.iter().map(Vec::as_slice));
        assert_eq!(bucket, case.valid.then_some(case.bucket));
        if case.valid {
            let each: Option<Vec<usize>> = case.chambers.iter().map(|totals| median::find_median(totals)).collect();
            assert_eq!(each, Some(case.medians));
        }
    }
}

#[derive(Deserialize)]
struct Ranking {
    before: Vec<u64>,
    behind: Vec<u64>,
    scores: Vec<u64>,
    support: Vec<u128>,
    order: Vec<usize>,
    unique: bool,
}

#[test]
fn copeland_equals_vectors() {
    for case in read::<Ranking>(RULES, "copeland") {
        let pairs = case.before.iter().zip(&case.behind);
        let pairs: Vec<Cell> =
            pairs.map(|(agrees, disagrees)| Cell { agrees: *agrees, disagrees: *disagrees }).collect();
        let result = decide_ranking(&pairs).unwrap();
        assert_eq!(result.order(), case.order);
        assert_eq!(result.winner, case.unique.then_some(case.order[0]));
        assert_eq!((result.scores, result.support), (case.scores, case.support));
    }
}

#[derive(Deserialize)]
struct Masks {
    motion: bool,
    options: usize,
    choices: Vec<usize>,
    least: u8,
    required: u16,
    veto: u16,
    refusing: usize,
    asked: Vec<usize>,
    decided: Vec<bool>,
    possible: Vec<bool>,
}

#[test]
fn decisions_with_masks_equal_vectors() {
    for case in read::<Masks>(MASKS, "masks") {
        let choose = |choice: &usize| match *choice {
            NONE => ChamberChoice::NoOption,
            PENDING => ChamberChoice::Pending,
            option => ChamberChoice::Option(option),
        };
        let choices: Vec<ChamberChoice> = case.choices.iter().map(choose).collect();
        let requirements = requirements::Requirements {
            chambers: case.least,
            required: ChamberMask::from_bits(case.required),
            veto: ChamberMask::from_bits(case.veto),
            refusing: case.refusing,
        };
        let kind = if case.motion { DecisionKind::Motion } else { DecisionKind::Options };
        let decision = requirements::decide_with_requirements(kind, &choices, case.options, &requirements).unwrap();
        let decided = case.decided.iter().position(|decided| *decided).map(|place| case.asked[place]);
        let expected = match decided {
            Some(option) => Decision::Decided(option),
            None if case.possible.contains(&true) => Decision::Open,
            None => Decision::Rejected,
        };
        assert_eq!(decision, expected, "{:?} {requirements:?}", case.choices);
    }
}

#[derive(Deserialize)]
struct Live {
    stages: Vec<u8>,
    expires_at: Vec<u64>,
    time: u64,
    number: usize,
}

#[test]
fn live_versions_equal_vectors() {
    for case in read::<Live>(RULES, "live") {
        let terms = case.stages.iter().zip(case.expires_at);
        let terms = terms
            .map(|(stage, expires_at)| sunset::Term { stage: sunset::Stage::from_number(*stage).unwrap(), expires_at });
        let live = sunset::find_live_version(&terms.collect::<Vec<_>>(), case.time);
        assert_eq!(live, (case.number > 0).then_some(case.number));
    }
}

#[test]
fn profiles_equal_vectors() {
    for mut case in read::<serde_json::Map<String, Value>>(RULES, "profiles") {
        let (hash, valid) = (case.remove("class_hash").unwrap(), case.remove("valid").unwrap());
        // The contracts call the least number of chambers `least`.
        let least = case.remove("least").unwrap();
        case.insert("chambers".into(), least);
        let profile: Profile = serde_json::from_value(Value::Object(case)).unwrap();
        assert_eq!(profile.class_hash().to_string(), hash.as_str().unwrap());
        assert_eq!(profile.check(3).is_ok(), valid.as_bool().unwrap(), "{profile:?}");
    }
}

#[derive(Deserialize)]
struct Version {
    chain_id: u64,
    contract: String,
    version: u64,
    parent: Hash32,
    poll: Hash32,
    agenda: Hash32,
    adopted: u64,
    expires_at: u64,
    model_hash: Hash32,
    policy_hash: Hash32,
    root: Hash32,
    hash: Hash32,
    proofs: Vec<Vec<Hash32>>,
    texts: Vec<String>,
}

#[test]
fn hashes_of_charters_equal_vectors() {
    let versions: Vec<Version> = read(HASHES, "charters");
    assert!(versions.len() >= 5);
    for case in versions {
        assert_eq!(hash_texts(case.texts.iter().map(String::as_str)), case.agenda);
        let terms = CharterTerms {
            chain_id: case.chain_id,
            contract: case.contract.parse().unwrap(),
            version: case.version,
            parent: case.parent,
            poll: case.poll,
            agenda: case.agenda,
            expires_at: case.expires_at,
            model_hash: case.model_hash,
            policy_hash: case.policy_hash,
        };
        let adopted = case.texts.iter().enumerate().filter(|(index, _)| case.adopted >> index & 1 == 1);
        let principles = adopted.map(|(index, text)| Principle { index, text: text.clone() });
        let charter = Charter::new(terms, principles.collect()).unwrap();
        assert_eq!((charter.adopted(), charter.root(), charter.hash()), (case.adopted, case.root, case.hash));
        assert_eq!(charter.principles().len(), case.proofs.len());
        for (Principle { index, text }, proof) in charter.principles().iter().zip(&case.proofs) {
            assert_eq!(prove_principle(&charter, *index).as_ref(), Some(proof));
            assert_eq!(verify_principle(charter.root(), *index as u64, text, proof), Ok(()));
        }
    }
}
