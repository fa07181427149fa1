// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";
import {Challenge} from "./Challenge.sol";
import {RewardPolicy} from "./RewardPolicy.sol";

/// @title Public inputs of note batch and claim proofs
/// @notice Statements `notes` and `claim` (specification, sections 11 and 12).
library RewardTranscript {
    uint256 private constant CLAIM_ELEMENTS = 8;

    /// @notice Returns R, z = keccak(R, context, notes) mod r, y = sum n_i z^i. The notes are below r: casting has
    /// checked them.
    /// @dev The context is hashed and not evaluated: R does not fix it.
    /// @param root R, the root of the batch's subtree
    /// @param context the hash that names the batch
    /// @param list the note commitments
    /// @return inputs R, z, y
    function notesInputs(uint256 root, uint256 context, uint256[] calldata list)
        internal
        pure
        returns (uint256[] memory inputs)
    {
        uint256 r = BabyJubjub.R;
        uint256 z = uint256(keccak256(abi.encodePacked(root, context, list))) % r;
        uint256 y;
        assembly ("memory-safe") {
            let end := list.offset
            for { let word := add(end, mul(list.length, 0x20)) } gt(word, end) {} {
                word := sub(word, 0x20)
                // A product is below r and a note too: their sum fits.
                y := add(mulmod(y, z, r), calldataload(word))
            }
            y := mod(y, r)
        }
        inputs = new uint256[](3);
        (inputs[0], inputs[1], inputs[2]) = (root, z, y);
    }

    /// @notice Returns h, z, y of L = (notes_root, ctx, reward_nullifier, amount - base, selector, perWeight, bonus,
    /// binding).
    /// @param h the first public input
    /// @param notesRoot the notes root
    /// @param ctx the context of the chamber in its poll
    /// @param rewardNullifier the note's reward nullifier
    /// @param amount the claimed amount in units, at least the policy's base
    /// @param policy the packed reward policy
    /// @param binding the hash of chain, contract, recipient, relayer and fee
    /// @return inputs h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function claimInputs(
        uint256 h,
        uint256 notesRoot,
        uint256 ctx,
        uint256 rewardNullifier,
        uint256 amount,
        uint256 policy,
        uint256 binding
    ) internal pure returns (uint256[] memory inputs, uint256 outOfField) {
        uint256[] memory list = new uint256[](1 + CLAIM_ELEMENTS);
        (list[0], list[1], list[2], list[3]) = (h, notesRoot, ctx, rewardNullifier);
        list[4] = amount - RewardPolicy.base(policy);
        list[5] = RewardPolicy.selector(policy);
        list[6] = RewardPolicy.perWeight(policy);
        list[7] = RewardPolicy.bonus(policy);
        list[8] = binding;
        return Challenge.publicInputs(list);
    }
}
