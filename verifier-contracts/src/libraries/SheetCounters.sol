// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../interfaces/ISheets.sol";

/// @title Packed counters of sheets
/// @notice How a total holds the counters of a cell (specification, section on sheets): without camps agree and
/// disagree of 20 bits each, with camps those of the lower and the upper camp, of 13 bits each. A chamber has no more
/// members than a counter holds, so that no counter carries into the next.
library SheetCounters {
    uint256 private constant WIDE_BITS = 20;
    uint256 private constant WIDE_MASK = (1 << WIDE_BITS) - 1;
    uint256 private constant CAMP_BITS = 13;
    uint256 private constant CAMP_MASK = (1 << CAMP_BITS) - 1;

    /// @notice Returns the greatest number of members of a chamber.
    /// @param camps whether voters are put into two camps
    /// @return 8,191 with camps, else 2^20 - 1
    function mostMembers(bool camps) internal pure returns (uint256) {
        return camps ? CAMP_MASK : WIDE_MASK;
    }

    /// @notice Returns the packed turnout: that of the lower camp, and from bit 20 on that of the upper one.
    /// @param turnout the number of sheets of the lower and of the upper camp
    /// @return the packed total
    function packTurnout(uint32[2] calldata turnout) internal pure returns (uint64) {
        // A constant of 20.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(turnout[0]) | uint64(turnout[1]) << uint64(WIDE_BITS);
    }

    /// @notice Returns the counters in a packed total.
    /// @param total the packed total
    /// @param camps whether voters are put into two camps
    /// @return counters the counters; they may exceed their bits only in the last one
    function unpack(uint256 total, bool camps) internal pure returns (ISheets.Counters memory counters) {
        // Three counters are masked, and a total has 64 bits: what is left of it is below 2^44, and is compared with
        // the turnout before it is stored.
        // forge-lint: disable-start(unsafe-typecast)
        if (camps) {
            counters.agree = uint32(total & CAMP_MASK);
            counters.disagree = uint32((total >> CAMP_BITS) & CAMP_MASK);
            counters.upperAgree = uint32((total >> 2 * CAMP_BITS) & CAMP_MASK);
            counters.upperDisagree = uint32(total >> 3 * CAMP_BITS);
        } else {
            counters.agree = uint32(total & WIDE_MASK);
            counters.disagree = uint32(total >> WIDE_BITS);
        }
        // forge-lint: disable-end(unsafe-typecast)
    }

    /// @notice Returns whether a packed total can be one: no camp has more answers to a cell than sheets. A total above
    /// 2^52 with camps, or 2^40 without, is none.
    /// @param total the packed total
    /// @param camps whether voters are put into two camps
    /// @param turnout the number of sheets of the lower and of the upper camp
    /// @return whether it can
    function fits(uint256 total, bool camps, uint32[2] memory turnout) internal pure returns (bool) {
        if (total >> (camps ? 4 * CAMP_BITS : 2 * WIDE_BITS) != 0) return false;
        ISheets.Counters memory c = unpack(total, camps);
        return uint256(c.agree) + c.disagree <= turnout[0] && uint256(c.upperAgree) + c.upperDisagree <= turnout[1];
    }
}
