// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../interfaces/ISheets.sol";
import {SheetForm} from "../libraries/SheetForm.sol";
import {SheetTotals} from "../libraries/SheetTotals.sol";

/// @title Data of sheet polls
/// @notice The stored data of sheet polls, and the state that follows from it and from time. The contract holds it; the
/// linked libraries `SheetSetup` and `SheetTally` work on it by delegated calls.
library SheetData {
    /// @notice The part of a sheet poll's state that is stored; the rest follows from time.
    /// @custom:variant None there is no sheet poll of this number
    /// @custom:variant Created not opened yet
    /// @custom:variant Opened open, or closed by time
    /// @custom:variant Finished ended with every chamber settled
    /// @custom:variant Undecided ended without that
    /// @custom:variant Cancelled ended by its canceller
    enum Stage {
        None,
        Created,
        Opened,
        Finished,
        Undecided,
        Cancelled
    }

    /// @notice A sheet poll. Casting reads only the first slot of it. Its chambers, and the context in each, are where
    /// `PollData` has those of a poll, so that one proof of storage reads both.
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no sheet is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param stage the stored part of its state
    /// @param size K
    /// @param count the number of cells that are used
    /// @param kind what the cells are
    /// @param camps whether voters are put into two camps
    /// @param fingerprint its fingerprint
    /// @param proposal the reference to its proposal
    /// @param agenda the hash of the cells' texts
    /// @param formHash the hash of its form
    /// @param committee the committee's number
    /// @param canceller the account that may cancel it; 0 for none
    /// @param theta of its rule of adoption; 0 without one
    /// @param required of its rule of adoption
    /// @param cancelDeadline the last second in which it may be cancelled; 0 without a canceller
    /// @param creator the account that created it
    /// @param quorum of its rule of adoption
    /// @param chamberIds the ids of its chambers
    /// @param chambers its chambers
    struct Sheet {
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        Stage stage;
        uint8 size;
        uint8 count;
        ISheets.Kind kind;
        bool camps;
        bytes32 fingerprint;
        bytes32 proposal;
        bytes32 agenda;
        uint256 formHash;
        uint64 committee;
        address canceller;
        uint16 theta;
        uint16 required;
        uint64 cancelDeadline;
        address creator;
        uint32 quorum;
        uint256[] chamberIds;
        mapping(uint256 chamber => Chamber) chambers;
    }

    /// @notice A chamber of a sheet poll. Casting reads the first two slots, the totals, and one slot for the
    /// nullifier.
    /// @param ballots the number of nullifiers that have cast
    /// @param status how far it is, but for `TooFewSheets`, which follows from time
    /// @param talliedBlocks bit k: block k is tallied
    /// @param members the number of members in the frozen census
    /// @param minBallots the minimum of sheets
    /// @param leastCamp with camps the least size of a camp
    /// @param refusals the number of shares that were refused
    /// @param turnout the number of sheets of the lower and of the upper camp, once tallied
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param ctx the context
    /// @param total the encrypted totals of all blocks
    /// @param slots the ballot slots: the fingerprint of the sheet that counts, and in the lowest 32 bits the ordinal
    /// @param root the frozen census root
    /// @param shares bit 16 k + i: the trustee of index i has posted its decryption share of block k
    /// @param shareHashes keccak of that share by 16 k + i. None is ever replaced.
    /// @param totals the packed totals of the used cells, once their block is tallied
    struct Chamber {
        uint32 ballots;
        ISheets.ChamberStatus status;
        uint8 talliedBlocks;
        uint32 members;
        uint32 minBallots;
        uint32 leastCamp;
        uint32 refusals;
        uint256 ctx;
        SheetTotals.Totals total;
        mapping(uint256 nullifier => uint256) slots;
        uint32[2] turnout;
        uint64 totalWeight;
        uint256 root;
        uint256 shares;
        mapping(uint256 place => bytes32) shareHashes;
        uint64[40] totals;
    }

    /// @notice Returns a sheet poll's state now. An open one closes by time alone.
    /// @param data the sheet poll
    /// @return its state
    function state(Sheet storage data) internal view returns (ISheets.State) {
        Stage stage = data.stage;
        if (stage == Stage.Opened) {
            return block.timestamp < data.closesAt ? ISheets.State.Open : ISheets.State.Closed;
        }
        // Stages and states are in one order; only Open and Closed share a stage.
        return ISheets.State(uint256(stage) + (stage > Stage.Opened ? 1 : 0));
    }

    /// @notice Returns how far a chamber is now.
    /// @param data the sheet poll
    /// @param entry the chamber
    /// @return status the stored status, or `TooFewSheets`
    function statusOf(Sheet storage data, Chamber storage entry) internal view returns (ISheets.ChamberStatus status) {
        status = entry.status;
        bool few = status == ISheets.ChamberStatus.Opened && entry.ballots < entry.minBallots;
        if (few && state(data) != ISheets.State.Open) return ISheets.ChamberStatus.TooFewSheets;
    }

    /// @notice Returns whether a closed chamber waits for a tally.
    /// @param entry the chamber
    /// @return whether it has enough sheets, and its turnout or the cells of large enough camps are not tallied
    function isPending(Chamber storage entry) internal view returns (bool) {
        ISheets.ChamberStatus status = entry.status;
        if (status == ISheets.ChamberStatus.Opened) return entry.ballots >= entry.minBallots;
        return status == ISheets.ChamberStatus.TurnoutTallied;
    }

    /// @notice Returns a sheet poll that exists.
    /// @param sheets all sheet polls
    /// @param id its number
    /// @return data the sheet poll
    function requireSheet(mapping(uint256 id => Sheet) storage sheets, uint256 id)
        internal
        view
        returns (Sheet storage data)
    {
        data = sheets[id];
        if (data.stage == Stage.None) revert ISheets.UnknownSheet(id);
    }

    /// @notice Returns a sheet poll in the state that a call needs.
    /// @param sheets all sheet polls
    /// @param id its number
    /// @param expected the state
    /// @return data the sheet poll
    function requireState(mapping(uint256 id => Sheet) storage sheets, uint256 id, ISheets.State expected)
        internal
        view
        returns (Sheet storage data)
    {
        data = requireSheet(sheets, id);
        ISheets.State actual = state(data);
        if (actual != expected) revert ISheets.WrongState(id, actual, expected);
    }

    /// @notice Returns a chamber of a sheet poll, opened or not.
    /// @param data the sheet poll
    /// @param id its number
    /// @param chamberId the chamber's id
    /// @return entry the chamber
    function requireListedChamber(Sheet storage data, uint256 id, uint256 chamberId)
        internal
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        // The minimum of a chamber that takes part is not 0.
        if (entry.minBallots == 0) revert ISheets.UnknownChamber(id, chamberId);
    }

    /// @notice Returns a chamber of an opened sheet poll.
    /// @param data the sheet poll
    /// @param id its number
    /// @param chamberId the chamber's id
    /// @return entry the chamber
    function requireOpenedChamber(Sheet storage data, uint256 id, uint256 chamberId)
        internal
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (entry.status == ISheets.ChamberStatus.Unopened) revert ISheets.UnknownChamber(id, chamberId);
    }

    /// @notice Returns the number of blocks that have used cells.
    /// @param data the sheet poll
    /// @return the number; these blocks are 1 to this number
    function usedBlocks(Sheet storage data) internal view returns (uint256) {
        return (data.count + SheetForm.BLOCK_CELLS - 1) / SheetForm.BLOCK_CELLS;
    }
}
