//! Sealed note batches, reward policies and claims.

use psephos_protocol::{
    Fr, context,
    elements::{Context, NoteCommitment},
    identifiers::{ChainId, ChamberId, PollId},
    identity::{Identity, Seed},
    note::{NoteBatch, NoteOpening, NotePath, NotesTree},
    nullifier,
    reward::{Policy, PolicyTerms, chosen_option},
    signature::Signature,
    statement::{claim, notes},
    transcript,
};
use serde_json::Value;

use crate::read::{
    REWARDS, as_list, as_number, as_numbers, as_text, as_weight, parse_vectors, read_bytes, read_element,
    read_elements, read_instance, read_point, typed,
};

fn read_policy(value: &Value) -> Policy {
    serde_json::from_value(value.clone()).expect("the value is a policy")
}

/// Returns a path with the field names of today: the frozen vectors name a level's siblings `others`, and its index
/// `place`.
fn rename_level_fields(path: &Value) -> Value {
    let mut path = path.clone();
    for level in path["levels"].as_array_mut().expect("the levels are a list") {
        let fields = level.as_object_mut().expect("a level is an object");
        for (frozen, name) in [("others", "siblings"), ("place", "index")] {
            let value = fields.remove(frozen).expect("a level has its siblings and its index");
            assert_eq!(fields.insert(name.into(), value), None, "{name} is there twice");
        }
    }
    path
}

fn read_path(value: &Value) -> NotePath {
    serde_json::from_value(rename_level_fields(value)).expect("the value is a note's path")
}

#[test]
fn note_batches_and_their_public_inputs_equal_vectors() {
    for vector in as_list(&parse_vectors(REWARDS)["lists"]) {
        let chain_id = ChainId::new(as_number(&vector["chain_id"]));
        let (poll, chamber) = (PollId::new(as_number(&vector["poll"])), ChamberId::new(as_number(&vector["chamber"])));
        let position = as_number(&vector["position"]);
        let context =
            context::derive_sealing_context(chain_id, read_bytes(&vector["contract"]), poll, chamber, position);
        assert_eq!(context, typed(&vector["context"]));
        let notes: Vec<NoteCommitment> = typed(&vector["notes"]);
        let batch = NoteBatch::new(notes.clone()).unwrap();
        assert_eq!(batch.root(), typed(&vector["h"]));
        let public = notes::build_instance(&batch, context);
        assert_eq!(public.to_inputs(), read_instance(vector));
        assert_eq!(notes::Instance::from_notes(batch.root(), context, &notes), Ok(public));
        assert_eq!(notes::check(&public, &batch), Ok(()));
    }
}

#[test]
fn notes_trees_equal_vectors() {
    let mut tree = NotesTree::new();
    for vector in as_list(&parse_vectors(REWARDS)["trees"]) {
        tree.append_batch(NoteBatch::new(typed(&vector["notes"])).unwrap()).unwrap();
        assert_eq!(tree.root(), typed(&vector["root"]));
        let proof = &vector["proof"];
        let [batch, index] = ["list", "index"].map(|name| as_number(&proof[name]) as usize);
        let note: NoteCommitment = typed(&proof["note"]);
        assert_eq!(tree.find_note(note), Some((batch, index)));
        let path = read_path(&proof["path"]);
        assert_eq!(tree.prove_note(batch, index), Ok(path.clone()));
        assert_eq!(path.compute_root(note), tree.root());
        assert_eq!(serde_json::to_value(&path).unwrap(), rename_level_fields(&proof["path"]));
    }
    assert_eq!(tree.batches().len(), 13);
}

#[test]
fn policies_and_their_amounts_equal_vectors() {
    for vector in as_list(&parse_vectors(REWARDS)["policies"]) {
        let policy = read_policy(&vector["policy"]);
        assert_eq!(policy.pack(), read_element(&vector["packed"]));
        assert_eq!(policy.to_bytes(), read_bytes(&vector["packed"]));
        assert_eq!(Policy::unpack(&policy.pack()), Ok(policy));
        assert_eq!(policy.selector(), as_number(&vector["selector"]));
        let terms: PolicyTerms = policy.into();
        assert_eq!(serde_json::to_value(terms).unwrap(), vector["policy"]);
        for vector in as_list(&vector["amounts"]) {
            let x = as_numbers(&vector["x"]);
            assert_eq!(serde_json::to_value(chosen_option(&x)).unwrap(), vector["chosen"]);
            let amount = policy.compute_amount(as_weight(&vector["weight"]), &x);
            assert_eq!(Fr::from(amount), read_element(&vector["amount"]));
        }
    }
}

#[test]
fn claims_equal_vectors() {
    for vector in as_list(&parse_vectors(REWARDS)["claims"]) {
        println!("{}", as_text(&vector["name"]));
        let identity = Identity::from_seed(&Seed::from_bytes(read_bytes(&vector["seed"]))).unwrap();
        let (ak, nk, id) = (identity.authorising_key(), identity.nullifier_key(), identity.commitment());
        let ctx: Context = typed(&vector["ctx"]);
        let blinder = identity.derive_note_blinder(ctx, &read_point(&vector["c"]));
        assert_eq!(*blinder.expose(), read_element(&vector["blinder"]));
        let opening = NoteOpening { weight: as_weight(&vector["weight"]), x: as_numbers(&vector["x"]), blinder };
        let note: NoteCommitment = typed(&vector["note"]);
        assert_eq!(opening.compute_note(&id, ctx), Ok(note));
        let path = read_path(&vector["path"]);
        assert_eq!(path.compute_root(note), typed(&vector["note_root"]));
        assert_eq!(nullifier::derive_reward_nullifier(&nk, &id, ctx), typed(&vector["reward_nullifier"]));

        let [vault, recipient, relayer] = ["vault", "recipient", "relayer"].map(|name| read_bytes(&vector[name]));
        let chain_id = ChainId::new(as_number(&vector["chain_id"]));
        let binding = context::derive_claim_binding(chain_id, vault, recipient, relayer, read_bytes(&vector["fee"]));
        assert_eq!(binding, typed(&vector["binding"]));
        let terms = claim::ClaimTerms { ctx, policy: read_policy(&vector["policy"]), binding };

        let draft = claim::ClaimDraft::new(ak, nk, opening, path, terms).unwrap();
        assert_eq!(Fr::from(draft.posted().amount), read_element(&vector["amount"]));
        assert_eq!(draft.posted().elements(&terms)[..], read_elements(&vector["elements"]));
        assert_eq!(draft.message(), typed(&vector["h"]));
        assert_eq!(
            transcript::derive_challenge(draft.posted().h, &read_elements(&vector["elements"])),
            typed(&vector["z"])
        );

        let signature: Signature = serde_json::from_value(vector["signature"].clone()).unwrap();
        let (public, witness, posted) = draft.attach_signature(signature);
        assert_eq!(public.to_inputs(), read_instance(vector));
        assert_eq!(claim::check(&public, &witness), Ok(()));
        assert_eq!(claim::check_posted(&posted, &terms, &witness), Ok(()));
        let json = serde_json::to_value(&posted).unwrap();
        assert_eq!(json["amount"], vector["amount"]);
        assert_eq!(json["notes_root"], Value::from(posted.notes_root.to_hex()));
        assert_eq!(serde_json::from_value::<claim::PostedClaim>(json).unwrap(), posted);
    }
}
