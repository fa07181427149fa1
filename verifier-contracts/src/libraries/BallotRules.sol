// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";

/// @title Packed ballot rules
/// @notice The ballot rule of a chamber in one word, as the circuits read it (specification, section 4).
library BallotRules {
    /// @notice The least number of options.
    uint256 internal constant MIN_OPTIONS = 2;
    /// @notice The greatest number of options.
    uint256 internal constant MAX_OPTIONS = 8;
    /// @notice The greatest total, so that it can be found in its encryption.
    uint256 internal constant MAX_TOTAL = 1 << 40;
    /// @notice The greatest number of members of a chamber: leaves of a census of the depth that the circuits provide
    /// for.
    uint256 internal constant MAX_MEMBERS = 1 << 20;
    /// @notice The greatest sum of the weights of a chamber's members. Of all rules a weighted score with the greatest
    /// cap counts weights most often; with this sum its total stays within `MAX_TOTAL`. `MAX_MEMBERS` bounds the rules
    /// that count members: 2^20 times the greatest budget is below 2^36. So no census is too large for a rule.
    uint256 internal constant MAX_TOTAL_WEIGHT = MAX_TOTAL / MAX_CAP;

    uint256 private constant WEIGHTED = 1 << 0;
    uint256 private constant QUADRATIC = 1 << 1;
    uint256 private constant EXACT = 1 << 2;
    uint256 private constant BY_WEIGHT = 1 << 3;
    uint256 private constant RANKED = 1 << 4;
    uint256 private constant CAPPED = 1 << 5;
    uint256 private constant CHOICE_IN_NOTE = 1 << 6;
    uint256 private constant CAP_SHIFT = 8;
    uint256 private constant BUDGET_SHIFT = 16;
    /// @dev The number of options is one-hot: bit 31 + options.
    uint256 private constant OPTIONS_SHIFT = 31;

    uint256 private constant MAX_CAP = 0xff;
    uint256 private constant MAX_BUDGET = 0xffff;

    /// @notice Returns M, the size of the circuit and of ballot records in a poll.
    /// @param options the number of options
    /// @return the number of options that the record has room for: 3 or 8
    function circuitSize(uint256 options) internal pure returns (uint256) {
        return options <= 3 ? 3 : 8;
    }

    /// @notice Returns the packed rule of a chamber. Reverts if the rule does not allow its parameter.
    /// @param rule the ballot rule
    /// @param weighted whether members' weights count
    /// @param options the number of options, from `MIN_OPTIONS` to `MAX_OPTIONS`
    /// @return the packed rule
    function pack(IPolls.Rule memory rule, bool weighted, uint256 options) internal pure returns (uint256) {
        uint256 parameter = rule.parameter;
        // A mask does not know the choice, so that it could make no new note.
        if (rule.masked && rule.choiceInNote) revert IPolls.InvalidRule(rule.kind, parameter);
        uint256 note = rule.choiceInNote ? CHOICE_IN_NOTE : 0;
        uint256 flags = note | (rule.exact ? EXACT : 0);
        if (rule.kind == IPolls.Kind.Cumulative || rule.kind == IPolls.Kind.Quadratic) {
            if (rule.kind == IPolls.Kind.Quadratic) {
                if (rule.exact) revert IPolls.InvalidRule(rule.kind, parameter);
                flags |= QUADRATIC;
            }
            // Here the weight is the member's budget, so choices are not multiplied by it.
            if (weighted) return _word(flags | BY_WEIGHT, 0, 0, options);
            if (parameter == 0) revert IPolls.InvalidRule(rule.kind, parameter);
            return _word(flags, 0, parameter, options);
        }

        if (rule.exact) revert IPolls.InvalidRule(rule.kind, parameter);
        flags = note | CAPPED | (weighted ? WEIGHTED : 0);
        if (rule.kind == IPolls.Kind.Approval) {
            if (parameter == 0 || parameter > options) revert IPolls.InvalidRule(rule.kind, parameter);
            return _word(flags, 1, parameter, options);
        }
        if (rule.kind == IPolls.Kind.Score) {
            if (parameter == 0 || parameter > MAX_CAP) revert IPolls.InvalidRule(rule.kind, parameter);
            return _word(flags, parameter, options * parameter, options);
        }
        if (parameter != 0) revert IPolls.InvalidRule(rule.kind, parameter);
        if (rule.kind == IPolls.Kind.Plurality) return _word(flags | EXACT, 1, 1, options);
        // Borda: the best of m options gets m - 1, the last 0.
        return _word(flags | EXACT | RANKED, options - 1, options * (options - 1) / 2, options);
    }

    /// @notice Returns the greatest total that one option could get, if every member gave it the greatest counted
    /// value.
    /// @param rule the packed rule
    /// @param members the number of members
    /// @param totalWeight the sum of their weights
    /// @return the greatest total
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
