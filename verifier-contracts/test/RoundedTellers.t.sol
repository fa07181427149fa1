// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {PollTellers} from "../src/polls/PollTellers.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Tellers of rounded chambers: who may be named, and when
/// @notice 2 of 3 trustees decrypt; the poll's teller is the trustee 1, its fallback 2.
contract RoundedTellersTest is RoundedPoll {
    uint64[] private _totals;

    function setUp() public {
        _totals = listOf(57, 31, 12);
        setUpClosed(3, _totals);
    }

    function test_FallbackIsNamedOnlyAfterTheMiddle() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        uint64[4] memory early = [CLOSES, CLOSES + 1, MIDDLE - 1, MIDDLE];
        for (uint256 i = 0; i < 4; ++i) {
            vm.warp(early[i]);
            _expectWrongTeller(2, FALLBACK);
        }
        vm.warp(MIDDLE + 1);
        postBlinded(2, FALLBACK);
        assertEq(polls.chamber(_poll, _chamber).shares, 5, "two trustees");
        assertEq(polls.chamber(_poll, _chamber).tellers, 1 << 1 | 1 << 33 | 1 << 34, "their tellers");
        vm.warp(DEADLINE);
        postBlinded(0, FALLBACK);
        assertEq(polls.chamber(_poll, _chamber).tellers, 3 << 1 | 3 << 33, "two each");
    }

    /// @notice A trustee that withholds its share does not become the teller by that.
    function test_FallbackNeedsEnoughSharesForTheTeller() public {
        vm.warp(MIDDLE + 1);
        _expectWrongTeller(2, FALLBACK);
        postBlinded(0, TELLER);
        // One less than the threshold, and a refused one.
        IPolls.BlindedShare memory refused = blindedShareOf(2, TELLER);
        refused.h = 6;
        assertTrue(!sendBlinded(2, TELLER, refused), "refused");
        for (uint256 index = 0; index < 3; ++index) {
            _expectWrongTeller(index, FALLBACK);
        }
        vm.warp(DEADLINE);
        _expectWrongTeller(2, FALLBACK);
        postBlinded(1, TELLER);
        // A trustee that has none for the poll's teller, too.
        postBlinded(2, FALLBACK);
    }

    function test_SharesOfAnotherChamberAreNotCounted() public {
        uint256 other = newChamber(3);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        IPolls.ChamberRule memory rule = p.chambers[0];
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (rule, chamberRule(other));
        p.chambers[1].step = STEP;
        vm.warp(START);
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
        _randomness = voteFor(1, 0, 0).randomness + voteFor(2, 0, 0).randomness;
        for (uint256 voter = 1; voter < 3; ++voter) {
            polls.cast(_poll, _chamber, recordOf(voteFor(voter, 0, 0), 3, ctxOf(_poll, _chamber), 0));
            polls.cast(_poll, other, recordOf(voteFor(voter, 0, 0), 3, ctxOf(_poll, other), 0));
        }
        vm.warp(MIDDLE + 1);
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        postBlinded(2, FALLBACK);
        _chamber = other;
        postBlinded(0, TELLER);
        _expectWrongTeller(2, FALLBACK);
    }

    function test_RevertWhen_ThirdTrusteeIsNamed() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        uint256[8] memory others = [uint256(0), 3, 15, 16, TELLER + 16, FALLBACK + 16, 1 << 200, type(uint256).max];
        for (uint256 k = 0; k < 3; ++k) {
            vm.warp(k == 0 ? CLOSES : k == 1 ? MIDDLE + 1 : DEADLINE);
            for (uint256 i = 0; i < others.length; ++i) {
                _expectWrongTeller(0, others[i]);
                _expectWrongTeller(1, others[i]);
            }
        }
    }

    /// @notice The next trustee that has registered, and after the last one the first.
    function test_FallbackIsNextRegisteredTrustee() public {
        _useCommitteeWithoutTrustee1();
        for (uint8 teller = 0; teller < 3; teller += 2) {
            IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
            p.teller = teller;
            closePoll(p, _totals);
            postBlinded(0, teller);
            vm.warp(MIDDLE + 1);
            _expectWrongTeller(2, 1);
            _expectWrongTeller(2, 3);
            postBlinded(2, 2 - teller);
            assertEq(polls.chamber(_poll, _chamber).tellers, 1 << teller | 1 << (34 - teller), "the other trustee");
        }
    }

    function test_OnlyRegisteredTrusteeHasNoFallback() public {
        _useCommitteeOfOneRegistered();
        postBlinded(0, 0);
        vm.warp(MIDDLE + 1);
        for (uint256 teller = 1; teller < 17; ++teller) {
            _expectWrongTeller(0, teller);
        }
        _expectPosted(0, 0);
    }

    function testFuzz_FallbackIsNextOfEverySet(uint256 size, uint256 registered, uint256 teller) public pure {
        size = 1 + size % 16;
        teller %= size;
        registered = (registered % (1 << size)) | 1 << teller;
        uint256 expected = teller;
        for (uint256 j = size - 1; j > 0; --j) {
            uint256 candidate = (teller + j) % size;
            if ((registered >> candidate) & 1 == 1) expected = candidate;
        }
        assertEq(PollTellers.fallbackOf(registered, teller), expected, "the next");
    }

    function test_FallbackOfSixteenTrustees() public pure {
        assertEq(PollTellers.fallbackOf(0xffff, 15), 0, "after the last the first");
        assertEq(PollTellers.fallbackOf(0xffff, 0), 1, "after the first");
        assertEq(PollTellers.fallbackOf(0x8001, 0), 15, "the last");
        assertEq(PollTellers.fallbackOf(0x8000, 15), 15, "none");
    }

    /// @notice There is one share for each teller; none changes after it was posted.
    function test_RevertWhen_ShareForThisTellerIsPosted() public {
        postBlinded(0, TELLER);
        _expectPosted(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(MIDDLE + 1);
        _expectPosted(0, TELLER);
        postBlinded(0, FALLBACK);
        _expectPosted(0, FALLBACK);
        _expectPosted(0, TELLER);
        // Of the other trustees nothing is posted by that.
        postBlinded(1, FALLBACK);
        postBlinded(1, TELLER);
        _expectPosted(1, FALLBACK);
        _expectPosted(1, TELLER);
        vm.warp(DEADLINE);
        postBlinded(2, FALLBACK);
        _expectPosted(2, FALLBACK);
    }

    /// @notice A share that names the fallback takes none away from the teller, which tallies with the first ones.
    function test_ShareCannotBeWithdrawn() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(MIDDLE + 1);
        postBlinded(2, FALLBACK);
        postBlinded(0, FALLBACK);
        uint256 snapshot = vm.snapshotState();
        _tallyFor(TELLER);
        vm.revertToState(snapshot);
        _tallyFor(FALLBACK);
        IPolls.BlindedShare[] memory late = oneBlinded(blindedShareOf(1, TELLER));
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(IPolls.AlreadyTallied.selector, _poll, _chamber));
        polls.postBlindedShares(_poll, 1, new uint256[](0), 0, TELLER, late);
    }

    function test_RefusedShareForFallbackChangesNothing() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(MIDDLE + 1);
        IPolls.BlindedShare memory share = blindedShareOf(2, FALLBACK);
        share.h = 6;
        assertTrue(!sendBlinded(2, FALLBACK, share), "refused");
        assertEq(polls.chamber(_poll, _chamber).tellers, 1 << 1 | 1 << 33, "for the teller alone");
        postBlinded(2, FALLBACK);
        _tallyFor(TELLER);
    }

    /// @notice All combined shares are for the teller that the tally names.
    function test_RevertWhen_SharesOfTwoTellersAreMixed() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(MIDDLE + 1);
        postBlinded(2, FALLBACK);
        IPolls.ShareCombination memory first = blindedCombination(5, TELLER);
        IPolls.ShareCombination memory second = blindedCombination(5, FALLBACK);
        // The trustee 0 has none for the fallback.
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), FALLBACK, second);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), FALLBACK, first);
        postBlinded(0, FALLBACK);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), TELLER, second);
        // The share of the trustee 2 for one teller, that of 0 for the other.
        for (uint256 i = 6; i < 12; ++i) {
            (first.shares[i], second.shares[i]) = (second.shares[i], first.shares[i]);
        }
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 2), TELLER, first);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), TELLER, second);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 2), FALLBACK, second);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), FALLBACK, first);
    }

    /// @notice With 16 more the place of a share would be that of the next trustee's.
    function test_RevertWhen_TallyNamesNoTrustee() public {
        postBlinded(1, TELLER);
        postBlinded(2, TELLER);
        IPolls.ShareCombination memory combination = blindedCombination(6, TELLER);
        combination.trustees = 3;
        (combination.denominator, combination.coefficients) = lagrange(3);
        uint256[3] memory wrong = [uint256(16), TELLER + 16, 255];
        for (uint256 i = 0; i < 3; ++i) {
            _expectTally(abi.encodeWithSelector(IPolls.WrongTeller.selector, wrong[i]), wrong[i], combination);
        }
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 1), 15, blindedCombination(6, TELLER));
    }

    function _tallyFor(uint256 teller) private {
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(5, teller, _totals), _totals);
        rounded.teller = uint8(teller);
        IPolls.ShareCombination memory combination = blindedCombination(5, teller);
        vm.expectEmit(address(polls));
        emit IPolls.ChamberRounded(
            _poll, _chamber, rounded.buckets, 0, true, 0, uint8(teller), 5, rounded.h, rounded.proof
        );
        polls.tallyRounded(_poll, _chamber, rounded, combination);
    }

    function _expectTally(bytes memory reason, uint256 teller, IPolls.ShareCombination memory combination) private {
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(5, TELLER, _totals), _totals);
        rounded.teller = uint8(teller);
        vm.expectRevert(reason);
        polls.tallyRounded(_poll, _chamber, rounded, combination);
    }

    function _expectWrongTeller(uint256 index, uint256 teller) private {
        _expect(abi.encodeWithSelector(IPolls.WrongTeller.selector, teller), index, teller);
    }

    function _expectPosted(uint256 index, uint256 teller) private {
        _expect(abi.encodeWithSelector(IPolls.ShareAlreadyPosted.selector, trusteeAt(index)), index, teller);
    }

    /// @dev Expects a refusal before any proof: the teller may have no key.
    function _expect(bytes memory reason, uint256 index, uint256 teller) private {
        IPolls.BlindedShare memory share = blindedShareOf(index, TELLER);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, 3);
        vm.prank(trusteeAt(index));
        vm.expectRevert(reason);
        polls.postBlindedShares(_poll, index, keys, otherKeysHash, teller, oneBlinded(share));
    }

    /// @dev Any 1 of 3 trustees decrypts; the trustee 1 has not registered.
    function _useCommitteeWithoutTrustee1() private {
        uint256 id = create(3, 1);
        register(id, 0);
        register(id, 2);
        vm.warp(block.timestamp + REGISTRATION + 1);
        deal(id, 0);
        finalise(id);
        useCommittee(id);
    }

    /// @dev Closes a poll of a committee of 3, of which the trustee 0 alone has registered.
    function _useCommitteeOfOneRegistered() private {
        uint256 id = create(3, 1);
        register(id, 0);
        vm.warp(block.timestamp + REGISTRATION + 1);
        deal(id, 0);
        finalise(id);
        useCommittee(id);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        p.teller = 0;
        closePoll(p, _totals);
    }
}
