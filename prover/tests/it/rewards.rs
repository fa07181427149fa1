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
use psephos_protocol::note::{NoteList, NoteTree, Opening};
use psephos_protocol::reward::{self, Policy};
use psephos_protocol::statement::{claim, notes};
use psephos_prover::{ProveError, VerifyError};

use crate::election::{self, key};
use crate::statements::binds;
use crate::toy::rng;

fn sealed(note: NoteCommitment) -> NoteList {
    NoteList::new((1..=40u64).map(|i| if i == 17 { note } else { NoteCommitment::from_u64(i) }).collect()).unwrap()
}

fn terms(ctx: Context, recipient: u8) -> claim::Terms {
    let payment = reward::Terms { base: 100, per_weight: 3, cap: 500, bonus: 25, ratified: Some(1) };
    let binding = context::claim_binding(ChainId::new(31337), [1; 20], [recipient; 20], [3; 20], [0; 32]);
    claim::Terms { ctx, policy: Policy::new(payment).unwrap(), binding }
}

fn claim_of<const M: usize>(recipient: u8) -> (ClaimCircuit<M>, claim::Posted, claim::Terms) {
    let (cast, ctx, posted) = election::ballot::<M>([0; 32]);
    let voter = Identity::from_seed(&Seed::from_bytes([7; 32])).unwrap();
    let mut tree = NoteTree::new();
    tree.insert(sealed(posted.note)).unwrap();
    let (list, index) = tree.find(posted.note).unwrap();
    let witness = &cast.witness;
    let opening = Opening { weight: 1000, x: witness.x.clone(), blinder: witness.randomness.blinder().clone() };
    let path = tree.prove(list, index).unwrap();
    let (ak, nk) = (voter.authorising_key(), voter.nullifier_key());
    let draft = claim::Draft::new(ak, nk, opening, path, terms(ctx, recipient)).unwrap();
    let signature = voter.sign(draft.message(), &mut rng(5));
    let (instance, witness, posted) = draft.finish(signature);
    assert_eq!(posted.note_root, tree.root());
    (ClaimCircuit { instance, witness }, posted, terms(ctx, recipient))
}

fn context_at(position: u64) -> SealingContext {
    context::sealing_context(ChainId::new(31337), [9; 20], PollId::new(7), ChamberId::new(2), position)
}

#[test]
fn note_batch_is_proved() {
    let key = key::<NotesCircuit>();
    let (context, list) = (context_at(0), sealed(NoteCommitment::from_u64(1_000)));
    let circuit = NotesCircuit { instance: notes::build(&list, context), list };
    let proof = key.prove(&circuit, &mut rng(1)).unwrap();
    let vk = key.verifying_key();
    let of = |context, notes: &[NoteCommitment]| {
        notes::Instance::of(circuit.list.root(), context, notes).unwrap().to_inputs()
    };
    binds(vk, &proof, &of(context, circuit.list.notes()));

    let elsewhere = of(context_at(1), circuit.list.notes());
    assert_eq!(vk.verify(&proof, &elsewhere), Err(VerifyError::InvalidProof));
    let mut other = circuit.list.notes().to_vec();
    other.swap(3, 4);
    assert_eq!(vk.verify(&proof, &of(context, &other)), Err(VerifyError::InvalidProof));
}

fn claims<const M: usize>() {
    let key = key::<ClaimCircuit<M>>();
    let vk = key.verifying_key();
    let (circuit, posted, terms) = claim_of::<M>(2);
    assert_eq!(posted.amount, 100 + 3 * 500 + 25);
    let proof = key.prove(&circuit, &mut rng(1)).unwrap();
    // The inputs as the contract computes them from the posted data.
    binds(vk, &proof, &claim::Instance::of(&posted, &terms).to_inputs());
    for other in [
        claim::Instance::of(&posted, &claim_of::<M>(66).2),
        claim::Instance::of(&posted, &claim::Terms { ctx: terms.ctx.altered(), ..terms }),
        claim::Instance::of(&claim::Posted { amount: posted.amount + 1, ..posted.clone() }, &terms),
    ] {
        assert_eq!(vk.verify(&proof, &other.to_inputs()), Err(VerifyError::InvalidProof));
    }

    // The voter's second proof has the same reward nullifier, even if everything else is different.
    let (again, second, _) = claim_of::<M>(66);
    assert!(key.prove(&again, &mut rng(2)).is_ok());
    assert_eq!(second.reward_nullifier, posted.reward_nullifier);

    // A prover that changes the recipient has no signature for it.
    let mut redirected = claim_of::<M>(2).0;
    redirected.witness.terms = claim_of::<M>(66).2;
    let posted = redirected.witness.posted().unwrap();
    redirected.instance = claim::Instance::of(&posted, &redirected.witness.terms);
    let error = key.prove(&redirected, &mut rng(3)).unwrap_err();
    assert!(matches!(error, ProveError::Statement(_)));
    assert!(error.to_string().contains("signature"));
}

#[test]
fn claims_of_three_options_are_proved() {
    claims::<3>();
}

#[test]
fn claims_of_eight_options_are_proved() {
    claims::<8>();
}

#[test]
fn ballot_proof_is_not_a_claim() {
    let (cast, ..) = election::ballot::<3>([0; 32]);
    let proof = key::<BallotCircuit<3>>().prove(&cast, &mut rng(1)).unwrap();
    let key = key::<ClaimCircuit<3>>();
    assert_eq!(key.verifying_key().verify(&proof, &cast.inputs()), Err(VerifyError::InvalidProof));
    let claimed = claim_of::<3>(2).0.inputs();
    assert_eq!(key.verifying_key().verify(&proof, &claimed), Err(VerifyError::InvalidProof));
}
