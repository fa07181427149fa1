//! Enrols two members, votes, decrypts, tallies and verifies on a local chain: `cargo run --release --example
//! enrol_vote_verify`.
//!
//! It needs anvil (`npm ci` in verifier-contracts installs it) and makes development keys on its first run.

use std::error::Error;

use psephos_client::{
    NodeSet, Silent, operator, tally,
    trustee::{Journal, Precautions, decrypt_total},
    verify::verify_poll,
    voter,
};
use psephos_testkit::{CommitteeSize, LocalDeployment};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A chain with the contracts, and a committee of one trustee that holds the election keys.
    let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
    let (deployment, circuits, source) = (&local.deployment, &local.circuits, local.source());

    // The DAO makes two accounts eligible, and each of them enrols its identity.
    let chamber = operator::create_chamber(&local.dao, deployment, "Researchers").await?;
    let members = [local.create_member().await, local.create_member().await];
    let weights = members.each_ref().map(|member| (member.address(), 10));
    operator::set_weights(&local.dao, deployment, chamber, &weights).await?;
    for member in &members {
        let id = member.identity.commitment();
        let enrolment = voter::enrol_identity(&member.account, deployment, chamber, &id).await?;
        println!("enrolled {} with weight {}", enrolment.id, enrolment.weight);
    }

    // A poll of three options opens: the census is frozen. A relayer's account sends the ballots, so that nothing links
    // them to their voters.
    let poll = local.open_poll(deployment, &[chamber], 2).await;
    let state = local.read_state().await;
    for (member, option) in members.iter().zip([0, 1]) {
        let choice = voter::single_choice(3, option);
        let vote = voter::prepare_ballot(&state, member.voter(), poll, chamber, &choice, false)?;
        let package = voter::prove_ballot(circuits, vote)?;
        let sent = voter::submit_ballot(&local.relayer, &package).await?;
        println!("a ballot was cast for {} gas", sent.gas);
    }

    // After the close the trustee decrypts the total, and anyone finds and posts the totals.
    local.advance_past_close().await;
    let trustee = &local.trustees[0];
    // A trustee of a real committee compares several nodes here.
    let nodes = NodeSet::single(trustee.account.clone());
    let precautions =
        Precautions { journal: &Journal::disabled(), confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
    let (account, secret) = (&trustee.account, &trustee.secret);
    decrypt_total(account, &local.read_state().await, circuits, secret, poll, chamber, precautions).await?;
    for tallied in tally::tally_poll(&source, &local.relayer, poll, &Silent).await? {
        println!("totals of chamber {}: {:?}", tallied.chamber, tallied.totals);
    }
    tally::finalise_poll(&local.relayer, deployment, poll).await?;

    // Anyone verifies the whole poll from chain data alone.
    let report = verify_poll(&source, local.chain.connection(), circuits, poll, &Silent).await?;
    for check in &report.checks {
        println!("{} {}", if check.passed() { "ok    " } else { "FAILED" }, check.name.describe());
    }
    if report.passed() { Ok(()) } else { Err("the poll does not verify".into()) }
}
