// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Committee storage and status
/// @notice The storage of committees, and the status that follows from it and from time.
abstract contract CommitteeStorage is ICommittee {
    /// @dev The number of keys in a key vector.
    uint256 internal constant KEYS = 8;

    /// @dev The part of a committee's status that is stored; the rest follows from time and numbers.
    /// @custom:variant KeyGeneration key generation is under way, or has failed
    /// @custom:variant Ready the committee has its keys
    /// @custom:variant Retired no new poll opens under it
    enum Stage {
        KeyGeneration,
        Ready,
        Retired
    }

    /// @dev A committee. A step of key generation reads only the first slot of it, beside the trustees and their keys.
    /// @param registrationDeadline the last second in which trustees may register
    /// @param dealingDeadline the last second in which they may deal
    /// @param threshold the committee threshold
    /// @param size the number of trustees
    /// @param registered bit i: the trustee of index i has registered
    /// @param dealt bit i: a dealing of the trustee of index i was accepted
    /// @param predecessors the number of committees that it replaces, one after another
    /// @param replaces the committee to retire when this one is ready, plus 1
    /// @param stage the stored part of its status
    /// @param gatheredDealings the number of dealings in `sums`
    /// @param expiresAt the last second in which a poll of it may need its keys
    /// @param maxPolls the number of polls that may be created under it
    /// @param retiredTrustees bit i: the trustee of index i has stated that it keeps no key share
    /// @param trustees the trustees' accounts
    /// @param keys the transport keys, x then y
    /// @param dealings keccak(commitments) of each dealing, in the order in which they were dealt
    /// @param sums keccak of the sums of the gathered dealings
    /// @param hash3 K_3; 0 until the committee is ready
    /// @param hash8 K_8; 0 until the committee is ready
    /// @param verificationKeys `PolynomialCommitments.joinHashes` of pk_{i,1} .. pk_{i,8}
    struct Data {
        uint64 registrationDeadline;
        uint64 dealingDeadline;
        uint8 threshold;
        uint8 size;
        uint16 registered;
        uint16 dealt;
        uint16 predecessors;
        uint32 replaces;
        Stage stage;
        uint8 gatheredDealings;
        uint64 expiresAt;
        uint32 maxPolls;
        uint16 retiredTrustees;
        mapping(uint256 index => address) trustees;
        mapping(uint256 index => uint256[2]) keys;
        mapping(uint256 order => bytes32) dealings;
        bytes32 sums;
        uint256 hash3;
        uint256 hash8;
        mapping(uint256 index => bytes32) verificationKeys;
    }

    IGroth16Verifier internal immutable _decryptionVerifier;
    IGroth16Verifier internal immutable _dealing5Verifier;
    IGroth16Verifier internal immutable _dealing16Verifier;
    IGroth16Verifier internal immutable _keysVerifier;

    Data[] internal _committees;

    /// @notice Fixes the immutable dependencies.
    /// @param decryptionVerifier the verifier of decryption shares
    /// @param dealing5Verifier the verifier of dealings to at most 5 trustees
    /// @param dealing16Verifier the verifier of dealings to more
    /// @param keysVerifier the verifier of the key vector's hashes
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

    /// @dev Returns a committee that exists.
    function _requireCommittee(uint256 id) internal view returns (Data storage data) {
        if (id >= _committees.length) revert UnknownCommittee(id);
        return _committees[id];
    }

    /// @dev Returns a committee that has its keys, retired or not.
    function _requireKeyed(uint256 id) internal view returns (Data storage data) {
        data = _requireCommittee(id);
        if (data.hash8 == 0) revert NotReady(id);
    }

    /// @dev Returns a committee in the status that a call needs.
    function _requireStatus(uint256 id, Status expected) internal view returns (Data storage data) {
        data = _requireCommittee(id);
        Status actual = _status(data);
        if (actual != expected) revert WrongStatus(id, actual, expected);
    }

    /// @dev Returns a committee's status now. Registration ends when all have registered, or by time; dealing when
    /// there are enough dealings, or by time.
    function _status(Data storage data) internal view returns (Status) {
        if (data.stage == Stage.Retired) return Status.Retired;
        if (data.stage == Stage.Ready) return Status.Ready;
        uint256 registered = _countBits(data.registered);
        if (registered < data.size && block.timestamp <= data.registrationDeadline) return Status.Registering;
        if (registered < data.threshold) return Status.Failed;
        bool enough = _countBits(data.dealt) >= data.threshold;
        return enough || block.timestamp <= data.dealingDeadline ? Status.Dealing : Status.Failed;
    }

    /// @dev Reverts if the caller is not the trustee of this index.
    function _requireTrustee(Data storage data, uint256 id, uint256 index) internal view {
        if (index >= data.size || data.trustees[index] != msg.sender) revert NotTrustee(id, msg.sender);
    }

    /// @dev Returns the trustees' accounts, by index.
    function _trustees(Data storage data) internal view returns (address[] memory list) {
        list = new address[](data.size);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = data.trustees[i];
        }
    }

    /// @dev Returns the number of bits that are set.
    function _countBits(uint256 set) internal pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) {
            ++count;
        }
    }

    /// @dev Returns the context that a trustee's proofs are bound to (specification, section 5).
    function _trusteeContext(uint256 id, address trustee) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), id, trustee))) >> 8;
    }
}
