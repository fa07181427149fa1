// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {Polls} from "../src/Polls.sol";
import {FingerprintHarness} from "./fixtures/FingerprintHarness.sol";
import {Election} from "./support/Election.sol";

/// @title Creating and opening polls
contract PollSetupTest is Election {
    uint256 private _chamber;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
    }

    function test_DependenciesAreThoseOfDeployment() public view {
        (
            address registry_,
            address committee_,
            address three,
            address eight,
            address update3,
            address update8,
            address rounding_
        ) = polls.immutableDependencies();
        assertEq(registry_, address(registry), "registry");
        assertEq(committee_, address(committee), "committee");
        assertEq(three, address(verifier), "ballot-3");
        assertEq(eight, address(verifier), "ballot-8");
        assertEq(update3, address(verifier), "update-3");
        assertEq(update8, address(verifier), "update-8");
        assertEq(rounding_, address(rounding), "rounding");
    }

    function test_CreateStoresPoll() public {
        IPolls.PollParameters memory p = parameters(_chamber, 5);
        p.rule = IPolls.Rule(IPolls.Kind.Score, 9, false, false, false);
        p.chambers[0].weighted = true;
        vm.expectEmit(address(polls));
        emit IPolls.PollCreated(1, "proposal", address(this), _fingerprintOf(1, p), p);
        assertEq(polls.create(p), 1, "id");
        assertEq(polls.polls(), 1, "polls");

        IPolls.PollView memory view_ = polls.poll(1);
        assertTrue(view_.state == IPolls.State.Created, "state");
        assertTrue(view_.fingerprint == _fingerprintOf(1, p) && view_.creator == address(this), "fingerprint");
        assertTrue(view_.decision == IPolls.DecisionKind.Options && view_.canceller == address(0), "decision");
        assertEq(keccak256(abi.encode(view_.rule)), keccak256(abi.encode(p.rule)), "rule");
        assertEq(view_.proposal, p.proposal, "proposal");
        assertEq(view_.options, 5, "options");
        assertTrue(view_.opensAt == OPENS && view_.closesAt == CLOSES && view_.tallyDeadline == DEADLINE, "schedule");
        assertEq(view_.committee, 0, "committee");
        assertEq(view_.chambersRequired, 1, "required");
        assertEq(polls.chamberIds(1).length, 1, "chambers");

        IPolls.ChamberView memory c = polls.chamber(1, _chamber);
        assertEq(keccak256(abi.encode(c.rule)), keccak256(abi.encode(p.chambers[0])), "chamber's rule");
        assertEq(c.packedRule, 1 << 36 | 45 << 16 | 9 << 8 | 0x21, "packed rule");
        assertTrue(c.ctx == 0 && c.root == 0 && c.total.length == 0 && c.totals.length == 0, "not decrypted");
        assertEq(slotOf(1, _chamber, 5), 0, "slot");
    }

    function test_OpenFreezesCensus() public {
        uint256 id = polls.create(parameters(_chamber, 3));
        enrol(_chamber, address(0x99), 99, 1);
        vm.warp(OPENS);
        (uint256 root,,) = registry.census(_chamber);
        bytes32 fingerprint = polls.poll(id).fingerprint;
        assertTrue(fingerprint == _fingerprintOf(id, parameters(_chamber, 3)), "fingerprint");
        uint256 scope = uint256(keccak256(abi.encode(fingerprint, _chamber))) >> 8;
        uint256 rule = polls.chamber(id, _chamber).packedRule;
        uint256 ctx = PoseidonT6.hash([Domain.POLL, scope, root, committee.keysHash(0, 3), rule]);
        vm.expectEmit(address(polls));
        emit IPolls.ChamberOpened(id, _chamber, root, ctx, rule);
        vm.prank(address(0xbeef));
        polls.open(id);

        enrol(_chamber, address(0x98), 98, 1);
        IPolls.ChamberView memory c = polls.chamber(id, _chamber);
        assertEq(c.root, root, "root");
        assertEq(c.ctx, ctx, "ctx");
        assertEq(c.total.length, 8, "total");
        for (uint256 i = 0; i < 8; ++i) {
            assertEq(c.total[i], i % 2, "the identity");
        }
        assertTrue(polls.poll(id).state == IPolls.State.Open, "state");
    }

    function test_ContextDependsOnEveryInput() public {
        uint256 other = newChamber(3);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(other));
        uint256 first = polls.create(p);
        uint256 second = polls.create(p);
        p.options = 2;
        uint256 third = polls.create(p);
        Polls another = deployPolls(verifier);
        p.options = 3;
        another.create(p);
        vm.warp(OPENS);
        polls.open(first);
        polls.open(second);
        polls.open(third);
        another.open(1);
        uint256 ctx = ctxOf(first, _chamber);
        assertTrue(ctx != ctxOf(first, other), "chamber");
        assertTrue(ctx != ctxOf(second, _chamber), "poll");
        assertTrue(ctx != ctxOf(third, _chamber), "rule");
        assertTrue(ctx != another.chamber(1, _chamber).ctx, "contract");

        uint256 snapshot = vm.snapshotState();
        vm.chainId(5);
        vm.warp(START);
        uint256 fourth = polls.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(fourth);
        uint256 elsewhere = ctxOf(fourth, _chamber);
        vm.revertToState(snapshot);
        vm.chainId(31337);
        vm.warp(START);
        polls.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(fourth);
        assertTrue(elsewhere != ctxOf(fourth, _chamber), "chain");
    }

    /// @notice The same poll of the same number each time; one parameter differs, so that a ballot about the one is
    /// none about the other, as after a reorganisation.
    function test_ContextDependsOnEveryParameter() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        uint256 ctx = _contextOf(p);
        assertEq(_contextOf(p), ctx, "the same again");
        p.metadata = "another question";
        _assertOther(p, ctx, "metadata");
        p.proposal = "another proposal";
        _assertOther(p, ctx, "proposal");
        p.decision = IPolls.DecisionKind.Motion;
        _assertOther(p, ctx, "decision");
        p.chambers[0].minBallots -= 1;
        _assertOther(p, ctx, "minBallots");
        p.chambers[0].thresholdBps -= 1;
        _assertOther(p, ctx, "threshold");
        p.chambers[0].quorum -= 1;
        _assertOther(p, ctx, "quorum");
        p.closesAt -= 1;
        _assertOther(p, ctx, "closesAt");
        p.opensAt -= 1;
        _assertOther(p, ctx, "opensAt");
        p.tallyDeadline += 1;
        _assertOther(p, ctx, "tallyDeadline");
        (p.canceller, p.cancelDeadline) = (address(1), OPENS);
        _assertOther(p, ctx, "canceller");
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(newChamber(3)));
        uint256 two = _contextOf(p);
        assertTrue(two != ctx, "another chamber beside it");
        p.chambersRequired = 2;
        assertTrue(_contextOf(p) != two, "chambersRequired");
    }

    /// @notice A poll names a committee that has its keys: they are in its fingerprint.
    function test_RevertWhen_CommitteeOfNewPollNotReady() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.committee = uint64(create(1, 1));
        _expectRefused(p, abi.encodeWithSelector(IPolls.CommitteeNotReady.selector, p.committee));
        p.committee = 77;
        _expectRefused(p, abi.encodeWithSelector(IPolls.CommitteeNotReady.selector, 77));
    }

    function test_RevertWhen_OpeningOutsideSchedule() public {
        uint256 id = polls.create(parameters(_chamber, 3));
        bytes memory schedule = abi.encodeWithSelector(IPolls.InvalidSchedule.selector, OPENS, CLOSES, DEADLINE);
        vm.warp(OPENS - 1);
        vm.expectRevert(schedule);
        polls.open(id);
        vm.warp(CLOSES);
        vm.expectRevert(schedule);
        polls.open(id);
        vm.warp(CLOSES - 1);
        polls.open(id);
        vm.expectRevert(abi.encodeWithSelector(IPolls.WrongState.selector, id, IPolls.State.Open, IPolls.State.Created));
        polls.open(id);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownPoll.selector, id + 1));
        polls.open(id + 1);
    }

    function test_RevertWhen_CommitteeRetiredBeforeOpening() public {
        uint256 ready = polls.create(parameters(_chamber, 3));
        uint256 retired = polls.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(ready);
        committee.retire(0);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CommitteeNotReady.selector, 0));
        polls.open(retired);
    }

    function test_RevertWhen_CensusEmptyOrTotalCouldOverflow() public {
        uint256 empty = newChamber(0);
        uint256 none = polls.create(parameters(empty, 3));
        IPolls.PollParameters memory p = parameters(empty, 3);
        p.rule = IPolls.Rule(IPolls.Kind.Score, 2, false, false, false);
        p.chambers[0].weighted = true;
        uint256 heavy = polls.create(p);
        vm.warp(OPENS);
        vm.expectRevert(abi.encodeWithSelector(IPolls.EmptyCensus.selector, empty));
        polls.open(none);
        // The registry accepts no such weights: another one might.
        bytes memory census = abi.encodeCall(registry.census, (empty));
        vm.mockCall(address(registry), census, abi.encode(uint256(1), uint256(2), (uint256(1) << 39) + 1));
        vm.expectRevert(abi.encodeWithSelector(IPolls.TotalCouldOverflow.selector, empty, (uint256(1) << 40) + 2));
        polls.open(heavy);
        vm.mockCall(address(registry), census, abi.encode(uint256(1), uint256(2), uint256(1) << 39));
        polls.open(heavy);
    }

    function test_RevertWhen_AllMembersRemoved() public {
        uint256 chamber = newChamber(1);
        registry.markRemoval(chamber, address(1));
        registry.purge(chamber, address(1), new uint256[](0));
        uint256 id = polls.create(parameters(chamber, 3));
        vm.warp(OPENS);
        vm.expectRevert(abi.encodeWithSelector(IPolls.EmptyCensus.selector, chamber));
        polls.open(id);
    }

    function test_RevertWhen_ParametersInvalid() public {
        IPolls.PollParameters memory p = parameters(_chamber, 1);
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidOptions.selector, 1));
        p.options = 9;
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidOptions.selector, 9));
        p = parameters(_chamber, 3);
        p.rule.parameter = 1;
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidRule.selector, IPolls.Kind.Plurality, 1));
        p = parameters(_chamber, 3);
        p.chambers[0].thresholdBps = 10_001;
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidThreshold.selector, 10_001));
    }

    function test_RevertWhen_MotionHasOtherOptionsOrRule() public {
        IPolls.PollParameters memory p = parameters(_chamber, 2);
        p.decision = IPolls.DecisionKind.Motion;
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidOptions.selector, 2));
        p.options = 4;
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidOptions.selector, 4));
        p.options = 3;
        p.rule = IPolls.Rule(IPolls.Kind.Approval, 1, false, false, false);
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidRule.selector, IPolls.Kind.Approval, 1));
        p.rule = IPolls.Rule(IPolls.Kind.Plurality, 0, false, false, false);
        polls.create(p);
    }

    function test_RevertWhen_MetadataTooLong() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.metadata = string(new bytes(4_096));
        polls.create(p);
        p.metadata = string(new bytes(4_097));
        _expectRefused(p, abi.encodeWithSelector(IPolls.MetadataTooLong.selector, 4_097, 4_096));
    }

    function test_RevertWhen_ScheduleInvalid() public {
        _expectSchedule(CLOSES, CLOSES, DEADLINE);
        _expectSchedule(OPENS, CLOSES, CLOSES);
        _expectSchedule(START - 2, START, DEADLINE);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (START - 1, START + 1, START + 2);
        polls.open(polls.create(p));
    }

    function test_RevertWhen_ChambersInvalid() public {
        bytes memory bad = abi.encodeWithSelector(IPolls.InvalidChambers.selector);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambersRequired = 0;
        _expectRefused(p, bad);
        p.chambersRequired = 2;
        _expectRefused(p, bad);
        p = parameters(_chamber + 1, 3);
        _expectRefused(p, bad);
        p = parameters(_chamber, 3);
        p.chambers[0].minBallots = 0;
        _expectRefused(p, abi.encodeWithSelector(IPolls.MinBallotsTooLow.selector, _chamber, 0, 1));
        p.chambers = new IPolls.ChamberRule[](0);
        _expectRefused(p, bad);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(_chamber));
        _expectRefused(p, bad);
        p.chambers = new IPolls.ChamberRule[](17);
        for (uint256 i = 0; i < 17; ++i) {
            p.chambers[i] = chamberRule(newChamber(0));
        }
        _expectRefused(p, bad);
    }

    function test_RevertWhen_CreatorIsNotOwner() public {
        vm.prank(trusteeAt(0));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, trusteeAt(0)));
        polls.create(parameters(_chamber, 3));
    }

    function test_RevertWhen_PollOrChamberUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IPolls.UnknownPoll.selector, 0);
        vm.expectRevert(unknown);
        polls.poll(0);
        vm.expectRevert(unknown);
        polls.chamberIds(0);
        vm.expectRevert(unknown);
        polls.finalise(0);
        uint256 id = openPoll(_chamber, 3);
        bytes memory chamber = abi.encodeWithSelector(IPolls.UnknownChamber.selector, id, 8);
        vm.expectRevert(chamber);
        polls.chamber(id, 8);
        vm.expectRevert(chamber);
        polls.ballotSlots(id, 8, new uint256[](1));
        vm.expectRevert(chamber);
        polls.cast(id, 8, "");
    }

    /// @dev Asserts that these parameters give another context, and resets them.
    function _assertOther(IPolls.PollParameters memory p, uint256 ctx, string memory what) private {
        assertTrue(_contextOf(p) != ctx, what);
        IPolls.PollParameters memory same = parameters(_chamber, 3);
        (p.metadata, p.proposal, p.decision, p.chambers) = (same.metadata, same.proposal, same.decision, same.chambers);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (same.opensAt, same.closesAt, same.tallyDeadline);
        (p.canceller, p.cancelDeadline) = (same.canceller, same.cancelDeadline);
    }

    function _fingerprintOf(uint256 id, IPolls.PollParameters memory p) private returns (bytes32) {
        uint256 keysHash = committee.keysHash(p.committee, p.options <= 3 ? 3 : 8);
        // The libraries' functions read calldata and the address of the polls contract.
        FingerprintHarness harness = new FingerprintHarness();
        bytes memory before = address(polls).code;
        vm.etch(address(polls), address(harness).code);
        bytes32 fingerprint = FingerprintHarness(address(polls)).fingerprint(id, p, address(this), keysHash);
        vm.etch(address(polls), before);
        return fingerprint;
    }

    function _contextOf(IPolls.PollParameters memory p) private returns (uint256 ctx) {
        uint256 snapshot = vm.snapshotState();
        uint256 id = polls.create(p);
        vm.warp(OPENS);
        polls.open(id);
        ctx = ctxOf(id, _chamber);
        vm.revertToState(snapshot);
    }

    function _expectRefused(IPolls.PollParameters memory p, bytes memory error_) private {
        vm.expectRevert(error_);
        polls.create(p);
    }

    function _expectSchedule(uint64 opensAt, uint64 closesAt, uint64 deadline) private {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (opensAt, closesAt, deadline);
        _expectRefused(p, abi.encodeWithSelector(IPolls.InvalidSchedule.selector, opensAt, closesAt, deadline));
    }
}
