// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";

/// @title The use of committees
/// @notice Counts the polls under each committee, and refuses those that are outside its life. Only the contract of the
/// polls can use up a committee, and only its owner creates polls.
library CommitteeUse {
    /// @notice Counts a new poll. What has been accepted can be finished: its tally deadline is within its committee's
    /// life, so that the keys may be destroyed when that ends, whatever was created before.
    /// @param counts the number of polls that were created under each committee
    /// @param committee the committees
    /// @param id the number of the poll's committee
    /// @param tallyDeadline the poll's tally deadline
    function record(
        mapping(uint256 committee => uint256) storage counts,
        ICommittee committee,
        uint256 id,
        uint64 tallyDeadline
    ) internal {
        ICommittee.Lifetime memory lifetime = committee.lifetime(id);
        if (tallyDeadline > lifetime.expiresAt) {
            revert IPolls.CommitteeExpires(id, lifetime.expiresAt, tallyDeadline);
        }
        uint256 before = counts[id];
        if (before >= lifetime.maxPolls) revert IPolls.CommitteeUsedUp(id, lifetime.maxPolls);
        counts[id] = before + 1;
    }
}
