// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRounding} from "../interfaces/IRounding.sol";
import {Challenge} from "./Challenge.sol";

/// @title Public inputs of proofs of blinded shares
/// @notice The statement: for all M keys a secret sk_j and a blinding factor b_j are known with pk_j = sk_j G and F_j =
/// sk_j C + b_j H, and x_j encrypts b_j to the teller's transport key K, with E = e G. L = (ctx, C, K, E, then for each
/// j pk_j, F_j, x_j) (specification, section 8).
library BlindedTranscript {
    /// @dev h, ctx, C, K, E.
    uint256 private constant FIRST = 8;
    /// @dev pk_j, F_j, x_j.
    uint256 private constant EACH = 5;

    /// @notice Returns the public inputs for a blinded share.
    /// @param share the share; its lists have 2 M, 2 M and M words
    /// @param key K, x then y
    /// @return the public inputs h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function publicInputs(IRounding.Share calldata share, uint256[2] memory key)
        internal
        pure
        returns (uint256[] memory, uint256 outOfField)
    {
        uint256 size = share.factors.length;
        uint256[] memory list = new uint256[](FIRST + EACH * size);
        (list[0], list[1]) = (share.h, share.ctx);
        (list[2], list[3]) = (share.c[0], share.c[1]);
        (list[4], list[5]) = (key[0], key[1]);
        (list[6], list[7]) = (share.ephemeral[0], share.ephemeral[1]);
        uint256[] calldata keys = share.keys;
        uint256[] calldata points = share.points;
        uint256[] calldata factors = share.factors;
        for (uint256 j = 0; j < size; ++j) {
            uint256 at_ = FIRST + EACH * j;
            (list[at_], list[at_ + 1]) = (keys[2 * j], keys[2 * j + 1]);
            (list[at_ + 2], list[at_ + 3]) = (points[2 * j], points[2 * j + 1]);
            list[at_ + 4] = factors[j];
        }
        return Challenge.publicInputs(list);
    }
}
