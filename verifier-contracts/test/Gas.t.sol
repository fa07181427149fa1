// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {FeePot} from "../src/FeePot.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {Election} from "./support/Election.sol";
import {RebuiltTree} from "./support/RebuiltTree.sol";

/// @title Gas of ballots
/// @notice Whole transactions with proofs that verify, calldata and the 21,000 included. `npm run gas` prints the
/// table; upper bounds are asserted.
/// forge-config: default.isolate = true
contract GasTest is Election {
    uint256 private constant TRANSACTION_CAP = 16_777_216;
    /// @dev An account without code, so that its calls are whole transactions.
    address private constant _SENDER = address(0xacc0);

    uint256 private _poll3;
    uint256 private _poll8;
    uint256 private _chamber;

    function setUp() public {
        deployAll();
        _chamber = newChamber(5);
        _poll3 = polls.create(parameters(_chamber, 3));
        _poll8 = polls.create(parameters(_chamber, 8));
        vm.warp(OPENS);
        polls.open(_poll3);
        polls.open(_poll8);
        // As in a poll that has ballots: the total is no longer the identity, the number of ballots not 0.
        polls.cast(_poll3, _chamber, _record(_poll3, 9_999));
        polls.cast(_poll8, _chamber, _record(_poll8, 9_999));
    }

    function test_GasOfCast() public {
        bytes memory record = _record(_poll3, 1);
        vm.prank(_SENDER, _SENDER);
        polls.cast(_poll3, _chamber, record);
        _reportCall("cast.ballot-3", 340_000);
        record = _record(_poll8, 1);
        vm.prank(_SENDER, _SENDER);
        polls.cast(_poll8, _chamber, record);
        _reportCall("cast.ballot-8", 410_000);
    }

    /// Ballots that a contract forwards are emitted with their proofs.
    function test_GasOfCastByContract() public {
        polls.cast(_poll3, _chamber, _record(_poll3, 1));
        _reportCall("castByContract.ballot-3", 346_000);
        polls.castBatch(_poll3, _chamber, _records(_poll3, 100, 32), "");
        _report("castBatchByContract", _poll3, 32, 105_000);
    }

    /// A relayer that has earned before, and a pot that does not run out.
    function test_GasOfCastThroughFeePot() public {
        FeePot pots = new FeePot(polls);
        _throughThePot(pots, _poll3, [uint256(368_000), 104_500, 98_000]);
        _throughThePot(pots, _poll8, [uint256(437_000), 120_000, 113_000]);
    }

    function _throughThePot(FeePot pots, uint256 poll, uint256[3] memory most) private {
        pots.create{value: 1e18}(poll, 1e12, new address[](0));
        bytes memory earlier = _record(poll, 500);
        vm.prank(_SENDER, _SENDER);
        pots.castBatch(poll, _chamber, earlier, "", 1e12);
        uint256[3] memory counts = [uint256(1), 32, 128];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory records = _records(poll, counts[i] * 1_000, counts[i]);
            vm.prank(_SENDER, _SENDER);
            pots.castBatch(poll, _chamber, records, "", counts[i] * 1e12);
            uint256 each = _report("castBatchByFeePot", poll, counts[i], most[i]);
            assertTrue(each * counts[i] <= TRANSACTION_CAP, "the cap of EIP-7825");
        }
    }

    function test_GasOfCastBatchOfSize3() public {
        _batch(_poll3, 2, 222_000);
        _batch(_poll3, 8, 124_000);
        _batch(_poll3, 32, 98_100);
        assertTrue(_batch(_poll3, 128, 93_000) * 128 <= TRANSACTION_CAP, "the cap of EIP-7825");
    }

    function test_GasOfCastBatchOfSize8() public {
        _batch(_poll8, 2, 270_000);
        _batch(_poll8, 8, 150_000);
        _batch(_poll8, 32, 112_000);
        assertTrue(_batch(_poll8, 128, 106_000) * 128 <= TRANSACTION_CAP, "the cap of EIP-7825");
    }

    function test_GasOfReplace() public {
        _replaceBatch(_poll3, 1, 330_000);
        _replaceBatch(_poll3, 32, 90_000);
        _replaceBatch(_poll8, 1, 405_000);
        _replaceBatch(_poll8, 32, 112_000);
    }

    /// A mask and a replacement of a masked poll are one kind of call: an update.
    function test_GasOfUpdate() public {
        _updateBatch(3, 1, 330_000);
        _updateBatch(3, 32, 92_000);
        _updateBatch(8, 1, 410_000);
        _updateBatch(8, 32, 115_000);
    }

    function test_GasOfPollLifecycle() public {
        uint256 randomness = voteFor(9_999, 0, 0).randomness;
        for (uint256 i = 1; i <= 5; ++i) {
            randomness += voteFor(i, 0, 0).randomness;
        }
        uint256[2] memory list = [_poll3, _poll8];
        for (uint256 k = 0; k < 2; ++k) {
            vm.warp(START);
            uint256 poll = list[k];
            uint256 size = _sizeOf(poll);
            string memory suffix = string.concat(".ballot-", vm.toString(size));
            uint256 id = polls.create(parameters(_chamber, uint8(size)));
            _reportCall(string.concat("createPoll", suffix), 300_000);
            vm.warp(OPENS);
            polls.open(id);
            _reportCall(string.concat("openPoll", suffix), 700_000);
            polls.castBatch(poll, _chamber, _records(poll, 1, 5), "");
            vm.warp(CLOSES);
            _open(poll, size, randomness, suffix);
        }
    }

    /// A rotation and a purge need as many siblings as the census is deep: here five.
    function test_GasOfMembership() public {
        uint256 chamber = newChamber(20);
        enrol(chamber, _SENDER, 1, 1);
        _reportCall("enrol.member-21", 200_000);
        uint256[] memory leaves = new uint256[](32);
        for (uint256 i = 0; i < 20; ++i) {
            leaves[i] = PoseidonT4.hash([Domain.LEAF, random("id", i + 1) % R, i + 1]);
        }
        leaves[20] = PoseidonT4.hash([Domain.LEAF, 1, 1]);
        for (uint256 i = 21; i < 32; ++i) {
            leaves[i] = PoseidonT4.hash([Domain.LEAF, i, 1]);
            enrol(chamber, address(uint160(0xbeef00 + i)), i, 1);
        }
        // The member whose leaf completes the tree: the enrolment that hashes most nodes.
        _reportCall("enrol.member-32", 250_000);

        uint256[] memory siblings = RebuiltTree.siblings(leaves, 20);
        vm.prank(_SENDER, _SENDER);
        registry.rotate(chamber, 2, siblings);
        _reportCall("rotate.members-32", 330_000);
        registry.markRemoval(chamber, _SENDER);
        _reportCall("markRemoval", 42_000);
        registry.purge(chamber, _SENDER, siblings);
        _reportCall("purge.members-32", 290_000);
    }

    function _open(uint256 poll, uint256 size, uint256 randomness, string memory suffix) private {
        postShare(poll, _chamber, 0, randomness, size);
        _reportCall(string.concat("postShare.1-of-1", suffix), 500_000);
        uint64[] memory totals = new uint64[](size);
        totals[0] = 6;
        polls.tally(poll, _chamber, totals, combinationOf(poll, 1, randomness, size));
        _reportCall(string.concat("tally.1-of-1", suffix), 420_000);
        polls.finalise(poll);
        _reportCall(string.concat("finalisePoll", suffix), 100_000);
    }

    function _record(uint256 poll, uint256 voter) private view returns (bytes memory) {
        return recordOf(voteFor(voter, 0, 0), _sizeOf(poll), ctxOf(poll, _chamber), 0);
    }

    function _records(uint256 poll, uint256 first, uint256 count) private view returns (bytes memory records) {
        for (uint256 i = 0; i < count; ++i) {
            records = bytes.concat(records, _record(poll, first + i));
        }
    }

    function _batch(uint256 poll, uint256 count, uint256 most) private returns (uint256) {
        bytes memory records = _records(poll, count * 1_000, count);
        vm.prank(_SENDER, _SENDER);
        polls.castBatch(poll, _chamber, records, "");
        return _report("castBatch", poll, count, most);
    }

    function _replaceBatch(uint256 poll, uint256 count, uint256 most) private {
        polls.castBatch(poll, _chamber, _records(poll, count * 1_000, count), "");
        bytes memory replacements;
        uint256 ctx = ctxOf(poll, _chamber);
        for (uint256 i = 0; i < count; ++i) {
            uint256 voter = count * 1_000 + i;
            bytes memory one = replacementOf(voteFor(voter, 1, 1), voteFor(voter, 0, 0), _sizeOf(poll), ctx);
            replacements = bytes.concat(replacements, one);
        }
        vm.prank(_SENDER, _SENDER);
        polls.castBatch(poll, _chamber, "", replacements);
        _report("replaceBatch", poll, count, most);
    }

    function _updateBatch(uint8 size, uint256 count, uint256 most) private {
        IPolls.PollParameters memory p = parameters(_chamber, size);
        p.rule.masked = true;
        vm.warp(START);
        uint256 poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(poll);
        uint256 ctx = ctxOf(poll, _chamber);
        bytes memory records;
        bytes memory updates;
        for (uint256 i = 0; i < count; ++i) {
            Vote memory first = voteFor(count * 1_000 + i, 0, 0);
            records = bytes.concat(records, recordOf(first, size, ctx, 0));
            updates = bytes.concat(updates, updateOf(maskOf(first, 4_711), first, size, ctx));
        }
        polls.castBatch(poll, _chamber, records, "");
        vm.prank(_SENDER, _SENDER);
        polls.castBatch(poll, _chamber, "", updates);
        _reportSize("updateBatch", size, count, most);
    }

    function _sizeOf(uint256 poll) private view returns (uint256) {
        return poll == _poll3 ? 3 : 8;
    }

    function _reportCall(string memory what, uint256 most) private view {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        log(string.concat("gas.", what), gas);
        assertTrue(gas <= most, what);
    }

    /// @dev Logs `gas.CALL-BALLOTS.ballot-SIZE.perBallot`.
    function _report(string memory call_, uint256 poll, uint256 ballots, uint256 most)
        private
        view
        returns (uint256 each)
    {
        return _reportSize(call_, _sizeOf(poll), ballots, most);
    }

    function _reportSize(string memory call_, uint256 size, uint256 ballots, uint256 most)
        private
        view
        returns (uint256 each)
    {
        each = vm.lastCallGas().gasTotalUsed / ballots;
        string memory name = string.concat("gas.", call_, "-", vm.toString(ballots));
        log(string.concat(name, ".ballot-", vm.toString(size), ".perBallot"), each);
        assertTrue(each <= most, name);
    }
}
