// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";

/// @title Choices and the decision
/// @notice From totals to a chamber's choice, and from choices to the decision (specification, section 10).
library Decision {
    /// @notice The number of basis points in the whole.
    uint256 internal constant BASIS_POINTS = 10_000;
    /// @notice The number of options of a motion: Against, For and Abstain, in the order of Governor Bravo.
    uint256 internal constant MOTION_OPTIONS = 3;
    /// @dev The only option that a chamber can choose in a motion.
    uint8 private constant FOR = 1;

    /// @notice Returns the option that a chamber chooses. Of options, it is the one with the only highest total, if all
    /// totals together reach the quorum and this one the approval threshold, a part of their sum. A motion is chosen if
    /// For exceeds Against, For and Abstain together reach the quorum, and For the approval threshold, a part of For
    /// and Against: abstentions count for the quorum alone, and no vote against a motion can help it.
    /// @param kind how the chambers' choices decide
    /// @param totals the totals of the options
    /// @param quorum the least sum of totals
    /// @param thresholdBps the approval threshold, in basis points
    /// @return hasChoice whether there is such an option
    /// @return choice the option, from 0; 0 without one
    function choose(IPolls.DecisionKind kind, uint64[] memory totals, uint256 quorum, uint256 thresholdBps)
        internal
        pure
        returns (bool hasChoice, uint8 choice)
    {
        if (kind == IPolls.DecisionKind.Motion) {
            hasChoice = _passes(totals, quorum, thresholdBps);
            return (hasChoice, hasChoice ? FOR : 0);
        }
        uint256[] memory values = new uint256[](totals.length);
        uint256 sum = 0;
        for (uint256 j = 0; j < totals.length; ++j) {
            values[j] = totals[j];
            sum += totals[j];
        }
        (uint256 best, uint256 second) = _greatestTwo(values);
        if (values[best] == second || sum < quorum || values[best] * BASIS_POINTS < thresholdBps * sum) {
            return (false, 0);
        }
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint8(best));
    }

    /// @notice Returns what the chambers' choices give. An option is decided if enough chambers choose it, and more
    /// than any other could reach if all pending chambers chose that; the poll is rejected if no option can get there.
    /// In a motion no chamber chooses another option than For.
    /// @param kind how the chambers' choices decide
    /// @param votes the number of chambers that choose each option
    /// @param pending the number of chambers that are to be tallied, and are not yet
    /// @param required the least number of chambers
    /// @return decided whether an option is decided, however the pending chambers choose
    /// @return possible whether an option is decided, or could be
    /// @return outcome the decided option, from 0; 0 without one
    function decide(IPolls.DecisionKind kind, uint256[] memory votes, uint256 pending, uint256 required)
        internal
        pure
        returns (bool decided, bool possible, uint8 outcome)
    {
        (uint256 best, uint256 second) = _greatestTwo(votes);
        uint256 rival = kind == IPolls.DecisionKind.Motion ? 0 : second + pending;
        decided = votes[best] >= required && votes[best] > rival;
        // Of all options the one with the most votes gets there with the fewest further ones.
        possible = votes[best] + pending >= required && votes[best] + pending > second;
        // forge-lint: disable-next-line(unsafe-typecast)
        if (decided) outcome = uint8(best);
    }

    /// @dev Returns whether a chamber's totals pass a motion.
    function _passes(uint64[] memory totals, uint256 quorum, uint256 thresholdBps) private pure returns (bool) {
        (uint256 no, uint256 yes, uint256 abstain) = (totals[0], totals[1], totals[2]);
        return yes > no && yes + abstain >= quorum && yes * BASIS_POINTS >= thresholdBps * (yes + no);
    }

    /// @dev Returns the index of the greatest value, and the greatest of the other values.
    function _greatestTwo(uint256[] memory values) private pure returns (uint256 best, uint256 second) {
        for (uint256 j = 1; j < values.length; ++j) {
            if (values[j] > values[best]) {
                (best, second) = (j, values[best]);
            } else if (values[j] > second) {
                second = values[j];
            }
        }
    }
}
