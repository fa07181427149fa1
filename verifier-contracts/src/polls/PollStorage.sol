// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {IStakeholderRegistry} from "../interfaces/IStakeholderRegistry.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {Rules} from "../libraries/Rules.sol";

/// @title What polls keep, and in which state they are
abstract contract PollStorage is IPolls {
    /// @dev What changes a poll's state besides time.
    enum Stage {
        None,
        Created,
        Opened,
        Decided,
        Rejected,
        Undecided
    }

    /// @dev The first slot is all that casting reads of it.
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

    /// @dev Of the ballot that counts for a nullifier its fingerprint, and in the lowest 32 bits the nullifier's number: how many had cast before it.
    /// Or 0. The number is what rewards are sealed by; it costs nothing here.
    struct Slot {
        uint256 ballot;
    }

    /// @dev Casting reads the first two slots, the total, and one slot for the nullifier.
    struct Chamber {
        uint32 ballots;
        /// bit i: the trustee of index i has posted its share
        uint16 shares;
        bool counted;
        bool hasChoice;
        uint8 choice;
        /// set when the poll opens: the first ballots then count up in a slot that is not empty
        bool opened;
        /// of the frozen census
        uint64 totalWeight;
        uint256 ctx;
        EncryptedTotal.Total total;
        mapping(uint256 nullifier => Slot) slots;
        ChamberRule rule;
        uint256 root;
        uint256 packedRule;
        /// keccak of E_1..E_M
        mapping(uint256 index => bytes32) shareHashes;
        uint64[] totals;
    }

    IStakeholderRegistry internal immutable _registry;
    ICommittee internal immutable _committee;
    IGroth16Verifier internal immutable _ballot3Verifier;
    IGroth16Verifier internal immutable _ballot8Verifier;

    uint256 internal _count;
    mapping(uint256 id => Poll) internal _polls;

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

    /// @dev An open poll closes by time alone.
    function _state(Poll storage data) internal view returns (State) {
        Stage stage = data.stage;
        if (stage == Stage.Opened) return block.timestamp < data.closesAt ? State.Open : State.Closed;
        if (stage == Stage.Created) return State.Created;
        if (stage == Stage.Decided) return State.Decided;
        if (stage == Stage.Rejected) return State.Rejected;
        if (stage == Stage.Undecided) return State.Undecided;
        return State.Unknown;
    }

    function _known(uint256 id) internal view returns (Poll storage data) {
        data = _polls[id];
        if (data.stage == Stage.None) revert UnknownPoll(id);
    }

    /// @dev The poll, if it is in the state that a call needs.
    function _inState(uint256 id, State expected) internal view returns (Poll storage data) {
        data = _known(id);
        State actual = _state(data);
        if (actual != expected) revert WrongState(id, actual, expected);
    }

    /// @dev A chamber of an opened poll.
    function _chamber(Poll storage data, uint256 id, uint256 chamberId) internal view returns (Chamber storage entry) {
        entry = data.chambers[chamberId];
        if (!entry.opened) revert UnknownChamber(id, chamberId);
    }

    /// @dev M, for which circuit and record the poll is.
    function _size(Poll storage data) internal view returns (uint256) {
        return Rules.circuitSize(data.options);
    }
}
