// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Choices and the decision
/// @notice From totals to a chamber's choice, and from choices to the decision (specification, section 10).
library Decision {
    /// @notice The number of basis points in the whole.
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @notice Returns the option that a chamber chooses: the one with the only highest total, if all totals together
    /// reach the quorum and this one the approval threshold, a part of their sum.
    /// @param totals the totals of the options
    /// @param quorum the least sum of totals
    /// @param thresholdBps the approval threshold, in basis points
    /// @return hasChoice whether there is such an option
    /// @return choice the option, from 0; 0 without one
    function choose(uint64[] memory totals, uint256 quorum, uint256 thresholdBps)
        internal
        pure
        returns (bool hasChoice, uint8 choice)
    {
        uint256[] memory values = new uint256[](totals.length);
        uint256 sum = 0;
        for (uint256 j = 0; j < totals.length; ++j) {
            values[j] = totals[j];
            sum += totals[j];
        }
        (bool unique, uint256 best) = _onlyMaximum(values);
        if (!unique || sum < quorum || values[best] * BASIS_POINTS < thresholdBps * sum) return (false, 0);
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint8(best));
    }

    /// @notice Returns the option that the poll decides: the one that the most chambers choose, if they are at least as
    /// many as required and no other option has as many.
    /// @param votes the number of chambers that choose each option
    /// @param required the least number of chambers
    /// @return decided whether there is such an option
    /// @return outcome the option, from 0; 0 without one
    function decide(uint256[] memory votes, uint256 required) internal pure returns (bool decided, uint8 outcome) {
        (bool unique, uint256 best) = _onlyMaximum(votes);
        if (!unique || votes[best] < required) return (false, 0);
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint8(best));
    }

    /// @dev Returns the index of the greatest value, and whether only that one is as great.
    function _onlyMaximum(uint256[] memory values) private pure returns (bool unique, uint256 best) {
        unique = true;
        for (uint256 j = 1; j < values.length; ++j) {
            if (values[j] == values[best]) {
                unique = false;
            } else if (values[j] > values[best]) {
                (unique, best) = (true, j);
            }
        }
    }
}
