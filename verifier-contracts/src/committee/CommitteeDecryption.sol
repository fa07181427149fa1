// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {PolynomialCommitments} from "../libraries/PolynomialCommitments.sol";
import {DecryptionTranscript} from "../libraries/DecryptionTranscript.sol";
import {Lagrange} from "../libraries/Lagrange.sol";
import {ProofVerdict} from "../libraries/ProofVerdict.sol";
import {CommitteeStorage} from "./CommitteeStorage.sol";

/// @title Decryption of totals
/// @notice Verifies decryption shares and decrypted totals. Views only: the polls decide when a total may be decrypted,
/// and record which shares were posted.
abstract contract CommitteeDecryption is CommitteeStorage {
    /// @inheritdoc ICommittee
    function verifyShare(uint256 id, Share calldata share) external view virtual returns (bool) {
        checkVerificationKeys(id, share.trustee, share.index, share.points.length, share.keys, share.otherKeysHash);
        (uint256[] memory inputs, uint256 outOfField) =
            DecryptionTranscript.publicInputs(share.ctx, share.c, share.keys, share.points, share.h);
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
        return ProofVerdict.holds(_decryptionVerifier, share.proof, inputs);
    }

    /// @inheritdoc ICommittee
    function checkVerificationKeys(
        uint256 id,
        address trustee,
        uint256 index,
        uint256 words,
        uint256[] calldata keys,
        bytes32 otherKeysHash
    ) public view virtual {
        Data storage data = _requireCommittee(id);
        if (index >= data.size || data.trustees[index] != trustee) revert NotTrustee(id, trustee);
        bytes32 expected = data.verificationKeys[index];
        if (expected == 0) revert NotReady(id);
        if (words != 6 && words != 2 * KEYS) revert UnsupportedSize(words / 2);
        if (keys.length != words) revert WrongLength(keys.length, words);
        bytes32 known = words == 6
            ? PolynomialCommitments.joinHashes(PolynomialCommitments.hash(keys), otherKeysHash)
            : PolynomialCommitments.joinHashes(
                    PolynomialCommitments.hash(keys[:6]), PolynomialCommitments.hash(keys[6:])
                );
        if (known != expected) revert WrongCommitments();
    }

    /// @inheritdoc ICommittee
    function verifyTotals(
        uint256 id,
        uint256[] calldata total,
        uint64[] calldata totals,
        ShareCombination calldata combination
    ) external view virtual {
        Data storage data = _requireKeyed(id);
        uint256 threshold_ = data.threshold;
        uint256 set = combination.trustees;
        bool fits = set >> data.size == 0 && _countBits(set) == threshold_
            && combination.coefficients.length == threshold_ && combination.shares.length == total.length * threshold_
            && totals.length <= total.length / 2;
        if (!fits) revert WrongTrustees(set);
        uint256[] memory points = new uint256[](threshold_);
        uint256 filled = 0;
        for (uint256 i = 0; i < data.size; ++i) {
            if ((set >> i) & 1 == 1) points[filled++] = i + 1;
        }
        uint256 wrong = Lagrange.check(points, combination.coefficients, combination.denominator);
        if (wrong != threshold_) revert WrongCoefficient(points[wrong] - 1);
        for (uint256 j = 0; j < totals.length; ++j) {
            if (!_decryptsTo(total, totals[j], combination, j)) revert WrongTotals(j);
        }
    }

    /// @dev Returns whether the shares decrypt an option's total to a value: d V_j G + sum c_i E_{i,j} - d D_j = 0. All
    /// these points have order l, and d, below 2^63 and not 0, is no multiple of l: so the equation also holds without
    /// d.
    function _decryptsTo(uint256[] calldata total, uint256 value, ShareCombination calldata combination, uint256 option)
        private
        pure
        returns (bool)
    {
        uint256 count = combination.coefficients.length;
        uint256[] memory scalars = new uint256[](count + 1);
        uint256[] memory points = new uint256[](2 * (count + 1));
        for (uint256 i = 0; i < count; ++i) {
            int256 coefficient = combination.coefficients[i];
            uint256 from = i * total.length + 2 * option;
            uint256 x = combination.shares[from];
            // Below 2^63 in absolute value: Lagrange.check has passed.
            // forge-lint: disable-next-line(unsafe-typecast)
            scalars[i] = uint256(coefficient < 0 ? -coefficient : coefficient);
            (points[2 * i], points[2 * i + 1]) = (coefficient < 0 ? BabyJubjub.R - x : x, combination.shares[from + 1]);
        }
        scalars[count] = combination.denominator;
        (points[2 * count], points[2 * count + 1]) = (BabyJubjub.R - total[2 * option], total[2 * option + 1]);
        BabyJubjub.Projective memory sum =
            BabyJubjub.multiply(combination.denominator * value, BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
        BabyJubjub.addTo(sum, BabyJubjub.sumOfMultiples(scalars, points));
        return BabyJubjub.equals(sum, 0, 1);
    }
}
