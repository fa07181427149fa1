// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRounding} from "../src/interfaces/IRounding.sol";
import {GasLimits} from "./support/GasLimits.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Calls about rounded chambers with every gas limit
contract RoundedGasLimitsTest is RoundedPoll, GasLimits {
    uint256 private constant STEP_OF_GAS = 1_000;

    uint64[] private _totals;

    function setUp() public {
        _totals = listOf(57, 31, 12);
        setUpClosed(3, _totals);
    }

    /// @notice No `ShareRefused` of a valid share, no acceptance of another.
    function test_BlindedShareIsNeverMisjudgedForLackOfGas() public {
        for (uint256 h = 5; h < 7; ++h) {
            bytes memory data = _postCall(h);
            Outcome memory full = assertSucceedsUnlessGasLacks(trusteeAt(2), address(polls), data, STEP_OF_GAS);
            assertTrue(abi.decode(full.returned, (bool[]))[0] == (h == 5), "the verdict");
        }
    }

    /// @notice After the middle of the time for the tally, too, when the committee is asked for the fallback.
    function test_TellerIsNeverWrongForLackOfGas() public {
        postBlinded(0, TELLER);
        postBlinded(1, TELLER);
        vm.warp(MIDDLE + 1);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        IPolls.BlindedShare[] memory shares = oneBlinded(blindedShareOf(2, FALLBACK));
        bytes memory data = abi.encodeCall(IPolls.postBlindedShares, (_poll, 2, keys, otherKeysHash, FALLBACK, shares));
        assertSucceedsUnlessGasLacks(trusteeAt(2), address(polls), data, STEP_OF_GAS);
    }

    function test_RoundedTallyIsNeverMisjudgedForLackOfGas() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(5, TELLER, _totals), _totals);
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        bytes memory data = abi.encodeCall(IPolls.tallyRounded, (_poll, _chamber, rounded, combination));
        assertSucceedsUnlessGasLacks(address(this), address(polls), data, STEP_OF_GAS);
        rounded.h = 6;
        data = abi.encodeCall(IPolls.tallyRounded, (_poll, _chamber, rounded, combination));
        assertRevertsUnlessGasLacks(
            IPolls.InvalidDecisionProof.selector, address(this), address(polls), data, STEP_OF_GAS
        );
        rounded.commitments[0] = addmod(rounded.commitments[0], 1, R);
        data = abi.encodeCall(IPolls.tallyRounded, (_poll, _chamber, rounded, combination));
        assertRevertsUnlessGasLacks(
            IRounding.WrongCommitment.selector, address(this), address(polls), data, STEP_OF_GAS
        );
    }

    /// @notice A verifier that fails for another reason than the proof says nothing about it.
    function test_OtherErrorOfTheVerifierIsNoVerdict() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(5, TELLER, _totals), _totals);
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        // Reverts with the bytes of another error.
        vm.etch(address(verifier), hex"63123456785f526004601cfd");
        (bool success, bytes memory returned) =
            address(polls).call(abi.encodeCall(IPolls.tallyRounded, (_poll, _chamber, rounded, combination)));
        assertTrue(!success && bytes4(returned) == 0x12345678, "the verifier's error");
        bytes memory data = _postCall(5);
        vm.prank(trusteeAt(1));
        (success, returned) = address(polls).call(data);
        assertTrue(!success && bytes4(returned) == 0x12345678, "the verifier's error, for a share");
    }

    /// @dev Returns the call that posts the share of the trustee 1, whose proof is for h = 5.
    function _postCall(uint256 h) private view returns (bytes memory) {
        uint256 index = polls.chamber(_poll, _chamber).shares == 0 ? 2 : 1;
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, 3);
        IPolls.BlindedShare memory share = blindedShareOf(index, TELLER);
        share.h = h;
        IPolls.BlindedShare[] memory shares = oneBlinded(share);
        return abi.encodeCall(IPolls.postBlindedShares, (_poll, index, keys, otherKeysHash, TELLER, shares));
    }
}
