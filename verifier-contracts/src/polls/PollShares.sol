// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollData} from "./PollData.sol";
import {PollTellers} from "./PollTellers.sol";

/// @title Shares of a chamber
/// @notice What the tallies of exact and of rounded chambers have in common: which chambers take shares, and which
/// shares were posted.
library PollShares {
    using PollData for PollData.Poll;

    /// @notice Returns a chamber whose total may be decrypted: the poll is closed, the tally deadline has not passed,
    /// there are enough ballots, and it is not tallied yet. A decision that other chambers have made sure does not stop
    /// this: an early end hides no total.
    /// @param polls all polls
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return data the poll
    /// @return entry the chamber
    function requireTalliable(mapping(uint256 id => PollData.Poll) storage polls, uint256 id, uint256 chamberId)
        internal
        view
        returns (PollData.Poll storage data, PollData.Chamber storage entry)
    {
        data = PollData.requirePoll(polls, id);
        entry = data.requireOpenedChamber(id, chamberId);
        IPolls.State actual = data.state();
        if (actual == IPolls.State.Open || actual == IPolls.State.Cancelled) {
            revert IPolls.WrongState(id, actual, IPolls.State.Closed);
        }
        if (entry.tallied) revert IPolls.AlreadyTallied(id, chamberId);
        if (block.timestamp > data.tallyDeadline) revert IPolls.TallyTooLate(data.tallyDeadline);
        uint256 minimum = entry.rule.minBallots;
        if (entry.ballots < minimum) revert IPolls.TooFewBallots(entry.ballots, minimum);
    }

    /// @notice Checks that every share of a combination is the one that its trustee has posted, with a proof, in a
    /// chamber with exact totals.
    /// @param entry the chamber
    /// @param combination the share combination
    /// @param words the number of words of a share
    function checkPosted(PollData.Chamber storage entry, IPolls.ShareCombination calldata combination, uint256 words)
        internal
        view
    {
        uint256[] calldata rest = combination.shares;
        for (uint256 index = 0; combination.trustees >> index != 0; ++index) {
            if ((combination.trustees >> index) & 1 == 0) continue;
            if (rest.length < words) revert IPolls.InvalidShareCombination();
            if (_hash(rest, words) != entry.shareHashes[index]) revert IPolls.WrongShare(index);
            rest = rest[words:];
        }
        if (rest.length != 0) revert IPolls.InvalidShareCombination();
    }

    /// @notice Checks that every share of a combination is the one that its trustee has posted for a teller, with a
    /// proof, in a rounded chamber. `checkPosted` for other hashes; apart, so that exact tallies do not pay for it.
    /// @param entry the chamber
    /// @param combination the share combination
    /// @param words the number of words of a share
    /// @param teller the index of the trustee that all combined shares name, below 16
    function checkPostedFor(
        PollData.Chamber storage entry,
        IPolls.ShareCombination calldata combination,
        uint256 words,
        uint256 teller
    ) internal view {
        uint256[] calldata rest = combination.shares;
        for (uint256 index = 0; combination.trustees >> index != 0; ++index) {
            if ((combination.trustees >> index) & 1 == 0) continue;
            if (rest.length < words) revert IPolls.InvalidShareCombination();
            if (_hash(rest, words) != entry.shareHashes[PollTellers.placeOf(index, teller)]) {
                revert IPolls.WrongShare(index);
            }
            rest = rest[words:];
        }
        if (rest.length != 0) revert IPolls.InvalidShareCombination();
    }

    /// @dev Returns keccak of the first words of a list that has as many.
    function _hash(uint256[] calldata list, uint256 words) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, list.offset, mul(words, 0x20))
            hash := keccak256(free, mul(words, 0x20))
        }
    }

    /// @notice Returns whether a point is the identity.
    /// @param x its first coordinate
    /// @param y its second coordinate
    /// @return whether it is
    function isIdentity(uint256 x, uint256 y) internal pure returns (bool) {
        return x == 0 && y == 1;
    }

    /// @notice Returns the same calldata as the committee's struct, which has the same layout.
    /// @param combination the share combination
    /// @return same the share combination
    function toCommitteeStruct(IPolls.ShareCombination calldata combination)
        internal
        pure
        returns (ICommittee.ShareCombination calldata same)
    {
        assembly {
            same := combination
        }
    }
}
