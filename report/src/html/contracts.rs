//! The contracts of a deployment.

use psephos_state::Deployment;

use super::markup::Markup;

/// Writes the contracts' addresses, folded.
pub fn write_table(page: &mut Markup, deployment: &Deployment) {
    page.raw("<details><summary>Contracts on chain ").text(deployment.chain_id);
    page.raw("</summary><div class=\"scroll\"><table><tbody>");
    let verifiers = &deployment.verifiers;
    let contracts = [
        ("Registry of chambers", deployment.registry),
        ("Membership policy", deployment.policy),
        ("Committees", deployment.committee),
        ("Polls", deployment.polls),
        ("Rewards", deployment.rewards),
    ];
    let contracts = contracts.into_iter().chain(deployment.fee_pot.map(|address| ("Fee pots", address))).chain([
        ("Verifier, ballots of 3", verifiers.ballot3),
        ("Verifier, ballots of 8", verifiers.ballot8),
        ("Verifier, updates of 3", verifiers.update3),
        ("Verifier, updates of 8", verifiers.update8),
        ("Verifier, dealings to 5", verifiers.dealing5),
        ("Verifier, dealings to 16", verifiers.dealing16),
        ("Verifier, committees' keys", verifiers.committee_keys),
        ("Verifier, decryption", verifiers.decryption),
        ("Verifier, note batches", verifiers.notes),
        ("Verifier, claims for 3", verifiers.claim3),
        ("Verifier, claims for 8", verifiers.claim8),
    ]);
    for (name, address) in contracts {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th><td><code>").text(address).raw("</code></td></tr>");
    }
    page.raw("<tr><th scope=\"row\">Manifest of the keys</th><td><code>");
    page.text(deployment.keys.as_deref().unwrap_or("none: development keys"));
    page.raw("</code></td></tr></tbody></table></div></details>");
}
