// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../interfaces/ISheets.sol";
import {Decision} from "./Decision.sol";

/// @title Rules of adoption
/// @notice Which rules there are, and whether a camp adopts or refuses a statement (specification, section on
/// charters).
library Adoption {
    /// @dev Below a half, a camp could adopt what most of it refuses.
    uint256 private constant LEAST_THETA = Decision.BASIS_POINTS / 2;

    /// @notice Returns whether a rule is one for a number of chambers.
    /// @param rule the rule
    /// @param chambers the number of chambers
    /// @return whether it is
    function fits(ISheets.AdoptionRule memory rule, uint256 chambers) internal pure returns (bool) {
        return rule.theta >= LEAST_THETA && rule.theta <= Decision.BASIS_POINTS && rule.required != 0
            && uint256(rule.required) >> chambers == 0;
    }

    /// @notice Returns whether a camp adopts a statement, and whether it refuses it. None of nothing is no part.
    /// @param rule the rule
    /// @param agree how many of the camp agree
    /// @param disagree how many of the camp disagree
    /// @return adopts whether it has its quorum and enough agree
    /// @return refuses whether it has its quorum and enough disagree
    function stance(ISheets.AdoptionRule memory rule, uint256 agree, uint256 disagree)
        internal
        pure
        returns (bool adopts, bool refuses)
    {
        uint256 answers = agree + disagree;
        if (answers == 0 || answers < rule.quorum) return (false, false);
        uint256 least = answers * rule.theta;
        return (agree * Decision.BASIS_POINTS >= least, disagree * Decision.BASIS_POINTS >= least);
    }
}
