// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title From totals to a choice, and from choices to a decision (specification, section 10)
library Decision {
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @notice A chamber chooses the option with the only highest total, if all totals together reach the quorum and this one
    /// the threshold, a share of their sum.
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

    /// @notice The poll decides the option that the most chambers choose, if they are at least as many as required and no other
    /// option has as many.
    /// @param votes how many chambers choose each option
    function decide(uint256[] memory votes, uint256 required) internal pure returns (bool decided, uint8 outcome) {
        (bool unique, uint256 best) = _onlyMaximum(votes);
        if (!unique || votes[best] < required) return (false, 0);
        // forge-lint: disable-next-line(unsafe-typecast)
        return (true, uint8(best));
    }

    /// @dev Where the greatest value is, and whether it is there only.
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
