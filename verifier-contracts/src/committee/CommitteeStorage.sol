// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title What committees keep, and in which status they are
abstract contract CommitteeStorage is ICommittee {
    uint256 internal constant KEYS = 8;

    /// @dev What changes a committee's status besides time and numbers.
    enum Stage {
        Forming,
        Ready,
        Retired
    }

    /// @dev The first slot is all that a step of forming reads of it, beside the trustees and their keys.
    struct Data {
        uint64 registrationDeadline;
        uint64 dealingDeadline;
        uint8 threshold;
        uint8 size;
        uint16 registered;
        uint16 dealt;
        uint16 epoch;
        /// the committee to retire, plus 1
        uint32 replaces;
        Stage stage;
        uint8 gatheredDealings;
        mapping(uint256 index => address) trustees;
        mapping(uint256 index => uint256[2]) keys;
        /// keccak(commitments) of each dealing, in the order in which they were dealt
        mapping(uint256 place => bytes32) dealings;
        /// keccak of the sums of those that are gathered
        bytes32 sums;
        uint256 hash3;
        uint256 hash8;
        /// `Commitments.join` of pk_{i,1} .. pk_{i,8}
        mapping(uint256 index => bytes32) verificationKeys;
    }

    IGroth16Verifier internal immutable _decryptionVerifier;
    IGroth16Verifier internal immutable _dealing5Verifier;
    IGroth16Verifier internal immutable _dealing16Verifier;
    IGroth16Verifier internal immutable _keysVerifier;

    Data[] internal _committees;

    constructor(
        IGroth16Verifier decryptionVerifier,
        IGroth16Verifier dealing5Verifier,
        IGroth16Verifier dealing16Verifier,
        IGroth16Verifier keysVerifier
    ) {
        _decryptionVerifier = decryptionVerifier;
        _dealing5Verifier = dealing5Verifier;
        _dealing16Verifier = dealing16Verifier;
        _keysVerifier = keysVerifier;
    }

    function _known(uint256 id) internal view returns (Data storage data) {
        if (id >= _committees.length) revert UnknownCommittee(id);
        return _committees[id];
    }

    /// @dev A committee that has its keys, retired or not.
    function _withKeys(uint256 id) internal view returns (Data storage data) {
        data = _known(id);
        if (data.hash8 == 0) revert NotReady(id);
    }

    function _inStatus(uint256 id, Status expected) internal view returns (Data storage data) {
        data = _known(id);
        Status actual = _status(data);
        if (actual != expected) revert WrongStatus(id, actual, expected);
    }

    /// @dev Registering ends when all have registered, or by time; dealing when there are enough dealings, or by time.
    function _status(Data storage data) internal view returns (Status) {
        if (data.stage == Stage.Retired) return Status.Retired;
        if (data.stage == Stage.Ready) return Status.Ready;
        uint256 registered = _count(data.registered);
        if (registered < data.size && block.timestamp <= data.registrationDeadline) return Status.Registering;
        if (registered < data.threshold) return Status.Failed;
        bool enough = _count(data.dealt) >= data.threshold;
        return enough || block.timestamp <= data.dealingDeadline ? Status.Dealing : Status.Failed;
    }

    function _trustees(Data storage data) internal view returns (address[] memory list) {
        list = new address[](data.size);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = data.trustees[i];
        }
    }

    /// @dev How many bits are set.
    function _count(uint256 set) internal pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) {
            ++count;
        }
    }

    /// @dev What a trustee's proofs are for (specification, section 5).
    function _trusteeContext(uint256 id, address trustee) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), id, trustee))) >> 8;
    }
}
