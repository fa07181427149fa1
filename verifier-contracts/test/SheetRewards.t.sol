// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeePot} from "../src/FeePot.sol";
import {IBallotSource} from "../src/interfaces/IBallotSource.sol";
import {IFeePot} from "../src/interfaces/IFeePot.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {Rewards} from "../src/Rewards.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";

/// @title Sheets are paid as ballots of polls are, without a bonus
contract SheetRewardsTest is ClosedSheet {
    uint64 private constant CLAIMS = DEADLINE + 7 days;

    Rewards private _rewards;

    function setUp() public {
        deploySheets();
        _chamber = newChamber(9);
        (_size, _count, _camps, _voters) = (16, 8, false, 5);
        _rewards = new Rewards(address(this), sheets, verifier, verifier, verifier);
        _sheet = sheets.create(sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Statements, 16, 8)));
    }

    function test_SheetsAreSealedAndClaimed() public {
        _fund(7);
        sheets.open(_sheet);
        castSheets();
        vm.warp(CLOSES);
        _seal();
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, _sheet));
        _rewards.openClaims(_sheet);
        tallyAll(1);
        sheets.finalise(_sheet);
        _rewards.openClaims(_sheet);
        (IRewards.Funding status, uint256 most) = _rewards.funding(_sheet);
        assertTrue(status == IRewards.Funding.Owed, "owed");
        assertEq(most, 9 * 7, "the worst case of the census");
        assertEq(_rewards.reward(_sheet).surplus, 4 * 7, "of the members that cast none");
        IRewards.Claim memory claim_;
        (claim_.rewardNullifier, claim_.amount, claim_.recipient) = (1, 7, address(0xbeef));
        claim_.proof = _claimProof(claim_);
        _rewards.claim(_sheet, _chamber, claim_);
        assertEq(address(0xbeef).balance, 7, "paid");
    }

    /// @notice Claims open after any end: the note says that a sheet was cast, not what it says.
    function test_SheetsOfASmallCampArePaid() public {
        vm.warp(START);
        _camps = true;
        _sheet = sheets.create(sheetParameters(_chamber, 16, campForm(16, 8)));
        _fund(7);
        sheets.open(_sheet);
        castSheets();
        vm.warp(CLOSES);
        _seal();
        tallyTurnoutOf(1);
        assertTrue(sheets.chamber(_sheet, _chamber).status == ISheets.ChamberStatus.TooSmallCamp, "too small");
        sheets.finalise(_sheet);
        _rewards.openClaims(_sheet);
        assertEq(_rewards.reward(_sheet).pool - _rewards.reward(_sheet).surplus, 5 * 7, "all sheets");
    }

    function test_RevertWhen_BonusIsAskedFor() public {
        IRewards.Parameters memory p = _reward(7);
        (p.chambers[0].bonus, p.ratificationDeadline) = (1, DEADLINE + 1);
        p.claimDeadline += 1;
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotesHoldNoChoice.selector, _sheet));
        _rewards.create(_sheet, p);
    }

    /// @notice A reward without a bonus has no time to ratify in.
    function test_RevertWhen_SheetIsRatified() public {
        _fund(7);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooLate.selector, 0));
        _rewards.ratify(_sheet, _sheet);
    }

    function test_RevertWhen_RewardComesAfterTheOpening() public {
        vm.warp(OPENS);
        sheets.open(_sheet);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasOpened.selector, _sheet));
        _rewards.create(_sheet, _reward(7));
    }

    function test_RevertWhen_SealedBeforeTheClose() public {
        _fund(7);
        sheets.open(_sheet);
        castSheets();
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, _sheet));
        _rewards.sealNotes(
            _sheet, _chamber, new uint256[](5), new uint256[](5), new bytes32[](5), 1, [uint256(0), 0, 0, 0, 0, 0, 0, 0]
        );
    }

    function test_RelayerEarnsFeesForSheets() public {
        FeePot pots = new FeePot(sheets);
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(IFeePot.NotPollsOwner.selector, address(1)));
        pots.create(_sheet, 10, new address[](0));
        pots.create{value: 25}(_sheet, 10, new address[](0));
        vm.warp(OPENS);
        sheets.open(_sheet);
        bytes memory records;
        for (uint256 voter = 0; voter < 2; ++voter) {
            records = bytes.concat(records, sheetRecord(filledBy(voter), sheetCtx(_sheet, _chamber)));
        }
        vm.prank(address(0xfee));
        assertEq(pots.castBatch(_sheet, _chamber, records, "", 20), 20, "two sheets");
        vm.warp(CLOSES);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PollHasNotEnded.selector, _sheet));
        pots.reclaim(_sheet, payable(address(0xbeef)));
        sheets.finalise(_sheet);
        pots.reclaim(_sheet, payable(address(0xbeef)));
        assertEq(address(0xbeef).balance, 5, "the rest");
    }

    function test_SummariesFollowTheState() public {
        _assertPhase(IBallotSource.Phase.Created);
        vm.expectRevert(abi.encodeWithSelector(ISheets.UnknownSheet.selector, 9));
        sheets.summary(9);
        vm.expectRevert(abi.encodeWithSelector(ISheets.UnknownChamber.selector, _sheet, 9));
        sheets.chamberSummary(_sheet, 9);
        vm.warp(OPENS);
        sheets.open(_sheet);
        _assertPhase(IBallotSource.Phase.Open);
        assertEq(sheets.chamberSummary(_sheet, _chamber).members, 9, "members");
        vm.warp(CLOSES);
        _assertPhase(IBallotSource.Phase.Closed);
        sheets.finalise(_sheet);
        _assertPhase(IBallotSource.Phase.Ended);
    }

    function _assertPhase(IBallotSource.Phase phase) private view {
        IBallotSource.PollSummary memory data = sheets.summary(_sheet);
        assertTrue(data.phase == phase, "phase");
        assertEq(data.noteOptions, 3, "claims of the small circuit");
        assertTrue(!data.choiceInNote, "no choice");
        assertEq(data.closesAt, CLOSES, "closesAt");
        assertEq(data.tallyDeadline, DEADLINE, "tallyDeadline");
    }

    /// @dev Sets a reward of this many wei a sheet, and funds it for all members.
    function _fund(uint40 base) private {
        _rewards.create(_sheet, _reward(base));
        _rewards.fund{value: 9 * uint256(base)}(_sheet, 9 * uint256(base));
        vm.warp(OPENS);
    }

    function _reward(uint40 base) private view returns (IRewards.Parameters memory p) {
        (p.unit, p.claimDeadline) = (1, CLAIMS);
        p.chambers = new IRewards.ChamberPolicy[](1);
        p.chambers[0] = IRewards.ChamberPolicy(uint64(_chamber), base, 0, 0, 0);
    }

    function _seal() private {
        uint256[] memory nullifiers = new uint256[](_voters);
        uint256[] memory notes = new uint256[](_voters);
        bytes32[] memory contents = new bytes32[](_voters);
        for (uint256 i = 0; i < _voters; ++i) {
            Filled memory filled = filledBy(i);
            (nullifiers[i], notes[i]) = (filled.nullifier, filled.note);
            contents[i] = keccak256(abi.encodePacked(filled.previous, ciphertextOf(encryptSheet(filled))));
        }
        uint256 root = 4711;
        uint256 context =
            uint256(keccak256(abi.encode(block.chainid, address(_rewards), _sheet, _chamber, uint256(0)))) >> 8;
        uint256 z = uint256(keccak256(abi.encodePacked(root, context, notes))) % R;
        uint256[8] memory proof = prove(inputsOf(root, z, evaluate(notes, z)), 1);
        _rewards.sealNotes(_sheet, _chamber, nullifiers, notes, contents, root, proof);
    }

    function _claimProof(IRewards.Claim memory claim_) private view returns (uint256[8] memory) {
        IRewards.ChamberView memory c = _rewards.chamber(_sheet, _chamber);
        assertEq(c.ctx, sheetCtx(_sheet, _chamber), "ctx");
        uint256[] memory list = new uint256[](8);
        (list[0], list[1], list[2]) = (c.notesRoot, c.ctx, claim_.rewardNullifier);
        list[7] = uint256(
            keccak256(abi.encode(block.chainid, address(_rewards), claim_.recipient, claim_.relayer, claim_.fee))
        ) >> 8;
        return prove(inputsOfList(claim_.h, list), 1);
    }
}
