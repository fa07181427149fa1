// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../interfaces/IRewards.sol";

/// @title What a chamber's ballots are paid, in one word (specification, section 12)
/// @notice From the lowest bit: the ratified option, one bit for each of eight; cap, perWeight, bonus and base, 40 bits each.
library RewardPolicy {
    uint256 private constant MASK = (1 << 40) - 1;
    uint256 private constant CAP = 8;
    uint256 private constant PER_WEIGHT = 48;
    uint256 private constant BONUS = 88;
    uint256 private constant BASE = 128;

    /// @notice 0 for a policy that pays nothing, or only seems to pay something.
    function pack(IRewards.ChamberPolicy calldata policy) internal pure returns (uint256) {
        if ((policy.perWeight == 0) != (policy.cap == 0)) return 0;
        if (policy.base == 0 && policy.perWeight == 0 && policy.bonus == 0) return 0;
        return uint256(policy.base) << BASE | uint256(policy.bonus) << BONUS | uint256(policy.perWeight) << PER_WEIGHT
            | uint256(policy.cap) << CAP;
    }

    function unpack(uint256 packed, uint256 chamber) internal pure returns (IRewards.ChamberPolicy memory policy) {
        // The parts have 40 bits, and a chamber's number came as one of 64.
        // forge-lint: disable-start(unsafe-typecast)
        policy.chamber = uint64(chamber);
        policy.base = uint40(base(packed));
        policy.perWeight = uint40(perWeight(packed));
        policy.cap = uint40(cap(packed));
        policy.bonus = uint40(bonus(packed));
        // forge-lint: disable-end(unsafe-typecast)
    }

    /// @notice The same policy, paying the bonus for this option, from 0.
    function withRatified(uint256 packed, uint256 option) internal pure returns (uint256) {
        return packed | 1 << option;
    }

    /// @notice Whether the bonus is paid.
    function ratified(uint256 packed) internal pure returns (bool) {
        return packed & 0xff != 0;
    }

    /// @notice The lowest 48 bits: ratified option and cap.
    function selector(uint256 packed) internal pure returns (uint256) {
        return packed & ((1 << PER_WEIGHT) - 1);
    }

    function cap(uint256 packed) internal pure returns (uint256) {
        return (packed >> CAP) & MASK;
    }

    function perWeight(uint256 packed) internal pure returns (uint256) {
        return (packed >> PER_WEIGHT) & MASK;
    }

    function bonus(uint256 packed) internal pure returns (uint256) {
        return (packed >> BONUS) & MASK;
    }

    function base(uint256 packed) internal pure returns (uint256) {
        return packed >> BASE;
    }

    /// @notice The most that the ballots of a chamber can be paid, in units: no option is chosen by more of them than there are, and their weights sum up to no
    /// more than those of all members.
    function worstCase(uint256 packed, uint256 ballots, uint256 totalWeight) internal pure returns (uint256) {
        uint256 weights = ballots * cap(packed);
        if (weights > totalWeight) weights = totalWeight;
        uint256 each = base(packed) + (ratified(packed) ? bonus(packed) : 0);
        return ballots * each + perWeight(packed) * weights;
    }
}
