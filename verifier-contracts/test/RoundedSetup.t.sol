// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {BabyJubjub} from "../src/libraries/BabyJubjub.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Setup of polls with rounded chambers
contract RoundedSetupTest is RoundedPoll {
    uint256 private _other;

    function setUp() public {
        deployAll();
        useCommittee(createReadyCommittee(3, 2));
        (_chamber, _other) = (newChamber(3), newChamber(3));
    }

    function test_DependenciesAreThoseOfDeployment() public view {
        (address committee_, address blinded3, address blinded8, address decision3, address decision8) =
            rounding.immutableDependencies();
        assertEq(committee_, address(committee), "committee");
        address v = address(verifier);
        assertTrue(blinded3 == v && blinded8 == v && decision3 == v && decision8 == v, "verifiers");
    }

    /// @notice H is the point whose derivation vectors/curve.json repeats on another implementation.
    function test_BlindingPointEqualsVector() public view {
        string memory json = vm.readFile("../vectors/curve.json");
        uint256 i = 0;
        while (!_isBlinding(vm.parseJsonString(json, string.concat(".hash_to_point[", vm.toString(i), "].label")))) {
            ++i;
        }
        string memory point = string.concat(".hash_to_point[", vm.toString(i), "].point");
        assertEq(BabyJubjub.BLINDING_X, vm.parseJsonUint(json, string.concat(point, "[0]")), "x");
        assertEq(BabyJubjub.BLINDING_Y, vm.parseJsonUint(json, string.concat(point, "[1]")), "y");
        assertTrue(BabyJubjub.isOnCurve(BabyJubjub.BLINDING_X, BabyJubjub.BLINDING_Y), "curve");
        BabyJubjub.Projective memory zero =
            BabyJubjub.multiply(BabyJubjub.L, BabyJubjub.BLINDING_X, BabyJubjub.BLINDING_Y);
        assertTrue(BabyJubjub.equals(zero, 0, 1), "order");
    }

    function test_ViewsReturnStepAndTeller() public {
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        p.rule.masked = true;
        uint256 id = polls.create(p);
        assertEq(polls.poll(id).teller, TELLER, "teller");
        assertEq(polls.chamber(id, _chamber).rule.step, STEP, "step");
        assertEq(polls.chamber(id, _chamber).tellers, 0, "no share");
    }

    function test_RevertWhen_StepIsOutOfRange() public {
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        uint64[3] memory wrong = [0, (1 << 40) + 1, type(uint64).max];
        for (uint256 i = 0; i < 3; ++i) {
            p.chambers[0].step = wrong[i];
            _expect(abi.encodeWithSelector(IPolls.InvalidStep.selector, _chamber, wrong[i]), p);
        }
        p.chambers[0].step = 1 << 40;
        polls.create(p);
        p.chambers[0].step = 2;
        polls.create(p);
        (p.chambers[0].step, p.teller) = (1, 0);
        polls.create(p);
        // Of a later chamber, too.
        p = _both(STEP, 0);
        _expect(abi.encodeWithSelector(IPolls.InvalidStep.selector, _other, 0), p);
    }

    function test_RevertWhen_OnlySomeChambersAreRounded() public {
        _expect(abi.encodeWithSelector(IPolls.MixedRounding.selector), _both(STEP, 1));
        _expect(abi.encodeWithSelector(IPolls.MixedRounding.selector), _both(1, 2));
        polls.create(_both(2, 1 << 40));
    }

    function test_RevertWhen_TellerIsNoRegisteredTrustee() public {
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        uint8[3] memory wrong = [3, 16, 255];
        for (uint256 i = 0; i < 3; ++i) {
            p.teller = wrong[i];
            _expect(abi.encodeWithSelector(IPolls.InvalidTeller.selector, wrong[i]), p);
        }
        for (uint8 teller = 0; teller < 3; ++teller) {
            p.teller = teller;
            polls.create(p);
        }
        // A trustee that has no transport key.
        uint256 id = create(3, 1);
        register(id, 0);
        register(id, 2);
        vm.warp(block.timestamp + REGISTRATION + 1);
        deal(id, 0);
        finalise(id);
        vm.warp(START);
        (p.committee, p.teller) = (uint64(id), 1);
        _expect(abi.encodeWithSelector(IPolls.InvalidTeller.selector, 1), p);
        p.teller = 2;
        polls.create(p);
    }

    function test_CommitteeReturnsRegisteredTrustees() public {
        (uint256 registered, uint256 threshold) = committee.registeredTrustees(committeeId);
        assertTrue(registered == 7 && threshold == 2, "three of which two decrypt");
        uint256 id = create(3, 3);
        register(id, 1);
        (registered, threshold) = committee.registeredTrustees(id);
        assertTrue(registered == 2 && threshold == 3, "bit 1");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, id + 1));
        committee.registeredTrustees(id + 1);
    }

    function test_RevertWhen_ExactPollNamesTeller() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.teller = 1;
        _expect(abi.encodeWithSelector(IPolls.InvalidTeller.selector, 1), p);
        p.teller = 0;
        polls.create(p);
    }

    function test_RevertWhen_NotesOfRoundedPollHoldChoices() public {
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        p.rule.choiceInNote = true;
        _expect(abi.encodeWithSelector(IPolls.RoundedPollHasNoReceipts.selector), p);
        (p.chambers[0].step, p.teller) = (1, 0);
        polls.create(p);
    }

    /// @dev Returns the parameters of a poll of two chambers with these steps.
    function _both(uint64 first, uint64 second) private view returns (IPolls.PollParameters memory p) {
        p = roundedParameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(_other));
        (p.chambers[0].step, p.chambers[1].step) = (first, second);
    }

    function _expect(bytes memory reason, IPolls.PollParameters memory p) private {
        vm.expectRevert(reason);
        polls.create(p);
    }

    function _isBlinding(string memory label) private pure returns (bool) {
        return keccak256(bytes(label)) == keccak256("psephos.v1.blinding");
    }
}
