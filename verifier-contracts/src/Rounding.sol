// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IPolls} from "./interfaces/IPolls.sol";
import {IRounding} from "./interfaces/IRounding.sol";
import {BabyJubjub} from "./libraries/BabyJubjub.sol";
import {BlindedTranscript} from "./libraries/BlindedTranscript.sol";
import {DecisionTranscript} from "./libraries/DecisionTranscript.sol";
import {Lagrange} from "./libraries/Lagrange.sol";
import {ProofVerdict} from "./libraries/ProofVerdict.sol";

/// @title Verification of blinded shares and rounded tallies
/// @notice The whole of `IRounding`. It has no storage and no owner.
contract Rounding is IRounding {
    /// @dev A committee has at most 16 trustees.
    uint256 private constant MAX_TRUSTEES = 16;

    ICommittee private immutable _committee;
    IGroth16Verifier private immutable _blinded3Verifier;
    IGroth16Verifier private immutable _blinded8Verifier;
    IGroth16Verifier private immutable _decision3Verifier;
    IGroth16Verifier private immutable _decision8Verifier;

    /// @notice Fixes the immutable dependencies.
    /// @param committee the committees
    /// @param blinded3Verifier the verifier of blinded shares with up to 3 options
    /// @param blinded8Verifier the verifier of blinded shares with up to 8 options
    /// @param decision3Verifier the verifier of rounded tallies with up to 3 options
    /// @param decision8Verifier the verifier of rounded tallies with up to 8 options
    constructor(
        ICommittee committee,
        IGroth16Verifier blinded3Verifier,
        IGroth16Verifier blinded8Verifier,
        IGroth16Verifier decision3Verifier,
        IGroth16Verifier decision8Verifier
    ) {
        _committee = committee;
        _blinded3Verifier = blinded3Verifier;
        _blinded8Verifier = blinded8Verifier;
        _decision3Verifier = decision3Verifier;
        _decision8Verifier = decision8Verifier;
    }

    /// @inheritdoc IRounding
    function verifyBlindedShare(uint256 id, Share calldata share) external view virtual returns (bool) {
        uint256 words = share.points.length;
        if (2 * share.factors.length != words) revert WrongLength(share.factors.length, words / 2);
        // Reverts for another size than 3 and 8, too.
        _committee.checkVerificationKeys(id, share.trustee, share.index, words, share.keys, share.otherKeysHash);
        uint256[2] memory key = _committee.transportKey(id, share.teller);
        (uint256[] memory inputs, uint256 outOfField) = BlindedTranscript.publicInputs(share, key);
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
        return ProofVerdict.holds(words == 6 ? _blinded3Verifier : _blinded8Verifier, share.proof, inputs);
    }

    /// @inheritdoc IRounding
    /// @dev That the commitments are points of the curve and of its subgroup, for which the equations have a meaning,
    /// follows from the proof: both must hold.
    function verifyDecision(
        Statement calldata statement,
        IPolls.RoundedTally calldata rounded,
        ICommittee.ShareCombination calldata combination
    ) external view virtual returns (bool) {
        uint256[] calldata total = statement.total;
        uint256 size = total.length / 2 - 1;
        (uint256[] memory inputs, uint256 outOfField) =
            DecisionTranscript.publicInputs(rounded, statement.parameters, statement.options, size);
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
        if (total[0] == 0 && total[1] == 1) {
            _checkWithoutShares(total, rounded.commitments);
        } else {
            _checkCombination(statement.threshold, combination, total.length - 2);
            _checkWithShares(total, rounded.commitments, combination);
        }
        return ProofVerdict.holds(size == 3 ? _decision3Verifier : _decision8Verifier, rounded.proof, inputs);
    }

    /// @dev Checks which shares are combined, and how.
    /// @param words the number of words of a share
    function _checkCombination(uint256 threshold, ICommittee.ShareCombination calldata combination, uint256 words)
        private
        pure
    {
        uint256 set = combination.trustees;
        uint256[] memory points = new uint256[](threshold);
        uint256 count = 0;
        if (set >> MAX_TRUSTEES == 0) {
            for (uint256 point = 1; set >> (point - 1) != 0; ++point) {
                if ((set >> (point - 1)) & 1 == 0) continue;
                if (count < threshold) points[count] = point;
                ++count;
            }
        }
        bool fits = count == threshold && combination.coefficients.length == threshold
            && combination.shares.length == words * threshold;
        if (!fits) revert WrongTrustees(set);
        uint256 wrong = Lagrange.check(points, combination.coefficients, combination.denominator);
        if (wrong != threshold) revert WrongCoefficient(points[wrong] - 1);
    }

    /// @dev Checks d (D_j - W_j) - sum c_i F_{i,j} = 0 for each option. If W_j has order l, as the proof shows, then so
    /// have all of these points, and d, below 2^63 and not 0, is no multiple of l: the equation also holds without d.
    function _checkWithShares(
        uint256[] calldata total,
        uint256[] calldata commitments,
        ICommittee.ShareCombination calldata combination
    ) private pure {
        (uint256[] memory scalars, uint256 negative) = _scalars(combination);
        uint256[] memory points = new uint256[](2 * scalars.length);
        for (uint256 j = 0; 2 * j < commitments.length; ++j) {
            _fillShares(points, negative, combination.shares, j);
            _fillTotal(points, total, commitments, j);
            if (!BabyJubjub.equals(BabyJubjub.sumOfMultiples(scalars, points), 0, 1)) revert WrongCommitment(j);
        }
    }

    /// @dev Returns the absolute values of c_i, then d twice; and which c_i are negative, bit i.
    function _scalars(ICommittee.ShareCombination calldata combination)
        private
        pure
        returns (uint256[] memory scalars, uint256 negative)
    {
        int256[] calldata coefficients = combination.coefficients;
        uint256 count = coefficients.length;
        scalars = new uint256[](count + 2);
        for (uint256 i = 0; i < count; ++i) {
            int256 coefficient = coefficients[i];
            if (coefficient < 0) negative |= 1 << i;
            // Below 2^63 in absolute value: Lagrange.check has passed.
            // forge-lint: disable-next-line(unsafe-typecast)
            scalars[i] = uint256(coefficient < 0 ? -coefficient : coefficient);
        }
        (scalars[count], scalars[count + 1]) = (combination.denominator, combination.denominator);
    }

    /// @dev Writes an option's F_{i,j}, with the signs of - c_i, before two further points. The lists have passed the
    /// checks of their lengths.
    function _fillShares(uint256[] memory points, uint256 negative, uint256[] calldata shares, uint256 option)
        private
        pure
    {
        uint256 r = BabyJubjub.R;
        assembly ("memory-safe") {
            let at_ := add(points, 0x20)
            let end := add(at_, sub(mul(mload(points), 0x20), 0x80))
            // The bytes of one trustee's share.
            let step := div(mul(shares.length, 0x20), sub(div(mload(points), 2), 2))
            for { let source := add(shares.offset, shl(6, option)) } lt(at_, end) { source := add(source, step) } {
                let x := calldataload(source)
                if iszero(and(negative, 1)) { x := sub(r, x) }
                mstore(at_, x)
                mstore(add(at_, 0x20), calldataload(add(source, 0x20)))
                negative := shr(1, negative)
                at_ := add(at_, 0x40)
            }
        }
    }

    /// @dev Writes an option's D_j and - W_j as the last two points. The commitments are below r.
    function _fillTotal(
        uint256[] memory points,
        uint256[] calldata total,
        uint256[] calldata commitments,
        uint256 option
    ) private pure {
        uint256 r = BabyJubjub.R;
        assembly ("memory-safe") {
            let from := shl(6, option)
            let at_ := sub(add(points, mul(mload(points), 0x20)), 0x60)
            calldatacopy(at_, add(add(total.offset, 0x40), from), 0x40)
            let commitment := add(commitments.offset, from)
            mstore(add(at_, 0x40), sub(r, calldataload(commitment)))
            mstore(add(at_, 0x60), calldataload(add(commitment, 0x20)))
        }
    }

    /// @dev Checks W_j = D_j + H for each option: with C = identity D_j = V_j G, and B_j = -1.
    function _checkWithoutShares(uint256[] calldata total, uint256[] calldata commitments) private pure {
        for (uint256 j = 0; 2 * j < commitments.length; ++j) {
            BabyJubjub.Projective memory sum = BabyJubjub.fromAffine(total[2 + 2 * j], total[3 + 2 * j]);
            BabyJubjub.addTo(sum, BabyJubjub.BLINDING_X, BabyJubjub.BLINDING_Y);
            if (!BabyJubjub.equals(sum, commitments[2 * j], commitments[2 * j + 1])) revert WrongCommitment(j);
        }
    }

    /// @inheritdoc IRounding
    function immutableDependencies() external view virtual returns (address, address, address, address, address) {
        return (
            address(_committee),
            address(_blinded3Verifier),
            address(_blinded8Verifier),
            address(_decision3Verifier),
            address(_decision8Verifier)
        );
    }
}
