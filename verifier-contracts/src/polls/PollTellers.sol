// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PollData} from "./PollData.sol";

/// @title Tellers of rounded chambers
/// @notice For which tellers blinded shares were posted, and who may stand in for the poll's. A trustee has one share
/// for each teller, and no share takes the place of another: none can be withdrawn once its teller's tally is seen.
library PollTellers {
    /// @notice The greatest number of trustees of a committee.
    uint256 internal constant MAX_TRUSTEES = 16;

    /// @notice Returns where `shareHashes` and `tellers` keep the share of a trustee for a teller.
    /// @param index the trustee's index
    /// @param teller the teller's index, below 16: another one would give the place of another trustee's share
    /// @return the place, from 0 to 255 for the index of a trustee
    function placeOf(uint256 index, uint256 teller) internal pure returns (uint256) {
        return MAX_TRUSTEES * index + teller;
    }

    /// @notice Returns how many trustees have posted a share for a teller.
    /// @param entry the chamber
    /// @param teller the teller's index, below 16
    /// @return count their number
    function countSharesFor(PollData.Chamber storage entry, uint256 teller) internal view returns (uint256 count) {
        uint256 tellers = entry.tellers;
        for (uint256 index = 0; index < MAX_TRUSTEES; ++index) {
            count += (tellers >> placeOf(index, teller)) & 1;
        }
    }

    /// @notice Returns the one trustee that may do the work of the poll's teller: the next registered one after it, and
    /// after the last trustee the first. Were it free to choose, a trustee could make itself the teller.
    /// @param registered bit i: the trustee of index i has registered
    /// @param teller the index of the poll's teller
    /// @return next its index; the teller's own if no other trustee has registered
    function fallbackOf(uint256 registered, uint256 teller) internal pure returns (uint256 next) {
        next = teller;
        // Trustees that there are not have not registered.
        do {
            next = (next + 1) % MAX_TRUSTEES;
        } while (next != teller && (registered >> next) & 1 == 0);
    }
}
