// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {CommitteeKeyGeneration} from "./committee/CommitteeKeyGeneration.sol";
import {CommitteeDecryption} from "./committee/CommitteeDecryption.sol";
import {CommitteeStorage} from "./committee/CommitteeStorage.sol";
import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";

/// @title Committees
/// @notice The whole of `ICommittee`: key generation, decryption and lifetimes are in `committee/`, one file each; here
/// are the views.
contract Committee is CommitteeKeyGeneration, CommitteeDecryption {
    /// @notice Fixes the immutable dependencies.
    /// @param owner the account that creates and retires committees: the DAO
    /// @param decryptionVerifier the verifier of decryption shares
    /// @param dealing5Verifier the verifier of dealings to at most 5 trustees
    /// @param dealing16Verifier the verifier of dealings to more
    /// @param keysVerifier the verifier of the key vector's hashes
    constructor(
        address owner,
        IGroth16Verifier decryptionVerifier,
        IGroth16Verifier dealing5Verifier,
        IGroth16Verifier dealing16Verifier,
        IGroth16Verifier keysVerifier
    ) Ownable(owner) CommitteeStorage(decryptionVerifier, dealing5Verifier, dealing16Verifier, keysVerifier) {}

    /// @inheritdoc ICommittee
    function immutableDependencies() external view virtual returns (address, address, address, address) {
        return
            (
                address(_decryptionVerifier),
                address(_dealing5Verifier),
                address(_dealing16Verifier),
                address(_keysVerifier)
            );
    }

    /// @inheritdoc ICommittee
    function committees() external view virtual returns (uint256) {
        return _committees.length;
    }

    /// @inheritdoc ICommittee
    function committee(uint256 id) external view virtual returns (CommitteeView memory) {
        Data storage data = _requireCommittee(id);
        return CommitteeView({
            status: _status(data),
            trustees: _trustees(data),
            threshold: data.threshold,
            registrationDeadline: data.registrationDeadline,
            dealingDeadline: data.dealingDeadline,
            registered: data.registered,
            dealt: data.dealt,
            predecessors: data.predecessors,
            hash3: data.hash3,
            hash8: data.hash8,
            gatheredDealings: data.gatheredDealings,
            verificationKeys: _verificationKeys(data),
            lifetime: _lifetime(data),
            retiredTrustees: data.retiredTrustees
        });
    }

    /// @inheritdoc ICommittee
    function status(uint256 id) external view virtual returns (Status) {
        return id < _committees.length ? _status(_committees[id]) : Status.Unknown;
    }

    /// @inheritdoc ICommittee
    function missingTrustees(uint256 id, uint256 posted) external view virtual returns (address[] memory list) {
        Data storage data = _requireKeyed(id);
        if (_countBits(posted) >= data.threshold) return list;
        list = new address[](data.size);
        uint256 count = 0;
        for (uint256 i = 0; i < data.size; ++i) {
            if (((data.registered & ~posted) >> i) & 1 == 1) list[count++] = data.trustees[i];
        }
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }

    /// @dev Returns the hashes of all trustees' verification keys, by index.
    function _verificationKeys(Data storage data) private view returns (bytes32[] memory list) {
        list = new bytes32[](data.size);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = data.verificationKeys[i];
        }
    }

    /// @inheritdoc ICommittee
    function transportKey(uint256 id, uint256 index) external view virtual returns (uint256[2] memory) {
        Data storage data = _requireCommittee(id);
        address trustee = index < data.size ? data.trustees[index] : address(0);
        if ((data.registered >> index) & 1 == 0) revert NotRegistered(id, trustee);
        return data.keys[index];
    }

    /// @inheritdoc ICommittee
    function registeredTrustees(uint256 id) external view virtual returns (uint256, uint256) {
        Data storage data = _requireCommittee(id);
        return (data.registered, data.threshold);
    }

    /// @inheritdoc ICommittee
    function keysHash(uint256 id, uint256 size) external view virtual returns (uint256) {
        Data storage data = _requireKeyed(id);
        if (size == 3) return data.hash3;
        if (size == 8) return data.hash8;
        revert UnsupportedSize(size);
    }
}
