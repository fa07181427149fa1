// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Transport keys and proofs of possession
/// @notice A trustee's transport key and the Schnorr proof that its secret is known (specification, section 5). The key
/// is computed here, as eight times the posted point: whatever point of the curve that is, the key is in the subgroup
/// of order l, which no check of a signature alone would show.
library ProofOfPossession {
    uint256 private constant HALF_BITS = 126;
    /// @dev keccak's 256 bits, less the 126 of a challenge
    uint256 private constant CHALLENGE_SHIFT = 130;

    /// @notice Returns the transport key 8 P for a posted point P.
    /// @param x P's first coordinate
    /// @param y P's second coordinate
    /// @return result 8 P, x then y; (0, 1) if P is not canonical, not on the curve, or of an order that divides 8
    function transportKey(uint256 x, uint256 y) internal view returns (uint256[2] memory result) {
        if (!BabyJubjub.isOnCurve(x, y)) return [uint256(0), 1];
        BabyJubjub.Projective memory p = BabyJubjub.fromAffine(x, y);
        for (uint256 i = 0; i < 3; ++i) {
            BabyJubjub.double(p);
        }
        (result[0], result[1]) = BabyJubjub.toAffine(p);
    }

    /// @notice Returns whether a proof of possession holds: challenge = keccak(R, key, ctx) >> 130 for R = response G -
    /// challenge key.
    /// @param key the transport key, x then y
    /// @param ctx the context of the trustee
    /// @param challenge the proof's challenge
    /// @param response the proof's response
    /// @return whether it holds
    function isValid(uint256[2] memory key, uint256 ctx, uint256 challenge, uint256 response)
        internal
        view
        returns (bool)
    {
        if (challenge >> HALF_BITS != 0 || response >= BabyJubjub.L) return false;
        uint256[] memory table = _table(key[0], key[1]);
        uint256 upper = response >> HALF_BITS;
        BabyJubjub.Projective memory r = BabyJubjub.identity();
        for (uint256 bit = 1 << (HALF_BITS - 1); bit != 0; bit >>= 1) {
            BabyJubjub.double(r);
            uint256 entryX;
            uint256 entryY;
            assembly ("memory-safe") {
                let digit := iszero(iszero(and(response, bit)))
                digit := or(digit, shl(1, iszero(iszero(and(upper, bit)))))
                digit := or(digit, shl(2, iszero(iszero(and(challenge, bit)))))
                let entry := add(table, add(0x20, shl(6, digit)))
                entryX := mload(entry)
                entryY := mload(add(entry, 0x20))
            }
            // Entry 0 is the identity.
            if (entryX != 0) BabyJubjub.addTo(r, entryX, entryY);
        }
        (uint256 x, uint256 y) = BabyJubjub.toAffine(r);
        return uint256(keccak256(abi.encode(x, y, key[0], key[1], ctx))) >> CHALLENGE_SHIFT == challenge;
    }

    /// @dev Returns the precomputed table: entry d, two words each, is d_0 G + d_1 2^126 G - d_2 key for the bits of d.
    /// One ladder then serves for three scalars.
    function _table(uint256 x, uint256 y) private view returns (uint256[] memory table) {
        uint256 negative = BabyJubjub.R - x;
        BabyJubjub.Projective[] memory sums = new BabyJubjub.Projective[](8);
        sums[0] = BabyJubjub.identity();
        sums[1] = BabyJubjub.fromAffine(BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
        sums[2] = BabyJubjub.fromAffine(BabyJubjub.UPPER_X, BabyJubjub.UPPER_Y);
        sums[3] = BabyJubjub.fromAffine(BabyJubjub.BOTH_X, BabyJubjub.BOTH_Y);
        for (uint256 i = 0; i < 4; ++i) {
            sums[4 + i] = BabyJubjub.fromAffine(sums[i].x, sums[i].y);
            BabyJubjub.addTo(sums[4 + i], negative, y);
        }
        table = BabyJubjub.toAffine(sums);
    }
}
