// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";
import {Challenge} from "./Challenge.sol";

/// @title Public inputs of dealing proofs
/// @notice L = (ctx, flags, E, tk_1 .. tk_N, A_{1,0} .. A_{8,N-1}, c_{1,1} .. c_{N,8}) for the circuit's capacity N,
/// with tk = G and c = 0 for a trustee that has not registered, and A = (0, 0) for a coefficient behind the committee
/// threshold (specification, section 8).
library DealingTranscript {
    uint256 private constant KEYS = 8;
    uint256 private constant SHARE_WORDS = 8;
    /// @dev h, ctx, flags, E
    uint256 private constant HEAD = 5;
    /// @dev The position in the flags of the bits of registered trustees.
    uint256 private constant REGISTERED_AT = 16;

    /// @notice Returns a list for `publicInputs` that has everything except the posted words.
    /// @param capacity N
    /// @param ctx the context of the trustee
    /// @param threshold the committee threshold
    /// @param registered bit i: the trustee of index i has registered
    /// @param keys tk_1 .. tk_n, x then y; zeros for a trustee that has not registered
    /// @return list h (0 for now), then L
    function prepare(uint256 capacity, uint256 ctx, uint256 threshold, uint256 registered, uint256[] memory keys)
        internal
        pure
        returns (uint256[] memory list)
    {
        list = new uint256[](HEAD + capacity * (2 + 2 * KEYS + SHARE_WORDS));
        list[1] = ctx;
        list[2] = ((1 << threshold) - 1) | (registered << REGISTERED_AT);
        for (uint256 i = 0; i < capacity; ++i) {
            bool present = (registered >> i) & 1 == 1;
            list[HEAD + 2 * i] = present ? keys[2 * i] : BabyJubjub.BASE_X;
            list[HEAD + 2 * i + 1] = present ? keys[2 * i + 1] : BabyJubjub.BASE_Y;
        }
    }

    /// @notice Writes the posted words into the list and returns the public inputs. The caller has checked the lengths:
    /// 16 T words of commitments, 8 words of shares for each registered trustee.
    /// @param list the list that `prepare` returned
    /// @param registered bit i: the trustee of index i has registered
    /// @param ephemeral E, x then y
    /// @param commitments the polynomial commitments A_{j,k}, x then y
    /// @param shares the encrypted key shares
    /// @param h the first public input
    /// @return the public inputs h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function publicInputs(
        uint256[] memory list,
        uint256 registered,
        uint256[2] calldata ephemeral,
        uint256[] calldata commitments,
        uint256[] calldata shares,
        uint256 h
    ) internal pure returns (uint256[] memory, uint256 outOfField) {
        list[0] = h;
        (list[3], list[4]) = (ephemeral[0], ephemeral[1]);
        uint256 capacity = (list.length - HEAD) / (2 + 2 * KEYS + SHARE_WORDS);
        uint256 unit = commitments.length / KEYS;
        uint256 position = HEAD + 2 * capacity;
        for (uint256 j = 0; j < KEYS; ++j) {
            _copy(list, position, commitments, j * unit, unit);
            position += 2 * capacity;
        }
        uint256 used = 0;
        for (uint256 i = 0; registered >> i != 0; ++i) {
            if ((registered >> i) & 1 == 1) {
                _copy(list, position, shares, used, SHARE_WORDS);
                used += SHARE_WORDS;
            }
            position += SHARE_WORDS;
        }
        return Challenge.publicInputs(list);
    }

    /// @dev Copies `count` words: list[to ..] := source[from ..]. Both ranges are within bounds: the caller has checked
    /// the lengths.
    function _copy(uint256[] memory list, uint256 to, uint256[] calldata source, uint256 from, uint256 count)
        private
        pure
    {
        assembly ("memory-safe") {
            calldatacopy(add(list, mul(add(to, 1), 0x20)), add(source.offset, mul(from, 0x20)), mul(count, 0x20))
        }
    }
}
