// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Election} from "./support/Election.sol";

/// @title Gas of committees
/// @notice Whole transactions with proofs that verify, calldata and the 21,000 included. A run is everything from the
/// first registration to a tallied chamber: n registrations, as many dealings as the threshold (a committee accepts no
/// more), finalisation, and the decryption of one chamber of three options. Names such as 3-of-5 give the threshold and
/// the number of trustees.
/// forge-config: default.isolate = true
contract CommitteeGasTest is Election {
    uint256 private constant TRANSACTION_BOUND = 16_000_000;

    uint256 private _sum;
    string private _name;

    function setUp() public {
        deployAll();
    }

    function test_GasOfCommitteeOf16() public {
        _measureCommittee("9-of-16", 16, 9, 16_850_000, 0x1ff << 7);
    }

    function test_GasOfCommitteeOf5() public {
        _measureCommittee("3-of-5", 5, 3, 4_200_000, 0x7 << 2);
    }

    /// The greatest degree: dealings that are too much for one transaction of 128 KiB are gathered in two.
    function test_GasOfLargestKeyGeneration() public {
        uint256 id = create(16, 16);
        for (uint256 i = 0; i < 16; ++i) {
            register(id, i);
        }
        uint256[] memory first;
        for (uint256 i = 0; i < 16; ++i) {
            deal(id, i);
            _name = "16-of-16";
            if (i == 7) first = allCommitments(id);
        }
        committee.gather(id, new uint256[](0), first);
        _log("gatherDealings-8", _take());
        uint256[] memory sums = new uint256[](256);
        for (uint256 i = 0; i < 128; ++i) {
            uint256 scalar = 0;
            for (uint256 dealer = 0; dealer < 8; ++dealer) {
                scalar += coefficient(id, dealer, i / 16, i % 16);
            }
            (sums[2 * i], sums[2 * i + 1]) = pointOf(scalar);
        }
        uint256[] memory all = allCommitments(id);
        uint256[] memory rest = new uint256[](2_048);
        for (uint256 i = 0; i < 2_048; ++i) {
            rest[i] = all[2_048 + i];
        }
        committee.finalise(id, sums, rest, HASH3, HASH8, keysProof(id, HASH3, HASH8));
        _log("finaliseCommitteeAfterGather", _take());
    }

    function test_GasOfCommitteeOf1() public {
        _measureCommittee("1-of-1", 1, 1, 1_450_000, 1);
    }

    function test_GasOfDecryptingEightOptions() public {
        useCommittee(createReadyCommittee(16, 9));
        (uint256 poll, uint256 chamber, uint256 randomness) = _closedPoll(8);
        postShare(poll, chamber, 15, randomness, 8);
        _report("gas.postShare.options-8.9-of-16", 350_000);
    }

    /// @param set the trustees whose shares are combined: those of the greatest points, which cost the most
    function _measureCommittee(string memory name, uint256 size, uint256 threshold, uint256 most, uint256 set) private {
        _name = name;
        (uint256 registering, uint256 dealing) = (0, 0);
        uint256 id = create(size, threshold);
        for (uint256 i = 0; i < size; ++i) {
            register(id, i);
            registering += _take();
        }
        _log("registerTrustee", registering / size);
        for (uint256 i = 0; i < threshold; ++i) {
            deal(id, i);
            dealing += _take();
        }
        _log("deal", dealing / threshold);
        finalise(id);
        _log("finaliseCommittee", _take());

        useCommittee(id);
        (uint256 poll, uint256 chamber, uint256 randomness) = _closedPoll(3);
        uint256 highest = 0;
        for (uint256 index = 0; index < size; ++index) {
            if ((set >> index) & 1 == 0) continue;
            postShare(poll, chamber, index, randomness, 3);
            uint256 gas = _take();
            if (gas > highest) highest = gas;
        }
        _log("postShare.options-3", highest);
        assertTrue(highest <= 400_000, "a share of three options");
        uint64[] memory totals = new uint64[](3);
        totals[0] = 6;
        polls.tally(poll, chamber, totals, combinationOf(poll, set, randomness, 3));
        uint256 tally = _take();
        _log("tally.options-3", tally);
        if (threshold == 3) assertTrue(tally <= 600_000, "the tally of three trustees");
        _log("keyGenerationAndTally", _sum);
        assertTrue(_sum <= most, name);
    }

    function _closedPoll(uint8 options) private returns (uint256 poll, uint256 chamber, uint256 randomness) {
        chamber = newChamber(6);
        poll = openPoll(chamber, options);
        uint256 size = options == 3 ? 3 : 8;
        for (uint256 voter = 1; voter <= 6; ++voter) {
            randomness += voteFor(voter, 0, 0).randomness;
            polls.cast(poll, chamber, recordOf(voteFor(voter, 0, 0), size, ctxOf(poll, chamber), 0));
        }
        vm.warp(CLOSES);
    }

    /// @dev Adds the gas of the last transaction to the run.
    function _take() private returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        assertTrue(gas <= TRANSACTION_BOUND, "a transaction that fits");
        _sum += gas;
    }

    function _log(string memory what, uint256 gas) private view {
        log(string.concat("gas.", what, ".", _name), gas);
    }

    function _report(string memory what, uint256 most) private view {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        log(what, gas);
        assertTrue(gas <= most, what);
    }
}
