// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT3} from "poseidon-solidity/PoseidonT3.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IStakeholderRegistry} from "../src/interfaces/IStakeholderRegistry.sol";
import {BallotRules} from "../src/libraries/BallotRules.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {Election} from "./support/Election.sol";

/// @title What a chamber's census does to polls that were created
contract PollCensusTest is Election {
    function setUp() public {
        deployAll();
    }

    /// The last enrolment that the registry accepts leaves every poll openable, also one whose rule counts weights most
    /// often.
    function test_PollOpensInFullestChamber() public {
        uint256 chamber = newChamber(3);
        IPolls.PollParameters memory p = parameters(chamber, 8);
        p.rule = IPolls.Rule(IPolls.Kind.Score, 255, false, false, false);
        p.chambers[0].weighted = true;
        uint256 id = polls.create(p);
        uint256 rest = BallotRules.MAX_TOTAL_WEIGHT - 6;
        policy.setWeight(chamber, address(4), rest + 1);
        vm.prank(address(4));
        vm.expectRevert(
            abi.encodeWithSelector(IStakeholderRegistry.TotalWeightOutOfRange.selector, chamber, 6, rest + 1)
        );
        registry.enrol(chamber, 4, "");
        enrol(chamber, address(4), 4, rest);
        vm.warp(OPENS);
        polls.open(id);
    }

    function test_RevertWhen_RemovalIsPending() public {
        uint256 chamber = newChamber(1);
        uint256 id = polls.create(parameters(chamber, 3));
        enrol(chamber, address(2), 2, 2);
        registry.markRemoval(chamber, address(1));
        vm.warp(OPENS);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.RemovalPending.selector, chamber));
        polls.open(id);
        uint256[] memory siblings = new uint256[](1);
        siblings[0] = PoseidonT4.hash([Domain.LEAF, 2, 2]);
        registry.purge(chamber, address(1), siblings);
        polls.open(id);
        assertEq(polls.chamber(id, chamber).root, PoseidonT3.hash([uint256(0), siblings[0]]), "root");
    }
}
