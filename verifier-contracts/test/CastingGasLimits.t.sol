// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeePot} from "../src/FeePot.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";
import {GasLimits} from "./support/GasLimits.sol";

/// @title Verifiers and ballots with every gas limit: a valid proof never seems not to hold
contract CastingGasLimitsTest is Election, GasLimits {
    uint256 private constant STEP = 500;
    address private constant SENDER = address(0xacc0);

    uint256 private _chamber;
    uint256 private _poll;
    uint256 private _ctx;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
        _poll = openPoll(_chamber, 3);
        _ctx = ctxOf(_poll, _chamber);
    }

    function test_ValidProofIsNeverInvalidForLackOfGas() public {
        assertSucceedsUnlessGasLacks(SENDER, address(verifier), _single(0, 0), STEP);
        assertSucceedsUnlessGasLacks(SENDER, address(verifier), _batchOf(3, 3, 0), STEP);
    }

    /// @notice Words of A, of B, which only the pairing reads, and of C; another input; the same in batches.
    function test_InvalidProofNeverVerifies() public {
        for (uint256 word = 0; word < 8; word += 3) {
            _assertInvalid(address(verifier), _single(word, 1));
        }
        uint256[] memory other = inputsOf(1, 2, 4);
        _assertInvalid(address(verifier), abi.encodeCall(IGroth16Verifier.verify, (prove(inputsOf(1, 2, 3), 1), other)));
        for (uint256 i = 0; i < 2; ++i) {
            _assertInvalid(address(verifier), _batchOf(2, i, 0));
            _assertInvalid(address(verifier), _batchOf(2, i, 3));
        }
    }

    function test_ValidBallotIsNeverInvalidForLackOfGas() public {
        bytes memory first = _record(1);
        assertSucceedsUnlessGasLacks(
            SENDER, address(polls), abi.encodeCall(IPolls.cast, (_poll, _chamber, first)), STEP
        );
        polls.cast(_poll, _chamber, first);
        bytes memory second = replacementOf(voteFor(1, 2, 1), voteFor(1, 0, 0), 3, _ctx);
        assertSucceedsUnlessGasLacks(
            SENDER, address(polls), abi.encodeCall(IPolls.replace, (_poll, _chamber, second)), STEP
        );
        bytes memory others = bytes.concat(_record(2), _record(3));
        assertSucceedsUnlessGasLacks(
            SENDER, address(polls), abi.encodeCall(IPolls.castBatch, (_poll, _chamber, others, second)), STEP
        );
        FeePot pots = new FeePot(polls);
        pots.create{value: 1e18}(_poll, 1e12, new address[](0));
        assertSucceedsUnlessGasLacks(
            SENDER, address(pots), abi.encodeCall(FeePot.castBatch, (_poll, _chamber, others, second, 1)), STEP
        );
    }

    /// @notice Byte 127 belongs to B.x0, byte 280 to h.
    function test_InvalidBallotIsNeverCast() public {
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory ballot = _record(1);
            ballot[i == 0 ? 127 : 280] ^= 0x01;
            _assertInvalid(address(polls), abi.encodeCall(IPolls.cast, (_poll, _chamber, ballot)));
            bytes memory records = bytes.concat(_record(2), ballot);
            _assertInvalid(address(polls), abi.encodeCall(IPolls.castBatch, (_poll, _chamber, records, "")));
        }
    }

    function _assertInvalid(address target, bytes memory data) private {
        assertRevertsUnlessGasLacks(IGroth16Verifier.InvalidProof.selector, SENDER, target, data, 10 * STEP);
    }

    /// @dev Returns the call that verifies one proof, with a change of one word.
    function _single(uint256 word, uint256 change) private view returns (bytes memory) {
        uint256[] memory inputs = inputsOf(1, 2, 3);
        uint256[8] memory proof = prove(inputs, 1);
        proof[word] ^= change;
        return abi.encodeCall(IGroth16Verifier.verify, (proof, inputs));
    }

    /// @dev Returns the call that verifies a batch, with a change of one word of the proof `wrong`, if there is one.
    function _batchOf(uint256 count, uint256 wrong, uint256 word) private view returns (bytes memory) {
        uint256[8][] memory proofs = new uint256[8][](count);
        uint256[] memory inputs = new uint256[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            uint256[] memory own = inputsOf(i, 2, 3);
            (inputs[3 * i], inputs[3 * i + 1], inputs[3 * i + 2]) = (own[0], own[1], own[2]);
            proofs[i] = prove(own, i);
            if (i == wrong) proofs[i][word] ^= 1;
        }
        return abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, inputs));
    }

    function _record(uint256 voter) private view returns (bytes memory) {
        return recordOf(voteFor(voter, 0, 0), 3, _ctx, 0);
    }
}
