// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Polls} from "../src/Polls.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Masked polls: the content of a ballot slot is replaced by its owner or masked by anyone
contract MaskedPollsTest is Rewarding {
    uint256 private _chamber;
    uint256 private _poll;
    uint256 private _ctx;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _poll = openPoll(_chamber, 3);
        _ctx = ctxOf(_poll, _chamber);
    }

    function parameters(uint256 chamber, uint8 options)
        internal
        view
        virtual
        override
        returns (IPolls.PollParameters memory p)
    {
        p = super.parameters(chamber, options);
        (p.rule.choiceInNote, p.rule.masked) = (false, true);
    }

    function test_MaskLeavesTotalAndReplacementChangesIt() public {
        Vote memory first = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, _record(first));
        Vote memory masked = maskOf(first, 4_711);
        bytes memory mask = updateOf(masked, first, 3, _ctx);
        vm.recordLogs();
        vm.prank(address(0xacc0), address(0xacc0));
        polls.replace(_poll, _chamber, mask);
        assertEq(vm.getRecordedLogs().length, 1, "a mask emits what a replacement emits");
        _assertSlot(masked);
        _assertTotal(masked.randomness, [uint256(1), 0, 0]);
        Vote memory changed = voteFor(1, 2, 1);
        polls.replace(_poll, _chamber, updateOf(changed, masked, 3, _ctx));
        _assertSlot(changed);
        assertEq(changed.note, first.note, "the note is that of the first ballot");
        _assertTotal(changed.randomness, [uint256(0), 0, 1]);
    }

    function test_BatchCastsFirstBallotsAndUpdates() public {
        Vote memory old = voteFor(9, 0, 0);
        polls.cast(_poll, _chamber, _record(old));
        (Vote memory one, Vote memory two) = (voteFor(1, 0, 0), voteFor(2, 1, 0));
        // The second is a mask of a ballot of this very batch, the third one of the second.
        (Vote memory changed, Vote memory masked) = (voteFor(9, 2, 1), maskOf(two, 5));
        Vote memory again = maskOf(masked, 6);
        bytes memory updates = bytes.concat(
            updateOf(changed, old, 3, _ctx), updateOf(masked, two, 3, _ctx), updateOf(again, masked, 3, _ctx)
        );
        polls.castBatch(_poll, _chamber, bytes.concat(_record(one), _record(two)), updates);
        assertEq(polls.chamber(_poll, _chamber).ballots, 3, "masks are no ballots");
        _assertTotal(one.randomness + changed.randomness + again.randomness, [uint256(1), 1, 1]);
    }

    /// Two masks that cancel each other leave another slot than before: an update that was made for the earlier content
    /// does not come back to life.
    function test_RevertWhen_UpdateIsMadeForContentThatReturned() public {
        Vote memory first = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, _record(first));
        bytes memory withheld = updateOf(voteFor(1, 1, 1), first, 3, _ctx);
        Vote memory masked = maskOf(first, 77);
        polls.replace(_poll, _chamber, updateOf(masked, first, 3, _ctx));
        Vote memory back = maskOf(first, 0);
        polls.replace(_poll, _chamber, updateOf(back, masked, 3, _ctx));
        _assertTotal(first.randomness, [uint256(1), 0, 0]);
        vm.expectRevert(abi.encodeWithSelector(IPolls.WrongPrevious.selector, first.nullifier));
        polls.replace(_poll, _chamber, withheld);
        bytes memory fresh = updateOf(voteFor(1, 1, 1), maskOf(back, 1), 3, _ctx);
        vm.expectRevert(IPolls.NothingCast.selector);
        polls.castBatch(_poll, _chamber, "", bytes.concat(withheld, fresh));
    }

    /// With a note of its own, a stranger would claim the reward of each slot that it masks.
    function test_RevertWhen_UpdateChangesNote() public {
        Vote memory first = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, _record(first));
        bytes memory update = updateOf(maskOf(first, 7), first, 3, _ctx);
        // The note commitment follows on proof, h and nullifier.
        update[320 + 31] ^= 0x01;
        bytes memory refused = abi.encodeWithSelector(IPolls.NoteChanged.selector, first.nullifier);
        vm.expectRevert(refused);
        polls.replace(_poll, _chamber, update);
        bytes memory record = _record(voteFor(2, 0, 0));
        vm.expectRevert(refused);
        polls.castBatch(_poll, _chamber, record, update);
    }

    function test_RevertWhen_SlotIsEmpty() public {
        Vote memory never = voteFor(1, 0, 0);
        bytes memory update = updateOf(maskOf(never, 7), never, 3, _ctx);
        vm.expectRevert(abi.encodeWithSelector(IPolls.WrongPrevious.selector, never.nullifier));
        polls.replace(_poll, _chamber, update);
    }

    /// A replacement of other polls has a proof about its note. Under the wrong statement nothing verifies.
    function test_RevertWhen_StatementIsThatOfOtherPolls() public {
        Vote memory first = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, _record(first));
        Vote memory changed = voteFor(1, 1, 1);
        changed.note = first.note;
        bytes memory replacement = replacementOf(changed, first, 3, _ctx);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.replace(_poll, _chamber, replacement);

        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.rule.masked = false;
        vm.warp(START);
        uint256 other = polls.create(p);
        vm.warp(OPENS);
        polls.open(other);
        uint256 ctx = ctxOf(other, _chamber);
        polls.cast(other, _chamber, recordOf(first, 3, ctx, 0));
        bytes memory update = updateOf(maskOf(first, 7), first, 3, ctx);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.replace(other, _chamber, update);
    }

    /// Updates are verified under their own key, first ballots under theirs.
    function test_UpdatesHaveVerifiersOfTheirOwn() public {
        IGroth16Verifier none = IGroth16Verifier(address(0xdead));
        Polls broken = deployPolls(verifier, none, none, noBounds());
        vm.warp(START);
        uint256 poll = broken.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        broken.open(poll);
        uint256 ctx = broken.chamber(poll, _chamber).ctx;
        Vote memory first = voteFor(1, 0, 0);
        broken.cast(poll, _chamber, recordOf(first, 3, ctx, 0));
        bytes memory update = updateOf(maskOf(first, 7), first, 3, ctx);
        vm.expectRevert(IGroth16Verifier.VerifierMissing.selector);
        broken.replace(poll, _chamber, update);
    }

    /// One wrong proof of either kind reverts the whole batch.
    function test_RevertWhen_BatchHasWrongProof() public {
        Vote memory old = voteFor(9, 0, 0);
        polls.cast(_poll, _chamber, _record(old));
        bytes memory update = updateOf(maskOf(old, 7), old, 3, _ctx);
        bytes memory record = _record(voteFor(1, 0, 0));
        bytes memory other = _record(voteFor(2, 0, 0));
        for (uint256 i = 0; i < 256; ++i) {
            (record[i], other[i]) = (other[i], record[i]);
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.castBatch(_poll, _chamber, record, update);
        bytes memory good = _record(voteFor(1, 0, 0));
        for (uint256 i = 0; i < 256; ++i) {
            update[i] = good[i];
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.castBatch(_poll, _chamber, good, update);
    }

    function test_RevertWhen_WordIsOutOfField() public {
        Vote memory old = voteFor(9, 0, 0);
        polls.cast(_poll, _chamber, _record(old));
        // h and the last coordinate of the new ciphertext.
        uint256[2] memory words = [uint256(8), 18];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory update = updateOf(maskOf(old, 7), old, 3, _ctx);
            for (uint256 k = 0; k < 32; ++k) {
                update[32 * words[i] + k] = 0xff;
            }
            vm.expectRevert(abi.encodeWithSelector(IPolls.ElementOutOfField.selector, words[i]));
            polls.replace(_poll, _chamber, update);
        }
    }

    /// A mask could make no new note of a choice that it does not know.
    function test_RevertWhen_NotesHoldChoices() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.rule.choiceInNote = true;
        vm.warp(START);
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidRule.selector, IPolls.Kind.Plurality, 0));
        polls.create(p);
    }

    /// Base amounts are paid for masked ballots too, and no bonus is.
    function test_MaskedBallotsAreSealed() public {
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 7, 0, 0, 0));
        uint256 poll = openPaidPoll(_chamber, 3, reward, 35 * UNIT);
        uint256 ctx = ctxOf(poll, _chamber);
        Vote[] memory votes = votesOf(1, 2, 0);
        castBallots(poll, _chamber, 1, 2, 0);
        Vote memory masked = maskOf(votes[1], 9);
        polls.replace(poll, _chamber, updateOf(masked, votes[1], 3, ctx));
        votes[1] = masked;
        vm.warp(CLOSES);
        sealBatch(poll, _chamber, batchOf(votes, 3), 0);

        vm.warp(START);
        uint256 bonus = polls.create(parameters(_chamber, 3));
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotesHoldNoChoice.selector, bonus));
        rewards.create(bonus, rewardOf(policyOf(_chamber, 7, 0, 0, 5)));
    }

    function _record(Vote memory vote) private view returns (bytes memory) {
        return recordOf(vote, 3, _ctx, 0);
    }

    function _assertSlot(Vote memory vote) private view {
        bytes32 expected = fingerprintOf(encrypt(vote, 3), vote.previous);
        assertEq(slotOf(_poll, _chamber, vote.nullifier), expected, "slot");
    }

    function _assertTotal(uint256 randomness, uint256[3] memory values) private view {
        Vote memory sum = Vote(0, 0, randomness, new uint64[](8), 0);
        for (uint256 j = 0; j < 3; ++j) {
            sum.values[j] = uint64(values[j]);
        }
        assertEq(polls.chamber(_poll, _chamber).total, ciphertextOf(encrypt(sum, 3)), "total");
    }
}
