// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Copeland's rule
/// @notice Options are compared in pairs; each is worth 2 to the option that more voters rank before the other, and 1
/// to both if as many do. Of equal scores the one with the greater average support is first: how many voters rank an
/// option before another, over all its pairs. Every option has as many pairs, so that sums are compared.
/// @dev The pairs are in the order (0,1), (0,2), (1,2), (0,3), (1,3), (2,3), ..: that of the cells of a ranking.
library Copeland {
    /// @notice The numbers of pairs are not those of m options.
    /// @param pairs the number that was passed
    error NotPairs(uint256 pairs);

    /// @notice Returns scores and support of all options.
    /// @param before for each pair how many voters rank its first option before its second
    /// @param behind for each pair how many voters rank its first option behind its second
    /// @return scores twice the pairs won, plus the pairs tied, by option
    /// @return support the sum of the voters who prefer an option, over its pairs
    function score(uint256[] memory before, uint256[] memory behind)
        internal
        pure
        returns (uint256[] memory scores, uint256[] memory support)
    {
        uint256 options = 2;
        while (options * (options - 1) / 2 < before.length) {
            ++options;
        }
        if (options * (options - 1) / 2 != before.length || behind.length != before.length) {
            revert NotPairs(before.length);
        }
        (scores, support) = (new uint256[](options), new uint256[](options));
        uint256 pair = 0;
        for (uint256 k = 1; k < options; ++k) {
            for (uint256 i = 0; i < k; ++i) {
                (uint256 first, uint256 second) = (before[pair], behind[pair]);
                support[i] += first;
                support[k] += second;
                scores[i] += first > second ? 2 : first == second ? 1 : 0;
                scores[k] += second > first ? 2 : first == second ? 1 : 0;
                ++pair;
            }
        }
    }

    /// @notice Returns the options from the first to the last, and whether the first is the only one.
    /// @param scores the scores, by option
    /// @param support the support, by option
    /// @return order the options, those of equal score and support in their order
    /// @return unique whether the first has more score, or as much and more support, than any other
    function rank(uint256[] memory scores, uint256[] memory support)
        internal
        pure
        returns (uint256[] memory order, bool unique)
    {
        order = new uint256[](scores.length);
        for (uint256 j = 0; j < order.length; ++j) {
            uint256 place = j;
            while (place != 0 && _isAhead(scores, support, j, order[place - 1])) {
                order[place] = order[place - 1];
                --place;
            }
            order[place] = j;
        }
        unique = _isAhead(scores, support, order[0], order[1]);
    }

    /// @dev Returns whether an option is ahead of another one.
    function _isAhead(uint256[] memory scores, uint256[] memory support, uint256 a, uint256 b)
        private
        pure
        returns (bool)
    {
        return scores[a] > scores[b] || (scores[a] == scores[b] && support[a] > support[b]);
    }
}
