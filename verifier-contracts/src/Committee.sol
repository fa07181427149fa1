// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {BabyJubjub} from "./libraries/BabyJubjub.sol";
import {DecryptionTranscript} from "./libraries/DecryptionTranscript.sol";
import {Domain} from "./libraries/Domain.sol";

/// @title Committees of one trustee
/// @notice A key is accepted with a proof that its secret is known: so it is in the subgroup of order l, it is not chosen in
/// relation to the points that the circuits rely on, and whoever is to decrypt can.
contract Committee is ICommittee, Ownable2Step {
    /// @dev PK'_j = 2^126 PK_j: the circuits split scalars there.
    uint256 private constant UPPER_HALF = 126;
    uint256 private constant KEYS = 8;

    struct Data {
        Status status;
        address trustee;
        uint256[16] keys;
        /// K_3 and K_8 (specification, section 5)
        uint256 hash3;
        uint256 hash8;
    }

    IGroth16Verifier private immutable _decryptionVerifier;
    Data[] private _committees;

    constructor(address owner, IGroth16Verifier decryptionVerifier) Ownable(owner) {
        _decryptionVerifier = decryptionVerifier;
    }

    /// @inheritdoc ICommittee
    function create(address[] calldata trustees_, uint256 threshold_) external onlyOwner returns (uint256 committee) {
        if (trustees_.length != 1 || threshold_ != 1) revert UnsupportedCommittee(trustees_.length, threshold_);
        committee = _committees.length;
        Data storage data = _committees.push();
        data.status = Status.Forming;
        data.trustee = trustees_[0];
        emit CommitteeCreated(committee, trustees_, threshold_);
    }

    /// @inheritdoc ICommittee
    function register(uint256 committee, uint256[16] calldata keys_, uint256 h, uint256[8] calldata proof) external {
        Data storage data = _committee(committee);
        if (msg.sender != data.trustee) revert NotTrustee(committee, msg.sender);
        if (data.status == Status.Ready) revert AlreadyRegistered(committee, msg.sender);
        if (data.status != Status.Forming) revert NotForming(committee);
        for (uint256 j = 0; j < KEYS; ++j) {
            (uint256 x, uint256 y) = (keys_[2 * j], keys_[2 * j + 1]);
            // x = 0 is the identity (0, 1) and the point (0, -1) of order 2.
            if (x == 0 || !BabyJubjub.isOnCurve(x, y)) revert BadKey(j);
            // A point and its negative share y. With a repeated key the difference of two options' ciphertexts shows every vote.
            for (uint256 i = 0; i < j; ++i) {
                if (keys_[2 * i + 1] == y) revert BadKey(j);
            }
        }
        _decryptionVerifier.verify(proof, _possession(committee, keys_, h));

        data.status = Status.Ready;
        data.keys = keys_;
        (data.hash3, data.hash8) = _hash(keys_);
        emit TrusteeRegistered(committee, msg.sender, 0, keys_);
        emit CommitteeReady(committee, keys_);
    }

    /// @inheritdoc ICommittee
    function retire(uint256 committee) external onlyOwner {
        Data storage data = _committee(committee);
        if (data.status == Status.Retired) revert NotReady(committee);
        data.status = Status.Retired;
        emit CommitteeRetired(committee);
    }

    /// @inheritdoc ICommittee
    function status(uint256 committee) external view returns (Status) {
        return committee < _committees.length ? _committees[committee].status : Status.Unknown;
    }

    /// @inheritdoc ICommittee
    function threshold(uint256 committee) external view returns (uint256) {
        _committee(committee);
        return 1;
    }

    /// @inheritdoc ICommittee
    function trustees(uint256 committee) external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = _committee(committee).trustee;
    }

    /// @inheritdoc ICommittee
    function trusteeKeys(uint256 committee, uint256 index) external view returns (uint256[16] memory) {
        // With one trustee its keys are the committee's.
        if (index != 0) revert BadKey(index);
        return _registered(committee).keys;
    }

    /// @inheritdoc ICommittee
    function keys(uint256 committee) external view returns (uint256[16] memory) {
        return _registered(committee).keys;
    }

    /// @inheritdoc ICommittee
    function keysHash(uint256 committee, uint256 size) external view returns (uint256) {
        Data storage data = _registered(committee);
        if (size == 3) return data.hash3;
        if (size == 8) return data.hash8;
        revert UnsupportedSize(size);
    }

    function _committee(uint256 committee) private view returns (Data storage) {
        if (committee >= _committees.length) revert UnknownCommittee(committee);
        return _committees[committee];
    }

    /// @dev A committee that has its keys, retired or not.
    function _registered(uint256 committee) private view returns (Data storage data) {
        data = _committee(committee);
        if (data.hash8 == 0) revert NotReady(committee);
    }

    /// @dev The public inputs of the proof of possession: C = G and E_j = pk_j.
    function _possession(uint256 committee, uint256[16] calldata keys_, uint256 h)
        private
        view
        returns (uint256[] memory)
    {
        uint256 ctx = uint256(keccak256(abi.encode(block.chainid, address(this), committee, msg.sender))) >> 8;
        uint256[] memory shares = new uint256[](2 * KEYS);
        for (uint256 i = 0; i < 2 * KEYS; ++i) {
            shares[i] = keys_[i];
        }
        return DecryptionTranscript.inputs(ctx, BabyJubjub.BASE_X, BabyJubjub.BASE_Y, keys_, shares, h);
    }

    /// @dev K_3 and K_8.
    function _hash(uint256[16] calldata keys_) private view returns (uint256 hash3, uint256 hash8) {
        BabyJubjub.Projective[] memory upper = new BabyJubjub.Projective[](KEYS);
        for (uint256 j = 0; j < KEYS; ++j) {
            BabyJubjub.Projective memory point = BabyJubjub.fromAffine(keys_[2 * j], keys_[2 * j + 1]);
            for (uint256 i = 0; i < UPPER_HALF; ++i) {
                BabyJubjub.double(point);
            }
            upper[j] = point;
        }
        uint256[] memory halves = BabyJubjub.toAffine(upper);
        hash8 = Domain.KEYS;
        for (uint256 j = 0; j < KEYS; ++j) {
            (uint256 x, uint256 y) = (2 * j, 2 * j + 1);
            hash8 = PoseidonT6.hash([hash8, keys_[x], keys_[y], halves[x], halves[y]]);
            if (j == 2) hash3 = hash8;
        }
    }
}
