// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";
import {BabyJubjub} from "./BabyJubjub.sol";
import {Challenge} from "./Challenge.sol";

/// @title Public inputs of proofs of rounded tallies
/// @notice The statement: totals V_j and B_j are known with W_j = V_j G - B_j H, and greatest option, choice and
/// buckets follow from the V_j by the parameters. L = (W_1, .., W_M, parameters, outcome, buckets) (specification,
/// section 8). Everything that is packed into one word is bounded first, so that no two values share a word.
library DecisionTranscript {
    uint256 private constant THRESHOLD_SHIFT = 64;
    uint256 private constant STEP_SHIFT = 80;
    uint256 private constant QUORUM_MASK_SHIFT = 128;
    uint256 private constant WHOLE_MASK_SHIFT = 136;
    uint256 private constant WINNER_MASK_SHIFT = 144;
    /// @dev Bit j for option j of a motion: For and Abstain; Against and For; For.
    uint256 private constant MOTION_QUORUM = 0x6;
    uint256 private constant MOTION_WHOLE = 0x3;
    uint256 private constant MOTION_WINNER = 0x2;

    uint256 private constant CHOICE_SHIFT = 8;

    uint256 private constant BUCKET_BOUND = 1 << 42;
    uint256 private constant BUCKET_BITS = 48;
    uint256 private constant BUCKETS_A_WORD = 4;

    /// @notice Returns the parameters of a chamber's decision in one word: quorum, threshold, step, and which options
    /// count for the quorum, which are the whole of which the threshold is a part, and which can be chosen.
    /// @param kind the kind of decision
    /// @param rule the chamber's part in the poll
    /// @param options the number m of options
    /// @return the word
    function packParameters(IPolls.DecisionKind kind, IPolls.ChamberRule memory rule, uint256 options)
        internal
        pure
        returns (uint256)
    {
        uint256 every = (1 << options) - 1;
        (uint256 quorum, uint256 whole, uint256 winner) =
            kind == IPolls.DecisionKind.Motion ? (MOTION_QUORUM, MOTION_WHOLE, MOTION_WINNER) : (every, every, every);
        return uint256(rule.quorum) | uint256(rule.thresholdBps) << THRESHOLD_SHIFT | uint256(rule.step) << STEP_SHIFT
            | quorum << QUORUM_MASK_SHIFT | whole << WHOLE_MASK_SHIFT | winner << WINNER_MASK_SHIFT;
    }

    /// @notice Returns the public inputs for a rounded tally. Reverts if it is not one of m options.
    /// @param rounded the tally
    /// @param parameters the parameters in one word
    /// @param options the number m of options
    /// @param size M, 3 or 8
    /// @return the public inputs h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function publicInputs(IPolls.RoundedTally calldata rounded, uint256 parameters, uint256 options, uint256 size)
        internal
        pure
        returns (uint256[] memory, uint256 outOfField)
    {
        uint256[] calldata commitments = rounded.commitments;
        if (commitments.length != 2 * options) revert IPolls.InvalidLength(commitments.length, 2 * options);
        uint256 end = 1 + 2 * size;
        uint256[] memory list = new uint256[](end + 2 + (size + BUCKETS_A_WORD - 1) / BUCKETS_A_WORD);
        list[0] = rounded.h;
        assembly ("memory-safe") {
            calldatacopy(add(list, 0x40), commitments.offset, mul(commitments.length, 0x20))
        }
        // V = 0 and B = -1, which any prover knows.
        for (uint256 at_ = 1 + 2 * options; at_ < end; at_ += 2) {
            (list[at_], list[at_ + 1]) = (BabyJubjub.BLINDING_X, BabyJubjub.BLINDING_Y);
        }
        list[end] = parameters;
        list[end + 1] = _packOutcome(rounded, options);
        _packBuckets(list, end + 2, rounded, options);
        return Challenge.publicInputs(list);
    }

    /// @dev Returns the greatest option and the choice, one bit each.
    function _packOutcome(IPolls.RoundedTally calldata rounded, uint256 options) private pure returns (uint256 word) {
        (uint256 greatest, uint256 choice) = (rounded.greatest, rounded.choice);
        // Without a choice nothing proves its value, which is recorded.
        if (greatest >= options || choice >= options || (!rounded.hasChoice && choice != 0)) {
            revert IPolls.InvalidOutcome(greatest, choice);
        }
        word = 1 << greatest;
        if (rounded.hasChoice) word |= 1 << (CHOICE_SHIFT + choice);
    }

    /// @dev Packs four buckets into each word of the list from `first` on.
    function _packBuckets(uint256[] memory list, uint256 first, IPolls.RoundedTally calldata rounded, uint256 options)
        private
        pure
    {
        uint64[] calldata buckets = rounded.buckets;
        if (buckets.length != options) revert IPolls.InvalidLength(buckets.length, options);
        if (buckets[rounded.greatest] != 0) revert IPolls.InvalidBuckets(rounded.greatest);
        uint256 word = 0;
        // From the last to the first, so that each word is shifted by the ones before.
        for (uint256 j = options; j > 0;) {
            unchecked {
                --j;
            }
            uint256 bucket;
            // There are as many as options. More than 64 bits are refused with the same error as more than 42.
            assembly ("memory-safe") {
                bucket := calldataload(add(buckets.offset, mul(j, 0x20)))
            }
            if (bucket >= BUCKET_BOUND) revert IPolls.InvalidBuckets(j);
            word = (word << BUCKET_BITS) | bucket;
            if (j % BUCKETS_A_WORD == 0) {
                list[first + j / BUCKETS_A_WORD] = word;
                word = 0;
            }
        }
    }
}
