// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Polls} from "../src/Polls.sol";
import {Election} from "./support/Election.sol";
import {Vm} from "./support/Vm.sol";

/// @title Casting and replacing under the trapdoor verifier: every record has a proof of its own transcript
contract PollCastingTest is Election {
    uint256 private _chamber;
    uint256 private _poll;
    uint256 private _ctx;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
        _poll = openPoll(_chamber, 3);
        _ctx = ctxOf(_poll, _chamber);
    }

    function test_CastAddsCiphertextToTotal() public {
        Vote memory vote = voteFor(1, 0, 0);
        bytes memory record = _record(vote);
        bytes memory published = new bytes(record.length - 256);
        for (uint256 i = 0; i < published.length; ++i) {
            published[i] = record[256 + i];
        }
        vm.expectEmit(address(polls));
        emit IPolls.BallotCast(_poll, _chamber, vote.nullifier, 0, published);
        polls.cast(_poll, _chamber, record);

        assertEq(slotOf(_poll, _chamber, vote.nullifier), _slot(vote), "slot");
        _assertTotal(vote.randomness, [uint256(1), 0, 0], 1);
    }

    /// @notice Ballots that a contract or an account with code casts are in an event; others are in their transaction's
    /// calldata.
    function test_ForwardedBallotsAreEmitted() public {
        address account = address(0xacc0);
        bytes memory first = _record(voteFor(1, 0, 0));
        bytes memory second = _record(voteFor(2, 0, 0));
        vm.recordLogs();
        vm.prank(account, account);
        polls.cast(_poll, _chamber, first);
        assertEq(vm.getRecordedLogs().length, 1, "BallotCast alone");

        // A call by a contract (this one) in the account's transaction.
        vm.expectEmit(address(polls));
        emit IPolls.BallotsForwarded(_poll, _chamber, second, "");
        polls.cast(_poll, _chamber, second);
        // Another account began the transaction.
        bytes memory third = replacementOf(voteFor(2, 1, 1), voteFor(2, 0, 0), 3, _ctx);
        vm.expectEmit(address(polls));
        emit IPolls.BallotsForwarded(_poll, _chamber, "", third);
        vm.prank(account, address(0xb0b));
        polls.replace(_poll, _chamber, third);
        // The account's own code (EIP-7702) may have made this call among others.
        vm.etch(account, hex"ef01000000000000000000000000000000000000000000");
        bytes memory fourth = replacementOf(voteFor(1, 1, 1), voteFor(1, 0, 0), 3, _ctx);
        bytes memory fifth = _record(voteFor(3, 0, 0));
        vm.expectEmit(address(polls));
        emit IPolls.BallotsForwarded(_poll, _chamber, fifth, fourth);
        vm.prank(account, account);
        polls.castBatch(_poll, _chamber, fifth, fourth);
    }

    /// @notice Other chains have kinds of transactions whose calldata programs cannot read, so every proof is in an
    /// event there.
    function test_AllBallotsAreEmittedWhereTransactionsAreNotEthereums() public {
        address account = address(0xacc0);
        uint64[4] memory ethereum = [uint64(1), 11155111, 560048, 31337];
        for (uint256 i = 0; i < ethereum.length; ++i) {
            vm.chainId(ethereum[i]);
            bytes memory read = _record(voteFor(i, 0, 0));
            vm.recordLogs();
            vm.prank(account, account);
            polls.cast(_poll, _chamber, read);
            assertEq(vm.getRecordedLogs().length, 1, "BallotCast alone");
        }
        uint64[4] memory others = [uint64(10), 8453, 42161, 1337];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.chainId(others[i]);
            bytes memory record = _record(voteFor(10 + i, 0, 0));
            vm.expectEmit(address(polls));
            emit IPolls.BallotsForwarded(_poll, _chamber, record, "");
            vm.prank(account, account);
            polls.cast(_poll, _chamber, record);
        }
    }

    function test_CastOfSizeEight() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 4);
        _ctx = ctxOf(_poll, _chamber);
        bytes memory record = recordOf(voteFor(1, 3, 0), 8, _ctx, 0);
        assertEq(record.length, 928, "length");
        polls.cast(_poll, _chamber, record);
        Vote memory changed = voteFor(1, 2, 1);
        polls.replace(_poll, _chamber, replacementOf(changed, voteFor(1, 3, 0), 8, _ctx));
        uint256[] memory total = polls.chamber(_poll, _chamber).total;
        uint256[] memory expected = encrypt(changed, 8);
        for (uint256 i = 0; i < 18; ++i) {
            assertEq(total[i], expected[i + 1], "total");
        }
    }

    function test_ReplaceExchangesCiphertextInTotal() public {
        (Vote memory old, Vote memory vote) = (voteFor(1, 0, 0), voteFor(1, 2, 1));
        polls.cast(_poll, _chamber, _record(old));
        vm.recordLogs();
        polls.replace(_poll, _chamber, replacementOf(vote, old, 3, _ctx));
        Vm.Log memory entry = vm.getRecordedLogs()[0];
        (bytes32 previous, bytes memory published) = abi.decode(entry.data, (bytes32, bytes));
        assertEq(previous, _slot(old), "previous");
        assertEq(published.length, 352, "published");
        assertEq(slotOf(_poll, _chamber, vote.nullifier), _slot(vote), "slot");
        _assertTotal(vote.randomness, [uint256(0), 0, 1], 1);
    }

    function test_RevertWhen_OlderBallotIsReplayed() public {
        (Vote memory first, Vote memory second) = (voteFor(1, 0, 0), voteFor(1, 1, 1));
        bytes memory firstRecord = _record(first);
        polls.cast(_poll, _chamber, firstRecord);
        polls.replace(_poll, _chamber, replacementOf(second, first, 3, _ctx));
        vm.expectRevert(abi.encodeWithSelector(IPolls.AlreadyCast.selector, first.nullifier));
        polls.cast(_poll, _chamber, firstRecord);
        // The first ballot's proof, presented as a replacement of the second: z differs.
        bytes memory back = bytes.concat(firstRecord, replacedPart(second, 3));
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.replace(_poll, _chamber, back);
    }

    function test_BatchCastsFirstBallotsAndReplacements() public {
        polls.cast(_poll, _chamber, _record(voteFor(9, 0, 0)));
        bytes memory records = bytes.concat(_record(voteFor(1, 0, 0)), _record(voteFor(2, 1, 0)));
        // The second replaces a ballot of this very batch.
        bytes memory replacements = bytes.concat(
            replacementOf(voteFor(9, 2, 1), voteFor(9, 0, 0), 3, _ctx),
            replacementOf(voteFor(2, 2, 1), voteFor(2, 1, 0), 3, _ctx)
        );
        polls.castBatch(_poll, _chamber, records, replacements);
        uint256 randomness = voteFor(1, 0, 0).randomness + voteFor(9, 2, 1).randomness + voteFor(2, 2, 1).randomness;
        _assertTotal(randomness, [uint256(1), 0, 2], 3);
    }

    function test_FrontRunBallotIsSkipped() public {
        polls.cast(_poll, _chamber, _record(voteFor(2, 1, 0)));
        bytes memory one = _record(voteFor(1, 0, 0));
        bytes memory records = bytes.concat(one, _record(voteFor(2, 1, 0)), one, _record(voteFor(3, 0, 0)));
        vm.recordLogs();
        vm.prank(address(0xacc0), address(0xacc0));
        polls.castBatch(_poll, _chamber, records, "");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 4, "one event a ballot");
        assertEq(logs[1].topics[0], IPolls.BallotSkipped.selector, "was sealed before");
        assertEq(uint256(logs[1].topics[3]), voteFor(2, 1, 0).nullifier, "nullifier");
        assertEq(logs[2].topics[0], IPolls.BallotSkipped.selector, "twice in the batch");
        uint256 randomness = voteFor(1, 0, 0).randomness + voteFor(2, 1, 0).randomness + voteFor(3, 0, 0).randomness;
        _assertTotal(randomness, [uint256(2), 1, 0], 3);
    }

    function test_StaleReplacementsAreSkipped() public {
        (Vote memory old, Vote memory changed) = (voteFor(1, 0, 0), voteFor(1, 1, 1));
        polls.cast(_poll, _chamber, _record(old));
        polls.cast(_poll, _chamber, _record(voteFor(2, 0, 0)));
        bytes memory once = replacementOf(changed, old, 3, _ctx);
        bytes memory other = replacementOf(voteFor(2, 2, 1), voteFor(2, 0, 0), 3, _ctx);
        polls.castBatch(_poll, _chamber, "", bytes.concat(once, once, other));
        _assertTotal(changed.randomness + voteFor(2, 2, 1).randomness, [uint256(0), 1, 1], 2);

        vm.expectRevert(IPolls.NothingCast.selector);
        polls.castBatch(_poll, _chamber, "", once);
        vm.expectRevert(abi.encodeWithSelector(IPolls.WrongPrevious.selector, old.nullifier));
        polls.replace(_poll, _chamber, once);
    }

    function test_RevertWhen_ReplacedCiphertextWrong() public {
        (Vote memory old, Vote memory changed) = (voteFor(1, 0, 0), voteFor(1, 1, 1));
        bytes memory wrong = abi.encodeWithSelector(IPolls.WrongPrevious.selector, old.nullifier);
        bytes memory replacement = replacementOf(changed, old, 3, _ctx);
        vm.expectRevert(wrong);
        polls.replace(_poll, _chamber, replacement);
        polls.cast(_poll, _chamber, _record(old));
        bytes memory forged = replacementOf(changed, voteFor(1, 2, 7), 3, _ctx);
        vm.expectRevert(wrong);
        polls.replace(_poll, _chamber, forged);
        for (uint256 word = 19; word < 28; ++word) {
            replacement[32 * word + 31] ^= 0x01;
            vm.expectRevert(wrong);
            polls.replace(_poll, _chamber, replacement);
            replacement[32 * word + 31] ^= 0x01;
        }
        polls.replace(_poll, _chamber, replacement);
    }

    function test_RevertWhen_NothingCast() public {
        bytes memory record = _record(voteFor(1, 0, 0));
        polls.cast(_poll, _chamber, record);
        vm.expectRevert(IPolls.NothingCast.selector);
        polls.castBatch(_poll, _chamber, record, "");
        vm.expectRevert(IPolls.NothingCast.selector);
        polls.castBatch(_poll, _chamber, "", "");
        vm.expectRevert(IPolls.NothingCast.selector);
        polls.cast(_poll, _chamber, "");
        vm.expectRevert(abi.encodeWithSelector(IPolls.AlreadyCast.selector, voteFor(1, 0, 0).nullifier));
        polls.cast(_poll, _chamber, record);
    }

    /// @notice Every word of a record is bound by the proof: h, nullifier, note commitment and ciphertext.
    function testFuzz_RevertWhen_RecordBitChanged(uint256 bit) public {
        bytes memory record = _record(voteFor(1, 0, 0));
        bit = bound(bit, 0, 8 * record.length - 1);
        record[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        (bool ok, bytes memory result) = address(polls).call(abi.encodeCall(IPolls.cast, (_poll, _chamber, record)));
        assertTrue(!ok, "refused");
        bytes4 selector = bytes4(result);
        bool named = selector == IGroth16Verifier.InvalidProof.selector || selector == IPolls.ElementOutOfField.selector;
        assertTrue(named, "by name");
        _assertTotal(0, [uint256(0), 0, 0], 0);
    }

    function test_RevertWhen_ElementOutOfField() public {
        for (uint256 word = 8; word < 19; ++word) {
            bytes memory record = _record(voteFor(1, 0, 0));
            assembly ("memory-safe") {
                let element := add(add(record, 0x20), mul(word, 0x20))
                mstore(element, add(mload(element), R))
            }
            vm.expectRevert(abi.encodeWithSelector(IPolls.ElementOutOfField.selector, word));
            polls.cast(_poll, _chamber, record);
        }
    }

    function test_RevertWhen_RecordLengthWrong() public {
        bytes memory record = _record(voteFor(1, 0, 0));
        bytes memory two = bytes.concat(record, _record(voteFor(2, 0, 0)));
        _expectLength(two, 608);
        polls.cast(_poll, _chamber, two);
        bytes memory long = bytes.concat(record, hex"00");
        _expectLength(long, 608);
        polls.cast(_poll, _chamber, long);
        _expectLength(long, 608);
        polls.castBatch(_poll, _chamber, long, "");
        _expectLength(record, 928);
        polls.replace(_poll, _chamber, record);
        _expectLength(record, 928);
        polls.castBatch(_poll, _chamber, "", record);
    }

    function test_RevertWhen_ContextIsAnother() public {
        uint256 other = newChamber(3);
        vm.warp(START);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(other));
        uint256 second = polls.create(p);
        Polls another = deployPolls(verifier);
        another.create(p);
        vm.warp(OPENS);
        polls.open(second);
        another.open(1);
        bytes memory record = _record(voteFor(1, 0, 0));
        bytes memory invalid = abi.encodeWithSelector(IGroth16Verifier.InvalidProof.selector);
        vm.expectRevert(invalid);
        polls.cast(second, _chamber, record);
        vm.expectRevert(invalid);
        polls.cast(second, other, record);
        vm.expectRevert(invalid);
        another.cast(1, _chamber, record);
        polls.cast(_poll, _chamber, record);
    }

    function test_RevertWhen_OneProofOfBatchInvalid() public {
        polls.cast(_poll, _chamber, _record(voteFor(9, 0, 0)));
        bytes32 before = keccak256(abi.encode(polls.chamber(_poll, _chamber)));
        bytes memory bad = _record(voteFor(2, 1, 0));
        bad[300] ^= 0x01;
        bytes memory replacement = replacementOf(voteFor(9, 2, 1), voteFor(9, 0, 0), 3, _ctx);
        bytes memory records = bytes.concat(_record(voteFor(1, 0, 0)), bad, _record(voteFor(3, 0, 0)));
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.castBatch(_poll, _chamber, records, replacement);
        assertEq(keccak256(abi.encode(polls.chamber(_poll, _chamber))), before, "unchanged");
        for (uint256 voter = 1; voter <= 3; ++voter) {
            assertEq(slotOf(_poll, _chamber, voteFor(voter, 0, 0).nullifier), 0, "unspent");
        }
        assertEq(slotOf(_poll, _chamber, voteFor(9, 0, 0).nullifier), _slot(voteFor(9, 0, 0)), "stays");
        polls.cast(_poll, _chamber, _record(voteFor(2, 1, 0)));
    }

    function test_RevertWhen_PollNotOpen() public {
        bytes memory record = _record(voteFor(1, 0, 0));
        bytes memory replacement = replacementOf(voteFor(1, 2, 1), voteFor(1, 0, 0), 3, _ctx);
        vm.warp(START);
        uint256 created = polls.create(parameters(_chamber, 3));
        vm.expectRevert(
            abi.encodeWithSelector(IPolls.WrongState.selector, created, IPolls.State.Created, IPolls.State.Open)
        );
        polls.cast(created, _chamber, record);
        vm.warp(CLOSES - 1);
        polls.cast(_poll, _chamber, record);
        vm.warp(CLOSES);
        bytes memory closed =
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Closed, IPolls.State.Open);
        vm.expectRevert(closed);
        polls.cast(_poll, _chamber, record);
        vm.expectRevert(closed);
        polls.replace(_poll, _chamber, replacement);
        vm.expectRevert(closed);
        polls.castBatch(_poll, _chamber, record, replacement);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownPoll.selector, 99));
        polls.cast(99, _chamber, record);
    }

    /// @notice Proofs can be rerandomised: the ballot slot is the nullifier's, not the proof's.
    function test_RerandomisedProofDoesNotCountTwice() public {
        Vote memory vote = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, _record(vote));
        bytes memory again = _record(vote);
        uint256[] memory words = encrypt(vote, 3);
        uint256[8] memory proof = prove(ballotInputs(vote.nullifier, words, _ctx, 0, random("h", words[0]) % R), 4711);
        for (uint256 i = 0; i < 256; ++i) {
            again[i] = abi.encodePacked(proof)[i];
        }
        vm.expectRevert(abi.encodeWithSelector(IPolls.AlreadyCast.selector, vote.nullifier));
        polls.cast(_poll, _chamber, again);
    }

    /// @notice A call to a verifier without code would accept everything.
    function test_RevertWhen_VerifierHasNoCode() public {
        Polls broken = deployPolls(IGroth16Verifier(address(0xdead)));
        vm.warp(START);
        broken.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        broken.open(1);
        bytes memory record = _record(voteFor(1, 0, 0));
        vm.expectRevert(IGroth16Verifier.VerifierMissing.selector);
        broken.cast(1, _chamber, record);
    }

    function _record(Vote memory vote) private view returns (bytes memory) {
        return recordOf(vote, 3, _ctx, 0);
    }

    function _slot(Vote memory vote) private view returns (bytes32) {
        return fingerprintOf(encrypt(vote, 3), vote.previous);
    }

    function _assertTotal(uint256 randomness, uint256[3] memory values, uint256 ballots) private view {
        IPolls.ChamberView memory c = polls.chamber(_poll, _chamber);
        assertEq(c.ballots, ballots, "ballots");
        Vote memory sum = Vote(0, 0, randomness, new uint64[](8), 0);
        for (uint256 j = 0; j < 3; ++j) {
            sum.values[j] = uint64(values[j]);
        }
        uint256[] memory expected = encrypt(sum, 3);
        for (uint256 i = 0; i < 8; ++i) {
            assertEq(c.total[i], expected[i + 1], "total");
        }
    }

    function _expectLength(bytes memory data, uint256 unit) private {
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidLength.selector, data.length, unit));
    }
}
