// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BallotRules} from "../libraries/BallotRules.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {IPolls} from "../interfaces/IPolls.sol";

/// @title Poll data
/// @notice The stored data of polls, and the state that follows from it and from time. The contract holds it; the
/// linked libraries `PollSetup`, `PollTally` and `PollRounding` work on it by delegated calls.
library PollData {
    /// @notice The part of a poll's state that is stored; the rest follows from time.
    /// @custom:variant None there is no poll of this number
    /// @custom:variant Created not opened yet
    /// @custom:variant Opened open, or closed by time
    /// @custom:variant Decided ended with a decision
    /// @custom:variant Rejected ended without one
    /// @custom:variant Undecided ended without a chamber's total
    /// @custom:variant Cancelled ended by its canceller
    enum Stage {
        None,
        Created,
        Opened,
        Decided,
        Rejected,
        Undecided,
        Cancelled
    }

    /// @notice A poll. Casting reads only the first slot of it.
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no ballot is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param options the number m of options
    /// @param chambersRequired the number of chambers that must choose an option
    /// @param outcome the decided option
    /// @param stage the stored part of its state
    /// @param decision how the chambers' choices decide
    /// @param masked that of its rule, where casting reads it at no cost
    /// @param teller the index of the trustee that learns the exact totals of a rounded poll; else 0
    /// @param threshold the committee threshold in a rounded poll, where its tally reads it at no cost; else 0
    /// @param fingerprint its fingerprint
    /// @param proposal the reference to its proposal
    /// @param rule the ballot rule
    /// @param committee the committee's number
    /// @param cancelDeadline the last second in which it may be cancelled; 0 without a canceller
    /// @param canceller the account that may cancel it; 0 for none
    /// @param creator the account that created it
    /// @param chamberIds the ids of its chambers
    /// @param chambers its chambers
    struct Poll {
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        uint8 options;
        uint8 chambersRequired;
        uint8 outcome;
        Stage stage;
        IPolls.DecisionKind decision;
        bool masked;
        uint8 teller;
        uint8 threshold;
        bytes32 fingerprint;
        bytes32 proposal;
        IPolls.Rule rule;
        uint64 committee;
        uint64 cancelDeadline;
        address canceller;
        address creator;
        uint256[] chamberIds;
        mapping(uint256 chamber => Chamber) chambers;
    }

    /// @notice A ballot slot.
    /// @param ballot the fingerprint of the ballot that counts for a nullifier, and in the lowest 32 bits the
    /// nullifier's ordinal: the number of nullifiers that had cast before it; or 0. Rewards are sealed by the ordinal,
    /// which costs no gas here.
    struct Slot {
        uint256 ballot;
    }

    /// @notice A chamber of a poll. Casting reads the first two slots, the total, and one slot for the nullifier.
    /// @param ballots the number of nullifiers that have cast
    /// @param shares bit i: the trustee of index i has posted its decryption share, or a blinded share for any teller
    /// @param tallied whether the chamber is tallied
    /// @param hasChoice whether it chooses an option
    /// @param choice the option that it chooses
    /// @param opened set when the poll opens: the first ballots then increment a counter in a slot that is not zero
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param members the number of members in the frozen census
    /// @param refusals the number of shares that were refused: no event of a refusal can be left out unseen
    /// @param ctx the context
    /// @param total the encrypted total
    /// @param slots the ballot slots
    /// @param rule the chamber's part in the poll
    /// @param root the frozen census root
    /// @param packedRule the packed ballot rule
    /// @param shareHashes keccak of E_1..E_M by the trustee's index i; in a rounded one that of F_1..F_M by 16 i + t, t
    /// the index of the teller that the share names. None is ever replaced.
    /// @param tellers bit 16 i + t: the trustee of index i has posted a blinded share for the teller of index t
    /// @param totals the decrypted totals; empty in a rounded chamber
    struct Chamber {
        uint32 ballots;
        uint16 shares;
        bool tallied;
        bool hasChoice;
        uint8 choice;
        bool opened;
        uint64 totalWeight;
        uint32 members;
        uint32 refusals;
        uint256 ctx;
        EncryptedTotal.Total total;
        mapping(uint256 nullifier => Slot) slots;
        IPolls.ChamberRule rule;
        uint256 root;
        uint256 packedRule;
        mapping(uint256 place => bytes32) shareHashes;
        uint256 tellers;
        uint64[] totals;
    }

    /// @notice Returns a poll's state now. An open poll closes by time alone.
    /// @param data the poll
    /// @return its state
    function state(Poll storage data) internal view returns (IPolls.State) {
        Stage stage = data.stage;
        if (stage == Stage.Opened) {
            return block.timestamp < data.closesAt ? IPolls.State.Open : IPolls.State.Closed;
        }
        // Stages and states are in one order; only Open and Closed share a stage.
        return IPolls.State(uint256(stage) + (stage > Stage.Opened ? 1 : 0));
    }

    /// @notice Returns a poll that exists.
    /// @param polls all polls
    /// @param id the poll's number
    /// @return data the poll
    function requirePoll(mapping(uint256 id => Poll) storage polls, uint256 id)
        internal
        view
        returns (Poll storage data)
    {
        data = polls[id];
        if (data.stage == Stage.None) revert IPolls.UnknownPoll(id);
    }

    /// @notice Returns a poll in the state that a call needs.
    /// @param polls all polls
    /// @param id the poll's number
    /// @param expected the state
    /// @return data the poll
    function requireState(mapping(uint256 id => Poll) storage polls, uint256 id, IPolls.State expected)
        internal
        view
        returns (Poll storage data)
    {
        data = requirePoll(polls, id);
        IPolls.State actual = state(data);
        if (actual != expected) revert IPolls.WrongState(id, actual, expected);
    }

    /// @notice Returns a chamber of an opened poll.
    /// @param data the poll
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return entry the chamber
    function requireOpenedChamber(Poll storage data, uint256 id, uint256 chamberId)
        internal
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (!entry.opened) revert IPolls.UnknownChamber(id, chamberId);
    }

    /// @notice Returns whether a chamber publishes no exact totals.
    /// @param entry the chamber
    /// @return whether its rounding step is above 1
    function isRounded(Chamber storage entry) internal view returns (bool) {
        return entry.rule.step > 1;
    }

    /// @notice Returns M, the size of the poll's circuit and ballot records.
    /// @param data the poll
    /// @return 3 or 8
    function circuitSize(Poll storage data) internal view returns (uint256) {
        return BallotRules.circuitSize(data.options);
    }
}
