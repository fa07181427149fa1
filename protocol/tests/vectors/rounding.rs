//! Blinded shares and decisions of rounded chambers (sections 8 and 10).

use psephos_protocol::{
    Point,
    decision::DecisionKind,
    rounding::{BLINDING_BASE, BlindingFactors, DecisionNumbers, Outcome, RoundingParameters},
    statement::{
        blinded::{self, PostedBlinded},
        decision,
    },
};
use serde_json::Value;

use crate::read::{
    ROUNDING, as_list, as_number, as_numbers, as_text, parse_vectors, read_bytes, read_element, read_elements,
    read_instance, read_point, read_scalar, read_scalars, read_transport_secret, typed,
};

fn points(value: &Value) -> Vec<Point> {
    as_list(value).iter().map(read_point).collect()
}

#[test]
fn base_equals_vector() {
    assert_eq!(*BLINDING_BASE, read_point(&parse_vectors(ROUNDING)["base"]));
}

#[test]
fn blinded_shares_equal_vectors() {
    for vector in as_list(&parse_vectors(ROUNDING)["blinded"]) {
        println!("{}", as_text(&vector["name"]));
        let secret = read_transport_secret(&vector["seed"]);
        let teller = secret.transport_key();
        assert_eq!(*teller.point(), read_point(&vector["teller"]));
        let witness = blinded::Witness {
            ctx: typed(&vector["ctx"]),
            c: read_point(&vector["c"]),
            teller,
            ephemeral: read_scalar(&vector["ephemeral_secret"]),
            secrets: read_scalars(&vector["secrets"]),
            factors: BlindingFactors::new(read_scalars(&vector["factors"])),
        };
        let (posted, keys) = witness.compute_posted();
        let PostedBlinded { h, points: shown, factors } = &posted;
        assert_eq!((&keys, shown), (&points(&vector["keys"]), &points(&vector["points"])));
        assert_eq!(factors.ephemeral, read_point(&vector["ephemeral"]));
        assert_eq!(factors.words, read_elements(&vector["words"]));
        let elements = blinded::list_elements(witness.ctx, &witness.c, &teller, &keys, shown, factors);
        assert_eq!(elements, read_elements(&vector["elements"]));
        assert_eq!(h.to_fr(), read_element(&vector["h"]));
        let instance = blinded::Instance::from_posted(&posted, witness.ctx, &witness.c, &teller, &keys);
        assert_eq!(instance.to_inputs(), read_instance(vector));
        assert_eq!(blinded::check(&instance, &witness), Ok(()));
        let opened = factors.decrypt(witness.ctx, &secret).unwrap();
        assert!(opened.expose() == read_scalars(&vector["factors"]));
    }
}

#[test]
fn decisions_equal_vectors() {
    for vector in as_list(&parse_vectors(ROUNDING)["decisions"]) {
        println!("{}", as_text(&vector["name"]));
        let size = as_number(&vector["size"]) as usize;
        let kind = match as_text(&vector["kind"]) {
            "motion" => DecisionKind::Motion,
            _ => DecisionKind::Options,
        };
        let totals = as_numbers(&vector["totals"]);
        let [.., a, b, c, d, e, f, g, h] = read_bytes::<32>(&vector["quorum"]);
        let quorum = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let (threshold_bps, step) = (as_number(&vector["threshold_bps"]) as u16, as_number(&vector["step"]));
        let numbers = DecisionNumbers { quorum, threshold_bps, step };
        let parameters = RoundingParameters::new(totals.len(), kind, numbers).unwrap();
        let factors = BlindingFactors::new(read_scalars(&vector["factors"]));
        let (instance, witness, hash) = decision::build_decision(size, parameters, totals, factors).unwrap();
        let expected = Outcome {
            greatest: as_number(&vector["greatest"]) as usize,
            choice: vector["choice"].as_u64().map(|option| option as usize),
            buckets: as_numbers(&vector["buckets"]),
        };
        assert_eq!(witness.outcome, expected);
        assert_eq!(witness.commit(), points(&vector["commitments"]));
        let elements = decision::list_elements(&witness.commit(), &parameters, &witness.outcome, size);
        assert_eq!(elements, read_elements(&vector["elements"]));
        assert_eq!(hash.to_fr(), read_element(&vector["h"]));
        assert_eq!(instance.to_inputs(), read_instance(vector));
        assert_eq!(decision::check(&instance, &witness), Ok(()));
    }
}
