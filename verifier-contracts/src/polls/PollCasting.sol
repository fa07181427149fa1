// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {BallotRecord} from "../libraries/BallotRecord.sol";
import {Chains} from "../libraries/Chains.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {ProofBatch} from "../libraries/ProofBatch.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollData} from "./PollData.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Poll casting
/// @notice One path for one ballot and for many: each is compared with its ballot slot and added to the total in
/// memory, then one call verifies all proofs, then the total is written once. In a masked poll replacements are
/// updates, which are proved under a key of their own.
/// @dev Points are added before their proofs are verified. If they were off the curve, the sum would be meaningless,
/// and the verifier would revert the call: a proof is about points of the curve, and its public inputs bind the posted
/// ones.
abstract contract PollCasting is IPolls {
    using PollData for PollData.Poll;

    /// @dev The data that the ballots of one call share.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param ctx the context
    /// @param total the encrypted total, in memory
    /// @param proofs the proofs to verify
    /// @param record the buffer for one ballot at a time
    /// @param ballots the number of nullifiers that had cast before the call
    /// @param masked whether replacements are updates
    /// @param strict whether a ballot that cannot apply reverts the call
    struct Session {
        uint256 poll;
        uint256 chamber;
        uint256 ctx;
        BabyJubjub.Projective[] total;
        ProofBatch.Batch proofs;
        bytes record;
        uint256 ballots;
        bool masked;
        bool strict;
    }

    IGroth16Verifier internal immutable _ballot3Verifier;
    IGroth16Verifier internal immutable _ballot8Verifier;
    IGroth16Verifier internal immutable _update3Verifier;
    IGroth16Verifier internal immutable _update8Verifier;

    mapping(uint256 id => PollData.Poll) internal _polls;

    /// @notice Fixes the verifiers.
    /// @param ballot3Verifier the verifier of ballots with up to 3 options
    /// @param ballot8Verifier the verifier of ballots with up to 8 options
    /// @param update3Verifier the verifier of updates with up to 3 options
    /// @param update8Verifier the verifier of updates with up to 8 options
    constructor(
        IGroth16Verifier ballot3Verifier,
        IGroth16Verifier ballot8Verifier,
        IGroth16Verifier update3Verifier,
        IGroth16Verifier update8Verifier
    ) {
        _ballot3Verifier = ballot3Verifier;
        _ballot8Verifier = ballot8Verifier;
        _update3Verifier = update3Verifier;
        _update8Verifier = update8Verifier;
    }

    /// @inheritdoc IPolls
    function cast(uint256 id, uint256 chamberId, bytes calldata record) external virtual {
        _cast(id, chamberId, record, record[0:0], true);
    }

    /// @inheritdoc IPolls
    function replace(uint256 id, uint256 chamberId, bytes calldata replacement) external virtual {
        _cast(id, chamberId, replacement[0:0], replacement, true);
    }

    /// @dev Casts first ballots and replacements.
    /// @param strict for a single ballot: there must be exactly one, and it must apply
    function _cast(uint256 id, uint256 chamberId, bytes calldata records, bytes calldata replacements, bool strict)
        internal
    {
        PollData.Poll storage data = PollData.requireState(_polls, id, State.Open);
        PollData.Chamber storage entry = data.requireOpenedChamber(id, chamberId);
        uint256 size = data.circuitSize();
        uint256 later = _countBallots(replacements, BallotRecord.replacementLength(size), strict);
        uint256 capacity = _countBallots(records, BallotRecord.length(size), strict) + later;
        if (capacity == 0) revert NothingCast();

        Session memory session = Session({
            poll: id,
            chamber: chamberId,
            ctx: entry.ctx,
            total: EncryptedTotal.load(entry.total, size),
            proofs: ProofBatch.allocate(capacity),
            record: BallotRecord.allocate(size),
            ballots: entry.ballots,
            masked: data.masked,
            strict: strict
        });
        _castFirstBallots(session, entry, records, BallotRecord.length(size));
        uint256 first = session.proofs.count;
        IGroth16Verifier verifier = size == 3 ? _ballot3Verifier : _ballot8Verifier;
        if (session.masked && later > 0) {
            // Proofs of two keys are two batches, each with factors of its own.
            if (first > 0) ProofBatch.verify(session.proofs, verifier);
            session.proofs = ProofBatch.allocate(later);
            verifier = size == 3 ? _update3Verifier : _update8Verifier;
        }
        _castReplacements(session, entry, replacements, BallotRecord.replacementLength(size));
        if (session.proofs.count > 0) ProofBatch.verify(session.proofs, verifier);
        else if (first == 0) revert NothingCast();

        EncryptedTotal.store(entry.total, session.total);
        // A census has fewer than 2^32 members.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (first > 0) entry.ballots = uint32(session.ballots + first);
        if (!_isWholeTransaction()) emit BallotsForwarded(id, chamberId, records, replacements);
    }

    /// @dev Returns whether the calldata of the transaction is that of this call. On Ethereum an account without code
    /// that has started a transaction makes one call in it; with code (EIP-7702) it may make more.
    function _isWholeTransaction() private view returns (bool) {
        // This authorises no one: it only decides where a proof is to be read.
        return msg.sender == tx.origin && msg.sender.code.length == 0 && Chains.isEthereum();
    }

    /// @dev Returns the number of ballots of `unit` bytes.
    function _countBallots(bytes calldata ballots, uint256 unit, bool strict) private pure returns (uint256) {
        if (ballots.length % unit != 0 || (strict && ballots.length > unit)) {
            revert InvalidLength(ballots.length, unit);
        }
        return ballots.length / unit;
    }

    /// @dev Accepts or skips first ballots.
    function _castFirstBallots(
        Session memory session,
        PollData.Chamber storage entry,
        bytes calldata records,
        uint256 unit
    ) private {
        bytes calldata rest = records;
        while (rest.length > 0) {
            BallotRecord.load(session.record, rest, unit);
            uint256 nullifier = BallotRecord.nullifier(session.record);
            PollData.Slot storage slot = entry.slots[nullifier];
            if (slot.ballot != 0) {
                if (session.strict) revert AlreadyCast(nullifier);
                emit BallotSkipped(session.poll, session.chamber, nullifier);
            } else {
                _acceptBallot(session, slot, rest, 0, _nextOrdinal(session));
            }
            rest = BallotRecord.skipFirst(rest, unit);
        }
    }

    /// @dev Accepts or skips replacements, or updates.
    function _castReplacements(
        Session memory session,
        PollData.Chamber storage entry,
        bytes calldata replacements,
        uint256 unit
    ) private {
        bytes calldata rest = replacements;
        while (rest.length > 0) {
            BallotRecord.load(session.record, rest, unit);
            uint256 nullifier = BallotRecord.nullifier(session.record);
            uint256 previous = BallotRecord.fingerprint(BallotRecord.replacedDigest(session.record));
            PollData.Slot storage slot = entry.slots[nullifier];
            uint256 current = slot.ballot;
            if (BallotRecord.fingerprint(current) != previous) {
                if (session.strict) revert WrongPrevious(nullifier);
                emit BallotSkipped(session.poll, session.chamber, nullifier);
            } else {
                if (session.masked && !BallotRecord.keepsNote(session.record)) revert NoteChanged(nullifier);
                // The lowest 32 bits are the ordinal.
                // forge-lint: disable-next-line(unsafe-typecast)
                _acceptBallot(session, slot, rest, previous, uint32(current));
                EncryptedTotal.subtract(session.total, BallotRecord.replacedCiphertext(session.record));
            }
            rest = BallotRecord.skipFirst(rest, unit);
        }
    }

    /// @dev Returns the number of the next nullifier. So far the session has accepted only first ballots: replacements
    /// come after them.
    function _nextOrdinal(Session memory session) private pure returns (uint256) {
        unchecked {
            return session.ballots + session.proofs.count;
        }
    }

    /// @dev Does everything for a ballot except verifying its proof, which is added to the batch.
    /// @param ballot begins with the proof
    /// @param ordinal the ordinal of the nullifier
    function _acceptBallot(
        Session memory session,
        PollData.Slot storage slot,
        bytes calldata ballot,
        uint256 previous,
        uint256 ordinal
    ) private {
        bytes memory record = session.record;
        (uint256 h, uint256 z, uint256 digest) = BallotRecord.challenge(record, previous, session.ctx);
        uint256 y = session.masked && previous != 0
            ? BallotRecord.evaluateUpdate(record, z, session.ctx)
            : BallotRecord.evaluateBallot(record, z, session.ctx);
        slot.ballot = BallotRecord.fingerprint(digest) | ordinal;
        ProofBatch.push(session.proofs, ballot, h, z, y);
        EncryptedTotal.add(session.total, BallotRecord.ciphertext(record));
        BallotRecord.emitCast(record, session.poll, session.chamber, previous);
    }
}
