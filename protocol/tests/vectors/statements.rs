use psephos_protocol::{
    Point,
    census::{self, MembershipProof, Weight},
    committee::{KeyShare, KeyVector},
    context,
    encryption::Randomness,
    identifiers::{ChainId, ChamberId, PollId},
    identity::{Identity, Seed},
    nullifier, scalar,
    signature::{Signature, challenge, signed_challenge},
    statement::{ballot, decryption},
    transcript,
};

use crate::{
    read::{
        bytes, element, elements, flag, instance, list, number, numbers, parse, point, points, scalars, text, typed,
    },
    specification::{VECTORS, rule},
};

#[test]
fn ballots_equal_vectors() {
    for vector in list(&parse(VECTORS)["ballots"]) {
        println!("{}", text(&vector["name"]));
        let identity = Identity::from_seed(&Seed::from_bytes(bytes(&vector["seed"]))).unwrap();
        let (ak, nk) = (identity.authorising_key(), identity.nullifier_key());
        let weight = Weight::new(number(&vector["weight"])).unwrap();
        let leaf = census::leaf(&identity.commitment(), weight);
        assert_eq!(leaf, typed(&vector["leaf"]));
        let membership: MembershipProof = serde_json::from_value(vector["membership"].clone()).unwrap();
        assert_eq!(membership.root_from(leaf), typed(&vector["root"]));

        let keys = KeyVector::new(points(&vector["keys"])).unwrap();
        let size = number(&vector["size"]) as usize;
        assert_eq!(keys.hash(size), typed(&vector["keys_hash"]));

        let chain_id = ChainId::new(number(&vector["chain_id"]));
        let (poll, chamber) = (PollId::new(number(&vector["poll"])), ChamberId::new(number(&vector["chamber"])));
        let min_ballots = number(&vector["min_ballots"]).try_into().unwrap();
        let closes_at = number(&vector["closes_at"]);
        let scope = context::scope(chain_id, bytes(&vector["contract"]), poll, chamber, min_ballots, closes_at);
        assert_eq!(scope, typed(&vector["scope"]));
        let rule = rule(vector).parameters(number(&vector["options"]) as usize, flag(&vector["weighted"])).unwrap();
        assert_eq!(rule.packed_u64(), number(&vector["packed_rule"]));
        let ctx = context::context(scope, typed(&vector["root"]), keys.hash(size), &rule);
        assert_eq!(ctx, typed(&vector["ctx"]));
        assert_eq!(nullifier::derive(&nk, &identity.commitment(), ctx), typed(&vector["nullifier"]));
        let x = numbers(&vector["x"]);
        assert_eq!(rule.counted(weight.get(), &x).unwrap(), numbers(&vector["u"]));

        let blinder = identity.note_blinder(ctx, &point(&vector["ciphertext"][0]));
        assert_eq!(*blinder.expose(), element(&vector["blinder"]));
        let randomness = Randomness::from_parts(scalar::from_bytes(&bytes(&vector["randomness"])).unwrap(), blinder);
        let draft =
            ballot::Draft::new(size, ak, nk, weight.get(), membership, scope, rule, keys, x, randomness).unwrap();
        assert_eq!(draft.ctx(), ctx);
        let previous = bytes(&vector["previous"]);
        assert_eq!(draft.message(previous), typed(&vector["message"]));

        let signature: Signature = serde_json::from_value(vector["signature"].clone()).unwrap();
        let e = challenge(&signature.nonce_point, &ak, draft.message(previous));
        assert_eq!(e.to_be_bytes(), bytes(&vector["challenge"]));
        assert_eq!(scalar::to_bytes(&signed_challenge(e)), bytes(&vector["signed_challenge"]));

        let (public, witness, posted) = draft.finish(previous, signature);
        assert_eq!(public.to_inputs(), instance(vector));
        ballot::check(&public, &witness).unwrap();
        ballot::check_posted(&posted, ctx, &witness).unwrap();

        assert_eq!(posted.note, typed(&vector["note"]));
        let ciphertext: Vec<Point> = list(&vector["ciphertext"]).iter().map(point).collect();
        assert_eq!((posted.ciphertext.c, &posted.ciphertext.d[..]), (ciphertext[0], &ciphertext[1..]));
        assert_eq!(posted.fingerprint(), bytes(&vector["fingerprint"]));
        assert_eq!(ballot::Posted::from_bytes(&posted.to_bytes()), Ok(posted));
    }
}

#[test]
fn decryption_shares_equal_vectors() {
    for vector in list(&parse(VECTORS)["decryptions"]) {
        println!("{}", text(&vector["name"]));
        let share = KeyShare::new(scalars(&vector["secrets"]).try_into().unwrap());
        let (ctx, c) = (typed(&vector["ctx"]), point(&vector["c"]));
        let (public, witness, posted) = decryption::build(ctx, &c, &share, number(&vector["size"]) as usize);
        assert_eq!(posted.keys, points(&vector["keys"]));
        assert_eq!(posted.share, points(&vector["share"]));
        let list = decryption::elements(ctx, &c, &posted.keys, &posted.share);
        assert_eq!(list, elements(&vector["elements"]));
        assert_eq!(transcript::challenge(posted.h, &list), public.z);
        assert_eq!(public.to_inputs(), instance(vector));
        decryption::check(&public, &witness).unwrap();
        decryption::check_posted(&posted, &witness).unwrap();
    }
}
