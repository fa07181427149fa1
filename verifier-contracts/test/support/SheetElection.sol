// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../../src/interfaces/IGroth16Verifier.sol";
import {ISheets} from "../../src/interfaces/ISheets.sol";
import {Sheets} from "../../src/Sheets.sol";
import {Election} from "./Election.sol";

/// @title Sheet polls with functions that make sheets and shares
/// @notice Ciphertexts, shares and totals are real points, as those of `Election`; proofs bind the posted words, and
/// that sheets are well formed is proved by the circuits.
abstract contract SheetElection is Election {
    /// @dev The content of a sheet.
    struct Filled {
        uint256 nullifier;
        uint256 note;
        uint256[] randomness;
        uint64 turnout;
        uint64[] values;
        bytes32 previous;
    }

    bytes32 internal constant AGENDA = keccak256("agenda");
    uint256 internal constant PILOT = uint256(keccak256("pilot")) >> 8;
    uint32 internal constant LEAST_CAMP = 2;

    Sheets internal sheets;

    function deploySheets() internal {
        deployAll();
        sheets = newSheets(verifier, verifier, sheetBounds());
    }

    function newSheets(IGroth16Verifier verifier16, IGroth16Verifier verifier40, ISheets.Bounds memory bounds)
        internal
        returns (Sheets)
    {
        return new Sheets(address(this), registry, committee, verifier16, verifier40, bounds);
    }

    function sheetBounds() internal pure returns (ISheets.Bounds memory) {
        return ISheets.Bounds({
            minBallots: 1, leastCamp: LEAST_CAMP, minCastingTime: 0, minTallyTime: 0, maxDuration: type(uint64).max
        });
    }

    /// @dev Returns the form of a kind without groups, weights or costs.
    function plainForm(ISheets.Kind kind, uint256 size, uint256 count)
        internal
        pure
        returns (ISheets.Form memory form)
    {
        (form.kind, form.count, form.threshold) = (kind, uint8(count), 1 << 13);
        form.axis = new bytes(2 * size);
        for (uint256 i = 0; i < form.axis.length; ++i) {
            form.axis[i] = 0x80;
        }
    }

    /// @dev Returns the form of statements with camps: each agreement adds 1 to the score, each disagreement takes 1.
    function campForm(uint256 size, uint256 count) internal pure returns (ISheets.Form memory form) {
        form = plainForm(ISheets.Kind.Statements, size, count);
        (form.camps, form.pilot) = (true, PILOT);
        for (uint256 j = 0; j < count; ++j) {
            (form.axis[2 * j], form.axis[2 * j + 1]) = (0x81, 0x7f);
        }
    }

    function sheetParameters(uint256 chamber, uint256 size, ISheets.Form memory form)
        internal
        view
        returns (ISheets.SheetParameters memory p)
    {
        (p.proposal, p.metadata, p.agenda) = ("proposal", "ipfs://agenda", AGENDA);
        (p.size, p.form) = (uint8(size), form);
        p.chambers = new ISheets.SheetChamber[](1);
        p.chambers[0] = ISheets.SheetChamber(uint64(chamber), 3, form.camps ? LEAST_CAMP : 0);
        p.committee = uint64(committeeId);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (OPENS, CLOSES, DEADLINE);
    }

    function openSheet(ISheets.SheetParameters memory p) internal returns (uint256 id) {
        id = sheets.create(p);
        vm.warp(OPENS);
        sheets.open(id);
    }

    /// @dev Returns a sheet of a voter: answers by cell, 1 agree, 2 disagree, else pass. Later versions have other
    /// randomness.
    function fill(uint256 voter, uint256 version, uint256 size, bool camps, bool upper, uint256[] memory answers)
        internal
        pure
        returns (Filled memory filled)
    {
        filled.nullifier = random("nullifier", voter) % R;
        filled.note = random("note", voter * 1_000 + version) % R;
        filled.randomness = new uint256[](1 + size / 8);
        for (uint256 k = 0; k < filled.randomness.length; ++k) {
            filled.randomness[k] = random("randomness", (voter * 1_000 + version) * 8 + k) & 0xffff;
        }
        filled.turnout = upper ? 1 << 20 : 1;
        filled.values = new uint64[](size);
        for (uint256 j = 0; j < answers.length; ++j) {
            if (answers[j] == 1) filled.values[j] = upper ? 1 << 26 : 1;
            if (answers[j] == 2) filled.values[j] = !camps ? 1 << 20 : upper ? 1 << 39 : 1 << 13;
        }
    }

    /// @dev Returns note commitment, C_0, D_0, then C_k, D_k,1..D_k,8 of each block.
    function encryptSheet(Filled memory filled) internal view returns (uint256[] memory words) {
        uint256 blocks = filled.randomness.length;
        words = new uint256[](1 + 2 * (2 + 9 * (blocks - 1)));
        words[0] = filled.note;
        uint256 at_ = 1;
        for (uint256 k = 0; k < blocks; ++k) {
            uint256 r = filled.randomness[k];
            (words[at_], words[at_ + 1]) = pointOf(r);
            at_ += 2;
            for (uint256 j = 0; j < (k == 0 ? 1 : 8); ++j) {
                uint256 value = k == 0 ? filled.turnout : filled.values[8 * (k - 1) + j];
                (words[at_], words[at_ + 1]) = pointOf(value + r * secretKeys[j]);
                at_ += 2;
            }
        }
    }

    function sheetRecord(Filled memory filled, uint256 ctx) internal view returns (bytes memory) {
        return proveRecord(filled.nullifier, encryptSheet(filled), ctx, filled.previous);
    }

    /// @dev Returns the replacement of a sheet, and sets what it replaces.
    function sheetReplacement(Filled memory filled, Filled memory old, uint256 ctx)
        internal
        view
        returns (bytes memory)
    {
        uint256[] memory words = encryptSheet(old);
        filled.previous = fingerprintOf(words, old.previous);
        return bytes.concat(sheetRecord(filled, ctx), abi.encodePacked(words[0], old.previous, ciphertextOf(words)));
    }

    function sheetCtx(uint256 id, uint256 chamber) internal view returns (uint256) {
        return sheets.chamber(id, chamber).ctx;
    }

    /// @dev Returns a trustee's share of a block with C = randomness G, with a proof for h = 5.
    function blockShare(uint256 id, uint256 chamber, uint256 blockIndex, uint256 index, uint256 randomness)
        internal
        view
        returns (ISheets.BlockShare memory share)
    {
        uint256 by = sheets.sheet(id).committee;
        share.share = shareOf(by, index, randomness, blockIndex == 0 ? 3 : 8);
        (share.chamber, share.blockIndex, share.h) = (chamber, blockIndex, 5);
        share.proof = prove(decryptionInputs(by, index, sheetCtx(id, chamber), randomness, share.share, 5), blockIndex);
    }

    /// @dev Posts these shares of one trustee, all of turnouts or none.
    function postBlocks(uint256 id, uint256 index, ISheets.BlockShare[] memory shares)
        internal
        returns (bool[] memory)
    {
        uint256 size = shares[0].blockIndex == 0 ? 3 : 8;
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(sheets.sheet(id).committee, index, size);
        vm.prank(trusteeAt(index), trusteeAt(index));
        return sheets.postShares(id, index, keys, otherKeysHash, shares);
    }

    function postBlock(uint256 id, uint256 chamber, uint256 blockIndex, uint256 index, uint256 randomness) internal {
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(id, chamber, blockIndex, index, randomness);
        assertTrue(postBlocks(id, index, shares)[0], "accepted");
    }

    /// @dev Returns the share combination of these trustees for a block.
    function blockCombination(uint256 id, uint256 blockIndex, uint256 set, uint256 randomness)
        internal
        view
        returns (ISheets.ShareCombination memory combination)
    {
        combination.trustees = set;
        (combination.denominator, combination.coefficients) = lagrange(set);
        combination.shares = sharesOf(sheets.sheet(id).committee, set, randomness, blockIndex == 0 ? 3 : 8);
    }
}
