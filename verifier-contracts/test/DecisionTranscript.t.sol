// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Decision} from "../src/libraries/Decision.sol";
import {DecisionTranscript} from "../src/libraries/DecisionTranscript.sol";
import {Committees} from "./support/Committees.sol";

/// @title The words of a rounded tally: no two outcomes share one, and the parameters say what `Decision` does
contract DecisionTranscriptTest is Committees {
    uint256 private constant H_X = 0x233d014cb0076062622262876707f0f8d5519b3bfbaf3a4ff0f4357b7c7b7fe5;
    uint256 private constant H_Y = 0x2971f4cf28dfc268f86de0b58e3d950f5f261fc75539a65236f4678032bcef86;

    /// @notice The list, built here from the specification's text, has the same challenge and value.
    function testFuzz_PublicInputsAreThoseOfTheList(uint256 seed) public view {
        uint256 options = 2 + seed % 7;
        uint256 size = options <= 3 ? 3 : 8;
        IPolls.RoundedTally memory rounded = _tallyOf(options, seed);
        uint256[] memory list = new uint256[](size == 3 ? 9 : 20);
        for (uint256 i = 0; i < 2 * size; ++i) {
            list[i] = i < 2 * options ? rounded.commitments[i] : i % 2 == 0 ? H_X : H_Y;
        }
        uint256 parameters = random("parameters", seed) >> 100;
        list[2 * size] = parameters;
        list[2 * size + 1] = 1 << rounded.greatest;
        if (rounded.hasChoice) list[2 * size + 1] += 1 << (8 + rounded.choice);
        for (uint256 j = 0; j < options; ++j) {
            list[2 * size + 2 + j / 4] += uint256(rounded.buckets[j]) << (48 * (j % 4));
        }
        (uint256[] memory inputs, uint256 outOfField) = this.publicInputs(rounded, parameters, options, size);
        assertEq(outOfField, type(uint256).max, "in the field");
        assertEq(inputs, inputsOfList(rounded.h, list), "inputs");
    }

    /// @notice Two tallies with the same commitments have the same list only if they publish the same.
    function testFuzz_PackingIsInjective(uint256 seed, uint256 change) public view {
        uint256 options = 2 + seed % 7;
        uint256 size = options <= 3 ? 3 : 8;
        IPolls.RoundedTally memory rounded = _tallyOf(options, seed);
        (uint256[] memory before,) = this.publicInputs(rounded, 1, options, size);
        uint256 kind = change % 4;
        uint256 j = (change >> 8) % options;
        if (kind == 0 && j != rounded.greatest) {
            // One bit of a bucket.
            rounded.buckets[j] ^= uint64(1 << ((change >> 16) % 42));
        } else if (kind == 1) {
            rounded.hasChoice = !rounded.hasChoice;
            if (!rounded.hasChoice) rounded.choice = 0;
        } else if (kind == 2 && rounded.hasChoice) {
            rounded.choice = uint8((rounded.choice + 1) % options);
        } else {
            uint64 bucket = rounded.buckets[j];
            rounded.buckets[rounded.greatest] = bucket;
            rounded.buckets[j] = 0;
            if (j == rounded.greatest) return;
            rounded.greatest = uint8(j);
        }
        (uint256[] memory later,) = this.publicInputs(rounded, 1, options, size);
        assertTrue(before[1] != later[1], "another list");
    }

    /// @notice Fields of the greatest values do not touch each other.
    function test_ParametersHaveTheirOwnBits() public pure {
        IPolls.ChamberRule memory rule;
        (rule.quorum, rule.thresholdBps, rule.step) = (type(uint64).max, type(uint16).max, 1 << 40);
        uint256 word = DecisionTranscript.packParameters(IPolls.DecisionKind.Options, rule, 8);
        assertEq(word & type(uint64).max, type(uint64).max, "quorum");
        assertEq((word >> 64) & 0xffff, 0xffff, "threshold");
        assertEq((word >> 80) & ((1 << 48) - 1), 1 << 40, "step");
        assertEq(word >> 128, 0xffffff, "masks");
        word = DecisionTranscript.packParameters(IPolls.DecisionKind.Options, rule, 2);
        assertEq(word >> 128, 0x030303, "masks of two");
        word = DecisionTranscript.packParameters(IPolls.DecisionKind.Motion, rule, 3);
        assertEq(word >> 128, 0x020306, "masks of a motion");
    }

    /// @notice What a circuit reads in the parameters decides as `Decision.choose` does.
    function testFuzz_ParametersDecideAsTotalsDo(uint256 seed, uint256 quorum, uint256 thresholdBps) public pure {
        bool motion = seed % 2 == 1;
        uint256 options = motion ? 3 : 2 + (seed >> 8) % 7;
        uint64[] memory totals = new uint64[](options);
        // Small ones, so that ties and boundaries are met.
        uint256 range = (seed >> 16) % 4 == 0 ? (1 << 40) + 1 : 6;
        uint256 sum = 0;
        for (uint256 j = 0; j < options; ++j) {
            totals[j] = uint64(random("total", seed ^ j << 200) % range);
            sum += totals[j];
        }
        IPolls.DecisionKind kind = motion ? IPolls.DecisionKind.Motion : IPolls.DecisionKind.Options;
        IPolls.ChamberRule memory rule;
        rule.quorum = uint64(quorum % (sum + 2));
        rule.thresholdBps = uint16(thresholdBps % 10_001);
        rule.step = 10;
        (bool hasChoice, uint8 choice) = Decision.choose(kind, totals, rule.quorum, rule.thresholdBps);
        uint256 word = DecisionTranscript.packParameters(kind, rule, options);
        uint256 found = _choiceBy(word, totals);
        assertEq(found, hasChoice ? uint256(choice) : 8, "the choice");
    }

    /// @dev Returns the option that the parameters choose, or 8, by the text of the specification.
    function _choiceBy(uint256 word, uint64[] memory totals) private pure returns (uint256 found) {
        uint256 inQuorum = 0;
        uint256 whole = 0;
        for (uint256 j = 0; j < totals.length; ++j) {
            if ((word >> (128 + j)) & 1 == 1) inQuorum += totals[j];
            if ((word >> (136 + j)) & 1 == 1) whole += totals[j];
        }
        found = 8;
        for (uint256 j = 0; j < totals.length; ++j) {
            if ((word >> (144 + j)) & 1 == 0) continue;
            bool wins = inQuorum >= uint64(word) && totals[j] * uint256(10_000) >= uint16(word >> 64) * whole;
            for (uint256 i = 0; i < totals.length; ++i) {
                if (i != j && (word >> (136 + i)) & 1 == 1) wins = wins && totals[j] > totals[i];
            }
            if (wins) {
                assertEq(found, 8, "only one");
                found = j;
            }
        }
    }

    function publicInputs(IPolls.RoundedTally calldata rounded, uint256 parameters, uint256 options, uint256 size)
        external
        pure
        returns (uint256[] memory, uint256)
    {
        return DecisionTranscript.publicInputs(rounded, parameters, options, size);
    }

    function _tallyOf(uint256 options, uint256 seed) private pure returns (IPolls.RoundedTally memory rounded) {
        rounded.h = random("h", seed) % R;
        rounded.greatest = uint8(random("greatest", seed) % options);
        rounded.hasChoice = random("hasChoice", seed) % 2 == 1;
        if (rounded.hasChoice) rounded.choice = uint8(random("choice", seed) % options);
        (rounded.commitments, rounded.buckets) = (new uint256[](2 * options), new uint64[](options));
        for (uint256 j = 0; j < options; ++j) {
            rounded.commitments[2 * j] = random("x", seed ^ j << 200) % R;
            rounded.commitments[2 * j + 1] = random("y", seed ^ j << 200) % R;
            // Not 0, so that moving it to another option changes something.
            if (j != rounded.greatest) rounded.buckets[j] = uint64(1 + random("q", seed ^ j << 200) % ((1 << 42) - 1));
        }
    }
}
