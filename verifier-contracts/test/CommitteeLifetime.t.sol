// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Polls} from "../src/Polls.sol";
import {Election} from "./support/Election.sol";

/// @title The end of committees: lifetimes, polls outside them, and trustees that keep no key share
contract CommitteeLifetimeTest is Election {
    uint256 private _chamber;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
    }

    function test_LifetimeIsStored() public {
        ICommittee.Lifetime memory life = _life(START + DEALING + 5, 7);
        uint256 id = _create(life);
        ICommittee.Lifetime memory stored = committee.lifetime(id);
        assertTrue(stored.expiresAt == life.expiresAt && stored.maxPolls == 7, "alone");
        stored = committee.committee(id).lifetime;
        assertTrue(stored.expiresAt == life.expiresAt && stored.maxPolls == 7, "in the view");
        assertEq(committee.lifetime(0).maxPolls, 256, "another committee's");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9));
        committee.lifetime(9);
    }

    /// No end, none in time, none in polls, one before the keys, one after a year.
    function test_RevertWhen_LifetimeOutsideBounds() public {
        uint64 latest = START + 366 days;
        uint64 dealing = START + DEALING;
        _expectInvalid(_life(0, 0));
        _expectInvalid(_life(0, 1));
        _expectInvalid(_life(latest, 0));
        _expectInvalid(_life(START - 1, 1));
        _expectInvalid(_life(dealing, 1));
        _expectInvalid(_life(latest + 1, 1));
        _expectInvalid(_life(type(uint64).max, 1));
        _expectInvalid(_life(latest, 257));
        _expectInvalid(_life(latest, type(uint32).max));
        assertEq(committee.committees(), 1, "none was created");
        _create(_life(dealing + 1, 1));
        _create(_life(latest, 256));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidLifetime.selector, dealing, 1));
        committee.replace(0, trusteesOf(3), 2, START + REGISTRATION, dealing, _life(dealing, 1));
    }

    function testFuzz_LifetimeIsBoundedOnBothSides(uint64 expiresAt, uint32 maxPolls, uint64 now_) public {
        now_ = uint64(bound(now_, 1, type(uint64).max / 2));
        vm.warp(now_);
        bool fits = expiresAt > now_ + DEALING && expiresAt <= now_ + 366 days && maxPolls > 0 && maxPolls <= 256;
        address[] memory trustees = trusteesOf(3);
        if (!fits) {
            vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidLifetime.selector, expiresAt, maxPolls));
        }
        committee.create(trustees, 2, now_ + REGISTRATION, now_ + DEALING, _life(expiresAt, maxPolls));
    }

    function test_RevertWhen_TallyDeadlineIsAfterExpiry() public {
        useCommittee(_ready(_life(START + DEALING + 500, 256)));
        uint64 end = START + DEALING + 500;
        IPolls.PollParameters memory p = _pollUntil(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CommitteeExpires.selector, committeeId, end, end + 1));
        polls.create(p);
        assertTrue(polls.polls() == 0 && polls.committeePolls(committeeId) == 0, "nothing is counted");
        polls.create(_pollUntil(end));
        assertTrue(polls.polls() == 1 && polls.committeePolls(committeeId) == 1, "in the last second");
    }

    function testFuzz_PollIsAcceptedIffItsTallyDeadlineIsWithinTheLife(uint64 deadline) public {
        useCommittee(_ready(_life(START + DEALING + 500, 256)));
        uint64 end = START + DEALING + 500;
        deadline = uint64(bound(deadline, CLOSES + 1, end + 1_000));
        IPolls.PollParameters memory p = _pollUntil(deadline);
        if (deadline > end) {
            vm.expectRevert(abi.encodeWithSelector(IPolls.CommitteeExpires.selector, committeeId, end, deadline));
        }
        polls.create(p);
    }

    /// Every poll counts, also one that never opens; other committees' polls do not.
    function test_RevertWhen_CommitteeIsUsedUp() public {
        polls.create(parameters(_chamber, 3));
        uint256 before = committeeId;
        useCommittee(_ready(_life(START + DEALING + 500, 2)));
        polls.create(parameters(_chamber, 3));
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.canceller = address(this);
        p.cancelDeadline = OPENS;
        polls.cancel(polls.create(p));
        p = parameters(_chamber, 3);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CommitteeUsedUp.selector, committeeId, 2));
        polls.create(p);
        assertTrue(polls.committeePolls(committeeId) == 2 && polls.committeePolls(before) == 1, "counts");
        assertTrue(polls.polls() == 3 && polls.committeePolls(77) == 0, "no more");
        useCommittee(before);
        polls.create(parameters(_chamber, 3));
    }

    /// Only the owner of the polls uses up a committee: a stranger's polls elsewhere are not counted.
    function test_StrangersDoNotUseUpACommittee() public {
        useCommittee(_ready(_life(START + DEALING + 500, 1)));
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad)));
        polls.create(p);
        Polls other = new Polls(
            address(0xbad), registry, committee, verifier, verifier, verifier, verifier, noBounds(), rounding
        );
        vm.prank(address(0xbad));
        other.create(p);
        assertTrue(other.committeePolls(committeeId) == 1 && polls.committeePolls(committeeId) == 0, "its own count");
        polls.create(p);
    }

    /// What was accepted is opened, cast in and tallied, though the committee is used up, and until its last second.
    function test_AcceptedPollFinishesWhateverTheCommitteeIs() public {
        useCommittee(_ready(_life(START + DEALING + 1, 1)));
        uint256 poll = polls.create(_pollUntil(START + DEALING + 1));
        vm.warp(OPENS);
        polls.open(poll);
        for (uint256 i = 1; i <= 2; ++i) {
            polls.cast(poll, _chamber, recordOf(voteFor(i, 1, 0), 3, ctxOf(poll, _chamber), 0));
        }
        vm.warp(START + DEALING + 1);
        uint256 randomness = voteFor(1, 1, 0).randomness + voteFor(2, 1, 0).randomness;
        uint256[] memory share = shareOf(committeeId, 0, randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 0, 3);
        uint256 ctx = ctxOf(poll, _chamber);
        uint256[8] memory proof = prove(decryptionInputs(committeeId, 0, ctx, randomness, share, 5), 1);
        IPolls.ChamberShare[] memory list = new IPolls.ChamberShare[](1);
        list[0] = IPolls.ChamberShare(_chamber, share, 5, proof);
        vm.prank(trusteeAt(0));
        assertTrue(polls.postShares(poll, 0, keys, otherKeysHash, list)[0], "posted in the last second");
    }

    function test_RetireTrusteeIsStatedOnce() public {
        uint256 id = createReadyCommittee(3, 2);
        vm.expectEmit(address(committee));
        emit ICommittee.TrusteeRetired(id, trusteeAt(2), 2);
        vm.prank(trusteeAt(2));
        committee.retireTrustee(id, 2);
        assertEq(committee.committee(id).retiredTrustees, 4, "bit 2");
        vm.prank(trusteeAt(2));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AlreadyRetired.selector, id, trusteeAt(2)));
        committee.retireTrustee(id, 2);
        vm.prank(trusteeAt(0));
        committee.retireTrustee(id, 0);
        assertEq(committee.committee(id).retiredTrustees, 5, "bits 0 and 2");
        assertTrue(committee.status(id) == ICommittee.Status.Ready, "the committee is what it was");
        assertEq(committee.committee(0).retiredTrustees, 0, "in this committee only");
    }

    function testFuzz_RevertWhen_StrangerRetires(address stranger, uint256 index) public {
        uint256 id = createReadyCommittee(3, 2);
        if (index < 3 && stranger == trusteeAt(index)) return;
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, id, stranger));
        committee.retireTrustee(id, index);
        assertEq(committee.committee(id).retiredTrustees, 0, "no trustee has retired");
    }

    function test_RevertWhen_RetiringTooEarlyOrWithoutAKey() public {
        uint256 id = create(3, 2);
        _expectRefused(id, 0, abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        register(id, 0);
        register(id, 1);
        vm.warp(START + REGISTRATION + 1);
        deal(id, 0);
        deal(id, 1);
        _expectRefused(id, 0, abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        finalise(id);
        _expectRefused(id, 2, abi.encodeWithSelector(ICommittee.NotRegistered.selector, id, trusteeAt(2)));
        committee.retire(id);
        vm.prank(trusteeAt(0));
        committee.retireTrustee(id, 0);
        _expectRefused(9, 0, abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9));
    }

    function _expectRefused(uint256 id, uint256 index, bytes memory reason) private {
        vm.prank(trusteeAt(index));
        vm.expectRevert(reason);
        committee.retireTrustee(id, index);
    }

    function _life(uint64 expiresAt, uint32 maxPolls) private pure returns (ICommittee.Lifetime memory) {
        return ICommittee.Lifetime({expiresAt: expiresAt, maxPolls: maxPolls});
    }

    function _create(ICommittee.Lifetime memory life) private returns (uint256) {
        return committee.create(trusteesOf(1), 1, START + REGISTRATION, START + DEALING, life);
    }

    function _ready(ICommittee.Lifetime memory life) private returns (uint256 id) {
        id = _create(life);
        register(id, 0);
        deal(id, 0);
        finalise(id);
    }

    function _expectInvalid(ICommittee.Lifetime memory life) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidLifetime.selector, life.expiresAt, life.maxPolls));
        _create(life);
    }

    function _pollUntil(uint64 tallyDeadline) private view returns (IPolls.PollParameters memory p) {
        p = parameters(_chamber, 3);
        p.tallyDeadline = tallyDeadline;
    }
}
