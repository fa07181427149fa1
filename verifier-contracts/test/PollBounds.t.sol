// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Polls} from "../src/Polls.sol";
import {Election} from "./support/Election.sol";

/// @title Bounds that a DAO sets once for all its polls
contract PollBoundsTest is Election {
    uint256 private _chamber;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
        IPolls.Bounds memory bounds =
            IPolls.Bounds({minBallots: 2, minCastingTime: 500, minTallyTime: 768, maxDuration: 2_000});
        polls = deployPolls(verifier, verifier, verifier, bounds);
    }

    function test_BoundsAreThoseOfDeployment() public {
        IPolls.Bounds memory bounds = polls.bounds();
        assertEq(bounds.minBallots, 2, "ballots");
        assertEq(bounds.minCastingTime, 500, "casting");
        assertEq(bounds.minTallyTime, 768, "tally");
        assertEq(bounds.maxDuration, 2_000, "duration");
        bounds.minBallots = 0;
        vm.expectRevert(abi.encodeWithSelector(IPolls.MinBallotsTooLow.selector, 0, 0, 1));
        deployPolls(verifier, verifier, verifier, bounds);
    }

    function test_RevertWhen_OutsideBounds() public {
        IPolls.PollParameters memory p = _parameters();
        polls.create(p);
        p.chambers[0].minBallots = 1;
        _expectRefused(p, abi.encodeWithSelector(IPolls.MinBallotsTooLow.selector, _chamber, 1, 2));
        p = _parameters();
        p.opensAt = p.closesAt - 499;
        _expectRefused(p, abi.encodeWithSelector(IPolls.CastingTimeTooShort.selector, 499, 500));
        p = _parameters();
        p.tallyDeadline = p.closesAt + 767;
        _expectRefused(p, abi.encodeWithSelector(IPolls.TallyTimeTooShort.selector, 767, 768));
        p = _parameters();
        p.tallyDeadline = START + 2_001;
        _expectRefused(p, abi.encodeWithSelector(IPolls.PollTooLong.selector, 2_001, 2_000));
    }

    /// @notice An account that opens a poll late cannot shorten the vote below the bound.
    function test_RevertWhen_OpeningLeavesTooLittleTime() public {
        uint256 id = polls.create(_parameters());
        vm.warp(CLOSES - 499);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CastingTimeTooShort.selector, 499, 500));
        polls.open(id);
        vm.warp(CLOSES - 500);
        polls.open(id);
    }

    function _parameters() private view returns (IPolls.PollParameters memory) {
        return parameters(_chamber, 3);
    }

    function _expectRefused(IPolls.PollParameters memory p, bytes memory reason) private {
        vm.expectRevert(reason);
        polls.create(p);
    }
}
