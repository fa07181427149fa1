//! Bindings generated from the Solidity interfaces themselves, so that the two cannot drift apart.
//!
//! What deploying needs beyond the interfaces (constructors, the allow-list's setters) comes from the ABI of the
//! compiled artifacts.
#![allow(missing_docs, clippy::too_many_arguments)]

use alloy_sol_types::sol;

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/IPolls.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/ISheets.sol"
);

sol!(
    #[sol(all_derives)]
    "../verifier-contracts/src/interfaces/ICharters.sol"
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

// This interface imports another, which `sol!` does not follow: its ABI is used instead.
sol!(
    #[sol(all_derives)]
    IStakeholderRegistry,
    "../chain/artifacts/IStakeholderRegistry.json"
);

// The setters are the allow-list's own: the interface of policies has none.
sol!(
    #[sol(all_derives)]
    AllowListPolicy,
    "../chain/artifacts/AllowListPolicy.json"
);

/// Generated from the ABI, since the interface imports another. It has a module of its own for the structs that it
/// shares with [`ISheets`].
mod bridging {
    use alloy_sol_types::sol;

    sol!(
        #[sol(all_derives)]
        IBridging,
        "../chain/artifacts/IBridging.json"
    );
}

pub use bridging::IBridging;
