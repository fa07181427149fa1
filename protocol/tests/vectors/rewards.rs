//! Sealed note batches, reward policies and claims.

use psephos_protocol::{
    Fr, context,
    elements::{Context, NoteCommitment},
    identifiers::{ChainId, ChamberId, PollId},
    identity::{Identity, Seed},
    note::{NoteList, NotePath, NoteTree, Opening},
    nullifier,
    reward::{Policy, Terms, chosen},
    signature::Signature,
    statement::{claim, notes},
    transcript,
};
use serde_json::Value;

use crate::read::{REWARDS, bytes, element, elements, instance, list, number, numbers, parse, point, text, typed};

fn policy(value: &Value) -> Policy {
    serde_json::from_value(value.clone()).expect("the value is a policy")
}

fn path(value: &Value) -> NotePath {
    serde_json::from_value(value.clone()).expect("the value is a note's path")
}

#[test]
fn note_batches_and_their_public_inputs_equal_vectors() {
    for vector in list(&parse(REWARDS)["lists"]) {
        let chain_id = ChainId::new(number(&vector["chain_id"]));
        let (poll, chamber) = (PollId::new(number(&vector["poll"])), ChamberId::new(number(&vector["chamber"])));
        let position = number(&vector["position"]);
        let context = context::sealing_context(chain_id, bytes(&vector["contract"]), poll, chamber, position);
        assert_eq!(context, typed(&vector["context"]));
        let notes: Vec<NoteCommitment> = typed(&vector["notes"]);
        let list = NoteList::new(notes.clone()).unwrap();
        assert_eq!(list.root(), typed(&vector["h"]));
        let public = notes::build(&list, context);
        assert_eq!(public.to_inputs(), instance(vector));
        assert_eq!(notes::Instance::of(list.root(), context, &notes), Ok(public));
        assert_eq!(notes::check(&public, &list), Ok(()));
    }
}

#[test]
fn notes_trees_equal_vectors() {
    let mut tree = NoteTree::new();
    for vector in list(&parse(REWARDS)["trees"]) {
        tree.insert(NoteList::new(typed(&vector["notes"])).unwrap()).unwrap();
        assert_eq!(tree.root(), typed(&vector["root"]));
        let proof = &vector["proof"];
        let [list, index] = ["list", "index"].map(|name| number(&proof[name]) as usize);
        let note: NoteCommitment = typed(&proof["note"]);
        assert_eq!(tree.find(note), Some((list, index)));
        let path = path(&proof["path"]);
        assert_eq!(tree.prove(list, index), Ok(path.clone()));
        assert_eq!(path.root_from(note), tree.root());
        assert_eq!(serde_json::to_value(&path).unwrap(), proof["path"]);
    }
    assert_eq!(tree.lists().len(), 13);
}

#[test]
fn policies_and_their_amounts_equal_vectors() {
    for vector in list(&parse(REWARDS)["policies"]) {
        let policy = policy(&vector["policy"]);
        assert_eq!(policy.pack(), element(&vector["packed"]));
        assert_eq!(policy.to_bytes(), bytes(&vector["packed"]));
        assert_eq!(Policy::unpack(&policy.pack()), Ok(policy));
        assert_eq!(policy.selector(), number(&vector["selector"]));
        let terms: Terms = policy.into();
        assert_eq!(serde_json::to_value(terms).unwrap(), vector["policy"]);
        for vector in list(&vector["amounts"]) {
            let x = numbers(&vector["x"]);
            assert_eq!(serde_json::to_value(chosen(&x)).unwrap(), vector["chosen"]);
            let amount = policy.amount(number(&vector["weight"]), &x);
            assert_eq!(Fr::from(amount), element(&vector["amount"]));
        }
    }
}

#[test]
fn claims_equal_vectors() {
    for vector in list(&parse(REWARDS)["claims"]) {
        println!("{}", text(&vector["name"]));
        let identity = Identity::from_seed(&Seed::from_bytes(bytes(&vector["seed"]))).unwrap();
        let (ak, nk, id) = (identity.authorising_key(), identity.nullifier_key(), identity.commitment());
        let ctx: Context = typed(&vector["ctx"]);
        let blinder = identity.note_blinder(ctx, &point(&vector["c"]));
        assert_eq!(*blinder.expose(), element(&vector["blinder"]));
        let opening = Opening { weight: number(&vector["weight"]), x: numbers(&vector["x"]), blinder };
        let note: NoteCommitment = typed(&vector["note"]);
        assert_eq!(opening.note(&id, ctx), Ok(note));
        let path = path(&vector["path"]);
        assert_eq!(path.root_from(note), typed(&vector["note_root"]));
        assert_eq!(nullifier::reward(&nk, &id, ctx), typed(&vector["reward_nullifier"]));

        let [vault, recipient, relayer] = ["vault", "recipient", "relayer"].map(|name| bytes(&vector[name]));
        let chain_id = ChainId::new(number(&vector["chain_id"]));
        let binding = context::claim_binding(chain_id, vault, recipient, relayer, bytes(&vector["fee"]));
        assert_eq!(binding, typed(&vector["binding"]));
        let terms = claim::Terms { ctx, policy: policy(&vector["policy"]), binding };

        let draft = claim::Draft::new(ak, nk, opening, path, terms).unwrap();
        assert_eq!(Fr::from(draft.posted().amount), element(&vector["amount"]));
        assert_eq!(draft.posted().elements(&terms)[..], elements(&vector["elements"]));
        assert_eq!(draft.message(), typed(&vector["h"]));
        assert_eq!(transcript::challenge(draft.posted().h, &elements(&vector["elements"])), typed(&vector["z"]));

        let signature: Signature = serde_json::from_value(vector["signature"].clone()).unwrap();
        let (public, witness, posted) = draft.finish(signature);
        assert_eq!(public.to_inputs(), instance(vector));
        assert_eq!(claim::check(&public, &witness), Ok(()));
        assert_eq!(claim::check_posted(&posted, &terms, &witness), Ok(()));
        let json = serde_json::to_value(&posted).unwrap();
        assert_eq!(json["amount"], vector["amount"]);
        assert_eq!(json["note_root"], Value::from(posted.note_root.to_hex()));
        assert_eq!(serde_json::from_value::<claim::Posted>(json).unwrap(), posted);
    }
}
