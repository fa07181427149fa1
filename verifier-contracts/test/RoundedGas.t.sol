// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Gas of rounded chambers
/// @notice Whole transactions with proofs that verify, calldata and the 21,000 included. The verifier follows the
/// template of the generated ones, so that a proof costs here what it costs there. Names such as 3-of-5 give the
/// threshold and the number of trustees.
/// forge-config: default.isolate = true
contract RoundedGasTest is RoundedPoll {
    function setUp() public {
        deployAll();
    }

    function test_GasOfCommitteeOf1() public {
        _measure("1-of-1", 1, 1, 3, 1, [uint256(372_000), 320_000]);
        _measure("1-of-1", 1, 1, 8, 1, [uint256(405_000), 385_000]);
    }

    /// The trustees of the greatest points, whose combination costs the most.
    function test_GasOfCommitteeOf5() public {
        _measure("3-of-5", 5, 3, 3, 0x7 << 2, [uint256(372_000), 360_000]);
        _measure("3-of-5", 5, 3, 8, 0x7 << 2, [uint256(405_000), 468_000]);
    }

    function test_GasOfCommitteeOf16() public {
        _measure("9-of-16", 16, 9, 3, 0x1ff << 7, [uint256(372_000), 600_000]);
    }

    /// @param most the bounds of a share and of the tally
    function _measure(
        string memory name,
        uint256 trustees,
        uint256 threshold,
        uint8 options,
        uint256 set,
        uint256[2] memory most
    ) private {
        useCommittee(createReadyCommittee(trustees, threshold));
        _chamber = newChamber(3);
        uint64[] memory totals = new uint64[](options);
        (totals[0], totals[1], totals[2]) = (57, 31, 12);
        IPolls.PollParameters memory p = roundedParameters(_chamber, options);
        p.teller = 0;
        closePoll(p, totals);
        name = string.concat(".options-", vm.toString(options), ".", name);
        uint256 highest = 0;
        for (uint256 index = 0; index < trustees; ++index) {
            if ((set >> index) & 1 == 0) continue;
            postBlinded(index, 0);
            uint256 gas = vm.lastCallGas().gasTotalUsed;
            if (gas > highest) highest = gas;
        }
        log(string.concat("gas.postBlindedShare", name), highest);
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(set, 0, totals), totals);
        IPolls.ShareCombination memory combination = blindedCombination(set, 0);
        polls.tallyRounded(_poll, _chamber, rounded, combination);
        uint256 tally = vm.lastCallGas().gasTotalUsed;
        log(string.concat("gas.tallyRounded", name), tally);
        assertTrue(highest <= most[0], "a blinded share");
        assertTrue(tally <= most[1], "a rounded tally");
    }
}
