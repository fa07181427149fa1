// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title The n highest totals
/// @notice For councils, trustees and shortlists: the n options with the highest totals, each of which must reach a
/// least total. A tie about the last place is refused: no order of options decides who is in.
library TopChoices {
    /// @notice Options tie about the last place.
    /// @param total their total
    error TieForLastPlace(uint256 total);
    /// @notice No place is to be filled.
    error NoPlaces();

    /// @notice Returns the options with the highest totals. Reverts if the last place is tied.
    /// @param totals the totals, by option; at most 256
    /// @param places the number of places; at least one
    /// @param least the least total; at least 1 is needed all the same
    /// @return winners the options from the highest total down, those of equal totals in their order; fewer than places
    /// if fewer reach the least total
    function top(uint256[] memory totals, uint256 places, uint256 least)
        internal
        pure
        returns (uint256[] memory winners)
    {
        if (places == 0) revert NoPlaces();
        if (least == 0) least = 1;
        winners = new uint256[](places < totals.length ? places : totals.length);
        uint256 taken = 0;
        uint256 found = 0;
        while (found < winners.length) {
            uint256 best = _highest(totals, taken);
            if (totals[best] < least) break;
            taken |= 1 << best;
            winners[found++] = best;
        }
        if (found == places && found < totals.length) {
            uint256 last = totals[winners[found - 1]];
            if (totals[_highest(totals, taken)] == last) revert TieForLastPlace(last);
        }
        assembly ("memory-safe") {
            mstore(winners, found)
        }
    }

    /// @dev Returns the first option with the highest total among those that are not taken. There is one.
    function _highest(uint256[] memory totals, uint256 taken) private pure returns (uint256 best) {
        best = type(uint256).max;
        for (uint256 j = 0; j < totals.length; ++j) {
            if ((taken >> j) & 1 == 1) continue;
            if (best == type(uint256).max || totals[j] > totals[best]) best = j;
        }
    }
}
