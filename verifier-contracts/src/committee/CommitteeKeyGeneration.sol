// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {ICommittee} from "../interfaces/ICommittee.sol";
import {Challenge} from "../libraries/Challenge.sol";
import {PolynomialCommitments} from "../libraries/PolynomialCommitments.sol";
import {DealingTranscript} from "../libraries/DealingTranscript.sol";
import {ProofOfPossession} from "../libraries/ProofOfPossession.sol";
import {CommitteeLifetime} from "./CommitteeLifetime.sol";

/// @title Distributed key generation
/// @notice Every step is verified when it is posted, so that no complaint phase is needed: each accepted dealing is
/// valid. No step waits for one particular trustee.
abstract contract CommitteeKeyGeneration is CommitteeLifetime, Ownable2Step {
    uint256 private constant MAX_TRUSTEES = 16;
    uint256 private constant SMALL_CAPACITY = 5;
    uint256 private constant SHARE_WORDS = 8;

    /// @inheritdoc ICommittee
    function create(
        address[] calldata trustees_,
        uint256 threshold_,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime memory lifetime_
    ) external virtual onlyOwner returns (uint256 id) {
        id = _create(trustees_, threshold_, registrationDeadline, dealingDeadline, lifetime_);
    }

    /// @inheritdoc ICommittee
    function replace(
        uint256 old,
        address[] calldata trustees_,
        uint256 threshold_,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime memory lifetime_
    ) external virtual onlyOwner returns (uint256 id) {
        uint16 predecessors = _requireCommittee(old).predecessors + 1;
        id = _create(trustees_, threshold_, registrationDeadline, dealingDeadline, lifetime_);
        Data storage data = _committees[id];
        data.predecessors = predecessors;
        // Committees are numbered one by one: far fewer than 2^32.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.replaces = uint32(old + 1);
        emit CommitteeReplaces(id, old);
    }

    /// @dev Creates a committee.
    function _create(
        address[] calldata trustees_,
        uint256 threshold_,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime memory lifetime_
    ) private returns (uint256 id) {
        uint256 size = trustees_.length;
        if (size > MAX_TRUSTEES || threshold_ == 0 || threshold_ > size) revert InvalidTrustees(size, threshold_);
        for (uint256 i = 0; i < size; ++i) {
            if (trustees_[i] == address(0)) revert InvalidTrustees(size, threshold_);
            for (uint256 j = 0; j < i; ++j) {
                if (trustees_[j] == trustees_[i]) revert InvalidTrustees(size, threshold_);
            }
        }
        if (block.timestamp >= registrationDeadline || registrationDeadline >= dealingDeadline) {
            revert InvalidSchedule(registrationDeadline, dealingDeadline);
        }
        _checkLifetime(dealingDeadline, lifetime_);
        id = _committees.length;
        Data storage data = _committees.push();
        (data.registrationDeadline, data.dealingDeadline) = (registrationDeadline, dealingDeadline);
        // Both are at most 16.
        // forge-lint: disable-next-line(unsafe-typecast)
        (data.threshold, data.size) = (uint8(threshold_), uint8(size));
        for (uint256 i = 0; i < size; ++i) {
            data.trustees[i] = trustees_[i];
        }
        (data.expiresAt, data.maxPolls) = (lifetime_.expiresAt, lifetime_.maxPolls);
        emit CommitteeCreated(id, trustees_, threshold_, registrationDeadline, dealingDeadline, lifetime_);
    }

    /// @inheritdoc ICommittee
    function register(uint256 id, uint256 index, uint256[2] calldata point, uint256 challenge, uint256 response)
        external
        virtual
    {
        Data storage data = _requireCommittee(id);
        _requireTrustee(data, id, index);
        uint256 bit = 1 << index;
        if (data.registered & bit != 0) revert AlreadyRegistered(id, msg.sender);
        _requireStatus(id, Status.Registering);
        uint256[2] memory key = ProofOfPossession.transportKey(point[0], point[1]);
        if (key[0] == 0) revert InvalidTransportKey();
        if (!ProofOfPossession.isValid(key, _trusteeContext(id, msg.sender), challenge, response)) {
            revert InvalidProofOfPossession();
        }
        // The index, and so the bit, is that of one of 16 trustees.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.registered |= uint16(bit);
        data.keys[index] = key;
        emit TrusteeRegistered(id, msg.sender, index, key, challenge, response);
    }

    /// @inheritdoc ICommittee
    function deal(
        uint256 id,
        uint256 index,
        uint256[2] calldata ephemeral,
        uint256[] calldata commitments,
        uint256[] calldata shares,
        uint256 h,
        uint256[8] calldata proof
    ) external virtual {
        uint256[] memory list = _prepareDealing(id, index, commitments.length, shares.length);
        (uint256[] memory inputs, uint256 outOfField) =
            DealingTranscript.publicInputs(list, _committees[id].registered, ephemeral, commitments, shares, h);
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
        bool small = _committees[id].size <= SMALL_CAPACITY;
        (small ? _dealing5Verifier : _dealing16Verifier).verify(proof, inputs);
        _recordDealing(id, index, PolynomialCommitments.hash(commitments));
        emit Dealt(id, msg.sender, index, ephemeral, commitments, shares, h, proof);
    }

    /// @dev Checks that the caller may deal now, and returns the list of the statement without the posted words.
    function _prepareDealing(uint256 id, uint256 index, uint256 commitmentWords, uint256 shareWords)
        private
        view
        returns (uint256[] memory)
    {
        Data storage data = _requireCommittee(id);
        _requireTrustee(data, id, index);
        _requireStatus(id, Status.Dealing);
        (uint256 registered, uint256 dealt, uint256 threshold_) = (data.registered, data.dealt, data.threshold);
        if ((registered >> index) & 1 == 0) revert NotRegistered(id, msg.sender);
        if ((dealt >> index) & 1 == 1) revert AlreadyDealt(id, msg.sender);
        // Enough dealings were accepted; more would add nothing.
        if (_countBits(dealt) >= threshold_) revert WrongStatus(id, Status.Dealing, Status.Ready);
        _checkLength(commitmentWords, 2 * KEYS * threshold_);
        _checkLength(shareWords, SHARE_WORDS * _countBits(registered));

        uint256[] memory keys = new uint256[](2 * data.size);
        for (uint256 i = 0; i < data.size; ++i) {
            if ((registered >> i) & 1 == 1) (keys[2 * i], keys[2 * i + 1]) = (data.keys[i][0], data.keys[i][1]);
        }
        uint256 capacity = data.size <= SMALL_CAPACITY ? SMALL_CAPACITY : MAX_TRUSTEES;
        return DealingTranscript.prepare(capacity, _trusteeContext(id, msg.sender), threshold_, registered, keys);
    }

    /// @dev Records a dealing that was verified.
    function _recordDealing(uint256 id, uint256 index, bytes32 commitments) private {
        Data storage data = _committees[id];
        uint256 dealt = data.dealt;
        data.dealings[_countBits(dealt)] = commitments;
        // forge-lint: disable-next-line(unsafe-typecast)
        data.dealt = uint16(dealt | (1 << index));
    }

    /// @inheritdoc ICommittee
    function gather(uint256 id, uint256[] calldata sums, uint256[] calldata commitments) external virtual {
        Data storage data = _requireStatus(id, Status.Dealing);
        (uint256[] memory total, uint256 count) = _addDealings(data, sums, commitments);
        if (count == data.threshold) revert WrongLength(commitments.length, 0);
        data.sums = PolynomialCommitments.hash(total, 0, total.length);
        // Fewer than the threshold.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.gatheredDealings = uint8(count);
        emit DealingsGathered(id, count, total);
    }

    /// @inheritdoc ICommittee
    function finalise(
        uint256 id,
        uint256[] calldata sums,
        uint256[] calldata commitments,
        uint256 hash3,
        uint256 hash8,
        uint256[8] calldata proof
    ) external virtual {
        Data storage data = _requireStatus(id, Status.Dealing);
        if (_countBits(data.dealt) < data.threshold) revert NotReady(id);
        (uint256[] memory total, uint256 count) = _addDealings(data, sums, commitments);
        if (count != data.threshold) revert WrongCommitments();

        uint256[16] memory keys = _keyVector(total);
        _keysVerifier.verify(proof, _keysInputs(keys, hash3, hash8));
        data.stage = Stage.Ready;
        (data.hash3, data.hash8) = (hash3, hash8);
        _storeVerificationKeys(data, total);
        emit CommitteeReady(id, keys);
        uint256 old = data.replaces;
        if (old != 0 && _committees[old - 1].stage != Stage.Retired) _retire(old - 1);
    }

    /// @dev Returns the sums with these dealings added, which must be the next ones in the order in which they were
    /// dealt. Anyone may call either caller, so everything is checked here.
    /// @return total B_{j,k} of the dealings so far
    /// @return count the number of these dealings, at most the threshold: no more are ever dealt
    function _addDealings(Data storage data, uint256[] calldata sums, uint256[] calldata commitments)
        private
        view
        returns (uint256[] memory total, uint256 count)
    {
        uint256 words = 2 * KEYS * data.threshold;
        count = data.gatheredDealings;
        _checkLength(sums.length, count == 0 ? 0 : words);
        if (count != 0 && PolynomialCommitments.hash(sums) != data.sums) revert WrongCommitments();
        if (commitments.length == 0 || commitments.length % words != 0) revert WrongLength(commitments.length, words);
        for (uint256 from = 0; from < commitments.length; from += words) {
            if (PolynomialCommitments.hash(commitments[from:from + words]) != data.dealings[count++]) {
                revert WrongCommitments();
            }
        }
        total = PolynomialCommitments.sum(sums, commitments, words);
    }

    /// @dev Stores the hashes of pk_{i,j} of every registered trustee: computed once here, so that no share ever pays
    /// for it.
    function _storeVerificationKeys(Data storage data, uint256[] memory total) private {
        uint256 registered = data.registered;
        uint256[] memory keys = PolynomialCommitments.evaluate(total, registered, _countBits(registered));
        uint256 from = 0;
        for (uint256 i = 0; registered >> i != 0; ++i) {
            if ((registered >> i) & 1 == 0) continue;
            (bytes32 first, bytes32 others) =
                (PolynomialCommitments.hash(keys, from, 6), PolynomialCommitments.hash(keys, from + 6, 10));
            data.verificationKeys[i] = PolynomialCommitments.joinHashes(first, others);
            from += 2 * KEYS;
        }
    }

    /// @inheritdoc ICommittee
    function retire(uint256 id) external virtual onlyOwner {
        if (_requireCommittee(id).stage == Stage.Retired) revert WrongStatus(id, Status.Retired, Status.Ready);
        _retire(id);
    }

    /// @dev Retires a committee.
    function _retire(uint256 id) private {
        _committees[id].stage = Stage.Retired;
        emit CommitteeRetired(id);
    }

    /// @dev Returns the key vector PK_j = B_{j,0}. A point and its negative share y; with a repeated key the difference
    /// of two options' ciphertexts would reveal every vote.
    function _keyVector(uint256[] memory sums) private pure returns (uint256[16] memory keys) {
        uint256 unit = sums.length / KEYS;
        for (uint256 j = 0; j < KEYS; ++j) {
            (uint256 x, uint256 y) = (sums[j * unit], sums[j * unit + 1]);
            if (x == 0) revert InvalidCommitteeKey(j);
            for (uint256 i = 0; i < j; ++i) {
                if (keys[2 * i + 1] == y) revert InvalidCommitteeKey(j);
            }
            (keys[2 * j], keys[2 * j + 1]) = (x, y);
        }
    }

    /// @dev Returns the public inputs of a `committee-keys` proof: L = (K_3, PK_1, .., PK_8), h = K_8.
    function _keysInputs(uint256[16] memory keys, uint256 hash3, uint256 hash8)
        private
        pure
        returns (uint256[] memory inputs)
    {
        uint256[] memory list = new uint256[](2 + 2 * KEYS);
        (list[0], list[1]) = (hash8, hash3);
        for (uint256 i = 0; i < 2 * KEYS; ++i) {
            list[2 + i] = keys[i];
        }
        uint256 outOfField;
        (inputs, outOfField) = Challenge.publicInputs(list);
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
    }

    /// @dev Reverts if a list has another length than it must have.
    function _checkLength(uint256 actual, uint256 expected) private pure {
        if (actual != expected) revert WrongLength(actual, expected);
    }
}
