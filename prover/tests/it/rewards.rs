//! Proofs of note batches and claims for the ballot of [`crate::election`], from data that its voter and the chain
//! have.

use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::claim::ClaimCircuit;
use psephos_circuits::notes::NotesCircuit;
use psephos_protocol::context;
use psephos_protocol::elements::{Context, NoteCommitment, SealingContext};
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId};
use psephos_protocol::identity::{Identity, Seed};
use psephos_protocol::note::{NoteBatch, NoteOpening, NotesTree};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::statement::{claim, notes};
use psephos_protocol::testing::weight;
use psephos_prover::{ProveError, VerifyError};

use crate::election::{self, development_key};
use crate::statements::assert_binds;
use crate::toy::seeded_rng;

fn seal_note(note: NoteCommitment) -> NoteBatch {
    NoteBatch::new((1..=40u64).map(|i| if i == 17 { note } else { NoteCommitment::from_u64(i) }).collect()).unwrap()
}

fn claim_terms(ctx: Context, recipient: u8) -> claim::ClaimTerms {
    let payment = reward::PolicyTerms { base: 100, per_weight: 3, cap: 500, bonus: 25, ratified: Some(1) };
    let binding = context::derive_claim_binding(ChainId::new(31337), [1; 20], [recipient; 20], [3; 20], [0; 32]);
    claim::ClaimTerms { ctx, policy: Policy::new(payment).unwrap(), binding }
}

fn claim_of<const M: usize>(recipient: u8) -> (ClaimCircuit<M>, claim::PostedClaim, claim::ClaimTerms) {
    let (cast, ctx, posted) = election::build_ballot::<M>([0; 32]);
    let voter = Identity::from_seed(&Seed::from_bytes([7; 32])).unwrap();
    let mut tree = NotesTree::new();
    tree.append_batch(seal_note(posted.note)).unwrap();
    let (list, index) = tree.find_note(posted.note).unwrap();
    let witness = &cast.witness;
    let opening =
        NoteOpening { weight: weight(1000), x: witness.x.clone(), blinder: witness.randomness.blinder().clone() };
    let path = tree.prove_note(list, index).unwrap();
    let (ak, nk) = (voter.authorising_key(), voter.nullifier_key());
    let draft = claim::ClaimDraft::new(ak, nk, opening, path, claim_terms(ctx, recipient)).unwrap();
    let signature = voter.sign(draft.message(), &mut seeded_rng(5));
    let (instance, witness, posted) = draft.attach_signature(signature);
    assert_eq!(posted.notes_root, tree.root());
    (ClaimCircuit { instance, witness }, posted, claim_terms(ctx, recipient))
}

fn context_at(position: u64) -> SealingContext {
    context::derive_sealing_context(ChainId::new(31337), [9; 20], PollId::new(7), ChamberId::new(2), position)
}

#[test]
fn note_batch_is_proved() {
    let key = development_key::<NotesCircuit>();
    let (context, list) = (context_at(0), seal_note(NoteCommitment::from_u64(1_000)));
    let circuit = NotesCircuit { instance: notes::build_instance(&list, context), batch: list };
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    let vk = key.verifying_key();
    let of = |context, notes: &[NoteCommitment]| {
        notes::Instance::from_notes(circuit.batch.root(), context, notes).unwrap().to_inputs()
    };
    assert_binds(vk, &proof, &of(context, circuit.batch.notes()));

    let elsewhere = of(context_at(1), circuit.batch.notes());
    assert_eq!(vk.verify(&proof, &elsewhere), Err(VerifyError::InvalidProof));
    let mut other = circuit.batch.notes().to_vec();
    other.swap(3, 4);
    assert_eq!(vk.verify(&proof, &of(context, &other)), Err(VerifyError::InvalidProof));
}

fn check_claims<const M: usize>() {
    let key = development_key::<ClaimCircuit<M>>();
    let vk = key.verifying_key();
    let (circuit, posted, terms) = claim_of::<M>(2);
    assert_eq!(posted.amount, 100 + 3 * 500 + 25);
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    // The inputs as the contract computes them from the posted data.
    assert_binds(vk, &proof, &claim::Instance::from_posted(&posted, &terms).to_inputs());
    for other in [
        claim::Instance::from_posted(&posted, &claim_of::<M>(66).2),
        claim::Instance::from_posted(&posted, &claim::ClaimTerms { ctx: terms.ctx.altered(), ..terms }),
        claim::Instance::from_posted(&claim::PostedClaim { amount: posted.amount + 1, ..posted.clone() }, &terms),
    ] {
        assert_eq!(vk.verify(&proof, &other.to_inputs()), Err(VerifyError::InvalidProof));
    }

    // The voter's second proof has the same reward nullifier, even if everything else is different.
    let (again, second, _) = claim_of::<M>(66);
    assert!(key.prove(&again, &mut seeded_rng(2)).is_ok());
    assert_eq!(second.reward_nullifier, posted.reward_nullifier);

    // A prover that changes the recipient has no signature for it.
    let mut redirected = claim_of::<M>(2).0;
    redirected.witness.terms = claim_of::<M>(66).2;
    let posted = redirected.witness.compute_posted().unwrap();
    redirected.instance = claim::Instance::from_posted(&posted, &redirected.witness.terms);
    let error = key.prove(&redirected, &mut seeded_rng(3)).unwrap_err();
    assert!(matches!(error, ProveError::Statement(_)));
    assert!(error.to_string().contains("signature"));
}

#[test]
fn claims_of_three_options_are_proved() {
    check_claims::<3>();
}

#[test]
fn claims_of_eight_options_are_proved() {
    check_claims::<8>();
}

#[test]
fn ballot_proof_is_not_a_claim() {
    let (cast, ..) = election::build_ballot::<3>([0; 32]);
    let proof = development_key::<BallotCircuit<3>>().prove(&cast, &mut seeded_rng(1)).unwrap();
    let key = development_key::<ClaimCircuit<3>>();
    assert_eq!(key.verifying_key().verify(&proof, &cast.public_inputs()), Err(VerifyError::InvalidProof));
    let claimed = claim_of::<3>(2).0.public_inputs();
    assert_eq!(key.verifying_key().verify(&proof, &claimed), Err(VerifyError::InvalidProof));
}
