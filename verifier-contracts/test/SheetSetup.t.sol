// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {IStakeholderRegistry} from "../src/interfaces/IStakeholderRegistry.sol";
import {Sheets} from "../src/Sheets.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {SheetElection} from "./support/SheetElection.sol";

/// @title Creating, opening and cancelling sheet polls
contract SheetSetupTest is SheetElection {
    uint256 private _chamber;

    function setUp() public {
        deploySheets();
        _chamber = newChamber(5);
    }

    function test_CreateAndOpen() public {
        ISheets.SheetParameters memory p = _camps();
        uint256 id = sheets.create(p);
        assertEq(id, 1, "numbered from 1");
        assertTrue(sheets.sheet(id).state == ISheets.State.Created, "created");
        assertTrue(sheets.chamber(id, _chamber).status == ISheets.ChamberStatus.Unopened, "unopened");
        assertEq(sheets.encryptedTotal(id, _chamber, 0).length, 0, "no total");
        assertEq(sheets.committeeSheets(committeeId), 1, "counted");

        vm.warp(OPENS);
        sheets.open(id);
        ISheets.SheetView memory data = sheets.sheet(id);
        ISheets.ChamberView memory c = sheets.chamber(id, _chamber);
        assertTrue(data.state == ISheets.State.Open, "open");
        assertTrue(c.status == ISheets.ChamberStatus.Opened, "opened");
        (uint256 root, uint256 members, uint256 weight) = registry.census(_chamber);
        assertEq(c.root, root, "root");
        assertEq(c.members, members, "members");
        assertEq(c.totalWeight, weight, "weight");
        uint256 scope = uint256(keccak256(abi.encode(data.fingerprint, _chamber))) >> 8;
        assertEq(c.ctx, PoseidonT6.hash([Domain.POLL, scope, root, HASH8, data.formHash]), "ctx");
        for (uint256 k = 0; k < 3; ++k) {
            uint256[] memory total = sheets.encryptedTotal(id, _chamber, k);
            assertEq(total.length, k == 0 ? 4 : 18, "points");
            for (uint256 i = 0; i < total.length; ++i) {
                assertEq(total[i], i % 2, "identity");
            }
        }
        vm.warp(CLOSES);
        assertTrue(sheets.sheet(id).state == ISheets.State.Closed, "closed by time");
        assertTrue(sheets.chamber(id, _chamber).status == ISheets.ChamberStatus.TooFewSheets, "too few sheets");
    }

    /// @notice As section 16.5 of the specification has it for polls: keccak(chamber, keccak(sheet, 0) + 8) + 1.
    function test_ContextsAreWherePollsHaveThem() public {
        uint256 id = openSheet(_camps());
        bytes32 chambers = bytes32(uint256(keccak256(abi.encode(id, 0))) + 8);
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(_chamber, chambers))) + 1);
        assertEq(uint256(vm.load(address(sheets), slot)), sheetCtx(id, _chamber), "ctx");
    }

    function test_RevertWhen_NotOwner() public {
        ISheets.SheetParameters memory p = _camps();
        vm.prank(address(1));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(1)));
        sheets.create(p);
    }

    function test_RevertWhen_BoundsAreZero() public {
        ISheets.Bounds memory bounds = sheetBounds();
        bounds.minBallots = 0;
        vm.expectRevert(abi.encodeWithSelector(ISheets.MinBallotsTooLow.selector, 0, 0, 1));
        newSheets(verifier, verifier, bounds);
        bounds = sheetBounds();
        bounds.leastCamp = 0;
        vm.expectRevert(abi.encodeWithSelector(ISheets.InvalidLeastCamp.selector, 0, 0, 1));
        newSheets(verifier, verifier, bounds);
    }

    function test_RevertWhen_ScheduleOutOfOrder() public {
        ISheets.SheetParameters memory p = _camps();
        p.opensAt = p.closesAt;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidSchedule.selector, CLOSES, CLOSES, DEADLINE), p);
        p = _camps();
        p.tallyDeadline = p.closesAt;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidSchedule.selector, OPENS, CLOSES, CLOSES), p);
        vm.warp(CLOSES);
        p = _camps();
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidSchedule.selector, OPENS, CLOSES, DEADLINE), p);
    }

    function test_RevertWhen_OutsideTheBounds() public {
        ISheets.Bounds memory bounds =
            ISheets.Bounds({minBallots: 3, leastCamp: 2, minCastingTime: 900, minTallyTime: 1_000, maxDuration: 2_000});
        sheets = newSheets(verifier, verifier, bounds);
        ISheets.SheetParameters memory p = _camps();
        sheets.create(p);
        p.opensAt += 1;
        _expectCreate(abi.encodeWithSelector(ISheets.CastingTimeTooShort.selector, 899, 900), p);
        p = _camps();
        p.tallyDeadline -= 1;
        _expectCreate(abi.encodeWithSelector(ISheets.TallyTimeTooShort.selector, 999, 1_000), p);
        p = _camps();
        p.tallyDeadline += 1;
        _expectCreate(abi.encodeWithSelector(ISheets.PollTooLong.selector, 2_001, 2_000), p);
        p = _camps();
        p.chambers[0].minBallots = 2;
        _expectCreate(abi.encodeWithSelector(ISheets.MinBallotsTooLow.selector, _chamber, 2, 3), p);
        vm.warp(OPENS + 1);
        vm.expectRevert(abi.encodeWithSelector(ISheets.CastingTimeTooShort.selector, 899, 900));
        sheets.open(1);
    }

    /// @notice The rule of adoption is bound before the vote: it is stored, shown and in the fingerprint.
    function test_RuleOfAdoptionIsBound() public {
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 16, campForm(16, 16));
        uint256 snapshot = vm.snapshotState();
        bytes32 without = sheets.sheet(sheets.create(p)).fingerprint;
        vm.revertToState(snapshot);
        p.adoption = ISheets.AdoptionRule(8_500, 30, 1);
        ISheets.SheetView memory data = sheets.sheet(sheets.create(p));
        assertTrue(data.fingerprint != without, "fingerprint");
        assertEq(keccak256(abi.encode(data.adoption)), keccak256(abi.encode(p.adoption)), "rule");
    }

    function test_RevertWhen_RuleOfAdoptionIsInvalid() public {
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 16, campForm(16, 16));
        ISheets.AdoptionRule[6] memory rules = [
            ISheets.AdoptionRule(4_999, 0, 1),
            ISheets.AdoptionRule(10_001, 0, 1),
            ISheets.AdoptionRule(8_500, 0, 0),
            ISheets.AdoptionRule(8_500, 0, 3),
            ISheets.AdoptionRule(0, 30, 0),
            ISheets.AdoptionRule(0, 0, 1)
        ];
        for (uint256 i = 0; i < rules.length; ++i) {
            p.adoption = rules[i];
            _expectRule(p);
        }
        p = sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Ranking, 16, 15));
        p.adoption = ISheets.AdoptionRule(8_500, 30, 1);
        _expectRule(p);
    }

    function _expectRule(ISheets.SheetParameters memory p) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ISheets.InvalidAdoptionRule.selector, p.adoption.theta, p.adoption.quorum, p.adoption.required
            )
        );
        sheets.create(p);
    }

    function test_RevertWhen_LeastCampDoesNotFit() public {
        ISheets.SheetParameters memory p = _camps();
        p.chambers[0].leastCamp = 1;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidLeastCamp.selector, _chamber, 1, 2), p);
        p = _plain();
        p.chambers[0].leastCamp = 1;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidLeastCamp.selector, _chamber, 1, 0), p);
    }

    function test_RevertWhen_ChambersAreInvalid() public {
        ISheets.SheetParameters memory p = _plain();
        p.chambers[0].chamber = 99;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidChambers.selector), p);
        ISheets.SheetChamber memory one = _plain().chambers[0];
        p.chambers = new ISheets.SheetChamber[](2);
        (p.chambers[0], p.chambers[1]) = (one, one);
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidChambers.selector), p);
        p.chambers = new ISheets.SheetChamber[](0);
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidChambers.selector), p);
        p.chambers = new ISheets.SheetChamber[](17);
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidChambers.selector), p);
    }

    function test_RevertWhen_AgendaOrMetadataIsInvalid() public {
        ISheets.SheetParameters memory p = _plain();
        p.agenda = 0;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidAgenda.selector), p);
        p = _plain();
        p.metadata = string(new bytes(16_385));
        _expectCreate(abi.encodeWithSelector(ISheets.MetadataTooLong.selector, 16_385, 16_384), p);
    }

    function test_RevertWhen_FormIsInvalid() public {
        ISheets.SheetParameters memory p = _plain();
        p.form.lot = 1;
        _expectCreate(abi.encodeWithSelector(ISheets.LotIsReserved.selector, 1), p);
    }

    function test_RevertWhen_CommitteeCannotServe() public {
        ISheets.SheetParameters memory p = _plain();
        uint64 expiresAt = committee.lifetime(committeeId).expiresAt;
        p.tallyDeadline = expiresAt + 1;
        _expectCreate(
            abi.encodeWithSelector(ISheets.CommitteeExpires.selector, committeeId, expiresAt, expiresAt + 1), p
        );
        p = _plain();
        p.committee = 9;
        _expectCreate(abi.encodeWithSelector(ISheets.CommitteeNotReady.selector, 9), p);
        p = _plain();
        uint256 id = sheets.create(p);
        committee.retire(committeeId);
        _expectCreate(abi.encodeWithSelector(ISheets.CommitteeNotReady.selector, committeeId), p);
        vm.warp(OPENS);
        vm.expectRevert(abi.encodeWithSelector(ISheets.CommitteeNotReady.selector, committeeId));
        sheets.open(id);
    }

    function test_RevertWhen_CommitteeIsUsedUp() public {
        ICommittee.Lifetime memory lifetime = ICommittee.Lifetime(DEADLINE, 1);
        vm.mockCall(address(committee), abi.encodeCall(ICommittee.lifetime, (committeeId)), abi.encode(lifetime));
        sheets.create(_plain());
        _expectCreate(abi.encodeWithSelector(ISheets.CommitteeUsedUp.selector, committeeId, 1), _plain());
    }

    /// @notice 8,191 members with camps, 2^20 - 1 without: one more, and a counter could carry into the next.
    function test_RevertWhen_ChamberIsTooLargeForItsCounters() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 most = i == 0 ? 8_191 : (1 << 20) - 1;
            ISheets.SheetParameters memory p = i == 0 ? _camps() : _plain();
            vm.warp(START);
            _mockMembers(most + 1);
            _expectCreate(abi.encodeWithSelector(ISheets.ChamberTooLarge.selector, _chamber, most + 1, most), p);
            _mockMembers(most);
            uint256 id = sheets.create(p);
            vm.warp(OPENS);
            _mockMembers(most + 1);
            vm.expectRevert(abi.encodeWithSelector(ISheets.ChamberTooLarge.selector, _chamber, most + 1, most));
            sheets.open(id);
            _mockMembers(most);
            sheets.open(id);
            vm.clearMockedCalls();
        }
    }

    function test_RevertWhen_CensusIsEmpty() public {
        uint256 empty = registry.createChamber("empty", policy);
        uint256 id = sheets.create(sheetParameters(empty, 16, plainForm(ISheets.Kind.Statements, 16, 3)));
        vm.warp(OPENS);
        vm.expectRevert(abi.encodeWithSelector(ISheets.EmptyCensus.selector, empty));
        sheets.open(id);
    }

    /// @notice The threshold of the second one is another: the difference would be a few voters' answers.
    function test_RevertWhen_AgendaWithCampsIsAskedTwice() public {
        ISheets.SheetParameters memory p = _camps();
        uint256 first = sheets.create(p);
        p.form.threshold += 1;
        uint256 second = sheets.create(p);
        vm.warp(OPENS);
        sheets.open(first);
        assertEq(sheets.askedBy(_chamber, AGENDA), first, "remembered");
        bytes memory reason = abi.encodeWithSelector(ISheets.AgendaAlreadyAsked.selector, _chamber, AGENDA, first);
        vm.expectRevert(reason);
        sheets.open(second);
        _expectCreate(reason, p);
        p.agenda = keccak256("another agenda");
        sheets.create(p);
        p.agenda = AGENDA;
        p.chambers[0].chamber = uint64(newChamber(3));
        sheets.open(sheets.create(p));
    }

    function test_AgendaWithoutCampsIsAskedAgain() public {
        openSheet(_plain());
        openSheet(_plain());
        assertEq(sheets.askedBy(_chamber, AGENDA), 0, "not remembered");
        openSheet(_camps());
    }

    function test_CancelledBeforeItOpensAsksNothing() public {
        ISheets.SheetParameters memory p = _camps();
        (p.canceller, p.cancelDeadline) = (address(7), OPENS);
        uint256 id = sheets.create(p);
        vm.prank(address(7));
        sheets.cancel(id);
        assertTrue(sheets.sheet(id).state == ISheets.State.Cancelled, "cancelled");
        openSheet(_camps());
    }

    function test_RevertWhen_CancelIsRefused() public {
        ISheets.SheetParameters memory p = _camps();
        (p.canceller, p.cancelDeadline) = (address(7), OPENS + 226);
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidCancelDeadline.selector, OPENS + 226, OPENS + 225), p);
        p.cancelDeadline = 0;
        _expectCreate(abi.encodeWithSelector(ISheets.InvalidCancelDeadline.selector, 0, OPENS + 225), p);
        p.cancelDeadline = OPENS + 225;
        uint256 id = openSheet(p);
        vm.expectRevert(abi.encodeWithSelector(ISheets.NotCanceller.selector, id, address(this)));
        sheets.cancel(id);
        vm.warp(OPENS + 226);
        vm.prank(address(7));
        vm.expectRevert(abi.encodeWithSelector(ISheets.CancelTooLate.selector, OPENS + 225));
        sheets.cancel(id);
        vm.warp(OPENS + 225);
        vm.prank(address(7));
        sheets.cancel(id);
        vm.prank(address(7));
        vm.expectRevert(
            abi.encodeWithSelector(ISheets.WrongState.selector, id, ISheets.State.Cancelled, ISheets.State.Open)
        );
        sheets.cancel(id);
    }

    function test_RevertWhen_OpenedOutOfTime() public {
        uint256 id = sheets.create(_plain());
        bytes memory reason = abi.encodeWithSelector(ISheets.InvalidSchedule.selector, OPENS, CLOSES, DEADLINE);
        vm.expectRevert(reason);
        sheets.open(id);
        vm.warp(CLOSES);
        vm.expectRevert(reason);
        sheets.open(id);
        vm.expectRevert(abi.encodeWithSelector(ISheets.UnknownSheet.selector, 9));
        sheets.open(9);
    }

    function _camps() private view returns (ISheets.SheetParameters memory) {
        return sheetParameters(_chamber, 16, campForm(16, 10));
    }

    function _plain() private view returns (ISheets.SheetParameters memory) {
        return sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Statements, 16, 10));
    }

    function _mockMembers(uint256 members) private {
        bytes memory now_ = abi.encode(uint256(1), members, members, uint256(0));
        vm.mockCall(address(registry), abi.encodeCall(IStakeholderRegistry.currentCensus, (_chamber)), now_);
        bytes memory frozen = abi.encode(uint256(1), members, members);
        vm.mockCall(address(registry), abi.encodeCall(IStakeholderRegistry.census, (_chamber)), frozen);
    }

    function _expectCreate(bytes memory reason, ISheets.SheetParameters memory p) private {
        vm.expectRevert(reason);
        sheets.create(p);
    }
}
