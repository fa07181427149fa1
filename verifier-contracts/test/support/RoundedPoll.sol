// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../../src/interfaces/IPolls.sol";
import {BabyJubjub} from "../../src/libraries/BabyJubjub.sol";
import {Decision} from "../../src/libraries/Decision.sol";
import {Election} from "./Election.sol";

/// @title A closed poll of a rounded chamber, the blinded shares of its trustees, and rounded tallies
/// @notice Blinding factors are short, so that point multiplications are cheap. Lists and words are built here from the
/// specification's text, not with the libraries under test.
abstract contract RoundedPoll is Election {
    uint256 internal constant TELLER = 1;
    uint64 internal constant STEP = 10;
    /// @dev The next trustee after the teller, which may stand in for it.
    uint256 internal constant FALLBACK = 2;
    /// @dev The last second in which only the poll's teller may be named.
    uint64 internal constant MIDDLE = CLOSES + (DEADLINE - CLOSES) / 2;
    /// @dev The coordinates of hash_to_point("psephos.v1.blinding"), as vectors/curve.json has them.
    uint256 internal constant H_X = 0x233d014cb0076062622262876707f0f8d5519b3bfbaf3a4ff0f4357b7c7b7fe5;
    uint256 internal constant H_Y = 0x2971f4cf28dfc268f86de0b58e3d950f5f261fc75539a65236f4678032bcef86;

    uint256 internal _chamber;
    uint256 internal _poll;
    uint256 internal _randomness;

    function roundedParameters(uint256 chamber, uint8 options) internal view returns (IPolls.PollParameters memory p) {
        p = parameters(chamber, options);
        p.rule.choiceInNote = false;
        p.chambers[0].step = STEP;
        p.teller = uint8(TELLER);
    }

    /// @dev Deploys everything, with a committee of 3 of which 2 decrypt, and closes a poll with these totals.
    function setUpClosed(uint8 options, uint64[] memory totals) internal {
        deployAll();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(3);
        closePoll(roundedParameters(_chamber, options), totals);
    }

    /// @dev Sets `_poll` to a closed poll with these totals, and `_randomness` to the discrete logarithm of C.
    function closePoll(IPolls.PollParameters memory p, uint64[] memory totals) internal {
        vm.warp(START);
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
        uint256 size = p.options > 3 ? 8 : 3;
        _randomness = 0;
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, 0, 0);
            for (uint256 j = 0; j < totals.length; ++j) {
                vote.values[j] = voter == 0 ? totals[j] / 2 : totals[j] - totals[j] / 2;
            }
            _randomness += vote.randomness;
            polls.cast(_poll, _chamber, recordOf(vote, size, ctxOf(_poll, _chamber), 0));
        }
        vm.warp(CLOSES);
    }

    /// @dev Closes a poll with the totals 2, 0, 0 whose C is the identity.
    function closeWithoutRandomness() internal {
        vm.warp(START);
        _poll = polls.create(roundedParameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(_poll);
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, 0, 0);
            vote.randomness = 0;
            polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        _randomness = 0;
        vm.warp(CLOSES);
    }

    function sizeOfPoll() internal view returns (uint256) {
        return polls.poll(_poll).options > 3 ? 8 : 3;
    }

    /// @dev Returns b_j of a trustee's share for a teller.
    function blinding(uint256 index, uint256 teller, uint256 j) internal pure returns (uint256) {
        return 1 + random("blinding", (index << 16) | (teller << 8) | j) % 0xffff;
    }

    /// @dev Returns a G + b H.
    function pedersen(uint256 a, uint256 b) internal view returns (uint256, uint256) {
        BabyJubjub.Projective memory sum = BabyJubjub.multiply(a, BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
        BabyJubjub.addTo(sum, BabyJubjub.multiply(b, H_X, H_Y));
        return BabyJubjub.toAffine(sum);
    }

    /// @dev Returns F_1..F_M of a trustee.
    function blindedPoints(uint256 index, uint256 teller) internal view returns (uint256[] memory points) {
        points = new uint256[](2 * sizeOfPoll());
        for (uint256 j = 0; 2 * j < points.length; ++j) {
            (points[2 * j], points[2 * j + 1]) =
                pedersen(_randomness * keyShare(committeeId, index, j), blinding(index, teller, j));
        }
    }

    /// @dev Returns a trustee's share with a proof for h = 5.
    function blindedShareOf(uint256 index, uint256 teller) internal view returns (IPolls.BlindedShare memory share) {
        (share.chamber, share.h, share.points) = (_chamber, 5, blindedPoints(index, teller));
        (share.ephemeral[0], share.ephemeral[1]) = pointOf(1 + random("ephemeral", index) % 0xffff);
        share.factors = new uint256[](sizeOfPoll());
        for (uint256 j = 0; j < share.factors.length; ++j) {
            share.factors[j] = random("factor", (index << 16) | (teller << 8) | j) % R;
        }
        share.proof = proveBlinded(index, teller, share);
    }

    function proveBlinded(uint256 index, uint256 teller, IPolls.BlindedShare memory share)
        internal
        view
        returns (uint256[8] memory)
    {
        return prove(inputsOfList(share.h, blindedList(index, teller, share)), index);
    }

    /// @dev Returns L = (ctx, C, K, E, then pk_j, F_j, x_j).
    function blindedList(uint256 index, uint256 teller, IPolls.BlindedShare memory share)
        internal
        view
        returns (uint256[] memory list)
    {
        uint256 size = sizeOfPoll();
        list = new uint256[](size == 3 ? 22 : 47);
        list[0] = ctxOf(_poll, _chamber);
        (list[1], list[2]) = pointOf(_randomness);
        uint256[2] memory key = transportKey(teller);
        (list[3], list[4], list[5], list[6]) = (key[0], key[1], share.ephemeral[0], share.ephemeral[1]);
        for (uint256 j = 0; j < size; ++j) {
            (list[7 + 5 * j], list[8 + 5 * j]) = pointOf(keyShare(committeeId, index, j));
            (list[9 + 5 * j], list[10 + 5 * j]) = (share.points[2 * j], share.points[2 * j + 1]);
            list[11 + 5 * j] = share.factors[j];
        }
    }

    function oneBlinded(IPolls.BlindedShare memory share) internal pure returns (IPolls.BlindedShare[] memory shares) {
        shares = new IPolls.BlindedShare[](1);
        shares[0] = share;
    }

    /// @dev Posts shares as the trustee of this index.
    function sendBlinded(uint256 index, uint256 teller, IPolls.BlindedShare memory share) internal returns (bool) {
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, sizeOfPoll());
        vm.prank(trusteeAt(index));
        return polls.postBlindedShares(_poll, index, keys, otherKeysHash, teller, oneBlinded(share))[0];
    }

    function postBlinded(uint256 index, uint256 teller) internal {
        IPolls.BlindedShare memory share = blindedShareOf(index, teller);
        assertTrue(sendBlinded(index, teller, share), "accepted");
    }

    /// @dev Returns the combination of shares that name one teller.
    function blindedCombination(uint256 set, uint256 teller)
        internal
        view
        returns (IPolls.ShareCombination memory combination)
    {
        combination.trustees = set;
        (combination.denominator, combination.coefficients) = lagrange(set);
        uint256 words = 2 * sizeOfPoll();
        combination.shares = new uint256[](words * countOf(set));
        uint256 n = 0;
        for (uint256 index = 0; index < 16; ++index) {
            if ((set >> index) & 1 == 0) continue;
            uint256[] memory points = blindedPoints(index, teller);
            for (uint256 i = 0; i < words; ++i) {
                combination.shares[n++] = points[i];
            }
        }
    }

    /// @dev Returns B_j = sum lambda_i b_{i,j} mod l.
    function combinedBlinding(uint256 set, uint256 teller, uint256 j) internal view returns (uint256 sum) {
        (uint256 denominator, int256[] memory coefficients) = lagrange(set);
        uint256 n = 0;
        for (uint256 index = 0; index < 16; ++index) {
            if ((set >> index) & 1 == 0) continue;
            int256 c = coefficients[n++];
            uint256 factor = c < 0 ? BabyJubjub.L - uint256(-c) : uint256(c);
            sum = addmod(sum, mulmod(factor, blinding(index, teller, j), BabyJubjub.L), BabyJubjub.L);
        }
        sum = mulmod(sum, power(denominator, BabyJubjub.L - 2, BabyJubjub.L), BabyJubjub.L);
    }

    /// @dev Returns W_1..W_m, W_j = V_j G - B_j H.
    function commitmentsOf(uint256 set, uint256 teller, uint64[] memory totals)
        internal
        view
        returns (uint256[] memory commitments)
    {
        commitments = new uint256[](2 * totals.length);
        for (uint256 j = 0; j < totals.length; ++j) {
            (commitments[2 * j], commitments[2 * j + 1]) =
                pedersen(totals[j], BabyJubjub.L - combinedBlinding(set, teller, j));
        }
    }

    /// @dev Returns the rounded tally of totals, of shares for the poll's teller, with a proof for h = 5.
    function roundedOf(uint256[] memory commitments, uint64[] memory totals)
        internal
        view
        returns (IPolls.RoundedTally memory rounded)
    {
        IPolls.ChamberRule memory rule = polls.chamber(_poll, _chamber).rule;
        (rounded.teller, rounded.commitments, rounded.h) = (polls.poll(_poll).teller, commitments, 5);
        for (uint256 j = 1; j < totals.length; ++j) {
            if (totals[j] > totals[rounded.greatest]) rounded.greatest = uint8(j);
        }
        rounded.buckets = new uint64[](totals.length);
        for (uint256 j = 0; j < totals.length; ++j) {
            if (j != rounded.greatest) rounded.buckets[j] = totals[j] / rule.step;
        }
        (rounded.hasChoice, rounded.choice) =
            Decision.choose(polls.poll(_poll).decision, totals, rule.quorum, rule.thresholdBps);
        rounded.proof = proveDecision(rounded);
    }

    function proveDecision(IPolls.RoundedTally memory rounded) internal view returns (uint256[8] memory) {
        return prove(inputsOfList(rounded.h, decisionList(rounded)), 9);
    }

    /// @dev Returns L = (W_1, .., W_M, parameters, outcome, buckets).
    function decisionList(IPolls.RoundedTally memory rounded) internal view returns (uint256[] memory list) {
        uint256 size = sizeOfPoll();
        list = new uint256[](size == 3 ? 9 : 20);
        for (uint256 i = 0; i < 2 * size; i += 2) {
            bool used = i < rounded.commitments.length;
            (list[i], list[i + 1]) = used ? (rounded.commitments[i], rounded.commitments[i + 1]) : (H_X, H_Y);
        }
        list[2 * size] = decisionParameters();
        list[2 * size + 1] =
            2 ** uint256(rounded.greatest) + (rounded.hasChoice ? 256 * 2 ** uint256(rounded.choice) : 0);
        for (uint256 j = 0; j < rounded.buckets.length; ++j) {
            list[2 * size + 2 + j / 4] += rounded.buckets[j] * 2 ** (48 * (j % 4));
        }
    }

    /// @dev Returns the parameters in one word.
    function decisionParameters() internal view returns (uint256) {
        IPolls.PollView memory p = polls.poll(_poll);
        IPolls.ChamberRule memory rule = polls.chamber(_poll, _chamber).rule;
        bool motion = p.decision == IPolls.DecisionKind.Motion;
        uint256 all = 2 ** uint256(p.options) - 1;
        return uint256(rule.quorum) + uint256(rule.thresholdBps) * 2 ** 64 + uint256(rule.step) * 2 ** 80
            + (motion ? 6 : all) * 2 ** 128 + (motion ? 3 : all) * 2 ** 136 + (motion ? 2 : all) * 2 ** 144;
    }

    function listOf(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory totals) {
        totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (a, b, c);
    }
}
