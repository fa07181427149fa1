// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Decision} from "../src/libraries/Decision.sol";
import {Test} from "./support/Test.sol";

/// @title Choices of chambers and decisions of polls, against `vectors/decision.json` and by definition
contract DecisionTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../vectors/decision.json");
    }

    function test_ChoicesEqualVectors() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, string.concat(".choices[", vm.toString(i), "].quorum")); ++i) {
            string memory path = string.concat(".choices[", vm.toString(i), "]");
            uint256[] memory values = vm.parseJsonUintArray(_json, string.concat(path, ".totals"));
            uint64[] memory totals = new uint64[](values.length);
            for (uint256 j = 0; j < values.length; ++j) {
                totals[j] = uint64(values[j]);
            }
            (bool hasChoice, uint8 choice) =
                Decision.choose(_kind(path), totals, _uint(path, ".quorum"), _uint(path, ".threshold_bps"));
            bool expected = _isNumber(string.concat(path, ".choice"));
            assertTrue(hasChoice == expected, path);
            if (expected) assertEq(choice, _uint(path, ".choice"), path);
        }
        assertTrue(i >= 90, "choices");
    }

    function test_DecisionsEqualVectors() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, string.concat(".polls[", vm.toString(i), "].state")); ++i) {
            string memory path = string.concat(".polls[", vm.toString(i), "]");
            (bool decided, bool possible, uint8 outcome) = Decision.decide(
                _kind(path),
                vm.parseJsonUintArray(_json, string.concat(path, ".votes")),
                _uint(path, ".pending"),
                _uint(path, ".chambers_required")
            );
            bytes32 state = keccak256(bytes(vm.parseJsonString(_json, string.concat(path, ".state"))));
            assertTrue(decided == (state == keccak256("decided")), path);
            assertTrue(possible == (state != keccak256("rejected")), path);
            if (decided) assertEq(outcome, _uint(path, ".outcome"), path);
        }
        assertTrue(i >= 170, "polls");
    }

    function test_ChamberChoosesByQuorumAndThreshold() public pure {
        _assertChoice([uint64(5), 3, 2], 10, 5_000, true, 0);
        _assertChoice([uint64(5), 3, 2], 11, 5_000, false, 0);
        _assertChoice([uint64(5), 3, 2], 0, 5_001, false, 0);
        _assertChoice([uint64(1), 2, 4], 0, 0, true, 2);
        _assertChoice([uint64(4), 4, 1], 0, 0, false, 0);
        _assertChoice([uint64(1), 4, 4], 0, 0, false, 0);
        _assertChoice([uint64(4), 4, 5], 0, 0, true, 2);
        _assertChoice([uint64(0), 0, 0], 0, 0, false, 0);
        _assertChoice([uint64(0), 1 << 40, 0], 1 << 40, 10_000, true, 1);
    }

    function testFuzz_ChoiceIsTheOnlyMaximum(uint64[8] memory values, uint256 quorum, uint256 bps) public pure {
        uint64[] memory totals = new uint64[](8);
        uint256 sum = 0;
        for (uint256 j = 0; j < 8; ++j) {
            // Small numbers, so that ties occur.
            totals[j] = values[j] % 5;
            sum += totals[j];
        }
        (quorum, bps) = (bound(quorum, 0, 40), bound(bps, 0, 10_000));
        (bool hasChoice, uint8 choice) = Decision.choose(IPolls.DecisionKind.Options, totals, quorum, bps);
        bool expected = false;
        for (uint256 j = 0; j < 8; ++j) {
            bool best = sum >= quorum && uint256(totals[j]) * 10_000 >= bps * sum;
            for (uint256 k = 0; k < 8; ++k) {
                if (k != j && totals[k] >= totals[j]) best = false;
            }
            if (best) {
                expected = true;
                assertEq(choice, j, "choice");
            }
        }
        assertTrue(hasChoice == expected, "has a choice");
    }

    /// @notice A decision that is sure stays the same, however the pending chambers choose; one that is rejected stays
    /// rejected; one that is open can still become either.
    function testFuzz_SureDecisionsDoNotChange(uint256[4] memory drawn, uint256 pending, uint256 required, uint256 seed)
        public
        pure
    {
        IPolls.DecisionKind kind = IPolls.DecisionKind.Options;
        uint256[] memory votes = new uint256[](4);
        for (uint256 j = 0; j < 4; ++j) {
            votes[j] = drawn[j] % 4;
        }
        (pending, required) = (bound(pending, 0, 4), bound(required, 1, 8));
        (bool decided, bool possible, uint8 outcome) = Decision.decide(kind, votes, pending, required);
        for (uint256 k = 0; k < pending; ++k) {
            // One of four options, or none.
            uint256 choice = random("choice", seed % 1e18 + k) % 5;
            if (choice < 4) ++votes[choice];
        }
        (bool later, bool laterPossible, uint8 laterOutcome) = Decision.decide(kind, votes, 0, required);
        assertTrue(later == laterPossible, "nothing is pending any more");
        if (decided) assertTrue(later && laterOutcome == outcome, "decided");
        if (!possible) assertTrue(!later, "rejected");
    }

    /// @notice For exceeds Against whatever the abstentions; only these help it to the quorum.
    function testFuzz_MotionNeedsMoreForThanAgainst(uint64[3] memory values, uint256 quorum, uint256 bps) public pure {
        uint64[] memory totals = new uint64[](3);
        for (uint256 j = 0; j < 3; ++j) {
            totals[j] = values[j] % 6;
        }
        (quorum, bps) = (bound(quorum, 0, 12), bound(bps, 0, 10_000));
        IPolls.DecisionKind kind = IPolls.DecisionKind.Motion;
        (bool passes, uint8 choice) = Decision.choose(kind, totals, quorum, bps);
        assertEq(choice, passes ? 1 : 0, "only For");
        if (passes) assertTrue(totals[1] > totals[0], "a majority");
        ++totals[0];
        (bool opposed,) = Decision.choose(kind, totals, quorum, bps);
        assertTrue(passes || !opposed, "a vote against a motion never helps it");
        --totals[0];
        ++totals[1];
        (bool supported,) = Decision.choose(kind, totals, quorum, bps);
        assertTrue(supported || !passes, "a vote for a motion never harms it");
    }

    function _assertChoice(uint64[3] memory values, uint256 quorum, uint256 bps, bool expected, uint8 option)
        private
        pure
    {
        uint64[] memory totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (values[0], values[1], values[2]);
        (bool hasChoice, uint8 choice) = Decision.choose(IPolls.DecisionKind.Options, totals, quorum, bps);
        assertTrue(hasChoice == expected, "has a choice");
        assertEq(choice, option, "choice");
    }

    function _kind(string memory path) private view returns (IPolls.DecisionKind) {
        bytes32 kind = keccak256(bytes(vm.parseJsonString(_json, string.concat(path, ".decision"))));
        return kind == keccak256("motion") ? IPolls.DecisionKind.Motion : IPolls.DecisionKind.Options;
    }

    function _uint(string memory path, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(path, key));
    }

    /// @dev Returns whether a field is a number: it is null otherwise.
    function _isNumber(string memory path) private view returns (bool) {
        try vm.parseJsonUint(_json, path) returns (uint256) {
            return true;
        } catch {
            return false;
        }
    }
}
