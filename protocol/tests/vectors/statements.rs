use psephos_protocol::{
    Point,
    census::{self, MembershipProof},
    committee::{KeyShare, KeyVector},
    context,
    encryption::{self, Ciphertext, Randomness},
    fingerprint::PollFingerprint,
    identifiers::ChamberId,
    identity::{Identity, Seed},
    nullifier, scalar,
    signature::{Signature, derive_challenge, to_signed_challenge},
    statement::{ballot, decryption, update},
    transcript,
};

use crate::{
    read::{
        as_flag, as_list, as_number, as_numbers, as_text, as_weight, parse_vectors, read_bytes, read_element,
        read_elements, read_instance, read_point, read_points, read_scalars, typed,
    },
    specification::{VECTORS, read_rule},
};

#[test]
fn ballots_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["ballots"]) {
        println!("{}", as_text(&vector["name"]));
        let identity = Identity::from_seed(&Seed::from_bytes(read_bytes(&vector["seed"]))).unwrap();
        let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
        let weight = as_weight(&vector["weight"]);
        let leaf = census::hash_leaf(&identity.commitment(), weight);
        assert_eq!(leaf, typed(&vector["leaf"]));
        let membership: MembershipProof = serde_json::from_value(vector["membership"].clone()).unwrap();
        assert_eq!(membership.compute_root(leaf), typed(&vector["root"]));

        let keys = KeyVector::new(read_points(&vector["keys"])).unwrap();
        let size = as_number(&vector["size"]) as usize;
        assert_eq!(keys.hash_keys(size), typed(&vector["keys_hash"]));

        let fingerprint: PollFingerprint = typed(&vector["poll_fingerprint"]);
        let scope = context::derive_scope(fingerprint, ChamberId::new(as_number(&vector["chamber"])));
        assert_eq!(scope, typed(&vector["scope"]));
        let rule = read_rule(vector)
            .to_parameters(as_number(&vector["options"]) as usize, as_flag(&vector["weighted"]))
            .unwrap();
        assert_eq!(rule.pack_u64(), as_number(&vector["packed_rule"]));
        let ctx = context::derive_context(scope, typed(&vector["root"]), keys.hash_keys(size), &rule);
        assert_eq!(ctx, typed(&vector["ctx"]));
        assert_eq!(nullifier::derive_nullifier(&nk, &identity.commitment(), ctx), typed(&vector["nullifier"]));
        let x = as_numbers(&vector["x"]);
        assert_eq!(rule.count_values(weight, &x).unwrap(), as_numbers(&vector["u"]));

        let blinder = identity.derive_note_blinder(ctx, &read_point(&vector["ciphertext"][0]));
        assert_eq!(*blinder.expose(), read_element(&vector["blinder"]));
        let randomness =
            Randomness::from_parts(scalar::from_bytes(&read_bytes(&vector["randomness"])).unwrap(), blinder);
        let unsigned = ballot::UnsignedWitness { size, ak, nk, weight, membership, scope, rule, keys, x, randomness };
        let draft = ballot::BallotDraft::new(unsigned).unwrap();
        assert_eq!(draft.ctx(), ctx);
        let previous = read_bytes(&vector["previous"]);
        assert_eq!(draft.message(previous), typed(&vector["message"]));

        let signature: Signature = serde_json::from_value(vector["signature"].clone()).unwrap();
        let e = derive_challenge(&signature.nonce_point, &ak, draft.message(previous));
        assert_eq!(e.to_be_bytes(), read_bytes(&vector["challenge"]));
        assert_eq!(scalar::to_bytes(&to_signed_challenge(e)), read_bytes(&vector["signed_challenge"]));

        let (public, witness, posted) = draft.attach_signature(previous, signature);
        assert_eq!(public.to_inputs(), read_instance(vector));
        ballot::check(&public, &witness).unwrap();
        ballot::check_posted(&posted, ctx, &witness).unwrap();

        assert_eq!(posted.note, typed(&vector["note"]));
        let ciphertext: Vec<Point> = as_list(&vector["ciphertext"]).iter().map(read_point).collect();
        assert_eq!((posted.ciphertext.c, &posted.ciphertext.d[..]), (ciphertext[0], &ciphertext[1..]));
        assert_eq!(posted.fingerprint(previous), read_bytes(&vector["fingerprint"]));
        assert_eq!(ballot::PostedBallot::from_bytes(&posted.to_bytes()), Ok(posted));
    }
}

#[test]
fn updates_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    let updates = as_list(&vectors["updates"]);
    assert!(updates.len() >= 4);
    for vector in updates {
        println!("{}", as_text(&vector["name"]));
        let keys = KeyVector::new(read_points(&vectors["ballots"][0]["keys"])).unwrap();
        let r = scalar::from_bytes(&read_bytes(&vector["randomness"])).unwrap();
        let encrypted = encryption::encrypt_values(&as_numbers(&vector["u"]), &keys, &r);
        let read_ciphertext = |name: &str| {
            let points: Vec<Point> = as_list(&vector[name]).iter().map(read_point).collect();
            Ciphertext { c: points[0], d: points[1..].to_vec() }
        };
        let (old, ciphertext) = (read_ciphertext("old"), read_ciphertext("ciphertext"));
        let expected = if as_flag(&vector["mask"]) { old.add(&encrypted) } else { encrypted };
        assert_eq!(ciphertext, expected);

        let (ctx, nullifier, note) = (typed(&vector["ctx"]), typed(&vector["nullifier"]), typed(&vector["note"]));
        let previous = read_bytes(&vector["previous"]);
        let replaced = transcript::ballot_fingerprint(note, read_bytes(&vector["replaced_previous"]), &old);
        assert_eq!(replaced, previous, "the slot before");
        let h = update::hash_elements(&update::list_elements(ctx, nullifier, &ciphertext, &old));
        let posted = ballot::PostedBallot { h, nullifier, note, ciphertext };
        let instance = update::Instance::from_posted(&posted, &old, ctx, previous);
        assert_eq!(instance.to_inputs(), read_instance(vector));
        assert_eq!(update::derive_message(h, instance.z), typed(&vector["message"]));
        assert_eq!(posted.fingerprint(previous), read_bytes(&vector["fingerprint"]));
    }
}

#[test]
fn decryption_shares_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["decryptions"]) {
        println!("{}", as_text(&vector["name"]));
        let share = KeyShare::new(read_scalars(&vector["secrets"]).try_into().unwrap());
        let (ctx, c) = (typed(&vector["ctx"]), read_point(&vector["c"]));
        let (public, witness, posted) = decryption::build_share(ctx, &c, &share, as_number(&vector["size"]) as usize);
        assert_eq!(posted.keys, read_points(&vector["keys"]));
        assert_eq!(posted.share, read_points(&vector["share"]));
        let list = decryption::list_elements(ctx, &c, &posted.keys, &posted.share);
        assert_eq!(list, read_elements(&vector["elements"]));
        assert_eq!(transcript::derive_challenge(posted.h, &list), public.z);
        assert_eq!(public.to_inputs(), read_instance(vector));
        decryption::check(&public, &witness).unwrap();
        decryption::check_posted(&posted, &witness).unwrap();
    }
}
