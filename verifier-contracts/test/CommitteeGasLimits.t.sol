// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {ClosedPoll} from "./support/ClosedPoll.sol";
import {GasLimits} from "./support/GasLimits.sol";

/// @title Trustees' calls with every gas limit: no trustee seems guilty for lack of gas
contract CommitteeGasLimitsTest is ClosedPoll, GasLimits {
    uint256 private constant STEP = 500;

    /// @notice No `ShareRefused`, and no other error than one of gas.
    function test_ValidShareIsNeverRefusedForLackOfGas() public {
        Outcome memory full = assertSucceedsUnlessGasLacks(trusteeAt(1), address(polls), _postCall(5), STEP);
        assertTrue(abi.decode(full.returned, (bool[]))[0], "accepted");
        full = assertSucceedsUnlessGasLacks(trusteeAt(1), address(committee), _verifyCall(5), STEP);
        assertTrue(abi.decode(full.returned, (bool)), "holds");
    }

    /// @notice With the gas that it takes to be told so, it is refused; with less nothing happens.
    function test_InvalidShareIsNeverAccepted() public {
        for (uint256 h = 6; h < 8; ++h) {
            // Another input; one out of the field.
            uint256 other = h == 6 ? h : R + 5;
            Outcome memory full = assertSucceedsUnlessGasLacks(trusteeAt(1), address(polls), _postCall(other), STEP);
            assertTrue(!abi.decode(full.returned, (bool[]))[0], "refused");
            full = assertSucceedsUnlessGasLacks(trusteeAt(1), address(committee), _verifyCall(other), STEP);
            assertTrue(!abi.decode(full.returned, (bool)), "does not hold");
        }
    }

    /// @notice A verifier that refuses for another reason than the proof does not make its trustee guilty.
    function test_OtherErrorOfTheVerifierIsNoVerdict() public {
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory code = i == 0
                // Reverts without an error.
                ? bytes(hex"5f5ffd")
                // Reverts with the bytes of another one, of which the second has only three.
                : i == 1 ? bytes(hex"6312345678601c526004601cfd") : bytes(hex"62123456601d526003601dfd");
            vm.etch(address(verifier), code);
            (bool success, bytes memory returned) = address(committee).call(_verifyCall(5));
            assertTrue(!success, "no verdict");
            assertEq(returned.length, i == 0 ? 0 : i == 1 ? 4 : 3, "the verifier's error");
        }
    }

    function test_RegistrationIsNeverInvalidForLackOfGas() public {
        uint256 id = create(2, 1);
        (uint256 challenge, uint256 response) = possession(0, trusteeContext(id, 0));
        uint256[2] memory point = transportPoint(0);
        bytes memory data = abi.encodeCall(ICommittee.register, (id, 0, point, challenge, response));
        assertSucceedsUnlessGasLacks(trusteeAt(0), address(committee), data, STEP);
        data = abi.encodeCall(ICommittee.register, (id, 0, point, challenge, response + 1));
        assertRevertsUnlessGasLacks(
            ICommittee.InvalidProofOfPossession.selector, trusteeAt(0), address(committee), data, STEP
        );
    }

    function test_DealingAndFinalisationAreNeverInvalidForLackOfGas() public {
        uint256 id = create(2, 1);
        register(id, 0);
        register(id, 1);
        Dealing memory d = dealingOf(id, 0);
        uint256[8] memory proof = prove(dealingInputs(id, 0, d, 7), 0);
        bytes memory data = abi.encodeCall(ICommittee.deal, (id, 0, d.ephemeral, d.commitments, d.shares, 7, proof));
        assertSucceedsUnlessGasLacks(trusteeAt(0), address(committee), data, STEP);
        data = abi.encodeCall(ICommittee.deal, (id, 0, d.ephemeral, d.commitments, d.shares, 8, proof));
        _assertInvalid(trusteeAt(0), data);
        deal(id, 0);

        uint256[] memory all = allCommitments(id);
        proof = keysProof(id, HASH3, HASH8);
        data = abi.encodeCall(ICommittee.finalise, (id, new uint256[](0), all, HASH3, HASH8, proof));
        assertSucceedsUnlessGasLacks(trusteeAt(0), address(committee), data, STEP);
        data = abi.encodeCall(ICommittee.finalise, (id, new uint256[](0), all, HASH3 + 1, HASH8, proof));
        _assertInvalid(trusteeAt(0), data);
    }

    function test_TotalsAreNeverWrongForLackOfGas() public {
        _postShares();
        bytes memory data = abi.encodeCall(IPolls.tally, (_poll, _chamber, _totals(2, 0, 1), _combination()));
        assertSucceedsUnlessGasLacks(address(this), address(polls), data, STEP);
        data = abi.encodeCall(IPolls.tally, (_poll, _chamber, _totals(2, 1, 1), _combination()));
        assertRevertsUnlessGasLacks(ICommittee.WrongTotals.selector, address(this), address(polls), data, STEP);
    }

    /// @notice The same trustees are named with every limit: those whose shares are missing.
    function test_NoOtherTrusteeIsNamedForLackOfGas() public {
        postShare(_poll, _chamber, 2, _randomness, 3);
        vm.warp(DEADLINE + 1);
        bytes memory data = abi.encodeCall(IPolls.finalise, (_poll));
        assertSucceedsUnlessGasLacks(address(this), address(polls), data, STEP);
    }

    function _assertInvalid(address sender, bytes memory data) private {
        bytes4 selector = IGroth16Verifier.InvalidProof.selector;
        assertRevertsUnlessGasLacks(selector, sender, address(committee), data, 10 * STEP);
    }

    /// @dev Returns the call that posts the share of the trustee 1, whose proof is for h = 5.
    function _postCall(uint256 h) private view returns (bytes memory) {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 1, _randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 1, 3);
        return abi.encodeCall(IPolls.postShares, (_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, h, proof)));
    }

    function _verifyCall(uint256 h) private view returns (bytes memory) {
        ICommittee.Share memory share;
        (share.trustee, share.index, share.ctx, share.h) = (trusteeAt(1), 1, ctxOf(_poll, _chamber), h);
        (share.c[0], share.c[1]) = pointOf(_randomness);
        (share.points, share.proof) = proveShare(_poll, _chamber, 1, _randomness, 3);
        (share.keys, share.otherKeysHash) = keysOf(committeeId, 1, 3);
        return abi.encodeCall(ICommittee.verifyShare, (committeeId, share));
    }
}
