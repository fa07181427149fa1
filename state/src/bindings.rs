//! Bindings generated from the Solidity interfaces themselves, so that the two cannot drift apart.
//!
//! What a deployment needs beyond the interfaces (constructors, an allow-list's setters) is taken from the compiled
//! artifacts' own ABI (`artifact`).
#![allow(missing_docs, clippy::too_many_arguments)]

use alloy_sol_types::sol;

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/IPolls.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/ICommittee.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/IRewards.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/IFeePot.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/IGroth16Verifier.sol"
);

// This one imports another, which `sol!` does not follow: its ABI instead.
sol!(
    #[sol(all_derives)]
    IStakeholderRegistry,
    "../chain/artifacts/IStakeholderRegistry.json"
);

// The allow-list's setters are its own: the interface of policies has none.
sol!(
    #[sol(all_derives)]
    AllowListPolicy,
    "../chain/artifacts/AllowListPolicy.json"
);
