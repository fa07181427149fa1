// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {IStakeholderRegistry} from "../interfaces/IStakeholderRegistry.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {BallotRules} from "../libraries/BallotRules.sol";

/// @title Poll storage and lifecycle
/// @notice The storage of polls, and the state that follows from it and from time.
abstract contract PollStorage is IPolls {
    /// @dev The part of a poll's state that is stored; the rest follows from time.
    /// @custom:variant None there is no poll of this number
    /// @custom:variant Created not opened yet
    /// @custom:variant Opened open, or closed by time
    /// @custom:variant Decided ended with a decision
    /// @custom:variant Rejected ended without one
    /// @custom:variant Undecided ended without a chamber's total
    enum Stage {
        None,
        Created,
        Opened,
        Decided,
        Rejected,
        Undecided
    }

    /// @dev A poll. Casting reads only the first slot of it.
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no ballot is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param options the number m of options
    /// @param chambersRequired the number of chambers that must choose an option
    /// @param outcome the decided option
    /// @param stage the stored part of its state
    /// @param proposal the reference to its proposal
    /// @param rule the ballot rule
    /// @param committee the committee's number
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
        bytes32 proposal;
        Rule rule;
        uint64 committee;
        uint256[] chamberIds;
        mapping(uint256 chamber => Chamber) chambers;
    }

    /// @dev A ballot slot.
    /// @param ballot the fingerprint of the ballot that counts for a nullifier, and in the lowest 32 bits the
    /// nullifier's ordinal: the number of nullifiers that had cast before it; or 0. Rewards are sealed by the ordinal,
    /// which costs no gas here.
    struct Slot {
        uint256 ballot;
    }

    /// @dev A chamber of a poll. Casting reads the first two slots, the total, and one slot for the nullifier.
    /// @param ballots the number of nullifiers that have cast
    /// @param shares bit i: the trustee of index i has posted its decryption share
    /// @param tallied whether the chamber is tallied
    /// @param hasChoice whether it chooses an option
    /// @param choice the option that it chooses
    /// @param opened set when the poll opens: the first ballots then increment a counter in a slot that is not zero
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param ctx the context
    /// @param total the encrypted total
    /// @param slots the ballot slots
    /// @param rule the chamber's part in the poll
    /// @param root the frozen census root
    /// @param packedRule the packed ballot rule
    /// @param shareHashes keccak of E_1..E_M, by the trustee's index
    /// @param totals the decrypted totals
    struct Chamber {
        uint32 ballots;
        uint16 shares;
        bool tallied;
        bool hasChoice;
        uint8 choice;
        bool opened;
        uint64 totalWeight;
        uint256 ctx;
        EncryptedTotal.Total total;
        mapping(uint256 nullifier => Slot) slots;
        ChamberRule rule;
        uint256 root;
        uint256 packedRule;
        mapping(uint256 index => bytes32) shareHashes;
        uint64[] totals;
    }

    IStakeholderRegistry internal immutable _registry;
    ICommittee internal immutable _committee;
    IGroth16Verifier internal immutable _ballot3Verifier;
    IGroth16Verifier internal immutable _ballot8Verifier;

    uint256 internal _pollCount;
    mapping(uint256 id => Poll) internal _polls;

    /// @notice Fixes the immutable dependencies.
    /// @param registry the stakeholder registry
    /// @param committee the committees
    /// @param ballot3Verifier the verifier of ballots with up to 3 options
    /// @param ballot8Verifier the verifier of ballots with up to 8 options
    constructor(
        IStakeholderRegistry registry,
        ICommittee committee,
        IGroth16Verifier ballot3Verifier,
        IGroth16Verifier ballot8Verifier
    ) {
        _registry = registry;
        _committee = committee;
        _ballot3Verifier = ballot3Verifier;
        _ballot8Verifier = ballot8Verifier;
    }

    /// @dev Returns a poll's state now. An open poll closes by time alone.
    function _state(Poll storage data) internal view returns (State) {
        Stage stage = data.stage;
        if (stage == Stage.Opened) return block.timestamp < data.closesAt ? State.Open : State.Closed;
        // Stages and states are in one order; only Open and Closed share a stage.
        return State(uint256(stage) + (stage > Stage.Opened ? 1 : 0));
    }

    /// @dev Returns a poll that exists.
    function _requirePoll(uint256 id) internal view returns (Poll storage data) {
        data = _polls[id];
        if (data.stage == Stage.None) revert UnknownPoll(id);
    }

    /// @dev Returns a poll in the state that a call needs.
    function _requireState(uint256 id, State expected) internal view returns (Poll storage data) {
        data = _requirePoll(id);
        State actual = _state(data);
        if (actual != expected) revert WrongState(id, actual, expected);
    }

    /// @dev Returns a chamber of an opened poll.
    function _requireOpenedChamber(Poll storage data, uint256 id, uint256 chamberId)
        internal
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (!entry.opened) revert UnknownChamber(id, chamberId);
    }

    /// @dev Returns M, the size of the poll's circuit and ballot records.
    function _circuitSize(Poll storage data) internal view returns (uint256) {
        return BallotRules.circuitSize(data.options);
    }
}
