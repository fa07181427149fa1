// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";

/// @title What a ballot may choose, packed into one word for the circuits (specification, section 4)
library Rules {
    uint256 internal constant MIN_OPTIONS = 2;
    uint256 internal constant MAX_OPTIONS = 8;
    /// @notice No total may exceed this, so that it can be found in its encryption.
    uint256 internal constant MAX_TOTAL = 1 << 40;

    uint256 private constant WEIGHTED = 1 << 0;
    uint256 private constant QUADRATIC = 1 << 1;
    uint256 private constant EXACT = 1 << 2;
    uint256 private constant BY_WEIGHT = 1 << 3;
    uint256 private constant RANKED = 1 << 4;
    uint256 private constant CAPPED = 1 << 5;
    uint256 private constant CAP_SHIFT = 8;
    uint256 private constant BUDGET_SHIFT = 16;
    /// @dev `options` is one-hot: bit 31 + options.
    uint256 private constant OPTIONS_SHIFT = 31;

    uint256 private constant MAX_CAP = 0xff;
    uint256 private constant MAX_BUDGET = 0xffff;

    /// @notice The size of the circuit for a poll of so many options: how many the ballot record has room for.
    function circuitSize(uint256 options) internal pure returns (uint256) {
        return options <= 3 ? 3 : 8;
    }

    /// @notice The rule of a chamber. Refuses a parameter that the kind does not allow.
    /// @param options between `MIN_OPTIONS` and `MAX_OPTIONS`
    function pack(IPolls.Rule memory rule, bool weighted, uint256 options) internal pure returns (uint256) {
        uint256 parameter = rule.parameter;
        uint256 flags = rule.exact ? EXACT : 0;
        if (rule.kind == IPolls.Kind.Cumulative || rule.kind == IPolls.Kind.Quadratic) {
            if (rule.kind == IPolls.Kind.Quadratic) {
                if (rule.exact) revert IPolls.BadRule(rule.kind, parameter);
                flags |= QUADRATIC;
            }
            // Here the weight is what a member may spend, so votes are not multiplied by it.
            if (weighted) return _word(flags | BY_WEIGHT, 0, 0, options);
            if (parameter == 0) revert IPolls.BadRule(rule.kind, parameter);
            return _word(flags, 0, parameter, options);
        }

        if (rule.exact) revert IPolls.BadRule(rule.kind, parameter);
        flags = CAPPED | (weighted ? WEIGHTED : 0);
        if (rule.kind == IPolls.Kind.Approval) {
            if (parameter == 0 || parameter > options) revert IPolls.BadRule(rule.kind, parameter);
            return _word(flags, 1, parameter, options);
        }
        if (rule.kind == IPolls.Kind.Score) {
            if (parameter == 0 || parameter > MAX_CAP) revert IPolls.BadRule(rule.kind, parameter);
            return _word(flags, parameter, options * parameter, options);
        }
        if (parameter != 0) revert IPolls.BadRule(rule.kind, parameter);
        if (rule.kind == IPolls.Kind.Plurality) return _word(flags | EXACT, 1, 1, options);
        // Borda: the best of m options gets m - 1 points, the last 0.
        return _word(flags | EXACT | RANKED, options - 1, options * (options - 1) / 2, options);
    }

    /// @notice The most that one option could get if everybody gave it all they can.
    function worstCase(uint256 rule, uint256 members, uint256 totalWeight) internal pure returns (uint256) {
        uint256 cap = (rule >> CAP_SHIFT) & MAX_CAP;
        if (rule & WEIGHTED != 0) return totalWeight * cap;
        if (rule & CAPPED != 0) return members * cap;
        if (rule & BY_WEIGHT != 0) return totalWeight;
        return members * ((rule >> BUDGET_SHIFT) & MAX_BUDGET);
    }

    function _word(uint256 flags, uint256 cap, uint256 budget, uint256 options) private pure returns (uint256) {
        return flags | cap << CAP_SHIFT | budget << BUDGET_SHIFT | 1 << (OPTIONS_SHIFT + options);
    }
}
