// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {ISheets} from "../interfaces/ISheets.sol";
import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {BallotRecord} from "../libraries/BallotRecord.sol";
import {Chains} from "../libraries/Chains.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {ProofBatch} from "../libraries/ProofBatch.sol";
import {SheetTotals} from "../libraries/SheetTotals.sol";
import {SheetData} from "./SheetData.sol";

/// @title Casting of sheets
/// @notice As the casting of polls, with more points: each sheet is compared with its ballot slot and added to the
/// total in memory, then one call verifies all proofs, then the total is written once.
/// @dev A record is a ballot record whose ciphertext is the points of all blocks, one after another: `BallotRecord` and
/// the sums of `EncryptedTotal` take any number of points, and the first of them for C. Points are added before their
/// proofs are verified; points off the curve make the verifier revert the call, for its public inputs bind the posted
/// ones.
abstract contract SheetCasting is ISheets {
    using SheetData for SheetData.Sheet;

    /// @dev The data that the sheets of one call share.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param ctx the context
    /// @param total the encrypted totals of all blocks, in memory
    /// @param proofs the proofs to verify
    /// @param record the buffer for one sheet at a time
    /// @param ballots the number of nullifiers that had cast before the call
    /// @param strict whether a sheet that cannot apply reverts the call
    struct Session {
        uint256 sheet;
        uint256 chamber;
        uint256 ctx;
        BabyJubjub.Projective[] total;
        ProofBatch.Batch proofs;
        bytes record;
        uint256 ballots;
        bool strict;
    }

    IGroth16Verifier internal immutable _sheet16Verifier;
    IGroth16Verifier internal immutable _sheet40Verifier;

    mapping(uint256 id => SheetData.Sheet) internal _sheets;

    /// @notice Fixes the verifiers.
    /// @param sheet16Verifier the verifier of sheets of 16 cells
    /// @param sheet40Verifier the verifier of sheets of 40 cells
    constructor(IGroth16Verifier sheet16Verifier, IGroth16Verifier sheet40Verifier) {
        _sheet16Verifier = sheet16Verifier;
        _sheet40Verifier = sheet40Verifier;
    }

    /// @inheritdoc ISheets
    function cast(uint256 id, uint256 chamberId, bytes calldata record) external virtual {
        _cast(id, chamberId, record, record[0:0], true);
    }

    /// @inheritdoc ISheets
    function replace(uint256 id, uint256 chamberId, bytes calldata replacement) external virtual {
        _cast(id, chamberId, replacement[0:0], replacement, true);
    }

    /// @dev Casts first sheets and replacements.
    /// @param strict for a single sheet: there must be exactly one, and it must apply
    function _cast(uint256 id, uint256 chamberId, bytes calldata records, bytes calldata replacements, bool strict)
        internal
    {
        SheetData.Sheet storage data = SheetData.requireState(_sheets, id, State.Open);
        SheetData.Chamber storage entry = data.requireOpenedChamber(id, chamberId);
        uint256 size = data.size;
        // What a ballot record calls its size is the number of its points without the first.
        uint256 others = SheetTotals.points(size) - 1;
        uint256 capacity = _countSheets(records, BallotRecord.length(others), strict)
            + _countSheets(replacements, BallotRecord.replacementLength(others), strict);
        if (capacity == 0) revert NothingCast();

        Session memory session = Session({
            sheet: id,
            chamber: chamberId,
            ctx: entry.ctx,
            total: SheetTotals.load(entry.total, size),
            proofs: ProofBatch.allocate(capacity),
            record: BallotRecord.allocate(others),
            ballots: entry.ballots,
            strict: strict
        });
        _castFirstSheets(session, entry, records, BallotRecord.length(others));
        uint256 first = session.proofs.count;
        _castReplacements(session, entry, replacements, BallotRecord.replacementLength(others));
        if (session.proofs.count == 0) revert NothingCast();
        ProofBatch.verify(session.proofs, size == 16 ? _sheet16Verifier : _sheet40Verifier);

        SheetTotals.store(entry.total, session.total);
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

    /// @dev Returns the number of sheets of `unit` bytes.
    function _countSheets(bytes calldata list, uint256 unit, bool strict) private pure returns (uint256) {
        if (list.length % unit != 0 || (strict && list.length > unit)) revert InvalidLength(list.length, unit);
        return list.length / unit;
    }

    /// @dev Accepts or skips first sheets.
    function _castFirstSheets(
        Session memory session,
        SheetData.Chamber storage entry,
        bytes calldata records,
        uint256 unit
    ) private {
        bytes calldata rest = records;
        while (rest.length > 0) {
            BallotRecord.load(session.record, rest, unit);
            uint256 nullifier = BallotRecord.nullifier(session.record);
            if (entry.slots[nullifier] != 0) {
                if (session.strict) revert AlreadyCast(nullifier);
                emit BallotSkipped(session.sheet, session.chamber, nullifier);
            } else {
                // The ordinal: so far the session has accepted first sheets only.
                uint256 ordinal = session.ballots + session.proofs.count;
                entry.slots[nullifier] = _acceptSheet(session, rest, 0) | ordinal;
            }
            rest = BallotRecord.skipFirst(rest, unit);
        }
    }

    /// @dev Accepts or skips replacements. The nullifier keeps its ordinal.
    function _castReplacements(
        Session memory session,
        SheetData.Chamber storage entry,
        bytes calldata replacements,
        uint256 unit
    ) private {
        bytes calldata rest = replacements;
        while (rest.length > 0) {
            BallotRecord.load(session.record, rest, unit);
            uint256 nullifier = BallotRecord.nullifier(session.record);
            uint256 previous = BallotRecord.fingerprint(BallotRecord.replacedDigest(session.record));
            uint256 current = entry.slots[nullifier];
            if (BallotRecord.fingerprint(current) != previous) {
                if (session.strict) revert WrongPrevious(nullifier);
                emit BallotSkipped(session.sheet, session.chamber, nullifier);
            } else {
                // The lowest 32 bits are the ordinal.
                // forge-lint: disable-next-line(unsafe-typecast)
                entry.slots[nullifier] = _acceptSheet(session, rest, previous) | uint32(current);
                EncryptedTotal.subtract(session.total, BallotRecord.replacedCiphertext(session.record));
            }
            rest = BallotRecord.skipFirst(rest, unit);
        }
    }

    /// @dev Does everything for a sheet except verifying its proof, which is added to the batch, and its slot.
    /// @param sheet_ begins with the proof
    /// @return the fingerprint of the sheet
    function _acceptSheet(Session memory session, bytes calldata sheet_, uint256 previous) private returns (uint256) {
        bytes memory record = session.record;
        (uint256 h, uint256 z, uint256 digest) = BallotRecord.challenge(record, previous, session.ctx);
        uint256 y = BallotRecord.evaluateBallot(record, z, session.ctx);
        ProofBatch.push(session.proofs, sheet_, h, z, y);
        EncryptedTotal.add(session.total, BallotRecord.ciphertext(record));
        BallotRecord.emitCast(record, session.sheet, session.chamber, previous);
        return BallotRecord.fingerprint(digest);
    }
}
