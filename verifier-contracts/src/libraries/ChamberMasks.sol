// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Decisions with required and veto chambers
/// @notice From the chambers that choose an option and those that refuse it to the decision. Sets of chambers are
/// masks: bit i for the chamber of index i in its poll's list.
library ChamberMasks {
    /// @notice Which chambers a decision needs.
    /// @param least the least number of chambers that must choose the option; at least one
    /// @param required the chambers among them that must
    /// @param veto the chambers none of which may refuse it
    struct Rule {
        uint8 least;
        uint16 required;
        uint16 veto;
    }

    /// @notice A mask names a chamber that there is not, or the least number is not from 1 to the number of chambers.
    /// @param least the least number that was passed
    /// @param required the required chambers that were passed
    /// @param veto the veto chambers that were passed
    /// @param chambers the number of chambers
    error InvalidMasks(uint256 least, uint256 required, uint256 veto, uint256 chambers);

    /// @notice Reverts unless a rule fits a number of chambers.
    /// @param rule the rule
    /// @param chambers the number of chambers
    function check(Rule memory rule, uint256 chambers) internal pure {
        bool fits = rule.least != 0 && rule.least <= chambers && uint256(rule.required | rule.veto) >> chambers == 0;
        if (!fits) revert InvalidMasks(rule.least, rule.required, rule.veto, chambers);
    }

    /// @notice Returns whether an option is decided, and whether it still could be. As in `Decision`, more chambers
    /// must choose it than any other: with a small least number two options could have that otherwise.
    /// @param rule the rule
    /// @param chose the chambers that choose the option
    /// @param refused the chambers that refuse it
    /// @param pending the chambers that are to be tallied, and are not yet
    /// @param rival the number of chambers that choose the most chosen other option
    /// @param mostRival the number that could, if all pending chambers chose it
    /// @return decided whether it is, however the pending chambers choose
    /// @return possible whether it is, or could be
    function decide(Rule memory rule, uint256 chose, uint256 refused, uint256 pending, uint256 rival, uint256 mostRival)
        internal
        pure
        returns (bool decided, bool possible)
    {
        if (refused & rule.veto != 0) return (false, false);
        uint256 most = chose | pending;
        decided = _has(rule, chose, mostRival) && pending & rule.veto == 0;
        possible = _has(rule, most, rival);
    }

    /// @dev Returns whether these chambers are enough, more than choose another option, and all required ones.
    function _has(Rule memory rule, uint256 chose, uint256 rival) private pure returns (bool) {
        uint256 number = count(chose);
        return number >= rule.least && number > rival && chose & rule.required == rule.required;
    }

    /// @notice Returns the number of chambers in a mask.
    /// @param mask the mask
    /// @return number the number of bits that are set
    function count(uint256 mask) internal pure returns (uint256 number) {
        for (; mask != 0; mask &= mask - 1) {
            ++number;
        }
    }
}
