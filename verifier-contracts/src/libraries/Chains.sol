// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Chains
/// @notice What a contract must know of the chain that it is on: only its number says which kinds of transactions
/// there are.
library Chains {
    /// @notice Returns whether every transaction of this chain is of one of Ethereum's own kinds (0 to 4). In these, an
    /// account without code makes one call, and the calldata of the transaction is that of this call. Rollups have
    /// kinds of their own, for example deposits, whose encoding programs do not know.
    /// @dev Mainnet comes first: there the comparison costs least. 31337 is the number of local development chains. A
    /// chain that is not listed costs a ballot the gas of an event, and nothing else.
    /// @return whether it is Ethereum mainnet, one of its public test networks, or a local development chain
    function isEthereum() internal view returns (bool) {
        uint256 id = block.chainid;
        return id == 1 || id == 31337 || id == 11155111 || id == 560048;
    }
}
