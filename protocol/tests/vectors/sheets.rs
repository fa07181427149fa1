//! Sheets: forms, counted values and whole statements (section 7, *Sheets*).

use psephos_protocol::{
    Fr, Point,
    census::MembershipProof,
    constants::sheet_points,
    context,
    elements::CensusRoot,
    identity::{Identity, Seed},
    sheet::{Answer, Answers, Camp, Form, SheetRandomness, hash_agenda, hash_pilot},
    statement::sheet::{self, PostedSheet, Witness},
};

use crate::read::{
    SHEETS, as_flag, as_list, as_number, as_numbers, as_text, as_weight, parse_vectors, read_bytes, read_element,
    read_elements, read_instance, read_scalars, typed,
};

#[test]
fn pilots_and_agendas_equal_vectors() {
    let vectors = parse_vectors(SHEETS);
    assert_eq!(hash_pilot(as_text(&vectors["pilot"]["file"]).as_bytes()), typed(&vectors["pilot"]["hash"]));
    for agenda in as_list(&vectors["agendas"]) {
        let texts = as_list(&agenda["texts"]).iter().map(as_text);
        assert_eq!(hash_agenda(texts), read_bytes(&agenda["hash"]));
    }
}

#[test]
fn forms_equal_vectors() {
    for vector in as_list(&parse_vectors(SHEETS)["sheets"]) {
        let form: Form = typed(&vector["form"]);
        let words = form.to_words();
        assert_eq!(Fr::from(words.shape), read_element(&vector["shape"]));
        assert_eq!(u64::from(words.threshold), as_number(&vector["threshold"]));
        assert_eq!(words.pilot, typed(&vector["pilot"]));
        assert_eq!(words.axis, read_elements(&vector["axis"]));
        assert_eq!(form.hash(), typed(&vector["form_hash"]));
        assert_eq!(Form::from_words(form.size(), &words), Ok(form));
    }
}

#[test]
fn sheets_equal_vectors() {
    for vector in as_list(&parse_vectors(SHEETS)["sheets"]) {
        println!("{}", as_text(&vector["name"]));
        let form: Form = typed(&vector["form"]);
        let cells = as_numbers(&vector["answers"]).into_iter().map(|answer| match answer {
            1 => Answer::Agree,
            2 => Answer::Disagree,
            _ => Answer::Pass,
        });
        let ranks = as_numbers(&vector["ranks"]).into_iter().map(|rank| rank as u8).collect();
        let answers = Answers { cells: cells.collect(), ranks };
        assert_eq!(form.count_values(&answers), Ok(as_numbers(&vector["u"])));
        assert_eq!(Some(form.score(&answers)), vector["score"].as_i64());
        assert_eq!(form.camp(&answers) == Camp::Upper, as_flag(&vector["upper"]));

        let identity = Identity::from_seed(&Seed::from_bytes(read_bytes(&vector["seed"]))).unwrap();
        let (ctx, root): (_, CensusRoot) = (typed(&vector["ctx"]), typed(&vector["root"]));
        let points: Vec<Point> = typed(&vector["points"]);
        assert_eq!(points.len(), sheet_points(form.size()));
        let blinder = identity.derive_note_blinder(ctx, &points[0]);
        assert_eq!(*blinder.expose(), read_element(&vector["blinder"]));
        let witness = Witness {
            ak: identity.authorising_key(),
            nk: identity.nullifier_key(),
            weight: as_weight(&vector["weight"]),
            membership: MembershipProof { siblings: typed(&vector["membership"]) },
            scope: typed(&vector["scope"]),
            form: form.clone(),
            keys: typed(&vector["keys"]),
            answers,
            randomness: SheetRandomness::from_parts(read_scalars(&vector["randomness"]), blinder),
            signature: typed(&vector["signature"]),
        };
        assert_eq!(context::derive_sheet_context(witness.scope, root, witness.keys.hash_keys(8), form.hash()), ctx);
        let (own, posted) = witness.compute_posted().unwrap();
        let expected = PostedSheet {
            h: typed(&vector["h"]),
            nullifier: typed(&vector["nullifier"]),
            note: typed(&vector["note"]),
            ciphertext: typed(&vector["points"]),
        };
        assert_eq!((own, &posted), (ctx, &expected));
        let previous = read_bytes(&vector["previous"]);
        assert_eq!(posted.fingerprint(previous), read_bytes(&vector["fingerprint"]));
        let instance = sheet::Instance::from_posted(&posted, ctx, previous);
        assert_eq!(instance.to_inputs(), read_instance(vector));
        assert_eq!(sheet::derive_message(instance.h, instance.z), typed(&vector["message"]));
        assert_eq!(sheet::check(&instance, &witness), Ok(()));
    }
}
