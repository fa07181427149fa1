// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../interfaces/IRewards.sol";

/// @title Packed reward policies
/// @notice The reward policy of a chamber in one word (specification, section 12). From the lowest bit: the ratified
/// option, one bit for each of eight; cap, perWeight, bonus and base, 40 bits each.
library RewardPolicy {
    uint256 private constant MASK = (1 << 40) - 1;
    uint256 private constant CAP = 8;
    uint256 private constant PER_WEIGHT = 48;
    uint256 private constant BONUS = 88;
    uint256 private constant BASE = 128;

    /// @notice Packs a policy.
    /// @param policy the policy
    /// @return the word; 0 for a policy that pays nothing, or that has only one of perWeight and cap
    function pack(IRewards.ChamberPolicy calldata policy) internal pure returns (uint256) {
        if ((policy.perWeight == 0) != (policy.cap == 0)) return 0;
        if (policy.base == 0 && policy.perWeight == 0 && policy.bonus == 0) return 0;
        return uint256(policy.base) << BASE | uint256(policy.bonus) << BONUS | uint256(policy.perWeight) << PER_WEIGHT
            | uint256(policy.cap) << CAP;
    }

    /// @notice Unpacks a policy.
    /// @param packed the word
    /// @param chamber the chamber's id
    /// @return policy the policy
    function unpack(uint256 packed, uint256 chamber) internal pure returns (IRewards.ChamberPolicy memory policy) {
        // The fields have 40 bits, and a chamber's id was passed as 64 bits.
        // forge-lint: disable-start(unsafe-typecast)
        policy.chamber = uint64(chamber);
        policy.base = uint40(base(packed));
        policy.perWeight = uint40(perWeight(packed));
        policy.cap = uint40(cap(packed));
        policy.bonus = uint40(bonus(packed));
        // forge-lint: disable-end(unsafe-typecast)
    }

    /// @notice Returns the policy with the bonus paid for an option.
    /// @param packed the word
    /// @param option the ratified option, from 0
    /// @return the new word
    function withRatified(uint256 packed, uint256 option) internal pure returns (uint256) {
        return packed | 1 << option;
    }

    /// @notice Returns whether the bonus is paid.
    /// @param packed the word
    /// @return whether an option is ratified
    function ratified(uint256 packed) internal pure returns (bool) {
        return packed & 0xff != 0;
    }

    /// @notice Returns the lowest 48 bits: ratified option and cap.
    /// @param packed the word
    /// @return the selector, as the claim's statement has it
    function selector(uint256 packed) internal pure returns (uint256) {
        return packed & ((1 << PER_WEIGHT) - 1);
    }

    /// @notice Returns the weight above which no more is paid.
    /// @param packed the word
    /// @return the cap
    function cap(uint256 packed) internal pure returns (uint256) {
        return (packed >> CAP) & MASK;
    }

    /// @notice Returns the amount for each unit of weight.
    /// @param packed the word
    /// @return the amount, in units
    function perWeight(uint256 packed) internal pure returns (uint256) {
        return (packed >> PER_WEIGHT) & MASK;
    }

    /// @notice Returns the bonus for the ratified option.
    /// @param packed the word
    /// @return the amount, in units
    function bonus(uint256 packed) internal pure returns (uint256) {
        return (packed >> BONUS) & MASK;
    }

    /// @notice Returns the base amount.
    /// @param packed the word
    /// @return the amount, in units
    function base(uint256 packed) internal pure returns (uint256) {
        return packed >> BASE;
    }

    /// @notice Returns the most that the ballots of a chamber can be paid: no option is chosen by more ballots than
    /// there are, and their weights sum up to no more than those of all members.
    /// @param packed the word
    /// @param ballots the number of ballots
    /// @param totalWeight the sum of all members' weights
    /// @return the amount, in units
    function worstCase(uint256 packed, uint256 ballots, uint256 totalWeight) internal pure returns (uint256) {
        return _worstCase(packed, base(packed) + (ratified(packed) ? bonus(packed) : 0), ballots, totalWeight);
    }

    /// @notice Returns the most that the members of a chamber can be paid, whatever they vote and a later poll
    /// ratifies: every member a ballot, and each with the bonus.
    /// @param packed the word
    /// @param members the number of members
    /// @param totalWeight the sum of their weights
    /// @return the amount, in units
    function worstCaseWithBonus(uint256 packed, uint256 members, uint256 totalWeight) internal pure returns (uint256) {
        return _worstCase(packed, base(packed) + bonus(packed), members, totalWeight);
    }

    /// @dev Returns the most that `ballots` ballots can be paid, with `each` for each and the amount by weight.
    function _worstCase(uint256 packed, uint256 each, uint256 ballots, uint256 totalWeight)
        private
        pure
        returns (uint256)
    {
        uint256 weights = ballots * cap(packed);
        if (weights > totalWeight) weights = totalWeight;
        return ballots * each + perWeight(packed) * weights;
    }
}
